"""Zeros that are no accident: adjoints and tangents whose terms cancel, up to rounding.

The shift in a stable softmax, or a bias before a batch normalisation, changes nothing; its
adjoint is 0 by theory, and what a sweep leaves of it, 1e-17, is rounding.  That is not a
vanishing gradient.  The size of the terms that cancelled shows when the sweep is run once more
with every adjoint (or tangent) made wrong by a random share: the result then moves by that share
of its terms (J. Vignes, "A stochastic arithmetic for reliable scientific computation", 1993).

>>> import autodiff as ad
>>> def shifted(z):
...     m = np.max(z)
...     e = np.exp(z - m)
...     return e[0] / np.sum(e)
>>> from autodiff.view import draw
>>> print(draw(shifted, np.array([1.0, 3.0]), flow=True).graph.notes[0])
the gradient of z is 0.105 (root mean square): healthy.
"""

from __future__ import annotations

import numpy as np

from autodiff.core.language.dispatch import ground
from autodiff.core.language.equation import Equation
from autodiff.view.records.derive import SHARE, Backward, Forward, pull, push
from autodiff.view.records.graph import Edge, Graph
from autodiff.view.records.subject import Subject

ROUNDING = 1e-12
"""Of the terms that cancel, what is left by rounding at most."""


def cancelled(subject: Subject, sweep: Backward | Forward) -> set[Equation]:
    """The values whose adjoint, or tangent, is 0 up to rounding: large terms cancel in it."""
    if sweep.cancelled is not None:
        return sweep.cancelled
    shake = np.random.default_rng(0)
    if isinstance(sweep, Backward):
        known, moved = sweep.adjoints, pull(subject.program, subject.seeds, shake).adjoints
    else:
        known, moved = sweep.tangents, push(subject.program, sweep.starts, shake).tangents
    found = set()
    for equation, value in known.items():
        true, other = ground(value), ground(moved.get(equation))
        if isinstance(true, tuple | list) or isinstance(other, tuple | list) or other is None:
            continue
        left, terms = np.abs(true), np.abs(np.asarray(other) - true) / SHARE
        largest = np.max(left, initial=0.0)
        if 0 < largest < ROUNDING * np.max(terms, initial=0.0):
            found.add(equation)
    sweep.cancelled = found
    return found


def carries_rounding(edge: Edge, gone: set[Equation], forward: bool = False) -> bool:
    """Whether what flows along an edge is 0 up to rounding.

    It comes from such a value, or is all that arrives at one.
    """
    start, end = (edge.source, edge.target) if forward else (edge.target, edge.source)
    terms = end.quantity.terms if end.quantity is not None else []
    return start.equation in gone or (end.equation in gone and len(terms) == 1)


def call_zeros(graph: Graph) -> None:
    """Say of what cancels in the sweep of a graph, and flows from and to it, that it is 0."""
    sweep = graph.backward or graph.forward
    if sweep is None:
        return
    gone = cancelled(graph.subject, sweep)
    for edge in graph.edges:
        if edge.carries == "number" and carries_rounding(edge, gone, graph.forward is not None):
            edge.carries = "rounding"
    for node in graph.nodes:
        if node.equation in gone and node.quantity is not None:
            node.quantity.state = "rounding"
