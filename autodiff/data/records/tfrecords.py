"""TFRecord files: a sequence of byte strings, each with checksums, read and written.

A record is its length (8 bytes, little-endian), the masked CRC-32C of these 8 bytes (4), the
data, and the masked CRC-32C of the data (4); nothing else is in the file (TensorFlow,
core/lib/io/record_writer.h).  The files exchange with TensorFlow and TensorBoard both ways.

A record of a plain file is no longer than the file.  In a compressed one a thousand bytes may
stand for a million, so there the length of a record is bounded.
"""

from __future__ import annotations

import gzip
import struct
import sys
import zlib
from collections.abc import Iterable, Iterator
from typing import Any, BinaryIO, NamedTuple

from autodiff.data.ground.errors import DataError, RecordError, package
from autodiff.data.ground.files import AnyPath, path_of, whole_file

_LENGTH, _CRC = struct.Struct("<Q"), struct.Struct("<I")
HEAD = _LENGTH.size + _CRC.size
FOOT = _CRC.size
LARGEST = 2**28
"""Bytes of a record in a compressed file, 256 MB."""


class Record(NamedTuple):
    """A record's bytes, and where in the (uncompressed) file it starts."""

    offset: int
    data: bytes


def masked_crc(data: bytes) -> int:
    """CRC-32C of the data, rotated by 15 bits and offset, so that a CRC of CRCs stays useful.

    >>> hex(masked_crc(b"123456789"))
    '0xc78ab0e5'
    """
    crc: int = package("google_crc32c", "record files").value(data)
    return (((crc >> 15) | (crc << 17)) + 0xA282EAD8) & 0xFFFFFFFF


def framed(data: bytes) -> bytes:
    """The record as it stands in the file: length, checksum, data, checksum."""
    length = _LENGTH.pack(len(data))
    return b"".join((length, _CRC.pack(masked_crc(length)), data, _CRC.pack(masked_crc(data))))


def read_records(
    path: AnyPath, compression: str | None = None, largest: int = LARGEST
) -> Iterator[bytes]:
    """The records of a file, one after the other; see `read_framed`."""
    return (record.data for record in read_framed(path, compression, largest))


def read_framed(
    path: AnyPath, compression: str | None = None, largest: int = LARGEST
) -> Iterator[Record]:
    """The records of a file with their byte offsets; `compression` is None or "gzip".

    Raises `RecordError`, after the good records before it, at a bad checksum, where the file is
    cut, or at a compressed record of more than `largest` bytes; the error has `.file` and
    `.offset`.
    """
    name = str(path_of(path))
    most = largest if compression else sys.maxsize
    with _open(name, "rb", compression) as file:
        offset = 0
        try:
            while (record := _next(file, name, offset, most)) is not None:
                yield Record(offset, record)
                offset += HEAD + len(record) + FOOT
        except (EOFError, gzip.BadGzipFile, zlib.error) as error:
            raise RecordError(
                f"{name}: the gzip stream is cut or damaged in or before the record at byte "
                f"{offset} of its content: {error}",
                name,
                offset,
            ) from None


def _next(file: BinaryIO, name: str, offset: int, largest: int) -> bytes | None:
    """The record that starts at the offset, or None at the end of the file."""
    head = file.read(HEAD)
    if not head:
        return None
    if len(head) < HEAD:
        raise _cut(name, offset, len(head), HEAD, "its length and checksum")
    length, crc = head[: _LENGTH.size], *_CRC.unpack(head[_LENGTH.size :])
    if masked_crc(length) != crc:
        raise RecordError(
            f"{name}: the record at byte {offset} has a length with a wrong checksum; the file "
            "is damaged there, or is not a TFRecord file (or is compressed: compression='gzip').",
            name,
            offset,
        )
    (size,) = _LENGTH.unpack(length)
    if largest < size < sys.maxsize:
        raise RecordError(
            f"{name}: the record at byte {offset} has {size} bytes, where {largest} are the most "
            f"in a compressed file; is it meant to be so large, give largest={size}.",
            name,
            offset,
        )
    try:
        data, foot = file.read(size), file.read(FOOT)
    except (MemoryError, OverflowError):  # a length beyond all memory is beyond the file too
        raise _cut(name, offset, HEAD, HEAD + size + FOOT, "all of it") from None
    if len(data) < size or len(foot) < FOOT:
        raise _cut(name, offset, HEAD + len(data) + len(foot), HEAD + size + FOOT, "all of it")
    if _CRC.unpack(foot) != (masked_crc(data),):
        raise RecordError(
            f"{name}: the record at byte {offset} ({size} bytes) has data with a wrong checksum; "
            "the file is damaged there.",
            name,
            offset,
        )
    return data


def _cut(name: str, offset: int, found: int, wanted: int, what: str) -> RecordError:
    return RecordError(
        f"{name}: the file is cut: the record at byte {offset} needs {wanted} bytes for {what}, "
        f"and {found} are there.",
        name,
        offset,
    )


def _open(name: str, mode: str, compression: str | None) -> Any:
    if compression not in (None, "gzip"):
        raise DataError(f"compression={compression!r}: write None or 'gzip'.")
    return gzip.open(name, mode) if compression else open(name, mode)


def write_records(path: AnyPath, records: Iterable[bytes]) -> int:
    """Write a file of records, whole or not at all; returns how many.

    >>> import tempfile, pathlib
    >>> path = pathlib.Path(tempfile.mkdtemp()) / "two.tfrecord"
    >>> write_records(path, [b"one", b"two"])
    2
    >>> list(read_records(path))
    [b'one', b'two']
    """
    count = 0
    with whole_file(path) as file:
        for data in records:
            file.write(framed(data))
            count += 1
    return count


class RecordWriter:
    """Writes a new file, record by record; use it in a `with` block, or `close()` it.

    A file of that name is replaced, as TensorFlow's own writer does.  With `compression="gzip"`
    the file is compressed.
    """

    def __init__(self, path: AnyPath, compression: str | None = None) -> None:
        self._file = _open(str(path_of(path)), "wb", compression)

    def write(self, data: bytes) -> None:
        """Write one more record."""
        self._file.write(framed(data))

    def flush(self) -> None:
        """Hand what was written to the system, so that readers see it."""
        self._file.flush()

    def close(self) -> None:
        """Flush and close; closing twice does nothing."""
        self._file.close()

    def __enter__(self) -> RecordWriter:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()
