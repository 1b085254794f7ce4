"""Polynomials by their coefficients, highest power first, as `np.poly1d` has them."""

import numpy as np

from autodiff.core.language.dispatch import apply, ground, is_traced
from autodiff.core.language.kinds import composite, primitive
from autodiff.core.language.op import case
from autodiff.core.values.layout import laid_like
from autodiff.core.values.lists import of_lists
from autodiff.ops.ground.arguments import dtype_of, inexact, is_complex, ndim_of, refuse, shape_of


@composite(np.polyval)
def polyval(p, x):
    """The value at x, by Horner's rule."""
    p, x = (v if is_traced(v) else np.asarray(v) for v in (p, x))
    zero = np.zeros_like(ground(x))
    if shape_of(p)[0] < 2:
        return zero * x + np.sum(p)
    found = p[0]
    for k in range(1, shape_of(p)[0]):
        found = found * x + p[k]
    return laid_like(found, zero) if zero.ndim > 1 else found


@composite(np.polyadd)
def polyadd(a1, a2):
    """The coefficients of the sum."""
    return _lengthened(a1, a2, np.add)


@composite(np.polysub)
def polysub(a1, a2):
    """The coefficients of the difference."""
    return _lengthened(a1, a2, np.subtract)


def _lengthened(a, b, combine):
    a, b = np.atleast_1d(a), np.atleast_1d(b)
    n = max(shape_of(a)[0], shape_of(b)[0])
    return combine(*(np.pad(x, (n - shape_of(x)[0], 0)) for x in (a, b)))


@composite(np.polymul)
def polymul(a1, a2):
    """The coefficients of the product: a convolution, zeros at the front left away."""
    return np.convolve(_trimmed(a1), _trimmed(a2))


def _trimmed(p, count=lambda p: np.equal(p, 0)):
    """p without the zeros at its front, of which the last coefficient is none."""
    p = np.atleast_1d(of_lists(p))
    filled = np.flatnonzero(~count(ground(p)))
    return p[int(filled[0]) if filled.size else shape_of(p)[0] - 1 :]


@composite(np.polydiv)
def polydiv(u, v):
    """The coefficients of quotient and remainder, by long division."""
    u, v = (np.atleast_1d(x) + 0.0 for x in inexact(u, v))  # copies, as in NumPy
    n = shape_of(v)[0]
    steps = shape_of(u)[0] - n + 1
    if steps < 1:
        return np.zeros(1, dtype_of(u)), _trimmed(u, _vanishes)
    quotient, rest = [], u
    for k in range(steps):
        factor = rest[k] / v[0]
        quotient.append(factor)
        rest = rest - np.pad(factor * v, (k, steps - 1 - k))
    left = rest[steps:] if shape_of(rest)[0] > steps else np.zeros(1, dtype_of(rest))
    return np.stack(quotient), _trimmed(left, _vanishes)


def _vanishes(p):
    return np.isclose(p, 0, rtol=1e-14)


@composite(np.polyder, result="view")
def polyder(p, m=1):
    """The coefficients of the m-th derivative."""
    for _ in range(m):
        n = shape_of(p)[0] - 1
        p = p[:-1] * np.arange(n, 0, -1)
    return p


@composite(np.polyint)
def polyint(p, m=1, k=None):
    """The coefficients of the m-th integral, with constants of integration k."""
    constants = np.broadcast_to(0.0 if k is None else k, (m,))
    for i in range(m):
        n = shape_of(p)[0]
        p = np.concatenate([p / np.arange(n, 0, -1), constants[i : i + 1]])
    return p


@composite(np.poly)
def poly(seq_of_zeros):
    """The coefficients of the polynomial with the given roots (or eigenvalues, of a matrix)."""
    roots = np.atleast_1d(of_lists(seq_of_zeros))
    if ndim_of(roots) == 2:
        roots = np.linalg.eigvals(roots)
    found = np.ones(1, dtype_of(roots))
    for k in range(shape_of(roots)[0]):
        found = np.convolve(found, np.stack([np.ones((), dtype_of(roots)), -roots[k]]))
    if is_complex(found):
        plain = ground(roots)
        if np.all(np.sort(plain) == np.sort(plain.conj())):
            return np.copy(np.real(found))
    return found


@composite(np.polyfit)
def polyfit(x, y, deg, rcond=None, full=False, w=None, cov=False):
    """The coefficients of the polynomial that fits best, with columns scaled to norm 1."""
    x, y = inexact(x, y)
    if np.ndim(deg) or deg < 0:
        refuse("np.polyfit with several degrees", "Give the degree as one number.")
    if full:
        refuse("np.polyfit with full=True", "Use np.linalg.lstsq on np.vander(x, deg + 1).")
    columns = np.vander(x, int(deg) + 1)
    if w is not None:
        (w,) = inexact(w)
        columns = columns * w[:, None]
        y = y * (w[:, None] if ndim_of(y) == 2 else w)
    scale = np.sqrt(np.sum(columns * columns, axis=0))
    columns = columns / scale
    rcond = shape_of(x)[0] * np.finfo(float).eps if rcond is None else rcond
    c = np.linalg.lstsq(columns, y, rcond)[0]
    found = c / (scale[:, None] if ndim_of(c) == 2 else scale)
    if not cov:
        return found
    base = np.linalg.inv(np.matmul(np.transpose(columns), columns)) / np.outer(scale, scale)
    if cov == "unscaled":
        return found, base
    rest = y - np.matmul(columns, c)
    factor = np.sum(rest * rest, axis=0) / (shape_of(x)[0] - int(deg) - 1)
    return found, base * factor if ndim_of(y) == 1 else base[:, :, None] * factor


# -- roots ----------------------------------------------------------------------------------


def _slope(p, roots):
    """p'(r) at each root, and the powers of the roots."""
    n = shape_of(p)[0]
    powers = np.power(roots[:, None], np.arange(n)[::-1])
    return np.matmul(powers[:, 1:], p[:-1] * np.arange(n - 1, 0, -1)), powers


def _roots_jvp(tangents, ans, p):
    slope, powers = _slope(p, ans)
    return -np.matmul(powers, tangents[0]) / slope


def _roots_vjp(index, ct, ans, p):
    slope, powers = _slope(p, ans)
    return -np.matmul(ct / slope, powers)


roots_op = primitive(
    np.roots, _roots_jvp, _roots_vjp,
    why="p(r) = 0 holds on: dr = -dp(r) / p'(r), by the implicit function theorem",
    name="roots", kinks="at multiple roots: infinite",
    cases=(
        case(np.array([1.0, -6.0, 11.0, -5.0])), case(np.array([2.0, 1.0, 3.0])),
        case(np.array([1.5, 0.2, -1.0, 0.3, 2.0])),
    ),
)  # fmt: skip


@composite(np.roots)
def roots(p):
    """The roots, with multiplicity; zeros at the front of p are left away."""
    p = np.atleast_1d(of_lists(p))
    filled = np.flatnonzero(ground(p))
    if filled.size == 0:
        return np.array([])
    first, last = int(filled[0]), int(filled[-1])
    if last + 1 < shape_of(p)[0]:
        refuse("np.roots of a polynomial whose last coefficient is 0", "Divide by x first.")
    if last == first:
        return np.array([])
    return apply(roots_op, (p[first:],))
