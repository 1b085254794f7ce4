"""NumPy is itself before and after, whatever happens between; and for whoever differentiates nothing."""

import asyncio
import gc
import itertools
import math
import random
import signal
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from math import sin as sine

import numpy as np
import pytest
from numpy import array
from numpy import zeros as fill
from numpy.linalg import norm

import autodiff as ad
from autodiff.core.inside import exchange
from autodiff.core.inside.blanks import Blank, Filled
from autodiff.core.inside.opened import is_open

OWN = {
    (module, name): vars(module)[name]
    for module in (np, np.linalg, np.fft, math)
    for name in vars(module)
}
X = np.array([0.3, 0.7, 1.2])


def untouched():
    """Whether every name stands for what it stood for when this was imported."""
    return not is_open() and all(vars(module)[name] is own for (module, name), own in OWN.items())


def filling(x):
    y = np.zeros(3)
    y[0] = math.sin(x[0])
    y[1:] = np.array([x[1], x[2] * x[0]])
    return np.sum(y * x)


def test_numpy_is_itself_before_and_after_and_not_meanwhile():
    seen = []
    ad.grad(lambda x: (seen.append(np.array), filling(x))[1])(X)
    assert untouched()
    assert seen[0].__wrapped__ is np.array
    assert (seen[0].__name__, seen[0].__module__) == ("array", np.array.__module__)
    assert seen[0].__doc__ == np.array.__doc__
    assert not exchange.is_exchanged()


def test_names_of_the_users_modules_are_exchanged_and_their_own_again():
    own, seen = {name: globals()[name] for name in ("array", "fill", "norm", "sine")}, []

    def f(x):
        y = fill(2)
        y[0] = sine(x[0])
        seen.append({name: globals()[name] for name in own})
        return norm([y[0], x[1], 2.0]) + np.sum(array([y[0], x[2]]))

    ad.grad(f)(X)
    assert all(seen[0][name].__wrapped__ is value for name, value in own.items())
    ad.check_grad(f, X, order=2)
    assert {name: globals()[name] for name in own} == own


def test_a_namespace_of_its_own_is_reached_and_not_polluted():
    for names in ("array, zeros as z", "zeros as array, array as z", "float64 as array"):
        space = {}
        exec(f"from numpy import {names}\ndef f(x):\n    return 3 * x[0]", space)
        before = dict(space)
        ad.grad(space["f"])(X)
        assert space == before


def test_a_name_that_the_user_bound_anew_is_left_alone():
    global array
    own = array
    try:
        ad.grad(lambda x: x[0])(X)
        array = "mine"
        ad.grad(lambda x: x[0])(X)
        assert array == "mine"
    finally:
        array = own


def test_modules_imported_meanwhile_bind_numpys_own(tmp_path, monkeypatch):
    (tmp_path / "imported_late.py").write_text("from numpy import array\nfrom math import sin\n")
    monkeypatch.syspath_prepend(tmp_path)

    def f(x):
        import imported_late

        return np.sum(imported_late.array([x[0], imported_late.sin(x[1])]))

    ad.grad(f)(X)
    assert sys.modules["imported_late"].array is np.array
    assert sys.modules["imported_late"].sin is math.sin


@pytest.mark.parametrize("error", [ValueError, KeyboardInterrupt, GeneratorExit, ad.DetachError])
def test_an_exception_leaves_nothing_behind(error):
    def f(x):
        np.zeros(2)[0] = x[0]
        raise error("now")

    for transform in (ad.grad(f), ad.hessian(f), lambda x: ad.jvp(f, (x,), (x,))):
        with pytest.raises(error):
            transform(X)
        assert untouched()


def test_an_exception_that_is_kept_leaves_nothing_behind():
    def f(x):
        return np.array([x[0], x[1] / x.missing])

    try:
        ad.grad(f)(X)
    except AttributeError as error:
        kept = error
        assert untouched()
    assert untouched()
    assert kept.__traceback__ is not None


