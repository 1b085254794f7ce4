"""`NetSpec`: a net written in Python, which is then a message and a file."""

from __future__ import annotations

from collections import OrderedDict
from typing import Any

from autodiff.frontends.caffe.proto import caffe_pb2


class Top:
    """One output of a layer that is written down."""

    def __init__(self, function: Function, place: int) -> None:
        self.function, self.place = function, place


class Function:
    """A layer: its type, its bottoms, its settings."""

    def __init__(self, type_name: str, inputs: Any, settings: dict[str, Any]) -> None:
        self.type_name, self.inputs = type_name, inputs
        self.ntop = settings.pop("ntop", 1)
        self.in_place = settings.pop("in_place", False)
        self.settings = settings
        self.tops = [Top(self, i) for i in range(self.ntop)]

    def message(self, names: dict[int, str], own: str) -> Any:
        """The layer's message."""
        layer = caffe_pb2.LayerParameter(name=own, type=self.type_name)
        layer.bottom.extend(names[id(t)] for t in self.inputs)
        tops = layer.bottom if self.in_place else [names.get(id(t), own) for t in self.tops]
        layer.top.extend(list(tops))
        for key, value in self.settings.items():
            assign(layer, key, value) if _is_field(layer, key) else assign(
                getattr(layer, _group(self.type_name)), key, value
            )
        return layer


def _is_field(message: Any, name: str) -> bool:
    return name in message.DESCRIPTOR.fields_by_name


def _group(type_name: str) -> str:
    """The field of a layer's own settings: `inner_product_param` of InnerProduct."""
    for field in caffe_pb2.LayerParameter.DESCRIPTOR.fields:
        if field.name.replace("_", "") == f"{type_name.lower()}param":
            return str(field.name)
    raise AttributeError(f"layers of type {type_name} have no settings of their own here")


def assign(message: Any, name: str, value: Any) -> None:
    """Set a field from plain values: dictionaries are messages, lists repeat."""
    target = getattr(message, name)
    if isinstance(value, dict):
        inner = target.add() if hasattr(target, "add") else target
        for key, part in value.items():
            assign(inner, key, part)
        if not value and hasattr(target, "SetInParent"):
            target.SetInParent()
    elif hasattr(target, "add") and hasattr(target, "extend"):
        for part in value if isinstance(value, list | tuple) else [value]:
            inner = target.add()
            for key, own in part.items():
                assign(inner, key, own)
    elif hasattr(target, "append"):
        target.extend(value if isinstance(value, list | tuple) else [value])
    else:
        setattr(message, name, value)


class NetSpec:
    """Attributes are tops, and their names: `n.ip = L.InnerProduct(n.data, num_output=2)`."""

    def __init__(self) -> None:
        object.__setattr__(self, "tops", OrderedDict())

    def __setattr__(self, name: str, value: Any) -> None:
        self.tops[name] = value

    def __getattr__(self, name: str) -> Any:
        try:
            return self.tops[name]
        except KeyError:
            raise AttributeError(name) from None

    __setitem__, __getitem__ = __setattr__, __getattr__

    def to_proto(self) -> Any:
        """The net as a message; `str` of it is a file."""
        names: dict[int, str] = {}
        functions: OrderedDict[int, tuple[str, Function]] = OrderedDict()
        for name, top in self.tops.items():
            names[id(top)] = name
            functions.setdefault(id(top.function), (name, top.function))
        net = caffe_pb2.NetParameter()
        for name, function in functions.values():
            if function.in_place:
                source = names[id(function.inputs[0])]
                names[id(function.tops[0])] = source
            net.layer.add().CopyFrom(function.message(names, name))
        return net


def to_proto(*tops: Any) -> Any:
    """The net of some tops, layers named by their types."""
    spec = NetSpec()
    seen: set[int] = set()

    def visit(top: Top) -> None:
        for parent in top.function.inputs:
            visit(parent)
        if id(top.function) not in seen:
            seen.add(id(top.function))
            for place, own in enumerate(top.function.tops):
                spec[f"{top.function.type_name}{len(seen)}{'_' + str(place) if place else ''}"] = (
                    own
                )

    for top in tops:
        visit(top)
    return spec.to_proto()
