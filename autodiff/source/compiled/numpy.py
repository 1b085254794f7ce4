"""The back end of NumPy: the same calls, with memory that is used again.

Of arrays of some size a call's time goes into new memory: the system hands it out page by page.  A
value that nobody reads any more leaves its memory to the next of its shape and dtype, by `out=`;
what is returned, or may be seen through a view, is never written to.  The calls are those of the
function, so that the results are the same to the last bit; on arrays that are larger than the
cache runs of them go block by block (`blocks`), where that is quicker.
"""

from __future__ import annotations

import math
import time
from collections.abc import Iterator
from typing import Any

import numpy as np

from autodiff.core.arguments.tree import flatten
from autodiff.source.compiled.blocks import LARGE, Blocked, in_blocks, is_blank
from autodiff.source.compiled.flat import flat_values
from autodiff.source.compiled.rows import UFUNCS as ELEMENTWISE
from autodiff.source.program.preparing import STEPS, Captured, Prepared, fresh
from autodiff.source.program.source import Source, identical
from autodiff.source.program.titles import title_of
from autodiff.source.records.nodes import Call, Node
from autodiff.source.records.running import Recording
from autodiff.source.rewriting.body import Body
from autodiff.source.rewriting.simplify import simplified
from autodiff.source.text.writer import Writer

UFUNCS = {**ELEMENTWISE, "@": np.matmul}
"""The ufuncs of operators; a power is left as it is, since NumPy takes other ways for squares."""
WORTH = 2**15
"""Bytes from which on new memory costs more than it takes to say which."""
RUNS = 3
"""How often two programs are tried to see which is quicker."""


def compiled(ready: Prepared) -> Source:
    """The program that gives the very results, with memory used again where that is shown to."""
    if all(_bytes(node.value) < WORTH for node in ready.recording.nodes):
        return ready.module_for(checked=False)
    programs = [written(ready, body) for body in candidates(ready.recording)]
    right = [made for made in programs if gives_the_bits(made, ready)]
    if not right:
        return ready.module_for(checked=False)
    return right[0] if len(right) < 2 else quickest(right, ready)


def gives_the_bits(made: Source, ready: Prepared) -> bool:
    """Whether a program has the results that are wanted, to the last bit."""
    got = flatten(made.function(*fresh(ready.args), **made.captured))[0]
    return all(map(identical, got, ready.want))


def quickest(programs: list[Source], ready: Prepared) -> Source:
    """The program that takes the least time of this thread, of a few runs of each in turn."""
    best = dict.fromkeys(range(len(programs)), math.inf)
    for _ in range(RUNS):
        for place, made in enumerate(programs):
            args = fresh(ready.args)
            start = time.thread_time()
            made.function(*args, **made.captured)
            best[place] = min(best[place], time.thread_time() - start)
    return programs[min(best, key=best.__getitem__)]


def candidates(recording: Recording) -> Iterator[Blocked]:
    """The calls in blocks that stay in the cache, where arrays are large; and as they are."""
    if any(_bytes(node.value) >= LARGE for node in recording.nodes):
        blocked = in_blocks(flat_values(recording))
        if blocked.functions:
            yield blocked
    yield Blocked(simplified(recording, STEPS[0]))


def written(ready: Prepared, blocked: Blocked) -> Source:
    """The program of a body, and the functions that it calls."""
    name, doc = title_of(ready.f)
    known = Captured(ready.places, ready.recording.copies)
    module = Reusing(blocked, ready, name, known, doc).module
    return Source(module, known.getters(module.captured), ready.witnesses)


def _bytes(value: Any) -> int:
    """The memory of a value, or of the several results of a call."""
    parts = value if isinstance(value, tuple | list) else (value,)
    return sum(8 * np.size(part) for part in parts)