@pytest.mark.skipif(not hasattr(signal, "setitimer"), reason="needs a timer that interrupts")
def test_interrupts_at_any_moment_leave_nothing_behind():
    def interrupt(*_):
        raise KeyboardInterrupt

    before, draw = signal.signal(signal.SIGALRM, interrupt), random.Random(1)
    interrupted = 0
    try:
        for _ in range(600):
            try:
                signal.setitimer(signal.ITIMER_REAL, draw.uniform(1e-5, 6e-4))
                try:
                    for _ in range(20):
                        ad.grad(filling)(X)
                        ad.jvp(filling, (X,), (X,))
                finally:
                    signal.setitimer(signal.ITIMER_REAL, 0)
            except KeyboardInterrupt:
                interrupted += 1
            assert untouched()
    finally:
        signal.signal(signal.SIGALRM, before)
    assert interrupted > 100
    with ThreadPoolExecutor(2) as pool:  # nothing stays locked for others
        list(pool.map(lambda _: ad.grad(filling)(X), range(4)))
    np.testing.assert_allclose(ad.grad(filling)(X), by_differences(filling))


def by_differences(f):
    steps = 1e-6 * np.eye(3)
    return [(f(X + step) - f(X - step)) / 2e-6 for step in steps]


def test_threads_do_not_see_each_other():
    started, done, found = threading.Event(), threading.Event(), []

    def f(x):
        started.set()
        done.wait(10)
        return filling(x)

    def other():
        started.wait(10)
        found.extend([np.zeros(3), np.array([1.0, 2.0]), np.mean([1.0, 3.0]), math.sin(0.5)])
        done.set()

    thread = threading.Thread(target=other)
    thread.start()
    gradient = ad.grad(f)(X)
    thread.join()
    assert [type(v) for v in found] == [np.ndarray, np.ndarray, np.float64, float]
    np.testing.assert_array_equal(gradient, ad.grad(filling)(X))
    assert untouched()


def test_many_threads_differentiate_side_by_side():
    with ThreadPoolExecutor(4) as pool:
        found = list(pool.map(lambda k: ad.grad(lambda x: filling(k * x))(X), range(1, 60)))
    for k, gradient in enumerate(found, start=1):
        np.testing.assert_array_equal(gradient, ad.grad(lambda x, k=k: filling(k * x))(X))
    assert untouched()


def test_traced_values_are_served_in_a_pool_inside_of_the_function():
    def f(x):
        with ThreadPoolExecutor(2) as pool:
            parts = list(pool.map(lambda i: np.array([x[i], math.exp(x[i])]), range(3)))
        return np.sum(np.array(parts) ** 2)

    np.testing.assert_allclose(ad.grad(f)(X), 2 * X + 2 * np.exp(2 * X))


def test_tasks_side_by_side_and_one_that_outlives_the_derivative():
    kinds = []

    async def late():
        await asyncio.sleep(0.02)
        kinds.append(type(np.zeros(2)))

    async def one(k):
        tasks = []

        def f(x):
            tasks.append(asyncio.get_running_loop().create_task(late()))
            return filling(k * x)

        gradient = ad.grad(f)(X)
        kinds.append(type(np.zeros(2)))
        await asyncio.gather(*tasks)
        return gradient

    async def several():
        return await asyncio.gather(*[one(k) for k in (1.0, 2.0, 3.0)])

    for k, gradient in zip((1.0, 2.0, 3.0), asyncio.run(several())):
        np.testing.assert_array_equal(gradient, ad.grad(lambda x, k=k: filling(k * x))(X))
    assert set(kinds) == {np.ndarray}
    assert untouched()


def test_a_generator_that_is_never_finished_leaves_nothing_behind():
    def rows(x):
        with ad.Tape():
            for v in x:
                yield np.array([v, v * v])

    first = next(rows(ad.Tensor(X)))
    gc.collect()
    assert first.shape == (2,)
    assert untouched()


def test_nothing_is_exchanged_for_packages():
    scipy = pytest.importorskip("scipy")

    def f(x):
        a = scipy.linalg.hilbert(3)
        assert type(a) is np.ndarray
        assert type(np.polynomial.polynomial.polyvander(X.copy(), 2)) is np.ndarray
        return x @ a @ x

    ad.grad(f)(X)


