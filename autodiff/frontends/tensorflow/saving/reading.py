"""`import_graph_def`: the nodes of a message, built into the graph.

What this package wrote comes back as it was, by the words that each node has of its op in the
registry.  What TensorFlow wrote, a frozen network say, is built by the table of `known`.  A node
whose type is not known, or which stood around a function of a program, keeps its name, and says
what it is when it is to be run.
"""

from __future__ import annotations

import importlib
import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import numpy as np

from autodiff.core.ground.locations import here
from autodiff.core.language.registry import registry
from autodiff.frontends.tensorflow.control.flow import identity
from autodiff.frontends.tensorflow.graph.attributes import (
    OWN,
    array_of_message,
    decoded,
    dims_of_message,
    dtype_of_number,
)
from autodiff.frontends.tensorflow.graph.calls import Called
from autodiff.frontends.tensorflow.graph.graph import Graph, get_default_graph
from autodiff.frontends.tensorflow.graph.inputs import constant
from autodiff.frontends.tensorflow.graph.message import HOLDERS, PACKAGE
from autodiff.frontends.tensorflow.graph.operation import Operation
from autodiff.frontends.tensorflow.graph.recorded import Slot, recorded_op
from autodiff.frontends.tensorflow.graph.tensor import Tensor
from autodiff.frontends.tensorflow.ground.errors import UnimplementedError
from autodiff.frontends.tensorflow.saving.known import KNOWN
from autodiff.frontends.tensorflow.saving.noted import Noted
from autodiff.frontends.tensorflow.variables.variables import Variable

VARIABLES = ("Variable", "VariableV2", "VarHandleOp")
"""The types that variables have had, from one version to the next."""


def import_graph_def(
    graph_def: Any,
    input_map: Mapping[str, Any] | None = None,
    return_elements: Sequence[str] | None = None,
    name: str | None = None,
    op_dict: Any = None,
    producer_op_list: Any = None,
) -> list[Any] | None:
    """Build the nodes of a `GraphDef` into the default graph, under the scope `name` ("import").

    `input_map` puts tensors of this graph in the place of some of the message's;
    `return_elements` are the names of tensors (`"x:0"`) and operations to give back.

    >>> from autodiff.frontends import tensorflow as tf
    >>> with tf.Graph().as_default() as graph:
    ...     y = tf.square(tf.placeholder("float", [], name="x"), name="y")
    >>> with tf.Graph().as_default(), tf.Session() as sess:
    ...     (y,) = tf.import_graph_def(graph.as_graph_def(), return_elements=["y:0"])
    ...     y.name, sess.run(y, {"import/x:0": 3.0})
    ('import/y:0', np.float32(9.0))
    """
    if not hasattr(graph_def, "node"):
        raise TypeError(
            "tf.import_graph_def takes a tf.GraphDef: graph_def = tf.GraphDef(); "
            f"graph_def.ParseFromString(file.read()); got {type(graph_def).__name__}.{here()}"
        )
    graph = get_default_graph()
    scope = "" if name == "" else graph.names.unique((name or "import").rstrip("/")) + "/"
    found = Reader(graph, scope, dict(input_map or {})).read(list(graph_def.node))
    if return_elements is None:
        return None
    return [found.element(wanted) for wanted in return_elements]


