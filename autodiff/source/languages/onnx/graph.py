"""One ONNX graph under construction: nodes, constants, names, and values that one can compute with.

A `Value` is a name in the graph with its shape and dtype, which are known, since a program is for
fixed shapes.  Values have arithmetic, so that a function that ONNX lacks is written as a formula:
`x.sin() / x.cos()`.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np

from autodiff.core.ground.errors import UnsupportedError
from autodiff.source.words.names import Names


def library() -> Any:
    """The package `onnx`, imported when a model is written."""
    try:
        import onnx
    except ImportError:
        raise UnsupportedError(
            "ONNX models are written with the package onnx: pip install 'autodiff-toolkit[export]'"
        ) from None
    return onnx


@dataclass(slots=True)
class Value:
    """What a node of the graph computes."""

    graph: Graph
    name: str
    shape: tuple[int, ...]
    dtype: np.dtype

    @property
    def ndim(self) -> int:
        """The number of axes."""
        return len(self.shape)

    @property
    def size(self) -> int:
        """The number of elements."""
        return int(np.prod(self.shape, dtype=np.int64))

    def _with(self, op: str, other: Any, dtype: Any = None, swapped: bool = False) -> Value:
        one = other if isinstance(other, Value) else self.graph.constant(other, self.dtype)
        pair = (one, self) if swapped else (self, one)
        return self.graph.op(op, *pair, dtype=dtype)

    def __add__(self, other: Any) -> Value:
        return self._with("Add", other)

    def __sub__(self, other: Any) -> Value:
        return self._with("Sub", other)

    def __mul__(self, other: Any) -> Value:
        return self._with("Mul", other)

    def __truediv__(self, other: Any) -> Value:
        return self._with("Div", other)

    def __radd__(self, other: Any) -> Value:
        return self._with("Add", other, swapped=True)

    def __rsub__(self, other: Any) -> Value:
        return self._with("Sub", other, swapped=True)

    def __rmul__(self, other: Any) -> Value:
        return self._with("Mul", other, swapped=True)

    def __rtruediv__(self, other: Any) -> Value:
        return self._with("Div", other, swapped=True)

    def __neg__(self) -> Value:
        return self.graph.op("Neg", self)

    def __lt__(self, other: Any) -> Value:
        return self._with("Less", other, bool)

    def __gt__(self, other: Any) -> Value:
        return self._with("Greater", other, bool)

    def equals(self, other: Any) -> Value:
        """Element by element, whether two values are equal."""
        return self._with("Equal", other, bool)

    def __or__(self, other: Value) -> Value:
        return self.graph.op("Or", self, other)

    def __and__(self, other: Value) -> Value:
        return self.graph.op("And", self, other)

    def __invert__(self) -> Value:
        return self.graph.op("Not", self)

    def where(self, one: Any, other: Any) -> Value:
        """Of a condition: `one` where it holds, `other` elsewhere; one of them is a value."""
        own = one if isinstance(one, Value) else other
        pair = [
            v if isinstance(v, Value) else self.graph.constant(v, own.dtype) for v in (one, other)
        ]
        return self.graph.op("Where", self, *pair, dtype=own.dtype)

    def cast(self, dtype: Any) -> Value:
        """The value in another dtype."""
        dtype = np.dtype(dtype)
        if dtype == self.dtype:
            return self
        return self.graph.op("Cast", self, dtype=dtype, to=element_type(dtype))

    def reshape(self, *shape: int) -> Value:
        """The elements in their order in another shape."""
        if shape == self.shape:
            return self
        literal = {"allowzero": 1} if 0 in shape else {}  # a 0 would take the input's length there
        return self.graph.op("Reshape", self, self.graph.whole(shape), shape=shape, **literal)

    def expand(self, shape: tuple[int, ...]) -> Value:
        """The value broadcast to a shape."""
        if shape == self.shape:
            return self
        return self.graph.op("Expand", self, self.graph.whole(shape), shape=shape)

    def transpose(self, axes: Any) -> Value:
        """The value with its axes in another order."""
        axes = [axis % self.ndim for axis in axes]
        if axes == list(range(self.ndim)):
            return self
        shape = tuple(self.shape[axis] for axis in axes)
        return self.graph.op("Transpose", self, shape=shape, perm=axes)

    def gather(self, places: Any, shape: tuple[int, ...] | None = None, axis: int = 0) -> Value:
        """Elements of a flat value, or rows along an axis."""
        if not isinstance(places, Value):
            places = self.graph.constant(np.asarray(places, np.int64))
        if shape is None:
            shape = self.shape[:axis] + places.shape + self.shape[axis + 1 :]
        return self.graph.op("Gather", self, places, shape=shape, axis=axis)

    def reduce(self, op: str, axes: tuple[int, ...] | None, keepdims: bool = False) -> Value:
        """`ReduceSum` and its kin along axes, or along all."""
        axes = tuple(range(self.ndim)) if axes is None else tuple(a % self.ndim for a in axes)
        if not axes:
            return self
        left = [1 if a in axes else n for a, n in enumerate(self.shape)]
        shape = tuple(left if keepdims else [n for a, n in enumerate(self.shape) if a not in axes])
        if self.dtype.kind == "b":
            own = self.cast(np.int32).reduce(op, axes, keepdims)
            return own.cast(bool)
        if op in ("ReduceSum", "ReduceProd", "ReduceMax", "ReduceMin", "ReduceMean"):
            return self.graph.op(
                op, self, self.graph.whole(axes), shape=shape, keepdims=int(keepdims)
            )
        raise AssertionError(op)


@dataclass(slots=True)
class Graph:
    """Nodes in order, the constants that they use, inputs, and names that are taken."""

    nodes: list[Any] = field(default_factory=list)
    inputs: list[Value] = field(default_factory=list)
    constants: dict[str, np.ndarray] = field(default_factory=dict)
    names: Names = field(default_factory=lambda: Names([]))
    line: str = ""
    """The user's line that the nodes stem from."""
    _known: dict[Any, Value] = field(default_factory=dict)
    _temporaries: Any = None

    def input(self, name: str, value: Any) -> Value:
        """A value that the model is given."""
        found = Value(self, name, np.shape(value), np.asarray(value).dtype)
        element_type(found.dtype)
        self.names.taken.add(name)
        self.inputs.append(found)
        return found

    def op(
        self,
        op: str,
        *inputs: Value,
        shape: tuple[int, ...] | None = None,
        dtype: Any = None,
        **attributes: Any,
    ) -> Value:
        """One node; its shape is the inputs' broadcast together, its dtype that of the first."""
        if shape is None:
            shape = np.broadcast_shapes(*[one.shape for one in inputs])
        if self._temporaries is None:
            self._temporaries = self.names.numbered()
        own = np.dtype(inputs[0].dtype if dtype is None else dtype)
        found = Value(self, next(self._temporaries), shape, own)
        make = library().helper.make_node
        node = make(op, [one.name for one in inputs], [found.name], **attributes)
        node.doc_string = self.line
        self.nodes.append(node)
        return found

    def rename(self, value: Value, wanted: str) -> Value:
        """Give the result of the last node the user's name."""
        if not self.nodes or self.nodes[-1].output[0] != value.name:
            return value
        name = self.names.new(wanted)
        self.nodes[-1].output[0] = name
        return Value(self, name, value.shape, value.dtype)

    def constant(self, value: Any, dtype: Any = None, name: str = "") -> Value:
        """A constant, kept once for equal ones."""
        array = np.asarray(value, dtype)
        element_type(array.dtype)
        key = (array.dtype.str, array.shape, array.tobytes())
        if key not in self._known:
            own = self.names.new(name or short_name(array))
            self.constants[own] = np.ascontiguousarray(array).reshape(array.shape)
            self._known[key] = Value(self, own, array.shape, array.dtype)
        return self._known[key]

    def whole(self, numbers: Any) -> Value:
        """A row of whole numbers: a shape, or axes."""
        return self.constant(np.array(numbers, np.int64).reshape(-1))


def short_name(array: np.ndarray) -> str:
    """A name for a constant: a plain number by itself."""
    if array.ndim == 0 and array.dtype.kind == "f":
        text = f"{array.item():g}".replace("-", "minus_").replace(".", "_").replace("+", "")
        return f"number_{text}"
    return "places" if array.dtype == np.int64 and array.ndim else "constant"


def element_type(dtype: np.dtype) -> int:
    """ONNX's number of a dtype; complex numbers are refused."""
    if dtype.kind not in "fiub" or dtype.itemsize > 8:
        raise UnsupportedError(
            f"this program computes with {dtype}, for which ONNX has no operators. "
            "Write real and imaginary part as two arrays."
        )
    return int(library().helper.np_dtype_to_tensor_dtype(dtype))
