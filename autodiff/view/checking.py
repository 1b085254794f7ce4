"""A gradient check that can be stepped through, and the search for the first wrong rule."""

from __future__ import annotations

import math
from itertools import islice
from typing import Any

import numpy as np

from autodiff.core.language.dispatch import ground
from autodiff.core.language.equation import Equation
from autodiff.view.derive import pull
from autodiff.view.graph import Graph
from autodiff.view.steps import Step, Sweep
from autodiff.view.subject import Subject
from autodiff.view.sweeps import answer_of
from autodiff.view.text import cleaned, number, shape_of

COORDINATES, FEW, LARGE = 12, 3, 1_000_000
"""So many input coordinates at most are checked step by step; few where a run is large."""
AGREES, CLOSE = 1e-5, 1e-3
COLUMNS = ["f(x+h)", "f(x-h)", "quotient", "adjoint", "error", "verdict"]


def replay(subject: Subject, changed: dict[Equation, Any]) -> dict[Equation, Any]:
    """All values again, by the same operations, with some inputs changed."""
    values: dict[Equation, Any] = {}
    with np.errstate(all="ignore"):
        for equation in subject.program:
            if equation.op is None:
                values[equation] = changed.get(equation, ground(equation.value))
            else:
                given = [
                    values[i] if i.__class__ is Equation else ground(i) for i in equation.inputs
                ]
                values[equation] = equation.op.function(*given, **equation.params)
    return values


def step_size(value: float) -> float:
    """A step for central differences: about the cube root of the rounding error, scaled."""
    return float(np.float64(6e-6) * max(1.0, abs(value)))


def relative_error(one: float, other: float) -> float:
    """|one - other| / max(|one|, |other|), with a floor so that two zeros agree."""
    return abs(one - other) / max(abs(one), abs(other), 1e-8)


def verdict(error: float) -> str:
    """A relative error in a word."""
    if error <= AGREES:
        return "agrees"
    return "close: rounding, or a kink?" if error <= CLOSE else "WRONG"


