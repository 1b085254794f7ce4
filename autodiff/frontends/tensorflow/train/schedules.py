"""Learning rates that fall with the step, as tensors; the formulas are those of `optim`.

>>> from autodiff.frontends import tensorflow as tf
>>> with tf.Graph().as_default(), tf.Session() as sess:
...     step = tf.placeholder(tf.int64, [])
...     rate = tf.train.exponential_decay(0.1, step, 100, 0.5)
...     print(sess.run(rate, {step: 200}))
0.025
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from inspect import Parameter, Signature, getdoc, signature
from typing import Any

import numpy as np

from autodiff import optim
from autodiff.core.ground.locations import here
from autodiff.frontends.tensorflow.graph.inputs import convert_to_tensor
from autodiff.frontends.tensorflow.graph.tensor import Tensor

NAMES = {"rate": "learning_rate", "end": "end_learning_rate"}
"""What TensorFlow calls the arguments of a schedule of `optim`, where it has other names."""


def global_step(sess: Any, global_step_tensor: Tensor) -> int:
    """How many steps a session has made: the value of the variable that counts them."""
    return int(sess.run(global_step_tensor))


def _schedule(type: str, formula: Callable[..., Any]) -> Callable[..., Tensor]:
    """A schedule of `optim` as 0.11 has it: its arguments, with `global_step` behind the rate."""
    rate, *rest = (
        own.replace(name=NAMES.get(own.name, own.name), annotation=Parameter.empty)
        for own in signature(formula).parameters.values()
    )
    step = Parameter("global_step", Parameter.POSITIONAL_OR_KEYWORD)
    name = Parameter("name", Parameter.POSITIONAL_OR_KEYWORD, default=None)
    takes = Signature([rate, step, *rest, name])

    def schedule(*args: Any, **kwargs: Any) -> Tensor:
        try:
            bound = takes.bind(*args, **kwargs)
        except TypeError as error:
            raise TypeError(f"tf.train.{formula.__name__}{takes}: {error}.{here()}") from None
        bound.apply_defaults()
        given = dict(bound.arguments)
        at, called = given.pop("global_step"), given.pop("name")
        return _rate(type, formula, tuple(given.values()), at, called)

    schedule.__name__ = schedule.__qualname__ = formula.__name__
    schedule.__signature__ = takes  # type: ignore[attr-defined]
    schedule.__doc__ = f"At `global_step`: {(getdoc(formula) or '').split(chr(10) * 2)[0]}"
    return schedule


exponential_decay = _schedule("ExponentialDecay", optim.exponential_decay)
natural_exp_decay = _schedule("NaturalExpDecay", optim.natural_exp_decay)
inverse_time_decay = _schedule("InverseTimeDecay", optim.inverse_time_decay)
polynomial_decay = _schedule("PolynomialDecay", optim.polynomial_decay)


def piecewise_constant(
    x: Any, boundaries: Sequence[Any], values: Sequence[Any], name: str | None = None
) -> Tensor:
    """values[0] up to and including boundaries[0], then values[1], and so on."""
    parts = (list(boundaries), list(values))
    return _rate("PiecewiseConstant", optim.piecewise_constant, parts, x, name)


def _rate(
    type: str, schedule: Callable[..., Any], parts: Sequence[Any], step: Any, name: str | None
) -> Tensor:
    """One node with the schedule's value at a step; the parts of the formula may be tensors."""

    def rate(step: Any, *parts: Any) -> Any:
        return np.float32(schedule(*parts)(np.float64(step)))

    graph = convert_to_tensor(step).owner
    infos = [((), np.dtype(np.float32))]
    return graph.stage_call(rate, (convert_to_tensor(step), *parts), {}, name, type, infos)
