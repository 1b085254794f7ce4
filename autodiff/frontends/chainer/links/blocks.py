"""Links made of convolutions: a small network at every pixel, and GoogLeNet's parallel paths."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import autodiff.frontends.chainer.functions as F
from autodiff.frontends.chainer.link import Chain, ChainList
from autodiff.frontends.chainer.links.basic import Convolution2D
from autodiff.frontends.chainer.variable import Variable


class MLPConvolution2D(ChainList):
    """A convolution and then layers of 1 x 1, with a nonlinearity between (Lin et al., 2013)."""

    def __init__(
        self, in_channels: int | None, out_channels: Any, ksize: Any, stride: Any = 1, pad: Any = 0,
        wscale: float = 1, activation: Any = F.relu, use_cudnn: bool = True, conv_init: Any = None,
        bias_init: Any = None,
    ) -> None:  # fmt: skip
        made = {"wscale": wscale, "initialW": conv_init, "initial_bias": bias_init}
        first = Convolution2D(in_channels, out_channels[0], ksize, stride, pad, **made)
        rest = (Convolution2D(n, m, 1, **made) for n, m in pairwise(out_channels))
        super().__init__(first, *rest)
        self.activation = activation

    def __call__(self, x: Any) -> Variable:
        """The last layer without the nonlinearity."""
        for link in self[:-1]:
            x = self.activation(link(x))
        return self[-1](x)


class Inception(Chain):
    """Windows of 1, 3, 5 and the largest of 3 x 3 beside each other (Szegedy et al., 2014)."""

    def __init__(
        self, in_channels: int | None, out1: int, proj3: int, out3: int, proj5: int, out5: int,
        proj_pool: int, conv_init: Any = None, bias_init: Any = None,
    ) -> None:  # fmt: skip
        def conv(inputs: int | None, outputs: int, size: int) -> Convolution2D:
            made = {"initialW": conv_init, "initial_bias": bias_init}
            return Convolution2D(inputs, outputs, size, pad=size // 2, **made)

        super().__init__(
            conv1=conv(in_channels, out1, 1),
            proj3=conv(in_channels, proj3, 1), conv3=conv(proj3, out3, 3),
            proj5=conv(in_channels, proj5, 1), conv5=conv(proj5, out5, 5),
            projp=conv(in_channels, proj_pool, 1),
        )  # fmt: skip

    def __call__(self, x: Any) -> Variable:
        """The four paths, joined along the channels."""
        paths = (
            self.conv1(x), self.conv3(F.relu(self.proj3(x))), self.conv5(F.relu(self.proj5(x))),
            self.projp(F.max_pooling_2d(x, 3, stride=1, pad=1)),
        )  # fmt: skip
        return F.relu(F.concat(paths, axis=1))
