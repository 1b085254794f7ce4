"""The options of `python -m benchmarks`, and the run itself."""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Sequence
from pathlib import Path

from benchmarks import kits, pages, report
from benchmarks.apart import measure_apart, workers
from benchmarks.figure import draw
from benchmarks.measure import Row
from benchmarks.threads import limit_loaded_libraries
from benchmarks.workload import Workload
from benchmarks.workloads import WORKLOADS

RESULTS = Path(__file__).parent / "results"


def parser() -> argparse.ArgumentParser:
    """The command's options."""
    usual = [name for name in kits.NAMES[1:] if name not in kits.ASKED]
    made = argparse.ArgumentParser(
        prog="python -m benchmarks",
        description="Time autodiff beside hand-written NumPy and other libraries.",
    )
    made.add_argument("rows", nargs="*", help="names of workloads, or parts of them; all if none")
    made.add_argument("--list", action="store_true", help="list the workloads and stop")
    made.add_argument(
        "--peers", default=",".join(usual), help="libraries to compare with (%(default)s)"
    )
    made.add_argument("--rounds", type=int, default=11, help="interleaved rounds (%(default)s)")
    made.add_argument(
        "--seconds",
        type=float,
        default=3.0,
        help="no new round of a library on a row after (%(default)s)",
    )
    made.add_argument(
        "--save",
        action="store_true",
        help="write table and figure to results/; what is not measured stays as it was",
    )
    made.add_argument(
        "--pages", action="store_true", help="write the saved figures into the pages, and stop"
    )
    made.add_argument("--folder", type=Path, default=RESULTS, help="where --save writes")
    return made


def chosen(names: Sequence[str]) -> list[Workload]:
    """The workloads whose name is given or contains what is given; all for no names."""
    if not names:
        return list(WORKLOADS)
    exact = {workload.name for workload in WORKLOADS}.intersection(names)
    parts = [name for name in names if name not in exact]
    return [w for w in WORKLOADS if w.name in exact or any(part in w.name for part in parts)]


def run(
    workloads: Sequence[Workload], libraries: Sequence[str], rounds: int, limit: float
) -> list[Row]:
    """Measure one workload after another, and say how far it is."""
    rows = []
    with workers(libraries) as pools:
        for name in set(libraries).difference(pools):
            print(f"{name} is not installed: skipped", file=sys.stderr)
        for workload in workloads:
            start = time.perf_counter()
            row = measure_apart(workload, pools, rounds, limit)
            rows.append(row)
            shown = report.cell(row, "autodiff")
            spent = time.perf_counter() - start
            print(f"{workload.name}: {shown} ({spent:.0f} s)", file=sys.stderr)
            for name, why in row.skipped.items():
                if name not in workload.without and not kits.is_only(name, why):
                    print(f"  {name}: {why}", file=sys.stderr)
    return rows


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the chosen workloads, print the table, and save it where asked."""
    options = parser().parse_args(arguments)
    if options.list:
        for workload in WORKLOADS:
            print(f"{workload.name:24} {workload.title}")
        return 0
    if options.pages:
        pages.write()
        return 0
    workloads = chosen(options.rows)
    if not workloads:
        print("no workload has such a name; --list shows them", file=sys.stderr)
        return 2
    libraries = ["autodiff", *filter(None, options.peers.split(","))]
    rows = run(workloads, libraries, options.rounds, options.seconds)
    text = report.conditions(options.rounds, limit_loaded_libraries())
    print(report.as_text(rows), text, sep="\n\n")
    if options.save:
        rows = pages.with_new(pages.saved_rows(options.folder / "samples.json"), rows)
        report.save(rows, text, options.folder)
        draw(rows, options.folder / "benchmarks.png")
        if options.folder == RESULTS:
            pages.write()
    return 0
