"""Arithmetic, elementary functions and reductions by their names of 0.11."""

from __future__ import annotations

from typing import Any

import numpy as np

from autodiff.core.registry import registry
from autodiff.frontends.tensorflow.declare import named
from autodiff.frontends.tensorflow.inputs import convert_to_tensor
from autodiff.frontends.tensorflow.tensor import Tensor

add = named("Add", np.add, "x y")
sub = named("Sub", np.subtract, "x y")
mul = named("Mul", np.multiply, "x y")
div = named("Div", np.true_divide, "x y")
neg = named("Neg", np.negative)
log = named("Log", np.log)
exp = named("Exp", np.exp)
square = named("Square", np.square)
sqrt = named("Sqrt", np.sqrt)
tanh = named("Tanh", np.tanh)
sigmoid = named("Sigmoid", registry["sigmoid"])


def matmul(
    a: Any, b: Any, transpose_a: bool = False, transpose_b: bool = False, name: str | None = None
) -> Tensor:
    """The matrix product, of the transposes where asked for."""
    a, b = convert_to_tensor(a), convert_to_tensor(b)
    a = np.swapaxes(a, -1, -2) if transpose_a else a
    b = np.swapaxes(b, -1, -2) if transpose_b else b
    return a.owner.stage(registry["matmul"], (a, b), {}, name, "MatMul")


def _reduction(type: str, function: Any) -> Any:
    op = registry.by_function[function]

    def reduce(
        input_tensor: Any,
        reduction_indices: Any = None,
        keep_dims: bool = False,
        name: str | None = None,
    ) -> Tensor:
        x = convert_to_tensor(input_tensor)
        axis = reduction_indices
        axis = tuple(axis) if isinstance(axis, list) else axis
        params = {"axis": axis} if axis is not None else {}
        return x.owner.stage(
            op, (x,), params | ({"keepdims": True} if keep_dims else {}), name, type
        )

    reduce.__doc__ = f"`np.{op.name}` over the axes `reduction_indices` (default: all of them)."
    return reduce


reduce_sum = _reduction("Sum", np.sum)
reduce_mean = _reduction("Mean", np.mean)
