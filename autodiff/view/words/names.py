"""Names for the values of a program, found from the user's own variables.

In order of preference: a name that the user gave, the path of an argument (`p[0]`, `W1` for
`p['W1']` where that is unique), a variable of the caller that holds the tensor, the variable that
the source line assigns to, `y` for a result without a name, and at last v1, v2, ... as in the
printed table of a tape.
"""

from __future__ import annotations

import ast
import itertools
import linecache
import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from types import CodeType, ModuleType
from typing import Any

from autodiff.core.ground.locations import Location, locate
from autodiff.core.language.equation import Equation
from autodiff.core.reverse.tensor import Tensor
from autodiff.view.words.text import cleaned

Span = tuple[int, int, int, int]
_assigned: dict[tuple[str, int], dict[Span, str]] = {}
KEY = re.compile(r".*\['([^\W\d]\w*)'\]")
LARGE, DEPTH = 200, 4
"""Containers among the caller's variables with more members, or deeper, are not searched."""


def name_all(
    program: Sequence[Equation], known: Mapping[Equation, str], variables: Mapping[str, Any]
) -> dict[Equation, str]:
    """A unique name for every equation; `known` are sure, `variables` the caller's."""
    held = shortened(names_held(variables))
    known = shortened(known)
    places: dict[tuple[CodeType, int], str | None] = {}
    names: dict[Equation, str] = {}
    taken: set[str] = set()
    copies: dict[str, itertools.count[int]] = {}
    for index, equation in enumerate(program, 1):
        wanted = equation.name or known.get(equation) or held.get(equation)
        if wanted is None and equation.code is not None:
            place = (equation.code, equation.offset)
            if place not in places:
                places[place] = name_assigned(locate(*place))
            wanted = places[place]
        name = wanted = cleaned(wanted or "") or f"v{index}"
        while name in taken:
            name = f"{wanted}_{next(copies.setdefault(wanted, itertools.count(2)))}"
        taken.add(name)
        names[equation] = name
    return names


def shortened(paths: Mapping[Equation, str]) -> dict[Equation, str]:
    """Paths with an entry of a dictionary by its key alone, where that is unique.

    `p['W1']` is `W1`, unless there is another `W1`.
    """
    last = {equation: KEY.fullmatch(path) for equation, path in paths.items()}
    own = {equation: found[1] if found else paths[equation] for equation, found in last.items()}
    counts = Counter(own.values())
    return {e: name if counts[name] == 1 else paths[e] for e, name in own.items()}


def names_held(variables: Mapping[str, Any]) -> dict[Equation, str]:
    """The tensors among the caller's variables, also inside containers and models.

    A tensor in a dictionary is called `p['W']`, one in an object `model.W`.
    """
    found: dict[Equation, str] = {}
    stack = [(n, v, 0) for n, v in reversed(list(variables.items())) if not n.startswith("_")]
    seen: set[int] = set()
    while stack:
        name, value, depth = stack.pop()
        if isinstance(value, Tensor):
            found.setdefault(value.node, name)
        elif depth < DEPTH and id(value) not in seen:
            seen.add(id(value))
            parts = _parts(name, value)
            stack += [(n, v, depth + 1) for n, v in reversed(parts) if len(parts) <= LARGE]
    return found


def _parts(name: str, value: Any) -> list[tuple[str, Any]]:
    """The members of a container or of a plain object, with the paths that lead to them."""
    if isinstance(value, dict):
        return [(f"{name}[{key!r}]", part) for key, part in value.items()]
    if isinstance(value, list | tuple):
        return [(f"{name}[{index}]", part) for index, part in enumerate(value)]
    if isinstance(value, type | ModuleType) or callable(getattr(value, "__get__", None)):
        return []
    own = getattr(value, "__dict__", {})
    return [(f"{name}.{key}", part) for key, part in own.items() if not key.startswith("_")]


def name_assigned(place: Location | None) -> str | None:
    """The variable to which the user's line assigns exactly this expression, if any."""
    if place is None:
        return None
    lines = linecache.getlines(place.file)
    key = (place.file, hash(tuple(lines)))
    if key not in _assigned:
        _assigned[key] = _assignments("".join(lines))
    span = (place.line, place.end_line, place.column, place.end_column)
    return _assigned[key].get(span)


def _assignments(source: str) -> dict[Span, str]:
    try:
        tree = ast.parse(source)
    except (SyntaxError, ValueError):  # a notebook magic, or no source at all
        return {}
    found: dict[Span, str] = {}
    for statement in ast.walk(tree):
        if isinstance(statement, ast.Assign):
            _note(found, statement.targets, statement.value)
        elif isinstance(statement, ast.AnnAssign | ast.NamedExpr) and statement.value:
            _note(found, [statement.target], statement.value)
        elif isinstance(statement, ast.AugAssign):
            _note(found, [statement.target], statement)
    return found


def _note(found: dict[Span, str], targets: Iterable[ast.expr], value: ast.AST) -> None:
    names = [target.id for target in targets if isinstance(target, ast.Name)]
    if names:
        span = (value.lineno, value.end_lineno, value.col_offset, value.end_col_offset)
        found[span] = names[0]
