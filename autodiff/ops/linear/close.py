"""Nearly equal eigenvalues and singular values: quotients without the digits that cancel.

    M[i, j] = N[i, j] / (w[j] - w[i])

(as in `autodiff.ops.linear.ties`) loses digits where two values are close: the two terms of N
cancel, and what rounding leaves of them is divided by the gap.  At a gap of 1e-12 four digits are
left of sixteen.  A result that is determined where the values are equal has N = 0 there, and then
M is the mean slope of N on the way from their mean m to the values themselves,

    M[i, j] = (integral of dN[i, j]/dt over t = 0 to 1) / (w[j] - w[i]),    w(t) = m + t (w - m)

in which nothing cancels: of v f(w) v^H it is the divided difference f[w[i], w[j]] as an integral
(Hermite and Genocchi; Higham, "Functions of Matrices", 2008, appendix B.16).  The slopes come from
the tape that follows, run again from other values, and two points of Gauss suffice.

    >>> import autodiff as ad
    >>> def root(a):
    ...     w, v = np.linalg.eigh(a)
    ...     return ((v * np.sqrt(w)) @ v.T)[1, 0]
    >>> found = ad.grad(root)(np.diag([4.0, 4.0 + 1e-11]))[1, 0]
    >>> bool(abs(found - 0.25) < 1e-11)
    True

The mean slope stands only where its own error is below that of the quotient, and where both agree
to the quotient's rounding, an eps of its terms: a result that depends on single vectors, whose N
is not 0 at equal values, keeps the quotient, which is large there and has no digits to lose.
"""

from collections.abc import Callable, Iterator, Sequence

import numpy as np

from autodiff.core.language.dispatch import Array, ground, is_batch, whole
from autodiff.core.reverse.around import cotangents_around
from autodiff.core.reverse.sweep import Swept
from autodiff.ops.ground.arguments import dtype_of, is_complex
from autodiff.ops.linear.ties import chained, changed, evened, tied_pairs

GAUSS = (0.5 - np.sqrt(3) / 6, 0.5 + np.sqrt(3) / 6)
ALONE = 8
"""So many close pairs have a way each; more of them go one way together."""


def close_pairs(values: Array) -> Array:
    """Which pairs of values are so near to each other that the mean slope is the more exact."""
    plain = whole(values)
    size = np.max(np.abs(plain), axis=-1, initial=0.0)[..., None, None]
    gaps = np.abs(plain[..., None, :] - plain[..., :, None])
    own = np.eye(plain.shape[-1], dtype=bool)
    return chained((gaps <= np.cbrt(np.finfo(plain.dtype).eps) * size) & ~own)


def lowest(results: Sequence[Array]) -> Array:
    """The values among the results of a decomposition: all the others are vectors."""
    return min(results, key=np.ndim)


def is_inexact(results: Sequence[Array]) -> bool:
    """Whether forward mode can't be exact: digits cancel, or the phase of vectors is not known."""
    if any(np.iscomplexobj(ground(part)) for part in results):
        return True
    values = lowest(results)
    return bool((close_pairs(values) & ~tied_pairs(values)).any())


def lengths(ct: Array | None, axis: int = -2) -> Array:
    """The norms of the cotangent of some vectors, of each pair together (None: 0)."""
    if ct is None:
        return np.zeros((1, 1))
    norms = np.sqrt(np.sum(np.abs(whole(ct)) ** 2, axis))
    return norms[..., None, :] + norms[..., :, None]


def refined(
    quotients: Array,
    gaps: Array,
    ct: Sequence[Array | None],
    turning: Callable[[Sequence[Array]], Array],
    sizes: Callable[[Sequence[Array | None]], Array],
    results: Sequence[Array],
    swept: Swept | None,
) -> Array:
    """Quotients, with those between close values as mean slopes wherever that is more exact.

    `turning` makes N of the cotangents of all results, and `sizes` the lengths of the vectors'.
    """
    values = lowest(results)
    if swept is None or is_batch(values):
        return quotients
    close = close_pairs(values)
    inside = close & ~tied_pairs(values)
    if not inside.any():
        return quotients
    for pairs, middle, move, scale in _ways(values, close, inside, gaps):
        slopes, largest = [], np.max(np.abs(whole(values)), axis=-1)[..., None, None]
        for point in GAUSS:
            at = [middle + point * (values - middle) if x is values else x for x in results]
            along = [move if x is values else None for x in results]
            changes = cotangents_around(swept, at, along).changes
            cts = [changed(changes, k, part) for k, part in enumerate(results)]
            slopes.append(scale * turning(cts))
        means = (slopes[0] + slopes[1]) / 2
        steps = np.max(np.abs(whole(move)), axis=-1)[..., None, None]
        terms = sizes(ct) + sizes(changes) * largest / np.where(steps == 0, 1.0, steps)
        better = _better(quotients, means, slopes, gaps, terms, pairs)
        quotients = np.where(better, means, quotients)
    return quotients


def _ways(values: Array, close: Array, inside: Array, gaps: Array) -> Iterator[tuple[Array, ...]]:
    """Ways from equal values: the pairs that each serves, its start, its direction, and a scale.

    N changes along the direction; times the scale this is the slope of M.  Few pairs have a way
    each, whose direction is a constant: then second derivatives have nothing that cancels either.
    """
    if is_complex(values) or np.sum(inside) > 2 * ALONE:
        middle = evened(values, close)
        scale = np.where(inside, 1 / np.where(inside, gaps, 1.0), 0.0)
        yield inside, middle, values - middle, scale
        return
    for place in np.argwhere(np.triu(inside)):
        sign = np.zeros(inside.shape, dtype_of(values))
        sign[tuple(place)] = 1.0
        sign = sign - np.swapaxes(sign, -1, -2)
        pair = sign != 0
        yield pair, evened(values, pair), np.sum(sign, -2) / 2, sign


def _better(
    quotients: Array, means: Array, slopes: list[Array], gaps: Array, terms: Array, pairs: Array
) -> Array:
    """Where the error of a mean slope is below the rounding of a quotient, and both agree."""
    gaps = np.where(pairs, np.abs(whole(gaps)), 1.0)
    first, second, means, quotients = map(whole, (*slopes, means, quotients))
    rounding = np.finfo(gaps.dtype).eps * terms / gaps
    total = np.abs(first) + np.abs(second)
    bent = np.abs(first - second) ** 2 / np.where(total == 0, 1.0, total)
    better = pairs & (bent <= rounding)
    better = better & (np.abs(quotients - means) <= 100 * gaps.shape[-1] * rounding)
    examples = tuple(range(better.ndim - pairs.ndim))
    return better.all(axis=examples)
