"""Random programs of views, copies and in-place changes: value against NumPy, both modes.

A program keeps a few arrays and, step by step, takes a view or a copy of one of them, changes one
in place, or reads single elements; at the end every array counts.
"""

import os

import numpy as np
import pytest

import autodiff as ad

KEPT = 6
"""So many arrays are alive at once."""
STEPS = 25
PROGRAMS = int(os.environ.get("AUTODIFF_PROGRAMS", "160"))
"""How many programs are run; set it to some thousands for a long search."""


def a_slice(draw, n):
    """A slice that may be empty, may go backwards, and may leave elements out."""
    start, stop = sorted(draw.integers(0, n + 1, 2).tolist())
    step = int(draw.choice([1, 1, 2, -1]))
    return slice(start, stop, step) if step > 0 else slice(None, None, step)


def an_index(draw, shape):
    """Slices, whole numbers, None and the ellipsis."""
    index = []
    for n in shape[: draw.integers(0, len(shape) + 1)]:
        index.append(int(draw.integers(-n, n)) if n and draw.random() < 0.3 else a_slice(draw, n))
    if draw.random() < 0.15:
        index.insert(int(draw.integers(0, len(index) + 1)), None)
    if draw.random() < 0.2:
        index.append(Ellipsis)
    return tuple(index)


def some_places(draw, shape):
    """An index by an array of whole numbers, which may repeat, or follow each other."""
    if not shape or not shape[0]:
        return slice(0, 0)
    if draw.random() < 0.5:
        return np.arange(int(draw.integers(0, shape[0])), shape[0])
    return draw.integers(0, shape[0], 3)


def halves(shape):
    """The same elements in two rows, or in one."""
    size = int(np.prod(shape))
    return (2, -1) if size and size % 2 == 0 else (-1,)


