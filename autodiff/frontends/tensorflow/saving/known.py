"""TensorFlow's node types that are known: how a node of a message becomes one of ours.

Each entry is a function of the inputs, the attributes and the name.  It covers what the networks
of the time are made of, as their frozen files hold them: products, convolutions, pooling,
normalization, activations, shapes, joining.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

import autodiff.frontends.tensorflow.image as image
import autodiff.frontends.tensorflow.nn as nn
import autodiff.frontends.tensorflow.ops as ops
from autodiff.frontends.tensorflow.control.flow import identity, no_op, stop_gradient
from autodiff.frontends.tensorflow.declaring.staging import constant_value
from autodiff.frontends.tensorflow.graph.attributes import dims_of_message, dtype_of_number
from autodiff.frontends.tensorflow.graph.inputs import placeholder_with_default
from autodiff.frontends.tensorflow.graph.tensor import Tensor
from autodiff.frontends.tensorflow.ground.errors import UnimplementedError
from autodiff.frontends.tensorflow.ops import math, special
from autodiff.frontends.tensorflow.variables.variables import Variable, acting, assign_op

Build = Callable[[list[Any], Any, str], Any]
"""inputs, attributes, name: the tensor, the operation or the list of tensors."""


def _value(tensor: Any) -> Any:
    """The value of an input that has to be a constant."""
    found = constant_value(tensor)
    if isinstance(found, Tensor):
        raise UnimplementedError(f"{found.name} has to be a constant to be read from a message.")
    return found


def _ints(tensor: Any) -> Any:
    """A constant input as Python's integers, or the tensor where it is computed."""
    found = constant_value(tensor)
    return found if isinstance(found, Tensor) else np.asarray(found).tolist()


def _plain(function: Callable[..., Any]) -> Build:
    return lambda inputs, attr, name: function(*inputs, name=name)


def _reduction(function: Callable[..., Any]) -> Build:
    return lambda inputs, attr, name: function(
        inputs[0], _ints(inputs[1]), keep_dims=attr["keep_dims"].b, name=name
    )


def _along(function: Callable[..., Any]) -> Build:
    return lambda inputs, attr, name: function(inputs[0], _value(inputs[1]), name=name)


def _windows(function: Callable[..., Any], *given: str) -> Build:
    """A convolution or a pooling, whose strides and padding are attributes."""

    def build(inputs: list[Any], attr: Any, name: str) -> Any:
        more = {"data_format": attr["data_format"].s.decode()} if attr["data_format"].s else {}
        sizes = [list(attr[key].list.i) for key in given]
        return function(*inputs, *sizes, attr["padding"].s.decode(), name=name, **more)

    return build


def _matmul(inputs: list[Any], attr: Any, name: str) -> Any:
    flags = attr["transpose_a"].b, attr["transpose_b"].b
    return math.matmul(*inputs, *flags, name=name)


def _batch_matmul(inputs: list[Any], attr: Any, name: str) -> Any:
    return math.batch_matmul(*inputs, attr["adj_x"].b, attr["adj_y"].b, name=name)


def _split(inputs: list[Any], attr: Any, name: str) -> Any:
    return ops.split(int(_value(inputs[0])), attr["num_split"].i, inputs[1])


def _strided_slice(inputs: list[Any], attr: Any, name: str) -> Any:
    """x[index], whose masks say bit by bit which bounds are left out, and which axes vanish."""
    x, begin, end, strides = inputs
    masks = {
        key: attr[f"{key}_mask"].i
        for key in ("begin", "end", "ellipsis", "new_axis", "shrink_axis")
    }
    index: list[Any] = []
    for place, (low, high, step) in enumerate(
        zip(*map(_value, (begin, end, strides)), strict=True)
    ):
        bit = 1 << place
        if masks["ellipsis"] & bit:
            index.append(Ellipsis)
        elif masks["new_axis"] & bit:
            index.append(None)
        elif masks["shrink_axis"] & bit:
            index.append(int(low))
        else:
            first = None if masks["begin"] & bit else int(low)
            index.append(slice(first, None if masks["end"] & bit else int(high), int(step)))
    return x[tuple(index)]


