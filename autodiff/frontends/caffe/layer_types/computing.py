"""The types of layers that compute: products, convolution, pooling, neurons, normalization."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from autodiff.core.language.dispatch import ground
from autodiff.frontends.caffe.blob import Blob, generator
from autodiff.frontends.caffe.layer_types.base import LayerBase, register
from autodiff.frontends.caffe.net_state import TRAIN
from autodiff.frontends.common.conventions import exponential_linear, rectified
from autodiff.frontends.common.convolving import dilated
from autodiff.frontends.common.normalizing import by_neighbours
from autodiff.frontends.common.pooling import max_pool, mean_pool
from autodiff.ops.ground.arguments import shape_of
from autodiff.ops.networks import nn
from autodiff.ops.networks.images import conv2d


@register("InnerProduct")
class InnerProduct(LayerBase):
    """x W^T + b, x flattened from `axis` on."""

    def setup(self, bottoms: list[Blob]) -> None:
        """W (outputs, inputs) and b."""
        own = self.param.inner_product_param
        inputs = math.prod(bottoms[0].shape[own.axis :])
        shape = (inputs, own.num_output) if own.transpose else (own.num_output, inputs)
        self.add(shape, own.weight_filler)
        if own.bias_term:
            self.add((own.num_output,), own.bias_filler)

    def compute(self, x: Any, w: Any, *b: Any) -> Any:
        """The affine map."""
        own = self.param.inner_product_param
        rows = np.reshape(x, (*shape_of(x)[: own.axis], -1))
        y = rows @ (w if own.transpose else w.T)
        return y + b[0] if b else y


def two(own: Any, name: str, default: int) -> tuple[int, int]:
    """A setting of height and width, given once, twice, or by `_h` and `_w`."""
    single, high, wide = (getattr(own, n) for n in (name, _short(name) + "_h", _short(name) + "_w"))
    if high or wide:
        return int(high), int(wide)
    values = [single] if isinstance(single, int) else list(single)
    values = values or [default]
    return int(values[0]), int(values[-1])


def _short(name: str) -> str:
    return name.partition("_")[0]


def apart(own: Any) -> tuple[int, int]:
    """How far apart the elements of a window are, in height and width."""
    values = list(own.dilation) or [1]
    return int(values[0]), int(values[-1])


@register("Convolution")
class Convolution(LayerBase):
    """The cross-correlation with kernels (out, in / group, h, w)."""

    def setup(self, bottoms: list[Blob]) -> None:
        """W and b."""
        own = self.param.convolution_param
        kernel = two(own, "kernel_size", 1)
        self.add((own.num_output, bottoms[0].shape[1] // own.group, *kernel), own.weight_filler)
        if own.bias_term:
            self.add((own.num_output,), own.bias_filler)

    def compute(self, x: Any, w: Any, *b: Any) -> Any:
        """The convolution of each group."""
        own = self.param.convolution_param
        stride, pad = two(own, "stride", 1), two(own, "pad", 0)
        w = dilated(w, apart(own))
        pairs = zip(np.split(x, own.group, 1), np.split(w, own.group, 0), strict=True)
        parts = [conv2d(a, c, stride, pad) for a, c in pairs]
        y = parts[0] if len(parts) == 1 else np.concatenate(parts, 1)
        return y + b[0][:, None, None] if b else y


@register("Pooling")
class Pooling(LayerBase):
    """Windows every `stride` (1 unless told), their number rounded up."""

    def compute(self, x: Any) -> Any:
        """The largest, or the mean over the part on the frame."""
        own = self.param.pooling_param
        kernel = shape_of(x)[2:] if own.global_pooling else two(own, "kernel_size", 1)
        stride, pad = two(own, "stride", 1), two(own, "pad", 0)
        if own.pool == 0:
            return max_pool(x, kernel, stride, pad, up=True)
        return mean_pool(x, kernel, stride, pad, up=True, divisor="frame")


def neuron(name: str, code: Any) -> None:
    """Declare a type that computes element by element, from x and the layer's parameters."""

    @register(name)
    class Neuron(LayerBase):
        def compute(self, x: Any) -> Any:
            return code(x, self.param)

    Neuron.__name__ = Neuron.__qualname__ = name
    Neuron.__doc__ = f"{name}, element by element."


neuron("ReLU", lambda x, p: rectified(p.relu_param.negative_slope, p.relu_param.negative_slope)(x))
neuron("Sigmoid", lambda x, p: nn.sigmoid(x))
neuron("TanH", lambda x, p: np.tanh(x))
neuron("AbsVal", lambda x, p: np.absolute(x))
neuron("BNLL", lambda x, p: nn.softplus(x))
neuron("Exp", lambda x, p: np.exp(x))
neuron("ELU", lambda x, p: exponential_linear(x, p.elu_param.alpha))
neuron("Split", lambda x, p: x)
neuron("Softmax", lambda x, p: nn.softmax(x, axis=p.softmax_param.axis))


