"""Dense and its kin: a layer makes its parameters at the first call, from the input's shape."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np

from autodiff.core.ground.locations import here
from autodiff.frontends.cntk.functions import Function, apply, as_function, generator, parameter
from autodiff.frontends.cntk.initializers import glorot_uniform
from autodiff.frontends.cntk.ops.elementwise import plus, times
from autodiff.frontends.cntk.state import training
from autodiff.frontends.common.options import only

_options: list[dict[str, Any]] = [
    {"init": glorot_uniform(), "activation": None, "init_bias": 0, "pad": False}
]
KNOWN = {"init", "activation", "init_bias", "bias", "pad", "initial_state", "strides"}
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


def Sequential(layers: Any) -> LayerFunction:
    """Layers one after the other, of nested lists too."""
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
        return x

    return LayerFunction(make)


def For(what_range: Any, constructor: Callable[..., Any], name: str = "") -> LayerFunction:
    """What `constructor` makes for each of a range, one after the other."""
    takes = len(inspect.signature(constructor).parameters)
    return Sequential([constructor(*(place,)[:takes]) for place in what_range])


def Dense(
    shape: Any, activation: Any = UNSET, init: Any = UNSET, bias: bool = True,
    init_bias: Any = UNSET,
    name: str = "", **options: Any,
) -> LayerFunction:  # fmt: skip
    """x W + b, W (inputs, outputs), made once; then the activation."""
    only("Dense", options, "input_rank", "map_rank")
    act, start = option("activation", activation), option("init", init)
    start_bias = option("init_bias", init_bias)
    outputs = shape if isinstance(shape, int) else int(np.prod(shape))
    made: list[Any] = []

    def make(x: Function) -> Function:
        if len(x.shape) != 1:
            x = apply("flatten", lambda v: np.reshape(v, (*np.shape(v)[:2], -1)), x,
                      shape=(int(np.prod(x.shape)),))  # fmt: skip
        if not made:
            made.append(parameter((x.shape[0], outputs), start, name="W"))
            made.append(parameter((outputs,), start_bias, name="b") if bias else None)
        y = times(x, made[0])
        y = y if made[1] is None else plus(y, made[1])
        return (y if act is None else act(y)).named(name, made)

    return LayerFunction(make)


def Embedding(shape: int, init: Any = UNSET, name: str = "", **options: Any) -> LayerFunction:
    """x E: of one-hot x a row of E."""
    only("Embedding", options)
    return Dense(shape, activation=None, init=init, bias=False)


def Activation(activation: Any = UNSET, name: str = "") -> LayerFunction:
    """A nonlinearity as a layer."""
    act = option("activation", activation)
    return LayerFunction(lambda x: x if act is None else act(x))


def Dropout(prob: float, name: str = "") -> LayerFunction:
    """Zero with probability `prob` in training, the rest scaled up; see `training`."""

    def code(v: Any) -> Any:
        if not training[0]:
            return v * 1
        keep = generator[0].random(np.shape(v)) >= prob
        return v * (keep / (1 - prob))

    return LayerFunction(lambda x: apply("dropout", code, x, shape=x.shape))
