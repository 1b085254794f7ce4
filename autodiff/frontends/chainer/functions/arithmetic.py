"""Arithmetic and elementwise functions.  Two variables have equal shapes: none is broadcast."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from autodiff.core.ground.locations import here
from autodiff.core.language.dispatch import apply
from autodiff.frontends.chainer.checks import expect
from autodiff.frontends.chainer.function import called
from autodiff.frontends.chainer.variable import Variable, array_of
from autodiff.frontends.common import conventions
from autodiff.frontends.common.conventions import rectified
from autodiff.ops.ground.arguments import shape_of
from autodiff.ops.networks import nn


def _unary(code: Callable[..., Any], name: str) -> Callable[[Any], Variable]:
    def call(x: Any) -> Variable:
        return called(code, x)

    call.__name__ = call.__qualname__ = name
    call.__doc__ = f"{name} of each element."
    return call


relu, tanh, sigmoid = (
    _unary(nn.relu, "relu"),
    _unary(np.tanh, "tanh"),
    _unary(nn.sigmoid, "sigmoid"),
)
exp, log, sqrt = _unary(np.exp, "exp"), _unary(np.log, "log"), _unary(np.sqrt, "sqrt")
sin, cos, tan = _unary(np.sin, "sin"), _unary(np.cos, "cos"), _unary(np.tan, "tan")
absolute, square = _unary(np.absolute, "absolute"), _unary(np.square, "square")
softplus, identity = _unary(nn.softplus, "softplus"), _unary(lambda x: x, "identity")
log1p, expm1, log2 = _unary(np.log1p, "log1p"), _unary(np.expm1, "expm1"), _unary(np.log2, "log2")
sinh, cosh, floor = _unary(np.sinh, "sinh"), _unary(np.cosh, "cosh"), _unary(np.floor, "floor")
arcsin, arccos, arctan = (
    _unary(f, f.__name__) for f in (np.arcsin, np.arccos, np.arctan)
)  # fmt: skip


def leaky_relu(x: Any, slope: float = 0.2) -> Variable:
    """x, and `slope` x below 0; at 0 the slope is 1."""
    return called(rectified(slope, 1.0), x)


def elu(x: Any, alpha: float = 1.0) -> Variable:
    """x, and alpha (exp(x) - 1) below 0."""
    if alpha == 1:
        return called(nn.elu, x)
    return called(lambda v: conventions.exponential_linear(v, alpha), x)


def clip(x: Any, x_min: float, x_max: float) -> Variable:
    """x within bounds; at a bound its slope is 0."""
    return called(lambda v: apply(conventions.clip_open, (v, x_min, x_max)), x)


def clipped_relu(x: Any, z: float = 20.0) -> Variable:
    """min(max(x, 0), z)."""
    return clip(x, 0.0, z)


def hard_sigmoid(x: Any) -> Variable:
    """0.2 x + 0.5 within 0 .. 1."""
    return clip(x * 0.2 + 0.5, 0.0, 1.0)


def maximum(x1: Any, x2: Any) -> Variable:
    """The larger of each pair; a tie goes to the first."""
    _same("Maximum", x1, x2)
    return called(lambda a, b: apply(conventions.maximum_left, (a, b)), x1, x2)


def minimum(x1: Any, x2: Any) -> Variable:
    """The smaller of each pair; a tie goes to the first."""
    _same("Minimum", x1, x2)
    return called(lambda a, b: apply(conventions.minimum_left, (a, b)), x1, x2)


def where(condition: Any, x: Any, y: Any) -> Variable:
    """x where the condition is true, else y."""
    chosen = array_of(condition)
    return called(lambda a, b: np.where(chosen, a, b), x, y)


def sum(x: Any, axis: Any = None, keepdims: bool = False) -> Variable:
    """The sum over axes."""
    return called(lambda v: np.sum(v, axis=axis, keepdims=keepdims), x)


def average(x: Any, axis: Any = None, weights: Any = None, keepdims: bool = False) -> Variable:
    """The mean over axes, weighted where there are weights: one for each place on the axis."""
    if weights is None:
        return called(lambda v: np.mean(v, axis=axis, keepdims=keepdims), x)
    if axis is None:
        shares = weights
    else:
        sizes = [-1 if a == axis % array_of(x).ndim else 1 for a in range(array_of(x).ndim)]
        shares = called(lambda w: np.reshape(w, sizes), weights)

    def code(v: Any, w: Any) -> Any:
        w = np.broadcast_to(w, np.shape(v))
        total = np.sum(v * w, axis=axis, keepdims=keepdims)
        return total / np.sum(w, axis=axis, keepdims=keepdims)

    return called(code, x, shares)


mean = average


def max(x: Any, axis: Any = None, keepdims: bool = False) -> Variable:
    """The largest element; each of several has slope 1."""
    params = {"keepdims": keepdims, **({} if axis is None else {"axis": axis})}
    return called(lambda v: apply(conventions.max_of_every_tie, (v,), params), x)


def min(x: Any, axis: Any = None, keepdims: bool = False) -> Variable:
    """The smallest element; each of several has slope 1."""
    params = {"keepdims": keepdims, **({} if axis is None else {"axis": axis})}
    return called(lambda v: apply(conventions.min_of_every_tie, (v,), params), x)


def logsumexp(x: Any, axis: Any = None) -> Variable:
    """log(sum(exp(x)))."""
    return called(lambda v: nn.logsumexp(v, axis=axis), x)


def maxout(x: Any, pool_size: int, axis: int = 1) -> Variable:
    """The largest of each `pool_size` neighbours along an axis."""
    *before, length = array_of(x).shape[: axis + 1]
    expect("maxout", length % pool_size == 0, "x.shape[axis] % pool_size == 0", length % pool_size)
    shape = (*before, length // pool_size, pool_size, *array_of(x).shape[axis + 1 :])
    return max(called(lambda v: np.reshape(v, shape), x), axis=axis + 1)


def copy(x: Any, dst: int = -1) -> Variable:
    """x: there is one device."""
    return identity(x)


def matmul(a: Any, b: Any, transa: bool = False, transb: bool = False) -> Variable:
    """The product of matrices, either transposed."""
    return called(lambda x, y: (x.T if transa else x) @ (y.T if transb else y), a, b)


def batch_matmul(a: Any, b: Any, transa: bool = False, transb: bool = False) -> Variable:
    """The product of each pair of matrices; rows (N, n) are N columns (n, 1)."""

    def matrices(v: Any, turned: bool) -> Any:
        v = v[:, :, None] if len(shape_of(v)) == 2 else v
        return np.swapaxes(v, -1, -2) if turned else v

    return called(lambda x, y: matrices(x, transa) @ matrices(y, transb), a, b)


def _same(name: str, x: Any, y: Any) -> None:
    x, y = array_of(x), array_of(y)
    if not isinstance(x, np.ndarray) or not isinstance(y, np.ndarray):
        return
    hint = "Nothing is broadcast: write F.broadcast_to(y, x.shape)."
    expect(name, x.shape == y.shape, "in_types[0].shape == in_types[1].shape",
           f"{x.shape} != {y.shape}", hint)  # fmt: skip
    expect(name, x.dtype == y.dtype, "in_types[0].dtype == in_types[1].dtype",
           f"{x.dtype} != {y.dtype}")  # fmt: skip


OPERATORS = {
    "add": np.add, "sub": np.subtract, "mul": np.multiply, "truediv": np.true_divide,
    "div": np.true_divide, "pow": np.power, "matmul": np.matmul,
}  # fmt: skip
NAMES = {"add": "_ + _", "sub": "_ - _", "mul": "_ * _", "truediv": "_ / _", "pow": "_ ** _"}


def _install() -> None:
    """Give variables their operators."""
    for name, ufunc in OPERATORS.items():

        def forward(self: Any, other: Any, name: str = name, ufunc: Any = ufunc) -> Any:
            if isinstance(other, np.ndarray) and other.ndim and name != "matmul":
                other = other.astype(self.dtype)
            if name != "matmul":
                _same(NAMES.get(name, name), self, other)
            return called(ufunc, self, other)

        def reflected(self: Any, other: Any, name: str = name, ufunc: Any = ufunc) -> Any:
            if isinstance(other, np.ndarray) and other.ndim:
                other = other.astype(self.dtype)
                _same(NAMES.get(name, name), other, self)
            return called(ufunc, other, self)

        setattr(Variable, f"__{name}__", forward)
        setattr(Variable, f"__r{name}__", reflected)
    Variable.__neg__ = lambda self: called(np.negative, self)  # type: ignore[attr-defined]
    Variable.__abs__ = lambda self: called(np.absolute, self)  # type: ignore[attr-defined]
    for name in ("eq", "ne", "lt", "le", "gt", "ge", "bool"):

        def refuse(self: Any, *other: Any) -> Any:
            raise NotImplementedError(f"compare the arrays: x.data > 0.{here()}")

        setattr(Variable, f"__{name}__", refuse)
    Variable.__hash__ = object.__hash__  # type: ignore[method-assign]

    def of_numpy(self: Any, ufunc: Any, method: str, *args: Any, **kwargs: Any) -> Any:
        raise TypeError(
            f"np.{ufunc.__name__} of a variable: write F.{ufunc.__name__}(x), or "
            f"np.{ufunc.__name__}(x.data) for the plain value.{here()}"
        )

    def converted(self: Any, ufunc: Any, method: str, *args: Any, **kwargs: Any) -> Any:
        names = {np.add: "add", np.subtract: "sub", np.multiply: "mul", np.true_divide: "truediv"}
        if ufunc in names and method == "__call__" and len(args) == 2 and args[1] is self:
            return getattr(self, f"__r{names[ufunc]}__")(args[0])
        return of_numpy(self, ufunc, method, *args, **kwargs)

    Variable.__array_ufunc__ = converted  # type: ignore[attr-defined]


_install()
__all__ = [n for n, v in list(globals().items()) if callable(v) and not n.startswith("_") and n
           not in {"Callable", "Any", "Variable", "called", "apply", "expect", "here", "rectified",
                   "array_of"}]  # fmt: skip
