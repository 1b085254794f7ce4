"""The same numbers in memory of their own: copies, other dtypes, arrays of lists."""

import numpy as np

from autodiff.core.language.dispatch import apply
from autodiff.core.language.kinds import composite, linear
from autodiff.core.language.op import case
from autodiff.core.values.lists import of_lists
from autodiff.ops.ground.arguments import (
    arrayed,
    cast,
    counted,
    dtype_of,
    flags_of,
    ndim_of,
    shape_of,
)  # fmt: skip


def _bind_copy(a, order="K", subok=False):
    """The order is a parameter only where it changes how the values lie in memory."""
    if order == "K":
        return (a,), {}
    flags = flags_of(a)
    if order == "A":
        order = "F" if flags.fnc else "C"
    kept = flags.c_contiguous if order == "C" else flags.f_contiguous
    return (a,), {} if kept else {"order": order}


copy = linear(
    np.copy, lambda ct, x, order="K": ct, binder=_bind_copy, keywords=("order",),
    cases=(case((2, 3)), case((2, 3), order="F")),
)  # fmt: skip


def _bind_astype(x, dtype, /, *, copy=True, device=None):
    return (counted(x, dtype),), {"dtype": np.dtype(dtype)}


astype = linear(
    lambda x, dtype: (x if x.__class__ is np.ndarray else np.asarray(x)[()]).astype(dtype),
    lambda ct, x, dtype: ct,
    name="astype",
    public=getattr(np, "astype", "astype"),  # NumPy 2.1
    binder=_bind_astype,
    keywords=("dtype",),
    cases=(case((2, 3), np.float64),),
)


def as_type(x, dtype, /, *, copy=True, device=None):
    """x in another dtype; x itself where that changes nothing and no copy is asked for."""
    if not copy and dtype_of(x) == np.dtype(dtype):
        return x
    (x,), params = _bind_astype(x, dtype)
    return apply(astype, (x,), params)


if hasattr(np, "astype"):  # NumPy 2.1
    composite(np.astype, result="view")(as_type)


@composite(np.array, result="array")
def array(a, dtype=None, *, copy=True, order="K", subok=False, ndmin=0, device=None):
    """An array of nested lists, or a copy; handed over only where `like=` is a traced value."""
    x = cast(of_lists(a), dtype)
    if x is a:
        x = np.copy(x, order=order or "K") if copy else x
    elif order in ("C", "F"):
        x = np.copy(x, order=order)
    missing = ndmin - ndim_of(x)
    return np.reshape(x, (1,) * missing + shape_of(x)) if missing > 0 else x


def _as_array(function, order):
    def code(a, dtype=None, order=order, *, device=None, copy=None):
        x = arrayed(cast(of_lists(a), dtype))
        if order in ("C", "F") and not shape_of(x):
            return np.reshape(x, 1)  # np.ascontiguousarray and its kin give at least one axis
        (x,), params = _bind_copy(x, order or "K")
        return np.copy(x, order=params["order"]) if params or copy else x

    code.__doc__ = f"np.{function.__name__}, handed over only where `like=` is a traced value."
    composite(function, result="view")(code)


_as_array(np.asarray, "K")
_as_array(np.asanyarray, "K")
_as_array(np.ascontiguousarray, "C")
_as_array(np.asfortranarray, "F")
