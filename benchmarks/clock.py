"""The ways to measure a prepared computation: seconds, bytes, or what it says itself."""

from __future__ import annotations

import gc
import time
import tracemalloc
from collections.abc import Callable
from typing import Any

SHORTEST = 0.02
"""A sample lasts at least about this long, so that neither the clock's grain matters nor the
first call after a collection of garbage, which finds the caches cold."""


def seconds(call: Callable[[], Any], calls: int = 1) -> float:
    """The wall-clock time of one call, as the mean of several in a row."""
    gc.collect()
    start = time.perf_counter()
    for _ in range(calls):
        call()
    return (time.perf_counter() - start) / calls


def calls_for_one_sample(call: Callable[[], Any], slow: float) -> int:
    """How many calls in a row make a good sample; one where it takes `slow` seconds."""
    first = seconds(call)
    if first > slow:
        return 1
    again = first if first > SHORTEST else min(seconds(call) for _ in range(2))
    return max(1, round(SHORTEST / max(again, 1e-9)))


def bytes_held(call: Callable[[], Any]) -> float:
    """The memory that the result of a call keeps alive, as Python's allocator counts it."""
    gc.collect()
    tracemalloc.start()
    try:
        before, _ = tracemalloc.get_traced_memory()
        result = call()
        gc.collect()
        after, _ = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    del result
    return float(after - before)


def own_answer(call: Callable[[], float]) -> float:
    """The quantity that the call itself measured."""
    return call()
