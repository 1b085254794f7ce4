"""Arrays that are changed in place, in a graph in which nothing changes.

The memory of such an array is one flat value, which each write replaces.  Since shapes are fixed,
it is known which places of it a view shows: writing and reading through any view is scattering to
and gathering from these places.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from autodiff.core.ground.errors import UnsupportedError
from autodiff.source.languages.onnx.calling import operated
from autodiff.source.languages.onnx.graph import Value
from autodiff.source.languages.onnx.moving import computed_places, picked
from autodiff.source.records.nodes import Node


def places_of(view: np.ndarray, root: np.ndarray) -> np.ndarray:
    """Which elements of the memory of `root` a view of it shows, in its shape.

    >>> x = np.zeros((2, 3))
    >>> places_of(x.T[1:], x).tolist()
    [[1, 4], [2, 5]]
    """
    start = view.__array_interface__["data"][0] - root.__array_interface__["data"][0]
    offsets = np.full(view.shape, start)
    for axis, (n, stride) in enumerate(zip(view.shape, view.strides)):
        offsets += (np.arange(n) * stride).reshape(
            [-1 if a == axis else 1 for a in range(view.ndim)]
        )
    places, rest = np.divmod(offsets, root.itemsize)
    if view.dtype != root.dtype or np.any(rest) or np.any((places < 0) | (places >= root.size)):
        raise UnsupportedError("this program changes an array that others see in another dtype.")
    return places


class Memory:
    """The flat values of the arrays that are changed, as they are at this point of the program."""

    def __init__(self, exporter: Any) -> None:
        self.exporter = exporter
        self.now: dict[Node, Value] = {}

    def begin(self, node: Node, value: Value) -> None:
        """Enter an array that will be changed."""
        order = places_of(node.value, node.value)
        back = np.empty(order.size, np.int64)
        back[order.reshape(-1)] = np.arange(1, order.size + 1)
        self.now[node] = picked([value], back)

    def read(self, node: Node) -> Value:
        """What a view shows now."""
        root = node.root
        if root not in self.now:
            raise UnsupportedError(
                "this program changes an array that it was given, which a model can't. "
                "Write `y = x.copy()` first."
            )
        return picked([self.now[root]], places_of(node.value, root.value) + 1)

    def write(self, node: Node) -> None:
        """One statement that changes memory."""
        exporter, call, target = self.exporter, node.call, node.target
        assert target is not None
        own = places_of(target.value, target.root.value)
        if target.root not in self.now:
            self.read(target)
        if call.kind == "setitem":
            self._put(target, own, node.args[1], node.args[2])
        elif call.kind in ("update", "update item"):
            sign = call.name[:-1]
            index = node.args[1] if call.kind == "update item" else ...
            self._update(target, own, index, sign, node.args[-1])
        elif call.name == "np.add.at" or call.name == "np.subtract.at":
            self._scatter(target, own, node.args[1], node.args[2], call.name != "np.add.at")
        elif call.name == "np.put_along_axis":
            _, index, value, *rest = node.args
            axis = rest[0] if rest else node.kwargs.get("axis", -1)
            places = exporter.graph.constant(own)
            places = exporter.gathered_along(places, exporter.value(index, np.int64), axis)
            value = exporter.value(value, target.value.dtype).expand(places.shape)
            self._store(target.root, places, value)
        elif call.name == "np.copyto" and set(node.kwargs) <= {"where"}:
            mask = node.kwargs.get("where", True)
            self._put(target, own, ... if mask is True else mask, node.args[1])
        elif call.name in ("np.fill_diagonal", "fill"):
            index = (
                ...
                if call.name == "fill"
                else tuple(np.indices(own.shape)[:, np.eye(*own.shape) > 0])
            )
            self._put(target, own, index, node.args[1])
        elif "out" in node.kwargs:
            rest = {name: value for name, value in node.kwargs.items() if name != "out"}
            made = Node(call, node.args, rest, target.value)
            made.dynamic = True
            self._put(target, own, ..., exporter.formed(made))
        else:
            raise UnsupportedError(f"{call.name} changes an array in a way that ONNX can't here.")

    def _put(self, target: Node, own: np.ndarray, index: Any, value: Any) -> None:
        exporter, dtype = self.exporter, target.value.dtype
        new = value if isinstance(value, Value) else exporter.value(value)
        new = new.cast(dtype)
        if not exporter.is_live(index):
            places = own[exporter.known(index)]
            order = places.reshape(-1)
            if len(np.unique(order)) < order.size:
                raise UnsupportedError(
                    "this program writes an element twice at once, and ONNX does not say which "
                    "of the values stays."
                )
            self._store(target.root, places, new.expand(places.shape))
            return
        if np.asarray(index.value if index.__class__ is Node else 0).dtype == bool:
            if new.ndim:
                raise UnsupportedError("this program fills a computed mask with several values.")
            mask = exporter.value(index)
            mask = mask.reshape(*mask.shape, *(1,) * (own.ndim - mask.ndim))
            before = picked([self.now[target.root]], own + 1)
            self._store(target.root, own, mask.where(new, before).expand(own.shape))
            return
        places = exporter.graph.constant(own.reshape(-1)).gather(
            computed_places(exporter, own.shape, index)
        )
        if places.size > 1:
            raise UnsupportedError(
                "this program writes to several computed places, of which two could be the same, "
                "and ONNX does not say which of the values stays. Write it with np.where."
            )
        self._store(target.root, places, new.expand(places.shape))

    def _update(self, target: Node, own: np.ndarray, index: Any, sign: str, value: Any) -> None:
        exporter = self.exporter
        graph = exporter.graph
        if exporter.is_live(index):
            places = graph.constant(own.reshape(-1)).gather(
                computed_places(exporter, own.shape, index)
            )
            before = self.now[target.root].gather(places)
        else:
            places = own[exporter.known(index)]
            before = picked([self.now[target.root]], places + 1)
        after = operated(exporter, sign, before, value, target.value.dtype)
        self._store(target.root, places, after.expand(places.shape))

    def _scatter(self, target: Node, own: np.ndarray, index: Any, value: Any, minus: bool) -> None:
        exporter = self.exporter
        if exporter.is_live(index):
            flat = exporter.graph.constant(own.reshape(-1))
            places = flat.gather(computed_places(exporter, own.shape, index))
        else:
            places = own[exporter.known(index)]
        new = exporter.value(value, target.value.dtype).expand(places.shape)
        self._store(target.root, places, -new if minus else new, reduction="add")

    def _store(self, root: Node, places: Any, value: Value, reduction: str = "none") -> None:
        """The memory with other elements at places."""
        memory, size = self.now[root], value.size
        if not isinstance(places, Value):
            places = np.asarray(places)
            order = places.reshape(-1)
            if reduction == "none" and order.size == memory.size:
                back = np.empty(order.size, np.int64)
                back[order] = np.arange(1, order.size + 1)
                self.now[root] = picked([value], back)
                return
            places = memory.graph.constant(order)
        self.now[root] = memory.graph.op(
            "ScatterElements", memory, places.reshape(size), value.reshape(size),
            shape=memory.shape, axis=0, reduction=reduction,
        )  # fmt: skip
