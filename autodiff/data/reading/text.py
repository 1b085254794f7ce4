"""Text files as streams of lines that know where they stood, and CSV lines as typed fields."""

from __future__ import annotations

import codecs
import csv
import os
import re
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

import numpy as np

from autodiff.data.ground.errors import DataError
from autodiff.data.ground.files import AnyPath, path_of

Files = AnyPath | Iterable[AnyPath]
_INTEGER = re.compile(r"[+-]?[0-9]+")
_FLOAT = re.compile(
    r"[+-]?(?:(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:e[+-]?[0-9]+)?|(?P<word>inf(?:inity)?|nan))",
    re.IGNORECASE | re.ASCII,
)
_FORMS = {
    "b": re.compile("[01]|true|false", re.IGNORECASE | re.ASCII),
    "i": _INTEGER,
    "u": _INTEGER,
}
"""How a number stands in CSV, by its kind: in ASCII; `1_000` is Python's, and no other digits."""


class Line(str):
    """A line of text, without its line break, that knows its file and number (from 1)."""

    __slots__ = ("file", "number")
    file: str
    number: int

    def __new__(cls, text: str, file: str, number: int) -> Line:
        """The text, with its place."""
        line = super().__new__(cls, text)
        line.file, line.number = file, number
        return line


def place_of(line: str) -> str:
    """`iris.csv, line 3: ` for a line that knows its place, or '' for plain text."""
    return f"{line.file}, line {line.number}: " if isinstance(line, Line) else ""


def file_names(files: Files) -> list[str]:
    """One path or several, as a list of names."""
    several = [files] if isinstance(files, str | bytes | os.PathLike) else files
    return [str(path_of(file)) for file in several]


def lines(files: Files, skip: int = 0, encoding: str = "utf-8") -> Iterator[Line]:
    r"""The lines of one file or several, one after the other, without their line breaks.

    `skip` lines at the head of each file are left out (a CSV's header), and so is the mark with
    which some programs begin UTF-8 (a BOM).  Raises `DataError` with file and line for bytes that
    the encoding does not have.

    >>> import tempfile
    >>> from pathlib import Path
    >>> path = Path(tempfile.mkdtemp()) / "a.txt"
    >>> _ = path.write_text("one\ntwo\n")
    >>> [(line, line.number) for line in lines(path, skip=1)]
    [('two', 2)]
    """
    for file in file_names(files):
        with open(file, "rb") as stream:
            for number, raw in enumerate(stream, 1):
                if number <= skip:
                    continue
                if number == 1:
                    raw = raw.removeprefix(codecs.BOM_UTF8)
                try:
                    text = raw.decode(encoding)
                except UnicodeDecodeError as error:
                    raise DataError(
                        f"{file}, line {number}: byte {error.start} of the line, "
                        f"{raw[error.start : error.start + 1]!r}, is not {encoding}; "
                        "give the file's encoding=, e.g. encoding='latin-1'."
                    ) from None
                yield Line(text.rstrip("\r\n"), file, number)


def whole_files(files: Files) -> Iterator[tuple[str, bytes]]:
    """Each file's name and all its bytes."""
    for file in file_names(files):
        yield file, path_of(file).read_bytes()


def decode_csv(line: str, defaults: Sequence[Any], delimiter: str = ",") -> list[Any]:
    """The fields of one line of CSV (RFC 4180), each with the type of its default.

    A default is a value, which stands for an empty field and gives the type (an int, a float, a
    str or a NumPy scalar), or a type alone (`float`, `np.int32`, `str`), which makes the field
    required; an array of no elements does too, as in TensorFlow.  Raises `DataError` with file,
    line and field for a wrong number of fields, an empty required field, a field that is not of
    its type or does not fit into it.

    >>> decode_csv('5.1,,"Iris, wild"', [float, 3, "none"])
    [5.1, 3, 'Iris, wild']
    """
    place = place_of(line)
    try:
        fields = next(csv.reader([line], delimiter=delimiter, strict=True)) or [""]
    except csv.Error as error:
        raise DataError(f"{place}not a line of CSV: {error}. The line is {line!r}.") from None
    if len(fields) != len(defaults):
        raise DataError(
            f"{place}expected {len(defaults)} fields, one for each default, but found "
            f"{len(fields)} in {line!r}."
        )
    return [_field(*pair, f"{place}field {i}") for i, pair in enumerate(zip(fields, defaults))]


def _field(text: str, default: Any, place: str) -> Any:
    """One field as a Python value where the default is one, else as a NumPy scalar."""
    is_type = isinstance(default, type)
    example = np.empty(0, default) if is_type else np.asarray(default)
    kind = example.dtype
    is_python = (default if is_type else type(default)) in (int, float, str)
    if text == "":
        if example.size == 0:
            raise DataError(f"{place} is empty, and has no default; give one, e.g. 0.0.")
        return default if is_python else example.reshape(-1)[0]
    if kind.kind in "USO":
        return text
    value = _number(text.strip(" \t"), kind, place)
    return value.item() if is_python else value


def _number(text: str, kind: np.dtype, place: str) -> Any:
    """A number that stands in the form of its kind, and that fits into it."""
    if kind.kind not in "biuf":
        raise DataError(f"{place}: a default is a number or a text, not {kind}.")
    found = _FORMS.get(kind.kind, _FLOAT).fullmatch(text)
    if found is None:
        raise DataError(f"{place} is not a valid {kind}: {text!r:.80}.")
    if kind.kind == "b":
        return np.bool_(text.lower() in ("1", "true"))
    try:
        with np.errstate(over="ignore"):
            value = kind.type(int(text) if kind.kind in "iu" else text)
    except (OverflowError, ValueError):  # ValueError: more digits than Python reads
        value = None
    if value is None or (np.isinf(value) and not found["word"]):
        raise DataError(f"{place} does not fit into {kind}: {text!r:.80}.")
    return value


def csv_rows(
    files: Files, defaults: Sequence[Any], delimiter: str = ",", skip: int = 0
) -> Iterator[list[Any]]:
    """The rows of CSV files, each decoded by `decode_csv`; `skip` header lines a file.

    Empty lines are passed over.
    """
    for line in lines(files, skip):
        if line:
            yield decode_csv(line, defaults, delimiter)
