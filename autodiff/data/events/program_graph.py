"""A recorded program, an eager run's tape say, as the nodes that TensorBoard draws.

with ad.Tape() as tape:
    ...
log.graph(nodes_of(tape))
"""

from __future__ import annotations

from typing import Any

import numpy as np

from autodiff.core.language.equation import Equation
from autodiff.core.language.program import Program
from autodiff.data.events.graphs import Node

SHOWN = 200
"""How many characters of a constant's value are shown."""


class Names:
    """Names in use: `free` gives one that is not, by `_1`, `_2`, ... after it.

    >>> names = Names()
    >>> names.free("exp"), names.free("exp")
    ('exp', 'exp_1')
    """

    def __init__(self, taken: Any = ()) -> None:
        self.taken = set(taken)

    def free(self, wanted: str) -> str:
        """The name, or the first variation of it that is not taken; it is taken then."""
        name, count = wanted, 0
        while name in self.taken:
            count += 1
            name = f"{wanted}_{count}"
        self.taken.add(name)
        return name


def nodes_of(program: Program) -> list[Node]:
    """A node for each equation, under its scopes and the user's name for it or its op's.

    Constants among the operands become nodes of their own, and each node notes the user's line.

    >>> import autodiff as ad
    >>> with ad.Tape() as tape:
    ...     y = np.exp(ad.Tensor(2.0, name="x")) * 3.0
    >>> [(node.name, node.inputs) for node in nodes_of(tape)]
    [('x', ()), ('exp', ('x',)), ('multiply/y', ()), ('multiply', ('exp', 'multiply/y'))]
    """
    made: list[Node] = []
    names, known = Names(), dict[Equation, str]()
    for equation in program.equations:
        kind = equation.op.name if equation.op else "input"
        name = known[equation] = names.free("/".join((*equation.scope, equation.name or kind)))
        inputs = []
        for place, operand in enumerate(equation.inputs):
            if operand.__class__ is Equation:
                inputs.append(known[operand])
            else:
                made.append(constant_node(name, place, operand, names))
                inputs.append(made[-1].name)
        output = (np.shape(equation.value), np.asarray(equation.value).dtype)
        made.append(Node(name, kind, tuple(inputs), outputs=(output,), notes=line_of(equation)))
    return made


def constant_node(owner: str, place: int, value: Any, names: Names) -> Node:
    """The node of a constant that stands at a place among the operands of its owner."""
    array = np.asarray(value)
    name = names.free(f"{owner}/{'xyzuvw'[place % 6]}")
    return Node(name, "Const", outputs=((array.shape, array.dtype),), notes={"value": text(value)})


def line_of(equation: Equation) -> dict[str, Any]:
    """The user's line that made an equation, as a note."""
    return {"line": equation.location} if equation.location else {}


def text(value: Any) -> str:
    """The beginning of a value, as text."""
    return np.array2string(np.asarray(value), threshold=20)[:SHOWN]
