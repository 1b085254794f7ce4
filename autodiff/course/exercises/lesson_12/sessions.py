"""Exercise 12.2: define-and-run by hand, `Session.run` in ten lines."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from autodiff.course.exercise import ENGINE, Answer, Exercise, Misconception

Graph = dict[str, tuple[Callable[..., Any], list[str]]]


def _run(graph: Graph, fetch: str, feed: dict[str, Any]) -> Any:
    values = dict(feed)

    def value(name: str) -> Any:
        if name not in values:
            function, inputs = graph[name]
            values[name] = function(*[value(i) for i in inputs])
        return values[name]

    return value(fetch)


def _all_nodes(graph: Graph, fetch: str, feed: dict[str, Any]) -> Any:
    values = dict(feed)
    for name, (function, inputs) in graph.items():
        if name not in values:
            values[name] = function(*[values[i] for i in inputs])
    return values[fetch]


def _again_for_each_use(graph: Graph, fetch: str, feed: dict[str, Any]) -> Any:
    if fetch in feed:
        return feed[fetch]
    function, inputs = graph[fetch]
    return function(*[_again_for_each_use(graph, i, feed) for i in inputs])


def _feed_overwritten(graph: Graph, fetch: str, feed: dict[str, Any]) -> Any:
    values = {name: value for name, value in feed.items() if name not in graph}
    return _run(graph, fetch, values)


def _fed_but_computed(graph: Graph, fetch: str, feed: dict[str, Any]) -> Any:
    values: dict[str, Any] = {}

    def value(name: str) -> Any:
        if name not in values:
            found = None
            if name in graph:
                function, inputs = graph[name]
                found = function(*[value(i) for i in inputs])
            values[name] = feed.get(name, found)
        return values[name]

    return value(fetch)


def _only_inputs_fed(graph: Graph, fetch: str, feed: dict[str, Any]) -> Any:
    function, inputs = graph[fetch]
    return function(*[feed[i] if i in feed else _run(graph, i, feed) for i in inputs])


def _ran(answer: Answer, fetch: str, feed: dict[str, Any]) -> Any:
    """The value, and how often each node was computed."""
    calls: dict[str, int] = {}

    def counted(name: str, function: Callable[..., Any]) -> Callable[..., Any]:
        def call(*values: Any) -> Any:
            calls[name] = calls.get(name, 0) + 1
            return function(*values)

        return call

    graph: Graph = {
        "a": (counted("a", lambda x: 2.0 * x), ["x"]),
        "b": (counted("b", lambda a: a + 1.0), ["a"]),
        "c": (counted("c", lambda a, b: a * b), ["a", "b"]),
        "d": (counted("d", lambda b, y: b / y), ["b", "y"]),
        "e": (counted("e", lambda c: -c), ["c"]),
    }
    found = answer(graph, fetch, dict(feed))
    told = ", ".join(f"{name} {count}" for name, count in sorted(calls.items()))
    return {"the value": found, "how often each node was computed": told or "none"}


RUN = Exercise(
    number="12.2",
    title="Session.run in ten lines",
    shows="define-and-run: what is needed, once each, and whatever is fed is not computed",
    solution=_run,
    inputs=lambda rng: [
        ("a", {"x": 3.0}),
        ("c", {"x": 3.0, "y": 2.0}),
        ("e", {"x": float(rng.normal())}),
        ("c", {"x": 3.0, "b": float(rng.normal())}),
        ("e", {"c": 5.0}),
        ("b", {"b": 4.0}),
    ],
    observe=_ran,
    forbids=ENGINE,
    hints=(
        "Begin with a dict of the values that are known: those that are fed. How do you find the "
        "value of a name that is not in it?",
        "A function that calls itself: value(name) looks into the dict, and if the name is not "
        "there it asks for value(i) of each input, calls the node's function, and keeps what it "
        "gives.",
    ),
    misconceptions=(
        Misconception(
            "every node is run",
            _all_nodes,
            "d needs y, and nobody asked for d. Which nodes does the fetch need?",
            "the pale boxes of lesson 7",
        ),
        Misconception(
            "a node that is used twice is run twice",
            _again_for_each_use,
            "c needs a, and b needs a too. How often was a computed?",
        ),
        Misconception(
            "a fed node is computed all the same",
            _feed_overwritten,
            "In a session any node may be fed, not placeholders alone. Which b did c get?",
            "lesson 7: any tensor may be fed",
        ),
        Misconception(
            "what leads to a fed node is run too",
            _fed_but_computed,
            "The value of b is given. Who still needs what b would have been computed from?",
        ),
        Misconception(
            "what is fetched can't be fed",
            _only_inputs_fed,
            "If the name that is asked for is itself in the feed, what is there to compute?",
        ),
    ),
)