class Reusing(Writer):
    """Writes calls whose results go into memory that is free again."""

    def __init__(
        self, blocked: Blocked, ready: Prepared, name: str, known: Captured, doc: str
    ) -> None:
        self.blocked = blocked
        body, like = blocked.body, ready.want
        super().__init__(ready.recording, body, name, like, known.name_of, doc, False)

    def statements(self) -> None:
        """The lines, in which each call of size stands alone, and the functions beside them."""
        self.plan = reused(self.body, self.blocked.made)
        self.names.taken.update(self.blocked.functions)
        for name in self.blocked.names:
            self.require(name)
        for name, text in self.blocked.functions.items():
            self.module.helper_texts[name] = text
            self.module.helpers[name] = None
        super().statements()

    def is_bound(self, node: Node) -> bool:
        """Whether a value gets a line of its own: also each that leaves or takes memory."""
        return node in self.plan.alone or super().is_bound(node)

    def bind(self, node: Node) -> None:
        """A line; into the memory of another value where one is free."""
        old = self.plan.into.get(node)
        if old is None:
            super().bind(node)
            return
        if node.call.kind == "operator":
            function = UFUNCS[node.call.name]
            node.call = Call("function", f"np.{function.__name__}", function)
        node.kwargs = {"out": old}
        super().bind(node)


class Plan:
    """Which values stand alone, and in whose memory a call puts its result."""

    def __init__(self) -> None:
        self.alone: set[Node] = set()
        self.into: dict[Node, Node] = {}


def reused(body: Body, made: set[Node]) -> Plan:
    """Find for each call a value of the same layout that nobody reads any more.

    `made` are the values of runs, whose memory they are given.  What is returned, changed in place,
    asked by a guard or seen through a view keeps its memory.
    """
    plan = Plan()
    last: dict[Node, int] = {}
    for place, node in enumerate(body.nodes):
        for operand in node.operands:
            last[operand.root] = place
    held = {out.root for out in body.outputs if out.__class__ is Node}
    held |= {guard.node.root for guard in body.guards}
    held |= {node.root for node in body.nodes if node.root is not node or node.written}
    dying: dict[int, list[Node]] = {}
    for node in body.nodes:
        if (takes_out(node) or node in made) and node not in held and node in last:
            dying.setdefault(last[node], []).append(node)
    free: dict[Any, list[Node]] = {}
    for place, node in enumerate(body.nodes):
        if node.dynamic and any(is_large(one) for one in (node, *node.operands)):
            plan.alone.add(node)  # read at its place, before the memory has another value
        blanks = [at for at, one in enumerate(node.args) if is_blank(one)]
        # a product, or a run, reads what it would overwrite
        apart = node.call.name in ("@", "np.matmul") or bool(blanks)
        gone = dying.pop(place, [])
        for old in gone if not apart else ():
            free.setdefault(layout(old), []).append(old)
        if takes_out(node) and free.get(layout(node)):
            plan.into[node] = free[layout(node)].pop()
        for at in blanks:
            if free.get(layout(node.args[at])):
                old = free[layout(node.args[at])].pop()
                node.args = (*node.args[:at], old, *node.args[at + 1 :])
        for old in gone if apart else ():
            free.setdefault(layout(old), []).append(old)
    return plan


def is_large(node: Node) -> bool:
    """Whether a value is an array whose memory is worth a thought."""
    return isinstance(node.value, np.ndarray) and node.value.nbytes >= WORTH


def takes_out(node: Node) -> bool:
    """Whether a call is one of a ufunc that makes a large array, and may be told where."""
    call = node.call
    if not (is_large(node) and node.dynamic and node.root is node) or node.kwargs:
        return False
    if node.target is not None:
        return False
    if call.kind == "operator":
        return call.name in UFUNCS and len(node.args) == 2
    return call.kind == "function" and isinstance(call.function, np.ufunc)


def layout(node: Node) -> Any:
    """What two values share that can use one memory."""
    return node.value.shape, node.value.dtype, node.value.strides
