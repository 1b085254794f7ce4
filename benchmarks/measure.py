"""Interleaved measurement: in every round the unit of measure runs once, and the library once.

A ratio is taken within a round, so that a slow phase of the machine meets both sides of it, and
the median over the rounds is reported.  Which of the two comes first changes from round to round.
"""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from benchmarks.clock import calls_for_one_sample, seconds
from benchmarks.compare import assert_equal
from benchmarks.kits import ONLY
from benchmarks.workload import Call, Workload

SEED = 20
COMPILING = ("compiled", "compiled_numpy", "jax", "torch_compile")
FEWEST = 3
"""Rounds that every row has, however slow it is, unless fewer are asked for."""
SLOW = 0.5
"""A call of so many seconds makes a sample by itself."""


@dataclass
class Samples:
    """A library's samples of one workload, and those of the unit of measure of the same rounds."""

    own: list[float] = field(default_factory=list)
    unit: list[float] = field(default_factory=list)
    skipped: str = ""
    """Why nothing was measured, if so."""
    compiling: float | None = None
    """Seconds of processor time that it took to prepare the call, where that compiles."""


@dataclass
class Row:
    """What was measured of one workload, by library."""

    workload: Workload
    samples: dict[str, Samples] = field(default_factory=dict)

    def ratio(self, library: str) -> float | None:
        """The median over rounds of a library's sample over the unit's of the same round."""
        measured = self.samples.get(library, Samples())
        ratios = [own / unit for own, unit in zip(measured.own, measured.unit, strict=False)]
        return statistics.median(ratios) if ratios else None

    def median(self, library: str) -> float | None:
        """The median sample of a library, an operation where the workload counts them."""
        own = (
            self.units
            if library == self.workload.reference
            else self.samples.get(library, Samples()).own
        )
        return statistics.median(own) / (self.workload.operations or 1) if own else None

    @property
    def units(self) -> list[float]:
        """The samples of the unit of measure, beside whichever library they were taken."""
        return [sample for measured in self.samples.values() for sample in measured.unit]

    @property
    def skipped(self) -> dict[str, str]:
        """The libraries that were not measured, and why."""
        return {name: found.skipped for name, found in self.samples.items() if found.skipped}

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


def left_out(workload: Workload, name: str, kit: Any) -> str:
    """Why a library does not run a workload; empty where it does."""
    why, units = ONLY.get(name, ("", (workload.reference,)))
    if name in workload.without:
        return workload.without[name]
    return (
        why
        if workload.reference not in units
        else getattr(kit, "WITHOUT", {}).get(workload.name, "")
    )


def inputs_of(workload: Workload, small: bool = False) -> Any:
    """The inputs of a workload, the same at every call."""
    sizes = workload.small if small else workload.sizes
    return workload.build(np.random.default_rng(SEED), **sizes)


def unit_of_measure(workload: Workload, load: Callable[[str], Any]) -> Call | None:
    """The call by which all others are divided: by hand, or that of a library that is installed."""
    if workload.reference == "numpy":
        return workload.by_hand(inputs_of(workload)) if workload.by_hand else None
    kit = load(workload.reference) if workload.reference else None
    return workload.in_library(kit, inputs_of(workload)) if kit else None


def measure(
    workload: Workload,
    name: str,
    load: Callable[[str], Any],
    rounds: int,
    limit: float = np.inf,
) -> Samples:
    """Check a library on a workload, then time it and the unit of measure in turn.

    After `limit` seconds no round begins but the first few.  `load` finds the kit of a library.
    """
    kit = load(name)
    if kit is None:
        return Samples(skipped="is not installed")
    found = Samples(skipped=left_out(workload, name, kit))
    if found.skipped:
        return found
    settle_allocator()
    try:
        calls = {
            "unit": unit_of_measure(workload, load),
            "own": prepare(workload, name, kit, found),
        }
        results = {part: call() for part, call in calls.items() if call}
        if workload.checked and "unit" in results:
            assert_equal(results["own"], results["unit"], workload.tolerance)
    except Exception as error:
        return Samples(skipped=f"{type(error).__name__}: {str(error).splitlines()[:1]}"[:100])
    del results
    take_turns(workload, {part: call for part, call in calls.items() if call}, found, rounds, limit)
    return found


def prepare(workload: Workload, name: str, kit: Any, found: Samples) -> Call:
    """A library's call, made and called once; the time of both is noted where that compiles."""
    start = time.process_time()
    call = workload.in_library(kit, inputs_of(workload))
    if name in COMPILING:
        call()
        found.compiling = time.process_time() - start
    return call


def take_turns(
    workload: Workload, calls: Mapping[str, Call], found: Samples, rounds: int, limit: float
) -> None:
    """Add a sample of each call in every round."""
    timed = workload.measure is seconds
    repeats = {
        part: calls_for_one_sample(call, SLOW) if timed else 1 for part, call in calls.items()
    }
    start = time.perf_counter()
    for turn in range(min(rounds, workload.rounds)):
        if turn >= FEWEST and time.perf_counter() - start > limit:
            break
        for part in sorted(calls, reverse=bool(turn % 2)):
            call = calls[part]
            sample = seconds(call, repeats[part]) if timed else workload.measure(call)
            getattr(found, part).append(sample)


def settle_allocator() -> None:
    """Free one large block, after which the C library keeps freed memory for the next array.

    It does so anyway once a program has freed a large array; doing it first makes the rows
    independent of their order.
    """
    block = np.ones(3_000_000)
    del block
