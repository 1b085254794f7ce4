"""Marks on values: `stop_gradient` cuts the derivative, `named` gives a name to draw with."""

from __future__ import annotations

from typing import Any

from autodiff.core.arguments.tree import map_tree
from autodiff.core.language.dispatch import apply, is_traced
from autodiff.core.language.kinds import constant
from autodiff.core.reverse.tensor import Tensor

_stop = constant(lambda x: x, name="stop_gradient", arity=1)


def stop_gradient(x: Any) -> Any:
    """x itself, as a constant: its derivative with respect to anything is zero.

    Takes containers too.  The cut stays visible in drawings, and in the error that says why a
    result does not depend on its variables.

    >>> stop_gradient({"w": 2.0})
    {'w': 2.0}
    """
    return map_tree(lambda leaf: apply(_stop, (leaf,)) if is_traced(leaf) else leaf, x)


def named(x: Any, name: str) -> Any:
    """x itself, with a name for drawings, tables and messages.

    >>> named(Tensor(1.0), "loss").node.name
    'loss'
    """
    if isinstance(x, Tensor):
        x.node.note = {**(x.node.note or {}), "name": str(name)}
    return x
