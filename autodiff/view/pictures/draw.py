"""`draw`: the one function that makes pictures."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from autodiff.core.language.equation import Equation
from autodiff.view.findings.cancelled import call_zeros
from autodiff.view.findings.wrong_rules import wrong_rules
from autodiff.view.pictures.boxes.dot import DETAILS
from autodiff.view.pictures.build import build
from autodiff.view.pictures.drawing import Drawing
from autodiff.view.pictures.kinds.ran import ran_note, ran_styles
from autodiff.view.pictures.map.explorer import DETAILED
from autodiff.view.records.annotate import annotate
from autodiff.view.records.budget import at_depth, readable, within_budget
from autodiff.view.records.given import subject_of
from autodiff.view.records.graph import Graph, skeleton
from autodiff.view.records.groups import (
    between as only_between,
)
from autodiff.view.records.groups import (
    collapse as collapsed,
)
from autodiff.view.records.groups import (
    fold_repeats,
    fold_siblings,
    wanted_scopes,
    without_dead_ends,
)
from autodiff.view.records.subject import Subject, ViewError
from autodiff.view.words.text import shape_of

LONG, LONG_PLAIN, LONG_ARRAYS = 5, 10, 3
"""A graph whose longest path has more edges than this is drawn from top to bottom; more fit where
nothing is written on them, fewer where what is written are arrays."""


def draw(
    thing: Any,
    *args: Any,
    mode: str | None = None,
    detail: str | None = None,
    flow: bool = False,
    scale: str = "absolute",
    between: tuple[Any, Any] | None = None,
    collapse: str | Sequence[str] | bool | None = None,
    depth: int | None = None,
    constants: str = "arrays",
    dead_ends: bool = True,
    direction: str = "auto",
    argnums: Sequence[int] | int | None = None,
    ct: Any = None,
    tangents: Sequence[Any] | None = None,
    parameters: Sequence[str] = (),
    mark: Mapping[str, str] | None = None,
    check: bool = False,
    ran: Any = None,
) -> Drawing:
    """Draw the computation graph of a tensor, of a tape, or of a function at its arguments.

    Every value is a box with its name, its formula, its value and its adjoint, the derivative
    of the output with respect to it; every edge carries the local partial, as formula and as
    number, and the product that it contributes.  What is not computed, exactly 0, or blocked
    says so.  `d` is the derivative along all paths (dL/dx, the adjoint), `∂` that of one
    operation (∂h/∂z, the local partial).

    mode       "reverse" (adjoints), "forward" (tangents along `tangents`, by default 1 for the
               first variable), or "values"
    detail     "value", "grad" (default), or "full" (with the user's source line)
    flow       gradient flow: width and colour of edges by the size of the adjoint, with what is
               wrong written above; `scale` is "absolute" or "relative"
    between    (a, b), names or tensors: only the values on paths from a to b
    collapse   a scope's name or several: draw it as one box; True: all; "repeats": fold loops;
               False: nothing, also where the graph is large
    depth      draw the groups nested deeper than this as one box each: scopes, calls of functions,
               and repeats of a loop that is neither; 0: the outermost ones
    constants  "arrays" (default), "all" or "none": which constants get a box
    dead_ends  False hides values that do not lead to the output
    direction  "LR", "TB" or "auto"
    ct         the cotangent that the reverse sweep starts from, for results that are no scalar
    parameters names of the inputs that are parameters (otherwise guessed: W1, b, p['W'], ...)
    mark       {name: words}: mark values of interest
    check      True tries every rule by itself against difference quotients, and marks wrong ones
    ran        of a graph that is built first and run afterwards: what a run has executed, in
               colour, with the rest pale; of `frontends.tensorflow` a session or a `RunMetadata`

    What has more than 40 nodes is drawn with the calls of functions as boxes, unfolded as deep as
    one can read it, unless `collapse` or `depth` say otherwise, or single values are looked at.

    The result is a `graphviz.Digraph` that shows itself in a notebook, has `.save("x.svg")`,
    and `.outline()`, its twin in words; saved as `.html` it is a page whose groups unfold by a
    click.  Raises `ViewError` for what cannot be drawn, and `TooLargeError`, with the ways out,
    where more than 800 nodes are to be drawn in full.

    >>> print(draw(lambda x: x * x, 3.0).outline())
    x   [input]
        value  3
        adjoint dy/dx: 3 + 3 = 6
    y = x * x   [output]
        value  9
        adjoint dy/dy: 1 (seed)
        from x   ∂y/∂x (1st use) = x = 3   ← 1 × 3 = 3
        from x   ∂y/∂x (2nd use) = x = 3   ← 1 × 3 = 3
    """
    subject = subject_of(
        thing,
        args,
        argnums=argnums,
        ct=ct,
        parameters=parameters,
        ran=ran,
    )
    mode = mode or subject.mode
    if subject.mode == "values" and mode != "values":
        raise ViewError(
            f"{subject.title} is built before it is run, and holds no derivative to draw in mode "
            f"{mode!r}. Add the backward nodes to the graph, tf.gradients(y, xs), and draw those."
        )
    if flow and not subject.asked:
        raise ViewError(
            f"there is no gradient to show yet: call {subject.title}.backward() first, or draw "
            "the function instead: draw(f, x, flow=True)."
        )
    closely = bool(flow or mark or check or ran)
    graph = shaped(subject, mode, between, collapse, depth, constants, dead_ends, closely)
    starts = tangents_of(subject, tangents)
    annotate(graph, starts)
    detail = _detail(detail, subject, mode)
    _mark(graph, {subject.find(wanted): words for wanted, words in (mark or {}).items()})
    if check:
        _mark(graph, wrong_rules(subject))
    if flow:
        from autodiff.view.pictures.kinds.flow import flow_drawing

        drawing = flow_drawing(graph, direction_of(graph, direction), scale)
    else:
        call_zeros(graph)
        longest = LONG_PLAIN if detail == "value" else LONG
        rankdir = direction_of(graph, direction, longest)
        drawing = build(graph, detail, rankdir, ran_styles(graph, detail), ran_note(graph))
    if between is None:
        drawing.unfold = lambda: unfolded(graph, constants, starts)
    return drawing


def unfolded(drawn: Graph, constants: str, starts: dict[Any, Any] | None) -> Graph:
    """The graph of a drawing with nothing folded; rules only where there are not too many."""
    graph = skeleton(drawn.subject, drawn.mode, constants)
    return annotate(graph, starts, rules=len(graph.nodes) <= DETAILED, swept=drawn)


def shaped(
    subject: Subject,
    mode: str,
    between: tuple[Any, Any] | None,
    collapse: Any,
    depth: int | None,
    constants: str,
    dead_ends: bool,
    closely: bool = False,
) -> Graph:
    """The skeleton of what is to be shown: cut out, collapsed, within the budget.

    `closely` says that single values are looked at, which a group would hide.
    """
    graph = skeleton(subject, mode, constants)
    if between is not None:
        graph = only_between(graph, *(subject.find(end) for end in between))
    if not dead_ends:
        graph = without_dead_ends(graph, subject)
    if collapse == "repeats":
        graph = fold_repeats(fold_siblings(graph))
    elif depth is not None:
        graph = at_depth(graph, depth)
    elif collapse is not None:
        graph = collapsed(graph, wanted_scopes(graph, collapse))
    chosen = collapse is not None or depth is not None
    if not (chosen or between or closely):
        graph = readable(graph)
    return within_budget(graph, chosen)


def tangents_of(subject: Subject, tangents: Sequence[Any] | None) -> dict[Any, Any] | None:
    """The tangents of the inputs by equation, from one tangent a variable in order."""
    if tangents is None:
        return None
    inputs = subject.inputs
    if len(tangents) != len(inputs):
        listed = ", ".join(subject.names[e] for e in inputs)
        raise ViewError(
            f"tangents= needs one tangent for each of {listed}, but {len(tangents)} were given."
        )
    found = {}
    for equation, tangent in zip(inputs, tangents, strict=True):
        shape = np.shape(equation.value)
        if np.shape(tangent) != shape:
            raise ViewError(
                f"the tangent of {subject.names[equation]} has shape {np.shape(tangent)}, but its "
                f"value has shape {shape}; they must be equal."
            )
        found[equation] = np.asarray(tangent, float)[()]
    return found


def _detail(detail: str | None, subject: Subject, mode: str | None) -> str:
    if detail is None:
        return "value" if mode == "values" else "grad"
    if detail not in DETAILS:
        raise ViewError(f"detail={detail!r}: choose one of {', '.join(map(repr, DETAILS))}.")
    return detail


def _mark(graph: Graph, words: Mapping[Equation, str]) -> None:
    for node in graph.nodes:
        if node.equation is not None:
            node.mark = words.get(node.equation, node.mark)


def direction_of(graph: Graph, direction: str, longest: int = LONG) -> str:
    """Left to right for a short graph, top to bottom for a long one."""
    if direction != "auto":
        if direction not in ("LR", "TB"):
            raise ViewError(f"direction={direction!r}: choose 'LR', 'TB' or 'auto'.")
        return direction
    arrays = any(n.equation is not None and shape_of(n.equation.value) for n in graph.nodes)
    longest = LONG_ARRAYS if arrays and longest == LONG else longest
    depth: Counter[str] = Counter()
    for edge in graph.edges:  # in order of execution, so sources are settled first
        depth[edge.target.key] = max(depth[edge.target.key], depth[edge.source.key] + 1)
    return "LR" if max(depth.values(), default=0) <= longest else "TB"
