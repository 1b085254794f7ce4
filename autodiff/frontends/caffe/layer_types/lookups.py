"""The types of layers that look up or compare: tables, slopes, reductions, pairs."""

from __future__ import annotations

from typing import Any

import numpy as np

from autodiff.core.language.dispatch import apply, ground
from autodiff.frontends.caffe.blob import Blob
from autodiff.frontends.caffe.layer_types.base import LayerBase, register
from autodiff.frontends.caffe.layer_types.computing import along, apart, covered, neuron, two
from autodiff.frontends.common.convolving import dilated
from autodiff.ops.ground.arguments import shape_of
from autodiff.ops.networks.images import conv2d_input


@register("Embed")
class Embed(LayerBase):
    """A row of W (input_dim, outputs) for each number, and b."""

    fixed_bottoms = (0,)

    def setup(self, bottoms: list[Blob]) -> None:
        """W and b."""
        own = self.param.embed_param
        self.add((own.input_dim, own.num_output), own.weight_filler)
        if own.bias_term:
            self.add((own.num_output,), own.bias_filler)

    def compute(self, x: Any, w: Any, *b: Any) -> Any:
        """The rows."""
        rows = w[np.asarray(ground(x)).astype(int)]
        return rows + b[0] if b else rows


@register("Bias")
class Bias(LayerBase):
    """A shift for each channel: learned, unless a second bottom gives it."""

    def setup(self, bottoms: list[Blob]) -> None:
        """The shift."""
        if len(bottoms) == 1:
            self.add(covered(bottoms, self.param.bias_param), self.param.bias_param.filler)

    def compute(self, x: Any, shift: Any) -> Any:
        """x + shift."""
        return x + along(x, shift, self.param.bias_param.axis)


@register("PReLU")
class PReLU(LayerBase):
    """max(x, 0) + a min(x, 0), with a learned slope a for each channel; slope a at 0."""

    def setup(self, bottoms: list[Blob]) -> None:
        """The slopes, 0.25 unless told."""
        own = self.param.prelu_param
        self.add((1 if own.channel_shared else bottoms[0].shape[1],), own.filler)
        if not own.HasField("filler"):
            self.blobs[0].data[...] = 0.25

    def compute(self, x: Any, slope: Any) -> Any:
        """Element by element."""
        wide = np.reshape(slope, (1, -1, *[1] * (len(shape_of(x)) - 2)))
        return np.where(x > 0, x, wide * x)


@register("ArgMax")
class ArgMax(LayerBase):
    """The place (0, 1, ...) of the largest number of each example, or along an axis."""

    fixed_bottoms = (0,)

    def compute(self, x: Any) -> Any:
        """Places, or with `out_max_val` places and values."""
        own = self.param.argmax_param
        if own.HasField("axis"):
            sorted_places = np.argsort(-ground(x), axis=own.axis, kind="stable")
            best = np.take(sorted_places, np.arange(own.top_k), own.axis)
            values = np.take_along_axis(ground(x), best, own.axis)
            return values if own.out_max_val else best.astype(values.dtype)
        rows = np.reshape(ground(x), (shape_of(x)[0], -1))
        places = np.argsort(-rows, axis=1, kind="stable")[:, : own.top_k]
        parts = [places.astype(rows.dtype)]
        if own.out_max_val:
            parts.append(np.take_along_axis(rows, places, 1))
        return np.stack(parts, 1)


@register("Reduction")
class Reduction(LayerBase):
    """The sum (of absolute values, of squares) or the mean of all axes from `axis` on."""

    def compute(self, x: Any) -> Any:
        """One number for each of the axes before."""
        own = self.param.reduction_param
        rows = np.reshape(x, (*shape_of(x)[: own.axis], -1))
        codes = [None, lambda v: v, np.absolute, np.square, lambda v: v]
        total = np.sum(codes[own.operation](rows), axis=-1)
        return own.coeff * (total / shape_of(rows)[-1] if own.operation == 4 else total)


neuron("Threshold", lambda x, p: (ground(x) > p.threshold_param.threshold) * 1.0)


@register("Log")
class Log(LayerBase):
    """The logarithm of shift + scale x, to a base (e unless told)."""

    def compute(self, x: Any) -> Any:
        """Element by element."""
        own = self.param.log_param
        y = np.log(own.shift + own.scale * x)
        return y if own.base == -1 else y / np.log(own.base)


@register("Deconvolution")
class Deconvolution(LayerBase):
    """The transpose of a convolution, with kernels (in, out, h, w)."""

    def setup(self, bottoms: list[Blob]) -> None:
        """W and b."""
        own = self.param.convolution_param
        outputs = own.num_output // own.group
        self.add((bottoms[0].shape[1], outputs, *two(own, "kernel_size", 1)), own.weight_filler)
        if own.bias_term:
            self.add((own.num_output,), own.bias_filler)

    def compute(self, x: Any, w: Any, *b: Any) -> Any:
        """What the windows add up to."""
        own = self.param.convolution_param
        stride, (ph, pw) = two(own, "stride", 1), two(own, "pad", 0)
        w = dilated(w, apart(own))
        n, _, *size = shape_of(x)
        whole = [(r - 1) * s + k for r, s, k in zip(size, stride, shape_of(w)[2:], strict=True)]
        shape = (n, own.num_output // own.group, *whole)
        pairs = zip(np.split(x, own.group, 1), np.split(w, own.group, 0), strict=True)
        parts = [apply(conv2d_input, ac, {"shape": shape, "stride": stride}) for ac in pairs]
        y = parts[0] if len(parts) == 1 else np.concatenate(parts, 1)
        y = y[:, :, ph : whole[0] - ph, pw : whole[1] - pw]
        return y + b[0][:, None, None] if b else y


@register("ContrastiveLoss")
class ContrastiveLoss(LayerBase):
    """Half the mean of y d^2 + (1 - y) max(margin - d, 0)^2, d the distance of two rows."""

    is_loss = True
    fixed_bottoms = (2,)

    def compute(self, a: Any, b: Any, y: Any) -> Any:
        """The loss; the older version has margin - d^2 in place of the square."""
        own = self.param.contrastive_loss_param
        away = np.reshape(a - b, (shape_of(a)[0], -1))
        squares, same = np.sum(away * away, axis=1), np.reshape(ground(y), -1)
        if own.legacy_version:
            apart = np.maximum(own.margin - squares, 0)
        else:
            zero = ground(squares) == 0
            d = np.sqrt(np.where(zero, 1.0, squares))
            apart = np.maximum(own.margin - np.where(zero, 0.0, d), 0) ** 2
        return np.sum(same * squares + (1 - same) * apart) / (2 * shape_of(a)[0])
