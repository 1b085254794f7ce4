"""Layers of images (channels, rows, columns), whose backward is the engine's."""

from __future__ import annotations

from typing import Any

import numpy as np

from autodiff.core.language.dispatch import apply
from autodiff.frontends.common.options import among
from autodiff.frontends.common.pooling import max_pool, mean_pool
from autodiff.frontends.neon.layers.basic import FromRegistry, Layer, compound
from autodiff.ops.networks.images import conv2d, conv2d_input


def _pair(value: Any, names: str) -> tuple[int, int]:
    if isinstance(value, dict):
        first, second = names.split()
        return int(value.get(first, 0)), int(value.get(second, 0))
    return (int(value), int(value)) if isinstance(value, int) else tuple(value)[-2:]


class Convolution(FromRegistry):
    """Cross-correlation with kernels stored as (C r s, K)."""

    def __init__(
        self, fshape: Any, strides: Any = 1, padding: Any = 0, init: Any = None, name: str = "Conv"
    ) -> None:
        if isinstance(fshape, dict):
            fshape = (fshape["R"], fshape["S"], fshape["K"])
        self.r, self.s, self.k = fshape
        self.stride = _pair(strides or 1, "str_h str_w")
        self.pad = _pair(padding or 0, "pad_h pad_w")
        self.init, self.name = init, name

    def configure(self, in_shape: Any) -> Any:
        """(C, H, W) in, (K, rows, columns) out."""
        self.in_shape = in_shape
        sizes = [(n + 2 * p - f) // s + 1 for n, p, f, s in
                 zip(in_shape[1:], self.pad, (self.r, self.s), self.stride,
                     strict=True)]  # fmt: skip
        self.out_shape = (self.k, *sizes)
        return self.out_shape

    def allocate(self) -> None:
        """The kernels."""
        self._weights((self.in_shape[0] * self.r * self.s, self.k), self.init)

    def compute(self, x: Any, *params: Any) -> Any:
        """The convolution."""
        kernels = np.reshape(params[0].T, (self.k, self.in_shape[0], self.r, self.s))
        return self.columns(conv2d(self.images(x), kernels, self.stride, self.pad))


class Pooling(FromRegistry):
    """The largest of each window (the first of several), or the mean."""

    def __init__(
        self,
        fshape: Any,
        op: str = "max",
        strides: Any = None,
        padding: Any = 0,
        name: str = "Pool",
    ) -> None:
        among("Pooling: op", op, "max", "avg")
        self.kernel = (fshape, fshape) if isinstance(fshape, int) else tuple(fshape)
        self.op, self.name = op, name
        self.stride = self.kernel if not strides else _pair(strides, "str_h str_w")
        self.pad = _pair(padding or 0, "pad_h pad_w")

    def configure(self, in_shape: Any) -> Any:
        """(C, H, W) in and out."""
        self.in_shape = in_shape
        sizes = [(n + 2 * p - f) // s + 1 for n, p, f, s in
                 zip(in_shape[1:], self.pad, self.kernel, self.stride, strict=True)]  # fmt: skip
        self.out_shape = (in_shape[0], *sizes)
        return self.out_shape

    def compute(self, x: Any, *params: Any) -> Any:
        """The pooled images."""
        pool = max_pool if self.op == "max" else mean_pool
        return self.columns(pool(self.images(x), self.kernel, self.stride, self.pad))


class Deconvolution(Convolution):
    """The transpose of a convolution with the same kernels: each number spreads a window."""

    def configure(self, in_shape: Any) -> Any:
        """(C, rows, columns) in, (K, H, W) out, from which a convolution would make the input."""
        self.in_shape = in_shape
        sizes = [(n - 1) * s - 2 * p + f for n, p, f, s in
                 zip(in_shape[1:], self.pad, (self.r, self.s), self.stride,
                     strict=True)]  # fmt: skip
        self.out_shape = (self.k, *sizes)
        return self.out_shape

    def allocate(self) -> None:
        """The kernels, stored as (K r s, C)."""
        self._weights((self.k * self.r * self.s, self.in_shape[0]), self.init)

    def compute(self, x: Any, *params: Any) -> Any:
        """What the windows add up to."""
        kernels = np.reshape(params[0].T, (self.in_shape[0], self.k, self.r, self.s))
        images = self.images(x)
        (rows, columns), (ph, pw) = self.out_shape[1:], self.pad
        shape = (images.shape[0], self.k, rows + 2 * ph, columns + 2 * pw)
        whole = apply(conv2d_input, (images, kernels), {"shape": shape, "stride": self.stride})
        return self.columns(whole[:, :, ph : ph + rows, pw : pw + columns])


def Conv(fshape: Any, init: Any, strides: Any = 1, padding: Any = 0, bias: Any = None,
         batch_norm: bool = False, activation: Any = None,
         name: Any = None) -> list[Layer]:  # fmt: skip
    """Convolution, with bias, BatchNorm and activation as for `Affine`."""
    return compound(Convolution(fshape, strides, padding, init), bias, batch_norm, activation, name)


def Deconv(fshape: Any, init: Any, strides: Any = 1, padding: Any = 0, bias: Any = None,
           batch_norm: bool = False, activation: Any = None,
           name: Any = None) -> list[Layer]:  # fmt: skip
    """Deconvolution, with bias, BatchNorm and activation as for `Conv`."""
    return compound(
        Deconvolution(fshape, strides, padding, init), bias, batch_norm, activation, name
    )
