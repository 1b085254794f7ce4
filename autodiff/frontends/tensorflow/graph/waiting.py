"""What a node waits for, across the borders of branches and loops.

Control dependencies name operations.  One that was built outside of the branch or loop runs once,
before it; one that was built inside of it runs with it, so what waits for it outside waits for the
whole.
"""

from __future__ import annotations

from typing import Any

from autodiff.core.language.equation import Equation
from autodiff.frontends.tensorflow.graph.operation import Operation


def owner_of(thing: Any) -> Any:
    """The graph, or the body of a branch or loop, in which a tensor or operation stands."""
    return thing.graph if isinstance(thing, Operation) else getattr(thing, "owner", None)


def is_outside(thing: Any, body: Any) -> bool:
    """Whether a tensor or operation stands in a graph around a body."""
    owner, around = owner_of(thing), body.outer
    while around is not None and around is not owner:
        around = around.outer
    return around is not None


def awaited(graph: Any, thing: Any) -> Equation:
    """The node of a graph to wait for: of what is inside of a branch or loop the whole of it."""
    node: Equation = thing.node if hasattr(thing, "node") else thing.op.node
    owner = owner_of(thing)
    while owner is not graph and getattr(owner, "outer", None) is not None:
        node, owner = owner.stand_in(node), owner.outer
    return node
