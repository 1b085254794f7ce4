"""`OnnxProgram`: an ONNX model of a function, to be read, run and saved."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import numpy as np

from autodiff.core.arguments.tree import flatten, paths, unflatten
from autodiff.core.ground.errors import UnsupportedError
from autodiff.core.ground.locations import here
from autodiff.source.guards.constants import is_same
from autodiff.source.guards.witnesses import Witnesses
from autodiff.source.languages.onnx import OPSET
from autodiff.source.languages.onnx.exporting import Exporter
from autodiff.source.languages.onnx.graph import Graph, Value, element_type, library
from autodiff.source.records.running import Argument, Recording

IR_VERSION = 9
"""The version of ONNX's file format, of 2023."""


class OnnxProgram:
    """A program as an ONNX model: `print(s)` shows it, `s(*args)` runs it, `s.save(path)` keeps it.

    It is run by onnxruntime.  `s.model` is the `ModelProto`; arrays that the function takes from
    outside are inputs with a default, and `s.captured` has them as they are now.
    """

    def __init__(
        self,
        exporter: Exporter,
        name: str,
        doc: str,
        like: list[Any],
        captured: Mapping[str, Callable[[], Any]],
        witnesses: Witnesses,
    ) -> None:
        self.name = name
        self.recording: Recording = exporter.recording
        self.inputs = [one.name for one in exporter.graph.inputs]
        self.outputs = [one.name for one in exporter.outputs]
        self.model = model_of(exporter, name, doc)
        self.text: str = library().printer.to_text(self.model)
        self._like = [type(one) if isinstance(one, float | np.generic) else None for one in like]
        self._getters = dict(captured)
        self._witnesses = witnesses
        self._session: Any = None

    @property
    def captured(self) -> dict[str, np.ndarray]:
        """The arrays that the function uses besides its arguments, as they are now."""
        return {name: get() for name, get in self._getters.items()}

    @property
    def session(self) -> Any:
        """The model in onnxruntime, made once."""
        if self._session is None:
            try:
                import onnxruntime
            except ImportError:
                raise UnsupportedError(
                    "ONNX models are run by onnxruntime: pip install 'autodiff-toolkit[export]'"
                ) from None
            options = onnxruntime.SessionOptions()
            options.log_severity_level = 3  # inputs with a default are meant as such
            self._session = onnxruntime.InferenceSession(
                self.model.SerializeToString(), options, providers=["CPUExecutionProvider"]
            )
        return self._session

    def is_stale(self) -> bool:
        """Whether something that the model froze is not what it was."""
        return self._witnesses.changed() is not None

    def __call__(self, *args: Any) -> Any:
        """Run the model; refused for other shapes, dtypes, containers and constants."""
        place = self._witnesses.changed()
        if place is not None:
            raise ValueError(
                f"{place.path}, which the function uses, is not what it was when this model was "
                f"written. Write it anew, ad.source(f, ..., to='onnx').{here()}"
            )
        feed = {**self._feed(args), **self.captured}
        found = self.session.run(self.outputs, feed)
        return unflatten(
            self.recording.structure,
            [one if kind is None else kind(one) for one, kind in zip(found, self._like)],
        )

    def _feed(self, args: tuple[Any, ...]) -> dict[str, Any]:
        names = iter(self.inputs)
        feed = {}
        rows = zip(self.recording.names, self.recording.structures, self.recording.arguments)
        if len(args) != len(self.recording.names):
            raise TypeError(f"{self.name} takes {len(self.recording.names)} arguments{here()}")
        for (name, structure, own), arg in zip(rows, args):
            given, found = flatten(arg)
            if found != structure:
                raise ValueError(f"{name} has other parts than this model was written for{here()}")
            for one, value, path in zip(own, given, paths(structure, name)):
                self._check(one, value, path)
                if one.node is not None:
                    feed[next(names)] = np.asarray(value)
        return feed

    def _check(self, one: Argument, value: Any, path: str) -> None:
        """Refuse another shape or dtype, or another constant."""
        if one.node is None:
            if not is_same(one.value, value):
                raise ValueError(f"{path} is {value!r}; this model is for {one.value!r}{here()}")
            return
        own, wanted = np.asarray(value), np.asarray(one.value)
        if own.shape != wanted.shape or own.dtype != wanted.dtype:
            raise ValueError(
                f"{path} is {own.dtype} {own.shape}; this model is for "
                f"{wanted.dtype} {wanted.shape}.{here()}"
            )

    def save(self, path: str | Path) -> Path:
        """Write the model as an .onnx file."""
        path = Path(path)
        path.write_bytes(self.model.SerializeToString())
        return path

    def __str__(self) -> str:
        return self.text

    def __repr__(self) -> str:
        count = len(self.model.graph.node)
        return f"<{self.name}: an ONNX model of {count} nodes, opset {OPSET}; call it, save it>"


def model_of(exporter: Exporter, name: str, doc: str) -> Any:
    """The `ModelProto` of an exported graph, checked."""
    onnx = library()
    graph, outputs = exporter.graph, exporter.outputs
    defaults = [onnx.numpy_helper.from_array(a, n) for n, a in exporter.captured.items()]
    nodes = used(graph, outputs)
    constants = [onnx.numpy_helper.from_array(a, n) for n, a in graph.constants.items()]
    made = onnx.helper.make_graph(
        nodes,
        name,
        [described(one) for one in graph.inputs],
        [described(one) for one in outputs],
        [*defaults, *constants],
        doc_string=doc,
    )
    model = onnx.helper.make_model(
        made,
        producer_name="autodiff",
        opset_imports=[onnx.helper.make_opsetid("", OPSET)],
        ir_version=IR_VERSION,
    )
    onnx.checker.check_model(model, full_check=True)
    return model


def described(value: Value) -> Any:
    """The name, dtype and shape of an input or output."""
    make = library().helper.make_tensor_value_info
    return make(value.name, element_type(value.dtype), value.shape)


def used(graph: Graph, outputs: list[Value]) -> list[Any]:
    """The nodes that lead to an output, and of the constants only those that they use."""
    needed = {one.name for one in outputs}
    kept = []
    for node in reversed(graph.nodes):
        if not needed.isdisjoint(node.output):
            kept.append(node)
            needed.update(node.input)
    for name in [name for name in graph.constants if name not in needed]:
        del graph.constants[name]
    return kept[::-1]