def coordinates(subject: Subject) -> list[tuple[Equation, tuple[int, ...]]]:
    """The first coordinates of each real input, in order."""
    size = sum(math.prod(shape_of(equation.value)) for equation in subject.program)
    most = COORDINATES if size <= LARGE else FEW
    inputs = [e for e in subject.inputs if np.asarray(ground(e.value)).dtype.kind == "f"]
    found = []
    for equation in inputs:
        places = islice(np.ndindex(shape_of(equation.value)), max(1, most // len(inputs)))
        found += [(equation, place) for place in places]
    return found


def moved(equation: Equation, place: tuple[int, ...], shift: float) -> Any:
    """The input's value with one coordinate moved."""
    value = np.array(ground(equation.value), copy=True)
    value[place] += shift
    return value[()]


def check_sweep(graph: Graph) -> Sweep:
    """For each coordinate: f(x+h), f(x-h), the difference quotient, the adjoint, the verdict."""
    subject, backward = graph.subject, graph.backward
    assert backward is not None
    target, seed = subject.target, subject.seeds[subject.target]
    sweep = Sweep("check", "Gradient check: difference quotients against adjoints", [], COLUMNS, {})
    output = subject.names[target]
    for count, (equation, place) in enumerate(coordinates(subject), 1):
        row, name = f"r{count}", subject.names[equation]
        name += f"[{', '.join(map(str, place))}]" if place else ""
        sweep.rows.append({"key": row, "name": name})
        h = step_size(float(np.asarray(ground(equation.value))[place]))
        sides = []
        for sign, column in ((1, COLUMNS[0]), (-1, COLUMNS[1])):
            value = replay(subject, {equation: moved(equation, place, sign * h)})[target]
            side = float(np.sum(np.real(ground(value) * seed)))
            sides.append(side)
            symbol = "+" if sign > 0 else "-"
            sweep.steps.append(
                _step(
                    graph,
                    equation,
                    row,
                    "value",
                    f"{output} at {name} {symbol} h",
                    f"{side:.10g}",
                    f"the function again, with {name} moved by {number(sign * h)}",
                    column,
                    f"{side:.10g}",
                )
            )
        quotient = (sides[0] - sides[1]) / (2 * h)
        found = backward.adjoints.get(equation)
        adjoint = 0.0 if found is None else float(np.real(np.asarray(ground(found))[place]))
        sweep.steps.append(
            _step(
                graph,
                equation,
                row,
                "quotient",
                "(f(x+h) - f(x-h)) / 2h",
                f"({sides[0]:.10g} - {sides[1]:.10g}) / {number(2 * h)} = {quotient:.8g}",
                f"the difference quotient of {name}",
                COLUMNS[2],
                f"{quotient:.8g}",
                quotient,
            )
        )
        sweep.steps.append(
            _step(
                graph,
                equation,
                row,
                "adjoint",
                f"d{output}/d{name}",
                f"{adjoint:.8g}",
                "the adjoint, from the reverse sweep",
                COLUMNS[3],
                f"{adjoint:.8g}",
            )
        )
        error = relative_error(quotient, adjoint)
        word = verdict(error)
        last = _step(
            graph,
            equation,
            row,
            "verdict",
            "|quotient - adjoint| / max(|quotient|, |adjoint|)",
            f"{error:.1e}",
            f"{name}: {word}",
            COLUMNS[4],
            f"{error:.1e}",
        )
        last.changes[row][COLUMNS[5]] = word
        sweep.steps.append(last)
    return sweep


def _step(
    graph: Graph,
    equation: Equation,
    row: str,
    kind: str,
    symbolic: str,
    numeric: str,
    words: str,
    column: str,
    text: str,
    answer: float | None = None,
) -> Step:
    node = graph.node(equation)
    key = node.key if node is not None else ""
    return Step(
        "check",
        kind,
        key,
        None,
        row,
        symbolic,
        numeric,
        words,
        {row: {column: text}},
        None if answer is None else answer_of(answer),
    )


def _direction(rng: np.random.Generator, shape: tuple[int, ...]) -> Any:
    """A random direction; for a single number 1, so that the slope is the one in the picture."""
    return rng.normal(size=shape) if np.prod(shape) > 1 else np.ones(shape)[()]


def wrong_rules(subject: Subject) -> dict[Equation, str]:
    """The equations whose own reverse rule disagrees with numeric differences, with the reason.

    Each is tried by itself, at its own operands, with a fixed random cotangent and direction (1
    for a single number); the first in the order of the reverse sweep comes first.
    """
    wrong: dict[Equation, str] = {}
    rng = np.random.default_rng(0)
    for equation in reversed(subject.program):
        op = equation.op
        value = (
            np.asarray(ground(equation.value)) if not isinstance(equation.value, tuple) else None
        )
        if op is None or op.kind == "constant" or value is None or value.dtype.kind != "f":
            continue
        ct = _direction(rng, value.shape)
        terms = pull([equation], {equation: ct}).terms
        for index, operand in enumerate(equation.inputs):
            primal = ground(equation.primals[index])
            if operand.__class__ is not Equation or np.asarray(primal).dtype.kind != "f":
                continue
            t = _direction(rng, np.shape(primal))
            h = 6e-6 * max(1.0, float(np.max(np.abs(primal), initial=0.0)))
            sides = []
            for shift in (h, -h):
                args = [
                    primal + shift * t if i == index else ground(p)
                    for i, p in enumerate(equation.primals)
                ]
                with np.errstate(all="ignore"):
                    sides.append(op.function(*args, **equation.params))
            quotient = float(np.sum(ct * (sides[0] - sides[1]))) / (2 * h)
            term = terms.get((equation, index))
            own = 0.0 if term is None else float(np.sum(term * t))
            if np.isfinite(quotient) and not relative_error(own, quotient) <= CLOSE:
                wrong[equation] = (
                    f"wrong rule: {cleaned(op.name)}, argument {index + 1}, says {number(own)}; "
                    f"difference quotient {number(quotient)}"
                )
                break
    return wrong
