"""Sums, means and extremes over axes; each of several largest elements has slope 1."""

from __future__ import annotations

from typing import Any

import numpy as np

from autodiff.core.language.op import Op
from autodiff.core.language.registry import registry
from autodiff.frontends.common.conventions import max_of_every_tie, min_of_every_tie
from autodiff.frontends.common.options import only
from autodiff.frontends.theano.tensor.elemwise import cast
from autodiff.frontends.theano.types import reduced
from autodiff.frontends.theano.variables import Variable
from autodiff.frontends.theano.writing import apply_op, as_variable


def _reduce(op: Any, x: Any, axis: Any, keepdims: bool, dtype: str | None) -> Variable:
    x = as_variable(x)
    op = op if isinstance(op, Op) else registry.by_function[op]
    if isinstance(axis, list):
        axis = tuple(axis)
    params: dict[str, Any] = {} if axis is None else {"axis": axis}
    if keepdims:
        params["keepdims"] = True
    return apply_op(op, (x,), reduced(x.type, axis, keepdims, dtype or x.dtype), params)


def _whole(x: Any) -> Any:
    """Small whole numbers and truths are added up as int64."""
    x = as_variable(x)
    return cast(x, "int64") if np.dtype(x.dtype).kind in "biu" else x


def sum(
    input: Any, axis: Any = None, dtype: Any = None, keepdims: bool = False, acc_dtype: Any = None
) -> Variable:
    """The sum over axes, all by default."""
    found = _reduce(np.sum, _whole(input), axis, keepdims, None)
    return cast(found, dtype) if dtype else found


def prod(
    input: Any, axis: Any = None, dtype: Any = None, keepdims: bool = False, **options: Any
) -> Variable:
    """The product over axes."""
    only("T.prod", options, "acc_dtype", "no_zeros_in_input")
    return _reduce(np.prod, _whole(input), axis, keepdims, dtype)


def mean(
    input: Any, axis: Any = None, dtype: Any = None, keepdims: bool = False, **options: Any
) -> Variable:
    """The mean over axes; of whole numbers and truths in float64."""
    only("T.mean", options, "acc_dtype", "op")
    x = as_variable(input)
    if np.dtype(x.dtype).kind in "biu":
        x = cast(x, "float64")
    return _reduce(np.mean, x, axis, keepdims, dtype)


def var(
    input: Any, axis: Any = None, ddof: int = 0, keepdims: bool = False, **options: Any
) -> Variable:
    """The sum of squared distances from the mean, over the count less `ddof`."""
    only("T.var", options, "corrected")
    x = as_variable(input)
    found = mean((x - mean(x, axis, keepdims=True)) ** 2, axis, keepdims=keepdims)
    if not ddof:
        return found
    axes = range(x.ndim) if axis is None else (axis,) if isinstance(axis, int) else axis
    count: Any = prod(x.shape[[*axes]])
    return found * count / (count - ddof)


def std(input: Any, axis: Any = None, ddof: int = 0, keepdims: bool = False) -> Variable:
    """The root of the variance."""
    from autodiff.frontends.theano.tensor.elemwise import elementwise_call

    return elementwise_call(np.sqrt, (var(input, axis, ddof, keepdims),))


def max(x: Any, axis: Any = None, keepdims: bool = False) -> Variable:
    """The largest element; each of several has slope 1."""
    return _reduce(max_of_every_tie, x, axis, keepdims, None)


def min(x: Any, axis: Any = None, keepdims: bool = False) -> Variable:
    """The smallest element; each of several has slope 1."""
    return _reduce(min_of_every_tie, x, axis, keepdims, None)


def argmax(x: Any, axis: Any = None, keepdims: bool = False) -> Variable:
    """The place of the largest element, the first of several, int64."""
    return _reduce(np.argmax, x, axis, keepdims, "int64")


def argmin(x: Any, axis: Any = None, keepdims: bool = False) -> Variable:
    """The place of the smallest element, the first of several, int64."""
    return _reduce(np.argmin, x, axis, keepdims, "int64")


def max_and_argmax(x: Any, axis: Any = None, keepdims: bool = False) -> list[Variable]:
    """Both."""
    return [max(x, axis, keepdims), argmax(x, axis, keepdims)]


def all(x: Any, axis: Any = None, keepdims: bool = False) -> Variable:
    """Whether all elements are true."""
    return _reduce(np.all, x, axis, keepdims, "bool")


def any(x: Any, axis: Any = None, keepdims: bool = False) -> Variable:
    """Whether one element is true."""
    return _reduce(np.any, x, axis, keepdims, "bool")


def cumsum(x: Any, axis: Any = None) -> Variable:
    """Running sums."""
    from autodiff.frontends.theano.types import TensorType

    x = as_variable(x)
    type = x.type if axis is not None else TensorType(x.dtype, (False,))
    return apply_op(registry.by_function[np.cumsum], (x,), type, {"axis": axis})


def norm(x: Any, L: Any, axis: Any = None, keepdims: bool = False) -> Variable:
    """(sum |x|^L)^(1/L)."""
    return sum(abs(as_variable(x)) ** L, axis, keepdims=keepdims) ** (1.0 / L)
