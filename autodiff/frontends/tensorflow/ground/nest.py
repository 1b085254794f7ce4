"""Nested structures: tuples, named tuples, lists and dicts of leaves, flat and back.

`tensorflow.python.util.nest` is this module under its functions' own names.

>>> flatten({"b": 2, "a": (1, [3])})
[1, 3, 2]
>>> pack_sequence_as((0, [0, 0]), [1, 2, 3])
(1, [2, 3])
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any

from autodiff.core.ground.locations import here


def is_sequence(seq: Any) -> bool:
    """Whether a value is a structure, and not a leaf."""
    return isinstance(seq, list | tuple | dict)


is_nested = is_sequence


def flatten(nest: Any) -> list[Any]:
    """The leaves in order; those of a dict by its sorted keys."""
    if isinstance(nest, dict):
        return [leaf for key in sorted(nest) for leaf in flatten(nest[key])]
    if isinstance(nest, list | tuple):
        return [leaf for part in nest for leaf in flatten(part)]
    return [nest]


def pack_sequence_as(structure: Any, flat_sequence: Sequence[Any]) -> Any:
    """The leaves in a structure; ValueError where there are not as many."""
    leaves = list(flat_sequence)
    count = len(flatten(structure))
    if len(leaves) != count:
        raise ValueError(f"{len(leaves)} leaves do not fit a structure of {count}.{here()}")
    return _packed(structure, iter(leaves))


def _packed(structure: Any, leaves: Iterator[Any]) -> Any:
    if isinstance(structure, dict):
        found = {key: _packed(structure[key], leaves) for key in sorted(structure)}
        return type(structure)((key, found[key]) for key in structure)
    if isinstance(structure, list | tuple):
        parts = [_packed(part, leaves) for part in structure]
        return structure._make(parts) if hasattr(structure, "_make") else type(structure)(parts)
    return next(leaves)


def map_structure(func: Callable[..., Any], *structure: Any) -> Any:
    """func of each leaf, or of the leaves at one place of several structures."""
    rows = zip(*(flatten(one) for one in structure), strict=True)
    return pack_sequence_as(structure[0], [func(*row) for row in rows])


def assert_same_structure(nest1: Any, nest2: Any, check_types: bool = True) -> None:
    """Raise ValueError where two structures differ in anything but their leaves."""
    if is_sequence(nest1) != is_sequence(nest2) or (
        is_sequence(nest1) and len(nest1) != len(nest2)
    ):
        raise ValueError(f"the structures {nest1!r:.80} and {nest2!r:.80} differ.{here()}")
    if is_sequence(nest1):
        ones = [nest1[k] for k in sorted(nest1)] if isinstance(nest1, dict) else nest1
        others = [nest2[k] for k in sorted(nest2)] if isinstance(nest2, dict) else nest2
        for one, other in zip(ones, others, strict=True):
            assert_same_structure(one, other, check_types)