class Reader:
    """Builds nodes into a graph; `made` are the tensors of each, by its name in the message."""

    def __init__(self, graph: Graph, scope: str, given: Mapping[str, Any]) -> None:
        self.graph, self.scope = graph, scope
        self.given = {key if ":" in key else f"{key}:0": value for key, value in given.items()}
        self.made: dict[str, Operation | Several] = {}
        self.counts: dict[str, int] = {}

    def read(self, nodes: Sequence[Any]) -> Reader:
        """Build the nodes, each after those that it reads."""
        for node in nodes:
            for source in node.input:
                base, _, place = source.lstrip("^").partition(":")
                self.counts[base] = max(self.counts.get(base, 1), int(place or 0) + 1)
        for node in in_order(nodes):
            if self.scope + node.name in self.graph.by_name:
                raise ValueError(
                    f"the graph has a node named {self.scope + node.name!r} already: read the "
                    f"message under another name=, or into a new tf.Graph().{here()}"
                )
            after = [self.made[s[1:]].node for s in node.input if s.startswith("^")]
            before, self.graph.control = self.graph.control, tuple(after)
            try:
                self.made[node.name] = self._build(node)
            finally:
                self.graph.control = before
        return self

    def element(self, name: str) -> Any:
        """The tensor or the operation of a name in the message."""
        base, colon, place = name.partition(":")
        if base not in self.made:
            raise ValueError(f"the message has no node named {base!r}.{here()}")
        return self.made[base].outputs[int(place)] if colon else self.made[base]

    def tensor(self, source: str) -> Tensor:
        """What a node reads, by the name that it has among the node's inputs."""
        base, _, place = source.partition(":")
        full = f"{base}:{place or 0}"
        return self.given[full] if full in self.given else self.made[base].outputs[int(place or 0)]

    def _build(self, node: Any) -> Operation | Several:
        inputs = [self.tensor(source) for source in node.input if not source.startswith("^")]
        name = f"{self.scope}{node.name}/"
        if node.op == "Const":
            array = array_of_message(node.attr["value"].tensor)
            return constant(array, name=name).op
        if node.op == "Placeholder" or node.op in VARIABLES:
            return self._entry(node, name)
        if OWN in node.attr:
            return self._own(node, json.loads(node.attr[OWN].s), inputs, name)
        if node.op not in KNOWN:
            return self._unknown(node, inputs, name, None, "its type is not known here")
        try:
            attributes = Noted(node.attr)
            with self.graph.name_scope(name):
                found = KNOWN[node.op](inputs, attributes, name)
            if attributes.unusual():
                raise UnimplementedError(f"{attributes.unusual()} is not known here")
        except (TypeError, ValueError, UnimplementedError) as error:
            reason = str(error).partition("\n")[0].rstrip(".")
            return self._unknown(node, inputs, name, None, reason)
        first = found[0] if isinstance(found, list | tuple) else found
        operation: Operation = first if isinstance(first, Operation) else first.op
        if isinstance(found, Tensor) and operation.name != name[:-1]:
            return identity(found, name).op
        return Several(found) if isinstance(found, list | tuple) else operation

    def _entry(self, node: Any, name: str) -> Operation:
        dtype = dtype_of_number(node.attr["dtype"].type)
        told = node.attr["shape"].shape if "shape" in node.attr else None
        dims = None if told is None else dims_of_message(told)
        if node.op == "Placeholder":
            if dims == () and OWN not in node.attr and "_output_shapes" not in node.attr:
                dims = None  # of 0.11 and earlier: no shape was given
            return self.graph.add_input("Placeholder", dims, dtype, name).op
        return Variable.read(self.graph, name, dims, dtype).op

    def _own(self, node: Any, words: dict[str, Any], inputs: list[Tensor], name: str) -> Operation:
        """A node that this package wrote."""
        infos = [
            (None if dims is None else tuple(dims), np.dtype(dtype))
            for dims, dtype in words["infos"]
        ]
        note = {key: self._meaning_of(word) for key, word in words["note"].items()}
        links, inputs = inputs[: words["links"]], inputs[: words["count"]][words["links"] :]
        if "why" in words:
            node.op = words["type"]
            return self._unknown(node, inputs, name, infos or None, words["why"], note)
        params = self._meaning_of(words["params"])
        if "call" in words:
            function, template = map(self._meaning_of, words["call"])
            run = Called(function, template)
            op: Any = recorded_op(getattr(function, "__name__", "call"), run, words["multiple"])
        else:
            op = op_named(words["op"])
        infos = infos or [((), np.dtype("V"))]
        made = self.graph.stage(op, inputs, params, name, words["type"], infos, note, links)
        if note.get("initial") and isinstance(links[0], Variable):
            links[0].initializer, links[0].initial_value = made.op, inputs[0]
        first = made[0] if isinstance(made, list | tuple) else made
        operation: Operation = first.op
        return operation

    def _meaning_of(self, word: Any) -> Any:
        return decoded(word, self._meaning)

    def _meaning(self, kind: str, held: Any) -> Any:
        """What a word of `message.word_of` stands for in this graph."""
        if kind == "slot":
            return Slot(held)
        if kind == "tensor":
            return self.tensor(held)
        if kind == "node":
            return self.tensor(held).node
        if kind == "key":
            return object()
        return op_named(held) if kind == "op" else function_named(held)

    def _unknown(
        self,
        node: Any,
        inputs: Sequence[Tensor],
        name: str,
        infos: Sequence[Any] | None,
        why: str,
        note: dict[str, Any] | None = None,
    ) -> Operation:
        """A node that can be looked at, and says what it is when it is to be run."""
        count = self.counts.get(node.name, 1)
        if infos is None:
            told = [dims_of_message(s) for s in node.attr["_output_shapes"].list.shape]
            types = [node.attr[key].type for key in ("T", "dtype") if key in node.attr]
            dtype = dtype_of_number(types[0]) if types else np.dtype(np.float32)
            told += [None] * (count - len(told))
            infos = [(dims, dtype) for dims in told]

        def refuse(*values: Any) -> Any:
            raise UnimplementedError(
                f"{name[:-1]}, a {node.op}, was read from a message, and can't be run: {why}. "
                "Build this part of the graph by its program."
            )

        op = recorded_op(node.op, refuse, len(infos) > 1)
        made = self.graph.stage(op, inputs, {}, name, node.op, infos, note)
        return (made[0] if isinstance(made, list | tuple) else made).op


