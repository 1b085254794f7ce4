"""The table of ops: one entry serves the Symbol and the NDArray of that name.

An entry says which arguments become variables of their own, their settings with defaults, the
shapes that follow from the data's, and the code over arrays.  Loss layers, in `losses`, ignore
the gradient that arrives.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np

import autodiff as ad
from autodiff.core.ground.locations import here
from autodiff.core.language.dispatch import ground
from autodiff.frontends.common.conventions import (
    exponential_linear,
    rectified,
)
from autodiff.frontends.common.convolving import dilated, spread
from autodiff.frontends.common.normalizing import by_neighbours
from autodiff.frontends.common.options import only
from autodiff.frontends.common.pooling import max_pool, mean_pool
from autodiff.frontends.mxnet.ground.errors import MXNetError
from autodiff.frontends.mxnet.ground.generating import generator
from autodiff.frontends.mxnet.table.arithmetic import BINARY as BINARY
from autodiff.frontends.mxnet.table.entries import OPS, REQUIRED, Entry, Shapes, Words, op, pair
from autodiff.frontends.mxnet.table.losses import loss_layer as loss_layer
from autodiff.frontends.mxnet.table.reshaping import flattened as flattened
from autodiff.ops.ground.arguments import shape_of
from autodiff.ops.networks import nn
from autodiff.ops.networks.images import conv2d

# -- layers -----------------------------------------------------------------------------------


def _dense(shapes: Shapes, s: dict[str, Any]) -> Shapes:
    data = shapes[0]
    inputs = math.prod(data[1:]) if s["flatten"] else data[-1]
    wanted = [data, (s["num_hidden"], inputs), (s["num_hidden"],)]
    return wanted[: len(shapes)]


@op("FullyConnected", "data", "weight", "bias", num_hidden=REQUIRED, no_bias=False, flatten=True,
    infer=_dense, optional_bias=True)  # fmt: skip
def _fully_connected(x: Any, w: Any, *b: Any, num_hidden: int, **s: Any) -> Any:
    y = (np.reshape(x, (shape_of(x)[0], -1)) if s["flatten"] else x) @ w.T
    return y + b[0] if b else y


def _kernels(shapes: Shapes, s: dict[str, Any]) -> Shapes:
    kernel = tuple(s["kernel"])
    wanted = [shapes[0], (s["num_filter"], shapes[0][1] // s["num_group"], *kernel),
              (s["num_filter"],)]  # fmt: skip
    return wanted[: len(shapes)]


@op("Convolution", "data", "weight", "bias", kernel=REQUIRED, num_filter=REQUIRED, stride=None,
    pad=None, dilate=None, num_group=1, no_bias=False, infer=_kernels,
    optional_bias=True)  # fmt: skip
def _convolution(x: Any, w: Any, *b: Any, stride: Any, pad: Any, num_group: int, **s: Any) -> Any:
    w = dilated(w, pair(s["dilate"]) or 1)
    if num_group > 1:
        xs, ws = np.split(x, num_group, axis=1), np.split(w, num_group, axis=0)
        pairs = zip(xs, ws, strict=True)
        y = np.concatenate([conv2d(a, c, pair(stride) or 1, pair(pad) or 0) for a, c in pairs], 1)
    else:
        y = conv2d(x, w, pair(stride) or 1, pair(pad) or 0)
    return y + b[0][:, None, None] if b else y


def _kernels_back(shapes: Shapes, s: dict[str, Any]) -> Shapes:
    wanted = [shapes[0], (shapes[0][1], s["num_filter"], *s["kernel"]), (s["num_filter"],)]
    return wanted[: len(shapes)]


@op("Deconvolution", "data", "weight", "bias", kernel=REQUIRED, num_filter=REQUIRED, stride=None,
    pad=None, adj=(0, 0), target_shape=None, num_group=1, no_bias=True, infer=_kernels_back,
    optional_bias=True)  # fmt: skip
def _deconvolution(x: Any, w: Any, *b: Any, stride: Any, pad: Any, target_shape: Any,
                   num_group: int, **s: Any) -> Any:  # fmt: skip
    if num_group > 1 or any(pair(s["adj"])):
        raise MXNetError(f"Deconvolution has one group here, and adj (0, 0).{here()}")
    y = spread(x, w, pair(stride) or 1, pair(pad) or 0, target_shape or None)
    return y + b[0][:, None, None] if b else y


@op("LRN", nsize=REQUIRED, alpha=1e-4, beta=0.75, knorm=2.0)
def _lrn(x: Any, *, nsize: int, alpha: float, beta: float, knorm: float) -> Any:
    return by_neighbours(x, nsize, knorm, alpha / nsize, beta)


@op("L2Normalization", eps=1e-10, mode=Words("instance", "channel", "spatial"))
def _l2(x: Any, *, eps: float, mode: str) -> Any:
    rank = len(shape_of(x))
    first, last = {"instance": (1, rank), "channel": (1, 2), "spatial": (2, rank)}[mode]
    axes = tuple(range(first, last))
    return x / np.sqrt(np.sum(x * x, axis=axes, keepdims=True) + eps)


@op("Pooling", kernel=(1, 1), pool_type=Words("max", "avg", "sum"), stride=None, pad=None,
    global_pool=False, pooling_convention=Words("valid", "full"))  # fmt: skip
def _pooling(x: Any, *, kernel: Any, pool_type: str, stride: Any, pad: Any, global_pool: bool,
             pooling_convention: str) -> Any:  # fmt: skip
    if global_pool:
        kernel, stride, pad = shape_of(x)[2:], None, None
    up = pooling_convention == "full"
    step, frame = pair(stride) or (1, 1), pair(pad) or 0
    if pool_type == "max":
        return max_pool(x, tuple(kernel), step, frame, up, on_image=False)
    found = mean_pool(x, tuple(kernel), step, frame, up, on_image=False)
    return found * math.prod(kernel) if pool_type == "sum" else found


ACTIVATIONS = {"relu": nn.relu, "sigmoid": nn.sigmoid, "tanh": np.tanh, "softrelu": nn.softplus}


@op("Activation", act_type=REQUIRED)
def _activation(x: Any, *, act_type: str) -> Any:
    if act_type not in ACTIVATIONS:
        raise MXNetError(f"act_type {act_type!r}: there are {', '.join(ACTIVATIONS)}.{here()}")
    return ACTIVATIONS[act_type](x)


@op("LeakyReLU", act_type="leaky", slope=0.25, lower_bound=0.125, upper_bound=0.334)
def _leaky(x: Any, *, act_type: str, slope: float, lower_bound: float,
           upper_bound: float) -> Any:  # fmt: skip
    if act_type not in ("leaky", "elu"):
        raise MXNetError(f"LeakyReLU: act_type is leaky or elu here, not {act_type!r}.{here()}")
    if act_type == "elu":
        return exponential_linear(x, slope).astype(ground(x).dtype)
    return rectified(slope, slope)(x)


@op("Dropout", p=0.5)
def _dropout(x: Any, *, p: float, is_train: bool = False) -> Any:
    return nn.dropout(x, p, generator[0]).astype(ground(x).dtype) if is_train else x


def _channels(shapes: Shapes, s: dict[str, Any]) -> Shapes:
    return [shapes[0], *[(shapes[0][1],)] * (len(shapes) - 1)]


@op("BatchNorm", "data", "gamma", "beta", eps=1e-3, momentum=0.9, fix_gamma=True,
    use_global_stats=False, output_mean_var=False, infer=_channels,
    aux=("moving_mean", "moving_var"))  # fmt: skip
def _batch_norm(x: Any, gamma: Any, beta: Any, mean: Any, var: Any, *, eps: float, momentum: float,
                fix_gamma: bool, use_global_stats: bool, output_mean_var: bool,
                is_train: bool = False) -> Any:  # fmt: skip
    only("BatchNorm", {"output_mean_var": output_mean_var})
    if fix_gamma:
        gamma = np.ones_like(ground(gamma))
    if not is_train or use_global_stats:
        return nn.batch_norm(x, gamma, beta, mean=mean, variance=var, epsilon=eps)
    data = ground(x)
    axes = (0, *range(2, data.ndim))
    new = [momentum * old + (1 - momentum) * now
           for old, now in ((mean, data.mean(axes)), (var, data.var(axes)))]  # fmt: skip
    return WithAux(nn.batch_norm(x, gamma, beta, epsilon=eps), new)


@dataclass
class WithAux:
    """A result, and what the auxiliary states are to become."""

    value: Any
    aux: list[Any]


@op("Embedding", "data", "weight", input_dim=REQUIRED, output_dim=REQUIRED,
    infer=lambda shapes, s: [shapes[0], (s["input_dim"], s["output_dim"])])  # fmt: skip
def _embedding(x: Any, w: Any, *, input_dim: int, output_dim: int) -> Any:
    return nn.embedding(w, np.asarray(ground(x)).astype(int))


@op("BlockGrad")
def _block_grad(x: Any) -> Any:
    return ad.stop_gradient(x)


@op("batch_dot", "lhs", "rhs", transpose_a=False, transpose_b=False,
    infer=lambda shapes, s: shapes)  # fmt: skip
def _batch_dot(a: Any, b: Any, *, transpose_a: bool, transpose_b: bool) -> Any:
    a = np.swapaxes(a, -1, -2) if transpose_a else a
    return a @ (np.swapaxes(b, -1, -2) if transpose_b else b)


@op("SoftmaxActivation", mode=Words("instance", "channel"))
def _softmax_activation(x: Any, *, mode: str) -> Any:
    return nn.softmax(x, axis=1 if mode == "channel" else -1)


OPS["softmax"] = Entry("softmax", lambda x, axis: nn.softmax(x, axis=axis), settings={"axis": -1})
OPS["log_softmax"] = Entry(
    "log_softmax", lambda x, axis: nn.log_softmax(x, axis=axis), settings={"axis": -1}
)
OPS["dot"] = Entry(
    "dot", lambda a, b, transpose_a, transpose_b: (a.T if transpose_a else a)
    @ (b.T if transpose_b else b), ("lhs", "rhs"),
    {"transpose_a": False, "transpose_b": False},
)  # fmt: skip
OPS["clip"] = Entry(
    "clip",
    lambda x, a_min, a_max: np.clip(x, a_min, a_max),
    settings={"a_min": REQUIRED, "a_max": REQUIRED},
)
OPS["one_hot"] = Entry(
    "one_hot", lambda x, depth: np.eye(depth, dtype=np.float32)[np.asarray(ground(x)).astype(int)],
    settings={"depth": REQUIRED},
)  # fmt: skip

# -- elementwise, and reductions -------------------------------------------------------------------


for _alias, _own in {"Softmax": "SoftmaxOutput", "add_n": "ElementWiseSum", "flatten": "Flatten",
                     "reshape": "Reshape", "stop_gradient": "BlockGrad", "split": "SliceChannel",
                     "concat": "Concat", "make_loss": "MakeLoss",
                     "swapaxes": "SwapAxis", "sum_axis": "sum", "max_axis": "max",
                     "min_axis": "min"}.items():  # fmt: skip
    OPS[_alias] = OPS[_own]
