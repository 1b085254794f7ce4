"""Textbook programs that live on in-place changes and views: value against NumPy, both modes.

Each is written as a course on numerical methods writes it: scratch arrays that are filled, rows
that are swapped, views that are kept while their base changes.
"""

import numpy as np
import pytest

import autodiff as ad

rng = np.random.default_rng(42)
MATRIX = rng.normal(size=(5, 5)) + 4 * np.eye(5)
SPD = MATRIX @ MATRIX.T
VECTOR = rng.normal(size=5)
SIGNAL = rng.normal(size=8)
IMAGE = rng.uniform(0.2, 1.0, size=(7, 8))


def gauss_seidel(a, b):
    """Sweeps that use each new component as soon as it is there."""
    x = np.zeros_like(b)
    for _ in range(4):
        for i in range(len(b)):
            x[i] = (b[i] - a[i, :i] @ x[:i] - a[i, i + 1 :] @ x[i + 1 :]) / a[i, i]
    return x


def lu_with_pivoting(a, b):
    """Gaussian elimination of a copy, the rows swapped by an index array."""
    u, y = a[::-1].copy(), b[::-1].copy()
    n = len(y)
    for k in range(n):
        p = k + int(np.argmax(np.abs(u[k:, k])))
        u[[k, p]] = u[[p, k]]
        y[k], y[p] = y[p], y[k]
        for i in range(k + 1, n):
            u[i, k] /= u[k, k]
            u[i, k + 1 :] -= u[i, k] * u[k, k + 1 :]
            y[i] -= u[i, k] * y[k]
    for k in reversed(range(n)):
        y[k] = (y[k] - u[k, k + 1 :] @ y[k + 1 :]) / u[k, k]
    return y, u


def cholesky(a):
    """The factor written over the lower triangle."""
    c = a.copy()
    for j in range(len(c)):
        column = c[j:, j]
        column -= c[j:, :j] @ c[j, :j]
        column /= np.sqrt(column[0])
        c[j, j + 1 :] = 0.0
    return c


def householder_qr(a):
    """Reflections of a trailing block, which is a view."""
    r, q = a.copy(), np.zeros_like(a) + np.eye(len(a))
    for k in range(len(a) - 1):
        v = r[k:, k].copy()
        v[0] += np.copysign(np.linalg.norm(v), v[0])
        v /= np.linalg.norm(v)
        block, columns = r[k:, k:], q[:, k:]
        block -= 2 * np.outer(v, v @ block)
        columns -= 2 * np.outer(columns @ v, v)
    return q, r


def givens_qr(a):
    """Two rows turned at a time, by an index array and by two views."""
    r = a.copy()
    for j in range(a.shape[1]):
        for i in reversed(range(j + 1, len(a))):
            upper, lower = r[i - 1], r[i]
            h = np.hypot(upper[j], lower[j])
            c, s = upper[j] / h, lower[j] / h
            old = upper.copy()
            upper[:] = c * old + s * lower
            lower[:] = c * lower - s * old
    return r


def gram_schmidt(a):
    """The modified one, on the columns of the transpose."""
    q = a.copy()
    columns = q.T
    for k in range(len(columns)):
        columns[k] /= np.sqrt(np.sum(columns[k] ** 2))
        for later in columns[k + 1 :]:
            later -= (columns[k] @ later) * columns[k]
    return q


def thomas(a, d):
    """A tridiagonal system: forward sweep, then backward in place."""
    diagonal, right = np.diag(a).copy(), d.copy()
    lower, upper = np.diagonal(a, -1), np.diagonal(a, 1)
    for i in range(1, len(d)):
        w = lower[i - 1] / diagonal[i - 1]
        diagonal[i] -= w * upper[i - 1]
        right[i] -= w * right[i - 1]
    right[-1] /= diagonal[-1]
    for i in range(len(d) - 2, -1, -1):
        right[i] -= upper[i] * right[i + 1]
        right[i] /= diagonal[i]
    return right


def sorting_network(x):
    """Batcher's odd-even merge sort of eight numbers, by slices."""
    y = x.copy()
    for i, j in [(0, 1), (2, 3), (4, 5), (6, 7), (0, 2), (1, 3), (4, 6), (5, 7), (1, 2), (5, 6),
                 (0, 4), (1, 5), (2, 6), (3, 7), (2, 4), (3, 5), (1, 2), (3, 4), (5, 6)]:  # fmt: skip
        y[i], y[j] = np.minimum(y[i], y[j]), np.maximum(y[i], y[j])
    return y


