"""Operands as a graph keeps them: constants as arrays of their own, all of one dtype."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from autodiff.core.ground.locations import here
from autodiff.core.language.op import Op
from autodiff.frontends.tensorflow.graph.tensor import Tensor
from autodiff.frontends.tensorflow.ground.dtypes import as_array
from autodiff.frontends.tensorflow.ground.errors import GraphError

MIXED = {"ldexp", "getitem", "scatter"}
"""Ops whose operands may differ in dtype."""


def shares_dtype(op: Op) -> bool:
    """Whether the operands of an op must have one dtype, as those of `+` and `@`."""
    if op.name in MIXED:
        return False
    joint = op.kind == "linear" and op.arity is None
    return joint or op.kind in ("elementwise", "bilinear") or isinstance(op.function, np.ufunc)


def one_dtype(op: Op, args: Sequence[Any]) -> list[Any]:
    """The operands, constants in the tensors' dtype; GraphError where two tensors differ."""
    first: Any = None
    for place, arg in enumerate(args):
        if isinstance(arg, Tensor) and not (op.name == "where" and place == 0):
            if first is None:
                first = arg
            elif arg.dtype != first.dtype:
                raise GraphError(_mixed(op, first, arg))
    dtype = None if first is None else first.dtype
    if dtype is None:
        plain = [a for i, a in enumerate(args) if not (op.name == "where" and i == 0)]
        dtype = as_array(plain[0]).dtype
    return [
        arg
        if isinstance(arg, Tensor)
        else constant_operand(arg, None if op.name == "where" and place == 0 else dtype, op.name)
        for place, arg in enumerate(args)
    ]


def _mixed(op: Op, first: Tensor, second: Tensor) -> str:
    """The message for two tensors of different dtypes: cast towards floats, and to float32."""
    towards, away = first, second
    if (second.dtype.kind == "f", -second.dtype.itemsize) > (
        first.dtype.kind == "f",
        -first.dtype.itemsize,
    ):
        towards, away = second, first
    return (
        f"{op.name} is given {first.name} of {first.dtype} and {second.name} of {second.dtype}. "
        "TensorFlow converts no tensor by itself: write "
        f"tf.cast({away.name.partition(':')[0]}, tf.{towards.dtype}).{here()}"
    )


def constant_operand(value: Any, dtype: Any = None, what: str = "") -> Any:
    """A constant as the graph keeps it: a number or a read-only array of its own."""
    if isinstance(value, Tensor):
        return value
    try:
        array = as_array(value, dtype, f"an operand of {what}" if what else "a constant")
    except TypeError as error:
        raise TypeError(f"{error}{here()}") from None
    if array.ndim == 0:
        return array[()]
    array = array.copy() if array is value or array.base is not None else array
    array.flags.writeable = False
    return array
