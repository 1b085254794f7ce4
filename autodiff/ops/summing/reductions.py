"""Reductions: sums, means, spreads, extremes and products along axes."""

import math

import numpy as np

from autodiff.core.language.dispatch import ground, is_traced
from autodiff.core.language.kinds import composite, constant, reduction
from autodiff.core.language.op import case
from autodiff.core.language.singular.kinks import Kinks, some
from autodiff.ops.ground.arguments import NO, cast, is_complex, refuse_out, shape_of

AXES = (
    case((3, 4)), case((3, 4), axis=0), case((3, 4), axis=-1, keepdims=True),
    case((2, 3, 4), axis=(0, 2)), case((3,), axis=0), case(()),
)  # fmt: skip
SHORT = 32
MASK = np.array([[True, False, True, True], [False, False, True, True], [True, True, True, False]])
WHERE = (case((3, 4), where=MASK), case((3, 4), axis=1, where=MASK, keepdims=True))


def _params(axis, keepdims, initial=NO, where=NO):
    params = {} if axis is None else {"axis": axis}
    if keepdims is not NO and keepdims:
        params["keepdims"] = True
    if initial is not NO:
        params["initial"] = initial
    if where is not NO:
        params["where"] = where
    return params


def _masked(a, where, fill):
    """a, and `fill` where the mask of a reduction leaves an element out."""
    if where is NO or where is True:
        return a
    return np.where(np.broadcast_to(where, shape_of(a)), a, fill)


def _mask(a, where):
    """The mask of a reduction in the shape of its argument; not given where it is all of it."""
    return NO if where is NO or where is True else np.broadcast_to(where, shape_of(a))


def _bind_total(name, fill):
    def bind(a, axis=None, dtype=None, out=None, keepdims=NO, initial=NO, where=NO):
        if out is not None:
            refuse_out(name, out)
        if where is not NO or dtype is not None or not is_traced(a):
            a = cast(_masked(a, where, fill), dtype)
        return (a,), _params(axis, keepdims, initial)

    return bind


def _bind_extreme(name):
    def bind(a, axis=None, out=None, keepdims=NO, initial=NO, where=NO):
        if out is not None:
            refuse_out(name, out)
        return (a,), _params(axis, keepdims, initial, _mask(a, where))

    return bind


def _bind_mean(a, axis=None, dtype=None, out=None, keepdims=NO, *, where=NO):
    if out is not None:
        refuse_out("mean", out)
    if dtype is not None or not is_traced(a):
        a = cast(a, dtype)
    return (a,), _params(axis, keepdims, where=_mask(a, where))


def _bind_spread(name):
    def bind(
        a, axis=None, dtype=None, out=None, ddof=0, keepdims=NO, *, where=NO, correction=NO
    ):  # fmt: skip
        refuse_out(name, out)
        ddof = ddof if correction is NO else correction
        params = _params(axis, keepdims, where=_mask(a, where))
        return (cast(a, dtype),), params | ({"ddof": ddof} if ddof else {})

    return bind


def count(x, axis, where=None):
    """How many elements are reduced into one; with a mask an array that keeps the axes."""
    if where is not None:
        return np.sum(where, axis=axis, keepdims=True)
    shape = shape_of(x)
    if axis is None:
        return math.prod(shape)
    return math.prod([shape[a] for a in axis]) if isinstance(axis, tuple) else shape[axis]


def ties(ans, x, axis=None, initial=None, where=None):
    """The weight of max and min: 1 at the extreme, shared equally among ties.

    The constant `initial` takes a share too, unless it is infinite; NaN is the extreme of what
    holds it.
    """
    ans, x = ground(ans), ground(x)
    equal = np.equal(x, ans)
    if where is not None:
        equal &= where
    total = np.sum(equal, axis=axis, keepdims=True)
    full = np.all(total)
    if not full:
        equal = equal | (np.isnan(ans) & np.isnan(x))
        total = np.sum(equal, axis=axis, keepdims=True)
    if initial is not None and np.isfinite(initial):
        total = total + np.equal(ans, initial)
    return equal / (total if full else np.maximum(total, 1))


