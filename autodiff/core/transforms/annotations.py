"""Marks on values: `stop_gradient` cuts the derivative, `named` gives a name to draw with."""

from __future__ import annotations

from typing import Any

import numpy as np

from autodiff.core.arguments.tree import map_tree
from autodiff.core.language.dispatch import apply, is_traced
from autodiff.core.language.kinds import constant
from autodiff.core.reverse.tensor import Tensor

_stop = constant(lambda x: x, name="stop_gradient", arity=1)


def stop_gradient(x: Any) -> Any:
    """The value of x as a constant: its derivative with respect to anything is zero.

    Takes containers too.  Of an array it is a copy, which later changes of x do not reach.  The cut
    stays visible in drawings, and in the error that says why a result does not depend on its
    variables.

    >>> stop_gradient({"w": 2.0})
    {'w': 2.0}
    """
    return map_tree(_stopped, x)


def _stopped(leaf: Any) -> Any:
    if is_traced(leaf):
        return apply(_stop, (leaf,))
    return leaf.copy() if isinstance(leaf, np.ndarray) else leaf


def named(x: Any, name: str) -> Any:
    """x itself, with a name for drawings, tables and messages.

    >>> named(Tensor(1.0), "loss").node.name
    'loss'
    """
    if isinstance(x, Tensor):
        x.node.note = {**(x.node.note or {}), "name": str(name)}
    return x
