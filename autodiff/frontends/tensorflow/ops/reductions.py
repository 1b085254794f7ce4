"""Sums and their kin over axes: reductions and running sums."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from autodiff.core.ground.locations import here
from autodiff.frontends.tensorflow.declaring.staging import (
    constant_value,
    dtype_of,
    stage,
    stage_code,
    tensor,
)
from autodiff.frontends.tensorflow.graph.tensor import Tensor
from autodiff.frontends.tensorflow.ground.dtypes import as_dtype


def _axes(what: str, indices: Any, axis: Any, keep_dims: Any) -> dict[str, Any]:
    """`axis` and `keepdims` for the registry; both names of the axes, but only one at a time."""
    if indices is not None and axis is not None:
        raise ValueError(f"{what}: axis and reduction_indices are one thing; give one.{here()}")
    found = constant_value(indices if axis is None else axis)
    params: dict[str, Any] = {}
    if isinstance(found, Tensor):
        params["axis"] = found
    elif found is not None:
        axes = tuple(int(a) for a in np.ravel(found))
        params["axis"] = axes[0] if np.ndim(found) == 0 else axes
    if keep_dims:
        params["keepdims"] = True
    return params


def _reducer(op: str, type: str, doc: str) -> Callable[..., Any]:
    what = f"reduce_{op}"

    def reduce(
        input_tensor: Any,
        reduction_indices: Any = None,
        keep_dims: bool = False,
        name: str | None = None,
        axis: Any = None,
        keepdims: bool | None = None,
    ) -> Any:
        x = tensor(input_tensor)
        params = _axes(f"tf.{what}", reduction_indices, axis, keep_dims or keepdims)
        dtype = dtype_of(x)
        if dtype.kind == "b" and op not in ("all", "any"):
            raise TypeError(
                f"tf.{what} takes numbers, and got booleans. Write "
                f"tf.{what}(tf.cast(x, tf.float32)) for a count or a rate.{here()}"
            )
        if op == "logsumexp" and dtype.kind in "iu":
            raise TypeError(
                f"tf.{what} takes floats, and got {dtype}. Write tf.{what}(tf.to_float(x)).{here()}"
            )
        return _in_dtype(dtype, stage(op, x, name=name, type=type, **params))

    reduce.__name__ = reduce.__qualname__ = what
    reduce.__doc__ = doc + "  Over all axes, or those of `reduction_indices` (`axis` is the same)."
    return reduce


def _in_dtype(dtype: np.dtype, found: Tensor) -> Tensor:
    """A result in the dtype of its operand, where NumPy would sum small integers as large ones."""
    return found if found.dtype == dtype else stage("astype", found, dtype=dtype)


reduce_sum = _reducer("sum", "Sum", "The sum.")
reduce_mean = _reducer("mean", "Mean", "The mean; of integers an integer, as in TensorFlow.")
reduce_max = _reducer("max", "Max", "The largest element; ties share the derivative.")
reduce_min = _reducer("min", "Min", "The smallest element; ties share the derivative.")
reduce_prod = _reducer("prod", "Prod", "The product.")
reduce_all = _reducer("all", "All", "Whether all are true.")
reduce_any = _reducer("any", "Any", "Whether any is true.")
reduce_logsumexp = _reducer("logsumexp", "LogSumExp", "log(sum(exp(x))), without overflow.")


def argmax(
    input: Any,
    dimension: Any = None,
    name: str | None = None,
    axis: Any = None,
    output_type: Any = np.int64,
) -> Any:
    """The index of the largest element along an axis (by default the first), as int64.

    It has no derivative.  0.11 calls the axis `dimension`.
    """
    return _place("argmax", "ArgMax", input, dimension, axis, output_type, name)


def argmin(
    input: Any,
    dimension: Any = None,
    name: str | None = None,
    axis: Any = None,
    output_type: Any = np.int64,
) -> Any:
    """The index of the smallest element along an axis, as `argmax`."""
    return _place("argmin", "ArgMin", input, dimension, axis, output_type, name)


arg_max, arg_min = argmax, argmin
"""The names of the kernels, which programs of 2015 use."""


def _place(
    op: str, type: str, x: Any, dimension: Any, axis: Any, wanted: Any, name: str | None
) -> Any:
    along = constant_value(dimension if axis is None else axis)
    if isinstance(along, Tensor):
        raise TypeError(f"tf.{op} needs the axis as a number, not a tensor.{here()}")
    found = stage(op, x, name=name, type=type, axis=0 if along is None else int(along))
    return _in_dtype(as_dtype(wanted), found)


def cumsum(
    x: Any, axis: int = 0, exclusive: bool = False, reverse: bool = False, name: str | None = None
) -> Any:
    """Sums of all elements up to each; `exclusive` without it, `reverse` from the end."""
    return _cumulated("cumsum", "Cumsum", x, axis, exclusive, reverse, name)


def cumprod(
    x: Any, axis: int = 0, exclusive: bool = False, reverse: bool = False, name: str | None = None
) -> Any:
    """Products of all elements up to each; `exclusive` without it, `reverse` from the end."""
    return _cumulated("cumprod", "Cumprod", x, axis, exclusive, reverse, name)


def _cumulated(
    op: str, type: str, x: Any, axis: int, exclusive: bool, reverse: bool, name: str | None
) -> Any:
    x = tensor(x)
    if not (exclusive or reverse):
        return _in_dtype(dtype_of(x), stage(op, x, name=name, type=type, axis=axis))
    found = stage_code(
        _cumulate, x, name=name, type=type, op=op, axis=axis, exclusive=exclusive, reverse=reverse
    )
    return _in_dtype(dtype_of(x), found)


def _cumulate(x: Any, op: str, axis: int, exclusive: bool, reverse: bool) -> Any:
    x = np.flip(x, axis) if reverse else x
    if exclusive:
        start = np.full_like(np.take(x, [0], axis), 0.0 if op == "cumsum" else 1.0)
        x = np.concatenate([start, np.take(x, range(np.shape(x)[axis] - 1), axis)], axis)
    found = getattr(np, op)(x, axis=axis)
    return np.flip(found, axis) if reverse else found
