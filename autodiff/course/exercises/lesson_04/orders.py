"""Exercise 4.2: an order on a graph in which every node stands after its parents."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from autodiff.course.exercise import Exercise, Misconception


@dataclass(frozen=True, slots=True)
class Dag:
    """A graph by its parents: node k has the parents `parents[k]`, all smaller than k."""

    parents: tuple[tuple[int, ...], ...]
    title: str = ""

    def __repr__(self) -> str:
        if self.title:
            return self.title
        rows = enumerate(self.parents)
        return "; ".join(f"v{k}({', '.join(f'v{p}' for p in own)})" for k, own in rows)


@dataclass(eq=False)
class Vertex:
    """What the student's function walks over; it may leave marks on it, so it has no slots."""

    name: str
    parents: tuple[Vertex, ...]

    def __repr__(self) -> str:
        return self.name


def order(last: Any) -> Any:
    """The solution of 4.2."""
    found, done, stack = [], set(), [(last, False)]
    while stack:
        node, parents_done = stack.pop()
        if parents_done:
            found.append(node)
        elif id(node) not in done:
            done.add(id(node))
            stack.append((node, True))
            stack += [(parent, False) for parent in node.parents]
    return found


def recursive(last: Any) -> Any:
    """Right, but as deep in calls as the graph is long."""
    found: list[Any] = []
    done = set()

    def visit(node: Any) -> None:
        if id(node) not in done:
            done.add(id(node))
            for parent in node.parents:
                visit(parent)
            found.append(node)

    visit(last)
    return found


def child_first(last: Any) -> Any:
    """Notes a node when it meets it, before its parents."""
    found, done, stack = [], set(), [last]
    while stack:
        node = stack.pop()
        if id(node) not in done:
            done.add(id(node))
            found.append(node)
            stack += node.parents
    return found


def child_first_reversed(last: Any) -> Any:
    """The same turned round, which looks right on chains and trees."""
    return child_first(last)[::-1]


def breadth_first(last: Any) -> Any:
    """Takes the nodes by their distance from the last one, and turns the list round."""
    found: list[Any] = []
    queue = [last]
    for node in queue:
        if node not in found:
            found.append(node)
            queue += node.parents
    return found[::-1]


def visited_again(last: Any) -> Any:
    """Keeps no note of what was visited."""
    found, stack = [], [(last, False)]
    while stack:
        node, parents_done = stack.pop()
        if parents_done:
            found.append(node)
        else:
            stack.append((node, True))
            stack += [(parent, False) for parent in node.parents]
    return found


def without_last(last: Any) -> Any:
    """Leaves the node out that it started from."""
    return order(last)[:-1]


def one_step(last: Any) -> Any:
    """The parents of the last node, after it."""
    return [last, *last.parents]


def turned_round(last: Any) -> Any:
    """A right order, the wrong way round."""
    return order(last)[::-1]


def first_parents(last: Any) -> Any:
    """Follows the first parent only."""
    found = [last]
    while found[-1].parents:
        found.append(found[-1].parents[0])
    return found[::-1]


def see_order(answer: Any, graph: Dag) -> Any:
    """What an order must be: complete, each node once, and no node before a parent of its own."""
    vertices: list[Vertex] = []
    for number, own in enumerate(graph.parents):
        vertices.append(Vertex(f"v{number}", tuple(vertices[k] for k in own)))
    found = list(answer(vertices[-1]))
    if not all(isinstance(own, Vertex) for own in found):
        raise TypeError("the list must hold the nodes themselves")
    places: dict[str, int] = {}
    again = []
    for place, vertex in enumerate(found):
        if vertex.name in places:
            again.append(vertex.name)
        places.setdefault(vertex.name, place)
    early = [
        f"{vertex.name} before {parent.name}"
        for vertex in found
        for parent in vertex.parents
        if places.get(parent.name, -1) > places[vertex.name]
    ]
    missing = [own.name for own in vertices if own.name not in places]
    return {
        "nodes missing": first_of(missing),
        "nodes listed again": first_of(counted(again)),
        "nodes before their parents": first_of(dict.fromkeys(early)),
    }


