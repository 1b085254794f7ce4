"""Functions with parameters: linear, convolution, embedding, LSTM, normalization; dropout."""

from __future__ import annotations

from typing import Any

import numpy as np

from autodiff.frontends.chainer.checks import expect, same_dtype
from autodiff.frontends.chainer.function import called
from autodiff.frontends.chainer.variable import Variable, array_of
from autodiff.frontends.common.convolving import dilated, spread, spread_each
from autodiff.frontends.common.normalizing import by_neighbours
from autodiff.frontends.common.options import only
from autodiff.frontends.common.pooling import max_pool, mean_pool
from autodiff.ops.ground.arguments import shape_of
from autodiff.ops.networks import nn
from autodiff.ops.networks.images import conv2d
from autodiff.ops.networks.windows import pair


def _present(*inputs: Any) -> list[Any]:
    return [x for x in inputs if x is not None]


def linear(x: Any, W: Any, b: Any = None) -> Variable:
    """x W^T + b, x flattened to rows."""
    xs, ws = array_of(x), array_of(W)
    columns = int(np.prod(xs.shape[1:]))
    same_dtype("LinearFunction", xs, ws)
    expect(
        "LinearFunction", columns == ws.shape[1], "prod(x.shape[1:]) == W.shape[1]",
        f"{columns} != {ws.shape[1]}",
    )  # fmt: skip

    def run(x: Any, W: Any, *b: Any) -> Any:
        y = np.reshape(x, (len(xs), -1)) @ W.T
        return y + b[0] if b else y

    return called(run, *_present(x, W, b))


def convolution_2d(
    x: Any, W: Any, b: Any = None, stride: Any = 1, pad: Any = 0, use_cudnn: bool = True,
    cover_all: bool = False, deterministic: bool = False, dilate: Any = 1, groups: int = 1,
) -> Variable:  # fmt: skip
    """The cross-correlation of images (N, C, H, W) with kernels (out, in, h, w)."""
    only("F.convolution_2d", {"cover_all": cover_all, "groups": groups}, groups=1)
    same_dtype("Convolution2DFunction", array_of(x), array_of(W))

    def run(x: Any, W: Any, *b: Any) -> Any:
        y = conv2d(x, dilated(W, dilate), stride, pad)
        return y + b[0][:, None, None] if b else y

    return called(run, *_present(x, W, b))


def deconvolution_2d(
    x: Any,
    W: Any,
    b: Any = None,
    stride: Any = 1,
    pad: Any = 0,
    outsize: Any = None,
    use_cudnn: bool = True,
    deterministic: bool = False,
    dilate: int = 1,
    groups: int = 1,
) -> Variable:
    """The transpose of `convolution_2d`, with kernels (in, out, h, w)."""
    only("F.deconvolution_2d", {"dilate": dilate, "groups": groups}, dilate=1, groups=1)
    same_dtype("Deconvolution2DFunction", array_of(x), array_of(W))

    def run(x: Any, W: Any, *b: Any) -> Any:
        y = spread(x, W, stride, pad, outsize)
        return y + b[0][:, None, None] if b else y

    return called(run, *_present(x, W, b))


def max_pooling_2d(
    x: Any, ksize: Any, stride: Any = None, pad: Any = 0, cover_all: bool = True, **options: Any
) -> Variable:
    """The largest of each window; with `cover_all` also of those that hang over the end."""
    only("F.max_pooling_2d", options, "use_cudnn")
    return called(lambda v: max_pool(v, ksize, stride, pad, cover_all, on_image=False), x)


def average_pooling_2d(x: Any, ksize: Any, stride: Any = None, pad: Any = 0, **o: Any) -> Variable:
    """The mean of each window, padding counted."""
    only("F.average_pooling_2d", o, "use_cudnn")
    return called(lambda v: mean_pool(v, ksize, stride, pad), x)


def unpooling_2d(
    x: Any,
    ksize: Any,
    stride: Any = None,
    pad: Any = 0,
    outsize: Any = None,
    cover_all: bool = True,
) -> Variable:
    """Each element over a window of its own: the transpose of a sum over windows.

    With `cover_all` the image is the smallest whose windows, hanging over the end, are these.
    """
    kernel, frame = pair(ksize), pair(pad)
    step = kernel if stride is None else pair(stride)
    over = [s - 1 if cover_all else 0 for s in step]
    sides = zip(array_of(x).shape[2:], kernel, step, frame, over, strict=True)
    ends = outsize or [s * (n - 1) + k - 2 * p - o for n, k, s, p, o in sides]
    return called(lambda v: spread_each(v, kernel, step, frame, ends), x)


