"""`tf.test`: the gradient of a graph against difference quotients, as in TensorFlow's tests."""

from __future__ import annotations

from typing import Any

import numpy as np

from autodiff.core.ground.locations import here
from autodiff.frontends.tensorflow.derivatives.gradients import gradients
from autodiff.frontends.tensorflow.graph.inputs import placeholder
from autodiff.frontends.tensorflow.graph.tensor import Tensor
from autodiff.frontends.tensorflow.ground.defaults import sessions


def compute_gradient(
    x: Tensor,
    x_shape: Any,
    y: Tensor,
    y_shape: Any,
    x_init_value: Any = None,
    delta: float = 1e-3,
    init_targets: Any = None,
) -> tuple[np.ndarray, np.ndarray]:
    """The Jacobian of y by x from `tf.gradients`, and from central differences with step `delta`.

    Both have a row for each element of x and a column for each of y.  It runs in the default
    session; `x_init_value` is where (default: random numbers), `init_targets` are operations to
    run before.  In float32 a difference quotient has about three digits; float64 has more.
    """
    session = sessions.top
    if session is None:
        raise ValueError(f"no session to check in: write `with tf.Session():` around it.{here()}")
    if init_targets is not None:
        session.run(init_targets)
    start = np.random.default_rng(0).normal(size=x_shape) if x_init_value is None else x_init_value
    start = np.asarray(start, x.dtype)
    cotangent = placeholder(y.dtype, y_shape)
    slope = gradients(y, x, cotangent)[0]
    slope = slope if slope is None else slope.dense
    rows, columns = start.size, int(np.prod(y_shape))
    theory, numeric = np.zeros((rows, columns)), np.zeros((rows, columns))
    for j, unit in enumerate(np.eye(columns).reshape(columns, *y_shape)):
        if slope is not None:
            theory[:, j] = session.run(slope, {x: start, cotangent: unit}).reshape(-1)
    for i in range(rows):
        ends = []
        for step in (delta, -delta):
            moved = start.copy()
            moved.reshape(-1)[i] += step
            ends.append(np.asarray(session.run(y, {x: moved}), float).reshape(-1))
        numeric[i] = (ends[0] - ends[1]) / (2 * delta)
    return theory, numeric


def compute_gradient_error(
    x: Tensor,
    x_shape: Any,
    y: Tensor,
    y_shape: Any,
    x_init_value: Any = None,
    delta: float = 1e-3,
    init_targets: Any = None,
) -> float:
    """The largest difference between the two Jacobians of `compute_gradient`.

    >>> from autodiff.frontends import tensorflow as tf
    >>> with tf.Graph().as_default(), tf.Session():
    ...     x = tf.placeholder(tf.float64, [3])
    ...     tf.test.compute_gradient_error(x, [3], tf.tanh(x), [3]) < 1e-6
    True
    """
    pair = compute_gradient(x, x_shape, y, y_shape, x_init_value, delta, init_targets)
    return float(np.max(np.abs(pair[0] - pair[1]), initial=0.0))
