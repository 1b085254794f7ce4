"""Values as TensorFlow's messages hold them, and back: dtypes, shapes, tensors, and our own words.

A node of a `GraphDef` has attributes: `T` is a dtype, `shape` a shape, `value` a tensor.  What an
op of the registry is told besides (an index, a list of axes) has no place among them; it stands as
JSON in an attribute of ours, whose name begins with an underscore as such names do.
"""

from __future__ import annotations

import base64
from typing import Any

import numpy as np

from autodiff.data.events.summaries import protos
from autodiff.data.ground.errors import DataError

OWN = "_autodiff"
"""The attribute in which a node tells its op of the registry."""

_FIELDS = {
    "float16": "half_val", "float32": "float_val", "float64": "double_val", "bool": "bool_val",
    "int64": "int64_val", "object": "string_val", "complex64": "scomplex_val",
    "complex128": "dcomplex_val", "uint32": "uint32_val", "uint64": "uint64_val",
}  # fmt: skip
"""Where a message keeps the elements of each dtype that it lists; other integers in `int_val`."""

_NAMES = {
    "float32": "DT_FLOAT",
    "float64": "DT_DOUBLE",
    "float16": "DT_HALF",
    "object": "DT_STRING",
}


_FILES = {
    "GraphDef": "graph_pb2", "NodeDef": "node_def_pb2", "AttrValue": "attr_value_pb2",
    "MetaGraphDef": "meta_graph_pb2",
}  # fmt: skip


def message_class(name: str) -> Any:
    """The class of messages `tf.GraphDef` and its kin."""
    return getattr(protos(_FILES[name]), name)


def type_number(dtype: Any) -> int:
    """TensorFlow's number for a dtype.

    >>> type_number(np.float32), type_number(np.int64)
    (1, 9)
    """
    name = np.dtype(dtype).name
    number: int = protos("types_pb2").DataType.Value(_NAMES.get(name, f"DT_{name.upper()}"))
    return number


def dtype_of_number(number: int) -> np.dtype:
    """The dtype of TensorFlow's number, of a reference too; DataError for a kind not known here."""
    number = number - 100 if number > 100 else number  # 101 and on: references to variables
    name = protos("types_pb2").DataType.Name(number)
    back = {value: key for key, value in _NAMES.items()}
    try:
        return np.dtype(back.get(name, name.removeprefix("DT_").lower()))
    except TypeError:
        raise DataError(f"a tensor of {name}: there is no such dtype here.") from None


def shape_message(dims: Any) -> Any:
    """A static shape as a message: -1 for an unknown length."""
    proto = protos("tensor_shape_pb2").TensorShapeProto
    if dims is None:
        return proto(unknown_rank=True)
    return proto(dim=[proto.Dim(size=-1 if n is None else int(n)) for n in dims])


def dims_of_message(message: Any) -> tuple[int | None, ...] | None:
    """The static shape that a message holds.

    >>> dims_of_message(shape_message((None, 3)))
    (None, 3)
    """
    if message.unknown_rank:
        return None
    return tuple(None if dim.size < 0 else dim.size for dim in message.dim)


def tensor_message(value: Any) -> Any:
    """An array as a message."""
    array = np.asarray(value)
    array = array.astype(object) if array.dtype.kind in "US" else array
    made = protos("tensor_pb2").TensorProto(dtype=type_number(array.dtype))
    made.tensor_shape.CopyFrom(shape_message(array.shape))
    if array.dtype == object:
        made.string_val.extend(s.encode() if isinstance(s, str) else s for s in array.ravel())
    else:
        made.tensor_content = np.ascontiguousarray(array).tobytes()
    return made


def array_of_message(message: Any) -> np.ndarray:
    """The array that a message holds, whether as bytes or as a list whose last element repeats.

    >>> array_of_message(tensor_message(np.float32([[1, 2]])))
    array([[1., 2.]], dtype=float32)
    """
    dtype = dtype_of_number(message.dtype)
    dims = [dim.size for dim in message.tensor_shape.dim]
    count = int(np.prod(dims, dtype=int))
    if message.tensor_content:
        return np.frombuffer(message.tensor_content, dtype).reshape(dims).copy()
    listed = list(getattr(message, _FIELDS.get(dtype.name, "int_val")))
    if dtype.kind == "c":
        listed = [complex(*pair) for pair in zip(listed[::2], listed[1::2], strict=True)]
    if dtype == np.float16:
        found = np.array(listed, np.uint16).view(np.float16)
    else:
        found = np.array(listed, dtype)
    last = found[-1:] if found.size else np.zeros(1, dtype)
    return np.concatenate([found, np.repeat(last, count - found.size)])[:count].reshape(dims)


# -- our own words ----------------------------------------------------------------------------


class Unwritable(TypeError):
    """A value that has no words here, such as a function of the program."""


def encoded(value: Any, word_of: Any = None) -> Any:
    """A parameter as JSON can hold it; `word_of` finds words for what belongs to the graph."""
    if value is None or isinstance(value, bool | int | float | str):
        return value
    if isinstance(value, tuple | list):
        kind = "tuple" if isinstance(value, tuple) else "list"
        return {kind: [encoded(part, word_of) for part in value]}
    if isinstance(value, dict):
        return {"dict": [[key, encoded(part, word_of)] for key, part in value.items()]}
    if isinstance(value, slice):
        ends = (value.start, value.stop, value.step)
        return {"slice": [encoded(end, word_of) for end in ends]}
    if value is Ellipsis:
        return {"ellipsis": True}
    if isinstance(value, np.dtype):
        return {"dtype": value.str}
    if isinstance(value, np.ndarray | np.generic) and value.dtype != object:
        raw = base64.b64encode(np.ascontiguousarray(value).tobytes()).decode()
        return {"array": [np.asarray(value).dtype.str, list(np.shape(value)), raw]}
    found = None if word_of is None else word_of(value)
    if found is None:
        raise Unwritable(f"{value!r:.60} can't be written into a file")
    return found


def decoded(word: Any, meaning: Any = None) -> Any:
    """The parameter that `encoded` wrote; `meaning` answers for what belongs to the graph.

    >>> import json
    >>> decoded(json.loads(json.dumps(encoded((slice(None), np.int32(3), [1.5])))))
    (slice(None, None, None), np.int32(3), [1.5])
    """
    if not isinstance(word, dict):
        return word
    ((kind, held),) = word.items()
    if kind in ("tuple", "list", "slice"):
        parts = [decoded(part, meaning) for part in held]
        return slice(*parts) if kind == "slice" else tuple(parts) if kind == "tuple" else parts
    if kind == "dict":
        return {key: decoded(part, meaning) for key, part in held}
    if kind == "ellipsis":
        return Ellipsis
    if kind == "dtype":
        return np.dtype(held)
    if kind == "array":
        dtype, shape, raw = held
        return np.frombuffer(base64.b64decode(raw), dtype).reshape(shape).copy()[()]
    return meaning(kind, held)
