"""Arguments that are no numbers to calculate with: they are part of a program, and must stay."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from typing import Any

from autodiff.core.arguments.tree import flatten
from autodiff.core.ground.locations import here


def is_same(one: Any, other: Any) -> bool:
    """Whether two constants are the same: True is not 1, and a function only itself.

    >>> is_same(3, 3), is_same(1, True), is_same("a", "a"), is_same(lambda x: x, lambda x: x)
    (True, False, True, False)
    """
    if one is other:
        return True
    return type(one) is type(other) and isinstance(one, Hashable) and bool(one == other)


def refuse_other_constants(arguments: Sequence[Sequence[Any]], args: Sequence[Any]) -> None:
    """Raise where a leaf that is no number is another than the one that a program is for."""
    for own, arg in zip(arguments, args):
        if all(one.node is not None for one in own):
            continue
        given = flatten(arg)[0]
        for one, leaf in zip(own, given) if len(given) == len(own) else ():
            if one.node is None and not is_same(one.value, leaf):
                raise ValueError(
                    f"{one.path} is {leaf!r:.60}; this program is for {one.value!r:.60}. "
                    f"Write another, ad.source(f, ...).{here()}"
                )
