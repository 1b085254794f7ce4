"""Arrays of more than 1 MB that are changed under a tape, by any way: noticed, never silent."""

import threading
import time

import numpy as np
import pytest

import autodiff as ad
from autodiff.core.reverse import locks, safekeeping
from autodiff.core.reverse.locks import lock
from autodiff.core.reverse.safekeeping import SMALL, samples, sums_of

SHAPES = [
    (128, 128),
    (256, 256),
    (512, 512),
    (1024, 64),
    (64, 4096),
    (200, 900),
    (200_000,),
    (7, 9, 4001),
]
rng = np.random.default_rng(8)


def interior(u):
    return u[(slice(1, -1),) * u.ndim]


CHANGES = {
    "interior": lambda u: (interior(u), lambda v: np.multiply(v, 2, out=v)),
    "all but a column": lambda u: (u[..., 1:], lambda v: np.add(v, 1, out=v)),
    "odd rows": lambda u: (u[1::2], lambda v: np.negative(v, out=v)),
    "one row": lambda u: (u[3:4], lambda v: np.add(v, 1, out=v)),
    "one column": lambda u: (u[..., 3], lambda v: np.add(v, 1, out=v)),
    "one element": lambda u: (u.reshape(-1), lambda v: v.__setitem__(-777 % v.size, 5.0)),
    "the last bit": lambda u: (u.reshape(-1), lambda v: v.__setitem__(11, np.nextafter(v[11], 9))),
    "sorted": lambda u: (u[:], lambda v: v.sort(axis=-1)),
    "rolled": lambda u: (u[:], lambda v: v.__setitem__(..., np.roll(v, 3))),
    "two rows swapped": lambda u: (u[:], lambda v: v.__setitem__([0, 2], v[[2, 0]])),
    "two elements swapped": lambda u: (u.reshape(-1), lambda v: v.__setitem__([0, 5], v[[5, 0]])),
    "shuffled": lambda u: (u[:], np.random.default_rng(0).shuffle),
    "memoryview": lambda u: (memoryview(u.reshape(-1)), lambda v: v.__setitem__(12, 5.0)),
}  # fmt: skip


@pytest.mark.parametrize("shape", SHAPES, ids=str)
@pytest.mark.parametrize("change", CHANGES)
@pytest.mark.parametrize("place", ["constant", "variable"])
def test_a_change_through_an_earlier_view_is_right_or_an_error(shape, change, place):
    u = rng.normal(size=shape)
    first = u.copy()
    view, act = CHANGES[change](u)

    def loss(w):
        y = np.sum(w * u) if place == "constant" else np.sum(w * w) / 2
        act(view)
        return y

    argument = np.ones(shape) if place == "constant" else u
    if u.nbytes <= SMALL:
        np.testing.assert_array_equal(ad.grad(loss)(argument), first)
    else:
        with pytest.raises(ad.MutationError, match="changed in place"):
            ad.grad(loss)(argument)
    assert u.flags.writeable


@pytest.mark.parametrize("seed", range(20))
def test_random_places_of_arrays_of_every_size_and_type(seed):
    draw = np.random.default_rng(seed)
    dtype = draw.choice(["f8", "f4", "c16", "f2"])
    size = int(draw.integers(1, 400_000))
    u = np.asarray(draw.normal(size=size)).astype(dtype)
    first, view = u.copy(), u[:]
    places = draw.integers(0, size, int(draw.integers(1, 4)))

    def loss(w):
        y = np.sum(np.real(w * u))
        view[places] += 1
        return y

    w = np.ones(size, dtype)
    try:
        found = ad.grad(loss)(w)
    except ad.MutationError:
        assert u.nbytes > SMALL
    else:
        np.testing.assert_array_equal(found, first if dtype != "c16" else np.conj(first))


def test_an_array_that_the_user_made_read_only_is_looked_at_too():
    u = np.ones(200_000)
    view = u[:]
    u.flags.writeable = False

    def loss(w):
        y = np.sum(w * u)
        view[:] = 7.0
        return y

    with pytest.raises(ad.MutationError):
        ad.grad(loss)(np.ones(200_000))
    assert not u.flags.writeable


def test_large_indices_and_masks():
    for make in (lambda: np.arange(200_000), lambda: np.arange(2_000_000) > 0):
        index = make()
        view = index[:]

        def loss(w, index=index, view=view):
            y = np.sum(w[index] ** 2)
            view[:2] = view[1:3] if view.dtype != bool else [True, False]
            return y

        def of_another_length(w, view=view, index=index):
            y = np.sum(w[index] ** 2)  # the sweep can't even begin with the changed mask
            view[:2] = True
            return y

        with pytest.raises(ad.MutationError):
            ad.grad(loss)(np.ones(len(index)))
        with pytest.raises(ad.MutationError):
            ad.grad(of_another_length)(np.ones(len(index)))


def test_signs_that_turn_in_pairs():
    u = np.ones((512, 512))
    u[::2, ::2] = u[1::2, 1::2] = -1.0
    for dtype in (float, np.float32, complex):
        v = np.tile(u, (2, 1)).astype(dtype)
        before = sums_of(v)
        assert sums_of(-v) != before
        assert sums_of(v.copy()) == before


def test_after_many_calls_patterns_are_still_noticed():
    for change in ("interior", "all but a column", "odd rows", "one row", "one column"):
        for calls in (3, 5, 7, 20):
            u = rng.normal(size=(512, 512))
            view, act = CHANGES[change](u)
            active = [False]

            def loss(w, u=u, view=view, act=act, active=active):
                y = np.sum(w * u)
                if active[0]:
                    act(view)
                return y

            for _ in range(calls):
                ad.grad(loss)(np.ones(u.shape))
            active[0] = True
            with pytest.raises(ad.MutationError):
                ad.grad(loss)(np.ones(u.shape))


