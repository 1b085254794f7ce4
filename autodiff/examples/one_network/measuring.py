"""The same questions to every style: how long it is, when an error is seen, what it costs.

rows(small)          # a line per system: lines, nodes, when each error is seen, if
words(small)         # what each says to a wrong shape
memory(small)        # of a step, in arrays of the hidden layer
seconds(small)       # of a step, as a multiple of backprop by hand
"""

from __future__ import annotations

import inspect
import time
import tracemalloc
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

import autodiff as ad
from autodiff.core.language.display.table import table
from autodiff.examples.one_network.branching import BRANCHES
from autodiff.examples.one_network.problem import Problem
from autodiff.examples.one_network.styles import CAFFE, STYLES, Built, in_caffe


@dataclass(frozen=True)
class Outcome:
    """When something was refused ("built", "run", "never"), and in which words."""

    when: str
    words: str = ""


def outcome(style: Callable[[Problem], Built], problem: Problem) -> Outcome:
    """What becomes of a program whose shapes do not fit."""
    when = "built"
    try:
        step, _ = style(problem)
        when = "run"
        step(*problem.batches[0])
    except Exception as error:
        return Outcome(when, str(error))
    return Outcome("never")


def lines(style: Callable[..., Any]) -> int:
    """Lines of a style's program: without the `def`, its sentence, imports and blank lines."""
    _, *body = inspect.getsource(style).splitlines()
    kept = [
        line
        for line in body
        if line.strip() and not line.strip().startswith(('"""', "from ", "import "))
    ]
    return len(kept) + (len(CAFFE.splitlines()) if style is in_caffe else 0)


def nodes(style: Callable[[Problem], Built], problem: Problem) -> int:
    """Operations in the picture of its graph."""
    step, graph = style(problem)
    step(*problem.batches[0])
    drawn = ad.draw(graph(), constants="none", collapse=False).graph
    return sum(node.equation.op is not None for node in drawn.nodes if node.equation is not None)


def report(problem: Problem) -> str:
    """A row per system: lines, nodes, when a wrong weight and a wrong batch are seen, and `if`."""
    rows = []
    for name, style in STYLES.items():
        weight = outcome(style, problem.with_wrong_weight())
        batch = outcome(style, problem.with_wrong_batch())
        row = (name, lines(style), nodes(style, problem), weight.when, batch.when)
        rows.append((*map(str, row), BRANCHES[name]()))
    head = ("system", "lines", "nodes", "wrong weight seen when", "wrong batch when", "if y > 0")
    return table(head, rows)


def words(problem: Problem) -> str:
    """What each system says to a second layer that does not fit the first: its first line."""
    found = {
        name: outcome(style, problem.with_wrong_weight()).words for name, style in STYLES.items()
    }
    return "\n".join(f"{name}\n    " + "\n    ".join(_told(said)) for name, said in found.items())


def _told(said: str) -> list[str]:
    return [line for line in said.splitlines() if not line.startswith("  ")]


def memory(problem: Problem) -> dict[str, int]:
    """The most that a step holds at once, in arrays of the hidden layer's size."""
    one = problem.rows * problem.hidden * 8
    found = {}
    for name, style in STYLES.items():
        step, _ = style(problem)
        step(*problem.batches[0])
        tracemalloc.start()
        step(*problem.batches[0])
        found[name] = tracemalloc.get_traced_memory()[1] // one
        tracemalloc.stop()
    return found


def seconds(problem: Problem) -> dict[str, float]:
    """The time of all steps, as a multiple of backprop by hand."""
    hand = _timed(lambda: list(problem.by_hand()))
    found = {}
    for name, style in STYLES.items():
        step, _ = style(problem)
        found[name] = _timed(lambda step=step: [step(*b) for b in problem.batches]) / hand
    return found


def _timed(run: Callable[[], Any]) -> float:
    """The best of three runs; of fewer where they take half a second together, as in a browser."""
    found: list[float] = []
    while len(found) < 3 and sum(found) < 0.5:
        start = time.perf_counter()
        run()
        found.append(time.perf_counter() - start)
    return min(found)


def curves(problem: Problem) -> dict[str, Any]:
    """The losses of every style."""
    found = {}
    for name, style in STYLES.items():
        step, _ = style(problem)
        found[name] = np.array([float(step(*batch)) for batch in problem.batches])
    return found
