"""A process for each library, so that none meets the threads and the memory that another leaves.

In one process with PyTorch, JAX and TensorFlow an operation of a microsecond took up to a third
longer than by itself, and new pages of memory came three times slower.  So a library lives in a
process of its own with the unit of measure beside it, and only one process works at a time.
"""

from __future__ import annotations

import multiprocessing
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import ExitStack, contextmanager

from benchmarks import kits
from benchmarks.measure import Row, Samples, measure
from benchmarks.threads import limit_loaded_libraries
from benchmarks.workload import Workload
from benchmarks.workloads import WORKLOADS


def is_loaded(library: str) -> bool:
    """Load a library and limit it to one thread, before all else; whether it is installed."""
    kit = kits.load(library)
    limit_loaded_libraries()
    return kit is not None


def in_this_process(name: str, library: str, rounds: int, limit: float) -> Samples:
    """Measure a library on the workload of a name."""
    workload = next(workload for workload in WORKLOADS if workload.name == name)
    return measure(workload, library, kits.load, rounds, limit)


@contextmanager
def workers(libraries: Sequence[str]) -> Iterator[dict[str, ProcessPoolExecutor]]:
    """A fresh process for each library that is installed, for as long as the block lasts."""
    fresh = multiprocessing.get_context("spawn")
    with ExitStack() as stack:
        pools = {
            library: stack.enter_context(ProcessPoolExecutor(1, mp_context=fresh))
            for library in libraries
        }
        yield {name: pool for name, pool in pools.items() if pool.submit(is_loaded, name).result()}


def measure_apart(
    workload: Workload, pools: dict[str, ProcessPoolExecutor], rounds: int, limit: float
) -> Row:
    """One row: every library in its own process, one after the other."""
    row = Row(workload)
    for library, pool in pools.items():
        if library == workload.reference:
            continue
        try:
            asked = pool.submit(in_this_process, workload.name, library, rounds, limit)
            row.samples[library] = asked.result()
        except BrokenProcessPool:
            row.samples[library] = Samples(skipped="its process ended")
    return row