def others(ans, x, axis=None, initial=None):
    """The product of all elements but one, for each; exact where elements are 0."""
    shape = shape_of(x)
    every = tuple(range(len(shape)))
    axes = tuple(np.atleast_1d(axis) % len(shape)) if axis is not None and shape else every
    kept = tuple(a for a in range(len(shape)) if a not in axes)
    order = (*kept, *axes)
    lane = math.prod(shape[a] for a in axes)
    flat = np.reshape(np.transpose(x, order), (*(shape[a] for a in kept), lane))
    if lane == 0:
        return np.zeros_like(ground(x))
    one = np.ones_like(ground(flat[..., :1])) * (1 if initial is None else initial)
    before = np.cumprod(np.concatenate([one, flat[..., :-1]], axis=-1), axis=-1)
    one = np.ones_like(one)
    after = np.flip(np.cumprod(np.concatenate([one, np.flip(flat, -1)[..., :-1]], -1), -1), -1)
    product = np.reshape(before * after, tuple(shape[a] for a in order))
    return np.transpose(product, tuple(int(i) for i in np.argsort(order)))


def mean_weight(ans, x, axis=None, where=None):
    """1 / n for every element that counts."""
    n = count(x, axis, where)
    return 1 / (n or np.nan) if where is None else where / n


def spread_weight(ans, x, axis=None, ddof=0, where=None):
    """The weight of the variance: 2 (x - mean) / (n - ddof), conjugated."""
    if where is None:
        away = x - np.mean(x, axis=axis, keepdims=True)
    else:
        away = np.where(where, x - np.mean(x, axis=axis, keepdims=True, where=where), 0.0)
    left = count(x, axis, where) - ddof
    left = (left or np.nan) if where is None else left
    return (np.conj(away) if is_complex(x) else away) * (2 / left)


def level(ans, x, axis=None, where=None, **_):
    """Whether all elements of a lane are equal to rounding, which leaves a tiny deviation `ans`.

    The mean of n times 0.1 is not 0.1, and so the deviation not 0.
    """
    ans, x = ground(ans), ground(x)
    still = np.equal(ans, 0)
    if not x.ndim or not np.all(still.shape):
        return still
    lanes = range(x.ndim) if axis is None else np.atleast_1d(axis) % x.ndim
    first = np.abs(x[tuple(slice(0, 1) if a in lanes else slice(None) for a in range(x.ndim))])
    noise = x.size / still.size * np.finfo(first.dtype).eps
    if where is None and not np.any(ans <= noise * first):  # as ever
        return still
    found = True
    for part in (x.real, x.imag) if is_complex(x) else (x,):
        inside = part if where is None else np.where(where, part, np.nan)
        high = np.fmax.reduce(inside, axis=axis, keepdims=True)
        low = np.fmin.reduce(inside, axis=axis, keepdims=True)
        size = 2 * np.finfo(part.dtype).eps * np.fmax(np.abs(high), np.abs(low))
        found &= high - low <= size
    return still | found


def deviation_weight(ans, x, **params):
    """The weight of the standard deviation, 0 for a constant x (a kink)."""
    still = level(ans, x, **params)
    if not some(still):
        return spread_weight(ans, x, **params) / (2 * ans)
    safe = np.where(still, 1.0, ans)
    return np.where(still, 0.0, spread_weight(ans, x, **params) / (2 * safe))


def _is_tied(ans, x, axis=None, initial=None, where=None, **_):
    """Which elements share the extreme with others."""
    share = ties(ans, x, axis, initial, where)
    return (share > 0) & (share < 1)


TIES = Kinks(
    "elements tie for the extreme",
    "shared equally",
    _is_tied,
    lambda ans, x, **_: x - ans,
    tie=True,
)


def _away(ans, x, axis=None, where=None, **_):
    """What is 0 of a constant x: how far each element is from the mean."""
    x = x - ground(x)  # only how it moves
    return x - np.mean(x, axis=axis, keepdims=True, where=True if where is None else where)


