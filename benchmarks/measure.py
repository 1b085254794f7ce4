"""Interleaved measurement: in every round every library runs once, in an order that rotates.

A ratio is taken within a round, so that a slow phase of the machine meets both sides of it, and
the median over the rounds is reported.
"""

from __future__ import annotations

import statistics
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from types import ModuleType
from typing import Any

import numpy as np

from benchmarks.clock import calls_for_one_sample, seconds
from benchmarks.compare import assert_equal
from benchmarks.kits import ONLY
from benchmarks.workload import Call, Workload

SEED = 20
COMPILING = ("compiled", "jax", "torch_compile")
FEWEST = 3
"""Rounds that every row has, however slow it is, unless fewer are asked for."""
SLOW = 0.5
"""A call of so many seconds makes a sample by itself."""


@dataclass
class Row:
    """What was measured of one workload: samples by library, and who was skipped and why."""

    workload: Workload
    samples: dict[str, list[float]] = field(default_factory=dict)
    skipped: dict[str, str] = field(default_factory=dict)
    slow: set[str] = field(default_factory=set)
    """Libraries whose first call took long, although it compiled nothing."""
    compiling: dict[str, float] = field(default_factory=dict)
    """Seconds that it took to prepare the call, where that compiles."""

    def ratio(self, library: str) -> float | None:
        """The median over rounds of a library's sample over the reference's of the same round."""
        reference = self.samples.get(self.workload.reference)
        own = self.samples.get(library)
        if not own or not reference:
            return None
        return statistics.median(a / b for a, b in zip(own, reference, strict=True))

    def median(self, library: str) -> float | None:
        """The median sample of a library, an operation where the workload counts them."""
        own = self.samples.get(library)
        return statistics.median(own) / (self.workload.operations or 1) if own else None

    @property
    def result(self) -> float | None:
        """Ours, in the unit of the target."""
        return self.median("autodiff") if self.workload.absolute else self.ratio("autodiff")

    @property
    def met(self) -> bool | None:
        """Whether the target was met; None where there is no target or no result."""
        if self.result is None or self.workload.target is None:
            return None
        return self.result <= self.workload.target


def prepare(workload: Workload, kits: dict[str, ModuleType], row: Row) -> dict[str, Call]:
    """Every library's prepared call, its result checked against the hand-written one's."""
    calls: dict[str, Call] = {}
    expected: Any = None
    if workload.by_hand is not None:
        calls["numpy"] = workload.by_hand(inputs_of(workload))
        expected = calls["numpy"]()
    for name, kit in kits.items():
        if name in workload.without:
            row.skipped[name] = workload.without[name]
            continue
        why, units = ONLY.get(name, ("", (workload.reference,)))
        if workload.reference not in units:
            row.skipped[name] = why
            continue
        left = getattr(kit, "WITHOUT", {}).get(workload.name)
        if left:
            row.skipped[name] = left
            continue
        try:
            start = time.process_time()
            call = workload.in_library(kit, inputs_of(workload))
            called = time.perf_counter()
            result = call()
            if time.perf_counter() - called > SLOW and name not in COMPILING:
                row.slow.add(name)
            if name in COMPILING:
                row.compiling[name] = time.process_time() - start
            if workload.checked and expected is not None:
                assert_equal(result, expected, workload.tolerance)
            expected = result if expected is None else expected
        except Exception as error:
            row.skipped[name] = f"{type(error).__name__}: {str(error).splitlines()[:1]}"[:100]
            continue
        calls[name] = call
    return calls


def inputs_of(workload: Workload, small: bool = False) -> Any:
    """The inputs of a workload, the same at every call."""
    sizes = workload.small if small else workload.sizes
    return workload.build(np.random.default_rng(SEED), **sizes)


def measure(
    workload: Workload, kits: dict[str, ModuleType], rounds: int, limit: float = np.inf
) -> Row:
    """Check every library on a workload, then time them in interleaved rounds.

    After `limit` seconds no round begins but the first few.
    """
    row = Row(workload)
    settle_allocator()
    calls = prepare(workload, kits, row)
    timed = workload.measure is seconds
    repeats = {
        name: calls_for_one_sample(call) if timed and name not in row.slow else 1
        for name, call in calls.items()
    }
    row.samples = {name: [] for name in calls}
    names = list(calls)
    start = time.perf_counter()
    for turn in range(min(rounds, workload.rounds)):
        if turn >= FEWEST and time.perf_counter() - start > limit:
            break
        for name in rotated(names, turn):
            call = calls[name]
            sample = seconds(call, repeats[name]) if timed else workload.measure(call)
            row.samples[name].append(sample)
    return row


def settle_allocator() -> None:
    """Free one large block, after which the C library keeps freed memory for the next array.

    It does so anyway once a program has freed a large array; doing it first makes the rows
    independent of their order.
    """
    block = np.ones(3_000_000)
    del block


def rotated(names: Sequence[str], turn: int) -> list[str]:
    """The names, starting one further at every turn.

    >>> rotated("abc", 1)
    ['b', 'c', 'a']
    """
    start = turn % max(len(names), 1)
    return [*names[start:], *names[:start]]