def counted(names: Sequence[str]) -> list[str]:
    """Names in order, each with how often it is there; so the order of the visits is no matter."""
    counts = Counter(names)
    many = sorted(counts, key=lambda name: (len(name), name))
    return [f"{n} {counts[n]} times" if counts[n] > 1 else f"{n} once" for n in many]


def first_of(names: Any) -> str:
    """The first few names, or "none"."""
    names = list(names)
    more = f" and {len(names) - 4} more" if len(names) > 4 else ""
    return ", ".join(names[:4]) + more if names else "none"


def random_dag(rng: np.random.Generator, size: int) -> Dag:
    """A graph of which every node leads to the last one."""
    parents: list[tuple[int, ...]] = [(), ()]
    for number in range(2, size):
        left = int(rng.integers(number))
        parents.append((number - 1, left) if rng.random() < 0.5 else (left, number - 1))
    unused = set(range(size - 1)) - {p for own in parents for p in own}
    return Dag((*parents[:-1], (*parents[-1], *sorted(unused - set(parents[-1])))))


def order_inputs(rng: np.random.Generator) -> Sequence[tuple[Any, ...]]:
    """A single node, small graphs, random ones, a ladder of diamonds and a long chain."""
    ladder: list[tuple[int, ...]] = [()]
    for number in range(0, 20, 2):
        ladder += [(number,), (number, number + 1)]
    chain = [(), *((k,) for k in range(4_999))]
    small = [((),), ((), (0,)), ((), (0, 0)), ((), (), (0, 1), (2, 1), (2, 3)), ((), (0,), (0, 1))]
    small += [((), (0,), (1, 0), (0, 2), (1, 3))]
    return [
        *((Dag(parents),) for parents in small),
        *((random_dag(rng, size),) for size in (6, 8, 12)),
        (Dag(tuple(ladder), "ten diamonds in a row, 21 nodes"),),
        (Dag(tuple(chain), "a chain of 5,000 nodes"),),
    ]


ORDER = Exercise(
    number="4.2",
    title="An order in which nothing is asked too early",
    shows="why the sweep runs in reverse order, each node once",
    solution=order,
    inputs=order_inputs,
    observe=see_order,
    hints=(
        "A node may go into the list when all its parents are in. Keep a stack of nodes to look "
        "at, and a set of those that you have seen.",
        "Put a node on the stack twice: once to look at its parents, and below them once more, to "
        "be listed when they are done.",
    ),
    misconceptions=(
        Misconception(
            "calls itself for every node",
            recursive,
            "The order is right. How many calls are open at once, on a chain of 5,000 nodes?",
            "section 6 of the lesson: the last cell",
        ),
        Misconception(
            "a node before its parents",
            child_first,
            "When you put a node into the list, are its parents in it already?",
            "ad.step(f, 2.0, 3.0): in the forward sweep, what is there when b is computed?",
        ),
        Misconception(
            "noted when met, then turned round",
            child_first_reversed,
            "When a node is met by its second user, it is in the list already. Is that late enough "
            "for both of its users?",
            "draw the graph of the input on paper, and number the nodes as you meet them",
        ),
        Misconception(
            "by distance from the last node",
            breadth_first,
            "A node may have one user close to the end and another far from it. After which of the "
            "two does its distance put it?",
            "draw the graph of the input on paper: which edges go between nodes of one distance?",
        ),
        Misconception(
            "visited again by every user",
            visited_again,
            "A node with two users is met twice. How do you know the second time that it is done?",
            "section 6 of the lesson: a handed on twice",
        ),
        Misconception(
            "the last node is missing",
            without_last,
            "Which adjoint is the seed, and is its node in your list?",
            "section 1 of the lesson: the adjoint of y",
        ),
        Misconception(
            "one step up only",
            one_step,
            "Your list has the parents of the last node. Have those parents of their own?",
            "ad.draw(f, 2.0, 3.0): how many arrows lie between x and y?",
        ),
        Misconception(
            "the whole order turned round",
            turned_round,
            "Which node stands first in your list: one that needs nothing, or the one that needs "
            "all others?",
            "section 6 of the lesson: in which order the tape has its rows",
        ),
        Misconception(
            "one parent followed",
            first_parents,
            "A product has two parents. Where do you go after the first?",
            "ad.draw(f, 2.0, 3.0): the two edges into y",
        ),
    ),
)
