"""Ending several threads together: one asks to stop, all see it, and one waits for all."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager

from autodiff.frontends.tensorflow.ground.errors import CancelledError, OutOfRangeError


class Coordinator:
    """`should_stop()`, `request_stop()` and `join()` for a group of threads.

        coord = tf.train.Coordinator()
        threads = tf.train.start_queue_runners(sess, coord)
        try:
            while not coord.should_stop():
                sess.run(train_op)
        except tf.errors.OutOfRangeError:
            print("all epochs done")
        finally:
            coord.request_stop()
            coord.join(threads)

    The first exception that a thread reports is raised by `join`, with its own traceback.  The
    end of the data (`OutOfRangeError`) and a cancelled wait are clean stops, not failures.
    """

    def __init__(
        self,
        clean_stop_exception_types: tuple[type[BaseException], ...] = (
            OutOfRangeError,
            CancelledError,
        ),
    ) -> None:
        self.clean = clean_stop_exception_types
        self._stop = threading.Event()
        self._lock = threading.Lock()
        self._failure: BaseException | None = None
        self._threads: set[threading.Thread] = set()
        self._on_stop: list[Callable[[], None]] = []

    @property
    def joined(self) -> bool:
        """Whether every registered thread has ended."""
        return not any(thread.is_alive() for thread in self._threads)

    def should_stop(self) -> bool:
        """Whether somebody has asked to stop."""
        return self._stop.is_set()

    def request_stop(self, ex: BaseException | None = None) -> None:
        """Ask all threads to stop; an exception given is raised by `join`."""
        with self._lock:
            if ex is not None and self._failure is None and not isinstance(ex, self.clean):
                self._failure = ex
            first = not self._stop.is_set()
            self._stop.set()
            calls = list(self._on_stop) if first else []
        for call in calls:
            call()

    def clear_stop(self) -> None:
        """Forget that a stop was asked for, and why."""
        with self._lock:
            self._failure = None
            self._stop.clear()

    def on_stop(self, call: Callable[[], None]) -> None:
        """Call this when a stop is asked for: what ends the waits of the threads."""
        with self._lock:
            if not self._stop.is_set():
                self._on_stop.append(call)
                return
        call()

    def wait_for_stop(self, timeout: float | None = None) -> bool:
        """Wait (seconds) until a stop is asked for; whether it was."""
        return self._stop.wait(timeout)

    def register_thread(self, thread: threading.Thread) -> None:
        """A thread that `join` shall wait for."""
        with self._lock:
            self._threads.add(thread)

    @contextmanager
    def stop_on_exception(self) -> Iterator[None]:
        """Report an exception of the block as the reason to stop, instead of raising it."""
        try:
            yield
        except BaseException as error:
            self.request_stop(error)

    def raise_requested_exception(self) -> None:
        """Raise what a thread reported, if one did."""
        if self._failure is not None:
            raise self._failure

    def join(
        self,
        threads: Iterable[threading.Thread] | None = None,
        stop_grace_period_secs: float = 120,
    ) -> None:
        """Wait until a stop is asked for, and then for the threads to end.

        Raises what a thread reported, or RuntimeError naming the threads that still run
        `stop_grace_period_secs` after the stop was asked for.
        """
        waited = {*self._threads, *(threads or ())}
        while any(thread.is_alive() for thread in waited) and not self._stop.wait(0.05):
            pass
        end = time.monotonic() + stop_grace_period_secs
        for thread in waited:
            thread.join(max(0.0, end - time.monotonic()))
        self.raise_requested_exception()
        left = sorted(thread.name for thread in waited if thread.is_alive())
        if left:
            raise RuntimeError(
                f"{len(left)} threads still run {stop_grace_period_secs:g} s after the stop was "
                f"asked for: {', '.join(left)}. Let their loops look at coord.should_stop()."
            )
