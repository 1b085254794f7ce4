"""Event files: what TensorBoard reads while a program writes.

A file is a TFRecord file of `Event` messages.  Each event goes to the system in one write, so a
process that is killed loses none that it had logged; at worst the last record is cut, and
readers stop before it.
"""

from __future__ import annotations

import itertools
import os
import socket
import threading
import time
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from autodiff.data.events.graphs import Node, graph_def
from autodiff.data.events.summaries import histogram, image, protos, scalar
from autodiff.data.records.tfrecords import framed

_count = itertools.count()


class EventWriter:
    """Logs to a new event file in a folder; `close()` it, or use it in a `with` block.

    >>> import tempfile
    >>> folder = tempfile.mkdtemp()
    >>> with EventWriter(folder) as log:
    ...     for step in range(3):
    ...         log.scalar("loss", 1 / (1 + step), step)

    Then `tensorboard --logdir FOLDER` shows it.  Steps count what the run counts: batches,
    epochs.
    """

    def __init__(self, folder: str | os.PathLike[str]) -> None:
        Path(folder).mkdir(parents=True, exist_ok=True)
        seconds, rest = divmod(time.time_ns(), 10**9)  # readers take files in order of their names
        stamp = f"{seconds:010d}.{rest:09d}.{socket.gethostname()}.{os.getpid()}.{next(_count)}"
        self.path = Path(folder) / f"events.out.tfevents.{stamp}"
        self._lock = threading.Lock()
        self._file = open(self.path, "xb", buffering=0)  # noqa: SIM115  closed by close()
        self._event(file_version="brain.Event:2")

    def scalar(self, tag: str, value: Any, step: int) -> None:
        """Log a number."""
        self.summary(scalar(tag, value), step)

    def image(self, tag: str, images: Any, step: int, most: int = 3) -> None:
        """Log the first `most` of a batch of pictures (n, height, width, 1, 3 or 4)."""
        self.summary(image(tag, images, most), step)

    def histogram(self, tag: str, values: Any, step: int) -> None:
        """Log the distribution of the values of an array."""
        self.summary(histogram(tag, values), step)

    def graph(self, nodes: Iterable[Node]) -> None:
        """Log a graph, which TensorBoard draws with its scopes."""
        self.graph_message(graph_def(nodes))

    def graph_message(self, message: Any) -> None:
        """Add a graph that is a `GraphDef` already."""
        self._event(graph_def=message.SerializeToString())

    def summary(self, summary: Any, step: int) -> None:
        """Log a `Summary` message, of one value or several, or its bytes."""
        if isinstance(summary, bytes):
            summary = protos("summary_pb2").Summary.FromString(summary)
        self._event(summary=summary, step=int(step))

    def restart(self, step: int) -> None:
        """Say that the run goes on from this step: what an interrupted run logged later is void.

        TensorBoard then shows each step once, as the resumed run logged it.
        """
        log = protos("event_pb2").SessionLog(status="START")
        self._event(session_log=log, step=int(step))

    def flush(self) -> None:
        """Force what was logged to the disk; readers see it without."""
        if not self._file.closed:
            os.fsync(self._file.fileno())

    def close(self) -> None:
        """Flush and close; closing twice does nothing."""
        self.flush()
        self._file.close()

    def _event(self, **what: Any) -> None:
        event = protos("event_pb2").Event(wall_time=time.time(), **what)
        record = memoryview(framed(event.SerializeToString()))
        with self._lock:
            while len(record):  # a write takes less than all only when the disk is full
                record = record[self._file.write(record) :]

    def __enter__(self) -> EventWriter:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()
