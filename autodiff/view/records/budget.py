"""How much a picture may show, and what is folded by itself where a graph has more.

A graph of over 150 nodes is folded, and the picture says so: repeats of a block first, then the
scopes, or the calls of the user's functions, and at last whatever there is, in runs.  Only what
the user chose to see in full is refused when it is too much.
"""

from __future__ import annotations

from autodiff.view.records.graph import Graph
from autodiff.view.records.groups import collapse, fold_repeats, fold_siblings, merge, wanted_scopes
from autodiff.view.records.nesting import nested
from autodiff.view.records.subject import ViewError

COLLAPSE_ABOVE = 150
REFUSE_ABOVE = 800


class TooLargeError(ViewError):
    """More nodes than a picture can show; the message gives the ways out."""


def within_budget(graph: Graph, chosen: bool) -> Graph:
    """Fold a graph of over 150 nodes by itself, and refuse one of over 800.

    `chosen` says that the user decided what to fold, so nothing is done unasked.
    """
    if len(graph.nodes) > COLLAPSE_ABOVE and not chosen:
        before = len(graph.nodes)
        smaller = fold_repeats(fold_siblings(graph))
        if len(smaller.nodes) > COLLAPSE_ABOVE:
            smaller = collapse(smaller, wanted_scopes(smaller, True))
        if len(smaller.nodes) > COLLAPSE_ABOVE:
            smaller = at_depth(graph, 0)
        if len(smaller.nodes) < before:
            graph = smaller
            graph.notes = [
                *graph.notes,
                f"{before} nodes were collapsed to {len(graph.nodes)}; "
                "collapse=False draws them all, and a page saved as .html unfolds them.",
            ]
    if len(graph.nodes) > REFUSE_ABOVE:
        raise TooLargeError(
            f"this graph has {len(graph.nodes)} nodes, and a picture shows at most {REFUSE_ABOVE}. "
            "Draw less of it: between=(a, b) for the values between two of them, collapse='layer1' "
            "or depth=0 for scopes as one box (write with ad.scope('layer1'): around each layer), "
            "or collapse='repeats' to fold loops; print(ad.Tape) shows any size as a table."
        )
    return graph


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
