"""Exercise 4.1: a graph of nodes that know their parents."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from autodiff.course.exercise import Exercise, Misconception


class Node:
    """The solution of 4.1; the misconceptions keep something else of the operands."""

    def __init__(self, value: Any, op: str = "input", parents: Any = ()) -> None:
        self.value, self.op, self.parents = value, op, parents

    def keep(self, *operands: Any) -> Any:
        """What a result remembers of its operands."""
        return operands

    def __add__(self, other: Any) -> Any:
        return type(self)(self.value + other.value, "+", self.keep(self, other))

    def __mul__(self, other: Any) -> Any:
        return type(self)(self.value * other.value, "*", self.keep(self, other))

    def sin(self) -> Any:
        """The sine."""
        return type(self)(np.sin(self.value), "sin", self.keep(self))


class CopiedOperands(Node):
    """Makes new nodes of the operands' values."""

    def keep(self, *operands: Any) -> Any:
        """Copies, which know their own parents."""
        return tuple(type(self)(one.value, one.op, one.parents) for one in operands)


class KeptNumbers(Node):
    """Keeps the values of the operands."""

    def keep(self, *operands: Any) -> Any:
        """Numbers, which have no parents."""
        return tuple(one.value for one in operands)


class KeptSet(Node):
    """Keeps the operands in a set."""

    def keep(self, *operands: Any) -> Any:
        """No order, and no operand twice."""
        return set(operands)


class SwappedOperands(Node):
    """Keeps the operands the wrong way round."""

    def keep(self, *operands: Any) -> Any:
        """The right one first."""
        return operands[::-1]


class InPlace(Node):
    """Changes the left operand, and returns it."""

    def __add__(self, other: Any) -> Any:
        value, operands = self.value + other.value, (self, other)
        self.value, self.op, self.parents = value, "+", operands
        return self


class OtherNames(Node):
    """Calls the operations add and mul."""

    def __add__(self, other: Any) -> Any:
        return type(self)(self.value + other.value, "add", (self, other))

    def __mul__(self, other: Any) -> Any:
        return type(self)(self.value * other.value, "mul", (self, other))


class NothingKept(Node):
    """Computes the value and forgets where it came from."""

    def keep(self, *operands: Any) -> Any:
        """No parents."""
        return ()


class NoTuple(Node):
    """Writes one parent in brackets, without the comma."""

    def keep(self, *operands: Any) -> Any:
        """A tuple of two, and of one the node itself."""
        return operands if len(operands) > 1 else operands[0]


PROGRAMS: dict[str, Callable[..., Any]] = {
    "x": lambda x, w: x,
    "x + w": lambda x, w: x + w,
    "x * x": lambda x, w: x * x,
    "np.sin(x) * w": lambda x, w: np.sin(x) * w,
    "a = x * w; a * (a + w)": lambda x, w: (lambda a: a * (a + w))(x * w),
    "a = np.sin(x + w); a * a + x": lambda x, w: (lambda a: a * a + x)(np.sin(x + w)),
}
MOST = 50


def see_graph(answer: Any, program: str, x: float, w: float) -> Any:
    """The nodes that the result of a program leads to, each once, parents first."""
    inputs = {"x": answer(x), "w": answer(w)}
    last = PROGRAMS[program](*inputs.values())
    names = {id(node): name for name, node in inputs.items()}
    lines: list[str] = []
    done: set[int] = set()
    stack = [(last, False)]
    while stack and len(lines) < MOST:
        node, listed = stack.pop()
        parents = list(node.parents) if isinstance(node.parents, (list, tuple)) else []
        if listed:
            names.setdefault(id(node), f"v{len(lines) + 1}")
            operands = [names.get(id(parent), f"the number {parent}") for parent in parents]
            kind = (
                "node, in no tuple"
                if hasattr(node.parents, "parents")
                else type(node.parents).__name__
            )
            listing = (
                ", ".join(operands) if isinstance(node.parents, (list, tuple)) else f"a {kind}"
            )
            lines.append(f"{names[id(node)]}: {node.op}{' of ' if listing else ''}{listing}")
        elif id(node) not in done:
            done.add(id(node))
            stack.append((node, True))
            stack += [(one, False) for one in reversed(parents) if hasattr(one, "parents")]
    return {"value": last.value, "the graph": "; ".join(lines)}


GRAPH = Exercise(
    number="4.1",
    title="Build the graph",
    shows="a graph is the record of a run",
    solution=Node,
    inputs=lambda rng: [
        *((program, 2.0, 3.0) for program in PROGRAMS),
        *((program, *map(float, rng.normal(size=2))) for program in PROGRAMS),
    ],
    observe=see_graph,
    hints=(
        "Begin with __init__(self, value, op='input', parents=()), which keeps all three. Each "
        "operator computes a value and returns a new Node.",
        "self and other are nodes already. What does a result need to remember of them, so that "
        "one can later walk back from it?",
    ),
    misconceptions=(
        Misconception(
            "operands copied",
            CopiedOperands,
            "In x * x, are the two parents the same node, or two that look alike? How would a "
            "contribution for one of them reach x?",
            "ad.draw(lambda x: x * x, 3.0): one box for x, with two edges",
        ),
        Misconception(
            "numbers kept instead of nodes",
            KeptNumbers,
            "Take a parent of your result. Can you ask it for its own parents?",
            "section 2 of the lesson: what a row keeps",
        ),
        Misconception(
            "operands in a set",
            KeptSet,
            "How many elements has the set {x, x}? How many edges leave x in x * x?",
            "ad.draw(lambda x: x * x, 3.0): 1st use and 2nd use",
        ),
        Misconception(
            "operands swapped",
            SwappedOperands,
            "Which of the two operands of sin(x) * w is the left one, and which comes first in "
            "your parents?",
            "print(ad.Tape) of the same program: the column equation",
        ),
        Misconception(
            "changed in place",
            InPlace,
            "After x + w, is x still the input that it was? Is your result a new node?",
            "ad.draw(lambda x, w: x + w, 2.0, 3.0): three boxes",
        ),
        Misconception(
            "other names for the operations",
            OtherNames,
            'What is `op` to be for a sum: "+", or a word?',
            "the task: the three texts in quotes",
        ),
        Misconception(
            "a parent that is in no tuple",
            NoTuple,
            "What is (3) in Python: a tuple, or a number in brackets? And what are the parents of "
            "your sin?",
            "print(type(np.sin(Node(2.0)).parents))",
        ),
        Misconception(
            "nothing kept",
            NothingKept,
            "Your result knows its value. From what was it computed?",
            "ad.draw(lambda x, w: x * w, 2.0, 3.0): every edge is a parent",
        ),
    ),
)
