"""Lesson 7, Define-and-run: which part of a graph a run executes."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any

import numpy as np

from autodiff.course.exercise import Answer, Exercise, Inputs, Misconception

Graph = Mapping[str, Sequence[str]]

LECTURE: dict[str, list[str]] = {
    "a": [],
    "b": [],
    "c": [],
    "Log": ["b"],
    "Mul": ["a", "Log"],
    "add": ["Mul", "c"],
}


def above(graph: Graph, fetch: str, fed: Collection[str]) -> set[str]:
    """What the fetch needs, and what is not fed; fed values cut off what is above them."""
    needed: set[str] = set()
    todo = [fetch]
    while todo:
        name = todo.pop()
        if name not in needed and name not in fed:
            needed.add(name)
            todo += graph[name]
    return needed


def in_order(graph: Graph, names: Collection[str]) -> list[str]:
    """The names in the order in which the graph was built."""
    return [name for name in graph if name in names]


def once_a_use(graph: Graph, fetch: str, fed: Collection[str]) -> list[str]:
    """An operation again for each of those who need it."""
    if fetch in fed:
        return []
    before = [name for operand in graph[fetch] for name in once_a_use(graph, operand, fed)]
    return [*before, fetch]


def graphs(rng: np.random.Generator) -> list[Inputs]:
    """The lecture's graph with other feeds, then graphs with shared operands and loose ends."""
    found: list[Inputs] = [
        (LECTURE, "Log", ["b"]),
        (LECTURE, "add", ["a", "b"]),
        (LECTURE, "add", ["a", "Log"]),
        ({"x": [], "s": ["x"], "t": ["s", "s"], "u": ["t", "s"], "v": ["x"]}, "u", ["x"]),
    ]
    for size in (6, 9):
        graph: dict[str, list[str]] = {"v0": [], "v1": []}
        for place in range(2, size):
            operands = rng.choice(place, size=2, replace=False)
            graph[f"v{place}"] = [f"v{k}" for k in sorted(map(int, operands))]
        found.append((graph, f"v{size - 2}", ["v0", f"v{int(rng.integers(1, size - 2))}"]))
    return found


def run_plan(answer: Answer, graph: Graph, fetch: str, fed: Collection[str]) -> dict[str, Any]:
    """The operations of a plan, whose order is free where the graph leaves it free."""
    names = list(answer(graph, fetch, fed))
    ready = set(fed)
    possible = True
    for name in names:
        if name not in graph:
            raise ValueError(f"the graph has no operation {name!r}; it has {', '.join(graph)}")
        possible &= all(operand in ready for operand in graph[name])
        ready.add(name)
    return {"what runs": ", ".join(sorted(names)), "operands come first": possible}


RUN = Exercise(
    "7.1",
    "What runs?",
    "A run executes what the fetch needs and the feeds do not give, each operation once",
    solution=lambda graph, fetch, fed: in_order(graph, above(graph, fetch, fed)),
    inputs=graphs,
    observe=run_plan,
    hints=(
        "Begin at the fetch and ask: what does it need? And that? Where may you stop asking?",
        "Walk up from the fetch with a list of names to look at; stop at what is fed, and at what "
        "you have seen. Then list what you have seen in the order of the dict.",
    ),
    misconceptions=(
        Misconception(
            "everything runs",
            lambda graph, fetch, fed: [name for name in graph if name not in fed],
            "To get the logarithm of b, must anybody know a?",
            "the pale boxes in the first picture of section 3",
        ),
        Misconception(
            "everything runs, what is fed too",
            lambda graph, fetch, fed: list(graph),
            "To get the logarithm of b, must anybody know a? And does anybody compute b, if you "
            "bring it along?",
            "the pale boxes in the first picture of section 3",
        ),
        Misconception(
            "feeds do not cut",
            lambda graph, fetch, fed: in_order(graph, above(graph, fetch, ()) - set(fed)),
            "If log b is given, who still needs b?",
            "the second picture of section 3",
        ),
        Misconception(
            "what is fed runs too",
            lambda graph, fetch, fed: in_order(
                graph,
                above(graph, fetch, fed)
                | {o for name in above(graph, fetch, fed) for o in graph[name]},
            ),
            "A value that you bring along: does anybody compute it?",
            "the names printed in section 3 when log b was fed",
        ),
        Misconception(
            "one step up only",
            lambda graph, fetch, fed: in_order(graph, ({fetch} | set(graph[fetch])) - set(fed)),
            "Your operands need values as well. Where do those come from?",
            "the path in the message about the missing feed in section 6",
        ),
        Misconception(
            "the fetch alone",
            lambda graph, fetch, fed: [fetch],
            "Can this operation run when its operands have no values yet?",
            "the path in the message about the missing feed in section 6",
        ),
        Misconception(
            "the operands alone",
            lambda graph, fetch, fed: [name for name in graph[fetch] if name not in fed],
            "What the fetch needs is not all: does the fetch itself run? And what its operands "
            "need?",
            "the names printed in section 3",
        ),
        Misconception(
            "the feeds are not looked at",
            lambda graph, fetch, fed: in_order(graph, above(graph, fetch, ())),
            "A value that is fed: must anybody compute it, or what is above it?",
            "the second picture of section 3",
        ),
        Misconception(
            "once for each use",
            once_a_use,
            "Two operations need the same value. How often must it be computed?",
            "lesson 2: how often a row stands in a trace",
        ),
        Misconception(
            "users before operands",
            lambda graph, fetch, fed: in_order(graph, above(graph, fetch, fed))[::-1],
            "When your first operation runs, are its operands there?",
            "the order of the names printed in section 3",
        ),
    ),
)

EXERCISES = (RUN,)
