"""Readers: from a queue of file names to (key, value) pairs, one record at a time."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np

from autodiff.core.ground.locations import here
from autodiff.frontends.tensorflow.graph.graph import get_default_graph
from autodiff.frontends.tensorflow.graph.operation import Operation
from autodiff.frontends.tensorflow.graph.state import State, session_op
from autodiff.frontends.tensorflow.graph.tensor import Tensor
from autodiff.frontends.tensorflow.input import formats
from autodiff.frontends.tensorflow.input.buffer import Buffer
from autodiff.frontends.tensorflow.input.failures import data_errors
from autodiff.frontends.tensorflow.input.formats import Pairs, Progress
from autodiff.frontends.tensorflow.input.queues import STRING, Queue

INT64 = np.dtype(np.int64)


class Reader:
    """What all readers share.  The graph has a node for the reader; each session its progress."""

    kind = ""

    def __init__(self, walk: Callable[[str], Pairs], name: str | None) -> None:
        graph = get_default_graph()
        op = session_op(self.kind, lambda state: state.resource(self, lambda: Progress(walk)))
        infos = [((), STRING)]
        self.reader_ref: Tensor = graph.stage(op, (), {}, name or self.kind, self.kind, infos)

    def read(self, queue: Queue, name: str | None = None) -> tuple[Tensor, Tensor]:
        """The next record as (key, value): the key says where it stands.

        When the file in work is at its end the next name is taken from the queue, which may
        wait; at the end of the queue the run raises `OutOfRangeError`.
        """
        return self._read("ReaderRead", _next, queue, (), name)

    def read_up_to(
        self, queue: Queue, num_records: int, name: str | None = None
    ) -> tuple[Tensor, Tensor]:
        """Up to so many records of one file as vectors of keys and values."""

        def take(progress: Progress, buffer: Buffer) -> tuple[Any, ...]:
            pairs = [_next(progress, buffer)]
            while len(pairs) < num_records and (found := progress.more()) is not None:
                pairs.append(found)
            return tuple(np.array(part, object) for part in zip(*pairs))

        return self._read("ReaderReadUpTo", take, queue, (None,), name)

    def num_records_produced(self, name: str | None = None) -> Tensor:
        """How many records were read."""
        return self._count("NumRecordsProduced", lambda progress: progress.produced, name)

    def num_work_units_completed(self, name: str | None = None) -> Tensor:
        """How many files were read to their end."""
        return self._count("NumWorkUnitsCompleted", lambda progress: progress.completed, name)

    def reset(self, name: str | None = None) -> Operation:
        """Leave the file in work, and count from 0."""
        op = session_op("reader_reset", lambda state, progress: progress.reset())
        made: Tensor = self.reader_ref.graph.stage(
            op, (self.reader_ref,), {}, name, "ReaderReset", [((), STRING)], {"silent": True}
        )
        return made.op

    def _read(
        self, type: str, take: Any, queue: Queue, dims: Any, name: str | None
    ) -> tuple[Tensor, Tensor]:
        place = here()

        def run(state: State, progress: Progress, buffer: Buffer) -> Any:
            with data_errors(place):
                return take(progress, buffer)

        op = session_op(type, run, multiple=True)
        operands = (self.reader_ref, queue.queue_ref)
        key, value = queue.graph.stage(op, operands, {}, name, type, [(dims, STRING)] * 2)
        return key, value

    def _count(self, what: str, look: Callable[[Progress], int], name: str | None) -> Tensor:
        op = session_op(what, lambda state, progress: np.int64(look(progress)))
        made: Tensor = self.reader_ref.graph.stage(
            op, (self.reader_ref,), {}, name, f"Reader{what}", [((), INT64)]
        )
        return made


def _next(progress: Progress, buffer: Buffer) -> tuple[str, Any]:
    return progress.read(lambda: buffer.take(1)[0][0])


class TextLineReader(Reader):
    """Reads text files line by line, without `skip_header_lines`; keys are `file:line`."""

    kind = "TextLineReader"

    def __init__(self, skip_header_lines: int = 0, name: str | None = None) -> None:
        super().__init__(partial(formats.text_lines, skip=skip_header_lines), name)


class WholeFileReader(Reader):
    """Reads each file as one record; keys are the file names."""

    kind = "WholeFileReader"

    def __init__(self, name: str | None = None) -> None:
        super().__init__(formats.whole, name)


class TFRecordReader(Reader):
    """Reads the records of TFRecord files, checksums checked; keys are `file:offset`.

    `compression` is None or "gzip".
    """

    kind = "TFRecordReader"

    def __init__(self, name: str | None = None, compression: str | None = None) -> None:
        super().__init__(partial(formats.records, compression=compression), name)


class FixedLengthRecordReader(Reader):
    """Reads binary files in pieces of `record_bytes`, as CIFAR-10 has them."""

    kind = "FixedLengthRecordReader"

    def __init__(
        self,
        record_bytes: int,
        header_bytes: int = 0,
        footer_bytes: int = 0,
        name: str | None = None,
    ) -> None:
        sizes = (record_bytes, header_bytes, footer_bytes)
        super().__init__(lambda file: formats.fixed_length(file, *sizes), name)


class IdentityReader(Reader):
    """Gives the names in the queue themselves."""

    kind = "IdentityReader"

    def __init__(self, name: str | None = None) -> None:
        super().__init__(formats.identity, name)
