"""The state of queues and coordinators, without a graph: every wait ends."""

import _thread
import signal
import threading
import time

import numpy as np
import pytest

from autodiff.frontends.tensorflow.ground.errors import (
    CancelledError,
    FailedPreconditionError,
    OutOfRangeError,
)
from autodiff.frontends.tensorflow.input import buffer as buffer_module
from autodiff.frontends.tensorflow.input.buffer import Buffer
from autodiff.frontends.tensorflow.input.coordinator import Coordinator


def started(work, *args):
    thread = threading.Thread(target=work, args=args, daemon=True)
    thread.start()
    return thread


def elements(*values):
    return [(value,) for value in values]


def test_first_in_first_out_and_the_end():
    queue = Buffer("q", 10)
    queue.put(elements(1, 2, 3))
    assert queue.take(1) == [(1,)]
    queue.close()
    with pytest.raises(
        OutOfRangeError,
        match=r"'q' is closed and has insufficient elements \(requested 3, current size 2\)",
    ):
        queue.take(3)
    assert queue.take(3, at_least=1) == [(2,), (3,)]
    with pytest.raises(OutOfRangeError, match="requested 1, current size 0"):
        queue.take(3, at_least=1)
    with pytest.raises(CancelledError, match="'q' is closed: it takes no element"):
        queue.put(elements(4))


def test_random_order_keeps_some_back_until_it_is_closed(monkeypatch):
    monkeypatch.setattr(buffer_module, "_alone", lambda: True)
    queue = Buffer("q", 100, keep=5, rng=np.random.default_rng(0))
    queue.put(elements(*range(20)))
    first = queue.take(15)
    assert first != sorted(first)
    assert len(queue) == 5
    with pytest.raises(FailedPreconditionError, match=r"too few elements \(5\)"):
        queue.take(1)
    queue.close()
    assert sorted(first + queue.take(5)) == elements(*range(20))


@pytest.mark.parametrize("pause", [0, 0.002])
def test_how_fast_another_thread_fills_changes_no_repeatable_order(pause):
    orders = []
    for ahead in (1, 13, 30):
        rng = np.random.default_rng(7)
        queue = Buffer("q", 30, keep=4, rng=rng, repeatable=True)
        enough = threading.Event()

        def fill(queue=queue, ahead=ahead, enough=enough):
            for i in range(30):
                queue.put(elements(i))
                time.sleep(pause)
                if i + 1 == ahead:
                    enough.set()
            queue.close()

        thread = started(fill)
        enough.wait(5)
        orders.append([queue.take(1)[0][0] for _ in range(30)])
        thread.join(5)
    assert orders[0] == orders[1] == orders[2] != sorted(orders[0])
    assert sorted(orders[0]) == list(range(30))


def test_who_fills_a_queue_and_takes_from_it_draws_from_all():
    firsts = []
    for seed in range(200):
        queue = Buffer("q", 30, keep=1, rng=np.random.default_rng(seed), repeatable=True)
        queue.put(elements(*range(30)))
        firsts.append(queue.take(1)[0][0])
    assert len(set(firsts)) > 20


def test_a_batch_larger_than_the_queue_comes_together():
    queue = Buffer("q", 3)
    thread = started(lambda: queue.put(elements(*range(10))))
    assert queue.take(10) == elements(*range(10))
    thread.join(5)


def test_closing_lets_waiting_elements_in_and_cancelling_does_not():
    for cancel in (False, True):
        queue, told = Buffer("q", 1), []
        queue.put(elements(1))

        def add(queue=queue, told=told):
            try:
                queue.put(elements(2))
            except CancelledError as error:
                told.append(error)

        thread = started(add)
        time.sleep(0.1)
        queue.close(cancel)
        assert queue.take(1) == [(1,)]
        thread.join(5)
        assert len(queue) == (0 if cancel else 1)
        assert len(told) == (1 if cancel else 0)


