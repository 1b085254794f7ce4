"""Operations on functions.  `log` is floored, relu and abs have slope 0 at 0, a tie goes right."""

from __future__ import annotations

import functools
from typing import Any

import numpy as np

from autodiff.core.ground.locations import here
from autodiff.core.language.dispatch import apply as apply_op
from autodiff.core.language.dispatch import ground
from autodiff.frontends.cntk.functions import Function, apply, as_function, lengths_of
from autodiff.frontends.common.conventions import (
    clip_closed,
    max_of_every_tie,
    maximum_right,
    minimum_right,
    rectified,
)
from autodiff.ops import nn

FLOOR = np.exp(-85.1)


def _unary(name: str, code: Any) -> Any:
    def call(x: Any, name_: str = "", **options: Any) -> Function:
        x = as_function(x)
        return apply(name, code, x, shape=x.shape, label=options.get("name", name_))

    call.__name__ = call.__qualname__ = name
    call.__doc__ = f"{name} of each element."
    return call


exp, tanh, sigmoid = _unary("exp", np.exp), _unary("tanh", np.tanh), _unary("sigmoid", nn.sigmoid)
relu, sqrt, abs = _unary("relu", nn.relu), _unary("sqrt", np.sqrt), _unary("abs", np.absolute)
square, negate = _unary("square", np.square), _unary("negate", np.negative)
log = _unary("log", lambda x: np.log(np.where(x > FLOOR, x, FLOOR + (x - x))))
leaky_relu = _unary("leaky_relu", rectified(0.01, 1.0))
softplus, softmax = _unary("softplus", nn.softplus), _unary("softmax", nn.softmax)
reciprocal, floor = _unary("reciprocal", np.reciprocal), _unary("floor", np.floor)


def _binary(name: str, code: Any) -> Any:
    def call(left: Any, right: Any, **options: Any) -> Function:
        a, b = as_function(left), as_function(right)
        shape = np.broadcast_shapes(a.shape, b.shape)
        return apply(name, code, a, b, shape=shape, label=options.get("name", ""))

    call.__name__ = call.__qualname__ = name
    call.__doc__ = f"{name} of each pair of elements."
    return call


plus, minus = _binary("plus", np.add), _binary("minus", np.subtract)
element_times, element_divide = _binary("times", np.multiply), _binary("divide", np.true_divide)
pow = _binary("pow", np.power)
element_max = _binary("max", lambda a, b: apply_op(maximum_right, (a, b)))
element_min = _binary("min", lambda a, b: apply_op(minimum_right, (a, b)))
equal, less, greater = (
    _binary(f.__name__, lambda a, b, f=f: f(a, b) * 1.0) for f in (np.equal, np.less, np.greater)
)  # fmt: skip


def clip(x: Any, min_value: Any, max_value: Any, name: str = "") -> Function:
    """x within bounds; at a bound its slope is 1."""
    x = as_function(x)
    return apply(
        "clip", lambda v: apply_op(clip_closed, (v, min_value, max_value)), x, shape=x.shape
    )


def times(left: Any, right: Any, name: str = "", **options: Any) -> Function:
    """x W: the last axis of x with the first of W."""
    a, b = as_function(left), as_function(right)
    if a.shape[-1:] != b.shape[:1]:
        raise ValueError(
            f"Times: The 1 leading dimensions of the right operand with shape {b.shape} do not "
            f"match the left operand's trailing dimensions with shape {a.shape}.{here()}"
        )
    product = np.matmul if b.arguments else functools.partial(np.tensordot, axes=1)
    return apply("times", product, a, b, shape=(*a.shape[:-1], *b.shape[1:]), label=name)


def _reduced(name: str, code: Any) -> Any:
    def call(x: Any, axis: Any = None, **options: Any) -> Function:
        x = as_function(x)
        rank = len(x.shape)
        axes = tuple(range(-rank, 0)) if axis is None else (axis - rank if axis >= 0 else axis,)
        shape = [1 if i - rank in axes else n for i, n in enumerate(x.shape)]
        return apply(name, lambda v: code(v, axes), x, shape=shape)

    call.__name__ = call.__qualname__ = name
    call.__doc__ = f"{name} over the static axes; they stay with length 1."
    return call


