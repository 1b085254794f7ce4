"""Nodes that decode what readers give: CSV lines, raw bytes, pictures, Example messages."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from autodiff.core.ground.locations import here
from autodiff.data.reading import text
from autodiff.data.reading.images import decode_image
from autodiff.data.reading.images import encode_png as encode
from autodiff.data.records.features import FixedLenFeature, VarLenFeature
from autodiff.data.records.features import parse_example as parse_bytes
from autodiff.frontends.common.options import taking
from autodiff.frontends.tensorflow.graph.inputs import convert_to_tensor
from autodiff.frontends.tensorflow.graph.state import session_op
from autodiff.frontends.tensorflow.graph.tensor import Tensor
from autodiff.frontends.tensorflow.ground.dtypes import as_array, as_dtype
from autodiff.frontends.tensorflow.ground.errors import InvalidArgumentError
from autodiff.frontends.tensorflow.input.failures import data_errors

STRING = np.dtype(object)


def decode_csv(
    records: Any, record_defaults: Sequence[Any], field_delim: str = ",", name: str | None = None
) -> list[Tensor]:
    """A tensor for each field of CSV lines, of the type and with the default of its place.

    A default is a list of one value, which stands for an empty field, or an empty tensor, which
    makes the field required.  What is wrong is told with file and line.
    """
    defaults = [_default(i, default) for i, default in enumerate(record_defaults)]
    dtypes = [default.dtype for default in defaults]

    def decode(lines: Any) -> tuple[np.ndarray, ...]:
        flat = np.asarray(lines, object).reshape(-1)
        rows = [text.decode_csv(_as_text(line), defaults, field_delim) for line in flat]
        columns = zip(*rows) if rows else [()] * len(dtypes)
        shape = np.shape(lines)
        return tuple(_column(values, dtype, shape) for values, dtype in zip(columns, dtypes))

    dims = convert_to_tensor(records).dims
    infos = [(dims, dtype) for dtype in dtypes]
    return list(_node("decode_csv", "DecodeCSV", decode, records, infos, name, multiple=True))


def _default(i: int, default: Any) -> np.ndarray:
    if isinstance(default, Tensor):
        if "constant" not in default.node.note:
            raise ValueError(f"default {i} must be a constant.{here()}")
        default = np.asarray(default.node.note["constant"])
    array = as_array(default)
    if array.size > 1:
        raise ValueError(
            f"default {i} of decode_csv holds one value or none, not {default}.{here()}"
        )
    return array


def _column(values: Sequence[Any], dtype: np.dtype, shape: Any) -> np.ndarray:
    column = np.empty(len(values), dtype)
    column[:] = values
    return column.reshape(shape)


def _as_text(line: Any) -> str:
    return line.decode() if isinstance(line, bytes) else line


def decode_raw(
    bytes: Any, out_type: Any, little_endian: bool = True, name: str | None = None
) -> Tensor:
    """The numbers whose memory a byte string is, along a new last axis."""
    dtype = as_dtype(out_type)
    order = dtype.newbyteorder("<" if little_endian else ">")

    def decode(data: Any) -> np.ndarray:
        flat = [_as_bytes(part) for part in np.asarray(data, object).reshape(-1)]
        for part in flat:
            if len(part) % dtype.itemsize or len(part) != len(flat[0]):
                raise InvalidArgumentError(
                    f"decode_raw: {len(part)} bytes are no whole number of {dtype} "
                    f"({dtype.itemsize} bytes each), or not as many as the first has."
                )
        rows = [np.frombuffer(part, order).astype(dtype) for part in flat]
        return np.stack(rows).reshape(*np.shape(data), -1)

    dims = convert_to_tensor(bytes).dims
    out = None if dims is None else (*dims, None)
    return _node("decode_raw", "DecodeRaw", decode, bytes, [(out, dtype)], name)


def _as_bytes(part: Any) -> bytes:
    return part.encode() if isinstance(part, str) else part


def decode_png(
    contents: Any, channels: int = 0, dtype: Any = np.uint8, name: str | None = None
) -> Tensor:
    """The pixels (height, width, channels) of a PNG; channels 0 are those of the file."""
    return _picture("DecodePng", "PNG", contents, channels, as_dtype(dtype), name)


@taking("fancy_upscaling try_recover_truncated acceptable_fraction dct_method")
def decode_jpeg(
    contents: Any, channels: int = 0, ratio: int = 1, name: str | None = None
) -> Tensor:
    """The pixels (height, width, channels) of a JPEG, every `ratio`-th of them."""
    return _picture("DecodeJpeg", "JPEG", contents, channels, np.dtype(np.uint8), name, ratio)


def _picture(
    type: str,
    format: str,
    contents: Any,
    channels: int,
    dtype: np.dtype,
    name: str | None,
    ratio: int = 1,
) -> Tensor:
    def decode(data: Any) -> np.ndarray:
        pixels = decode_image(data, channels, format)[::ratio, ::ratio]
        if pixels.dtype == dtype:
            return pixels
        wide = pixels.astype(np.uint16)
        return wide * 257 if dtype == np.uint16 else (wide >> 8).astype(np.uint8)

    return _node(type, type, decode, contents, [((None, None, channels or None), dtype)], name)


@taking("compression")
def encode_png(image: Any, name: str | None = None) -> Tensor:
    """The PNG of pixels (height, width, channels) of uint8."""
    return _node("encode_png", "EncodePng", encode, image, [((), STRING)], name)


def read_file(filename: Any, name: str | None = None) -> Tensor:
    """All bytes of a file."""

    def read(path: Any) -> bytes:
        return Path(os.fsdecode(path)).read_bytes()

    return _node("read_file", "ReadFile", read, filename, [((), STRING)], name)


def string_to_number(
    string_tensor: Any, out_type: Any = np.float32, name: str | None = None
) -> Tensor:
    """The numbers that strings say."""
    dtype = as_dtype(out_type)

    def convert(data: Any) -> np.ndarray:
        flat = np.asarray(data, object).reshape(-1)
        kind = np.empty(0, dtype)
        values = [text.decode_csv(_as_text(part), [kind], "\0")[0] for part in flat]
        return _column(values, dtype, np.shape(data))

    dims = convert_to_tensor(string_tensor).dims
    return _node(
        "string_to_number", "StringToNumber", convert, string_tensor, [(dims, dtype)], name
    )


@taking("example_names")
def parse_single_example(
    serialized: Any,
    features: Mapping[str, FixedLenFeature | VarLenFeature],
    name: str | None = None,
) -> dict[str, Tensor]:
    """The features of one Example by name, with the shapes and dtypes that they declare.

    A `VarLenFeature` gives a flat tensor of the values that are there (TensorFlow: a sparse one).
    """
    declared = _declared(features)

    def parse(data: Any) -> tuple[np.ndarray, ...]:
        return tuple(parse_bytes(_as_bytes(data), declared).values())

    return _parsed("ParseSingleExample", parse, serialized, declared, (), name)


@taking("example_names")
def parse_example(
    serialized: Any,
    features: Mapping[str, FixedLenFeature | VarLenFeature],
    name: str | None = None,
) -> dict[str, Tensor]:
    """The features of a vector of Examples, stacked; they need a `FixedLenFeature` each."""
    declared = _declared(features)
    ragged = [key for key, feature in declared.items() if isinstance(feature, VarLenFeature)]
    if ragged:
        raise ValueError(
            f"the feature {ragged[0]!r} has any length, and rows of different lengths can't be "
            f"stacked: use parse_single_example for it, one Example at a time.{here()}"
        )

    def parse(batch: Any) -> tuple[np.ndarray, ...]:
        rows = [tuple(parse_bytes(_as_bytes(data), declared).values()) for data in batch]
        return tuple(np.stack(column) for column in zip(*rows))

    size = convert_to_tensor(serialized).dims
    return _parsed("ParseExample", parse, serialized, declared, size or (None,), name)


def _declared(features: Mapping[str, Any]) -> dict[str, Any]:
    """The features with dtypes as the reader in `autodiff.data` has them."""
    made = {}
    for key, feature in sorted(features.items()):
        dtype = as_dtype(feature.dtype)
        if isinstance(feature, VarLenFeature):
            made[key] = VarLenFeature(dtype)
        else:
            made[key] = FixedLenFeature(tuple(feature.shape), dtype, feature.default_value)
    return made


def _parsed(
    type: str, parse: Callable[..., Any], data: Any, declared: dict[str, Any], lead: Any, name: Any
) -> dict[str, Tensor]:
    infos = [
        ((None,) if isinstance(f, VarLenFeature) else (*lead, *f.shape), f.dtype)
        for f in declared.values()
    ]
    found = _node(type, type, parse, data, infos, name, multiple=True)
    return dict(zip(declared, found))


def _node(
    title: str,
    type: str,
    function: Callable[..., Any],
    operand: Any,
    infos: list[Any],
    name: str | None,
    multiple: bool = False,
) -> Any:
    """One node over one operand, whose data errors are errors of the run."""

    place = here()

    def run(state: Any, value: Any) -> Any:
        if isinstance(value, np.ndarray) and value.dtype == object and value.ndim == 0:
            value = value[()]
        with data_errors(place):
            return function(value)

    op = session_op(title, run, multiple=multiple)
    operand = convert_to_tensor(operand)
    return operand.graph.stage(op, (operand,), {}, name or type, type, infos)