def test_what_no_thread_can_end_is_told_at_once(monkeypatch):
    monkeypatch.setattr(buffer_module, "_alone", lambda: True)
    queue = Buffer("q", 2)
    with pytest.raises(
        FailedPreconditionError, match=r"'q' has too few elements \(0\), and no other thread"
    ):
        queue.take(1)
    queue.put(elements(1))
    with pytest.raises(
        FailedPreconditionError, match=r"'q' is full \(2 elements\), and no other thread"
    ):
        queue.put(elements(2, 3))
    with pytest.raises(FailedPreconditionError):
        queue.take(3)
    assert len(queue) == 2


def test_a_forgotten_start_is_told(monkeypatch):
    monkeypatch.setattr(buffer_module, "GRACE", 0.1)
    queue = Buffer("q", 2, who_fills=lambda: "nobody was started.")
    with pytest.raises(FailedPreconditionError, match="'q' is empty, and nobody was started"):
        queue.take(1)


def test_the_failure_of_who_fills_reaches_who_takes():
    queue = Buffer("q", 2)
    threading.Timer(0.1, lambda: queue.close(failure=KeyError("line 3"))).start()
    with pytest.raises(KeyError, match="line 3"):
        queue.take(1)


@pytest.fixture
def heeds_interrupts():
    """What a shell starts in the background may have been told to take no notice of them."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


def test_an_interrupt_ends_a_wait_and_leaves_the_queue_good(heeds_interrupts):
    queue = Buffer("q", 5)
    queue.put(elements(1))
    threading.Timer(0.2, _thread.interrupt_main).start()
    with pytest.raises(KeyboardInterrupt):
        queue.take(2)
    queue.put(elements(2))
    assert queue.take(2) == elements(1, 2)


def test_many_threads_lose_and_double_nothing():
    queue, found = Buffer("q", 7), []
    writers = [
        started(lambda i=i: queue.put(elements(*range(i * 500, (i + 1) * 500)))) for i in range(4)
    ]

    def read():
        try:
            while True:
                found.extend(queue.take(3, at_least=1))
        except OutOfRangeError:
            pass

    readers = [started(read) for _ in range(4)]
    for thread in writers:
        thread.join(20)
    queue.close()
    for thread in readers:
        thread.join(20)
    assert sorted(found) == elements(*range(2000))


def test_a_coordinator_stops_all_and_raises_what_one_reported():
    coord, ended = Coordinator(), []

    def work(fail):
        with coord.stop_on_exception():
            while not coord.should_stop():
                time.sleep(0.01)
                if fail:
                    raise KeyError("in the thread")
            ended.append(1)

    threads = [started(work, i == 2) for i in range(3)]
    with pytest.raises(KeyError, match="in the thread") as caught:
        coord.join(threads)
    assert len(ended) == 2
    assert caught.traceback[-1].name == "work"
    coord.clear_stop()
    assert not coord.should_stop()


def test_the_end_of_the_data_is_a_clean_stop():
    coord = Coordinator()
    coord.request_stop(OutOfRangeError("end"))
    coord.join([])
    assert coord.wait_for_stop(0)


def test_a_thread_that_does_not_stop_is_named():
    coord, release = Coordinator(), threading.Event()
    thread = threading.Thread(target=release.wait, name="deaf", daemon=True)
    thread.start()
    coord.register_thread(thread)
    coord.request_stop()
    with pytest.raises(RuntimeError, match=r"1 threads still run 0.1 s after .*: deaf"):
        coord.join(stop_grace_period_secs=0.1)
    assert not coord.joined
    release.set()
    thread.join(5)
    assert coord.joined


def test_what_shall_happen_on_a_stop_happens_once_and_also_late():
    coord, calls = Coordinator(), []
    coord.on_stop(lambda: calls.append("early"))
    coord.request_stop()
    coord.request_stop()
    coord.on_stop(lambda: calls.append("late"))
    assert calls == ["early", "late"]
