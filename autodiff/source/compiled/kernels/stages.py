"""A program as kernels and calls of NumPy in turn.

What loops can do goes into kernels, each as large as the calls between them let it be; what they
can't (a solver, a sort, complex numbers) stays a line of NumPy.  Every call has a stage, even ones
are kernels: it comes as early as its operands let it.  Views are free in kernels, and lines where
NumPy reads them.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from autodiff.core.ground.errors import UnsupportedError
from autodiff.source.compiled.kernels.chunks import pieces
from autodiff.source.compiled.kernels.elementwise import FLOATS
from autodiff.source.compiled.kernels.geometry import base_of
from autodiff.source.compiled.kernels.kernels import Kernel
from autodiff.source.compiled.kernels.kinds import is_fixed, kind_of
from autodiff.source.compiled.kernels.placing import Left, Placing
from autodiff.source.records.nodes import Call, Guard, Node
from autodiff.source.rewriting.body import Body

FEW = 3
"""A kernel of fewer calls on small arrays costs more than it saves."""
SMALL = 4096
MOST = 8000
"""Kernels of more lines together are not compiled."""


@dataclass(slots=True)
class Staged:
    """A body whose calls are those of kernels and of NumPy, and the kernels' texts."""

    body: Body
    kernels: dict[str, str]


def staged(make: Any) -> Staged:
    """The program of a body in stages; `make` gives a new copy of the body each time."""
    left: set[int] = set()
    while True:
        body = make()
        try:
            return _Stages(body, left).staged()
        except Left as refused:
            place = body.nodes.index(refused.node) if refused.node in body.nodes else -1
            if place < 0 or place in left:
                raise UnsupportedError(f"{refused.node.call.name} has no kernel.") from None
            left.add(place)


