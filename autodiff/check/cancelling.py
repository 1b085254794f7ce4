"""How large the terms are that cancel in a derivative: what a zero has to be compared with.

A bias before a batch normalisation changes nothing: the terms of its derivative cancel, and what
is left of them is rounding, 5.6e-18 in one mode and 0 in the other.  Compared with each other
these are as different as can be; compared with the terms they are both 0.  The sizes of the terms
are not in the result, but they show when every cotangent of the sweep is made wrong by a random
share: the result then moves by that share of the terms (the idea of stochastic arithmetic,
J. Vignes, "A stochastic arithmetic for reliable scientific computation", Math. and Computers in
Simulation 35, 1993).

    f = lambda b: np.sum((X + b - np.mean(X + b)) ** 2)       # df/db = 0, of terms of size 2 |X|
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import numpy as np

from autodiff.core.arguments.tree import flatten
from autodiff.core.ground.errors import AutodiffError
from autodiff.core.language.dispatch import ground
from autodiff.core.language.equation import Equation
from autodiff.core.reverse.sweep import Parts, Swept, add_cotangents, fit, joint_cotangents, sweep
from autodiff.core.transforms.record import Recorded

SHARE = 2.0**-26
"""By how much of itself a cotangent is made wrong: half of the digits stay to see it move."""
DRAWS = 4
ROUNDINGS = 1000
"""So many times the rounding of one operation counts as what rounding leaves of the terms.

Long sums that cancel leave a hundred; a rule that is off by 1e-5 still stands out by seven digits.
"""


class Shaken:
    """The cotangents of a run's variables, when all of the sweep is shaken, less the true ones.

    `value` is the size of the terms that add up to the weighted result itself.
    """

    def __init__(self, run: Recorded, ct: Any, rng: np.random.Generator) -> None:
        seeds: dict[Equation, Any] = {}
        for output, weight in zip(run.outputs, flatten(ct)[0], strict=True):
            node = run.node_of(output)
            if node is not None and weight is not None:
                seeds[node] = seeds[node] + np.conj(weight) if node in seeds else np.conj(weight)
        self.moves: list[dict[Equation, Any]] = []
        self.value = 0.0
        with np.errstate(all="ignore"):
            try:
                true = sweep(run.program, dict(seeds), keep=True)
                draws = [shaken_sweep(run.program, seeds, rng) for _ in range(DRAWS)]
            except (AutodiffError, ArithmeticError, ValueError):  # the check has met it already
                return
            self.moves = [{v: draw[v] - true[v] for v in draw} for draw in draws]
            self.value = carried(true)

    def terms(self, variable: Equation, tangent: Any) -> float:
        """The size of the terms of a variable's derivative along a tangent, before they cancel."""
        found = [np.sum(np.real(m[variable] * tangent)) for m in self.moves if variable in m]
        return size_of(found)


def carried(cotangents: Mapping[Equation, Any]) -> float:
    """The size of all values of a run, each as much as it counts in the result.

    A value is rounded by a share of itself, which its cotangent carries to the result (Griewank &
    Walther, section 3.4).
    """
    total = sum(
        float(np.sum(np.square(np.abs(ct * ground(node.value)))))
        for node, ct in cotangents.items()
        if node.op is not None and not isinstance(node.value, tuple)
    )
    return float(np.sqrt(total)) if np.isfinite(total) else 0.0


def size_of(moves: Iterable[Any]) -> float:
    """The size of the terms that moved a derivative by so much in several draws."""
    squares = np.square(np.fromiter(moves, float) / SHARE)
    mean = float(np.sqrt(np.mean(squares))) if squares.size else 0.0
    return mean if np.isfinite(mean) else 0.0


def shaken(ct: Any, rng: np.random.Generator) -> Any:
    """A cotangent whose every element is wrong by a random share of it."""
    if isinstance(ct, Parts):
        return Parts(None if part is None else shaken(part, rng) for part in ct)
    return ct * (1 + SHARE * rng.normal(size=np.shape(ct)))


def shaken_sweep(
    program: Sequence[Equation], seeds: dict[Equation, Any], rng: np.random.Generator
) -> dict[Equation, Any]:
    """The cotangents of the inputs, by a reverse sweep in which every term is shaken."""
    cotangents = {node: shaken(seed, rng) for node, seed in seeds.items()}
    found: dict[Equation, Any] = {}
    for equation in reversed(program):
        ct, op = cotangents.pop(equation, None), equation.op
        if ct is None:
            continue
        if op is None:
            found[equation] = ct
            continue
        primals = equation.primals
        together = op.joint_vjp and joint_cotangents(ct, Swept(equation, program, seeds))
        for index, source in enumerate(equation.inputs):
            if source.__class__ is not Equation:
                continue
            if together:
                new = together[index]
            else:
                new = op.vjp(index, ct, equation.value, primals, equation.params)
            if new is not None:
                new = fit(shaken(new, rng), primals[index], equation, index)
                old = cotangents.get(source)
                cotangents[source] = new if old is None else add_cotangents(old, new)
    return found
