"""Learning rates that fall with the step, as tensors; the formulas are those of `optim`."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from autodiff import optim
from autodiff.frontends.tensorflow.inputs import convert_to_tensor
from autodiff.frontends.tensorflow.tensor import Tensor


def global_step(sess: Any, global_step_tensor: Tensor) -> int:
    """How many steps a session has made: the value of the variable that counts them."""
    return int(sess.run(global_step_tensor))


def exponential_decay(
    learning_rate: Any,
    global_step: Any,
    decay_steps: Any,
    decay_rate: Any,
    staircase: bool = False,
    name: str | None = None,
) -> Tensor:
    """learning_rate * decay_rate ** (global_step / decay_steps), rounded down with `staircase`.

    >>> from autodiff.frontends import tensorflow as tf
    >>> with tf.Graph().as_default(), tf.Session() as sess:
    ...     step = tf.placeholder(tf.int64, [])
    ...     rate = tf.train.exponential_decay(0.1, step, 100, 0.5)
    ...     print(sess.run(rate, {step: 200}))
    0.025
    """
    parts = (learning_rate, decay_steps, decay_rate, staircase)
    return _rate("ExponentialDecay", optim.exponential_decay, parts, global_step, name)


def natural_exp_decay(
    learning_rate: Any,
    global_step: Any,
    decay_steps: Any,
    decay_rate: Any,
    staircase: bool = False,
    name: str | None = None,
) -> Tensor:
    """learning_rate * exp(-decay_rate * global_step / decay_steps)."""
    parts = (learning_rate, decay_steps, decay_rate, staircase)
    return _rate("NaturalExpDecay", optim.natural_exp_decay, parts, global_step, name)


def inverse_time_decay(
    learning_rate: Any,
    global_step: Any,
    decay_steps: Any,
    decay_rate: Any,
    staircase: bool = False,
    name: str | None = None,
) -> Tensor:
    """learning_rate / (1 + decay_rate * global_step / decay_steps)."""
    parts = (learning_rate, decay_steps, decay_rate, staircase)
    return _rate("InverseTimeDecay", optim.inverse_time_decay, parts, global_step, name)


def polynomial_decay(
    learning_rate: Any,
    global_step: Any,
    decay_steps: Any,
    end_learning_rate: Any = 0.0001,
    power: Any = 1.0,
    cycle: bool = False,
    name: str | None = None,
) -> Tensor:
    """From learning_rate down to end_learning_rate over decay_steps, along a power."""
    parts = (learning_rate, decay_steps, end_learning_rate, power, cycle)
    return _rate("PolynomialDecay", optim.polynomial_decay, parts, global_step, name)


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
