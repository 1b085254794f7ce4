"""How readers walk through files: (key, value) pairs, and the work on one file after the other."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from typing import Any

from autodiff.data.reading.text import lines, whole_files
from autodiff.data.records.tfrecords import read_framed
from autodiff.frontends.tensorflow.ground.errors import InvalidArgumentError

Pairs = Iterator[tuple[str, Any]]


def text_lines(file: str, skip: int = 0) -> Pairs:
    """Each line, under the key `file:number`."""
    return ((f"{line.file}:{line.number}", line) for line in lines(file, skip))


def whole(file: str) -> Pairs:
    """All bytes of the file, under its name."""
    return whole_files(file)


def records(file: str, compression: str | None = None) -> Pairs:
    """Each record of a TFRecord file, under the key `file:offset`."""
    return ((f"{file}:{record.offset}", record.data) for record in read_framed(file, compression))


def identity(file: str) -> Pairs:
    """The name itself, as key and value."""
    yield file, file


def fixed_length(file: str, record_bytes: int, header_bytes: int, footer_bytes: int) -> Pairs:
    """Pieces of so many bytes between a header and a footer, under the key `file:number`."""
    (_, data), *_ = whole_files(file)
    body = data[header_bytes : len(data) - footer_bytes]
    if len(body) % record_bytes:
        raise InvalidArgumentError(
            f"{file}: {len(body)} bytes between header and footer are no whole number of records "
            f"of {record_bytes} bytes; the last one would start at byte "
            f"{header_bytes + len(body) // record_bytes * record_bytes}."
        )
    for number, start in enumerate(range(0, len(body), record_bytes)):
        yield f"{file}:{number}", body[start : start + record_bytes]


class Progress:
    """Where one reader stands in one session: the file it is in, and how much it has done."""

    def __init__(self, walk: Callable[[str], Pairs]) -> None:
        self.walk = walk
        self.lock = threading.Lock()
        self.reset()

    def reset(self) -> None:
        """Back to a clean state: the file in work is left."""
        self.pairs: Pairs | None = None
        self.produced = self.completed = 0

    def read(self, next_file: Callable[[], str]) -> tuple[str, Any]:
        """The next pair, from the next file where the one in work is at its end."""
        with self.lock:
            while (found := self._advance()) is None:
                self.pairs = iter(self.walk(next_file()))
            return found

    def more(self) -> tuple[str, Any] | None:
        """The next pair of the file in work, None at its end."""
        with self.lock:
            return self._advance()

    def _advance(self) -> tuple[str, Any] | None:
        if self.pairs is None:
            return None
        try:
            found = next(self.pairs, None)
        except BaseException:
            self.pairs = None  # a damaged file is not read on from
            raise
        if found is None:
            self.pairs = None
            self.completed += 1
        else:
            self.produced += 1
        return found
