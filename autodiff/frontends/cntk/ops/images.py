"""Windows of images (channels, rows, columns): convolution, pooling, batch normalization.

With padding the first window is centred so that as many cells lie outside on both sides, and there
is one for each stride; without it a window lies inside.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from autodiff.core.ground.locations import here
from autodiff.core.language.dispatch import ground
from autodiff.frontends.cntk.graph.functions import Function, apply, as_function
from autodiff.frontends.cntk.graph.state import training
from autodiff.frontends.common.options import only
from autodiff.frontends.common.pooling import max_pool, mean_pool
from autodiff.ops.networks.images import conv2d
from autodiff.ops.networks.windows import pair

MAX_POOLING, AVG_POOLING = "max", "average"


def _spatial(given: Any) -> tuple[int, int]:
    """The last two of a setting that may count the channels too."""
    values = np.ravel(given)
    return pair(int(values[0])) if values.size == 1 else pair(values[-2:])


def _frame(
    size: tuple[int, int], kernel: tuple[int, int], stride: tuple[int, int], padding: Any
) -> tuple[list[tuple[int, int]], tuple[int, int]]:
    """Cells to add before and after each axis, and the number of windows."""
    added, counts = [], []
    for n, k, s, pad in zip(size, kernel, stride, _spatial(padding), strict=True):
        if not pad and k > n:
            raise ValueError(f"a window of {kernel} does not fit an image of {size}.{here()}")
        count = (n - 1) // s + 1 if pad else (n - k) // s + 1
        before = (k - 1) // 2 - (n - ((count - 1) * s + 1)) // 2 if pad else 0
        after = (count - 1) * s + k - n - before
        added.append((before, after))
        counts.append(count)
    return added, (counts[0], counts[1])


def _framed(x: Any, added: list[tuple[int, int]], fill: float) -> Any:
    """The images with cells added, or, where that is below 0, taken off."""
    cut = [slice(max(0, -b), n + min(0, a)) for (b, a), n in zip(added, x.shape[-2:], strict=True)]
    x = x[..., cut[0], cut[1]]
    more = [(max(0, b), max(0, a)) for b, a in added]
    if not any(map(any, more)):
        return x
    return np.pad(x, [(0, 0)] * (x.ndim - 2) + more, constant_values=fill)


def _rows(v: Any) -> Any:
    """(samples, steps, C, H, W) as (samples steps, C, H, W)."""
    return np.reshape(v, (-1, *np.shape(v)[2:]))


def convolution(
    convolution_map: Any, operand: Any, strides: Any = (1,), sharing: Any = True,
    auto_padding: Any = True, name: str = "", **options: Any,
) -> Function:  # fmt: skip
    """Products of the kernels (maps, channels, rows, columns) with every window."""
    only(
        "convolution",
        {"sharing": sharing, **options},
        "max_temp_mem_size_in_samples",
        sharing=True,
        transpose=False,
        reduction_rank=1,
        groups=1,
        dilation=1,
    )
    w, x = as_function(convolution_map), as_function(operand)
    if len(x.shape) != 3 or len(w.shape) != 4 or w.shape[1] != x.shape[0]:
        raise ValueError(
            f"Convolution: kernels of shape {w.shape} do not fit an image of shape {x.shape}: they "
            f"are (maps, channels, rows, columns) and (channels, rows, columns).{here()}"
        )
    stride = _spatial(strides)
    added, counts = _frame(x.shape[1:], w.shape[2:], stride, auto_padding)

    def code(w: Any, v: Any) -> Any:
        y = conv2d(_framed(_rows(v), added, 0.0), w, stride=stride)
        return np.reshape(y, (*np.shape(v)[:2], w.shape[0], *counts))

    return apply("convolution", code, w, x, shape=(w.shape[0], *counts), label=name)


def pooling(
    operand: Any, pooling_type: str, pooling_window_shape: Any, strides: Any = (1,),
    auto_padding: Any = False, name: str = "", **options: Any,
) -> Function:  # fmt: skip
    """The largest number, or the mean, of each window; cells outside do not count."""
    only("pooling", options)
    x, kernel, stride = as_function(operand), _spatial(pooling_window_shape), _spatial(strides)
    added, counts = _frame(x.shape[1:], kernel, stride, auto_padding)
    area = _framed(np.ones((1, 1, *x.shape[1:])), added, 0.0)
    share = math.prod(kernel) * mean_pool(area, kernel, stride)

    def code(v: Any) -> Any:
        if pooling_type == MAX_POOLING:
            y = max_pool(_framed(_rows(v), added, -np.inf), kernel, stride)
        else:
            whole = mean_pool(_framed(_rows(v), added, 0.0), kernel, stride)
            y = whole * (math.prod(kernel) / share).astype(ground(v).dtype)
        return np.reshape(y, (*np.shape(v)[:3], *counts))

    return apply(f"{pooling_type}_pooling", code, x, shape=(x.shape[0], *counts), label=name)


def batch_normalization(
    operand: Any, scale: Any, bias: Any, running_mean: Any, running_inv_std: Any,
    spatial: bool, normalization_time_constant: float = 5000, blend_time_constant: float = 0,
    epsilon: float = 1e-5, use_cudnn_engine: bool = False, name: str = "", **options: Any,
) -> Function:  # fmt: skip
    """(x - mean) / sqrt(variance + epsilon) scale + bias, of the minibatch while training.

    The running values take in exp(-N / time constant) of what they were; they are used otherwise.
    """
    asked = options | {"blend_time_constant": blend_time_constant}
    only("batch_normalization", asked, "running_count",
         blend_time_constant=0)  # fmt: skip
    x, g, b, mean, spread = map(as_function, (operand, scale, bias, running_mean, running_inv_std))
    axes = (0, 1, 3, 4)[: 2 + 2 * (spatial and len(x.shape) == 3)]
    wide = (-1, 1, 1) if spatial and len(x.shape) == 3 else x.shape

    def code(v: Any, g: Any, b: Any) -> Any:
        kept: tuple[Any, Any] = mean, spread  # type: ignore[assignment]
        if training[0]:
            m = np.mean(v, axis=axes, keepdims=True)
            inverse = 1 / np.sqrt(np.mean((v - m) ** 2, axis=axes, keepdims=True) + epsilon)
            count = int(np.prod(np.shape(ground(v))[:2]))
            old = math.exp(-count / normalization_time_constant)
            for leaf, own in zip(kept, (m, inverse), strict=True):
                new = np.reshape(ground(own), np.shape(leaf.stored))
                leaf.stored = new if not leaf.seen else old * leaf.stored + (1 - old) * new
                leaf.seen = True
        else:
            m, inverse = (np.reshape(leaf.stored, wide) for leaf in kept)
        return (v - m) * inverse * np.reshape(g, wide) + np.reshape(b, wide)

    return apply("batch_normalization", code, x, g, b, shape=x.shape, label=name)