def _sum(a, axis=None, **params):
    """np.sum, without its wrapper's costs; over a short last axis as a product with ones.

    There NumPy's reduction starts its loop anew for every few elements, and takes ten times as
    long.  Pairwise summation, which a product lacks, begins at eight elements and gains little
    over so few.
    """
    if (
        a.__class__ is np.ndarray and a.size > 2048 and not params and axis.__class__ is int
        and (a.ndim < 3 or a.flags.c_contiguous)
    ):  # fmt: skip
        length = a.shape[-1]
        if 1 < length <= SHORT and axis in (-1, a.ndim - 1) and a.dtype == np.float64:
            return a @ np.ones(length)
    return np.add.reduce(a, axis=axis, **params) if params else np.add.reduce(a, axis)


sum = reduction(
    _sum, 1, public=np.sum, binder=_bind_total("sum", 0.0), keywords=("initial",),
    cases=(*AXES, *WHERE, case((3,), initial=2.0)),
)  # fmt: skip


def _mean(a, axis=None, **params):
    """np.mean, without its wrapper's costs: the sum by the number, as NumPy computes it."""
    if params or a.__class__ is not np.ndarray or a.dtype.char not in "dD" or not a.size:
        return np.mean(a, axis=axis, **params)
    return np.add.reduce(a, axis) / count(a, axis)


mean = reduction(
    _mean, mean_weight, public=np.mean, binder=_bind_mean, keywords=("where",),
    cases=(*AXES, *WHERE),
)  # fmt: skip
var = reduction(
    np.var, spread_weight, binder=_bind_spread("var"), keywords=("ddof", "where"), real=True,
    cases=(
        case((3, 4)), case((3, 4), axis=0, ddof=1), case((2, 3, 4), axis=(0, 2), keepdims=True),
        *WHERE, case((3,), correction=1),
    ),
)  # fmt: skip
std = reduction(
    np.std, deviation_weight, binder=_bind_spread("std"), keywords=("ddof", "where"), real=True,
    kinks=Kinks(
        "the standard deviation of a constant", "0", level, _away, shifted=True,
        instead="np.var(x) for its square",
    ),
    cases=(
        case((3, 4)), case((3, 4), axis=0, ddof=1), case((2, 3, 4), axis=(0, 2), keepdims=True),
        *WHERE,
    ),
)  # fmt: skip
EXTREMES = (*AXES[:-1], case((3, 4), axis=0, initial=0.3), case((3, 4), initial=-9.0, where=MASK))
max = reduction(
    np.max, ties, binder=_bind_extreme("max"), keywords=("initial", "where"), also=(np.amax,),
    kinks=TIES, cases=EXTREMES,
)  # fmt: skip
min = reduction(
    np.min, ties, binder=_bind_extreme("min"), keywords=("initial", "where"), also=(np.amin,),
    kinks=TIES,
    cases=(*AXES[:-1], case((3, 4), axis=0, initial=0.3), case((3, 4), initial=9.0, where=MASK)),
)  # fmt: skip
prod = reduction(
    np.prod, others, binder=_bind_total("prod", 1.0), keywords=("initial",),
    cases=(
        *AXES[:-1], *WHERE, case((3,), initial=2.0), case(np.array([0.0, 2.0, 3.0])),
        case(np.array([0.0, 2.0, 0.0])), case(np.array([[0.0, 2.0], [0.0, 3.0]]), axis=1),
    ),
)  # fmt: skip

for _choice in (
    np.argmax, np.argmin, np.nanargmax, np.nanargmin, np.count_nonzero, np.any, np.all,
):  # fmt: skip
    constant(_choice)


@composite(np.ptp)
def ptp(a, axis=None, out=None, keepdims=False):
    """The range, max - min."""
    refuse_out("ptp", out)
    return np.max(a, axis=axis, keepdims=keepdims) - np.min(a, axis=axis, keepdims=keepdims)
