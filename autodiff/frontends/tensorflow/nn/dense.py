"""Products with weights, biases and dropout: what stands between two activations."""

from __future__ import annotations

from typing import Any

from autodiff.core.ground.locations import here
from autodiff.frontends.tensorflow.declaring.declare import scoped
from autodiff.frontends.tensorflow.declaring.staging import (
    dims_of,
    dtype_of,
    packed,
    stage,
    tensor,
)
from autodiff.frontends.tensorflow.graph.tensor import Tensor
from autodiff.frontends.tensorflow.nn.sliding import IMAGES
from autodiff.frontends.tensorflow.ops.arrays import shape
from autodiff.frontends.tensorflow.ops.math import floor, matmul
from autodiff.frontends.tensorflow.ops.random import random_uniform


def bias_add(value: Any, bias: Any, data_format: str | None = None, name: str | None = None) -> Any:
    """value + bias along the last axis."""
    IMAGES.channels_last("tf.nn.bias_add", data_format)
    value, bias = packed(value), packed(bias)
    own, other = dims_of(value), dims_of(bias)
    if other is not None and len(other) != 1:
        raise ValueError(f"tf.nn.bias_add: a bias is a vector; got shape {other}.{here()}")
    if own and other and None not in (own[-1], other[0]) and own[-1] != other[0]:
        raise ValueError(
            f"tf.nn.bias_add: the last axis of {own} has {own[-1]} channels, but the bias has "
            f"{other[0]} elements.{here()}"
        )
    return stage("add", value, bias, name=name, type="BiasAdd")


@scoped("xw_plus_b")
def xw_plus_b(x: Any, weights: Any, biases: Any) -> Any:
    """x @ weights + biases."""
    return bias_add(matmul(x, weights), biases)


@scoped("dropout")
def dropout(x: Any, keep_prob: Any, noise_shape: Any = None, seed: int | None = None) -> Any:
    """Each element kept with probability `keep_prob` and divided by it, else 0.

    1.0's successor `rate` is 1 - keep_prob.  `noise_shape` draws once for a whole axis.
    """
    x = tensor(x)
    if not isinstance(keep_prob, Tensor):
        if not 0 < keep_prob <= 1:
            raise ValueError(
                f"tf.nn.dropout: keep_prob is the probability to keep an element, in (0, 1]; got "
                f"{keep_prob}.{here()}"
            )
        if keep_prob == 1:
            return x
    elif keep_prob.dims:
        raise ValueError(
            f"tf.nn.dropout: keep_prob is one number, and got shape {keep_prob.dims}.{here()}"
        )
    noise = shape(x) if noise_shape is None else noise_shape
    drawn = random_uniform(noise, dtype=dtype_of(x), seed=seed)
    if noise_shape is None:
        drawn.set_shape(dims_of(x))
    found = x / keep_prob * floor(drawn + keep_prob)
    found.set_shape(dims_of(x))
    return found
