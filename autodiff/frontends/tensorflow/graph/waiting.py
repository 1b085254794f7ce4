"""What a node waits for, across the borders of branches and loops.

Control dependencies name operations.  One that was built outside of the branch or loop runs once,
before it; one that was built inside of it runs with it, so what waits for it outside waits for the
whole.
"""

from __future__ import annotations

from typing import Any

from autodiff.core.ground.locations import here
from autodiff.core.language.equation import Equation
from autodiff.frontends.tensorflow.graph.operation import Operation
from autodiff.frontends.tensorflow.ground.errors import GraphError


def owner_of(thing: Any) -> Any:
    """The graph, or the body of a branch or loop, in which a tensor or operation stands."""
    return thing.graph if isinstance(thing, Operation) else getattr(thing, "owner", None)


def is_outside(thing: Any, body: Any) -> bool:
    """Whether a tensor or operation stands in a graph around a body."""
    owner, around = owner_of(thing), body.outer
    while around is not None and around is not owner:
        around = around.outer
    return around is not None


def refuse_inside(thing: Any) -> None:
    """Raise GraphError where a tensor or operation of a branch or loop is used outside of it."""
    if getattr(owner_of(thing), "outer", None) is not None:
        raise GraphError(
            f"{thing.name} is built inside of a branch or loop, and has no value outside. Return "
            "it from the function and use what tf.cond or the loop gives, or build it before; a "
            f"variable may begin with a function that builds it: tf.Variable(lambda: ...).{here()}"
        )


def foreign(tensor: Any) -> GraphError:
    """The error for a tensor that a node of another graph is to use."""
    refuse_inside(tensor)
    return GraphError(
        f"{tensor.name} belongs to another graph than the node that is to use it. Build both "
        "inside one `with graph.as_default():`; if a cell was run again after "
        f"tf.reset_default_graph(), build its inputs again too.{here()}"
    )


def awaited(graph: Any, thing: Any) -> Equation:
    """The node of a graph to wait for: of what is inside of a branch or loop the whole of it."""
    node: Equation = thing.node if hasattr(thing, "node") else thing.op.node
    owner = owner_of(thing)
    while owner is not graph and getattr(owner, "outer", None) is not None:
        node, owner = owner.stand_in(node), owner.outer
    return node
