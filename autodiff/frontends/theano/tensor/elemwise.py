"""Elementwise functions, each the registry's op of the NumPy function of that name.

An axis is broadcast only where its type says so: a length that happens to be 1 is an error when
the function runs, as it was in Theano.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from autodiff.core.ground.errors import ShapeError
from autodiff.core.ground.locations import here
from autodiff.core.language.op import Op
from autodiff.core.language.registry import registry
from autodiff.frontends.common import conventions
from autodiff.frontends.common.written import write
from autodiff.frontends.theano.types import TensorType, broadcast, floating, upcast
from autodiff.frontends.theano.variables import Variable
from autodiff.frontends.theano.writing import apply_op, as_variable
from autodiff.ops.networks import nn

REAL = {
    np.exp, np.log, np.sqrt, np.tanh, np.sin, np.cos, np.tan, np.sinh, np.cosh, np.arcsin,
    np.arccos, np.arctan, np.arcsinh, np.arccosh, np.arctanh, np.log2, np.log10, np.log1p,
    np.expm1, np.exp2, np.true_divide, np.arctan2,
}  # fmt: skip
"""Functions whose result is a float also of whole numbers."""
BOOLEAN = {np.less, np.less_equal, np.greater, np.greater_equal, np.equal, np.not_equal,
           np.isnan, np.isinf}  # fmt: skip
OWN: dict[Any, Op] = {np.maximum: conventions.maximum_both, np.minimum: conventions.minimum_both}


def elementwise_call(function: Any, args: Sequence[Any], dtype: str | None = None) -> Variable:
    """The node of a NumPy function (or an op) of variables and constants."""
    operands = [as_variable(x) for x in args]
    op = function if isinstance(function, Op) else OWN.get(function)
    op = op or registry.by_function[function]
    types = [v.type for v in operands]
    if dtype is None:
        dtype = "bool" if function in BOOLEAN else upcast(types)
        if function in REAL:
            dtype = floating(dtype)
    made = apply_op(op, operands, TensorType(dtype, broadcast(types)))
    return guarded(made, operands)


def guarded(made: Variable, operands: Sequence[Variable]) -> Variable:
    """The node with a look at the lengths, where one could be broadcast without leave."""
    axes = [v.type.broadcastable for v in operands]
    if sum(map(bool, axes)) > 1:
        name = made.node.op.name if made.node.op else ""
        check = functools.partial(refuse_broadcast, axes, name)
        made.node.note = {**(made.node.note or {}), "check": check}
    return made


def refuse_broadcast(axes: Sequence[tuple[bool, ...]], name: str, values: Sequence[Any]) -> None:
    """Raise where lengths differ along an axis that no type calls broadcastable."""
    ndim = max(map(len, axes))
    for axis in range(1, ndim + 1):
        lengths = {
            np.shape(value)[-axis]
            for own, value in zip(axes, values, strict=True)
            if len(own) >= axis and not own[-axis]
        }
        if len(lengths) > 1:
            shapes = ", ".join(str(np.shape(v)) for v in values)
            raise ShapeError(
                f"Input dimension mis-match: {name} of shapes {shapes} along axis -{axis}. Theano "
                "broadcasts an axis only if its type says so: x.dimshuffle('x', 0), "
                "T.addbroadcast(x, axis), or theano.shared(value, broadcastable=...)."
            )


def unary(function: Any, name: str) -> Callable[[Any], Variable]:
    """A function of one variable, elementwise."""

    def call(x: Any) -> Variable:
        return elementwise_call(function, (x,))

    call.__name__ = call.__qualname__ = name
    call.__doc__ = f"{name} of each element."
    return call


def binary(function: Any, name: str) -> Callable[[Any, Any], Variable]:
    """A function of two variables, elementwise."""

    def call(x: Any, y: Any) -> Variable:
        return elementwise_call(function, (x, y))

    call.__name__ = call.__qualname__ = name
    call.__doc__ = f"{name} of each pair of elements."
    return call


def log(x: Any) -> Variable:
    """The natural logarithm; of a softmax or a sigmoid the form that keeps its digits."""
    x = as_variable(x)
    op, inputs = x.node.op, x.node.inputs
    if op is nn.softmax:
        return Variable(write(nn.log_softmax, inputs, x.node.params, x.type))
    if op is nn.sigmoid:
        return -elementwise_call(nn.softplus, (-Variable(inputs[0]),))
    if op is registry.by_function[np.subtract] and inputs[1].op is nn.sigmoid:
        one = (inputs[0].note or {}).get("constant")
        if one is not None and np.all(one == 1):
            return -elementwise_call(nn.softplus, (Variable(inputs[1].inputs[0]),))
    return elementwise_call(np.log, (x,))


def clip(x: Any, low: Any, high: Any) -> Variable:
    """x within low .. high; at a bound its slope is 1."""
    return elementwise_call(conventions.clip_closed, (x, low, high))


def switch(condition: Any, yes: Any, no: Any) -> Variable:
    """`yes` where the condition is not 0, else `no`; both are computed."""
    condition, yes, no = (as_variable(v) for v in (condition, yes, no))
    if condition.dtype != "bool":
        condition = elementwise_call(np.not_equal, (condition, 0))
    return elementwise_call(np.where, (condition, yes, no), upcast([yes.type, no.type]))


def _cast(x: Any, *, dtype: str) -> Any:
    return x.astype(dtype)


def cast(x: Any, dtype: str) -> Variable:
    """x in another dtype."""
    from autodiff.frontends.theano.settings import config
    from autodiff.frontends.theano.writing import apply_code

    x = as_variable(x)
    dtype = config.floatX if dtype == "floatX" else str(np.dtype(dtype))
    if x.dtype == dtype:
        return x
    return apply_code("cast", _cast, (x,), TensorType(dtype, x.broadcastable), dtype=dtype)


_BINARY = {
    "add": np.add, "sub": np.subtract, "mul": np.multiply, "truediv": np.true_divide,
    "div": np.true_divide, "floordiv": np.floor_divide, "mod": np.remainder, "pow": np.power,
    "and": np.bitwise_and, "or": np.bitwise_or, "xor": np.bitwise_xor,
}  # fmt: skip
_COMPARE = {"lt": np.less, "le": np.less_equal, "gt": np.greater, "ge": np.greater_equal}
_UNARY = {"neg": np.negative, "abs": np.absolute, "invert": np.invert}


def _install() -> None:
    """Give variables their operators, and NumPy's elementwise functions."""
    for name, function in _BINARY.items():

        def forward(self: Any, other: Any, function: Any = function) -> Any:
            return elementwise_call(function, (self, other))

        def reflected(self: Any, other: Any, function: Any = function) -> Any:
            return elementwise_call(function, (other, self))

        setattr(Variable, f"__{name}__", forward)
        setattr(Variable, f"__r{name}__", reflected)
    for name, function in (_COMPARE | _UNARY).items():

        def one(self: Any, *other: Any, function: Any = function) -> Any:
            return elementwise_call(function, (self, *other))

        setattr(Variable, f"__{name}__", one)

    def of_numpy(self: Any, ufunc: np.ufunc, method: str, *args: Any, **kwargs: Any) -> Any:
        if method != "__call__" or kwargs:
            raise TypeError(f"np.{ufunc.__name__}.{method} does not take a variable.{here()}")
        return elementwise_call(ufunc, args)

    Variable.__array_ufunc__ = of_numpy  # type: ignore[attr-defined]


_install()
