"""TensorFlow's layout of the ops that have one: further inputs, and attributes.

What is a parameter of an op here (the axes of a sum) is in TensorFlow another input, a constant, or
an attribute.  Each function adds these to a node; one that TensorFlow could not say gets a type of
our own.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from autodiff.core.language.equation import Equation
from autodiff.frontends.tensorflow.graph.attributes import type_number
from autodiff.frontends.tensorflow.graph.tensor import Tensor


def name_as_ours(node: Any) -> None:
    """A type of our own, where TensorFlow's of that name would be told more."""
    node.op = f"Autodiff{node.op}"


def _where(writer: Any, node: Any, equation: Equation) -> None:
    node.attr["T"].type = type_number(equation.value.dtype)


def as_it_is(writer: Any, node: Any, equation: Equation) -> None:
    """Of an op without a layout: its inputs are all that it is told, or it is one of ours."""
    if equation.params:
        name_as_ours(node)


def _of_last_axis(writer: Any, node: Any, equation: Equation) -> None:
    rank = _rank(equation)
    if equation.params.get("axis", -1) not in (-1, None if rank is None else rank - 1):
        name_as_ours(node)


def _getitem(writer: Any, node: Any, equation: Equation) -> None:
    """A slice with its bounds as three inputs and bits; rows by their numbers as `Gather`."""
    index = equation.params["index"]
    if isinstance(index, np.ndarray) and index.dtype.kind in "iu":
        node.op, node.attr["Tparams"].type = "Gather", node.attr["T"].type
        node.attr["Tindices"].type = type_number(np.int32)
        del node.attr["T"]
        node.input.append(writer.constant(node.name, "indices", index.astype(np.int32)))
        return
    parts = index if isinstance(index, tuple) else (index,)
    plain = (int, np.integer, slice, type(None), type(Ellipsis))
    if not all(isinstance(part, plain) and not isinstance(part, bool) for part in parts):
        name_as_ours(node)
        return
    node.op, node.attr["Index"].type = "StridedSlice", type_number(np.int32)
    masks = dict.fromkeys(("begin", "end", "ellipsis", "new_axis", "shrink_axis"), 0)
    bounds = []
    for place, part in enumerate(parts):
        low, high, step = 0, 0, 1
        if part is None or part is Ellipsis:
            masks["new_axis" if part is None else "ellipsis"] |= 1 << place
        elif isinstance(part, slice):
            step = 1 if part.step is None else int(part.step)
            for key, end in (("begin", part.start), ("end", part.stop)):
                masks[key] |= (end is None) << place
            low, high = (0 if end is None else int(end) for end in (part.start, part.stop))
        else:
            masks["shrink_axis"] |= 1 << place
            low, high = int(part), int(part) + 1
        bounds.append((low, high, step))
    for own, values in zip(("begin", "end", "strides"), zip(*bounds, strict=True), strict=True):
        node.input.append(writer.constant(node.name, own, np.array(values, np.int32)))
    for key, mask in masks.items():
        node.attr[f"{key}_mask"].i = mask


def _reduction(writer: Any, node: Any, equation: Equation) -> None:
    axis, rank = equation.params.get("axis"), _rank(equation)
    if axis is None and rank is None:
        return
    axes = range(rank or 0) if axis is None else np.ravel(axis)
    node.input.append(writer.constant(node.name, "axes", np.array(list(axes), np.int32)))
    node.attr["keep_dims"].b = bool(equation.params.get("keepdims", False))
    node.attr["Tidx"].type = type_number(np.int32)


def _integers(own: str, param: str, default: Callable[[Any], Any] | None = None) -> Any:
    """A parameter of integers that TensorFlow reads as one more input."""

    def layout(writer: Any, node: Any, equation: Equation) -> None:
        value = equation.params.get(param)
        value = default(equation) if value is None and default else value
        if value is not None:
            node.input.append(writer.constant(node.name, own, np.array(value, np.int32)))

    return layout


def _concatenate(writer: Any, node: Any, equation: Equation) -> None:
    node.op, node.attr["N"].i = "ConcatV2", len(equation.inputs)
    axis = equation.params.get("axis", 0)
    node.input.append(writer.constant(node.name, "axis", np.int32(axis)))


def _stack(writer: Any, node: Any, equation: Equation) -> None:
    node.attr["N"].i, node.attr["axis"].i = len(equation.inputs), equation.params.get("axis", 0)


def _matmul(writer: Any, node: Any, equation: Equation) -> None:
    if _rank(equation) == 2:
        node.op = "MatMul"
        node.attr["transpose_a"].b = node.attr["transpose_b"].b = False
    else:
        node.op = "BatchMatMul"


def _cast(writer: Any, node: Any, equation: Equation) -> None:
    node.attr["SrcT"].type = node.attr["T"].type
    del node.attr["T"]
    node.attr["DstT"].type = type_number(equation.params["dtype"])


def _squeeze(writer: Any, node: Any, equation: Equation) -> None:
    axes = equation.params.get("axis")
    node.attr["squeeze_dims"].list.i.extend(
        [] if axes is None else [int(a) for a in np.ravel(axes)]
    )


def _windows(writer: Any, node: Any, equation: Equation) -> None:
    params = equation.params
    if "kernel" in params:
        node.attr["ksize"].list.i.extend([1, *params["kernel"], 1])
    node.attr["strides"].list.i.extend([1, *params["strides"], 1])
    node.attr["padding"].s = params["padding"].encode()
    node.attr["data_format"].s = b"NHWC"


def _rank(equation: Equation) -> int | None:
    first = equation.primals[0]
    dims = first.dims if isinstance(first, Tensor) else np.shape(first)
    return None if dims is None else len(dims)


LAYOUTS: dict[str, Callable[[Any, Any, Equation], None]] = {
    **dict.fromkeys(("sum", "mean", "max", "min", "prod", "all", "any"), _reduction),
    "reshape": _integers("shape", "shape"),
    "transpose": _integers("perm", "axes", lambda e: list(range(_rank(e) or 0))[::-1]),
    "expand_dims": _integers("dim", "axis"),
    "argmax": _integers("dimension", "axis"),
    "argmin": _integers("dimension", "axis"),
    "tile": _integers("multiples", "reps"),
    "pad": _integers("paddings", "pad_width"),
    "concatenate": _concatenate,
    "stack": _stack,
    "matmul": _matmul,
    "astype": _cast,
    "getitem": _getitem,
    "log_softmax": _of_last_axis,
    "softmax": _of_last_axis,
    "squeeze": _squeeze,
    "where": _where,
    "conv2d_channels_last": _windows,
    "max_pool_channels_last": _windows,
    "avg_pool_channels_last": _windows,
}
"""How TensorFlow lays out the nodes of some ops; of those without parameters the inputs are all."""
