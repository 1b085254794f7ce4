"""Two versions of this library beside each other: `python -m benchmarks.against FOLDER [ROW ...]`.

FOLDER is another checkout, for instance of `git worktree add --detach FOLDER COMMIT`.  Each version
runs in a process of its own, in turn, and is measured by the processor's time, which other programs
do not stretch; they do take caches and memory, so that the least of many short samples counts.
The workloads are those of this version, so that both do the same.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

from benchmarks.threads import SETTINGS

ROOT = Path(__file__).parents[1]
SAMPLES, SHORTEST, ROUNDS = 15, 0.01, 6
CHILD = """
import gc, json, sys, time
sys.path[:0] = [{package!r}, {benchmarks!r}]
import autodiff
from benchmarks.command import chosen
from benchmarks.kits import autodiff_kit
from benchmarks.measure import inputs_of, settle_allocator

def processor_seconds(call, calls):
    start = time.process_time()
    for _ in range(calls):
        call()
    return (time.process_time() - start) / calls

def least(call):
    call(), call()
    calls = max(1, round({shortest} / max(processor_seconds(call, 1), 1e-9)))
    gc.collect()
    return min(processor_seconds(call, calls) for _ in range({samples}))

settle_allocator()
(workload,) = chosen([{row!r}])
own = least(workload.in_library(autodiff_kit, inputs_of(workload)))
by_hand = least(workload.by_hand(inputs_of(workload))) if workload.by_hand else None
print(json.dumps([own, by_hand]))
"""


def measured(folder: Path, row: str) -> tuple[float, float | None]:
    """The least processor time of a call of a row in one version, and of the hand-written one."""
    program = CHILD.format(
        package=str(folder),
        benchmarks=str(ROOT),
        row=row,
        shortest=SHORTEST,
        samples=SAMPLES,
    )
    found = subprocess.run(
        [sys.executable, "-c", program],
        check=True,
        capture_output=True,
        text=True,
        cwd=folder,
        env=os.environ | SETTINGS | {"PYTHONPATH": ""},
    )
    own, by_hand = json.loads(found.stdout.splitlines()[-1])
    return own, by_hand


def compared(folder: Path, row: str, rounds: int) -> tuple[float, float, float | None]:
    """The least of both versions in turn, before and now, and of the hand-written one."""
    pairs = [(measured(folder, row), measured(ROOT, row)) for _ in range(rounds)]
    hands = [hand for pair in pairs for _, hand in pair if hand is not None]
    before = min(old for (old, _), _ in pairs)
    return before, min(new for _, (new, _) in pairs), min(hands, default=None)


def main(arguments: Sequence[str] | None = None) -> int:
    """Print a line of a Markdown table for every row."""
    from benchmarks.command import chosen

    options = argparse.ArgumentParser(prog="python -m benchmarks.against")
    options.add_argument("folder", type=Path, help="another checkout of this library")
    options.add_argument("rows", nargs="*", help="names of workloads, or parts of them")
    options.add_argument("--rounds", type=int, default=ROUNDS)
    given = options.parse_args(arguments)
    print("| row | before | now | now / before |\n| --- | --- | --- | --- |")
    for workload in chosen(given.rows):
        if workload.absolute or workload.without.get("autodiff"):
            continue
        before, now, hand = compared(given.folder.resolve(), workload.name, given.rounds)
        shown = [f"{x / hand:.2f}" if hand else f"{x * 1e3:.3g} ms" for x in (before, now)]
        print(f"| {workload.title} | {shown[0]} | {shown[1]} | {now / before:.2f} |", flush=True)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
