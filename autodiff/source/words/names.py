"""The names that the user gave to values, found in the source of the line that made them.

A call knows its place, down to the columns.  Where that is the right-hand side of `h = ...` the
value is called h; where it is what a function returns, the place of that function's call decides.

>>> import ast
>>> sorted(Targets("h = a + b").at.values())
[('name', 'h')]
"""

from __future__ import annotations

import ast
import builtins
import keyword
import linecache
from collections.abc import Iterable, Iterator
from itertools import islice
from types import CodeType
from typing import Any

from autodiff.source.records.nodes import Node, Place

Span = tuple[int, int, int, int]
RESERVED = {"np", "math", "special", "copy", *keyword.kwlist, *dir(builtins)}


class Targets:
    """What becomes of the expressions of a file: `at[span]` is ("name", "h") or ("return", "")."""

    def __init__(self, text: str) -> None:
        self.at: dict[Span, tuple[str, str]] = {}
        try:
            tree = ast.parse(text)
        except (SyntaxError, ValueError):
            return
        for node in ast.walk(tree):
            if isinstance(node, ast.Assign):
                for target in node.targets:
                    self._assigned(target, node.value)
            elif isinstance(node, ast.AnnAssign | ast.NamedExpr) and node.value is not None:
                self._assigned(node.target, node.value)
            elif isinstance(node, ast.AugAssign):
                self.at[_span(node)] = ("name", _name(node.target))
            elif isinstance(node, ast.Return) and node.value is not None:
                self.at.setdefault(_span(node.value), ("return", ""))
            elif isinstance(node, ast.Lambda):
                self.at.setdefault(_span(node.body), ("return", ""))

    def _assigned(self, target: ast.expr, value: ast.expr) -> None:
        if isinstance(target, ast.Tuple) and isinstance(value, ast.Tuple):
            for one, own in zip(target.elts, value.elts, strict=False):
                self._assigned(one, own)
        elif isinstance(target, ast.Tuple):
            names = " ".join(_name(one) or "_" for one in target.elts)
            self.at[_span(value)] = ("names", names)
        elif _name(target):
            self.at[_span(value)] = ("name", _name(target))


def _name(target: ast.expr) -> str:
    """The name of a variable, an attribute, or an element under a string: `self.h`, `c["h"]`."""
    if isinstance(target, ast.Name):
        return target.id
    if isinstance(target, ast.Attribute):
        return target.attr
    if isinstance(target, ast.Subscript) and isinstance(target.slice, ast.Constant):
        return target.slice.value if isinstance(target.slice.value, str) else ""
    return ""


def _span(node: Any) -> Span:
    return node.lineno, node.end_lineno, node.col_offset, node.end_col_offset


_known: dict[str, tuple[list[str], Targets]] = {}


def targets_of(file: str) -> Targets:
    """The targets of a file, worked out once for its text."""
    lines = linecache.getlines(file)
    known = _known.get(file)
    if known is None or known[0] != lines:
        if len(_known) > 64:
            _known.clear()
        known = _known[file] = (lines, Targets("".join(lines)))
    return known[1]


def span_of(place: Place) -> Span | None:
    """The lines and columns of a place."""
    code, offset = place
    span = next(islice(code.co_positions(), offset // 2, None), None)
    return span if span is not None and None not in span else None  # type: ignore[return-value]


def user_name(node: Node) -> str:
    """The name that the user gave to a value of the forward run, or ''."""
    part = node.args[1] if node.call.kind == "part" else None
    for place in node.stack:
        span = span_of(place)
        if span is None:
            return ""
        kind, name = targets_of(place[0].co_filename).at.get(span, ("", ""))
        if kind == "names" and part is not None:
            names = name.split()
            return names[part] if part < len(names) and names[part] != "_" else ""
        if kind == "name":
            return name if part is None else ""
        if kind != "return":
            return ""
    return ""


def line_of(code: CodeType, offset: int) -> str:
    """The user's source line at a place."""
    span = span_of((code, offset))
    return linecache.getline(code.co_filename, span[0]).strip() if span else ""


class Names:
    """Unique names for the variables of a function.

    >>> names = Names(["x"])
    >>> names.new("h"), names.new("h"), names.new("x"), names.new("in")
    ('h', 'h_2', 'x_2', 'in_')
    """

    def __init__(self, taken: Iterable[str]) -> None:
        self.taken = set(taken)
        self.last: dict[str, int] = {}

    def new(self, wanted: str) -> str:
        """The name itself, or with the next free number."""
        base = "".join(c if c.isalnum() or c == "_" else "_" for c in wanted) or "t"
        base = base if not base[0].isdigit() else f"v{base}"
        base = f"{base}_" if base in RESERVED else base
        name = base
        while name in self.taken:
            self.last[base] = self.last.get(base, 1) + 1
            name = f"{base}_{self.last[base]}"
        self.taken.add(name)
        return name

    def numbered(self, letter: str = "t") -> Iterator[str]:
        """t1, t2, ..."""
        number = 0
        while True:
            number += 1
            if f"{letter}{number}" not in self.taken:
                self.taken.add(f"{letter}{number}")
                yield f"{letter}{number}"


def same_code(a: str, b: str) -> bool:
    """Whether two lines are the same code."""
    try:
        return bool(b) and ast.dump(ast.parse(a)) == ast.dump(ast.parse(b))
    except SyntaxError:
        return False
