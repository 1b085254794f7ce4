"""Calls of an op for the tests, drawn from its entry in the registry."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

from autodiff.core.arguments.tree import flatten, unflatten
from autodiff.core.language.op import Case, Op, case
from autodiff.ops.arranging.indexing import INDICES

ANYWHERE = (-2.0, 2.0)

ONE = (case(()), case((3,)), case((2, 3)))
TWO = (
    case((), ()),
    case((3,), (3,)),
    case((2, 3), (3,)),
    case((3,), (2, 3)),
    case((2, 1), (1, 3)),
    case((), (2, 2)),
    case((4, 1, 2), (3, 1)),
)


def cases(op: Op) -> tuple[Case, ...]:
    """The cases of an op: its own, or the standard ones of an elementwise op."""
    if op.name == "getitem":
        return tuple(case(shape, index=index) for shape, index in INDICES)
    if op.name == "scatter":
        return tuple(
            case(np.zeros(shape)[index].shape, index=index, shape=shape) for shape, index in INDICES
        )
    if op.cases or op.kind != "elementwise":
        return op.cases
    return {1: ONE, 2: TWO}.get(len(op.partials), ())


def is_shape(value: Any) -> bool:
    """Whether a case's argument stands for a random array of that shape."""
    return isinstance(value, tuple) and all(type(n) is int for n in value)


def draw(op: Op, one: Case, rng: np.random.Generator) -> tuple[list[Any], Callable[..., Any]]:
    """Arrays for a case, and the function of them that calls the op as a user would.

    >>> from autodiff.core.language.registry import registry
    >>> arrays, f = draw(registry["sum"], case((2, 3), axis=0), np.random.default_rng(0))
    >>> f(*arrays).shape
    (3,)
    """
    arrays: list[Any] = []
    plan: list[tuple[Any, list[Any]]] = []
    for place, arg in enumerate(one.args):
        leaves, structure = ([arg], None) if not isinstance(arg, list) else flatten_shapes(arg)
        slots: list[Any] = []
        for leaf in leaves:
            if is_shape(leaf) or (isinstance(leaf, np.ndarray) and leaf.dtype.kind in "fc"):
                slots.append(len(arrays))
                arrays.append(_array(op, place, leaf, rng))
            else:
                slots.append([leaf])
        plan.append((structure, slots))

    function = op if op.public is op.function or op.name in ("getitem", "norm") else op.public

    def call(*values: Any) -> Any:
        args = [
            unflatten(structure, [values[s] if isinstance(s, int) else s[0] for s in slots])
            for structure, slots in plan
        ]
        return function(*args, **one.params)

    return arrays, call


def flatten_shapes(shapes: list[Any]) -> tuple[list[Any], Any]:
    """A list of shapes, which are leaves and not containers here."""
    return shapes, flatten([0] * len(shapes))[1]


def _array(op: Op, place: int, leaf: Any, rng: np.random.Generator) -> Any:
    if isinstance(leaf, np.ndarray):
        return leaf
    low, high = op.domain[place] if place < len(op.domain) else ANYWHERE
    return rng.uniform(low, high, size=leaf)


def all_cases(ops: Any) -> Iterator[tuple[Op, Case]]:
    """Every case of every differentiable op."""
    for op in ops:
        if op.kind != "constant":
            for one in cases(op):
                yield op, one
