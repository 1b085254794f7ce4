"""Equal eigenvalues and singular values: what of a derivative is still determined there.

Vectors of equal values are not determined: any turn of them is as good.  A result that depends
on which ones LAPACK returned has no derivative.  A result that does not (a matrix function
v f(w) v^H, a projector, u @ vh, u diag(s) vh) has one, but the rules come to it by 0/0:

    M[i, j] = N[i, j] / (w[j] - w[i]),      N = the turning part of v^H (cotangent of v)

N[i, j] is what the result gains when v[i] and v[j] turn into each other; at w[i] = w[j] it is 0
for every result that is determined.  N = 0 does not tell what M is: for v f(w) v^H it is
f'(w) times a cotangent, for the projector v v^H it is 0, at the same N and the same v.  The
difference lies in what follows, and shows when the values move apart (l'Hôpital):

    M[i, j] = (change of N[i, j] when w moves along d) / (d[j] - d[i]),  for any d

because f(v diag(w + e d) v^H) is differentiable around e = 0, with these same v.  The part of the
tape that follows runs again for it (`core.reverse.around`).  Whether the result is determined is
tested as well: N is 0, and the cotangent of the matrix, and of whatever else is used with the
vectors, comes out the same from other vectors of the same values.  What fails is refused.

    >>> import autodiff as ad
    >>> def root(a):
    ...     w, v = np.linalg.eigh(a)
    ...     return ((v * np.sqrt(w)) @ v.T)[1, 0]
    >>> ad.grad(root)(4 * np.eye(2))  # 1 / (2 sqrt(4)); only the lower triangle is read
    array([[0.  , 0.  ],
           [0.25, 0.  ]])

In forward mode the tangents of such vectors are NaN, and a transform that ends in NaN goes by
reverse mode instead.
"""

import numpy as np

from autodiff.core.batch.batching import Batched
from autodiff.core.forward.dual import Dual
from autodiff.core.ground.errors import UnsupportedError
from autodiff.core.ground.locations import here
from autodiff.core.language.dispatch import apply, is_traced, whole
from autodiff.core.language.equation import history
from autodiff.core.language.singular.limits import limit
from autodiff.core.reverse.sweep import sweep
from autodiff.ops.ground.arguments import dtype_of


def tolerance(values, n):
    """How far apart equal values may be by rounding: a few eps of the largest, for each matrix."""
    size = np.max(np.abs(values), axis=-1, initial=0.0)[..., None, None]
    return 4 * n * np.finfo(values.dtype).eps * size


def tied_pairs(values):
    """Which pairs of values are equal to rounding, but for those of a value with itself."""
    plain = whole(values)
    n = plain.shape[-1]
    gaps = np.abs(plain[..., None, :] - plain[..., :, None])
    return chained((gaps <= tolerance(plain, n)) & ~np.eye(n, dtype=bool))


def chained(pairs):
    """Pairs from end to end of every chain of pairs."""
    if not pairs.any():
        return pairs
    own = np.eye(pairs.shape[-1], dtype=bool)
    reach = pairs | own
    for _ in range(pairs.shape[-1].bit_length()):
        reach = reach @ reach
    return reach & ~own


def evened(values, tied):
    """The values with those that are tied replaced by their mean."""
    reach = tied | np.eye(tied.shape[-1], dtype=bool)
    mean = np.sum(np.where(reach, values[..., None, :], 0.0), -1) / np.sum(reach, -1)
    return np.where(tied.any(-1), mean, values)


def apart(like, tied):
    """A direction in which tied values move apart: 1, 2, 3, ... for those that are tied."""
    return (np.arange(1.0, tied.shape[-1] + 1) * tied.any(-1)).astype(dtype_of(like))


def uneven(*shape):
    """Numbers without any pattern, always the same."""
    return np.sin(1.0 + np.arange(float(np.prod(shape, dtype=int)))).reshape(shape)


def other_vectors(pairs, like, seed=1.0):
    """A unitary matrix that mixes the vectors of the given pairs, without any pattern."""
    n = pairs.shape[-1]
    mixed = uneven(n, n) * seed
    if dtype_of(like).kind == "c":
        mixed = mixed + 1j * uneven(n, n).T
    skew = (mixed - np.conj(mixed.T)) * pairs
    one = np.eye(n)
    return np.linalg.solve(one - skew, one + skew).astype(dtype_of(like))  # Cayley's transform


