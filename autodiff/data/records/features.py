"""Reading Examples by a declaration: which features, of which shape and type."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from autodiff.data.ground.errors import DataError
from autodiff.data.records.example import decode_example

_WORDS = {"float32": "floats", "int64": "integers", "object": "byte strings"}


@dataclass(frozen=True, slots=True)
class FixedLenFeature:
    """A feature of known shape; `default_value` stands for a missing one, else it is required."""

    shape: tuple[int, ...]
    dtype: Any
    default_value: Any = None


@dataclass(frozen=True, slots=True)
class VarLenFeature:
    """A feature with any number of values, which may be none: a flat array."""

    dtype: Any


def parse_example(
    data: bytes, features: Mapping[str, FixedLenFeature | VarLenFeature]
) -> dict[str, np.ndarray]:
    """The features asked for, in their dtypes (float32, int64, bytes) and shapes.

    Raises `DataError` that names the feature when it is missing, of another type, or has a
    number of values that its shape does not hold.

    >>> from autodiff.data.records.example import encode_example
    >>> data = encode_example({"x": [1.0, 2.0]})
    >>> parse_example(data, {"x": FixedLenFeature((2, 1), "float32")})["x"].shape
    (2, 1)
    """
    found = decode_example(data)
    return {name: _feature(name, found.get(name), asked) for name, asked in features.items()}


def _feature(
    name: str, found: np.ndarray | None, asked: FixedLenFeature | VarLenFeature
) -> np.ndarray:
    dtype = wire_dtype(name, asked.dtype)
    if found is None:
        return _absent(name, asked, dtype)
    if found.dtype != dtype:
        raise DataError(
            f"the feature {name!r} holds {_WORDS[str(found.dtype)]}, but "
            f"{_WORDS[str(dtype)]} were asked for."
        )
    if isinstance(asked, VarLenFeature):
        return found
    size = int(np.prod(asked.shape, dtype=int))
    if found.size != size:
        raise DataError(
            f"the feature {name!r} has {found.size} values, but its shape {tuple(asked.shape)} "
            f"holds {size}."
        )
    return found.reshape(asked.shape)


def _absent(name: str, asked: FixedLenFeature | VarLenFeature, dtype: np.dtype) -> np.ndarray:
    if isinstance(asked, VarLenFeature):
        return np.empty(0, dtype)
    if asked.default_value is None:
        raise DataError(f"the feature {name!r} is missing, and has no default_value.")
    filled = np.empty(asked.shape, dtype)
    filled[...] = asked.default_value
    return filled


def wire_dtype(name: str, dtype: Any) -> np.dtype:
    """The dtype in which an Example gives a feature: float32, int64 or object (bytes)."""
    asked = np.dtype(object if dtype in (bytes, str) else dtype)
    if str(asked) not in _WORDS:
        raise DataError(
            f"the feature {name!r} is asked for as {asked}; an Example holds float32, int64 and "
            "bytes: ask for one of these, and convert afterwards."
        )
    return asked
