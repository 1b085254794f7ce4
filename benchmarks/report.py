"""The measured rows as a text table, as Markdown, and as JSON."""

from __future__ import annotations

import json
import platform
from collections.abc import Sequence
from dataclasses import asdict, replace
from importlib import metadata
from pathlib import Path

import numpy as np

from benchmarks.kits import NAMES, is_only
from benchmarks.measure import COMPILING, Row, Samples

PACKAGES = ("numpy", "numba", "autograd", "mygrad", "micrograd", "torch", "jax", "tensorflow-cpu")


def cell(row: Row, library: str) -> str:
    """A library's entry: its ratio to the reference, or its own value where that is wanted.

    So it is on an absolute row, and where the reference is not installed.
    """
    if library == row.workload.reference and not row.workload.absolute:
        return "1" if row.units else "-"
    itself = row.workload.absolute or not row.units
    value = row.median(library) if itself else row.ratio(library)
    if value is None:
        return "-"
    return with_unit(row, value) if itself else number(value)


def number(value: float) -> str:
    """About three digits.

    >>> number(0.1234), number(12.34), number(1234.5)
    ('0.12', '12.3', '1234')
    """
    return f"{value:.2f}" if value < 10 else f"{value:.1f}" if value < 100 else f"{value:.0f}"


def with_unit(row: Row, value: float) -> str:
    """A quantity: seconds as ms, us or ns, bytes and ratios as they are."""
    if row.workload.unit == "x":
        return f"{value:.2f} x"
    if row.workload.unit == "B":
        return f"{value:.0f} B"
    for scale, name in ((1.0, "s"), (1e-3, "ms"), (1e-6, "us")):
        if value >= scale:
            return f"{value / scale:.3g} {name}"
    return f"{value * 1e9:.3g} ns"


def table(rows: Sequence[Row]) -> list[list[str]]:
    """Header and rows of the table, every cell a string."""
    peers = [name for name in NAMES if any(cell(row, name) != "-" for row in rows)]
    lines = [["workload", "unit of measure", *peers, "target", "met"]]
    for row in rows:
        unit = row.median(row.workload.reference)
        target = row.workload.target
        shown = (
            ""
            if target is None
            else (with_unit(row, target) if row.workload.absolute else f"{target:g}")
        )
        lines.append(
            [
                row.workload.title,
                f"{row.workload.reference} {with_unit(row, unit)}" if unit is not None else "",
                *(cell(row, name) for name in peers),
                shown,
                {True: "yes", False: "no", None: ""}[row.met],
            ]
        )
    return lines


def as_text(rows: Sequence[Row]) -> str:
    """The table in aligned columns."""
    lines = table(rows)
    widths = [max(map(len, column)) for column in zip(*lines, strict=True)]
    return "\n".join("  ".join(map(str.ljust, line, widths)).rstrip() for line in lines)


def as_markdown(rows: Sequence[Row], conditions: str) -> str:
    """The table in Markdown with what it needs to be read."""
    header, *body = ["| " + " | ".join(line) + " |" for line in table(rows)]
    rule = "|" + " --- |" * len(table(rows)[0])
    skipped = [line for row in rows for line in not_measured(row)]
    parts = [
        "# Benchmarks",
        "",
        "Made by `python -m benchmarks --save`. Numbers are multiples of the time of the unit of "
        "measure (hand-written NumPy; micrograd for scalar graphs, TensorFlow for `Session.run`): "
        "medians of the ratios within each round. Where a cell has a unit it is that quantity "
        "itself. Times of the unit of measure are for one call, or for one operation on graphs "
        "whose operations are counted. "
        "JAX is compiled beforehand, and so is the column `compiled`, which is this library by "
        "`ad.compile`, and `torch_compile`; all others run eagerly. `bare` is no library, but what "
        "a tape in Python costs that checks nothing (`benchmarks/bare`): a floor. "
        "What `--save` did not measure anew is of an earlier run.",
        "",
        conditions,
        "",
        header,
        rule,
        *body,
        "",
        "![the same as a figure](benchmarks.png)",
        "",
        *compiling(rows),
    ]
    return "\n".join([*parts, *(["Not measured:", "", *skipped, ""] if skipped else [])])


def not_measured(row: Row) -> list[str]:
    """A line for each reason why libraries are missing in a row."""
    libraries: dict[str, list[str]] = {}
    for name, why in row.skipped.items():
        if not is_only(name, why):
            libraries.setdefault(why, []).append(name)
    return [
        f"- {row.workload.title}: {', '.join(names)}: {why}" for why, names in libraries.items()
    ]


def compiling(rows: Sequence[Row]) -> list[str]:
    """Processor time of tracing, writing and compiling, a line a workload."""
    lines = [
        f"| {row.workload.title} | "
        + " | ".join(map(took, (row.samples.get(name) for name in COMPILING)))
        + " |"
        for row in rows
        if any(found.compiling and found.own for found in row.samples.values())
    ]
    head = [
        "| compiling takes | " + " | ".join(COMPILING) + " |",
        "|" + " --- |" * (1 + len(COMPILING)),
    ]
    return [*head, *lines, ""] if lines else []


def took(measured: Samples | None) -> str:
    """The seconds that compiling took, or a dash."""
    return (
        f"{measured.compiling:.1f} s" if measured and measured.compiling and measured.own else "-"
    )


def conditions(rounds: int, threads: str) -> str:
    """One paragraph on the machine, the versions and the method."""
    versions = []
    for name in PACKAGES:
        try:
            versions.append(f"{name} {metadata.version(name)}")
        except metadata.PackageNotFoundError:
            versions.append(f"{name} not installed")
    return (
        f"Python {platform.python_version()} on {platform.machine()}; {', '.join(versions)}. "
        f"Each library in a process of its own with the unit of measure beside it, {rounds} "
        f"interleaved rounds (fewer on the slowest rows), {threads}, "
        "float64 where nothing else is said; results are checked equal before timing."
    )


def save(rows: Sequence[Row], text: str, folder: Path) -> None:
    """Write the Markdown and the samples behind it."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "benchmarks.md").write_text(as_markdown(rows, text))
    samples = {
        row.workload.name: {
            name: asdict(replace(found, own=rounded(found.own), unit=rounded(found.unit)))
            for name, found in row.samples.items()
        }
        for row in rows
    }
    (folder / "samples.json").write_text(json.dumps(samples, indent=1) + "\n")


def rounded(samples: Sequence[float]) -> list[float]:
    """Five digits of each, which is more than is measured.

    >>> rounded([1.23456789e-5])
    [1.2346e-05]
    """
    return [float(np.format_float_scientific(value, 4)) for value in samples]
