"""Elementwise operations and products.  `log` is floored; slopes at kinks and ties are CNTK's.

relu and abs have slope 0 at 0, a tie goes right, clip has slope 1 at its bounds.
"""

from __future__ import annotations

import builtins
import functools
from typing import Any

import numpy as np

from autodiff.core.ground.locations import here
from autodiff.core.language.dispatch import apply as apply_op
from autodiff.core.language.dispatch import ground
from autodiff.frontends.cntk.graph.functions import Function, apply, as_function
from autodiff.frontends.common.conventions import (
    clip_closed,
    exponential_linear,
    maximum_right,
    minimum_right,
    rectified,
)
from autodiff.frontends.common.options import only
from autodiff.ops.networks import nn

FLOOR = np.exp(-85.1)


def _unary(title: str, code: Any) -> Any:
    def call(x: Any, name: str = "") -> Function:
        x = as_function(x)
        return apply(title, code, x, shape=x.shape, label=name)

    call.__name__ = call.__qualname__ = title
    call.__doc__ = f"{title} of each element."
    return call


exp, tanh, sigmoid = _unary("exp", np.exp), _unary("tanh", np.tanh), _unary("sigmoid", nn.sigmoid)
relu, sqrt, abs = _unary("relu", nn.relu), _unary("sqrt", np.sqrt), _unary("abs", np.absolute)
square, negate = _unary("square", np.square), _unary("negate", np.negative)
log = _unary("log", lambda x: np.log(np.where(x > FLOOR, x, FLOOR + (x - x))))
reciprocal, floor = _unary("reciprocal", np.reciprocal), _unary("floor", np.floor)
ceil, round = _unary("ceil", np.ceil), _unary("round", lambda x: np.floor(x + 0.5))
sin, cos = _unary("sin", np.sin), _unary("cos", np.cos)
hardmax = _unary(
    "hardmax",
    lambda x: np.equal(np.arange(np.shape(x)[-1]), np.argmax(ground(x), -1)[..., None]) * 1.0,
)
alias, stop_gradient = _unary("alias", lambda x: +x), _unary("stop_gradient", ground)


def leaky_relu(x: Any, alpha: float = 0.01, name: str = "") -> Function:
    """x above 0, alpha x elsewhere; its slope at 0 is 1."""
    return _unary("leaky_relu", rectified(alpha, 1.0))(x, name)


def elu(x: Any, alpha: float = 1.0, name: str = "") -> Function:
    """x above 0, alpha (exp(x) - 1) elsewhere."""
    return _unary("elu", lambda v: exponential_linear(v, alpha))(x, name)


def softplus(x: Any, steepness: float = 1, name: str = "") -> Function:
    """log(1 + exp(steepness x)) / steepness."""
    return _unary("softplus", lambda v: nn.softplus(v * steepness) / steepness)(x, name)


def softmax(x: Any, axis: int = -1, name: str = "") -> Function:
    """exp(x) over its sum along a static axis."""
    place = static_axis(x, axis)
    return _unary("softmax", lambda v: nn.softmax(v, axis=place))(x, name)


def log_softmax(x: Any, axis: int = -1, name: str = "") -> Function:
    """The logarithm of `softmax`."""
    place = static_axis(x, axis)
    return _unary("log_softmax", lambda v: nn.log_softmax(v, axis=place))(x, name)


def static_axis(x: Any, axis: int | None) -> int:
    """A static axis as one counted from the end, behind those of batch and sequence."""
    rank = len(as_function(x).shape)
    place = -1 if axis is None else axis
    if not isinstance(place, int) or not -rank <= place < rank:
        raise ValueError(f"axis is one of the {rank} static axes, not {axis!r}.{here()}")
    return place - rank if place >= 0 else place


def _binary(title: str, code: Any, many: bool = False) -> Any:
    def call(left: Any, right: Any, *more: Any, name: str = "") -> Function:
        if more:
            if not many:
                raise TypeError(f"{title} takes two operands, and got {2 + len(more)}.{here()}")
            return call(call(left, right), *more, name=name)
        a, b = as_function(left), as_function(right)
        shape = np.broadcast_shapes(a.shape, b.shape)
        return apply(title, code, a, b, shape=shape, label=name)

    call.__name__ = call.__qualname__ = title
    call.__doc__ = f"{title} of each pair of elements."
    return call