def test_a_blank_array_is_an_array_for_everybody():
    def f(x):
        y = np.zeros((2, 3))
        assert isinstance(y, np.ndarray)
        assert repr(y) == repr(np.zeros((2, 3)).view(np.ndarray))
        y[0] = 1.0
        y += 2
        assert type(y) is type(y * 2) is type(y.copy()) is type(y[1:]) is Blank
        assert type(y.sum()) is type(y[0, 0]) is type(y[0] @ y[1]) is np.float64
        assert type(y < 1) is type(np.arange(3)) is type(np.zeros(2, int)) is np.ndarray
        return x @ y[0]

    np.testing.assert_array_equal(ad.grad(f)(X), [3.0, 3.0, 3.0])


def test_filled_arrays_are_plain_again_when_nothing_is_differentiated_any_more():
    kept = []

    def f(x):
        y = np.zeros((2, 3), order="F")
        view = y[:, ::-1].T
        y[1] = x * x
        z = X.reshape(1, 3).dot(y[1])
        kept.extend([y, view, z, y[0], np.array([x[0], y[1, 2]])])
        assert type(y) is type(view) is type(z) is Filled
        return ad.grad(lambda t: np.sum(t * y))(2.0) + z[0]

    ad.grad(f)(X)
    y, view, z, row, pair = kept
    np.testing.assert_array_equal(np.asarray(y), [[0, 0, 0], X * X])
    np.testing.assert_array_equal(np.asarray(view), np.asarray(y)[:, ::-1].T)
    np.testing.assert_allclose(np.asarray(z), [X @ (X * X)])
    np.testing.assert_array_equal(np.asarray(pair), [X[0], X[2] ** 2])
    assert np.asarray(row).tolist() == [0, 0, 0]
    y[0, 0] = 5.0
    assert view[2, 0] == 5.0


def test_the_result_is_of_numpys_own_class():
    value, pullback = ad.vjp(lambda x: (np.zeros(2), np.array([x[0], 1.0]), np.ones(3) * x), X)
    assert [type(part) for part in value] == [np.ndarray] * 3
    assert type(pullback(value)[0]) is np.ndarray
    assert type(ad.jvp(lambda x: np.zeros(2), (X,), (X,))[0]) is np.ndarray


def test_what_reaches_around_the_protocols_meets_an_error_or_nan():
    """Everything that reads the memory of an array and asks nobody."""
    plain = np.array([0.5, 1.0, 1.5])
    around = {
        "searchsorted": lambda y: plain.searchsorted(y),
        "assignment to floats": lambda y: np.copy(plain).__setitem__(..., y),
        "assignment to ints": lambda y: np.arange(3).view(np.ndarray).__setitem__(..., y),
        "frombuffer": lambda y: np.frombuffer(memoryview(y).tobytes()),
        "astype of the memory": lambda y: np.ndarray.astype(y, float),
        "sum of the memory": lambda y: np.ndarray.sum(y),
        "dot": lambda y: np.ndarray.dot(plain, y),
    }

    def f(x):
        for name, read in around.items():
            y = np.zeros(3)
            y[:] = x
            try:
                found = read(y)
            except (TypeError, ValueError, AttributeError):
                continue
            if found is not None and not type(found).__module__.startswith("autodiff"):
                assert np.all(np.isnan(found)), name
        return np.sum(x)

    ad.grad(f)(X)


def more_than(call, other, repeat=60, number=200):
    """By how much longer one call takes than the other, in empty calls of Python; side by side."""
    calls = (call, other, lambda *args, **kwargs: None)
    least = [math.inf] * 3
    for _ in range(repeat):
        for k, each in enumerate(calls):
            start = time.process_time()
            for _ in itertools.repeat(None, number):
                each()
            least[k] = min(least[k], time.process_time() - start)
    return (least[0] - least[1]) / least[2]


@pytest.mark.timed
def test_a_call_that_differentiates_nothing_costs_no_multiple_while_others_do():
    x, row = np.ones(3), [1.0, 2.0, 3.0]
    calls = {"zeros": (3,), "array": (row,), "asarray": (x,), "sum": (x,)}
    own = {name: vars(np)[name] for name in calls}
    held = exchange.exchanged()
    for name, args in calls.items():
        now = vars(np)[name]
        assert now is not own[name]
        more = more_than(partial(now, *args), partial(own[name], *args))
        assert more < 60, f"np.{name} costs {more:.1f} empty calls more"
    del held
    assert untouched()
