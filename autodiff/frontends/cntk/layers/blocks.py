"""Dense and its kin: a layer makes its parameters at the first call, from the input's shape."""

from __future__ import annotations

import inspect
import math
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np

from autodiff.core.ground.locations import here
from autodiff.frontends.cntk.graph.functions import (
    Function,
    apply,
    as_function,
    constant,
    generator,
    parameter,
)
from autodiff.frontends.cntk.graph.state import training
from autodiff.frontends.cntk.initializers import glorot_uniform
from autodiff.frontends.cntk.ops.elementwise import alias, plus, reshape, times

_options: list[dict[str, Any]] = [
    {"init": glorot_uniform(), "activation": None, "bias": True, "init_bias": 0, "pad": False}
]
KNOWN = {"init", "activation", "init_bias", "bias", "pad", "initial_state"}
UNSET: Any = object()


@contextmanager
def default_options(**options: Any) -> Iterator[None]:
    """Other defaults for the layers made in the block."""
    unknown = set(options) - KNOWN
    if unknown:
        raise TypeError(f"default_options() has no option {unknown.pop()!r}.{here()}")
    _options.append({**_options[-1], **options})
    try:
        yield
    finally:
        _options.pop()


def option(name: str, given: Any) -> Any:
    """What was given, else the default of the block; an explicit None stays None."""
    return _options[-1].get(name) if given is UNSET else given


class LayerFunction:
    """A function that waits for its input; `layer >> other` composes."""

    def __init__(self, make: Callable[[Function], Function]) -> None:
        self.make = make

    def __call__(self, x: Any) -> Function:
        """The function of this input."""
        return self.make(as_function(x))

    def __rshift__(self, other: Any) -> LayerFunction:
        return LayerFunction(lambda x: other(self(x)))


def Sequential(layers: Any, name: str = "") -> LayerFunction:
    """Layers one after the other, of nested lists too; found by its name, where it has one."""
    flat: list[Any] = []

    def visit(part: Any) -> None:
        if isinstance(part, list | tuple):
            for one in part:
                visit(one)
        else:
            flat.append(part)

    visit(layers)

    def make(x: Function) -> Function:
        for layer in flat:
            x = layer(x)
        return alias(x).named(name, ()) if name else x

    return LayerFunction(make)


def For(what_range: Any, constructor: Callable[..., Any], name: str = "") -> LayerFunction:
    """What `constructor` makes for each of a range, one after the other."""
    takes = len(inspect.signature(constructor).parameters)
    return Sequential([constructor(*(place,)[:takes]) for place in what_range], name)


def Dense(
    shape: Any, activation: Any = UNSET, init: Any = UNSET, input_rank: int | None = None,
    map_rank: int | None = None, bias: Any = UNSET, init_bias: Any = UNSET, name: str = "",
) -> LayerFunction:  # fmt: skip
    """x W + b, W (inputs, outputs), made once; then the activation.

    The inputs are all axes of x, the last `input_rank`, or all but the first `map_rank`; they are
    taken as one, and the outputs take their place in the shape asked for.
    """
    if input_rank is not None and map_rank is not None:
        raise ValueError(f"Dense: give input_rank or map_rank, not both.{here()}")
    act, start = option("activation", activation), option("init", init)
    start_bias = option("init_bias", init_bias)
    biased = option("bias", bias)
    outputs = (shape,) if isinstance(shape, int) else tuple(shape)
    made: list[Any] = []

    def make(x: Function) -> Function:
        kept = map_rank or 0 if input_rank is None else len(x.shape) - input_rank
        if not 0 <= kept < len(x.shape):
            raise ValueError(
                f"Dense: x has the axes {x.shape}: none is left to learn from.{here()}"
            )
        if len(x.shape) != kept + 1:
            x = reshape(x, (*x.shape[:kept], -1))
        if not made:
            sizes = (x.shape[-1], math.prod(outputs))
            made.append(parameter(sizes, start, name="W"))
            made.append(parameter(sizes[1:], start_bias, name="b") if biased else None)
        y = times(x, made[0])
        y = y if made[1] is None else plus(y, made[1])
        y = y if len(outputs) == 1 else reshape(y, (*x.shape[:kept], *outputs))
        return (y if act is None else act(y)).named(name, made)

    return LayerFunction(make)


def Embedding(
    shape: Any = None, init: Any = UNSET, weights: Any = None, name: str = ""
) -> LayerFunction:
    """x E: of one-hot x a row of E, which is learned, or given as `weights`."""
    if weights is None:
        return Dense(shape, activation=None, init=init, bias=False, name=name)
    table = constant(weights)
    return LayerFunction(lambda x: times(x, table).named(name, ()))


def Activation(activation: Any = UNSET, name: str = "") -> LayerFunction:
    """A nonlinearity as a layer."""
    act = option("activation", activation)
    return LayerFunction(lambda x: (alias(x) if act is None else act(x)).named(name, ()))


def Dropout(
    dropout_rate: float | None = None, keep_prob: float | None = None, name: str = "",
    prob: float | None = None,
) -> LayerFunction:  # fmt: skip
    """Zero with a probability in training, the rest scaled up; see `training`.

    The probability is `dropout_rate`, 1 - `keep_prob`, or by beta 12's word `prob`.
    """
    told = [dropout_rate, None if keep_prob is None else 1 - keep_prob, prob]
    if sum(one is not None for one in told) != 1:
        raise ValueError(f"Dropout: give dropout_rate or keep_prob.{here()}")
    zeroed: float = next(one for one in told if one is not None)

    def code(v: Any) -> Any:
        if not training[0]:
            return v * 1
        keep = generator[0].random(np.shape(v)) >= zeroed
        return v * (keep / (1 - zeroed))

    return LayerFunction(lambda x: apply("dropout", code, x, shape=x.shape).named(name, ()))
