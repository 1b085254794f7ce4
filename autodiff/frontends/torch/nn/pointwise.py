"""Nonlinearities: C in Torch, here ops of the registry whose own rule is the backward."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

import autodiff as ad
from autodiff.frontends.common.conventions import clip_open, exponential_linear, rectified
from autodiff.frontends.torch.nn.module import Module
from autodiff.frontends.torch.tensor import Tensor
from autodiff.ops.networks import nn


class Recorded(Module):
    """A module of one function of arrays, whose pullback the forward pass keeps."""

    def compute(self, x: Any, *params: Any) -> Any:
        """The output, in NumPy."""
        raise NotImplementedError

    def updateOutput(self, input: Tensor) -> Tensor:
        """What `compute` gives."""
        self.output = Tensor.of(self.compute(input.a, *(p.a for p in self.parameters()[0])))
        return self.output

    def _pulled(self, input: Tensor, gradOutput: Tensor) -> Any:
        values = [p.a for p in self.parameters()[0]]
        return ad.vjp(self.compute, input.a, *values)[1](gradOutput.a)

    def updateGradInput(self, input: Tensor, gradOutput: Tensor) -> Tensor:
        """By the rules of the ops in `compute`."""
        self._cts = self._pulled(input, gradOutput)
        self.gradInput = Tensor.of(self._cts[0])
        return self.gradInput

    def accGradParameters(self, input: Tensor, gradOutput: Tensor, scale: Any = 1) -> None:
        """What the same pullback gives for the parameters."""
        params, grads = self.parameters()
        if not params:
            return
        for grad, ct in zip(grads, self._pulled(input, gradOutput)[1:], strict=True):
            grad.a += scale * ct


def _module(name: str, code: Callable[..., Any], doc: str, **defaults: Any) -> type[Recorded]:
    """A module class of a function of arrays and settings."""
    names = list(defaults)

    def start(self: Any, *args: Any, **kwargs: Any) -> None:
        Recorded.__init__(self)
        self.settings = defaults | dict(zip(names, args, strict=False)) | kwargs
        self.settings = {k: v for k, v in self.settings.items() if k in defaults}

    def compute(self: Any, x: Any) -> Any:
        return code(x, **self.settings)

    return type(
        name, (Recorded,),
        {"__init__": start, "compute": compute, "__doc__": doc, "__module__": __name__},
    )  # fmt: skip


def _last(x: Any) -> int:
    """The dimension of classes: the first after the batch of images, else the last."""
    return 1 if np.ndim(x) == 4 else 0 if np.ndim(x) in (1, 3) else 1


Tanh = _module("Tanh", np.tanh, "tanh.")
Sigmoid = _module("Sigmoid", nn.sigmoid, "1 / (1 + exp(-x)).")
ReLU = _module("ReLU", lambda x, inplace: nn.relu(x), "max(x, 0), slope 0 at 0.", inplace=False)
Threshold = _module(
    "Threshold", lambda x, threshold, value: np.where(x > threshold, x, value),
    "x above a threshold (1e-6), else a value.", threshold=1e-6, value=0.0,
)  # fmt: skip
LeakyReLU = _module(
    "LeakyReLU", lambda x, negval: rectified(negval, negval)(x), "x, and negval x below 0.",
    negval=0.01,
)  # fmt: skip
ELU = _module(
    "ELU", exponential_linear,
    "x, and alpha (exp(x) - 1) below 0.", alpha=1.0,
)  # fmt: skip
HardTanh = _module(
    "HardTanh",
    lambda x, low, high: clip_open(x, low, high),
    "x within -1 .. 1.",
    low=-1.0,
    high=1.0,
)
SoftPlus = _module(
    "SoftPlus", lambda x, beta: nn.softplus(beta * x) / beta, "log(1 + exp(x)).", beta=1.0
)
SoftMax = _module("SoftMax", lambda x: nn.softmax(x, axis=_last(x)), "exp(x) over its sum.")
LogSoftMax = _module("LogSoftMax", lambda x: nn.log_softmax(x, axis=_last(x)), "Its logarithm.")
SoftSign = _module("SoftSign", lambda x: x / (1 + np.abs(x)), "x / (1 + |x|).")
Abs = _module("Abs", np.absolute, "|x|.")
Square = _module("Square", np.square, "x^2.")
Sqrt = _module("Sqrt", np.sqrt, "The root.")
Exp = _module("Exp", np.exp, "exp(x).")
Log = _module("Log", np.log, "log(x).")
Power = _module("Power", lambda x, p: x**p, "x^p.", p=2.0)
MulConstant = _module("MulConstant", lambda x, k: x * k, "k x.", k=1.0)
AddConstant = _module("AddConstant", lambda x, k: x + k, "x + k.", k=0.0)
Mean = _module("Mean", lambda x, dimension: np.mean(x, axis=dimension - 1), "A mean.", dimension=1)
Sum = _module("Sum", lambda x, dimension: np.sum(x, axis=dimension - 1), "A sum.", dimension=1)

__all__ = [
    "ELU", "Abs", "AddConstant", "Exp", "HardTanh", "LeakyReLU", "Log", "LogSoftMax", "Mean",
    "MulConstant", "Power", "ReLU", "Recorded", "Sigmoid", "SoftMax", "SoftPlus", "SoftSign",
    "Sqrt", "Square", "Sum", "Tanh", "Threshold",
]  # fmt: skip