def _gather(inputs: list[Any], attr: Any, name: str) -> Any:
    """Entries along an axis, which is the third input: of another axis than the first as rows."""
    x, places, axis = inputs[0], inputs[1], int(_value(inputs[2]))
    if axis == 0:
        return ops.gather(x, places, name=name)
    if x.dims is None or places.dims is None or len(places.dims) != 1:
        raise UnimplementedError(f"entries along axis {axis} are taken by one row of places")
    order = list(range(len(x.dims)))
    order[0], order[axis] = order[axis], order[0]
    return ops.transpose(ops.gather(ops.transpose(x, order), places), order, name)


def _global_normalization(inputs: list[Any], attr: Any, name: str) -> Any:
    x, mean, variance, beta, gamma = inputs
    scale = gamma if attr["scale_after_normalization"].b else None
    epsilon = attr["variance_epsilon"].f
    return nn.batch_normalization(x, mean, variance, beta, scale, epsilon)


def _fused_normalization(inputs: list[Any], attr: Any, name: str) -> Any:
    """Of a trained network: with the moments that it was saved with."""
    x, scale, offset, mean, variance = inputs
    if attr["is_training"].b if "is_training" in attr else True:
        mean, variance = nn.moments(x, [0, 1, 2])
    return nn.batch_normalization(x, mean, variance, offset, scale, attr["epsilon"].f or 1e-4)


def _lrn(inputs: list[Any], attr: Any, name: str) -> Any:
    given = {
        key: attr[key].f if key in attr else 1.0 if key != "beta" else 0.5
        for key in ("bias", "alpha", "beta")
    }
    radius = attr["depth_radius"].i if "depth_radius" in attr else 5
    return nn.local_response_normalization(inputs[0], radius, name=name, **given)


def _resize(function: Callable[..., Any]) -> Build:
    return lambda inputs, attr, name: function(
        inputs[0], _ints(inputs[1]), align_corners=attr["align_corners"].b
    )


def _assign(inputs: list[Any], attr: Any, name: str) -> Any:
    variable, value = inputs
    made = acting(variable, assign_op, (value,), name, "Assign")
    if isinstance(variable, Variable) and not hasattr(variable, "initializer"):
        made.op.node.note["initial"] = True
        variable.initializer, variable.initial_value = made.op, value
    return made


def _cast(inputs: list[Any], attr: Any, name: str) -> Any:
    return ops.cast(inputs[0], dtype_of_number(attr["DstT"].type), name=name)


def _squeeze(inputs: list[Any], attr: Any, name: str) -> Any:
    return ops.squeeze(inputs[0], list(attr["squeeze_dims"].list.i), name=name)


def _default(inputs: list[Any], attr: Any, name: str) -> Any:
    return placeholder_with_default(inputs[0], dims_of_message(attr["shape"].shape), name=name)


def _unpack(inputs: list[Any], attr: Any, name: str) -> Any:
    return ops.unpack(inputs[0], attr["num"].i, attr["axis"].i)


def _one_hot(inputs: list[Any], attr: Any, name: str) -> Any:
    indices, depth, on, off = inputs
    axis = attr["axis"].i if "axis" in attr else -1
    return ops.one_hot(indices, int(_value(depth)), _value(on), _value(off), axis)


def _random(function: Callable[..., Any]) -> Build:
    def build(inputs: list[Any], attr: Any, name: str) -> Any:
        seed = attr["seed2"].i or attr["seed"].i or None
        dtype = dtype_of_number(attr["dtype"].type)
        return function(_ints(inputs[0]), dtype=dtype, seed=seed, name=name)

    return build


def _elementwise() -> dict[str, Build]:
    """Those whose inputs are all there is, by the types under which they are declared."""
    found = {}
    for module in (math, special, nn.activations):
        for function in vars(module).values():
            own = getattr(function, "__name__", "")
            if callable(function) and own[:1].isupper() and hasattr(function, "__signature__"):
                found[own] = _plain(function)
    return found


