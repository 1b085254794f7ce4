"""`Example` messages: named lists of floats, integers or byte strings, as protobuf has them.

The bytes are those of TensorFlow: `records` of them make the TFRecord files that are passed around.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np

from autodiff.data.ground.errors import DataError, package
from autodiff.data.records.example_schema import WHAT, message_class

_LISTS = {"bytes_list": object, "float_list": np.float32, "int64_list": np.int64}


def encode_example(features: Mapping[str, Any]) -> bytes:
    """The bytes of an Example with these named features.

    A feature is a number, a string, bytes, or an array or list of them, which is flattened:
    an Example has no shapes.  Floats are stored as float32.  Raises `DataError` for anything
    else, and for integers beyond int64.

    >>> decode_example(encode_example({"label": 3, "pixels": [0.5, 1.0]}))
    {'label': array([3]), 'pixels': array([0.5, 1. ], dtype=float32)}
    """
    example = message_class("Example")()
    for name, value in features.items():
        slot, values = _values(name, value)
        try:
            stored = getattr(example.features.feature[name], slot)
            stored.SetInParent()  # an empty list still has its type
            stored.value.extend(values)
        except (ValueError, OverflowError, TypeError) as error:
            raise DataError(f"the feature {name!r} does not fit into a {slot}: {error}.") from None
    data: bytes = example.SerializeToString(deterministic=True)
    return data


def _values(name: str, value: Any) -> tuple[str, list[Any]]:
    if isinstance(value, bytes | str):
        value = [value]
    if not isinstance(value, np.ndarray) and isinstance(value, Iterable):
        value = list(value)
        if any(isinstance(part, bytes | str) for part in value):
            value = np.array(value, object)
    array = np.asarray(value)
    if array.dtype.kind in "iub":
        return "int64_list", [int(part) for part in array.reshape(-1)]
    if array.dtype.kind == "f":
        return "float_list", array.astype(np.float32).reshape(-1).tolist()
    parts = array.reshape(-1).tolist()
    if all(isinstance(part, bytes | str) for part in parts):
        return "bytes_list", [p.encode() if isinstance(p, str) else p for p in parts]
    raise DataError(
        f"the feature {name!r} is of {array.dtype}; an Example holds floats, integers, strings "
        "and bytes."
    )


def decode_example(data: bytes) -> dict[str, np.ndarray]:
    """The features of an Example: flat arrays of float32, int64 or (dtype object) bytes."""
    example = message_class("Example")()
    try:
        example.ParseFromString(data)
    except package("google.protobuf.message", WHAT).DecodeError as error:
        raise DataError(f"{len(data)} bytes are not an Example: {error}") from None
    return {name: _array(feature) for name, feature in sorted(example.features.feature.items())}


def _array(feature: Any) -> np.ndarray:
    kind = feature.WhichOneof("kind")
    values = list(getattr(feature, kind).value) if kind else []
    array = np.empty(len(values), _LISTS.get(kind, object))
    array[:] = values
    return array
