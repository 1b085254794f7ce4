"""`theano.tensor.nnet`: softmax, its losses, sigmoid and its kin, convolution."""

from __future__ import annotations

from typing import Any

import numpy as np

from autodiff.core.ground.locations import here
from autodiff.frontends.theano.tensor.basic import arange
from autodiff.frontends.theano.tensor.elemwise import clip, elementwise_call, log
from autodiff.frontends.theano.tensor.joining import dimshuffle
from autodiff.frontends.theano.tensor.nnet.conv import conv2d
from autodiff.frontends.theano.tensor.reductions import sum
from autodiff.frontends.theano.tensor.subtensors import refuse_labels, subtensor
from autodiff.frontends.theano.types import TensorType
from autodiff.frontends.theano.variables import Variable
from autodiff.frontends.theano.writing import apply_code, apply_op, as_variable
from autodiff.ops.networks import nn


def sigmoid(x: Any) -> Variable:
    """1 / (1 + exp(-x))."""
    return elementwise_call(nn.sigmoid, (x,))


def softplus(x: Any) -> Variable:
    """log(1 + exp(x))."""
    return elementwise_call(nn.softplus, (x,))


def hard_sigmoid(x: Any) -> Variable:
    """0.2 x + 0.5, within 0 .. 1."""
    return clip(as_variable(x) * 0.2 + 0.5, 0.0, 1.0)


def ultra_fast_sigmoid(x: Any) -> Variable:
    """x / (2 (1 + |x|)) + 1/2: near a sigmoid, and cheap."""
    x = as_variable(x)
    return 0.5 * (x / (1 + abs(x)) + 1)


def relu(x: Any, alpha: Any = 0) -> Variable:
    """0.5 (x + |x|), so the slope at 0 is 1/2; below 0 it is `alpha`, at 0 (1 + alpha) / 2."""
    x = as_variable(x)
    if isinstance(alpha, int | float) and alpha == 0:
        return 0.5 * (x + abs(x))
    alpha = as_variable(alpha)
    return 0.5 * (1 + alpha) * x + 0.5 * (1 - alpha) * abs(x)


def elu(x: Any, alpha: float = 1) -> Variable:
    """x above 0, alpha (exp(x) - 1) below."""
    x = as_variable(x)
    low = elementwise_call(np.expm1, (elementwise_call(np.minimum, (x, 0.0)),))
    condition = elementwise_call(np.greater, (x, 0.0))
    return elementwise_call(np.where, (condition, x, alpha * low), x.dtype)


def softmax(x: Any) -> Variable:
    """exp(x) over its sum, of each row; a vector is taken for one row, and stays a matrix."""
    x = as_variable(x)
    if x.ndim == 1:
        x = dimshuffle(x, "x", 0)
    if x.ndim != 2:
        raise ValueError(f"softmax takes a matrix or a vector, and got {x.type}.{here()}")
    return apply_op(nn.softmax, (x,), x.type)


def logsoftmax(x: Any) -> Variable:
    """log(softmax(x))."""
    return log(softmax(x))


def _labels(p: Any, t: Any) -> Any:
    refuse_labels(np.asarray(t), np.shape(p)[1])
    return t


def categorical_crossentropy(coding_dist: Any, true_dist: Any) -> Variable:
    """-sum(t log p) of each row; the t may be whole numbers that tell the class."""
    p, t = as_variable(coding_dist), as_variable(true_dist)
    if t.ndim == p.ndim:
        return -sum(t * log(p), axis=p.ndim - 1)
    if t.ndim != p.ndim - 1 or np.dtype(t.dtype).kind not in "iu":
        raise TypeError(
            f"categorical_crossentropy takes distributions of {p.type}, or a vector of whole "
            f"numbers; got {t.type}.{here()}"
        )
    t = apply_code("labels", _labels, (p, t), TensorType(t.dtype, (False,)))
    return -subtensor(log(p), (arange(t.shape[0]), t))


def binary_crossentropy(output: Any, target: Any) -> Variable:
    """-(t log p + (1 - t) log(1 - p)), element by element."""
    p, t = as_variable(output), as_variable(target)
    return -(t * log(p) + (1.0 - t) * log(1.0 - p))


__all__ = [
    "binary_crossentropy",
    "categorical_crossentropy",
    "conv2d",
    "elu",
    "hard_sigmoid",
    "logsoftmax",
    "relu",
    "sigmoid",
    "softmax",
    "softplus",
    "ultra_fast_sigmoid",
]
