"""`Operation`: a node of a graph as something to run, whether or not it has values."""

from __future__ import annotations

from typing import Any

from autodiff.core.ground.locations import here
from autodiff.core.language.equation import Equation
from autodiff.frontends.tensorflow.ground.defaults import sessions


class Operation:
    """What produces tensors, or only does something: `name`, `type`, `inputs`, `outputs`, `run`.

    Two `Operation`s are equal where they are the same node.
    """

    __slots__ = ("graph", "node")

    def __init__(self, graph: Any, node: Equation) -> None:
        self.graph = graph
        self.node = (node.note or {}).get("whole", node)

    @property
    def name(self) -> str:
        """The unique name of the node, with its scopes."""
        return self.node.note["name"]

    @property
    def type(self) -> str:
        """TensorFlow's name for what it does: "Mul", "MatMul", "Placeholder", ..."""
        return self.node.note["type"]

    @property
    def inputs(self) -> list[Any]:
        """The tensors that it reads, in order."""
        return [node.value for node in self.node.inputs if node.__class__ is Equation]

    @property
    def control_inputs(self) -> list[Operation]:
        """What must run before it without handing it a value."""
        return [Operation(self.graph, node) for node in self.node.note.get("control", ())]

    @property
    def outputs(self) -> list[Any]:
        """The tensors that it produces."""
        return list(self.graph.outputs_of(self.node))

    values = outputs

    def run(self, feed_dict: Any = None, session: Any = None) -> None:
        """Run it, in the default session if none is given."""
        current_session(self, session).run(self, feed_dict)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Operation) and self.node is other.node

    def __hash__(self) -> int:
        return hash(self.node)

    def __repr__(self) -> str:
        return f"<tf.Operation '{self.name}' type={self.type}>"


def current_session(thing: Any, session: Any) -> Any:
    """The session given, or the default one; ValueError where there is none."""
    found = session or sessions.top
    if found is None:
        raise ValueError(
            f"no session to evaluate {thing.name} in: write `with tf.Session():` around it, make "
            f"a tf.InteractiveSession(), or pass session=sess.{here()}"
        )
    return found
