"""`SummaryWriter`: event files for TensorBoard, under the names of TensorFlow 0.11."""

from __future__ import annotations

import os
from typing import Any

from autodiff.data.events.writer import EventWriter
from autodiff.frontends.common.options import taking
from autodiff.frontends.tensorflow.graph.described import nodes_of
from autodiff.frontends.tensorflow.graph.graph import Graph


class SummaryWriter:
    """Writes summaries and graphs to a new event file in a folder.

        writer = tf.train.SummaryWriter("logs", sess.graph)
        writer.add_summary(sess.run(merged), global_step=step)

    Then `tensorboard --logdir logs` shows them.  What is added is written at once, so that a
    killed program has lost nothing; `flush` forces it to the disk.  There is no queue: `max_queue`
    and `flush_secs` are taken for the sake of older code, and change nothing.
    """

    @taking("filename_suffix")
    def __init__(
        self,
        logdir: str | os.PathLike[str],
        graph: Any = None,
        max_queue: int = 10,
        flush_secs: float = 120,
        graph_def: Any = None,
    ) -> None:
        self._logdir = os.fspath(logdir)
        self._events = EventWriter(logdir)
        graph = graph_def if graph is None else graph
        if graph is not None:
            self.add_graph(graph)

    def get_logdir(self) -> str:
        """The folder of the event file."""
        return self._logdir

    def add_summary(self, summary: Any, global_step: Any = None) -> None:
        """Add what a summary op gave in a run, or a `Summary` message, at a step (default 0)."""
        if hasattr(summary, "graph"):
            raise TypeError(
                f"add_summary takes the value of {summary.name}, not the node: write "
                "writer.add_summary(sess.run(summary), step)."
            )
        self._events.summary(summary, 0 if global_step is None else int(global_step))

    def add_graph(self, graph: Any, global_step: Any = None, graph_def: Any = None) -> None:
        """Add a graph, or its `GraphDef`, which TensorBoard draws with its scopes."""
        if isinstance(graph, Graph):
            self._events.graph(nodes_of(graph))
        else:
            self._events.graph_message(graph)

    def add_session_log(self, session_log: Any, global_step: Any = None) -> None:
        """Nothing: `restart` says that a run goes on."""

    def add_run_metadata(self, run_metadata: Any, tag: str, global_step: Any = None) -> None:
        """Nothing: `ad.draw(y, ran=run_metadata)` shows what a run did."""

    def restart(self, global_step: Any) -> None:
        """Say that a resumed run goes on from this step, so that later events of an interrupted
        one are not shown (TensorFlow: `add_session_log` with the status START).
        """
        self._events.restart(int(global_step))

    def flush(self) -> None:
        """Force what was added to the disk."""
        self._events.flush()

    def close(self) -> None:
        """Flush and close the file."""
        self._events.close()

    def reopen(self) -> None:
        """After `close`, go on in a new file of the same folder."""
        self._events.close()
        self._events = EventWriter(self._logdir)

    def __enter__(self) -> SummaryWriter:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()
