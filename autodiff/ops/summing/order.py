"""Order: sorting, partitions, unique values.

Sorting permutes, so away from ties it is linear; elements that are equal share equally, as they
do in `max`.
"""

import numpy as np

from autodiff.core.language.dispatch import apply, ground
from autodiff.core.language.kinds import composite, constant, primitive
from autodiff.core.language.op import case
from autodiff.core.language.singular.kinks import Kinks
from autodiff.ops.arranging.indexing import scatter
from autodiff.ops.ground.arguments import (
    cast,
    is_complex,
    refuse,
    shape_of,
)  # fmt: skip

TIED = np.array([2.0, 1.0, 2.0, 3.0, 1.0, 2.0])


def _groups(x, axis):
    """For each element the number of its group of equal ones, and the groups' sizes.

    None where no two elements along the axis are equal.
    """
    moved = np.moveaxis(x, axis, -1)
    order = np.argsort(moved, axis=-1, kind="stable")
    ordered = np.take_along_axis(moved, order, -1)
    fresh = np.ones(ordered.shape, bool)
    fresh[..., 1:] = ordered[..., 1:] != ordered[..., :-1]
    if fresh.all():
        return None
    numbers = (np.cumsum(fresh) - 1).reshape(fresh.shape)
    back = np.empty_like(numbers)
    np.put_along_axis(back, order, numbers, -1)
    return np.moveaxis(back, -1, axis), np.bincount(numbers.ravel())


def shared(t, x, axis):
    """t averaged over the elements of x that are equal along the axis."""
    groups = _groups(x, axis)
    if groups is None:
        return t
    numbers, sizes = groups
    return (scatter(t, numbers, sizes.shape) / sizes)[numbers]


def _equals(ans, x, axis=-1, **_):
    """Which elements are equal to another one along the axis."""
    groups = _groups(ground(x), axis)
    if groups is None:
        return np.zeros(shape_of(x), bool)
    numbers, sizes = groups
    return sizes[numbers] > 1


TIES = Kinks(
    "equal elements change places", "shared equally among ties", _equals,
    lambda ans, x, axis=-1, **_: x - shared(x, ground(x), axis), tie=True,
)  # fmt: skip


def _inverse(order, axis):
    """The permutation that undoes another."""
    back = np.empty_like(order)
    places = np.arange(order.shape[axis]).reshape([-1] + [1] * (order.ndim - 1 - axis % order.ndim))
    np.put_along_axis(back, order, np.broadcast_to(places, order.shape), axis)
    return back


def _permutation(ans, x, axis, is_sorted):
    """Where each element of ans came from: both sorted, matched, and unsorted again."""
    source = np.argsort(x, axis=axis, kind="stable")
    if is_sorted:
        return source
    target = _inverse(np.argsort(ans, axis=axis, kind="stable"), axis)
    return np.take_along_axis(source, target, axis)


def _has_ties(ans, axis, is_sorted):
    """Whether some elements may be equal, by the sorted result where there is one."""
    if not is_sorted:
        return True
    last = np.moveaxis(ans, axis, -1)
    return bool(np.any(last[..., 1:] == last[..., :-1]))


def _rearranged_jvp(tangents, ans, x, axis=-1, kth=None):
    ans, x, t = ground(ans), ground(x), tangents[0]
    if _has_ties(ans, axis, kth is None):
        t = shared(t, x, axis)
    return np.take_along_axis(t, _permutation(ans, x, axis, kth is None), axis)


def _rearranged_vjp(index, ct, ans, x, axis=-1, kth=None):
    ans, x = ground(ans), ground(x)
    back = _inverse(_permutation(ans, x, axis, kth is None), axis)
    ct = np.take_along_axis(ct, back, axis)
    return shared(ct, x, axis) if _has_ties(ans, axis, kth is None) else ct


def _bind_sort(a, axis=-1, kind=None, *, stable=None):
    if axis is None:
        a, axis = np.reshape(a, -1), -1
    return (a,), {"axis": axis}


def _bind_partition(a, kth, axis=-1, kind="introselect"):
    if axis is None:
        a, axis = np.reshape(a, -1), -1
    return (a,), {"axis": axis, "kth": kth}


WHY = "a permutation that depends on the values"

sort = primitive(
    np.sort, _rearranged_jvp, _rearranged_vjp, why=WHY, binder=_bind_sort, keywords=("axis",),
    kinks=TIES,
    cases=(
        case((5,)), case((3, 4)), case((3, 4), axis=0), case((2, 3), axis=None),
        case((2, 3, 2), axis=1),
    ),
)  # fmt: skip
partition = primitive(
    lambda a, axis, kth: np.partition(a, kth, axis), _rearranged_jvp, _rearranged_vjp, why=WHY,
    public=np.partition, binder=_bind_partition, keywords=("axis", "kth"),
    kinks=TIES,
    cases=(case((7,), kth=3), case((3, 4), kth=1, axis=0), case((2, 5), kth=(1, 3))),
)  # fmt: skip


@composite(np.sort_complex)
def sort_complex(a):
    """The values sorted by real part, then imaginary part, as complex numbers."""
    return np.sort(a if is_complex(a) else cast(a, complex))


# -- unique values --------------------------------------------------------------------------


def _occurrences(x):
    _, inverse, counts = np.unique(ground(x), return_inverse=True, return_counts=True)
    return inverse.reshape(shape_of(x)), counts


def _unique_jvp(tangents, ans, x):
    inverse, counts = _occurrences(x)
    return scatter(tangents[0], inverse, counts.shape) / counts


def _unique_vjp(index, ct, ans, x):
    inverse, counts = _occurrences(x)
    return (ct / counts)[inverse]


unique_values = primitive(
    np.unique, _unique_jvp, _unique_vjp, why="as many results as there are different values",
    kinks=Kinks(
        "equal elements are one value", "shared equally among ties",
        lambda ans, x: np.reshape(_equals(ans, np.ravel(x)), shape_of(x)),
        lambda ans, x: x - np.reshape(shared(np.ravel(x), np.ravel(ground(x)), 0), shape_of(x)),
        tie=True,
    ),
    cases=(case((4,)), case((2, 3))),
)  # fmt: skip


@composite(np.unique)
def unique(
    ar, return_index=False, return_inverse=False, return_counts=False, axis=None, *, equal_nan=True
):
    """The different values in order, with their places and counts where asked for."""
    if axis is not None or not equal_nan:
        refuse("np.unique with axis= or equal_nan=False")
    values = apply(unique_values, (ar,))
    wanted = [return_index, return_inverse, return_counts]
    if not any(wanted):
        return values
    _, *extra = np.unique(ground(ar), *wanted)
    return (values, *extra)


for _choice in (
    np.argsort, np.argpartition, np.searchsorted, np.nonzero, np.flatnonzero,
    np.argwhere, np.digitize, np.isin, np.diag_indices_from,
    np.tril_indices_from, np.triu_indices_from, np.linalg.matrix_rank,
):  # fmt: skip
    constant(_choice)


@composite(np.lexsort)
def lexsort(keys, axis=-1):
    """The order of the last key, ties by the key before it: works on the values."""
    return np.lexsort([ground(key) for key in keys], axis)


@composite(np.union1d)
def union1d(ar1, ar2):
    """The different values of both arguments, in order."""
    return unique(np.concatenate([np.reshape(ar1, -1), np.reshape(ar2, -1)]))
