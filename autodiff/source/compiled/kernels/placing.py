"""Which calls share a loop.

Calls are placed in order into groups, which run one after another.  A call of single elements goes
into the first loop over its shape in which all that it needs is there: what the same loop computes
stays in registers, and only what another group reads is stored.  A sum joins the loop whose
elements it adds up.  Changes in place have groups of their own, so that reads before them stay
before and reads after them after.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from autodiff.source.compiled.kernels.geometry import base_of
from autodiff.source.compiled.kernels.kinds import is_fixed, summed
from autodiff.source.records.nodes import Node, leaves, value_of


class Left(Exception):
    """A call has no place in a loop after all."""

    def __init__(self, node: Node) -> None:
        super().__init__(node.call.name)
        self.node = node


@dataclass(slots=True, eq=False)
class Group:
    """Calls that run together: a loop over a shape, or one call of another kind."""

    kind: str
    shape: tuple[int, ...]
    nodes: list[Node] = field(default_factory=list)


class Placing:
    """The groups of a kernel; `stored` are the values that another group reads from memory."""

    def __init__(self) -> None:
        self.groups: list[Group] = []
        self.where: dict[Node, int] = {}
        self.kinds: dict[Node, str] = {}
        self.stored: set[Node] = set()
        self.changed: dict[Node, int] = {}

    def place(self, node: Node, kind: str) -> None:
        """Give a call its group."""
        self.kinds[node] = kind
        if kind == "view":
            return
        joined = kind in ("each", "gather", "element", "reduce")
        shape = loop_shape(node, kind)
        first = 0
        for operand in leaves((node.args, node.kwargs)):
            if operand.__class__ is Node:
                far = kind == "gather" and operand is node.args[0]
                near = joined and kind != "element" and not far
                first = max(first, self.ready(operand, shape if near else None))
        if joined:
            for number in range(first, len(self.groups)):
                if self.groups[number].kind == "loop" and self.groups[number].shape == shape:
                    break
            else:
                number = len(self.groups)
                self.groups.append(Group("loop", shape))
        else:
            number = len(self.groups)
            self.groups.append(Group(kind, shape))
        self.groups[number].nodes.append(node)
        self.where[node] = number
        for operand in leaves((node.args, node.kwargs)):
            if operand.__class__ is Node and self.where.get(operand, number) != number:
                self.stored.add(operand)
        if kind == "effect":
            assert node.target is not None
            self.changed[node.target.root] = number
            base = base_of(node.target)
            if base is not None and base in self.where:
                self.stored.add(base)

    def ready(self, operand: Node, shape: tuple[int, ...] | None) -> int:
        """The first group that can read an operand, in a loop over a shape."""
        if is_fixed(operand):
            return 0
        changed = self.changed.get(operand.root, -1) + 1
        is_view = self.kinds.get(operand) == "view"
        if operand in self.where and not is_view:
            own = self.where[operand]
            registers = self.kinds[operand] in ("each", "gather", "element")
            if registers and not changed and shape == np.shape(operand.value):
                return own
            if isinstance(operand.value, np.ndarray):
                self.stored.add(operand)
            return max(own + 1, changed)
        base = base_of(operand) if isinstance(operand.value, np.ndarray) else None
        if base is not None and base in self.where:
            self.stored.add(base)
            return max(self.where[base] + 1, changed)
        return changed


def loop_shape(node: Node, kind: str) -> tuple[int, ...]:
    """The shape that the loop of a call runs over."""
    if kind == "reduce":
        found = summed(node) if node.call.name == "np.einsum" else None
        return np.shape(value_of(found[0] if found else node.args[0]))
    return () if kind in ("effect", "join", "make") else np.shape(node.value)
