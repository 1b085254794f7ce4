"""A recording as an ONNX graph: call by call, each by the form that is entered for its name."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from autodiff.core.ground.errors import UnsupportedError
from autodiff.source.languages.elsewhere import refuse_decision
from autodiff.source.languages.onnx.calling import named, short_call, signed
from autodiff.source.languages.onnx.elementwise import SIGNS
from autodiff.source.languages.onnx.graph import Graph, Value
from autodiff.source.languages.onnx.memory import Memory
from autodiff.source.languages.onnx.moving import indexed, moved
from autodiff.source.records.nodes import Guard, Node, changed, leaves
from autodiff.source.records.running import Recording
from autodiff.source.rewriting.body import Body
from autodiff.source.rewriting.simplify import simplified_calls
from autodiff.source.text.module import Module
from autodiff.source.text.statements import Statements
from autodiff.source.text.writer import inputs_of
from autodiff.source.words.names import line_of


class Exporter:
    """Writes a body into a graph."""

    def __init__(
        self,
        recording: Recording,
        body: Body,
        name: str,
        name_of: Callable[[np.ndarray], str | None],
    ) -> None:
        self.recording, self.body, self.name_of = recording, body, name_of
        self.graph = Graph()
        self.naming = Statements(Module(name, []), body, name_of)
        self.values: dict[Node, Any] = {}
        self.constants: dict[Node, Any] = {}
        self.memory = Memory(self)
        self.captured: dict[str, np.ndarray] = {}
        self.live: set[Node] = set()
        self.guards: dict[Node, list[Guard]] = {}
        for guard in body.guards:
            self.guards.setdefault(guard.node, []).append(guard)
        self._inputs()
        for node in body.nodes:
            self.statement(node)
        self.outputs = [self._output(place, out) for place, out in enumerate(body.outputs)]

    # -- what goes in and comes out --------------------------------------------------------------

    def _inputs(self) -> None:
        """The arguments' leaves, then the arrays from outside, which have a default."""
        pairs = zip(inputs_of(self.recording.nodes), inputs_of(self.body.nodes), strict=True)
        new = dict(pairs)
        for argument in self.recording.inputs:
            assert argument.node is not None
            self._input(new[argument.node], short(argument.path), argument.value)
        for one in self.recording.captured:
            wanted = self.name_of(one.value) or one.call.name
            if new[one] in self.naming.uses:
                name = self._input(new[one], short(wanted), one.value)
                self.captured[name] = one.value

    def _input(self, node: Node, wanted: str, value: Any) -> str:
        name = self.graph.names.new(wanted)
        self.values[node] = self.graph.input(name, value)
        self.naming.labels[node] = name
        self.live.add(node)
        return name

    def _output(self, place: int, out: Any) -> Value:
        """A result, which has a name of its own."""
        found = self.value(out)
        mode, of = (
            self.body.derivative_of.get(out, ("", None)) if out.__class__ is Node else ("", None)
        )
        label = self.naming.labels.get(of) if of is not None else ""
        wanted = f"{mode}_{label}" if label else f"result_{place + 1}"
        given = {one.name for one in self.graph.inputs} | set(self.graph.constants)
        if found.name in given or found.name in {one.name for one in self.taken_outputs()}:
            return self.graph.rename(self.graph.op("Identity", found), wanted)
        return found

    def taken_outputs(self) -> list[Value]:
        """The results that are written already."""
        return getattr(self, "outputs", [])

    # -- arguments -------------------------------------------------------------------------------

    def is_live(self, tree: Any) -> bool:
        """Whether something in an argument is computed by the model."""
        return any(
            one in self.live or one.root in self.live
            for one in leaves(tree)
            if one.__class__ is Node
        )

    def known(self, tree: Any) -> Any:
        """An argument that is no part of the graph: a shape, an axis, a constant index."""
        if self.is_live(tree):
            raise UnsupportedError(
                "this program computes a shape, an axis or an order by its inputs, which has no "
                "form in ONNX."
            )
        return changed(tree, lambda leaf: self.fixed(leaf) if leaf.__class__ is Node else leaf)

    def fixed(self, node: Node) -> Any:
        """What depends on no input, made anew: its array may have been changed later in the run."""
        if node not in self.constants:
            args, kwargs = self.known(node.args), self.known(node.kwargs)
            part = node.call.kind == "part"
            found = args[0][args[1]] if part else node.call.function(*args, **kwargs)
            self.constants[node] = found
        return self.constants[node]

    def value(self, arg: Any, dtype: Any = None) -> Value:
        """An argument as a value of the graph, in a dtype."""
        if arg.__class__ is Value:
            found = arg
        elif arg.__class__ is Node:
            if arg.root in self.memory.now:
                found = self.memory.read(arg)
            elif arg in self.values:
                found = self.values[arg]
            else:
                found = self.graph.constant(self.fixed(arg))
        elif isinstance(arg, list | tuple):
            return moved(self, Node(ARRAY, (list(arg),), value=np.array(plain(arg))), "array").cast(
                dtype or np.array(plain(arg)).dtype
            )
        else:
            found = self.graph.constant(arg, None if isinstance(arg, np.ndarray) else dtype)
        return found if dtype is None else found.cast(dtype)

    # -- calls -----------------------------------------------------------------------------------

    def statement(self, node: Node) -> None:
        """One call of the body."""
        if node.call.kind == "input":
            if node.written:
                self.memory.read(node)
            return
        live = self.is_live((node.args, node.kwargs))
        self.graph.line = line_of(*node.stack[0]) if node.stack else ""
        try:
            if node.target is not None:
                self.live.add(node.target.root)
                self.memory.write(node)
                return
            if live or node.root in self.live:
                self.live.add(node)
            if node.root in self.memory.now:
                return
            if live:
                self.enter(node, self.formed(node))
            if node.written:
                self.live.add(node)
                self.memory.begin(node, self.value(node))
        except UnsupportedError as error:
            raise self.at(error, node) from None
        for guard in self.guards.get(node, ()):
            if guard.kind != "finite":
                refuse_decision(guard, "ONNX")

    def at(self, error: UnsupportedError, node: Node) -> UnsupportedError:
        """The same error with the user's line."""
        line, said = self.graph.line, str(error)
        if not line or "\n  " in said:
            return error
        role = "the derivative of " if node.role else ""
        return UnsupportedError(f"{said}\n  at {role}`{line}`")

    def enter(self, node: Node, found: Any) -> None:
        """Keep the value of a node, under the user's name where there is one."""
        if isinstance(found, Value):
            shape, dtype = np.shape(node.value), np.asarray(node.value).dtype
            assert found.shape == shape, (node.call, found.shape, shape)
            found = found.cast(dtype)
            wanted = self.naming.wanted(node)
            if wanted:
                found = self.graph.rename(found, wanted)
                self.naming.labels[node] = found.name
        self.values[node] = found

    def formed(self, node: Node) -> Any:
        """What a call is written as."""
        kind, name = node.call.kind, node.call.name
        if kind == "getitem":
            return indexed(self, node)
        if kind == "part":
            return self.values[node.args[0]][node.args[1]]
        if kind == "op":
            return self.folded(node)
        if kind == "operator" and len(node.args) == 1:
            return signed(self, name, node)
        own = SIGNS.get(name, name) if kind == "operator" else short_call(name)
        if own == "negative" or (own == "invert" and len(node.args) == 1):
            return signed(self, "-" if own == "negative" else "~", node)
        return named(self, own, node)

    def folded(self, node: Node) -> Value:
        """An op of several calls: these."""
        inner = node.inner
        assert inner is not None
        for given, arg in zip(inner.given, node.args):
            self.values[given] = self.value(arg)
            self.live.add(given)
        body = simplified_calls(inner)
        for one in body.nodes:
            if self.is_live((one.args, one.kwargs)):
                self.live.add(one)
                self.values[one] = self.formed(one)
        return self.value(body.outputs[0])

    def gathered_along(self, x: Value, places: Value, axis: int) -> Value:
        """`np.take_along_axis` of values."""
        return self.graph.op("GatherElements", x, places, shape=places.shape, axis=axis % x.ndim)


class _Array:
    kind, name = "function", "np.array"
    function = staticmethod(np.array)


ARRAY: Any = _Array


def plain(tree: Any) -> Any:
    """Arguments with the values of their nodes."""
    return changed(tree, lambda leaf: leaf.value if leaf.__class__ is Node else leaf)


def short(path: str) -> str:
    """`params['W1']` as `params.W1`."""
    kept = "".join(c if c.isalnum() or c == "_" else "." for c in path)
    return ".".join(part for part in kept.split(".") if part)
