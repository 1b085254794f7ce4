"""`chainer.links`: layers with their parameters, and the classifier around a predictor."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

import autodiff.frontends.chainer.functions as F
from autodiff.frontends.chainer.initializers import Normal, initializer_of
from autodiff.frontends.chainer.link import Chain, Link
from autodiff.frontends.chainer.reporter import report
from autodiff.frontends.chainer.sampling import (  # noqa: F401  (they are links)
    BinaryHierarchicalSoftmax,
    NegativeSampling,
)
from autodiff.frontends.chainer.variable import Variable, array_of


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
        initialW: Any = None, initial_bias: Any = None, **options: Any,
    ) -> None:  # fmt: skip
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
    """The transpose of a convolution, with kernels (in, out, k, k)."""

    def _initialize_params(self, in_channels: int) -> None:
        k = (self.ksize, self.ksize) if isinstance(self.ksize, int) else tuple(self.ksize)
        filler = initializer_of(self.initialW, self.wscale)
        self.add_param("W", (in_channels, self.out_channels, *k), initializer=filler)

    def __call__(self, x: Any) -> Variable:
        """Every kernel, spread over the images."""
        if self.has_uninitialized_params:
            self._initialize_params(x.shape[1])
        return F.deconvolution_2d(x, self.W, self.b, self.stride, self.pad)


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


class LSTM(Chain):
    """LSTM with a state of its own: `reset_state` forgets it."""

    def __init__(self, in_size: int | None, out_size: int, **options: Any) -> None:
        super().__init__(
            upward=Linear(in_size, 4 * out_size, initialW=0),
            lateral=Linear(out_size, 4 * out_size, initialW=0, nobias=True),
        )
        self.state_size = out_size
        if in_size is not None:
            self._fill()
        self.reset_state()

    def _fill(self) -> None:
        """Draw the weights gate by gate."""
        for start in range(0, 4 * self.state_size, self.state_size):
            for link in (self.lateral, self.upward):
                initializer_of(None)(link.W.data[start : start + self.state_size])

    def reset_state(self) -> None:
        """Forget cell and output."""
        self.c = self.h = None

    def set_state(self, c: Any, h: Any) -> None:
        """Take a cell and an output."""
        self.c, self.h = c, h

    def __call__(self, x: Any) -> Variable:
        """The output of one more step."""
        if self.upward.has_uninitialized_params:
            self.upward._initialize_params(x.size // x.shape[0])
            self._fill()
        gates = self.upward(x)
        if self.h is not None:
            gates = gates + self.lateral(self.h)
        if self.c is None:
            zeros = np.zeros((array_of(x).shape[0], self.state_size), gates.dtype)
            self.c = Variable(zeros, volatile="auto")
        self.c, self.h = F.lstm(self.c, gates)
        return self.h


class BatchNormalization(Link):
    """Normalization by the batch, and by running averages where `test`."""

    def __init__(
        self, size: int, decay: float = 0.9, eps: float = 2e-5, dtype: Any = np.float32,
        use_gamma: bool = True, use_beta: bool = True, **options: Any,
    ) -> None:  # fmt: skip
        super().__init__()
        self.decay, self.eps = decay, eps
        self.add_param("gamma", size, dtype, initializer_of(1))
        self.add_param("beta", size, dtype, initializer_of(0))
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


class Classifier(Chain):
    """A predictor with its loss and accuracy, which are reported."""

    compute_accuracy = True

    def __init__(
        self, predictor: Link, lossfun: Any = F.softmax_cross_entropy, accfun: Any = F.accuracy
    ) -> None:
        super().__init__(predictor=predictor)
        self.lossfun, self.accfun = lossfun, accfun
        self.y = self.loss = self.accuracy = None

    def __call__(self, *args: Any) -> Variable:
        """The loss; the last argument are the labels."""
        *x, t = args
        self.y = self.loss = self.accuracy = None
        self.y = self.predictor(*x)
        self.loss = self.lossfun(self.y, t)
        report({"loss": self.loss}, self)
        if self.compute_accuracy:
            self.accuracy = self.accfun(self.y, t)
            report({"accuracy": self.accuracy}, self)
        return self.loss
