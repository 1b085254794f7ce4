"""Calls on large arrays a block of rows at a time, so that what they hand on stays in the cache.

`np.tanh(x * y + 1)` of a million elements writes and reads 8 MB for each of its calls, though the
memory is slower than the numbers are made.  Calls that treat every row by itself, the elementwise
ones and sums along other axes than the first, can take a few thousand rows together: a run of them
becomes one function, with a loop over blocks.  Only what others read is stored whole.  No row knows
of the others, so that each result is the same to the last bit.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

from autodiff.source.compiled.kernels.kinds import is_fixed
from autodiff.source.compiled.rows import is_row_by_row, joins_rows
from autodiff.source.compiled.run_text import Run, text_of
from autodiff.source.records.nodes import Call, Node
from autodiff.source.rewriting.body import Body, is_steady

LARGE = 2**20
"""Bytes of a value from which on its calls are made block by block."""
FEW = 2
"""Of a run at least so many values must be used up inside of it."""


@dataclass(slots=True)
class Blocked:
    """A body in which runs are calls of functions, the texts of these, and what they call.

    `made` are the values that runs return; the memory for them is the last that a run is given.
    """

    body: Body
    functions: dict[str, str] = field(default_factory=dict)
    names: list[str] = field(default_factory=list)
    made: set[Node] = field(default_factory=set)


def in_blocks(body: Body) -> Blocked:
    """Put a call of one function in the place of each run of calls on large arrays.

    The body is changed.  Where a decision looks at memory that is changed in place it stays as it
    is, since its calls would come in another order.
    """
    if any(guard.node.root.written for guard in body.guards if guard.kind != "finite"):
        return Blocked(body)
    runs = _Runs(body)
    if not runs.found:
        return Blocked(body)
    names: dict[str, str] = {}
    found = Blocked(body, names=[node.call.name for run in runs.found for node in run.nodes])
    for run in runs.found:
        name = names.setdefault(text_of(run, "block"), f"block_{len(names) + 1}")
        found.functions[name] = text_of(run, name)
        found.made.update(run.exports)
    nodes = list(runs.in_order(names))
    for number, node in enumerate(nodes):
        node.number = number
    body.nodes = nodes
    body.guards = [replace(guard, after=len(nodes)) for guard in body.guards]
    return found


@dataclass(slots=True)
class _Runs:
    """Which calls of a body run together: those of one even level, and of one number of rows.

    A call that is no part of a run has an odd level, after all that it needs.
    """

    body: Body
    level: dict[Node, int] = field(init=False)
    left: set[Node] = field(default_factory=set)
    found: list[Run] = field(init=False)

    def __post_init__(self) -> None:
        while True:
            self.give_levels()
            groups: dict[tuple[int, int], list[Node]] = {}
            for node in self.body.nodes:
                if self.is_inside(node):
                    groups.setdefault((self.level[node], len_of(node)), []).append(node)
            read = self.read_outside()
            self.found, small = [], set()
            for nodes in groups.values():
                exports = [node for node in nodes if node in read]
                if len(nodes) - len(exports) < FEW:
                    small.update(nodes)
                else:
                    self.found.append(Run(len_of(nodes[0]), nodes, exports))
            if not small:
                return
            self.left |= small

    def is_inside(self, node: Node) -> bool:
        return self.level.get(node, -1) % 2 == 0 and self.level[node] >= 0

    def give_levels(self) -> None:
        """Give each call that depends on an argument a level."""
        self.level = {}
        in_place = 1
        for node in self.body.nodes:
            fixed = node.target is None and is_fixed(node) and all(map(is_fixed, node.operands))
            if node.call.kind == "input" or fixed:
                continue
            joins = node not in self.left and self.may_join(node)
            need = 0
            for operand in node.operands:
                own = self.level.get(operand, -1)
                together = joins and self.is_inside(operand) and joins_rows(node, operand)
                need = max(need, own if together else own + 1)
            if joins:
                need += need % 2
            else:
                need += 1 - need % 2
                if node.target is not None or not is_steady(node):
                    in_place = need = max(need, in_place)
            self.level[node] = need

    def may_join(self, node: Node) -> bool:
        """Whether a call is one of rows, and of a large array or of what a run makes of one."""
        if node.target is not None or not is_steady(node) or not is_row_by_row(node):
            return False
        if not isinstance(node.value, np.ndarray):
            return self.is_inside(node.operands[0])
        arrays = [one for one in (node, *node.operands) if isinstance(one.value, np.ndarray)]
        large = any(one.value.nbytes >= LARGE for one in arrays)
        return large or any(self.is_inside(one) and joins_rows(node, one) for one in arrays[1:])

    def read_outside(self) -> set[Node]:
        """The values of runs that something outside of their run reads."""
        found = {guard.node for guard in self.body.guards}
        found |= {out for out in self.body.outputs if out.__class__ is Node}
        for node in self.body.nodes:
            for one in node.operands:
                if not self.is_inside(one):
                    continue
                same = self.is_inside(node) and self.level[node] == self.level[one]
                if not same or len_of(node) != len_of(one):
                    found.add(one)
        return found

    def in_order(self, names: dict[str, str]) -> Iterator[Node]:
        """The calls by their levels, those of a run as one call."""
        inside = {node for run in self.found for node in run.nodes}
        rest = [node for node in self.body.nodes if node not in inside]
        calls: dict[int, list[Node]] = {}
        for run in self.found:
            name = names[text_of(run, "block")]
            calls.setdefault(self.level[run.nodes[0]], []).extend(called(run, name))
        lines: dict[int, list[Node]] = {}
        for node in rest:
            lines.setdefault(self.level.get(node, -1), []).append(node)
        for level in sorted({*lines, *calls}):
            yield from lines.get(level, ())
            yield from calls.get(level, ())


def len_of(node: Node) -> int:
    """How many rows a call in a run has; those of its operand where the result is one number."""
    value = node.value if isinstance(node.value, np.ndarray) else node.operands[0].value
    return len(value)


def called(run: Run, name: str) -> list[Node]:
    """The call of a run's function, and the values that it returns."""
    call = Call("function", name, len)
    memory = [blank(node.value) for node in run.whole]
    args = (*run.parameters, *memory)
    if len(run.exports) == 1:
        (node,) = run.exports
        node.call, node.args, node.kwargs = call, args, {}
        return [*memory, node]
    made = Node(call, args, value=tuple([one.value for one in run.exports]))
    made.dynamic = True
    for place, node in enumerate(run.exports):
        node.call, node.args, node.kwargs = Call("part", str(place), len), (made, place), {}
    return [*memory, made, *run.exports]


def blank(like: np.ndarray) -> Node:
    """New memory for a value."""
    kind = {} if like.dtype == float else {"dtype": like.dtype}
    return Node(Call("function", "np.empty", np.empty), (like.shape,), kind, like)


def is_blank(operand: Any) -> bool:
    """Whether an operand is new memory for a result of a run."""
    return operand.__class__ is Node and operand.call.function is np.empty
