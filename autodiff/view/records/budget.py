"""How much a picture may show, and what is folded by itself where a graph has more.

What has parts of its own, scopes or calls of the user's functions, is unfolded as deep as one can
read it, up to 40 nodes.  A graph of over 150 nodes is folded where it has none, too: repeats of a
block first, and at last whatever there is, in runs.  The picture says so.  Only what the user chose
to see in full is refused when it is too much.
"""

from __future__ import annotations

from autodiff.view.records.graph import Graph
from autodiff.view.records.groups import collapse, fold_repeats, fold_siblings, merge, wanted_scopes
from autodiff.view.records.nesting import nested
from autodiff.view.records.subject import ViewError

READABLE = 40
COLLAPSE_ABOVE = 150
REFUSE_ABOVE = 800
FEWEST = 8
"""A picture of fewer boxes than this hides more than it shows."""


class TooLargeError(ViewError):
    """More nodes than a picture can show; the message gives the ways out."""


def within_budget(graph: Graph, chosen: bool) -> Graph:
    """Fold a graph of over 150 nodes by itself, and refuse one of over 800.

    `chosen` says that the user decided what to fold, so nothing is done unasked.
    """
    if len(graph.nodes) > COLLAPSE_ABOVE and not chosen:
        smaller = fold_repeats(fold_siblings(graph))
        if len(smaller.nodes) > COLLAPSE_ABOVE:
            smaller = collapse(smaller, wanted_scopes(smaller, True))
        if len(smaller.nodes) > COLLAPSE_ABOVE:
            smaller = at_depth(graph, 0)
        graph = _told(graph, smaller)
    if len(graph.nodes) > REFUSE_ABOVE:
        raise TooLargeError(
            f"this graph has {len(graph.nodes)} nodes, and a picture shows at most {REFUSE_ABOVE}. "
            "Draw less of it: between=(a, b) for the values between two of them, collapse='layer1' "
            "or depth=0 for scopes as one box (write with ad.scope('layer1'): around each layer), "
            "or collapse='repeats' to fold loops; print(ad.Tape) shows any size as a table."
        )
    return graph


def readable(graph: Graph) -> Graph:
    """Its scopes and calls unfolded as deep as a reader can follow; itself where that says little.

    Raises nothing: what has no such parts is left to `within_budget`.
    """
    if len(graph.nodes) <= READABLE:
        return graph
    found = graph
    for depth in range(max(len(node.scope) for node in graph.nodes)):
        deeper = at_depth(graph, depth)
        if len(deeper.nodes) > READABLE:
            break
        found = deeper
    return _told(graph, found) if len(found.nodes) >= FEWEST else graph


def _told(graph: Graph, smaller: Graph) -> Graph:
    """The smaller of both, which says how much was folded, and how to see it."""
    if len(smaller.nodes) >= len(graph.nodes):
        return graph
    smaller.notes = [
        *smaller.notes,
        f"{len(graph.nodes)} nodes were collapsed to {len(smaller.nodes)}; "
        "collapse=False draws them all, and a page saved as .html unfolds them.",
    ]
    return smaller


def at_depth(graph: Graph, depth: int) -> Graph:
    """The groups that are nested deeper than this as one box each: the tree that a page unfolds.

    These are scopes or calls, and where a loop has neither, its repeats.
    """
    if depth < 0:
        raise ViewError(f"depth={depth}: how deep groups are drawn begins with 0, as boxes.")
    tree = nested(graph)
    groups = {group.key: group for group in tree.groups}
    owner = {}
    for key, group in tree.owner.items():
        chain: list[str] = []
        while group:
            chain.insert(0, group)
            group = groups[group].outer
        if len(chain) > depth:
            owner[key] = chain[depth]
    scopes = {node.key: node.scope[:depth] for node in graph.nodes}
    outer = {group: scopes[key] for key, group in reversed(owner.items())}
    return merge(graph, owner, outer, {key: group.title for key, group in groups.items()})
