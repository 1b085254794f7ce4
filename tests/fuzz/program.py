"""Programs as data: statements, inputs and constants, and the text of the function they make.

A program is a straight line of statements.  It can be printed, pasted, shortened by a statement, and
run by whoever defines the names of its inputs: by NumPy alone, or by a transform of the library.
"""

from __future__ import annotations

import ast
import linecache
import re
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from functools import lru_cache
from types import CodeType
from typing import Any

import numpy as np

HEADER = '''\
import math
import numpy as np


\
def mix(*values):
    """A number of each value, in which each of its elements has a weight of its own."""
    numbers = []
    for v in values:
        weights = np.cos(1.0 + np.arange(np.size(v))).reshape(np.shape(v))
        number = np.sum(np.real(v) * weights)
        if np.iscomplexobj(v):
            number = number + np.sum(np.imag(v) * weights[..., ::-1] if np.ndim(v) else np.imag(v))
        numbers.append(number)
    return np.stack(numbers)


'''
"""Before every program: what it may use, and the helper that makes one vector of its results."""


@dataclass(frozen=True)
class Statement:
    """Some lines of a program.

    `same` is an expression whose value must not change near the point (which side of a kink, which
    branch, which order), `where` one that must be true.
    """

    text: str
    same: str = ""
    where: str = ""
    template: str = ""

    def renamed(self, name: str, other: str) -> Statement:
        """The statement with another name in the place of one."""
        parts = (re.sub(rf"\b{name}\b", other, part) for part in (self.text, self.same, self.where))
        return Statement(*parts, self.template)


@dataclass(frozen=True)
class Program:
    """A function of the inputs; `seed` and `number` name the program."""

    inputs: dict[str, np.ndarray]
    constants: dict[str, np.ndarray] = field(default_factory=dict)
    statements: tuple[Statement, ...] = ()
    name: str = "<program>"

    def with_statements(self, statements: tuple[Statement, ...]) -> Program:
        """The same program of other statements."""
        return replace(self, statements=statements)

    @property
    def results(self) -> list[str]:
        """The names that the function returns a mix of: all that are bound when it ends."""
        names = dict.fromkeys(self.inputs)
        for statement in self.statements:
            names.update(dict.fromkeys(bound(statement.text)))
        return list(names)

    @property
    def source(self) -> str:
        """The text of `f`, and of the helper `mix` that it returns with."""
        lines = [f"def f({', '.join(self.inputs)}):"]
        for statement in self.statements:
            lines += [f"    {line}" for line in statement.text.splitlines()]
        lines += [f"    return mix({', '.join(self.results)})", ""]
        return "\n".join(lines)

    def at(self, line: int) -> Statement | None:
        """The statement at a line of the whole text, `HEADER` included."""
        end = HEADER.count("\n") + 2
        for statement in self.statements:
            end += statement.text.count("\n") + 1
            if line < end:
                return statement
        return None

    @property
    def lines(self) -> str:
        """The statements alone."""
        return "\n".join(statement.text for statement in self.statements)

    def function(self, wide: bool = False) -> Callable[..., Any]:
        """The function itself; if `wide`, with every float32 made a float64."""
        text = HEADER + self.source
        if wide:
            text = widened(text)
        name = self.name + (" in float64" if wide else "")
        linecache.cache[name] = (len(text), None, text.splitlines(keepends=True), name)
        names: dict[str, Any] = {
            k: wide_array(v) if wide else v.copy() for k, v in self.constants.items()
        }
        exec(compile(text, name, "exec"), names)
        function: Callable[..., Any] = names["f"]
        return function


def widened(text: str) -> str:
    """The text with every single precision doubled."""
    return text.replace("float32", "float64").replace("complex64", "complex128")


def wide_array(array: np.ndarray) -> np.ndarray:
    """A copy in double precision."""
    kinds = {"f": np.float64, "c": np.complex128}
    return array.astype(kinds.get(array.dtype.kind, array.dtype))


@lru_cache(maxsize=20_000)
def compiled(text: str, mode: str) -> CodeType:
    """Text as code; the same statements are run at many places."""
    return compile(text, "<statement>", mode)


@lru_cache(maxsize=20_000)
def bound(text: str) -> tuple[str, ...]:
    """The names that hold a value after these lines, in order; those that start with _ are helpers."""
    names: dict[str, None] = {}
    todo: list[ast.AST] = [ast.parse(text)]
    while todo:
        node = todo.pop()
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store) and node.id[0] != "_":
            names[node.id] = None
        if not isinstance(node, ast.ListComp | ast.GeneratorExp | ast.Lambda):
            todo.extend(ast.iter_child_nodes(node))
    return tuple(names)
