"""Elements given by their numbers: where slices pick the same, slices are taken."""

import numpy as np
import pytest

import autodiff as ad
from autodiff.core.values.blocks import block_of


def drawn_index(draw, shape):
    """A random basic index: integers, slices of any step, new axes."""
    index = []
    for n in shape:
        kind = draw.integers(5)
        if kind == 0:
            index.append(int(draw.integers(n)))
        elif kind == 1:
            index.append(slice(None))
        else:
            start, end = sorted(draw.integers(n + 1, size=2).tolist())
            index.append(slice(start, end, int(draw.integers(1, 4))))
        if draw.random() < 0.1:
            index.append(None)
    return tuple(index)


@pytest.mark.parametrize("seed", range(300))
def test_a_block_is_found_and_is_right(seed):
    draw = np.random.default_rng(seed)
    shape = tuple(draw.integers(1, 6, size=draw.integers(1, 5)).tolist())
    numbers = np.arange(np.prod(shape)).reshape(shape)
    wanted = numbers[drawn_index(draw, shape)]
    if not np.ndim(wanted) or not wanted.size:
        return
    block = block_of(wanted, shape)
    assert block is not None
    np.testing.assert_array_equal(numbers[block], wanted)


@pytest.mark.parametrize("seed", range(300))
def test_of_any_numbers_a_block_picks_just_these(seed):
    draw = np.random.default_rng(seed)
    shape = tuple(draw.integers(1, 5, size=draw.integers(1, 4)).tolist())
    numbers = np.arange(np.prod(shape)).reshape(shape)
    kind = seed % 5
    if kind == 0:
        wanted = draw.integers(numbers.size, size=draw.integers(1, 4, size=2))
    elif kind == 1:
        wanted = numbers.transpose(draw.permutation(len(shape)))
    elif kind == 2:
        wanted = numbers[::-1]
    elif kind == 3:
        wanted = numbers.reshape(-1)[draw.integers(numbers.size) :]
    else:
        wanted = np.broadcast_to(numbers, (2, *shape))
    block = block_of(wanted, shape)
    if block is not None:
        np.testing.assert_array_equal(numbers[block], wanted)


def test_what_reads_a_part_of_what_was_written_is_a_slice():
    def cell(X, W):
        gates, h = np.zeros((3, 2, 4)), np.zeros((3, 2, 2))
        for t in range(3):
            gates[t] = X[t] @ W
            h[t] = np.tanh(gates[t, :, :2]) * gates[t, :, 2:]
        return np.sum(h**2)

    def plain(X, W):
        gates = X @ W
        return np.sum((np.tanh(gates[..., :2]) * gates[..., 2:]) ** 2)

    draw = np.random.default_rng(0)
    X, W = draw.normal(size=(3, 2, 5)), draw.normal(size=(5, 4))
    for found, expected in zip(ad.grad(cell, (0, 1))(X, W), ad.grad(plain, (0, 1))(X, W)):
        np.testing.assert_allclose(found, expected, rtol=1e-12)
    text = str(ad.source(ad.grad(cell, (0, 1)), X, W))
    assert "[:, :2]" in text
    assert "bincount" not in text


def test_what_was_read_does_not_hang_on_what_is_written_to_it():
    def f(x, rows):
        y = np.ones((4, 3))
        y[2:] = x
        part = y[rows, 1:]  # new memory, of a block of what was written, or of what was there
        part[0, 0] = 7.0
        return np.sum(y**2 * np.arange(12.0).reshape(4, 3)) + np.sum(part**2)

    x = np.random.default_rng(0).normal(size=(2, 3))
    step = 1e-6 * np.eye(6).reshape(6, 2, 3)
    for rows in ([0, 1], [2, 3], [1, 2]):
        rows = np.array(rows)
        slopes = [(f(x + s, rows) - f(x - s, rows)) / 2e-6 for s in step]
        value, found = ad.value_and_grad(f)(x, rows)
        assert value == f(x, rows)
        np.testing.assert_allclose(found.reshape(-1), slopes, rtol=1e-6, atol=1e-8)
        of_x = lambda x, rows=rows: f(x, rows)
        np.testing.assert_allclose(ad.jacobian(of_x, mode="forward")(x), found, rtol=1e-12)
        direction = np.ones((2, 3))
        value, slope = ad.jvp(of_x, (x,), (direction,))
        assert value == f(x, rows)
        np.testing.assert_allclose(slope, np.sum(found), rtol=1e-12)
        hessian = ad.hessian(of_x)(x).reshape(6, 6)
        along = ad.hvp(of_x, x, direction).reshape(-1)
        np.testing.assert_allclose(hessian.sum(1), along, rtol=1e-12)


@pytest.mark.parametrize("seed", range(150))
def test_random_reads_of_places_are_new_memory(seed):
    """Filled arrays, parts of them by runs of places, and changes of both."""

    def f(x):
        draw = np.random.default_rng(seed)
        y = np.full((5, 4), 0.5)
        parts = []
        for _ in range(6):
            rows = np.arange(*sorted(draw.choice(6, 2, replace=False).tolist()))
            kind = draw.integers(4)
            if kind == 0:
                y[rows[0] : rows[-1] + 1] = x[rows] * draw.normal()
            elif kind == 1:
                parts.append(y[rows, int(draw.integers(3)) :])
            elif kind == 2 and parts:
                parts[-1][0] *= 1.5
            else:
                y[rows[0], 1:] += 0.25
        return sum(np.sum(np.sin(part) * (k + 2)) for k, part in enumerate([y, *parts]))

    x, t = np.random.default_rng([seed, 1]).normal(size=(2, 5, 4))
    value, slope = ad.jvp(f, (x,), (t,))
    back, pullback = ad.vjp(f, x)
    np.testing.assert_allclose([value, back], f(x), rtol=1e-12)
    np.testing.assert_allclose(np.sum(pullback(1.0)[0] * t), slope, rtol=1e-9, atol=1e-12)
    by_difference = (f(x + 1e-6 * t) - f(x - 1e-6 * t)) / 2e-6
    np.testing.assert_allclose(slope, by_difference, rtol=1e-6, atol=1e-8)
