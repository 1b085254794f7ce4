"""Cutting long programs where they repeat themselves, so that a kernel serves many steps.

A recurrent network of 200 steps is 200 times the same calls.  As one kernel it would take minutes
to compile; cut at the same place of each step, the pieces have one text and are compiled once.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from autodiff.source.records.nodes import Node

LONG = 500
"""Programs of fewer calls are one piece; a call of single numbers counts a fifth."""
PIECE = 40
"""A piece has at least so many calls."""


def signature(node: Node) -> Any:
    """What repeats itself: the call, the shape of its result, and the user's line."""
    kind = getattr(node.value, "dtype", None)
    return node.call.name, np.shape(node.value), kind, node.role, node.stack[:1]


def weight(node: Node) -> float:
    """How much a call adds to the time of a compilation."""
    return 0.2 if node.target is None and not np.shape(node.value) else 1.0


def pieces(nodes: list[Node]) -> dict[Node, int]:
    """The number of the piece that each call is in.

    A cut is made where the call of the last cut comes again, at the least distance that is long
    enough, and elsewhere at a call that comes at equal distances.
    """
    if sum(map(weight, nodes)) < LONG:
        return dict.fromkeys(nodes, 0)
    signs = [signature(node) for node in nodes]
    places: dict[Any, list[int]] = {}
    for place, sign in enumerate(signs):
        places.setdefault(sign, []).append(place)
    rank = {place: n for own in places.values() for n, place in enumerate(own)}
    found: dict[Node, int] = {}
    piece, last, anchor = 0, 0, None
    for place, node in enumerate(nodes):
        own, n = places[signs[place]], rank[place]
        regular = 1 < n < len(own) - 1 and own[n] - own[n - 1] == own[n + 1] - own[n] < 4 * PIECE
        lost = place - last > 4 * PIECE
        if place - last >= PIECE and regular and (anchor in (None, signs[place]) or lost):
            piece, last, anchor = piece + 1, place, signs[place]
        found[node] = piece
    return found
