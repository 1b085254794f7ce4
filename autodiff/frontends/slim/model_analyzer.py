"""`slim.model_analyzer`: how many numbers a model's variables hold."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np


def tensor_description(var: Any) -> str:
    """A tensor's dtype and shape, `(float32 3x3x32)`."""
    dims = [str(dim if dim is not None else "?") for dim in var.get_shape().as_list()]
    return f"({np.dtype(var.dtype).name} {'x'.join(dims)})"


def analyze_vars(variables: Sequence[Any], print_info: bool = False) -> tuple[int, int]:
    """The numbers in all variables, and their bytes; a line for each is printed where asked."""
    total, total_bytes = 0, 0
    for variable in variables:
        count = int(np.prod(variable.get_shape().as_list()))
        size = count * np.dtype(variable.dtype).itemsize
        total, total_bytes = total + count, total_bytes + size
        if print_info:
            print(f"{variable.name} {tensor_description(variable)} [{count}, bytes: {size}]")
    if print_info:
        print(f"Total size of variables: {total}\nTotal bytes of variables: {total_bytes}")
    return total, total_bytes


def analyze_ops(graph: Any, print_info: bool = False) -> int:
    """The numbers in all results of a graph whose shape is known."""
    total = 0
    for operation in graph.get_operations():
        shapes = [out.get_shape().as_list() for out in operation.outputs if out.dims is not None]
        size = sum(int(np.prod(shape)) for shape in shapes if None not in shape)
        total += size
        if print_info:
            print(f"{operation.name} {operation.type} [{size}]")
    if print_info:
        print(f"Total size of results: {total}")
    return total
