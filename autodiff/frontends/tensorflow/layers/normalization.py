"""Batch normalization with running averages, as `tf.layers` and `tf.contrib.layers` share it."""

from __future__ import annotations

from typing import Any

import numpy as np

from autodiff.frontends.common.options import only
from autodiff.frontends.tensorflow.control.flow import control_dependencies, identity
from autodiff.frontends.tensorflow.graph.graph import get_default_graph
from autodiff.frontends.tensorflow.graph.inputs import convert_to_tensor
from autodiff.frontends.tensorflow.graph.tensor import Tensor
from autodiff.frontends.tensorflow.layers.core import scope_of, weight
from autodiff.frontends.tensorflow.nn.normalization import batch_normalization as normalized
from autodiff.frontends.tensorflow.nn.normalization import moments
from autodiff.frontends.tensorflow.ops.choosing import select
from autodiff.frontends.tensorflow.variables.initializers import (
    ones_initializer,
    zeros_initializer,
)
from autodiff.frontends.tensorflow.variables.variables import GraphKeys


def with_averages(
    x: Any,
    averages: list[Any],
    beta: Any,
    gamma: Any,
    epsilon: float,
    decay: Any,
    training: Any,
    updates: str | None = GraphKeys.UPDATE_OPS,
) -> Any:
    """x normalized by its own moments while `training`, by the averages at other times.

    The averages' updates are put into a collection, or with `updates=None` run with the result.
    """
    used, steps = list(averages), []
    if not (isinstance(training, bool | int | np.bool_) and not training):
        own = list(moments(x, list(range(len(x.dims) - 1))))
        for average, now in zip(averages, own, strict=True):
            moved = decay * average + (1 - decay) * now
            if isinstance(training, Tensor):
                moved = select(training, moved, average)
            steps.append(average.assign(moved))
        used = own
        if isinstance(training, Tensor):
            used = [select(training, n, a) for n, a in zip(own, averages, strict=True)]
    y = normalized(x, *used, beta, gamma, epsilon)
    y.set_shape(x.dims)
    if updates is None and steps:
        with control_dependencies(steps):
            return identity(y)
    for step in steps:
        get_default_graph().add_to_collection(updates, step)
    return y


def batch_normalization(
    inputs: Any,
    axis: int = -1,
    momentum: float = 0.99,
    epsilon: float = 1e-3,
    center: bool = True,
    scale: bool = True,
    beta_initializer: Any = zeros_initializer,
    gamma_initializer: Any = ones_initializer,
    moving_mean_initializer: Any = zeros_initializer,
    moving_variance_initializer: Any = ones_initializer,
    beta_regularizer: Any = None,
    gamma_regularizer: Any = None,
    training: Any = False,
    trainable: bool = True,
    name: str | None = None,
    reuse: bool | None = None,
    **more: Any,
) -> Any:
    """Mean 0 and deviation 1 along the last axis, then gamma x + beta.

    The updates of the averages stand in `tf.GraphKeys.UPDATE_OPS`, for a program to run.
    """
    only("tf.layers.batch_normalization", more, "fused", "_reuse", "_scope")
    x = convert_to_tensor(inputs)
    if axis not in (-1, len(x.dims) - 1):
        raise ValueError("tf.layers.batch_normalization normalizes along the last axis here")
    with scope_of(name, "batch_normalization", reuse):
        size = [x.dims[-1]]

        def own(name: str, wanted: bool, start: Any, penalty: Any, learned: bool) -> Any:
            if not wanted:
                return None
            return weight(name, size, start, start, penalty, learned and trainable, x.dtype)

        beta = own("beta", center, beta_initializer, beta_regularizer, True)
        gamma = own("gamma", scale, gamma_initializer, gamma_regularizer, True)
        averages = [
            own("moving_mean", True, moving_mean_initializer, None, False),
            own("moving_variance", True, moving_variance_initializer, None, False),
        ]
        return with_averages(x, averages, beta, gamma, epsilon, momentum, training)
