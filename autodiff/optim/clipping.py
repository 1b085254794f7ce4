"""Clipping: a gradient made smaller where it is large, in any container.

A factor limit / max(norm, limit) is 1 below the limit and never divides by zero (Pascanu, Mikolov
& Bengio, arXiv:1211.5063, algorithm 1).  Where a gradient is None it stays None.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from autodiff.core.arguments.tree import flatten, is_variable, map_tree

Tree = Any


def clip_by_value(gradient: Tree, low: float, high: float) -> Tree:
    """Each element moved into low .. high; this changes the direction.

    >>> clip_by_value({"w": np.array([-3.0, 0.5])}, -1.0, 1.0)
    {'w': array([-1. ,  0.5])}
    """
    return _each(lambda g: np.clip(g, low, high), gradient)


def clip_by_norm(gradient: Tree, limit: float) -> Tree:
    """Each array scaled down to a Euclidean norm of at most `limit`, by itself.

    >>> clip_by_norm([np.array([3.0, 4.0]), np.array([0.3, 0.4])], 1.0)
    [array([0.6, 0.8]), array([0.3, 0.4])]
    """
    return _each(lambda g: g * (limit / np.maximum(norm(g), limit)), gradient)


def clip_by_global_norm(gradient: Tree, limit: float) -> Tree:
    """All arrays scaled by one factor, so that their `global_norm` is at most `limit`.

    PyTorch's `clip_grad_norm_` adds 1e-6 to the norm; this is TensorFlow's and the paper's.

    >>> clip_by_global_norm([np.array([3.0]), np.array([4.0])], 1.0)
    [array([0.6]), array([0.8])]
    """
    factor = limit / np.maximum(global_norm(gradient), limit)
    return _each(lambda g: g * factor, gradient)


def global_norm(tree: Tree) -> Any:
    """The Euclidean norm of all elements of all arrays together.

    >>> print(global_norm({"w": np.array([3.0]), "b": 4.0, "layers": 2}))
    5.0
    """
    norms = [norm(leaf) for leaf in flatten(tree)[0] if is_variable(leaf)]
    return np.linalg.norm(np.stack(norms)) if norms else 0.0


def norm(x: Any) -> Any:
    """The Euclidean norm of an array of any shape."""
    return np.linalg.norm(np.reshape(x, -1))


def _each(rule: Any, tree: Tree) -> Tree:
    return map_tree(lambda leaf: rule(leaf) if is_variable(leaf) else leaf, tree)
