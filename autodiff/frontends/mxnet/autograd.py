"""`mx.autograd`: what NDArrays compute inside `record()` can be differentiated."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np

from autodiff.core.ground.locations import here
from autodiff.core.language.equation import history
from autodiff.core.reverse.sweep import pull_back
from autodiff.frontends.mxnet.ground.errors import MXNetError

variables: dict[int, tuple[Any, Any]] = {}
"""The arrays that take part in the recorded block, with the engine's variable of each."""
_flag: list[list[bool]] = []


def use(flag: list[bool]) -> None:
    """Tell which flags say whether there is recording, and training (those of `nd`)."""
    _flag.append(flag)


@contextmanager
def record(train_mode: bool = True) -> Iterator[None]:
    """Record what arrays with `attach_grad` go through in the block, as in training or in use."""
    if not _flag[0][0]:
        variables.clear()
    with _set(True, train_mode):
        yield


train_section = record


@contextmanager
def pause(train_mode: bool = False) -> Iterator[None]:
    """Record nothing in the block."""
    with _set(False, train_mode):
        yield


test_section = pause


@contextmanager
def _set(records: bool, train_mode: bool) -> Iterator[None]:
    flag = _flag[0]
    before, flag[:] = list(flag), [records, train_mode]
    try:
        yield
    finally:
        flag[:] = before


def mark_variables(arrays: Any, gradients: Any, grad_reqs: str = "write") -> None:
    """`attach_grad` of several arrays, with the arrays for their gradients."""
    for array, gradient in zip(arrays, gradients, strict=True):
        array.grad, array.grad_req = gradient, grad_reqs


def backward(outputs: Any, out_grads: Any = None, retain_graph: bool = False) -> None:
    """Write (or add) the gradients of the marked arrays, from ones at the outputs."""
    for place, output in enumerate(outputs):
        if output.tensor is None:
            raise MXNetError(
                f"backward() of an array that was not computed inside autograd.record().{here()}"
            )
        node = output.tensor.node
        start = out_grads[place] if out_grads else None
        seed = np.ones_like(output.value) if start is None else start.value
        owners = list(variables.values())
        program = history([node, *(t.node for _, t in owners)])
        found = pull_back(program, {node: seed[()]}, [t.node for _, t in owners])
        for (owner, _), gradient in zip(owners, found, strict=True):
            if gradient is None or owner.grad_req == "null":
                continue
            if owner.grad_req == "add":
                owner.grad.a[...] += gradient
            else:
                owner.grad.a[...] = gradient


compute_gradient = backward