class _Stages:
    def __init__(self, body: Body, left: set[int]) -> None:
        self.body = body
        self.kinds = {
            node: "" if place in left else kind_of(node) for place, node in enumerate(body.nodes)
        }
        self.stage: dict[Node, int] = {}
        for guard in body.guards:
            if guard.kind != "finite" and guard.node.root.written:
                raise UnsupportedError("a decision looks at memory that is changed in place.")
        if any(node.call.kind == "input" and node.root.written for node in body.nodes):
            raise UnsupportedError("an argument is changed in place.")
        for node in body.nodes:
            if node.target is not None and node.target.root.call.kind == "input":
                raise UnsupportedError("an argument is changed in place.")
        self.partition()
        while self.without_small():
            self.partition()

    def partition(self) -> None:
        """Give every call its stage."""
        self.stage = {}
        loops = [n for n in self.body.nodes if self.kinds[n] not in ("", "view")]
        piece = pieces(loops)
        changed: dict[Node, int] = {}
        read: dict[Node, int] = {}
        for node in self.body.nodes:
            kind = self.kinds[node]
            if node.call.kind == "input":
                self.stage[node] = -2
                continue
            apart = all(is_fixed(one) and one not in self.stage for one in node.operands)
            if node.target is None and is_fixed(node) and apart:
                continue
            need = -2
            for operand in node.operands:
                need = max(need, self.stage.get(operand, -2), changed.get(operand.root, -2))
            if node.target is not None:
                root = node.target.root
                need = max(need, changed.get(root, -2), read.get(root, -2))
            if kind != "view":
                need = max(need, -1)
                need += (need % 2 == 1) if kind else (need % 2 == 0)
                need = max(need, 2 * piece.get(node, 0)) if kind else need
            self.stage[node] = need
            for operand in node.operands:
                read[operand.root] = max(read.get(operand.root, -2), need)
            if node.target is not None:
                changed[node.target.root] = need

    def in_kernels(self) -> dict[int, list[Node]]:
        """The calls of each kernel."""
        found: dict[int, list[Node]] = {}
        for node in self.body.nodes:
            if self.kinds[node] and node in self.stage:
                stage = self.stage[node]
                if self.kinds[node] != "view" or stage % 2 == 0:
                    found.setdefault(stage, []).append(node)
        return {n: own for n, own in found.items() if any(self.kinds[o] != "view" for o in own)}

    def without_small(self) -> bool:
        """Leave to NumPy what is not worth a kernel; whether something was."""
        some = False
        for own in self.in_kernels().values():
            real = [node for node in own if self.kinds[node] != "view"]
            size = sum(np.size(n.value) for node in real for n in (node, *node.operands))
            if len(real) < FEW and size < SMALL:
                some = True
                for node in real:
                    self.kinds[node] = ""
        return some

    def staged(self) -> Staged:
        """Write the kernels, and put calls of them in the place of their calls."""
        kernels = self.in_kernels()
        inside = {
            node: n for n, own in kernels.items() for node in own if self.kinds[node] != "view"
        }
        finite, kept = self.finite(inside)
        outside = self.read_outside(inside, kept)
        texts: dict[str, str] = {}
        lines: dict[int, list[Node]] = {}
        known: dict[str, str] = {}
        for stage, own in sorted(kernels.items()):
            placing = Placing()
            for node in own:
                placing.place(node, self.kinds[node])
            exports = [node for node in own if node in outside and node in inside]
            checked = {node for node in finite if inside[node] == stage}
            kernel = Kernel(placing, exports, checked)
            name = known.setdefault(kernel.text("kernel"), f"kernel_{len(known) + 1}")
            texts[name] = kernel.text(name)
            call = kernel_call(kernel, name)
            results = {out for out in self.body.outputs if out.__class__ is Node}
            lines[stage] = [call, *parts_of(call, exports, results)]
            ok = lines[stage][1]
            kept.append(Guard(ok, "finite", True, (), 0))
        if sum(text.count("\n") for text in texts.values()) > MOST:
            raise UnsupportedError("it is so long that compiling it would take minutes.")
        nodes = [n for n in self.body.nodes if n.call.kind == "input" or n not in self.stage]
        rest = [n for n in self.body.nodes if n in self.stage and n not in inside]
        for stage in range(-2, max([*self.stage.values(), 0]) + 1):
            nodes += lines.get(stage, [])
            nodes += [n for n in rest if self.stage[n] == stage and n.call.kind != "input"]
        for number, node in enumerate(nodes):
            node.number = number
        self.body.nodes = nodes
        self.body.guards = [replace(guard, after=len(nodes)) for guard in kept]
        self.dead()
        return Staged(self.body, texts)

    def read_outside(self, inside: dict[Node, int], guards: list[Guard]) -> set[Node]:
        """The values of kernels that something outside of them reads, also through views."""
        found: set[Node] = set()

        def reads(operand: Node, stage: int | None) -> None:
            base: Node | None = operand
            if self.kinds.get(operand) == "view":
                base = base_of(operand)
            if base is not None and base in inside and inside[base] != stage:
                found.add(base)

        for node in self.body.nodes:
            if self.kinds[node] == "view":
                continue
            for operand in node.operands:
                reads(operand, inside.get(node))
        for guard in guards:
            reads(guard.node, None)
        for out in self.body.outputs:
            if out.__class__ is Node:
                reads(out, None)
        return found

    def finite(self, inside: dict[Node, int]) -> tuple[set[Node], list[Guard]]:
        """What kernels must find to be finite, and the guards that remain."""
        found, kept = set(), []
        effects: dict[Node, set[int]] = {}
        for node in self.body.nodes:
            if node.target is not None:
                effects.setdefault(node.target.root, set()).add(self.stage[node])
        asked = [guard.node for guard in self.body.guards if guard.kind == "finite"]
        for node in [*asked, *(out for out in self.body.outputs if out.__class__ is Node)]:
            base = base_of(node) if isinstance(node.value, np.ndarray) else node
            good = base is not None and base in inside
            good = good and effects.get(base.root, set()) <= {inside[base]}  # type: ignore[union-attr, index]
            if good and np.asarray(node.value).dtype in FLOATS:
                found.add(base)
        for guard in self.body.guards:
            node = guard.node
            if guard.kind == "finite":
                base = base_of(node) if isinstance(node.value, np.ndarray) else node
                if base in found:
                    continue
            kept.append(guard)
        return {node for node in found if node is not None}, kept

    def dead(self) -> None:
        """Leave out lines that nobody reads any more."""
        needed = {out for out in self.body.outputs if out.__class__ is Node}
        needed |= {guard.node for guard in self.body.guards}
        nodes = []
        for node in reversed(self.body.nodes):
            if node in needed or node.target is not None or node.call.kind == "input":
                nodes.append(node)
                needed.update(node.operands)
        self.body.nodes = nodes[::-1]


def kernel_call(kernel: Kernel, name: str) -> Node:
    """The call of a kernel."""
    given = [*kernel.parameters, *(array for _, array in kernel.constants.values())]
    call = Node(Call("function", name, len), tuple(given))
    call.value = (True, *[node.value for node in kernel.exports])
    call.dynamic = True
    return call


def parts_of(call: Node, exports: list[Node], results: set[Node]) -> Iterator[Node]:
    """What a kernel returns: whether it holds, and the values; numbers as NumPy's."""
    ok = Node(Call("part", "0", len), (call, 0), value=True)
    ok.dynamic = True
    yield ok
    after = []
    for place, node in enumerate(exports, 1):
        value = node.value
        kind = value.__class__
        plain = kind in (float, bool, int) or (kind is np.bool_ and node not in results)
        if plain or (isinstance(value, np.ndarray) and value.ndim):
            node.call, node.args, node.kwargs = Call("part", str(place), len), (call, place), {}
            yield node
            continue
        part = Node(Call("part", str(place), len), (call, place), value=value)
        part.dynamic, part.stack, part.role = True, node.stack, node.role
        yield part
        made = np.asarray if isinstance(value, np.ndarray) else kind
        node.call = Call("function", f"np.{made.__name__}", made)
        node.args, node.kwargs = (part,), {}
        after.append(node)
    yield from after
