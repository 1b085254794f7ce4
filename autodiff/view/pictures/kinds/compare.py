"""Forward and reverse mode side by side on the same function, with their passes counted."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from autodiff.core.language.dispatch import ground
from autodiff.view.pictures.build import add_graph, start_drawing
from autodiff.view.pictures.draw import direction_of
from autodiff.view.pictures.drawing import Drawing
from autodiff.view.pictures.outline import outline
from autodiff.view.records.annotate import annotate
from autodiff.view.records.budget import within_budget
from autodiff.view.records.given import subject_of
from autodiff.view.records.graph import Graph, skeleton
from autodiff.view.records.subject import Subject


class Comparison(Drawing):
    """Two graphs of one run: tangents on the left or above, adjoints on the right or below."""

    def __init__(self, forward: Graph, reverse: Graph) -> None:
        super().__init__(reverse, "grad")
        self.forward = forward

    def outline(self) -> str:
        """Both sweeps in words, one after the other."""
        return f"{outline(self.forward)}\n\n{outline(self.graph)}"


def compare(thing: Any, *args: Any, argnums: Sequence[int] | int | None = None) -> Comparison:
    """Draw the forward and the reverse sweep of the same function beside each other.

    One forward pass gives the derivative of every value along one direction, so a gradient of n
    numbers takes n of them; one reverse pass gives the derivative of one output with respect to
    every value, so m outputs take m of them.  The titles count both.

    >>> print(compare(lambda x, y: x * y, 3.0, 4.0).outline().splitlines()[0])
    forward mode: one pass, along dx = 1; the tangents of y are 0, each would take a pass ...
    """
    subject = subject_of(thing, args, argnums=argnums, variables={})
    forward = annotate(within_budget(skeleton(subject, "forward"), chosen=False))
    reverse = annotate(within_budget(skeleton(subject, "reverse"), chosen=False))
    reverse.notes.append("reverse mode: one pass gives the adjoint of every value.")
    inputs, outputs = counts(subject)
    titles = (
        f"forward mode: {_passes(inputs)} for the whole Jacobian, one for each input",
        f"reverse mode: {_passes(outputs)} for the whole Jacobian, one for each output",
    )
    drawing = Comparison(forward, reverse)
    rankdir = direction_of(reverse, "auto")
    forward.rankdir = reverse.rankdir = rankdir
    start_drawing(drawing, rankdir, [*forward.notes, *reverse.notes], "")
    parts = [(forward, "f", titles[0]), (reverse, "r", titles[1])]
    for graph, mark, title in parts[:: -1 if rankdir == "LR" else 1]:  # LR is filled from below
        for item in (*graph.nodes, *graph.edges):
            item.key = mark + item.key
        add_graph(drawing, graph, "grad", title=title, mark=mark)
    return drawing


def counts(subject: Subject) -> tuple[int, int]:
    """How many numbers go into the function, and how many come out."""
    inputs = sum(int(np.size(ground(e.value))) for e in subject.inputs)
    return inputs, sum(int(np.size(ground(e.value))) for e in subject.outputs)


def _passes(count: int) -> str:
    return "1 pass" if count == 1 else f"{count} passes"