def fft_in_place(x):
    """Cooley and Tukey's transform: bit reversal, then butterflies on two halves."""
    z = x + 0j
    z = z[[0, 4, 2, 6, 1, 5, 3, 7]]
    size = 1
    while size < len(z):
        turn = np.exp(-1j * np.pi * np.arange(size) / size)
        blocks = z.reshape(-1, 2, size)
        even, odd = blocks[:, 0], blocks[:, 1]
        odd *= turn
        even += odd
        odd *= -2
        odd += even
        size *= 2
    return np.real(z), np.imag(z)


def life_with_floats(x):
    """Neighbours added into a frame, the inner part being a kept view."""
    board = np.pad(x, 1)
    inner = board[1:-1, 1:-1]
    for _ in range(3):
        around = np.zeros_like(inner)
        for i in range(3):
            for j in range(3):
                if (i, j) != (1, 1):
                    around += board[i : i + inner.shape[0], j : j + inner.shape[1]]
        inner *= 0.5
        inner += np.exp(-((around - 3.0) ** 2))
        board[0], board[-1] = board[-2], board[1]
        board[:, 0], board[:, -1] = board[:, -2], board[:, 1]
    return board


def heat_with_boundaries(x):
    """Red-black relaxation with copied boundaries."""
    u = x.copy()
    for sweep in range(4):
        for start in (0, 1):
            middle = u[1:-1, 1 + start : -1 : 2]
            middle[...] = 0.25 * (
                u[:-2, 1 + start : -1 : 2] + u[2:, 1 + start : -1 : 2]
                + u[1:-1, start:-2:2] + u[1:-1, 2 + start :: 2]
            )  # fmt: skip
        u[:, 0] = u[:, 1]
        u[-1] = u[-2] * (1 + 0.1 * sweep)
    return u


def kalman(z, q):
    """Prediction and correction of a state and its covariance, in place."""
    f, h = np.array([[1.0, 0.1], [0.0, 1.0]]), np.array([[1.0, 0.0]])
    state, cov = np.zeros_like(z, shape=2), np.zeros_like(q)
    cov += 2 * np.eye(2)
    track = np.zeros_like(z, shape=(len(z), 2))
    for k in range(len(z)):
        state[:] = f @ state
        cov[:] = f @ cov @ f.T + q @ q.T
        gain = cov @ h.T / (h @ cov @ h.T + 0.5)
        state += gain[:, 0] * (z[k] - h @ state)
        cov -= gain @ h @ cov
        track[k] = state
    return track, cov


def dynamic_time_warping(x, y):
    """The cheapest alignment: a framed table, of which the inside is a view."""
    table = np.zeros_like(x, shape=(len(x) + 1, len(y) + 1))
    table[0, 1:] = table[1:, 0] = np.inf
    inside = table[1:, 1:]
    inside[...] = (x[:, None] - y) ** 2
    for i in range(len(x)):
        for j in range(len(y)):
            inside[i, j] += min(table[i, j], table[i, j + 1], table[i + 1, j])
    return inside


def viterbi(transition, emission):
    """The best score of a path to each state."""
    score = np.zeros_like(emission)
    back = np.zeros(emission.shape, int)
    score[0] = emission[0]
    for t in range(1, len(emission)):
        reached = score[t - 1][:, None] + transition
        back[t] = np.argmax(reached, axis=0)
        score[t] = reached[back[t], np.arange(reached.shape[1])] + emission[t]
    return score[-1]


def ctc(logits):
    """Forward variables of connectionist temporal classification, normalized at each step."""
    p = np.exp(logits)
    p /= np.sum(p, axis=0)
    labels = [0, 1, 0, 2, 0]
    alpha = np.zeros_like(p, shape=(len(labels), p.shape[1]))
    alpha[:2, 0] = p[labels[:2], 0]
    loss = 0.0
    for t in range(1, p.shape[1]):
        alpha[:, t] = alpha[:, t - 1]
        alpha[1:, t] += alpha[:-1, t - 1]
        alpha[3, t] += alpha[1, t - 1]
        alpha[:, t] *= p[labels, t]
        total = np.sum(alpha[:, t])
        alpha[:, t] /= total
        loss -= np.log(total)
    return loss - np.log(alpha[-1, -1] + alpha[-2, -1])