@register("Power")
class Power(LayerBase):
    """(shift + scale x)^power."""

    def compute(self, x: Any) -> Any:
        """The power."""
        own = self.param.power_param
        y = own.shift + own.scale * x
        return y if own.power == 1 else y**own.power


@register("Dropout")
class Dropout(LayerBase):
    """In training each element zeroed with probability `ratio`, the rest scaled up."""

    def compute(self, x: Any) -> Any:
        """x times a mask."""
        if self.phase != TRAIN:
            return x * 1
        return nn.dropout(x, self.param.dropout_param.dropout_ratio, generator[0])


@register("LRN")
class LRN(LayerBase):
    """x / (k + alpha / size * sum of squares of neighbouring channels)^beta.

    Within a channel the neighbours are those of a window, whose squares have their mean for the
    sum, and k is 1.
    """

    def compute(self, x: Any) -> Any:
        """Across channels, or within each."""
        own = self.param.lrn_param
        if own.norm_region == own.WITHIN_CHANNEL:
            size, half = own.local_size, own.local_size // 2
            squares = mean_pool(x * x, (size, size), (1, 1), (half, half), divisor="frame")
            return x * (1 + own.alpha * squares) ** -own.beta
        share = own.alpha / own.local_size
        return by_neighbours(x, own.local_size, own.k, share, own.beta)


@register("BatchNorm")
class BatchNorm(LayerBase):
    """Each channel in units of its deviation; a Scale layer adds scale and shift."""

    def setup(self, bottoms: list[Blob]) -> None:
        """Sums of means and variances, and of their weights."""
        channels = bottoms[0].shape[1]
        self.blobs = [Blob((channels,)), Blob((channels,)), Blob((1,))]

    def compute(self, x: Any, mean: Any, var: Any, weight: Any) -> Any:
        """By the batch in training, else by the averages."""
        own = self.param.batch_norm_param
        told = own.HasField("use_global_stats")
        stored = own.use_global_stats if told else self.phase != TRAIN
        if stored:
            total = ground(weight)[0] or 1.0
            moments = {"mean": ground(mean) / total, "variance": ground(var) / total}
            return nn.batch_norm(x, 1.0, 0.0, epsilon=own.eps, **moments)
        data = ground(x)
        axes, count = (0, *range(2, data.ndim)), data.size / data.shape[1]
        spread = data.var(axes) * count / max(count - 1, 1)
        for blob, new in zip(self.blobs, (data.mean(axes), spread, 1.0), strict=True):
            blob.data[...] = own.moving_average_fraction * blob.data + new
        return nn.batch_norm(x, 1.0, 0.0, epsilon=own.eps)


@register("Scale")
class Scale(LayerBase):
    """x times a scale for each channel, with `bias_term` plus a shift.

    The scale is learned, unless a second bottom gives it.
    """

    def setup(self, bottoms: list[Blob]) -> None:
        """Scale (1 unless told) and shift."""
        own = self.param.scale_param
        shape = covered(bottoms, own)
        if len(bottoms) == 1:
            self.add(shape, own.filler)
            if not own.HasField("filler"):
                self.blobs[0].data[...] = 1
        if own.bias_term:
            self.add(shape, own.bias_filler)

    def compute(self, x: Any, scale: Any, *shift: Any) -> Any:
        """The affine map of each channel."""
        axis = self.param.scale_param.axis
        y = x * along(x, scale, axis)
        return y + along(x, shift[0], axis) if shift else y


def covered(bottoms: list[Blob], own: Any) -> tuple[int, ...]:
    """The axes that a scale or a shift covers: those of a second bottom, else as the layer says."""
    if len(bottoms) > 1:
        return tuple(bottoms[1].shape)
    rest = tuple(bottoms[0].shape[own.axis :])
    return rest if own.num_axes == -1 else rest[: own.num_axes]


def along(x: Any, values: Any, axis: int) -> Any:
    """Values with an axis of length 1 for each axis of x that they don't cover."""
    rank, own = len(shape_of(x)), shape_of(values)
    before = axis % rank if own else 0
    return np.reshape(values, (*[1] * before, *own, *[1] * (rank - before - len(own))))


@register("Eltwise")
class Eltwise(LayerBase):
    """The sum (with coefficients), product or maximum of bottoms."""

    def compute(self, *xs: Any) -> Any:
        """Element by element."""
        own = self.param.eltwise_param
        coefficients = list(own.coeff) or [1.0] * len(xs)
        total = xs[0] * coefficients[0] if own.operation == 1 else xs[0]
        for x, c in zip(xs[1:], coefficients[1:], strict=True):
            if own.operation == 1:
                total = total + c * x
            else:
                total = total * x if own.operation == 0 else np.maximum(total, x)
        return total
