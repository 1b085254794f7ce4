"""A gradient check that can be stepped through: difference quotients against adjoints."""

from __future__ import annotations

import numpy as np

from autodiff.core.language.dispatch import ground
from autodiff.core.language.equation import Equation
from autodiff.view.findings.replay import (
    coordinates,
    moved,
    relative_error,
    replay,
    step_size,
    verdict,
)
from autodiff.view.player.steps import Step, Sweep
from autodiff.view.player.sweeps import answer_of
from autodiff.view.records.graph import Graph
from autodiff.view.words.text import number

COLUMNS = ["f(x+h)", "f(x-h)", "quotient", "adjoint", "error", "verdict"]


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
