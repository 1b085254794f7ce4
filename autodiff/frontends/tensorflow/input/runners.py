"""The threads that fill queues: `QueueRunner`, `start_queue_runners`.

A runner's threads run its enqueue operations until the data ends, somebody asks to stop, or the
session is closed; then they close the queue.  If one fails, whoever takes from the queue gets its
error, so that a broken file is never mistaken for the end of the data.
"""

from __future__ import annotations

import threading
from collections.abc import Sequence
from typing import Any

from autodiff.core.ground.locations import here
from autodiff.frontends.common.options import taking
from autodiff.frontends.tensorflow.graph.graph import get_default_graph
from autodiff.frontends.tensorflow.ground.defaults import sessions
from autodiff.frontends.tensorflow.ground.errors import CancelledError, OutOfRangeError
from autodiff.frontends.tensorflow.input.buffer import Buffer
from autodiff.frontends.tensorflow.input.coordinator import Coordinator
from autodiff.frontends.tensorflow.input.queues import Queue
from autodiff.frontends.tensorflow.variables.variables import GraphKeys

ENDS = (OutOfRangeError, CancelledError)


class QueueRunner:
    """Fills a queue by running each of `enqueue_ops` in a thread of its own, again and again."""

    @taking("close_op cancel_op queue_closed_exception_types import_scope", "queue_runner_def")
    def __init__(self, queue: Queue, enqueue_ops: Sequence[Any]) -> None:
        if not enqueue_ops:
            raise ValueError(f"a QueueRunner needs operations to run: [q.enqueue(x)] * 2.{here()}")
        self.queue, self.enqueue_ops = queue, list(enqueue_ops)

    @property
    def name(self) -> str:
        """The name of the queue that it fills."""
        return self.queue.name

    def create_threads(
        self,
        sess: Any,
        coord: Coordinator | None = None,
        daemon: bool = True,
        start: bool = False,
    ) -> list[threading.Thread]:
        """A thread for each enqueue operation; none where they run already in this session."""
        key = (self, "started")
        with sess.state.lock:
            if any(thread.is_alive() for thread in sess.state.resources.get(key, ())):
                return []
            buffer = sess.state.resource(self.queue, lambda: self.queue._make(sess.state))
            left = _Countdown(len(self.enqueue_ops))
            threads = [
                threading.Thread(
                    target=self._work,
                    args=(sess, op, buffer, coord, left),
                    name=f"QueueRunner of {self.name}",
                    daemon=daemon,
                )
                for op in self.enqueue_ops
            ]
            sess.state.resources[key] = threads
        if coord is not None:
            coord.on_stop(lambda: buffer.close(cancel=True))
            for thread in threads:
                coord.register_thread(thread)
        if start:
            for thread in threads:
                thread.start()
        return threads

    def _work(
        self, sess: Any, op: Any, buffer: Buffer, coord: Coordinator | None, left: _Countdown
    ) -> None:
        try:
            while not sess.closed and not (coord and coord.should_stop()):
                sess.run(op)
        except ENDS:
            pass
        except BaseException as error:
            if not sess.closed:  # a run that the end of the session broke off is no failure
                buffer.close(cancel=True, failure=error)
                if coord is not None:
                    coord.request_stop(error)
        finally:
            if left.down() == 0:
                buffer.close()


class _Countdown:
    """How many threads of a runner are left."""

    def __init__(self, count: int) -> None:
        self.count, self.lock = count, threading.Lock()

    def down(self) -> int:
        """One less; how many are left now."""
        with self.lock:
            self.count -= 1
            return self.count


def add_queue_runner(qr: QueueRunner, collection: str = GraphKeys.QUEUE_RUNNERS) -> None:
    """Note a runner, so that `start_queue_runners` starts it."""
    qr.queue.graph.add_to_collection(collection, qr)


def start_queue_runners(
    sess: Any = None,
    coord: Coordinator | None = None,
    daemon: bool = True,
    start: bool = True,
    collection: str = GraphKeys.QUEUE_RUNNERS,
) -> list[threading.Thread]:
    """Start the threads of all runners of the session's graph (default: the default session's).

    Call it after the variables are initialized, and keep the threads for `coord.join(threads)`.
    """
    sess = sess or sessions.top
    if sess is None:
        raise ValueError(f"start_queue_runners needs a session: write sess=sess.{here()}")
    graph = sess.graph if hasattr(sess, "graph") else get_default_graph()
    runners = graph.get_collection(collection)
    return [t for runner in runners for t in runner.create_threads(sess, coord, daemon, start)]
