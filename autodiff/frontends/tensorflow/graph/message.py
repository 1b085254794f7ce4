"""A graph as the message `GraphDef`, in TensorFlow's layout as far as it has one for a node.

Placeholders, constants, variables and the ops that networks are made of have the types, inputs and
attributes of TensorFlow's own: what TensorFlow holds as an input (the axes of a sum, the shape of
a reshape) is a constant of its own here.  Beside that each node tells its op of the registry in
the attribute `attributes.OWN`, from which `saving.reading` rebuilds it as it was.  A node around a
function of the program (a branch, a loop, a step of a gradient) has no words: its type and
its inputs are written, and whoever runs it after reading is told.
"""

from __future__ import annotations

import json
import sys
from typing import Any

import numpy as np

from autodiff.core.language.equation import Equation
from autodiff.core.language.op import Op
from autodiff.core.language.registry import registry
from autodiff.core.reverse.parts import part_of
from autodiff.data.events.program_graph import Names
from autodiff.data.events.summaries import protos
from autodiff.frontends.tensorflow.graph.attributes import (
    OWN,
    Unwritable,
    encoded,
    shape_message,
    tensor_message,
    type_number,
)
from autodiff.frontends.tensorflow.graph.calls import Called
from autodiff.frontends.tensorflow.graph.layouts import LAYOUTS, as_it_is, name_as_ours
from autodiff.frontends.tensorflow.graph.recorded import Slot, leaves
from autodiff.frontends.tensorflow.graph.tensor import Tensor

KEPT = ("silent", "initial", "role", "rows")
"""What a node notes besides its name, type and place, and has after reading too."""


def graph_message(graph: Any) -> Any:
    """The message `GraphDef` of a graph.

    >>> from autodiff.frontends import tensorflow as tf
    >>> with tf.Graph().as_default() as graph:
    ...     y = tf.reduce_sum(tf.placeholder("float", [None, 2], "x"), 1, name="y")
    >>> [(node.name, node.op, list(node.input)) for node in graph_message(graph).node]
    [('x', 'Placeholder', []), ('y/axes', 'Const', []), ('y', 'Sum', ['x', 'y/axes'])]
    """
    made = protos("graph_pb2").GraphDef()
    made.versions.producer = 22
    writer = Writer(made, Names(graph.by_name))
    for equation in graph.equations:
        if equation.op is not part_of:
            writer.write(equation, graph.outputs_of(equation))
    return made


class Writer:
    """Adds nodes to a message."""

    def __init__(self, made: Any, names: Names) -> None:
        self.made, self.names = made, names

    def write(self, equation: Equation, outputs: list[Tensor]) -> None:
        """Add the node of an equation, after the constants that it reads."""
        note = equation.note or {}
        node = protos("node_def_pb2").NodeDef(name=note["name"], op=note["type"])
        names = "xyzuvw"
        for place, operand in enumerate(equation.inputs):
            if operand.__class__ is Equation:
                node.input.append(reference(operand))
            else:
                node.input.append(self.constant(node.name, names[place % 6], operand))
        for tensor in outputs:
            node.attr["_output_shapes"].list.shape.append(shape_message(tensor.dims))
        self._official(equation, node, outputs)
        if equation.op is not None:
            told = json.dumps(self._own_words(equation, outputs))
            node.attr[OWN].s = told.encode()
        if equation.location:
            node.attr["line"].s = str(equation.location).encode()
        node.input.extend(f"^{before.note['name']}" for before in note.get("control", ()))
        self.made.node.append(node)

    def constant(self, owner: str, own: str, value: Any) -> str:
        """Add the constant that stands among the inputs of a node; its name."""
        array = np.asarray(value)
        node = self.made.node.add(name=self.names.free(f"{owner}/{own}"), op="Const")
        node.attr["value"].tensor.CopyFrom(tensor_message(array))
        node.attr["dtype"].type = node.attr["value"].tensor.dtype
        node.attr["_output_shapes"].list.shape.append(shape_message(array.shape))
        return str(node.name)

    def _official(self, equation: Equation, node: Any, outputs: list[Tensor]) -> None:
        note, value = equation.note or {}, equation.value
        if equation.op is None:
            node.attr["dtype"].type = type_number(value.dtype)
            if "constant" in note:
                node.attr["value"].tensor.CopyFrom(tensor_message(note["constant"]))
            else:
                node.attr["shape"].shape.CopyFrom(shape_message(value.dims))
            return
        first = next((p for p in equation.primals if hasattr(p, "dtype")), None)
        dtype = getattr(first, "dtype", None)
        if dtype is None or dtype.kind not in "biufcO":
            dtype = outputs[0].dtype if outputs and outputs[0].dtype.kind in "biufcO" else None
        if dtype is not None:
            node.attr["T"].type = type_number(dtype)
        if "seeds" in equation.params:
            node.attr["dtype"].type = type_number(equation.params["dtype"])
            first_seed, second_seed = equation.params["seeds"] or (0, 0)
            node.attr["seed"].i, node.attr["seed2"].i = first_seed, second_seed
        if registry.by_name.get(equation.op.name) is equation.op:
            layout = LAYOUTS.get(equation.op.name, as_it_is)
            layout(self, node, equation)
        elif any(leaf.__class__ is not Slot for leaf in leaves(_call_of(equation)[1])):
            name_as_ours(node)

    def _own_words(self, equation: Equation, outputs: list[Tensor]) -> dict[str, Any]:
        """What `saving.reading` needs to rebuild the node."""
        note, op = equation.note or {}, equation.op
        assert op is not None
        infos = [[t.dims, t.dtype.str if t.dtype != object else "O"] for t in outputs]
        words: dict[str, Any] = {"count": len(equation.inputs), "infos": infos}
        words["multiple"], words["type"] = op.multiple, note["type"]
        words["note"] = {k: encoded(note[k], word_of) for k in KEPT if k in note}
        words["links"] = note.get("links", 0)
        function, template = _call_of(equation)
        try:
            if function is not None:
                words["call"] = [word_of(function), encoded(template, word_of)]
            else:
                words["op"] = name_of_op(op)
            words["params"] = encoded(dict(equation.params or {}), word_of)
        except Unwritable as error:
            words.pop("call", None)
            words.pop("op", None)
            words["why"] = str(error)
        return words


