"""An answer's source, cut out of a notebook: the cell that defines it, and what that needs.

A statement is taken if it binds a name that is needed later on; what it uses is needed then.  So
drawings, trainings and checks stay behind, a helper three cells above comes along, and a cell that
is no Python harms nobody but its own answer.

>>> cells = ["y = [0] * 10**9", "k = 2", "def f(x): return k * x"]
>>> print(answer_source(cells, "f"))
k = 2
def f(x): return k * x
"""

from __future__ import annotations

import ast
import builtins
import re
import symtable
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from autodiff.course.grading.plain import plain


@dataclass(frozen=True, slots=True)
class Statement:
    """A statement of the notebook's own level: its text, the names it binds, and those it uses."""

    text: str
    binds: frozenset[str]
    uses: frozenset[str]


def answer_source(cells: Sequence[str], name: str) -> str:
    """The statements that a name needs, in order; "" where no cell binds it."""
    statements = [own for cell in cells for own in statements_of(cell)]
    needed = _names_in(name)
    chosen: list[str] = []
    for own in reversed(statements):
        if own.binds & needed:
            chosen.append(own.text)
            needed |= own.uses
    bound = {n for own in statements for n in own.binds}
    return "\n".join(reversed(chosen)) if _names_in(name) <= bound else ""


def broken_cell(cells: Sequence[str], name: str) -> tuple[str, str]:
    """The last cell that was to bind a name and is no Python, and what is wrong with it.

    >>> broken_cell(["def f(x)\\n    return x"], "f")[1]
    "line 1: expected ':'"
    """
    wanted = re.compile(
        rf"^\s*(?:(?:async )?def|class) {re.escape(name)}\b|^{re.escape(name)}\s*=", re.M
    )
    for cell in reversed(cells):
        if wanted.search(cell):
            try:
                ast.parse(plain(cell))
            except SyntaxError as error:
                return cell, f"line {error.lineno}: {error.msg}"
            except (ValueError, RecursionError, MemoryError) as error:
                return cell, str(error)
    return "", ""


def statements_of(cell: str) -> Iterator[Statement]:
    """The statements of a cell; none where it is no Python. Lines for Jupyter are left out."""
    source = plain(cell)
    try:
        tree = ast.parse(source)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return
    for node in tree.body:
        text = ast.get_source_segment(source, node, padded=True) or ast.unparse(node)
        if isinstance(node, (ast.FunctionDef, ast.ClassDef)) and node.decorator_list:
            text = ast.unparse(node)
        try:
            binds, uses = _names_of(text)
        except (SyntaxError, ValueError, RecursionError):
            continue
        yield Statement(text, binds | _changed_by(node), uses)


def _names_in(expression: str) -> set[str]:
    return {own.id for own in ast.walk(ast.parse(expression)) if isinstance(own, ast.Name)}


def _names_of(text: str) -> tuple[frozenset[str], frozenset[str]]:
    """The names that a statement binds on its own level, and all global ones that it uses."""
    top = symtable.symtable(text, "cell", "exec")
    binds = {own.get_name() for own in top.get_symbols() if own.is_assigned() or own.is_imported()}
    uses = {own.get_name() for own in top.get_symbols() if own.is_referenced()}
    tables = list(top.get_children())
    while tables:
        table = tables.pop()
        tables += table.get_children()
        uses |= {own.get_name() for own in table.get_symbols() if own.is_global()}
    return frozenset(binds), frozenset(uses - vars(builtins).keys())


def _changed_by(node: ast.stmt) -> frozenset[str]:
    """The names whose attributes or items a statement sets: `Dual.__add__ = add` changes Dual."""
    found = set()
    for own in ast.walk(node):
        if isinstance(own, (ast.Attribute, ast.Subscript)) and isinstance(own.ctx, ast.Store):
            base: ast.expr = own
            while isinstance(base, (ast.Attribute, ast.Subscript)):
                base = base.value
            if isinstance(base, ast.Name):
                found.add(base.id)
    inside = isinstance(node, (ast.FunctionDef, ast.ClassDef, ast.AsyncFunctionDef))
    return frozenset() if inside else frozenset(found)
