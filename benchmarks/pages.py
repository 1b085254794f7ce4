"""The figures in docs/speed.md and README.md, made from the saved samples.

A page marks the place: what stands between `<!-- benchmarks: NAME -->` and `<!-- end -->` is
written anew by `--save`, and by `--pages`, which measures nothing.  So no figure on a page is of
another measurement than the others, and a test finds one that was changed by hand.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Sequence
from pathlib import Path

from benchmarks.measure import Row, Samples
from benchmarks.report import cell, number, took, with_unit
from benchmarks.workloads import WORKLOADS

ROOT = Path(__file__).parents[1]
SAVED = Path(__file__).parent / "results" / "samples.json"
EAGER = ("micrograd", "autograd", "mygrad", "torch", "tensorflow")
"""Peers that compile nothing beforehand."""
ANSWERS = {True: "yes", False: "no", None: ""}
HEADER = (
    "row",
    "ours",
    "bare tape",
    "best eager peer",
    "to reach",
    "met",
    "what stands in the way",
)


def saved_rows(path: Path = SAVED) -> list[Row]:
    """The rows of the last measurement that was saved."""
    samples = json.loads(path.read_text()) if path.exists() else {}
    return [
        Row(w, {name: Samples(**found) for name, found in samples.get(w.name, {}).items()})
        for w in WORKLOADS
    ]


def with_new(saved: Sequence[Row], new: Sequence[Row]) -> list[Row]:
    """The saved rows, in which what was measured anew stands in the place of what was."""
    fresh = {row.workload.name: row.samples for row in new}
    rows = [Row(row.workload, row.samples | fresh.get(row.workload.name, {})) for row in saved]
    return [row for row in rows if row.samples]


def best_peer(row: Row) -> str:
    """The quickest peer that compiles nothing, and its ratio."""
    ratios = [(row.ratio(name), name) for name in EAGER if name != row.workload.reference]
    known = [(ratio, name) for ratio, name in ratios if ratio is not None]
    if not known or row.workload.absolute:
        return ""
    ratio, name = min(known)
    return f"{name} {number(ratio)}"


def targets(rows: Sequence[Row]) -> str:
    """Every row that has a target, and why it is missed where it is."""
    lines = [HEADER, ("---",) * len(HEADER)]
    for row in rows:
        target = row.workload.target
        if target is not None and row.samples:
            wanted = with_unit(row, target) if row.workload.absolute else f"{target:g}"
            why = "" if row.met else row.workload.missed
            shown = cell(row, "autodiff")
            answer = ANSWERS[row.met]
            bare = "" if row.workload.absolute or row.ratio("bare") is None else cell(row, "bare")
            lines.append((row.workload.title, shown, bare, best_peer(row), wanted, answer, why))
    return "\n".join("| " + " | ".join(line) + " |" for line in lines)


def figures(rows: Sequence[Row]) -> str:
    """The sentences of the README."""
    of = {row.workload.name: cell(row, "autodiff") for row in rows}
    of_compiled = {row.workload.name: cell(row, "compiled") for row in rows}
    ahead, both = ahead_of_jax(rows)
    judged = [row.met for row in rows if row.met is not None]
    graphs = sorted((of["scalar-1000"], of["scalar-100000"]), key=float)
    return (
        f"Beside hand-written NumPy backprop: a medium MLP takes {of['mlp-medium']} times as long, "
        f"a LeNet-like conv net {of['conv']}\ntimes, a small MLP {of['mlp-small']} times, "
        f"a loop over 64 examples {of['loop-over-examples']} times;\ngraphs of single numbers take "
        f"{graphs[0]} to {graphs[1]} times micrograd's time.\nOf "
        f"{len(judged)} targets that this project set itself {judged.count(False)} are missed. "
        "Compiled by `ad.compile` with numba a small MLP takes "
        f"{of_compiled['mlp-small']}\ntimes, a conv net {of_compiled['conv']} times as long; "
        f"of {both} rows that both run it is ahead of `jax.jit` in {ahead}."
    )


COMPILED = ("autodiff", "compiled_numpy", "compiled", "jax", "torch_compile")


def compiled(rows: Sequence[Row]) -> str:
    """The rows that `ad.compile` runs, beside the other compilers, and how often it is ahead."""
    columns = ("row", "eager", "`numpy`", "`numba`", "`jax.jit`", "`torch.compile`")
    header = (*columns, "wanted", "met", "compiling")
    lines: list[Sequence[str]] = [header, ("---",) * len(header)]
    shown = [row for row in rows if row.ratio("compiled") is not None]
    for row in shown:
        wanted, reached = row.workload.compiled, row.ratio("compiled")
        lines.append((
            row.workload.title, *(cell(row, name) for name in COMPILED),
            "" if wanted is None else f"{wanted:g}",
            "" if wanted is None or reached is None else ANSWERS[reached <= wanted],
            took(row.samples["compiled"]),
        ))  # fmt: skip
    table = "\n".join("| " + " | ".join(line) + " |" for line in lines)
    ahead, both = ahead_of_jax(rows)
    alone = [(row.ratio("compiled_numpy"), row.ratio("autodiff")) for row in shown]
    most = max(
        (a / b for a, b in alone if a is not None and b is not None and b > SMALL), default=0
    )
    return (
        f"{table}\n\nOf {both} rows that both run, the kernels of numba are ahead of "
        f"`jax.jit` in {ahead}. Where the eager function takes more than {SMALL:g}\ntimes the "
        f"hand-written one, `numpy` alone takes at most {number(most)} of the eager time."
    )


def ahead_of_jax(rows: Sequence[Row]) -> tuple[int, int]:
    """In how many rows the compiled function is ahead of `jax.jit`, of those that both run."""
    both = [(row.ratio("compiled"), row.ratio("jax")) for row in rows]
    known = [(own, other) for own, other in both if own is not None and other is not None]
    return sum(own < other for own, other in known), len(known)


SMALL = 2
"""An eager row that takes more is one of small operations."""
PAGES: tuple[tuple[str, str, Callable[[Sequence[Row]], str]], ...] = (
    ("docs/speed.md", "targets", targets),
    ("docs/speed.md", "compiled", compiled),
    ("README.md", "figures", figures),
)
"""Page, the name of the marked place, and what is written there."""


def filled(text: str, name: str, content: str) -> str:
    """A page with new content in its marked place.

    >>> print(filled("a\\n<!-- benchmarks: n -->\\nold\\n<!-- end -->\\nb", "n", "new"))
    a
    <!-- benchmarks: n -->
    new
    <!-- end -->
    b
    """
    place = re.compile(rf"(<!-- benchmarks: {name} -->\n).*?(<!-- end -->)", re.DOTALL)
    if not place.search(text):
        raise ValueError(f"the page has no place <!-- benchmarks: {name} --> ... <!-- end -->")
    return place.sub(lambda found: f"{found[1]}{content}\n{found[2]}", text, count=1)


def made(page: str, rows: Sequence[Row]) -> str:
    """A page as it should be for these rows."""
    text = (ROOT / page).read_text()
    for own, name, content in PAGES:
        text = filled(text, name, content(rows)) if own == page else text
    return text


def write() -> None:
    """Write the figures of the saved samples into every page."""
    rows = saved_rows()
    for page in dict.fromkeys(page for page, *_ in PAGES):
        (ROOT / page).write_text(made(page, rows))
