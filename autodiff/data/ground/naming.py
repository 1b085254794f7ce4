"""Names for the leaves of a tree: `layers/0/W`, as checkpoints and summaries have them."""

from __future__ import annotations

from collections import Counter
from typing import Any

from autodiff.core.arguments.tree import Structure, flatten
from autodiff.data.ground.errors import DataError


def leaf_names(tree: Any) -> list[str]:
    """A name for every leaf, in the order of `flatten`.

    Raises `DataError` when two leaves would have the same name.

    >>> leaf_names({"layers": [{"W": 1.0, "b": 2.0}], "step": 3})
    ['layers/0/W', 'layers/0/b', 'step']
    """
    names = _names(flatten(tree)[1], "")
    twice = [name for name, count in Counter(names).items() if count > 1]
    if twice:
        raise DataError(f"two leaves of the tree have the name {twice[0]!r}; rename a key.")
    return names


def _names(structure: Structure | None, prefix: str) -> list[str]:
    if structure is None:
        return [prefix or "value"]
    start = f"{prefix}/" if prefix else ""
    pairs = zip(structure.keys, structure.children, strict=True)
    return [name for key, child in pairs for name in _names(child, f"{start}{key}")]