KNOWN: dict[str, Build] = _elementwise() | {
    "AddN": lambda inputs, attr, name: math.add_n(inputs),
    "AddV2": _plain(math.add),
    "ArgMax": _along(ops.argmax),
    "ArgMin": _along(ops.argmin),
    "Assign": _assign,
    "AssignVariableOp": _assign,
    "AvgPool": _windows(nn.avg_pool, "ksize", "strides"),
    "BatchMatMul": _batch_matmul,
    "BatchNormWithGlobalNormalization": _global_normalization,
    "BiasAdd": _plain(nn.bias_add),
    "Cast": _cast,
    "CheckNumerics": lambda inputs, attr, name: identity(inputs[0], name),
    "Concat": lambda inputs, attr, name: ops.concat(int(_value(inputs[0])), inputs[1:], name),
    "ConcatV2": lambda inputs, attr, name: ops.concat(int(_value(inputs[-1])), inputs[:-1], name),
    "Conv2D": _windows(nn.conv2d, "strides"),
    "DepthwiseConv2dNative": _windows(nn.depthwise_conv2d, "strides"),
    "Div": _plain(math.div),
    "ExpandDims": _along(ops.expand_dims),
    "Fill": lambda inputs, attr, name: ops.fill(_ints(inputs[0]), inputs[1], name=name),
    "FusedBatchNorm": _fused_normalization,
    "FusedBatchNormV2": _fused_normalization,
    "FusedBatchNormV3": _fused_normalization,
    "Gather": lambda inputs, attr, name: ops.gather(inputs[0], inputs[1], name=name),
    "GatherV2": _gather,
    "Identity": _plain(identity),
    "L2Loss": lambda inputs, attr, name: nn.l2_loss(inputs[0]),
    "LRN": _lrn,
    "LogSoftmax": _plain(nn.log_softmax),
    "MatMul": _matmul,
    "MaxPool": _windows(nn.max_pool, "ksize", "strides"),
    "Mean": _reduction(ops.reduce_mean),
    "Max": _reduction(ops.reduce_max),
    "Min": _reduction(ops.reduce_min),
    "NoOp": lambda inputs, attr, name: no_op(name),
    "OneHot": _one_hot,
    "OnesLike": _plain(ops.ones_like),
    "Pack": lambda inputs, attr, name: ops.pack(inputs, attr["axis"].i, name),
    "Pad": lambda inputs, attr, name: ops.pad(inputs[0], _ints(inputs[1]), name=name),
    "PlaceholderWithDefault": _default,
    "Prod": _reduction(ops.reduce_prod),
    "RandomStandardNormal": _random(ops.random_normal),
    "RandomUniform": _random(ops.random_uniform),
    "Range": lambda inputs, attr, name: ops.range(*map(_ints, inputs), name=name),
    "Rank": _plain(ops.rank),
    "ReadVariableOp": _plain(identity),
    "Reshape": lambda inputs, attr, name: ops.reshape(inputs[0], _ints(inputs[1]), name=name),
    "ResizeBilinear": _resize(image.resize_bilinear),
    "ResizeNearestNeighbor": _resize(image.resize_nearest_neighbor),
    "Rsqrt": lambda inputs, attr, name: math.rsqrt(inputs[0]),
    "Select": _plain(ops.select),
    "Shape": _plain(ops.shape),
    "Size": _plain(ops.size),
    "Slice": lambda inputs, attr, name: ops.slice(*inputs, name=name),
    "Softmax": _plain(nn.softmax),
    "Split": _split,
    "SquaredDifference": lambda inputs, attr, name: math.squared_difference(*inputs),
    "Squeeze": _squeeze,
    "StopGradient": _plain(stop_gradient),
    "StridedSlice": _strided_slice,
    "Sum": _reduction(ops.reduce_sum),
    "Tile": lambda inputs, attr, name: ops.tile(inputs[0], _ints(inputs[1]), name=name),
    "Transpose": lambda inputs, attr, name: ops.transpose(inputs[0], _value(inputs[1]), name),
    "TruncatedNormal": _random(ops.truncated_normal),
    "Unpack": _unpack,
    "ZerosLike": _plain(ops.zeros_like),
}
"""What each type becomes; a type that is not here is told when its node is run."""
