"""Derivatives of one's own: `tf.RegisterGradient`, and the map that puts them in place of rules.

    @tf.RegisterGradient("Clipped")
    def clipped(op, grad):
        return tf.clip_by_value(grad, -1.0, 1.0)

    with tf.get_default_graph().gradient_override_map({"Identity": "Clipped"}):
        y = tf.identity(x)

A node of such a type that is built in the block has the function's answer as its derivative: one
tensor, or None, for each of its inputs.  `"Identity"` as the name hands the derivative on as it is,
which is how a step function is learned through (the straight-through estimator).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from autodiff.core.ground.locations import here

Rule = Callable[..., Any]
REGISTERED: dict[str, Rule | None] = {"Identity": lambda op, grad: grad}
"""The functions by name; None for what has no derivative."""


class RegisterGradient:
    """Gives a function (op, grad, ...) a name, by which `gradient_override_map` finds it."""

    def __init__(self, op_type: str) -> None:
        self.op_type = op_type

    def __call__(self, f: Rule) -> Rule:
        """Register, as a decorator."""
        _register(self.op_type, f)
        return f


def NotDifferentiable(op_type: str) -> None:
    """Give a name to having no derivative."""
    _register(op_type, None)


NoGradient = NotDifferentiable


def _register(name: str, rule: Rule | None) -> None:
    if name in REGISTERED:
        raise KeyError(
            f"a gradient is registered as {name!r} already: choose another name.{here()}"
        )
    REGISTERED[name] = rule


@contextmanager
def gradient_override_map(graph: Any, op_type_map: Mapping[str, str]) -> Iterator[None]:
    """Let nodes of these types that are built in the block have the gradients of these names."""
    for type, name in op_type_map.items():
        if name not in REGISTERED:
            raise LookupError(
                f"no gradient is registered as {name!r} for {type!r}: write "
                f"@tf.RegisterGradient({name!r}) above a function of (op, grad) first. The rules "
                f"of other types are not known by their names here.{here()}"
            )
    graph.overrides.append((len(graph.equations), op_type_map))
    try:
        yield
    finally:
        settle(graph)
        graph.overrides.pop()


def settle(graph: Any) -> None:
    """Note at the nodes built so far which gradient they have, the innermost open block first.

    An open block is kept as how long the graph was, and the map.
    """
    for start, names in reversed(graph.overrides):
        for node in graph.equations[start:]:
            if node.note["type"] in names:
                node.note.setdefault("override", names[node.note["type"]])
