"""What stands in a graph, looked up: its program, its nodes by name, its collections.

Nothing here adds a node.
"""

from __future__ import annotations

import difflib
from typing import Any

from autodiff.core.ground.locations import here
from autodiff.core.language.equation import Equation
from autodiff.core.language.program import Program
from autodiff.core.reverse.parts import part_of
from autodiff.frontends.tensorflow.graph.operation import Operation
from autodiff.frontends.tensorflow.graph.tensor import Tensor


class Contents:
    """The equations that a graph holds, and the lists that it keeps."""

    __slots__ = ()

    equations: list[Equation]
    by_name: dict[str, Equation]
    collections: dict[Any, list[Any]]

    @property
    def program(self) -> Program:
        """The equations as a program, which prints as a table."""
        return Program(self.equations)

    @property
    def version(self) -> int:
        """How many equations there are, which grows with each."""
        return len(self.equations)

    def outputs_of(self, node: Equation) -> list[Tensor]:
        """The tensors that a node produces; none for one that only acts."""
        note = node.note or {}
        if note.get("silent"):
            return []
        return list(note.get("parts", (node.value,)))

    def as_subject(self, ran: Any = None) -> Any:
        """What `ad.draw(graph)` draws: all of it, but for the initialization of variables."""
        from autodiff.frontends.tensorflow.graph.drawing import subject_of_nodes, whole_program

        program, outputs = whole_program(self.equations)
        return subject_of_nodes("the graph", program, outputs, ran)

    def as_graph_def(self, from_version: int | None = None, add_shapes: bool = False) -> Any:
        """The graph as the message `GraphDef`, which `tf.import_graph_def` reads."""
        from autodiff.frontends.tensorflow.graph.message import graph_message

        return graph_message(self)

    def gradient_override_map(self, op_type_map: Any) -> Any:
        """Let nodes of some types have gradients of one's own; see `graph.overrides`."""
        from autodiff.frontends.tensorflow.graph.overrides import gradient_override_map

        return gradient_override_map(self, op_type_map)

    def get_operation_by_name(self, name: str) -> Operation:
        """The operation of that name; KeyError with near names where there is none."""
        if name not in self.by_name:
            raise KeyError(f"no operation is named {name!r} in this graph.{self._near(name)}")
        return Operation(self, self.by_name[name])

    def get_tensor_by_name(self, name: str) -> Tensor:
        """The tensor of that name, `"Mul:0"`."""
        base, colon, place = str(name).partition(":")
        if not colon or not place.isdigit():
            raise ValueError(f"{name!r} names an operation; a tensor is {base + ':0'!r}.{here()}")
        outputs = self.get_operation_by_name(base).outputs
        if int(place) >= len(outputs):
            raise KeyError(f"{base!r} has {len(outputs)} outputs, so there is no {name!r}.")
        return outputs[int(place)]

    def as_graph_element(self, thing: Any) -> Any:
        """The tensor or operation that a name, or a thing itself, means in this graph."""
        if isinstance(thing, str):
            by = self.get_tensor_by_name if ":" in thing else self.get_operation_by_name
            return by(thing)
        return thing

    def _near(self, name: str) -> str:
        near = difflib.get_close_matches(name, list(self.by_name), 3)
        return f" Did you mean {', '.join(near)}?" if near else ""

    def get_operations(self) -> list[Operation]:
        """All operations in the order in which they were built."""
        return [Operation(self, e) for e in self.equations if e.op is not part_of]

    def add_to_collection(self, name: Any, value: Any) -> None:
        """Append a value to a named list that the graph keeps."""
        self.collections.setdefault(name, []).append(value)

    def get_collection(self, name: Any, scope: str | None = None) -> list[Any]:
        """The values of a collection; with `scope` those whose name begins so."""
        found = self.collections.get(name, [])
        if scope is None:
            return list(found)
        return [value for value in found if getattr(value, "name", "").startswith(scope)]

    def get_collection_ref(self, name: Any) -> list[Any]:
        """The list itself, to be changed in place."""
        return self.collections.setdefault(name, [])

    def get_all_collection_keys(self) -> list[Any]:
        """The names of the collections that hold something."""
        return [key for key, values in self.collections.items() if values]

    def clear_collection(self, name: Any) -> None:
        """Empty a collection."""
        self.collections.pop(name, None)