def local_response_normalization(
    x: Any, n: int = 5, k: float = 2, alpha: float = 1e-4, beta: float = 0.75
) -> Variable:
    """x / (k + alpha * the sum of squares of n channels around)^beta."""
    return called(lambda v: by_neighbours(v, n, k, alpha, beta), x)


def embed_id(x: Any, W: Any, ignore_label: Any = None) -> Variable:
    """The rows of W that the int32 ids name."""
    ids = array_of(x)
    expect("EmbedIDFunction", ids.dtype.kind == "i", "x.dtype.kind == i", ids.dtype)
    if ignore_label is None:
        return called(lambda w: nn.embedding(w, ids), W)
    kept = (ids != ignore_label)[..., None]
    safe = np.where(ids == ignore_label, 0, ids)
    return called(lambda w: np.where(kept, nn.embedding(w, safe), 0), W)


def dropout(x: Any, ratio: float = 0.5, train: bool = True) -> Variable:
    """x with each element zeroed with probability `ratio`, the rest scaled up."""
    if not train:
        return x if isinstance(x, Variable) else called(lambda v: v, x)
    data = array_of(x)
    scale = data.dtype.type(1 / (1 - ratio))
    mask = scale * (np.random.rand(*data.shape) >= ratio)
    return called(lambda v: v * mask, x)


def gaussian(mean: Any, ln_var: Any) -> Variable:
    """A draw from the normal distribution, as mean + exp(ln_var / 2) noise."""
    shape = array_of(mean).shape
    noise = np.random.standard_normal(shape).astype(array_of(mean).dtype)
    return called(lambda m, v: m + np.exp(v * 0.5) * noise, mean, ln_var)


def lstm(c_prev: Any, x: Any) -> Any:
    """One step of LSTM from (N, 4 units); the gates a, i, f, o are interleaved."""

    def run(c: Any, x: Any) -> Any:
        gates = np.reshape(x, (shape_of(x)[0], shape_of(x)[1] // 4, 4))
        a = np.tanh(gates[..., 0])
        i, f, o = (nn.sigmoid(gates[..., k]) for k in (1, 2, 3))
        c = a * i + f * c
        return c, o * np.tanh(c)

    return called(run, c_prev, x)


def batch_normalization(
    x: Any, gamma: Any, beta: Any, eps: float = 2e-5, running_mean: Any = None,
    running_var: Any = None, decay: float = 0.9, use_cudnn: bool = True,
) -> Variable:  # fmt: skip
    """Each channel less its mean, over its deviation, times gamma, plus beta.

    The running values stay as they are, as in chainer, whose function works on copies of them:
    `L.BatchNormalization` keeps its own.
    """
    return called(lambda v, g, b: nn.batch_norm(v, g, b, epsilon=eps), x, gamma, beta)


def fixed_batch_normalization(
    x: Any, gamma: Any, beta: Any, mean: Any, var: Any, eps: float = 2e-5, use_cudnn: bool = True
) -> Variable:
    """The same by a mean and variance given, which have gradients too where they are variables."""

    def run(v: Any, g: Any, b: Any, m: Any, s: Any) -> Any:
        return nn.batch_norm(v, g, b, mean=m, variance=s, epsilon=eps)

    return called(run, x, gamma, beta, mean, var)


def softmax(x: Any, use_cudnn: bool = True) -> Variable:
    """exp(x) over its sum, along axis 1."""
    return called(lambda v: nn.softmax(v, axis=1), x)


def log_softmax(x: Any, use_cudnn: bool = True) -> Variable:
    """Its logarithm."""
    return called(lambda v: nn.log_softmax(v, axis=1), x)


__all__ = [
    "average_pooling_2d",
    "batch_normalization",
    "convolution_2d",
    "deconvolution_2d",
    "dropout",
    "embed_id",
    "fixed_batch_normalization",
    "gaussian",
    "linear",
    "local_response_normalization",
    "log_softmax",
    "lstm",
    "max_pooling_2d",
    "softmax",
    "unpooling_2d",
]  # fmt: skip