def _call_of(equation: Equation) -> tuple[Any, Any]:
    """The function that a node calls and its arguments, tensors as slots; (None, ()) for an op."""
    assert equation.op is not None
    own = equation.op.function
    return (own.function, own.template) if isinstance(own, Called) else (None, ())


def reference(equation: Equation) -> str:
    """How a node names one of its inputs."""
    note = equation.note or {}
    place = note.get("output", 0)
    return f"{note['name']}:{place}" if place else str(note["name"])


def word_of(value: Any) -> dict[str, Any] | None:
    """Words for what belongs to the graph, or is a function at the top level of a module."""
    if isinstance(value, Slot):
        return {"slot": value.place}
    if isinstance(value, Tensor):
        return {"tensor": value.name}
    if isinstance(value, Equation):
        return {"node": reference(value)}
    if value.__class__ is object:
        return {"key": True}
    if isinstance(value, Op):
        return {"op": name_of_op(value)}
    if callable(value):
        return {"function": _path_of(value)}
    return None


def _path_of(function: Any) -> str:
    """`module:name` of a function of this package or of NumPy; Unwritable for any other."""
    module, name = getattr(function, "__module__", None), getattr(function, "__qualname__", "")
    if isinstance(function, np.ufunc):
        module, name = "numpy", function.__name__
    root = (module or "").partition(".")[0]
    if root in ("autodiff", "numpy") and name.isidentifier():
        found = getattr(sys.modules.get(module or ""), name, None)
        if found is function or getattr(found, "__wrapped__", None) is function:
            return f"{module}:{name}"
    raise Unwritable(f"the function {name or function!r:.40} of the program can't be written")


def name_of_op(op: Op) -> str:
    """The name of an op in the registry, or `module:name` of one that a module here holds."""
    if registry.by_name.get(op.name) is op:
        return op.name
    for module in HOLDERS:
        for name, value in vars(sys.modules[module]).items():
            if value is op:
                return f"{module}:{name}"
            if isinstance(value, list) and any(value_ is op for value_ in value):
                return f"{module}:{name}.{value.index(op)}"
    raise Unwritable(f"{op.name} is made for this program")


PACKAGE = "autodiff.frontends.tensorflow"
HOLDERS = [
    f"{PACKAGE}.{path}"
    for path in (
        "variables.variables", "control.flow", "graph.inputs", "ops.random", "ops.ties",
        "derivatives.gradients",
    )
]  # fmt: skip
"""The modules that hold ops of their own, beside those of the registry."""
