"""The text of a run of calls by rows: a function with a loop over blocks of them."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

from autodiff.source.compiled.rows import asked_of, has_rows, ufunc_of
from autodiff.source.records.nodes import Node
from autodiff.source.words.names import line_of
from autodiff.source.words.wrapping import WIDTH, wrapped

BLOCK = 2**17
"""Bytes of the largest value of a run for one block."""


@dataclass(slots=True)
class Run:
    """Calls by rows in order, and those of their values that are read outside."""

    rows: int
    nodes: list[Node]
    exports: list[Node]

    @property
    def parameters(self) -> list[Any]:
        """What the run reads and does not make itself, each once; numbers stand in its text."""
        inside = set(self.nodes)
        found: dict[int, Any] = {}
        for node in self.nodes:
            for one in node.args:
                if one not in inside if one.__class__ is Node else not is_written_out(one):
                    found.setdefault(id(one), one)
        return list(found.values())

    @property
    def whole(self) -> list[Node]:
        """The arrays among what is read outside: they need memory."""
        return [node for node in self.exports if isinstance(node.value, np.ndarray)]

    @property
    def block(self) -> int:
        """How many rows a block has."""
        widest = max(one.value.nbytes for one in self.nodes if isinstance(one.value, np.ndarray))
        return max(1, BLOCK * self.rows // widest)


def is_written_out(value: Any) -> bool:
    """Whether an operand is a number that stands in the text."""
    if isinstance(value, bool | int) or value is None:
        return True
    return isinstance(value, float) and math.isfinite(value)


def text_of(run: Run, name: str) -> str:
    """The function of a run."""
    return "\n".join(_Text(run, name).lines)


class _Text:
    def __init__(self, run: Run, name: str) -> None:
        self.run = run
        self.last = {one: place for place, node in enumerate(run.nodes) for one in node.operands}
        self.given = {id(one): f"a{k}" for k, one in enumerate(run.parameters, 1)}
        self.names: dict[int, str] = {}
        self.free: dict[np.dtype[Any], list[str]] = {}
        self.scratch: dict[str, Node] = {}
        self.before: list[str] = []
        self.line = ""
        body = [own for place, node in enumerate(run.nodes) for own in self.call(place, node)]
        sliced = [name for name in self.names.values() if name.endswith("_")]
        whole = [self.result(node) for node in run.whole]
        head = wrapped(f"def {name}({', '.join([*self.given.values(), *whole])}):", 0)
        head += [f"    {own} = {self.new(node)}" for own, node in self.scratch.items()]
        self.lines = [*head, *self.before, *self.loop(sorted(set(sliced))), *body]
        self.lines += wrapped(f"return {', '.join(self.result(node) for node in run.exports)}", 1)

    def loop(self, sliced: list[str]) -> Iterator[str]:
        """The head of the loop: the rows of a block, of what is read and of what is kept there."""
        run = self.run
        yield f"    for start in range(0, {run.rows}, {run.block}):"
        yield f"        rows = slice(start, start + {run.block})"
        for own in sliced:
            yield f"        {own} = {own[:-1]}[rows]"
        if run.rows % run.block and self.scratch:
            own = ", ".join(self.scratch)
            comma = "," if len(self.scratch) == 1 else ""
            yield f"        if start + {run.block} > {run.rows}:"
            short = f"[one[:{run.rows % run.block}] for one in ({own}{comma})]"
            yield from wrapped(f"{own}{comma} = {short}", 3)

    def call(self, place: int, node: Node) -> list[str]:
        """The lines of a call in the loop."""
        texts = [self.operand(one, node) for one in node.args]
        done = [one for one in dict.fromkeys(node.operands) if self.last.get(one) == place]
        for one in done:
            own = self.names.get(id(one), "")
            if own in self.scratch:
                self.free.setdefault(one.value.dtype, []).append(own)
        if asked_of(node) is not None:
            return self.asks(node, texts[0])
        made = ufunc_of(node)
        name = node.call.name
        out = self.out(node)
        if made is not None:
            known = f"np.{made.__name__}" if node.call.kind == "operator" else name
            line = f"{known}({', '.join(texts[: made.nin])}, out={out})"  # a square has no power
        elif name == "np.where":
            line = f"{out}[...] = np.where({', '.join(texts)})"
        else:
            options = [f"{key}={value!r}" for key, value in node.kwargs.items()]
            reduction = name if name.startswith("np.") else f"np.{name}"
            line = f"{reduction}({', '.join([*texts, *options])}, out={out})"
        return [*self.comment(node), *wrapped(line, 2)]

    def out(self, node: Node) -> str:
        """Where a call puts its block: into the whole result, or into memory of one block."""
        whole = f"v{self.run.nodes.index(node) + 1}"
        if node in self.run.exports:
            self.names[id(node)] = f"{whole}_"
            return f"{whole}_"
        shape = node.value.shape[1:]
        free = self.free.get(node.value.dtype, [])
        fitting = [own for own in free if self.scratch[own].value.shape[1:] == shape]
        own = fitting[-1] if fitting else f"t{len(self.scratch) + 1}"
        if fitting:
            free.remove(own)
        self.scratch.setdefault(own, node)
        self.names[id(node)] = own
        return own

    def asks(self, node: Node, operand: str) -> list[str]:
        """Whether any or all are true, of one block after another."""
        known = f"v{self.run.nodes.index(node) + 1}"
        self.names[id(node)] = known
        any_ = node.call.name.endswith("any")
        self.before.append(f"    {known} = np.{'False_' if any_ else 'True_'}")
        return [f"        {known} {'|' if any_ else '&'}= {operand}.{'any' if any_ else 'all'}()"]

    def operand(self, one: Any, node: Node) -> str:
        """An operand in the loop."""
        if one.__class__ is Node and id(one) in self.names and id(one) not in self.given:
            return self.names[id(one)]
        if id(one) not in self.given:
            return f"({one!r})" if isinstance(one, float | int) and one < 0 else repr(one)
        own = self.given[id(one)]
        if not has_rows(one, node):
            return own
        self.names[id(one)] = f"{own}_"
        return f"{own}_"

    def new(self, node: Node) -> str:
        """A new array for the rows of a block."""
        shape = (self.run.block, *node.value.shape[1:])
        kind = node.value.dtype.name
        return f"np.empty({shape}" + ("" if kind == "float64" else f", np.{kind}") + ")"

    def result(self, node: Node) -> str:
        """What is returned of a value."""
        return self.names[id(node)].removesuffix("_")

    def comment(self, node: Node) -> Iterator[str]:
        """The user's line above what stems from it."""
        own = line_of(*node.stack[0]) if node.stack else ""
        shown = f"        # derivative of: {own}" if node.role else f"        # {own}"
        if own and shown != self.line:
            self.line = shown
            yield shown if len(shown) <= WIDTH else f"{shown[: WIDTH - 4]} ..."