def divided(numerators, gaps, skipped, tied=None, limits=None):
    """numerators / gaps; 0 where skipped, and where tied the limits."""
    inverse = np.where(skipped, 0.0, 1 / np.where(skipped, 1.0, gaps))
    found = inverse * numerators
    return found if limits is None else np.where(tied, apply(limit, (gaps, limits)), found)


def is_still(ct, columns):
    """Whether columns of a cotangent are 0, and stay so when anything traced changes."""
    if not is_traced(ct):
        return not np.any(ct * columns[..., None, :])
    if isinstance(ct, Batched):
        return is_still(ct.array, columns)
    if isinstance(ct, Dual):
        return is_still(ct.primal, columns) and is_still(ct.tangent, columns)
    if not is_still(ct.lower, columns):
        return False
    seed = (uneven(*ct.shape) * columns[..., None, :]).astype(dtype_of(ct))
    found = sweep(history([ct.node]), {ct.node: seed})
    return not any(np.any(whole(total)) for total in found.values())


def changed(changes, index, like):
    """One of the changes of the cotangents; 0 where there is none."""
    return np.zeros_like(whole(like)) if changes[index] is None else changes[index]


def remaining(terms, scales, pairs, noise=0.0):
    """At which of the pairs a term is more than rounding beside the largest of its scales."""
    terms = np.abs(whole(terms))
    size = 0.0
    for scale in scales:
        size = np.maximum(size, np.max(np.abs(whole(scale)), axis=(-2, -1), initial=0.0))
    eps = np.finfo(terms.dtype).eps
    return pairs & (terms > 10 * np.sqrt(eps) * np.asarray(size)[..., None, None] + noise)


def noise_of(around):
    """What may be left of cotangents that cancel: rounding of the largest of all."""
    arrays = [whole(x) for own in around for x in own if x is not None]
    arrays = [x for x in arrays if np.size(x)]
    size = max((float(np.max(np.abs(x))) for x in arrays), default=0.0)
    eps = max((np.finfo(x.dtype).eps for x in arrays if x.dtype.kind in "fc"), default=0.0)
    return 1000 * float(eps) * (size if np.isfinite(size) else 0.0)


def refuse_ties(bad, values, what, swept, instead):
    """Raise the error for a result that depends on single vectors of equal values."""
    if not bad.any():
        return
    *lead, i, j = (int(k[0]) for k in np.nonzero(bad))
    i, j = min(i, j), max(i, j)
    plain = whole(values)
    own = plain[tuple(lead[len(lead) - (plain.ndim - 1) :]) if plain.ndim > 1 else ()]
    if i == j:
        raise UnsupportedError(
            f"{what[:-1]} {i} is 0, and the result depends on which vectors LAPACK returned for "
            f"it: others are as good. {instead.format(i=i, j=i + 1)}{place_of(swept)}"
        )
    raise UnsupportedError(
        f"{what} {i} and {j} are equal ({own[i]:.6g} and {own[j]:.6g}, a gap of "
        f"{abs(own[j] - own[i]):.1e}), and the result depends on which of their vectors LAPACK "
        f"returned: any turn of them into each other is as good. "
        f"{instead.format(i=i, j=j + 1)}{place_of(swept)}"
    )


def refuse_difference(first, other, pairs, noise, values, what, swept, instead):
    """Raise the error if cotangents come out differently from other vectors."""
    for one, two in zip(first, other, strict=True):
        if one is None or two is None:
            continue
        one, two = whole(one), whole(two)
        size = np.max(np.abs(one), initial=0.0)
        bad = np.abs(one - two) > 100 * np.sqrt(np.finfo(two.dtype).eps) * size + noise
        refuse_ties(pairs & np.any(bad), values, what, swept, instead)


def refuse_phases(imaginary, scales, what, swept):
    """Raise the error for a result that depends on the phases of complex vectors."""
    bad = remaining(imaginary[..., None, :], scales, True)
    if bad.any():
        raise UnsupportedError(
            f"the result depends on the phase of {what} {int(np.nonzero(bad)[-1][0])}, which is "
            "LAPACK's choice: a complex vector may be multiplied by any number of modulus 1. Use "
            "what does not depend on it: np.abs(v), a product such as v @ v.conj().T, or fix the "
            f"phase first, v * (np.conj(v[0]) / np.abs(v[0])).{place_of(swept)}"
        )


def place_of(swept):
    """Where the decomposition was called, for an error."""
    place = swept.equation.location if swept is not None else None
    return f"{here()}\n  decomposed at {place}" if place else here()
