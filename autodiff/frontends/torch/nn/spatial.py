"""Images: convolution and pooling, width before height, and normalization over the batch."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from autodiff.frontends.common.pooling import max_pool, mean_pool
from autodiff.frontends.torch.nn.pointwise import Recorded
from autodiff.frontends.torch.tensor import Tensor
from autodiff.ops.networks import nn
from autodiff.ops.networks.images import conv2d


def _batched(x: Any, run: Any) -> Any:
    """`run` on a batch of images; one image is a batch of one."""
    return run(x) if np.ndim(x) == 4 else run(x[None])[0]


class SpatialConvolution(Recorded):
    """Cross-correlation with kernels (outputs, inputs, kH, kW); the width is given first."""

    def __init__(
        self, nInputPlane: int, nOutputPlane: int, kW: int, kH: int, dW: int = 1, dH: int = 1,
        padW: int = 0, padH: int | None = None,
    ) -> None:  # fmt: skip
        super().__init__()
        shape = (nOutputPlane, nInputPlane, kH, kW)
        self.weight, self.gradWeight = Tensor(*shape), Tensor(*shape)
        self.bias, self.gradBias = Tensor(nOutputPlane), Tensor(nOutputPlane)
        self.reset()
        self.stride = (int(dH), int(dW))
        self.padding = (int(padW if padH is None else padH), int(padW))

    def reset(self, stdv: float | None = None) -> SpatialConvolution:
        """Draw the parameters anew, with a deviation if one is given."""
        limit = stdv * math.sqrt(3) if stdv else 1 / math.sqrt(np.prod(self.weight.a.shape[1:]))
        for param in (self.weight, self.bias):
            param.uniform(-limit, limit)
        return self

    def compute(self, x: Any, *params: Any) -> Any:
        """The convolution plus the bias of each plane."""
        weight, bias = params
        made = _batched(x, lambda images: conv2d(images, weight, self.stride, self.padding))
        return made + bias[:, None, None]


SpatialConvolutionMM = SpatialConvolution


class SpatialMaxPooling(Recorded):
    """The largest of each window, the first of several; what hangs over is dropped."""

    pooled = staticmethod(max_pool)

    def __init__(
        self, kW: int, kH: int, dW: int | None = None, dH: int | None = None, padW: int = 0,
        padH: int = 0,
    ) -> None:  # fmt: skip
        super().__init__()
        self.kernel, self.padding = (int(kH), int(kW)), (int(padH), int(padW))
        self.stride = (int(dH or kH), int(dW or kW))
        self.up = False

    def ceil(self) -> Any:
        """Keep what hangs over."""
        self.up = True
        return self

    def floor(self) -> Any:
        """Drop what hangs over."""
        self.up = False
        return self

    def compute(self, x: Any, *params: Any) -> Any:
        """The pooled images."""
        windows = self.kernel, self.stride, self.padding, self.up
        return _batched(x, lambda images: self.pooled(images, *windows))


class SpatialAveragePooling(SpatialMaxPooling):
    """The mean of each window, padding counted."""

    pooled = staticmethod(mean_pool)


class BatchNormalization(Recorded):
    """Each feature in units of its deviation; running averages in `evaluate()`."""

    def __init__(
        self, nOutput: int, eps: float = 1e-5, momentum: float = 0.1, affine: bool = True
    ) -> None:
        super().__init__()
        self.eps, self.momentum, self.affine = eps, momentum, affine
        self.running_mean, self.running_var = Tensor(nOutput), Tensor(nOutput).fill(1)
        if affine:
            self.weight, self.gradWeight = Tensor(nOutput).uniform(), Tensor(nOutput)
            self.bias, self.gradBias = Tensor(nOutput), Tensor(nOutput)

    def updateOutput(self, input: Tensor) -> Tensor:
        """Also moves the running averages in training."""
        found = super().updateOutput(input)
        if self.train and isinstance(input.a, np.ndarray):
            axes = (0, *range(2, input.a.ndim))
            count = input.a.size / input.a.shape[1]
            spread = input.a.var(axes) * count / max(count - 1, 1)
            for own, new in ((self.running_mean, input.a.mean(axes)), (self.running_var, spread)):
                own.a += self.momentum * (new - own.a)
        return found

    def compute(self, x: Any, *params: Any) -> Any:
        """By the batch, or by the running averages."""
        size = self.running_mean.a.shape
        weight, bias = params if self.affine else (np.ones(size), np.zeros(size))
        if self.train:
            return nn.batch_norm(x, weight, bias, epsilon=self.eps)
        mean, spread = self.running_mean.a, self.running_var.a
        return nn.batch_norm(x, weight, bias, mean=mean, variance=spread, epsilon=self.eps)


SpatialBatchNormalization = BatchNormalization
__all__ = [
    "BatchNormalization", "SpatialAveragePooling", "SpatialBatchNormalization",
    "SpatialConvolution", "SpatialConvolutionMM", "SpatialMaxPooling",
]  # fmt: skip