def in_steps(draw, a, twice=False):
    """A view by steps in memory, in rows that overlap or not; of a copy where a has gaps."""
    a = a if a.flags.forc else a.copy()
    columns = int(draw.integers(0, a.size // 2 + 1))
    step = 1 if twice else columns + int(draw.integers(0, 2))
    rows = 1 + min(2, (a.size - columns) // step) if step else 1
    return np.lib.stride_tricks.as_strided(a, (rows, columns), (step * a.itemsize, a.itemsize))


VIEWS = (
    in_steps,
    lambda draw, a: a[an_index(draw, a.shape)],
    lambda draw, a: a[an_index(draw, a.shape)],
    lambda draw, a: a.T,
    lambda draw, a: a[::-1],
    lambda draw, a: a.reshape(-1),
    lambda draw, a: a.reshape(halves(a.shape)),
    lambda draw, a: np.ravel(a, order="F"),
    lambda draw, a: np.ravel(a, order="A"),
    lambda draw, a: np.swapaxes(a, 0, -1),
    lambda draw, a: np.moveaxis(a, -1, 0),
    lambda draw, a: np.expand_dims(a, 0),
    lambda draw, a: np.squeeze(a),
    lambda draw, a: np.flip(a),
    lambda draw, a: np.rot90(a),
    lambda draw, a: np.atleast_2d(a),
    lambda draw, a: np.array_split(a, 2, axis=-1)[int(draw.integers(2))],
    lambda draw, a: np.einsum("i...->...i", a),
    lambda draw, a: np.einsum("ii->i", a),
    lambda draw, a: np.real(a),
    lambda draw, a: a.view(),
    lambda draw, a: next(iter(a)),
)
READ_ONLY = (
    lambda draw, a: in_steps(draw, a, twice=True),
    lambda draw, a: np.diagonal(a),
    lambda draw, a: np.broadcast_to(a, (2, *a.shape)),
    lambda draw, a: np.lib.stride_tricks.sliding_window_view(a, 2, axis=-1),
)
COPIES = (
    lambda draw, a: a * 1.5,
    lambda draw, a: np.sin(a),
    lambda draw, a: a.copy(),
    lambda draw, a: np.copy(a.T),
    lambda draw, a: a.flatten(),
    lambda draw, a: a[some_places(draw, a.shape)],
    lambda draw, a: np.sum(a, axis=-1),
    lambda draw, a: np.cumsum(a, axis=0),
    lambda draw, a: np.median(a, axis=-1),
    lambda draw, a: np.concatenate([a, a[:1]]),
    lambda draw, a: np.where(a > 0.2, a, -0.5),
    lambda draw, a: np.roll(a, 1),
    lambda draw, a: np.sort(a, axis=-1),
    lambda draw, a: np.take(a, 0, axis=0),
    lambda draw, a: a @ np.cos(np.arange(a.shape[-1])),
    lambda draw, a: np.zeros_like(a),
    lambda draw, a: np.full_like(a, a.reshape(-1)[0]),
    lambda draw, a: np.full(a.shape, 0.5),
    lambda draw, a: np.pad(a, 1),
    lambda draw, a: np.stack([a, a])[1],
)


def swap_rows(draw, a, b):
    i, j = draw.integers(0, len(a), 2).tolist()
    a[i], a[j] = a[j], a[i]


def element_by_element(draw, a, b):
    flat = a.reshape(-1)
    for k in range(min(3, len(flat))):
        number = flat[k]
        number += 0.25
        flat[-1 - k] = number * flat[k - 1]


def set_shape(draw, a, b):
    other = a[...]
    other.shape = (-1,)
    other[1:] *= 0.5


def assign(draw, a, b):
    a[an_index(draw, a.shape)] = b


def assign_number(draw, a, b):
    a[an_index(draw, a.shape)] = b.reshape(-1)[-1] if draw.random() < 0.5 else 0.75


def assign_places(draw, a, b):
    a[some_places(draw, a.shape)] = b.reshape(-1)[0] if draw.random() < 0.5 else b[0]


def update(draw, a, b):
    a += 0.5 * b


def update_part(draw, a, b):
    a[an_index(draw, a.shape)] *= 0.5 + 0.1 * np.sin(b.reshape(-1)[0])


def update_view(draw, a, b):
    part = a[an_index(draw, a.shape)]
    part -= 0.5 * np.tanh(part)


def shift_over_itself(draw, a, b):
    a[1:] += 0.5 * a[:-1]
    a[:-1] = a[1:]


def masked(draw, a, b):
    a[a > 0.3] *= 0.5
    a[a < -0.3] = b.reshape(-1)[0]


def added_at(draw, a, b):
    np.add.at(a, some_places(draw, a.shape), 0.5 * b.reshape(-1)[0])


CHANGES = (
    swap_rows, element_by_element, set_shape, assign, assign, assign_number, assign_places, update,
    update_part, update_view, shift_over_itself, masked, added_at,
    lambda draw, a, b: a.sort(axis=0),
    lambda draw, a, b: a.fill(b.reshape(-1)[0]),
    lambda draw, a, b: np.copyto(a, b),
    lambda draw, a, b: np.fill_diagonal(a, b.reshape(-1)),
    lambda draw, a, b: np.put(a, [0, -1], b),
    lambda draw, a, b: np.putmask(a, a > 0, b),
)  # fmt: skip
REFUSALS = (ValueError, TypeError, IndexError, AttributeError)


def random_program(seed):
    """A function of two arrays that runs the same steps at every call, and notes what it did."""

    def run(x, y):
        draw = np.random.default_rng(seed)
        arrays = [(x * 1.0, True), (y * 1.0, True), ((x * 1.0).T, True)]
        run.done = done = []
        for _ in range(STEPS):
            kind = draw.random()
            (a, open_), (b, _) = (arrays[int(i)] for i in draw.integers(0, len(arrays), 2))
            own = np.random.default_rng(draw.integers(2**32))
            pool = VIEWS if kind < 0.3 else COPIES if kind < 0.5 else CHANGES
            pool = READ_ONLY if kind < 0.05 else pool
            if pool is CHANGES and not (open_ and np.ndim(a)):
                continue
            step = pool[int(draw.integers(len(pool)))]
            try:
                if pool is CHANGES:
                    step(own, a, b)
                else:
                    found = step(own, a)
                    if 0 < np.size(found) <= 60 and np.ndim(found) < 5:
                        fresh = pool is COPIES or (pool is VIEWS and open_)
                        arrays.append((found, fresh))
                        if len(arrays) > KEPT:
                            arrays.pop(int(draw.integers(len(arrays))))
                done.append(step)
            except REFUSALS as error:
                if ad.DetachError in (type(error), type(error.__cause__)):
                    pytest.skip("a result of constants only is plain, and takes no traced value")
                done.append(None)
        total = 0.0
        for k, (array, _) in enumerate(arrays):
            weights = np.cos(1.3 * np.arange(np.size(array)) + k).reshape(np.shape(array))
            total = total + np.sum(np.tanh(array) * weights)
        return total

    return run


@pytest.mark.parametrize("seed", range(PROGRAMS))
def test_a_random_program(seed):
    draw = np.random.default_rng(seed)
    xs = (draw.normal(size=(3, 4)), draw.normal(size=4))
    ts = (draw.normal(size=(3, 4)), draw.normal(size=4))
    run = random_program(seed)
    value = run(*xs)
    done = run.done

    def difference(step):
        above, below = (
            run(*(x + sign * step * t for x, t in zip(xs, ts, strict=True))) for sign in (1, -1)
        )
        return (above - below) / (2 * step)

    slopes = difference(1e-6), difference(1e-7)
    ahead, slope = ad.jvp(run, xs, ts)
    assert run.done == done
    back, pullback = ad.vjp(run, *xs)
    assert run.done == done
    np.testing.assert_allclose([ahead, back], value, rtol=1e-9, atol=1e-10)
    pulled = sum(np.sum(c * t) for c, t in zip(pullback(1.0), ts, strict=True))
    np.testing.assert_allclose(pulled, slope, rtol=1e-8, atol=1e-8)
    if np.allclose(*slopes, rtol=1e-4, atol=1e-5):  # else a kink is near
        np.testing.assert_allclose(slope, slopes[1], rtol=1e-3, atol=1e-4)
