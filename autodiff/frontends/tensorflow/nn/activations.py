"""Activations: functions of each element, and softmax along an axis."""

from __future__ import annotations

from typing import Any

from autodiff.core.language.registry import registry
from autodiff.frontends.tensorflow.declaring.declare import named, scoped
from autodiff.frontends.tensorflow.declaring.staging import dtype_of, stage, tensor
from autodiff.frontends.tensorflow.ops.math import abs, maximum

relu = named("Relu", registry["relu"], "features", "max(x, 0); its slope at 0 is 0.")
relu6 = named("Relu6", registry["relu6"], "features", "min(max(x, 0), 6).")
elu = named("Elu", registry["elu"], "features", "x for x > 0, else exp(x) - 1.")
softplus = named("Softplus", registry["softplus"], "features", "log(1 + exp(x)).")


@scoped("ReluGrad")
def relu_grad(gradients: Any, features: Any) -> Any:
    """The derivative of `relu` times a cotangent: the cotangent where the features are above 0."""
    return gradients * (tensor(features) > 0).astype(dtype_of(gradients))


@scoped("LeakyRelu")
def leaky_relu(features: Any, alpha: float = 0.2) -> Any:
    """max(x, alpha x): x where it is positive, else alpha x (1.4)."""
    return maximum(alpha * features, features)


@scoped("Softsign")
def softsign(features: Any) -> Any:
    """x / (1 + |x|)."""
    return features / (1 + abs(features))


def softmax(logits: Any, dim: int = -1, name: str | None = None) -> Any:
    """exp(x) / sum(exp(x)) along an axis, by default the last."""
    return stage("softmax", logits, name=name, type="Softmax", axis=dim)


def log_softmax(logits: Any, dim: int = -1, name: str | None = None) -> Any:
    """The logarithm of `softmax`, without rounding small ones to log 0."""
    return stage("log_softmax", logits, name=name, type="LogSoftmax", axis=dim)
