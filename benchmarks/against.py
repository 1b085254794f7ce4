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
sys.path.insert(0, {package!r})
import autodiff
sys.path.insert(0, {benchmarks!r})
assert autodiff.__file__.startswith({package!r})
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
found = {{}}
for row in {rows!r}:
    (workload,) = [one for one in chosen([row]) if one.name == row]
    own = least(workload.in_library(autodiff_kit, inputs_of(workload)))
    by_hand = least(workload.by_hand(inputs_of(workload))) if workload.by_hand else None
    found[row] = own, by_hand
print(json.dumps(found))
"""
Times = dict[str, tuple[float, float | None]]
"""By the names of rows: the least processor time of a call, and of the hand-written version."""


def measured(folder: Path, rows: Sequence[str]) -> Times:
    """What one version takes, in a process of its own."""
    program = CHILD.format(
        package=str(folder),
        benchmarks=str(ROOT),
        rows=list(rows),
        shortest=SHORTEST,
        samples=SAMPLES,
    )
    found = subprocess.run(
        [sys.executable, "-c", program],
        check=True,
        stdout=subprocess.PIPE,
        text=True,
        cwd=folder,
        env=os.environ | SETTINGS | {"PYTHONPATH": ""},
    )
    return {row: tuple(times) for row, times in json.loads(found.stdout.splitlines()[-1]).items()}


def main(arguments: Sequence[str] | None = None) -> int:
    """Print a line of a Markdown table for every row."""
    from benchmarks.command import chosen

    options = argparse.ArgumentParser(prog="python -m benchmarks.against")
    options.add_argument("folder", type=Path, help="another checkout of this library")
    options.add_argument("rows", nargs="*", help="names of workloads, or parts of them")
    options.add_argument("--rounds", type=int, default=ROUNDS)
    given = options.parse_args(arguments)
    rows = [w for w in chosen(given.rows) if not w.absolute and "autodiff" not in w.without]
    names = [row.name for row in rows]
    turns = [
        (measured(given.folder.resolve(), names), measured(ROOT, names))
        for _ in range(given.rounds)
    ]
    print("| row | before | now | now / before |\n| --- | --- | --- | --- |")
    for row in rows:
        before, now = (min(turn[k][row.name][0] for turn in turns) for k in range(2))
        hands = [hand for turn in turns for times in turn if (hand := times[row.name][1])]
        unit = min(hands, default=None)
        shown = [f"{x / unit:.2f}" if unit else f"{x * 1e3:.3g} ms" for x in (before, now)]
        print(f"| {row.title} | {shown[0]} | {shown[1]} | {now / before:.2f} |", flush=True)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