def test_samples_of_later_turns_see_every_element():
    u = np.zeros(200_000)
    for k in rng.integers(0, u.size, 5):
        u[k] = 1.0
        assert any(samples(u, turn).any() for turn in range(3, 3 + 61))
        u[k] = 0.0


def test_sums_differ_wherever_one_element_differs():
    for dtype, size in (("f8", 5000), ("f4", 4097), ("i2", 9999), ("u1", 13), ("c16", 700)):
        u = (rng.normal(size=size) * 100).astype(dtype)
        before = sums_of(u)
        for k in rng.integers(0, size, 50):
            old = u[k]
            u[k] = old + np.asarray(1, dtype)
            assert sums_of(u) != before
            u[k] = old
        assert sums_of(u) == before


def test_parameters_that_only_their_container_holds_are_not_looked_at(monkeypatch):
    looked = []
    monkeypatch.setattr(safekeeping, "look", lambda array, turn: looked.append(array) or b"")
    params = {"a": [rng.normal(size=(500, 500))], "b": rng.normal(size=(500, 500))}
    f = lambda p: np.sum(p["a"][0] ** 2) + np.sum(p["b"] ** 3)
    for g in (ad.grad(f), ad.value_and_grad(f), ad.jacobian(f)):
        g(params)
        assert not looked
    held = params["b"]
    ad.grad(f)(params)
    assert all(array is held for array in looked)
    assert looked
    looked.clear()
    del held
    view = params["a"][0][1:]
    ad.grad(f)(params)
    assert all(array is view.base for array in looked)
    assert looked


# -- threads ----------------------------------------------------------------------------------


def test_a_lock_that_two_threads_share_ends_with_the_last():
    d = np.ones(200_000)
    both, first_done = threading.Barrier(2), threading.Event()
    found = {}

    def first(w):
        y = np.sum(w * d)
        both.wait(10)
        return y

    def second(w):
        both.wait(10)
        y = np.sum(w * d)
        assert first_done.wait(10)
        d[:] = 7.0
        return y

    def run(name, f):
        try:
            found[name] = ad.grad(f)(np.ones(200_000))
        except ad.MutationError as error:
            found[name] = error
        first_done.set()

    threads = [
        threading.Thread(target=run, args=("first", first)),
        threading.Thread(target=run, args=("second", second)),
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)
    assert np.all(found["first"] == 1.0)
    assert isinstance(found["second"], ad.MutationError)
    assert d.flags.writeable
    d[:] = 2.0


def test_one_element_changed_later_is_noticed_where_the_run_takes_longer_than_a_look():
    u = np.random.default_rng(0).normal(size=(400, 500))
    inner, w = u[1:-1, 1:-1], np.ones((400, 500))
    changes = [0]

    def loss(w):
        y = np.sum(w * u)
        time.sleep(0.2)  # stands for the rest of a model
        inner[7, 7] += changes[0]
        return y

    for turn in range(6):
        changes[0] = 0
        ad.grad(loss)(w)
        changes[0] = 1e-3 if turn % 2 else 3.0
        with pytest.raises(ad.MutationError):
            ad.grad(loss)(w)


@pytest.mark.parametrize("size", [150_000, 524_288, 524_289, 1_200_007])
@pytest.mark.parametrize("dtype", [np.float64, np.float32, np.int8, complex])
def test_sums_notice_every_element_wherever_it_is(size, dtype):
    draw = np.random.default_rng(size)
    u = draw.integers(-99, 99, size).astype(dtype)
    before = sums_of(u)
    for place in [0, size - 1, *draw.integers(0, size, 20)]:
        own = u[place]
        u[place] = own + 1
        assert sums_of(u) != before
        u[place] = own
    i, j = draw.choice(size, 2, replace=False)
    if u[i] != u[j]:
        u[[i, j]] = u[[j, i]]
        assert sums_of(u) != before
        u[[i, j]] = u[[j, i]]
    assert sums_of(u) == before


def test_locks_are_counted():
    a, b = np.ones(3), np.ones(3)
    b.flags.writeable = False
    for order in ([1, 1, -1, 1, -1, -1], [1, -1, 1, 1, -1, -1]):
        held = []
        for step in order:
            if step > 0:
                held.append(lock(a))
            else:
                held.pop()
            assert a.flags.writeable == (not held)
    assert lock(b) is None
    assert not b.flags.writeable


@pytest.mark.parametrize("seed", range(3))
def test_threads_that_share_large_constants_in_any_order(seed):
    draw = np.random.default_rng(seed)
    shared = [np.full(150_000, float(k)) for k in range(3)]
    plans = [[int(k) for k in draw.integers(0, 3, 4)] for _ in range(6)]
    wrong = []

    def work(plan):
        for _ in range(5):
            for k in plan:
                found = ad.grad(lambda w, k=k: np.sum(w * shared[k]))(np.ones(150_000))
                if not np.all(found == k):
                    wrong.append(k)

    threads = [threading.Thread(target=work, args=(plan,)) for plan in plans]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert not wrong
    assert all(array.flags.writeable for array in shared)
    assert not locks._locks


def test_rows_of_a_variables_data_that_change_places_before_the_sweep_are_noticed():
    draw = np.random.default_rng(0)
    for i, j in draw.choice(400, (6, 2), replace=False):
        w = ad.Tensor(draw.normal(size=(400, 500)))
        y = np.sum(w**3)
        w.data[[i, j]] = w.data[[j, i]]
        with pytest.raises(ad.MutationError):
            y.backward()
        w.data[[i, j]] = w.data[[j, i]]
        y.backward()
        np.testing.assert_allclose(w.grad, 3 * w.data**2)
