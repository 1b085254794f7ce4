"""`Net`: layers in the order of a file, with blobs between them by name."""

from __future__ import annotations

from collections import OrderedDict
from pathlib import Path
from typing import Any

import numpy as np

import autodiff.frontends.caffe.layer_types.computing
import autodiff.frontends.caffe.layer_types.lookups
import autodiff.frontends.caffe.layer_types.losses
import autodiff.frontends.caffe.layer_types.shapes  # noqa: F401  (all fill the table of types)
from autodiff.core.ground.locations import here
from autodiff.data.ground.errors import package
from autodiff.frontends.caffe.blob import Blob
from autodiff.frontends.caffe.layer_types.base import TYPES, LayerBase
from autodiff.frontends.caffe.net_state import TEST, TRAIN, belongs
from autodiff.frontends.caffe.proto import caffe_pb2

__all__ = ["TEST", "TRAIN", "Net", "parsed"]


def parsed(path: Any, message: Any) -> Any:
    """A file in protobuf's text format, as a message."""
    text_format = package("google.protobuf.text_format", "Caffe's files")
    text = Path(str(path)).read_text()
    try:
        return text_format.Parse(text, message)
    except text_format.ParseError as error:
        raise ValueError(
            f"{path}: {error}. Only fields that mean something here are known."
        ) from None