reduce_sum = _reduced("reduce_sum", lambda v, axes: np.sum(v, axis=axes, keepdims=True))
reduce_mean = _reduced("reduce_mean", lambda v, axes: np.mean(v, axis=axes, keepdims=True))
reduce_max = _reduced(
    "reduce_max", lambda v, axes: apply_op(max_of_every_tie, (v,), {"axis": axes, "keepdims": True})
)
reduce_log_sum = _reduced(
    "reduce_log_sum", lambda v, axes: nn.logsumexp(v, axis=axes, keepdims=True)
)


def reshape(x: Any, shape: Any, name: str = "") -> Function:
    """The same numbers in another static shape."""
    x = as_function(x)
    shape = (shape,) if isinstance(shape, int) else tuple(shape)
    return apply("reshape", lambda v: np.reshape(v, (*np.shape(v)[:2], *shape)), x, shape=shape)


def splice(*inputs: Any, axis: int = -1, name: str = "") -> Function:
    """Inputs one after the other."""
    parts = [as_function(i) for i in (inputs[0] if len(inputs) == 1 else inputs)]
    shape = list(parts[0].shape)
    shape[axis] = sum_of(p.shape[axis] for p in parts)
    return apply("splice", lambda *vs: np.concatenate(vs, axis=axis), *parts, shape=shape)


def sum_of(values: Any) -> int:
    """The sum of numbers."""
    total = 0
    for value in values:
        total += value
    return total


def cross_entropy_with_softmax(z: Any, y: Any, axis: int = -1, name: str = "") -> Function:
    """-sum y log softmax(z) of each sample."""
    z, y = as_function(z), as_function(y)
    code = lambda z, y: -np.sum(y * nn.log_softmax(z), axis=-1, keepdims=True)  # noqa: E731
    return apply("cross_entropy_with_softmax", code, z, y, shape=(1,), label=name)


def classification_error(z: Any, y: Any, axis: int = -1, topN: int = 1, name: str = "") -> Function:
    """1 where the largest of z is elsewhere than the largest of y."""
    z, y = as_function(z), as_function(y)

    def code(z: Any, y: Any) -> Any:
        a, b = (np.argmax(ground(v), axis=-1)[..., None] for v in (z, y))
        return np.not_equal(a, b) * 1.0

    return apply("classification_error", code, z, y, shape=(1,), label=name)


def squared_error(output: Any, target: Any, name: str = "") -> Function:
    """The sum of squares of each sample."""
    a, b = as_function(output), as_function(target)
    rank = len(a.shape)

    def code(a: Any, b: Any) -> Any:
        away = a - b
        return np.reshape(np.sum(away * away, axis=tuple(range(-rank, 0))), (*np.shape(a)[:2], 1))

    return apply("squared_error", code, a, b, shape=(1,), label=name)


def binary_cross_entropy(output: Any, target: Any, name: str = "") -> Function:
    """-(t log p + (1 - t) log(1 - p)), summed over a sample."""
    p, t = as_function(output), as_function(target)
    return reduce_sum(minus(0.0, plus(element_times(t, log(p)), element_times(1 - t, log(1 - p)))))


def last(x: Any, name: str = "") -> Function:
    """The last step of each sequence."""
    x = as_function(x)

    def code(v: Any, lengths: Any) -> Any:
        if lengths is None:
            return v[:, -1:]
        return v[np.arange(len(lengths)), np.asarray(lengths) - 1][:, None]

    return apply("last", code, x, lengths_of(), shape=x.shape)


for _sign, _call in {"add": plus, "sub": minus, "mul": element_times, "truediv": element_divide,
                     "pow": pow, "matmul": times}.items():  # fmt: skip
    setattr(Function, f"__{_sign}__", lambda self, other, call=_call: call(self, other))
    setattr(Function, f"__r{_sign}__", lambda self, other, call=_call: call(other, self))
Function.__neg__ = lambda self: negate(self)  # type: ignore[attr-defined]
__all__ = [
    "abs", "binary_cross_entropy", "classification_error", "clip", "cross_entropy_with_softmax",
    "element_divide", "element_max", "element_min", "element_times", "equal", "exp", "floor",
    "greater", "last", "leaky_relu", "less", "log", "minus", "negate", "plus", "pow", "reciprocal",
    "reduce_log_sum", "reduce_max", "reduce_mean", "reduce_sum", "relu", "reshape", "sigmoid",
    "softmax", "softplus", "splice", "sqrt", "square", "squared_error", "tanh", "times",
]  # fmt: skip
