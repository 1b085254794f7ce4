"""Ops made of Python functions, whose derivative the engine records when it is needed.

This is the way out for all that depends on values: branches, loops, shapes computed in the graph,
and NumPy functions that are several ops.  At run time the function sees plain arrays; its reverse
rule runs it once more under the engine's tape and sweeps back.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any

import numpy as np

from autodiff.core.arguments.tree import is_variable
from autodiff.core.language.kinds import make_op
from autodiff.core.language.op import Op
from autodiff.core.transforms.forward import push_forward, zero_like
from autodiff.core.transforms.record import recording
from autodiff.frontends.tensorflow.graph.tensor import Tensor


def recorded_op(
    name: str, function: Callable[..., Any], multiple: bool = False, label: str | None = None
) -> Op:
    """An op with the value of a function over arrays, differentiated by recording it."""

    def pull(ct: Any, ans: Any, primals: Any, params: Any) -> tuple[Any, ...]:
        return pulled(lambda *xs: function(*xs, **params), ct if multiple else (ct,), primals)

    def push(tangents: Any, ans: Any, primals: Any, params: Any) -> Any:
        moving = [i for i, p in enumerate(primals) if is_variable(p)]
        own = [zero_like(primals[i]) if tangents[i] is None else tangents[i] for i in moving]
        run = with_arguments(lambda *xs: function(*xs, **params), primals, moving)
        return push_forward(run, tuple(primals[i] for i in moving), tuple(own))[1]

    return make_op(
        function,
        "primitive",
        push,
        no_single_rule,
        {"name": name, "private": True, "label": label},
        arity=None,
        joint_vjp=pull,
        multiple=multiple,
        why="a Python function, recorded when its derivative is needed",
    )


def no_single_rule(*_: Any) -> None:
    """The place of `vjp` in an op that has a joint rule."""
    raise AssertionError("an op with a joint rule has no rule for a single argument")


def pulled(
    function: Callable[..., Any], cts: Sequence[Any], primals: Sequence[Any]
) -> tuple[Any, ...]:
    """The cotangents of all arguments, from those of the results (None: none arrives)."""
    moving = [i for i, p in enumerate(primals) if is_variable(p)]
    own = tuple(primals[i] for i in moving)
    run = with_arguments(function, primals, moving)
    with recording(run, own, {}, tuple(range(len(own)))) as tape:
        found = iter(tape.transpose(cts[: len(tape.outputs)], tape.program))
    return tuple(next(found) if i in moving else None for i in range(len(primals)))


def with_arguments(
    function: Callable[..., Any], primals: Sequence[Any], moving: Sequence[int]
) -> Callable[..., Any]:
    """The function of the moving arguments alone."""

    def run(*values: Any) -> Any:
        full = list(primals)
        for i, value in zip(moving, values, strict=True):
            full[i] = value
        return function(*full)

    return run


class Slot:
    """Where a tensor stood among the arguments of a call."""

    __slots__ = ("place",)

    def __init__(self, place: int) -> None:
        self.place = place


def take_tensors(tree: Any) -> tuple[Any, list[Tensor]]:
    """The tensors in nested arguments (slices included), and the arguments with slots instead."""
    tensors: list[Tensor] = []

    def take(leaf: Any) -> Any:
        if isinstance(leaf, Tensor):
            tensors.append(leaf)
            return Slot(len(tensors) - 1)
        return leaf.copy() if leaf.__class__ is np.ndarray else leaf

    return walk(tree, take), tensors


def put_values(tree: Any, values: Sequence[Any]) -> Any:
    """The arguments with values in the slots."""
    return walk(tree, lambda leaf: values[leaf.place] if leaf.__class__ is Slot else leaf)


def walk(tree: Any, change: Callable[[Any], Any]) -> Any:
    """Nested tuples, lists, dicts and slices with every leaf changed."""
    if isinstance(tree, tuple | list):
        parts = [walk(part, change) for part in tree]
        return tree._make(parts) if hasattr(tree, "_make") else type(tree)(parts)
    if isinstance(tree, dict):
        return {key: walk(part, change) for key, part in tree.items()}
    if isinstance(tree, slice):
        return slice(*(walk(part, change) for part in (tree.start, tree.stop, tree.step)))
    return change(tree)


def has_tensor(tree: Any) -> bool:
    """Whether a tensor stands somewhere in nested arguments.

    >>> has_tensor({"axis": 0, "index": (slice(None), 3)})
    False
    """
    return any(isinstance(leaf, Tensor) for leaf in leaves(tree))


def leaves(tree: Any) -> Iterator[Any]:
    """The leaves of nested arguments."""
    if isinstance(tree, Tensor):
        yield tree
    elif isinstance(tree, tuple | list):
        for part in tree:
            yield from leaves(part)
    elif isinstance(tree, dict):
        for part in tree.values():
            yield from leaves(part)
    elif isinstance(tree, slice):
        yield from (tree.start, tree.stop, tree.step)
    else:
        yield tree