plus, minus = _binary("plus", np.add, many=True), _binary("minus", np.subtract)
element_times = _binary("times", np.multiply, many=True)
element_divide = _binary("divide", np.true_divide)
pow = _binary("pow", np.power)
element_max = _binary("max", lambda a, b: apply_op(maximum_right, (a, b)), many=True)
element_min = _binary("min", lambda a, b: apply_op(minimum_right, (a, b)), many=True)
equal, not_equal, less, less_equal, greater, greater_equal = (
    _binary(f.__name__, lambda a, b, f=f: f(a, b) * 1.0)
    for f in (np.equal, np.not_equal, np.less, np.less_equal, np.greater, np.greater_equal)
)


def element_select(flag: Any, value_if_true: Any, value_if_false: Any, name: str = "") -> Function:
    """The second where the first is not 0, else the third."""
    f, a, b = map(as_function, (flag, value_if_true, value_if_false))
    shape = np.broadcast_shapes(f.shape, a.shape, b.shape)
    return apply("select", _selected, f, a, b, shape=shape, label=name)


def _selected(flag: Any, a: Any, b: Any) -> Any:
    return np.where(ground(flag) != 0, a, b)


def slice(x: Any, axis: int, begin_index: int, end_index: int, name: str = "") -> Function:
    """x from `begin_index` up to `end_index` (0: to the end) along a static axis."""
    x = as_function(x)
    axis = static_axis(x, axis)
    place = builtins.slice(begin_index, end_index or None)
    shape = list(x.shape)
    shape[axis] = len(range(*place.indices(x.shape[axis])))
    index = (..., place, *(builtins.slice(None),) * (-axis - 1))
    return apply("slice", lambda v: v[index], x, shape=shape, label=name)


def clip(x: Any, min_value: Any, max_value: Any, name: str = "") -> Function:
    """x within bounds; at a bound its slope is 1."""
    x = as_function(x)

    def within(v: Any) -> Any:
        return apply_op(clip_closed, (v, min_value, max_value))

    return apply("clip", within, x, shape=x.shape, label=name)


def times(left: Any, right: Any, name: str = "", **options: Any) -> Function:
    """x W: the last axis of x with the first of W."""
    only("times", options, output_rank=1, infer_input_rank_to_map=-1)
    a, b = as_function(left), as_function(right)
    if a.shape[-1:] != b.shape[:1]:
        raise ValueError(
            f"Times: The 1 leading dimensions of the right operand with shape {b.shape} do not "
            f"match the left operand's trailing dimensions with shape {a.shape}.{here()}"
        )
    product = np.matmul if b.arguments else functools.partial(np.tensordot, axes=1)
    return apply("times", product, a, b, shape=(*a.shape[:-1], *b.shape[1:]), label=name)


def reshape(x: Any, shape: Any, name: str = "") -> Function:
    """The same numbers in another static shape, of which one length may be -1."""
    x = as_function(x)
    shape = np.reshape(np.empty(x.shape), shape).shape

    def laid(v: Any) -> Any:
        return np.reshape(v, (*np.shape(v)[:2], *shape))

    return apply("reshape", laid, x, shape=shape, label=name)


def splice(*inputs: Any, axis: int = -1, name: str = "") -> Function:
    """Inputs one after the other."""
    parts = [as_function(i) for i in (inputs[0] if len(inputs) == 1 else inputs)]
    shape, place = list(parts[0].shape), static_axis(parts[0], axis)
    shape[place] = builtins.sum(p.shape[place] for p in parts)

    def joined(*vs: Any) -> Any:
        return np.concatenate(vs, axis=place)

    return apply("splice", joined, *parts, shape=shape, label=name)


for _sign, _call in {"add": plus, "sub": minus, "mul": element_times, "truediv": element_divide,
                     "pow": pow, "matmul": times}.items():  # fmt: skip
    setattr(Function, f"__{_sign}__", lambda self, other, call=_call: call(self, other))
    setattr(Function, f"__r{_sign}__", lambda self, other, call=_call: call(other, self))
Function.__neg__ = lambda self: negate(self)  # type: ignore[attr-defined]
__all__ = [
    "abs", "alias", "ceil", "clip", "cos", "element_divide", "element_max", "element_min",
    "element_select", "element_times", "elu", "equal", "exp", "floor", "greater", "greater_equal",
    "hardmax", "leaky_relu", "less", "less_equal", "log", "log_softmax", "minus", "negate",
    "not_equal", "plus", "pow", "reciprocal", "relu", "reshape", "round", "sigmoid", "sin", "slice",
    "softmax", "softplus", "splice", "sqrt", "square", "stop_gradient", "tanh", "times",
]  # fmt: skip