class Net:
    """A net of a file (or a message) for a phase; `weights` is a file that `save` wrote."""

    def __init__(
        self, network: Any, *options: Any, stages: Any = (), level: int = 0,
        weights: str | None = None, phase: int = TEST,
    ) -> None:  # fmt: skip
        weights = next((o for o in options if isinstance(o, str)), weights)
        phase = next((o for o in options if isinstance(o, int)), phase)
        if isinstance(network, str | Path):
            network = parsed(network, caffe_pb2.NetParameter())
        self.phase, self.name = phase, network.name
        self.blobs: OrderedDict[str, Blob] = OrderedDict()
        self.params: OrderedDict[str, list[Blob]] = OrderedDict()
        self.layers: list[LayerBase] = []
        self.bottoms: list[list[Blob]] = []
        self.tops: list[list[Blob]] = []
        self.specs: OrderedDict[int, tuple[Blob, Any]] = OrderedDict()
        self._shared: dict[str, Blob] = {}
        self.inputs: list[str] = list(network.input)
        for place, name in enumerate(self.inputs):
            dims = (
                network.input_shape[place].dim
                if network.input_shape
                else network.input_dim[4 * place :][:4]
            )
            self.blobs[name] = Blob(dims)
        for param in network.layer:
            if belongs(param, phase, stages, level):
                self._append(param)
        read = {b for layer in self.layers for b in layer.param.bottom}
        made = [t for layer in self.layers for t in layer.param.top]
        self.outputs = [t for t in dict.fromkeys(made) if t not in read]
        self.inputs += [t for la in self.layers if la.type == "Input" for t in la.param.top]
        if weights:
            self.copy_from(weights)

    def _append(self, param: Any) -> None:
        if param.type not in TYPES:
            raise ValueError(
                f"Unknown layer type: {param.type} (layer {param.name}); known: "
                f"{', '.join(sorted(TYPES))}.{here()}"
            )
        for name in param.bottom:
            if name not in self.blobs:
                raise ValueError(
                    f"Unknown bottom blob '{name}' (layer '{param.name}'): no layer before it has "
                    f"that top.{here()}"
                )
        layer = TYPES[param.type](param, self.phase)
        bottoms = [self.blobs[n] for n in param.bottom]
        for name in param.top:
            if name in self.blobs and name not in param.bottom:
                raise ValueError(f"Top blob '{name}' produced by multiple sources.{here()}")
            self.blobs.setdefault(name, Blob())
        tops = [self.blobs[n] for n in param.top]
        layer.setup(bottoms)
        try:
            layer.forward(bottoms, tops)
        except (ValueError, IndexError) as error:
            shapes = ", ".join(f"{n} {self.blobs[n].shape}" for n in param.bottom)
            raise ValueError(f"layer {param.name} ({param.type}) of {shapes}: {error}") from error
        for place, blob in enumerate(layer.blobs):
            spec = param.param[place] if place < len(param.param) else caffe_pb2.ParamSpec()
            if spec.name:
                blob = layer.blobs[place] = self._shared.setdefault(spec.name, blob)
            if param.type == "BatchNorm":
                spec = caffe_pb2.ParamSpec(lr_mult=0, decay_mult=0)
            self.specs.setdefault(id(blob), (blob, spec))
        if layer.blobs:
            self.params[param.name] = layer.blobs
        if layer.type in ("Data", "HDF5Data"):
            layer.place = 0  # type: ignore[attr-defined]
        self.layers.append(layer)
        self.bottoms.append(bottoms)
        self.tops.append(tops)

    def loss_weights(self, layer: LayerBase) -> list[float]:
        """The weight of each top in the loss."""
        given = list(layer.param.loss_weight)
        return given or [1.0 if layer.is_loss else 0.0] * len(layer.param.top)

    def _range(self, start: Any, end: Any) -> range:
        names = [layer.name for layer in self.layers]
        first = names.index(start) if start is not None else 0
        last = names.index(end) if end is not None else len(names) - 1
        return range(first, last + 1)

    def forward(self, blobs: Any = None, start: Any = None, end: Any = None, **inputs: Any) -> Any:
        """Run layers from `start` to `end`; the outputs as arrays that the next pass overwrites."""
        if inputs:
            if set(inputs) != set(self.inputs):
                raise Exception(f"Input blob arguments do not match net inputs.{here()}")
            for name, value in inputs.items():
                self.blobs[name].put(value)
        for place in self._range(start, end):
            self.layers[place].forward(self.bottoms[place], self.tops[place])
        names = (
            self.outputs
            if end is None
            else list(self.layers[self._range(start, end)[-1]].param.top)
        )
        return {n: self.blobs[n].data for n in [*names, *(blobs or [])]}

    def forward_all(self, blobs: Any = None, **inputs: Any) -> Any:
        """The outputs of all rows, batch by batch, as copies."""
        size = self.blobs[self.inputs[0]].shape[0]
        rows = len(next(iter(inputs.values())))
        found: dict[str, list[Any]] = {}
        for first in range(0, rows, size):
            part = {n: v[first : first + size] for n, v in inputs.items()}
            for name, value in self.forward(blobs, **part).items():
                found.setdefault(name, []).extend(value.copy())
        return {name: np.asarray(values) for name, values in found.items()}

    def backward(self, diffs: Any = None, start: Any = None, end: Any = None, **given: Any) -> Any:
        """Run layers backwards; diffs of parameters add up until they are cleared."""
        order = self._range(end, start)
        tops = {id(t) for t in self.tops[order[-1]]} if start is not None else set()
        for place in order:
            for blob in self.bottoms[place]:
                if id(blob) not in tops:
                    blob.diff[...] = 0
            for top, weight in zip(
                self.tops[place], self.loss_weights(self.layers[place]), strict=True
            ):
                if weight:
                    top.diff[...] = weight
                elif start is None and id(top) not in tops:
                    top.diff[...] = 0
        for name, value in given.items():
            self.blobs[name].diff[...] = value
        for place in reversed(order):
            self.layers[place].backward(self.tops[place], self.bottoms[place])
        return {n: self.blobs[n].diff for n in [*self.inputs, *(diffs or [])]}

    @property
    def loss(self) -> float:
        """The weighted sum of the losses of the last pass."""
        total = 0.0
        for layer, tops in zip(self.layers, self.tops, strict=True):
            pairs = zip(tops, self.loss_weights(layer), strict=True)
            total += sum(float(t.data.sum()) * w for t, w in pairs if w)
        return total

    def clear_param_diffs(self) -> None:
        """Zero diffs of parameters."""
        for blob, _ in self.specs.values():
            blob.diff[...] = 0

    def reshape(self) -> None:
        """Shapes follow the inputs in the next pass."""

    def set_input_arrays(self, data: Any, labels: Any) -> None:
        """What a MemoryData layer brings."""
        layer = next(la for la in self.layers if la.type == "MemoryData")
        layer.images, layer.labels, layer.place = data, labels, 0  # type: ignore[attr-defined]

    def share_with(self, other: Net) -> None:
        """Use another net's parameters."""
        for name, blobs in self.params.items():
            for place in range(len(blobs)):
                if name in other.params:
                    blobs[place] = other.params[name][place]

    def save(self, filename: Any) -> None:
        """Write the parameters, in NumPy's format."""
        values = {f"{n}:{i}": b.data for n, bs in self.params.items() for i, b in enumerate(bs)}
        with open(filename, "wb") as file:
            np.savez(file, **values)

    def copy_from(self, filename: Any) -> None:
        """Read parameters by the names of layers; others stay."""
        with np.load(filename) as file:
            for key in file.files:
                name, _, place = key.rpartition(":")
                if name in self.params:
                    self.params[name][int(place)].data[...] = file[key]

    def as_subject(self, ran: Any = None) -> Any:
        """What `ad.draw(net)` draws: blobs and layers."""
        from autodiff.frontends.common.picture import written_subject
        from autodiff.frontends.common.written import code_op, source, write

        known: dict[str, Any] = {n: source(n, self.blobs[n].data) for n in self.inputs}
        program = list(known.values())
        for layer in self.layers:
            parts = [known[b] for b in layer.param.bottom]
            for place, blob in enumerate(layer.blobs):
                weight = source(f"{layer.name}[{place}]", blob.data, role="parameter")
                program.append(weight)
                parts.append(weight)
            for top in layer.param.top:
                op = code_op(layer.type, layer.compute)
                node = write(op, parts, {}, self.blobs[top].data, name=layer.name)
                known[top] = node
                program.append(node)
        return written_subject(self.name or "the net", program, [known[o] for o in self.outputs])