class Several:
    """The results of a node that is several nodes here."""

    def __init__(self, outputs: Sequence[Tensor]) -> None:
        self.outputs, self.node, self.name = list(outputs), outputs[0].node, outputs[0].op.name


def op_named(path: str) -> Any:
    """The op of the registry of that name, or one that a module holds, as `module:name`."""
    module, colon, name = path.partition(":")
    if not colon:
        return registry[path]
    name, _, place = name.partition(".")
    found = getattr(_module(module, HOLDERS), name)
    return found[int(place)] if place else found


def function_named(path: str) -> Any:
    """The function `module:name` that nodes call, below the name under which it is declared."""
    module, _, name = path.partition(":")
    if module == "numpy":
        found = getattr(np, name)
        if found not in registry.by_function and found not in registry.composites:
            raise ValueError(f"a message may not call np.{name}")
        return found
    rooms = tuple(f"{PACKAGE}.{room}" for room in ("ops", "nn", "image"))
    found = getattr(_module(module, rooms), name)
    return getattr(found, "__wrapped__", found)


def _module(name: str, allowed: Sequence[str]) -> Any:
    """A module that a message may name: none that reads or writes files."""
    if not any(name == own or name.startswith(f"{own}.") for own in allowed):
        raise ValueError(f"a message may not name what is in {name}")
    return importlib.import_module(name)


def in_order(nodes: Sequence[Any]) -> Iterable[Any]:
    """The nodes, each after those that it reads; ValueError where one reads itself at last."""
    by_name = {node.name: node for node in nodes}
    state: dict[str, int] = {}
    for start in nodes:
        stack = [(start, iter(start.input))]
        if state.get(start.name):
            continue
        state[start.name] = 1
        while stack:
            node, sources = stack[-1]
            for source in sources:
                base = source.lstrip("^").partition(":")[0]
                if base not in by_name:
                    raise ValueError(
                        f"{node.name!r} reads {base!r}, which the message has not.{here()}"
                    )
                if state.get(base) == 1:
                    raise ValueError(
                        f"{base!r} depends on itself: loops of TensorFlow's messages are not read "
                        f"here.{here()}"
                    )
                if base not in state:
                    state[base] = 1
                    stack.append((by_name[base], iter(by_name[base].input)))
                    break
            else:
                state[node.name] = 2
                yield node
                stack.pop()
