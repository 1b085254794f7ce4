"""An operation's call as the user would recognise it: `logp[rows, labels]`, `mean(x, axis=0)`.

Arrays among the parameters go by the user's name for them where there is one; an index by
arrays is written as it stands on the user's line, since its numbers would tell nothing.
"""

from __future__ import annotations

import ast
from collections.abc import Callable
from functools import lru_cache
from typing import Any

import numpy as np

from autodiff.core.language.dispatch import ground
from autodiff.core.language.display.table import parameter_text, write_call
from autodiff.core.language.equation import Equation

WIDEST = 40
"""Characters of a user's own index; a longer one is told by its number of places."""
MOST = 8
"""A call of more operands than this tells how many there are."""
Called = Callable[[Any], str | None]


def call_of(equation: Equation, operands: list[str], called: Called | None = None) -> str:
    """The call of an equation's op on operands given as texts; `called` names plain arrays."""
    assert equation.op is not None
    texts = parameters_of(equation, called)
    if len(operands) > MOST:
        return f"{equation.op.name}({len(operands)} parts)"
    return write_call(equation.op, operands, equation.params, lambda name, _: texts[name])


def parameters_of(equation: Equation, called: Called | None = None) -> dict[str, str]:
    """The parameters of an equation as texts, by name."""
    found = {}
    for name, value in equation.params.items():
        known = called(value) if called is not None and _is_array(value) else None
        own = _own_index(equation) if name == "index" and _holds_array(value) else ""
        found[name] = known or own or parameter_text(name, value)
    return found


def _is_array(value: Any) -> bool:
    return isinstance(ground(value), np.ndarray) and np.ndim(ground(value)) > 0


def _holds_array(index: Any) -> bool:
    parts = index if isinstance(index, tuple) else (index,)
    return any(_is_array(part) or isinstance(part, list) for part in parts)


def _own_index(equation: Equation) -> str:
    """What stands between the brackets on the user's line, '' where that is not to be found."""
    place = equation.location
    if place is None:
        return ""
    own = _subscript(place.expression)
    return own if len(own) <= WIDEST else ""


@lru_cache(maxsize=1000)
def _subscript(expression: str) -> str:
    try:
        tree = ast.parse(expression.strip(), mode="eval").body
    except (SyntaxError, ValueError):
        return ""
    if not isinstance(tree, ast.Subscript):
        return ""
    text = ast.unparse(tree.slice)
    return text[1:-1] if isinstance(tree.slice, ast.Tuple) and text.startswith("(") else text
