"""Layers with their parameters: linear, convolutions, embedding, normalization."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

import autodiff.frontends.chainer.functions as F
from autodiff.frontends.chainer.flags import as_flag
from autodiff.frontends.chainer.initializers import Normal, initializer_of
from autodiff.frontends.chainer.link import Link
from autodiff.frontends.chainer.variable import Variable, array_of
from autodiff.frontends.common.options import only


class Linear(Link):
    """x W^T + b, W ~ N(0, 1 / inputs); with `in_size=None` the first call tells the inputs."""

    def __init__(
        self, in_size: int | None, out_size: int, wscale: float = 1, bias: Any = 0,
        nobias: bool = False, initialW: Any = None, initial_bias: Any = None,
    ) -> None:  # fmt: skip
        super().__init__()
        self.out_size = out_size
        self.initialW, self.wscale = initialW, math.sqrt(wscale)
        if in_size is None:
            self.add_uninitialized_param("W")
        else:
            self._initialize_params(in_size)
        if nobias:
            self.b = None
        else:
            start = bias if initial_bias is None else initial_bias
            self.add_param("b", out_size, initializer=initializer_of(start))

    def _initialize_params(self, in_size: int) -> None:
        filler = initializer_of(self.initialW, self.wscale)
        self.add_param("W", (self.out_size, in_size), initializer=filler)

    def __call__(self, x: Any) -> Variable:
        """The affine map of each row."""
        if self.has_uninitialized_params:
            self._initialize_params(x.size // x.shape[0])
        return F.linear(x, self.W, self.b)


class Bias(Link):
    """x + b along an axis."""

    def __init__(self, axis: int = 1, shape: Any = None) -> None:
        super().__init__()
        self.axis = axis
        self.add_param("b", shape, initializer=initializer_of(0))

    def __call__(self, x: Any) -> Variable:
        """x + b."""
        shape = [1] * x.ndim
        shape[self.axis : self.axis + self.b.ndim] = self.b.shape
        return x + F.broadcast_to(F.reshape(self.b, tuple(shape)), x.shape)


class Convolution2D(Link):
    """Cross-correlation with kernels (out, in, k, k) and a bias."""

    def __init__(
        self, in_channels: int | None, out_channels: int, ksize: Any, stride: Any = 1, pad: Any = 0,
        wscale: float = 1, bias: Any = 0, nobias: bool = False, use_cudnn: bool = True,
        initialW: Any = None, initial_bias: Any = None, deterministic: bool = False,
        groups: int = 1,
    ) -> None:  # fmt: skip
        only("L.Convolution2D", {"groups": groups}, groups=1)
        super().__init__()
        self.ksize, self.stride, self.pad = ksize, stride, pad
        self.out_channels, self.initialW, self.wscale = out_channels, initialW, math.sqrt(wscale)
        if in_channels is None:
            self.add_uninitialized_param("W")
        else:
            self._initialize_params(in_channels)
        if nobias:
            self.b = None
        else:
            start = bias if initial_bias is None else initial_bias
            self.add_param("b", out_channels, initializer=initializer_of(start))

    def _initialize_params(self, in_channels: int) -> None:
        k = (self.ksize, self.ksize) if isinstance(self.ksize, int) else tuple(self.ksize)
        filler = initializer_of(self.initialW, self.wscale)
        self.add_param("W", (self.out_channels, in_channels, *k), initializer=filler)

    def __call__(self, x: Any) -> Variable:
        """Every kernel over the images."""
        if self.has_uninitialized_params:
            self._initialize_params(x.shape[1])
        return F.convolution_2d(x, self.W, self.b, self.stride, self.pad)


class Deconvolution2D(Convolution2D):
    """The transpose of a convolution, with kernels (in, out, k, k), of `outsize` where given."""

    def __init__(
        self, in_channels: int | None, out_channels: int, ksize: Any, stride: Any = 1, pad: Any = 0,
        wscale: float = 1, bias: Any = 0, nobias: bool = False, outsize: Any = None, *args: Any,
        **options: Any,
    ) -> None:  # fmt: skip
        self.outsize = outsize
        super().__init__(
            in_channels, out_channels, ksize, stride, pad, wscale, bias, nobias, *args, **options
        )

    def _initialize_params(self, in_channels: int) -> None:
        k = (self.ksize, self.ksize) if isinstance(self.ksize, int) else tuple(self.ksize)
        filler = initializer_of(self.initialW, self.wscale)
        self.add_param("W", (in_channels, self.out_channels, *k), initializer=filler)

    def __call__(self, x: Any) -> Variable:
        """Every kernel, spread over the images."""
        if self.has_uninitialized_params:
            self._initialize_params(x.shape[1])
        return F.deconvolution_2d(x, self.W, self.b, self.stride, self.pad, self.outsize)


class EmbedID(Link):
    """A vector for each id, N(0, 1)."""

    def __init__(
        self, in_size: int, out_size: int, initialW: Any = None, ignore_label: Any = None
    ) -> None:
        super().__init__()
        self.ignore_label = ignore_label
        filler = Normal(1.0) if initialW is None else initializer_of(initialW)
        self.add_param("W", (in_size, out_size), initializer=filler)

    def __call__(self, x: Any) -> Variable:
        """The rows of the ids."""
        return F.embed_id(x, self.W, self.ignore_label)


class BatchNormalization(Link):
    """Normalization by the batch, and by running averages where `test`."""

    def __init__(
        self, size: int, decay: float = 0.9, eps: float = 2e-5, dtype: Any = np.float32,
        use_gamma: bool = True, use_beta: bool = True, initial_gamma: Any = None,
        initial_beta: Any = None, use_cudnn: bool = True,
    ) -> None:  # fmt: skip
        super().__init__()
        self.decay, self.eps = decay, eps
        starts = (("gamma", use_gamma, 1, initial_gamma), ("beta", use_beta, 0, initial_beta))
        for name, used, start, told in starts:
            if used:
                self.add_param(name, size, dtype, initializer_of(start if told is None else told))
            else:  # what is no parameter is not trained
                setattr(self, name, Variable(np.full(size, start, dtype), volatile="auto"))
        self.add_persistent("avg_mean", np.zeros(size, dtype))
        self.add_persistent("avg_var", np.zeros(size, dtype))
        self.add_persistent("N", 0)

    def __call__(self, x: Any, test: bool = False, finetune: bool = False) -> Variable:
        """Each channel in units of its deviation."""
        if test:
            return F.fixed_batch_normalization(
                x, self.gamma, self.beta, self.avg_mean, self.avg_var, self.eps
            )
        data = array_of(x)
        axes = (0, *range(2, data.ndim))
        count = data.size // data.shape[1]
        decay = self.decay
        if finetune:
            self.N += 1
            decay = 1.0 - 1.0 / self.N
        spread = data.var(axes) * (count / max(count - 1, 1))
        self.avg_mean = decay * self.avg_mean + (1 - decay) * data.mean(axes)
        self.avg_var = decay * self.avg_var + (1 - decay) * spread
        return F.batch_normalization(x, self.gamma, self.beta, self.eps)


class Parameter(Link):
    """An array as a parameter W; a call gives it as a variable."""

    def __init__(self, array: Any) -> None:
        super().__init__()
        self.add_param("W", array.shape, array.dtype)
        self.W.data = array

    def __call__(self, volatile: Any = "off") -> Variable:
        """W; with `volatile` on what is computed of it has no gradient."""
        made = F.identity(self.W)
        made.volatile = as_flag(volatile)
        return F.identity(made)
