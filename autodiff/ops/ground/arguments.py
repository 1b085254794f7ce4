"""The forms in which NumPy's functions take their arguments, brought to one."""

import numpy as np

from autodiff.core.ground.errors import UnsupportedError
from autodiff.core.ground.locations import here
from autodiff.core.language.dispatch import apply, ground, is_traced
from autodiff.core.language.registry import registry
from autodiff.core.values.layout import laid_like

NO = np._NoValue
"""NumPy's own mark for a keyword that was not given."""


def shape_of(x):
    """The shape of a value, traced or not."""
    x = ground(x)
    return x.shape if x.__class__ is np.ndarray else np.shape(x)


def ndim_of(x):
    """The number of axes of a value, traced or not."""
    x = ground(x)
    return x.ndim if x.__class__ is np.ndarray else np.ndim(x)


def size_of(x):
    """The number of elements of a value, traced or not."""
    return int(np.size(ground(x)))


def dtype_of(x):
    """The dtype of a value, traced or not."""
    base = ground(x)
    return base.dtype if hasattr(base, "dtype") else np.asarray(base).dtype


def is_complex(x):
    """Whether a value is of complex numbers, traced or not."""
    return dtype_of(x).kind == "c"


def conjugated(x):
    """conj(x), which leaves real numbers alone."""
    return np.conj(x) if is_complex(x) else x


def given(**params):
    """The parameters that were given a value of their own."""
    return {name: value for name, value in params.items() if value is not NO and value is not None}


def refuse(what, instead=""):
    """Raise the error for a form of arguments that has no derivative here."""
    raise UnsupportedError(f"{what} has no derivative here. {instead}{here()}")


def refuse_out(name, out):
    """Raise the error for a positional `out`."""
    if out is not None:
        refuse(f"np.{name}(..., out)", f"Write `y = np.{name}(...)` instead.")


def refuse_traced(name, **params):
    """Raise the error for parameters that no derivative can be taken for here."""
    for key, value in params.items():
        if is_traced(value):
            refuse(
                f"np.{name} with respect to {key!r}",
                f"Pass its plain value: {key}=ad.stop_gradient(...).",
            )


def axes_of(axis, ndim):
    """An axis argument as a tuple of axes, none of them negative.

    >>> axes_of(None, 2), axes_of(-1, 3), axes_of((0, -1), 3)
    ((0, 1), (2,), (0, 2))
    """
    if axis is None:
        return tuple(range(ndim))
    return tuple(one_axis(a, ndim) for a in (axis if isinstance(axis, tuple | list) else (axis,)))


def one_axis(axis, ndim):
    """An axis counted from the front; NumPy's own error where there is no such axis."""
    axis = int(axis)
    if not -ndim <= axis < ndim:
        raise np.exceptions.AxisError(axis, ndim)
    return axis % ndim


def without_ones(x, ndim):
    """x with at most `ndim` axes, without those of length 1 at the front that are too many."""
    shape = shape_of(x)
    extra = len(shape) - ndim
    return np.reshape(x, shape[extra:]) if extra > 0 and set(shape[:extra]) == {1} else x


def along(axis, ndim, *places):
    """The index that takes `places` along one axis and everything along the others.

    >>> along(1, 3, slice(2))
    (slice(None, None, None), slice(None, 2, None))
    """
    return (slice(None),) * one_axis(axis, ndim) + places


def lanes(x, axes):
    """x with the given axes moved to the end and joined into one."""
    ndim = ndim_of(x)
    kept = tuple(a for a in range(ndim) if a not in axes)
    if axes != (ndim - 1,):
        x = np.transpose(x, (*kept, *axes))
    shape = shape_of(x)[: len(kept)]
    return x if len(axes) == 1 else np.reshape(x, (*shape, -1))


def arrayed(x):
    """x itself where it is an array, a number as an array without axes: `np.asarray(x)`."""
    return x if ground(x).__class__ is np.ndarray else np.copy(x)


def flags_of(x):
    """How x lies in memory; a window into a larger array lies there as it does in NumPy."""
    return x.flags if is_traced(x) else np.asarray(x).flags


def laid_as(x, like=None):
    """x in C order, or in Fortran order where `like` is, as NumPy lays out a new array.

    A later `ravel` is a view of it or a copy by that.
    """
    order = "F" if like is not None and flags_of(like).fnc else "C"
    flags = flags_of(x)
    kept = flags.f_contiguous if order == "F" else flags.c_contiguous
    return x if kept else np.copy(x, order=order)


def ordered_as(x, like):
    """x as a new array with its axes in memory in the order of those of `like` (order="K")."""
    return laid_like(x, np.empty_like(ground(like)))


def cast(x, dtype):
    """x in another floating point type, or x itself where it is of that type already."""
    if dtype is None or dtype_of(x) == np.dtype(dtype):
        return x if hasattr(x, "dtype") else np.asarray(x)
    x = counted(x, dtype)
    if not is_traced(x):
        return np.asarray(x, dtype)[()]
    return apply(registry["astype"], (x,), {"dtype": np.dtype(dtype)})


INSTEAD = {
    "b": "Write x != 0, which asks the same.",
    "O": "Of several traced values make a list, or an array of numbers, np.array([...]), without "
    "dtype=object.",
    **dict.fromkeys("SU", "Write f-strings of its numbers, f'{v:.3f}', or x.data.astype(str)."),
}
"""What to write for a conversion to a kind of dtype; for any other there is a rounding."""


def counted(x, dtype):
    """x as it can be converted: integers have no derivative, so of a constant the plain value.

    What carries a derivative, which integers would lose, is refused.
    """
    if np.dtype(dtype).kind in "fc" or not is_traced(x):
        return x
    if x.carries_derivative:
        kind = np.dtype(dtype).kind
        whole_numbers = (
            f"Write np.trunc(x).astype({np.dtype(dtype)}), or np.floor or np.round, which are "
            "constant between their jumps; or ad.stop_gradient(x)."
        )
        refuse(f"a traced value as {np.dtype(dtype)}", INSTEAD.get(kind, whole_numbers))
    return ground(x)


def inexact(*values):
    """The values as arrays, integers made floating point."""
    arrays = (v if is_traced(v) else np.asarray(v) for v in values)
    return tuple(v if v.dtype.kind in "fc" else v.astype(float) for v in arrays)
