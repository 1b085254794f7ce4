"""Zeros that are no accident: adjoints whose terms cancel, up to rounding.

The shift in a stable softmax, or a bias before a batch normalisation, changes nothing; its
adjoint is 0 by theory, and what a sweep leaves of it, 1e-17, is rounding.  That is not a
vanishing gradient.  The size of the terms that cancelled shows when the sweep is run once more
with every adjoint made wrong by a random share: the result then moves by that share of its terms
(J. Vignes, "A stochastic arithmetic for reliable scientific computation", 1993).

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
from autodiff.view.records.derive import SHARE, Backward, pull
from autodiff.view.records.graph import Edge, Graph
from autodiff.view.records.subject import Subject

ROUNDING = 1e-12
"""Of the terms that cancel, what is left by rounding at most."""


def cancelled(subject: Subject, backward: Backward) -> set[Equation]:
    """The values whose adjoint is 0 up to rounding: its terms are large, and cancel."""
    if backward.cancelled is not None:
        return backward.cancelled
    moved = pull(subject.program, subject.seeds, np.random.default_rng(0)).adjoints
    found = set()
    for equation, adjoint in backward.adjoints.items():
        true, other = ground(adjoint), ground(moved.get(equation))
        if isinstance(true, tuple | list) or isinstance(other, tuple | list) or other is None:
            continue
        left, terms = np.abs(true), np.abs(np.asarray(other) - true) / SHARE
        largest = np.max(left, initial=0.0)
        if 0 < largest < ROUNDING * np.max(terms, initial=0.0):
            found.add(equation)
    backward.cancelled = found
    return found


def only_use(edge: Edge, gone: set[Equation]) -> bool:
    """Whether what flows here is all that arrives at a value whose adjoint cancels."""
    source = edge.source
    terms = source.quantity.terms if source.quantity is not None else []
    return source.equation in gone and len(terms) == 1


def call_zeros(graph: Graph) -> None:
    """Say of the adjoints of a graph that cancel, and of what flows to them, that they are 0."""
    if graph.backward is None:
        return
    gone = cancelled(graph.subject, graph.backward)
    for edge in graph.edges:
        if edge.carries == "number" and (edge.target.equation in gone or only_use(edge, gone)):
            edge.carries = "rounding"
    for node in graph.nodes:
        if node.equation in gone and node.quantity is not None:
            node.quantity.state = "rounding"