def median_and_bilateral(x):
    """Two filters that fill an image pixel by pixel."""
    smooth, sharp = x.copy(), np.zeros_like(x)
    for i in range(1, x.shape[0] - 1):
        for j in range(1, x.shape[1] - 1):
            part = x[i - 1 : i + 2, j - 1 : j + 2]
            smooth[i, j] = np.median(part)
            weights = np.exp(-((part - part[1, 1]) ** 2))
            sharp[i, j] = np.sum(part * weights) / np.sum(weights)
    smooth[1:-1, 1:-1].ravel()[::3] = 0.0  # a copy, since there are gaps: nothing is changed
    return smooth, sharp


def floyd_warshall(x):
    """All shortest paths, the table its own input."""
    d = np.abs(x) + 0.1
    np.fill_diagonal(d, 0.0)
    for k in range(len(d)):
        d[:] = np.where(d > d[:, k : k + 1] + d[k : k + 1], d[:, k : k + 1] + d[k : k + 1], d)
    return d


def bilinear_sampling(x, shift):
    """Pixels read between others: whole parts as indices, the rest as weights."""
    rows = np.arange(5)[:, None] + shift[0] * 0.3 + 0.4
    columns = np.arange(6) + shift[1] * 0.3 + 0.4
    i, j = np.floor(rows).astype(int), np.floor(columns).astype(int)
    s, t = rows - i, columns - j
    out = np.zeros_like(x, shape=(5, 6))
    out += (1 - s) * (1 - t) * x[i, j]
    out += s * (1 - t) * x[i + 1, j] + (1 - s) * t * x[i, j + 1]
    out += s * t * x[i + 1, j + 1]
    return out


PROGRAMS = [
    (gauss_seidel, MATRIX, VECTOR), (lu_with_pivoting, MATRIX, VECTOR), (cholesky, SPD),
    (householder_qr, MATRIX), (givens_qr, MATRIX[:, :3]), (gram_schmidt, MATRIX[:, :4]),
    (thomas, MATRIX, VECTOR), (sorting_network, SIGNAL), (fft_in_place, SIGNAL),
    (life_with_floats, IMAGE), (heat_with_boundaries, IMAGE), (kalman, SIGNAL, MATRIX[:2, :2]),
    (dynamic_time_warping, SIGNAL, VECTOR), (viterbi, MATRIX, IMAGE[:, :5]), (ctc, IMAGE[:4]),
    (median_and_bilateral, IMAGE), (floyd_warshall, MATRIX), (bilinear_sampling, IMAGE, VECTOR[:2]),
]  # fmt: skip


def weighted(result):
    """One number that depends on every element."""
    parts = result if isinstance(result, tuple) else (result,)
    return sum(
        np.sum(p * np.cos(1.3 * np.arange(np.size(p)) + k).reshape(np.shape(p)))
        for k, p in enumerate(parts)
    )


@pytest.mark.parametrize("program", PROGRAMS, ids=lambda program: program[0].__name__)
def test_value_and_derivatives(program):
    f, *xs = program

    def run(*xs):
        return weighted(f(*xs))

    before = [x.copy() for x in xs]
    draw = np.random.default_rng(1)
    ts = tuple(draw.normal(size=x.shape) for x in xs)
    step = 1e-6
    above, below = (
        run(*(x + sign * step * t for x, t in zip(xs, ts, strict=True))) for sign in (1, -1)
    )
    value, slope = ad.jvp(run, tuple(xs), ts)
    again, pullback = ad.vjp(run, *xs)
    tensors = [ad.Tensor(x) for x in xs]
    eager = run(*tensors)
    eager.backward()
    np.testing.assert_allclose([value, again, eager.data], run(*xs), rtol=1e-12)
    np.testing.assert_allclose(slope, (above - below) / (2 * step), rtol=1e-6, atol=1e-6)
    gradients = pullback(1.0)
    for gradient, x, tensor, old in zip(gradients, xs, tensors, before, strict=True):
        np.testing.assert_allclose(gradient, tensor.grad, rtol=1e-12, atol=1e-12)
        np.testing.assert_array_equal(x, old)
    pulled = sum(np.sum(g * t) for g, t in zip(gradients, ts, strict=True))
    np.testing.assert_allclose(pulled, slope, rtol=1e-10)
