"""All paths between two values: the chain rule as a sum of products, one product a path."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from autodiff.core.language.dispatch import ground
from autodiff.core.language.equation import Equation, history
from autodiff.view.pictures.build import build
from autodiff.view.pictures.draw import direction_of
from autodiff.view.pictures.drawing import Drawing
from autodiff.view.records.annotate import annotate
from autodiff.view.records.budget import within_budget
from autodiff.view.records.derive import Use, pull
from autodiff.view.records.given import subject_of
from autodiff.view.records.graph import Edge, Graph, skeleton
from autodiff.view.records.groups import between
from autodiff.view.records.subject import ViewError
from autodiff.view.words.text import amount, cleaned, short

MOST = 200
"""More paths than this are counted but not listed."""


@dataclass(frozen=True, slots=True)
class Path:
    """One path: the uses along it, its factors as texts, and what it contributes."""

    uses: tuple[Use, ...]
    names: tuple[str, ...]
    symbols: tuple[str, ...]
    factors: tuple[str, ...]
    product: Any

    def __str__(self) -> str:
        words = f"{' → '.join(self.names)}:  {' · '.join(self.symbols)}"
        numbers = f" = {' × '.join(self.factors)}" if len(self.symbols) > 1 and self.factors else ""
        return f"{words}{numbers} = {short(self.product)}"


@dataclass(slots=True)
class Paths:
    """The paths from one value to another, and their total; `print` lists, `drawing` shows them."""

    start: str
    stop: str
    count: int
    listed: list[Path]
    total: Any
    graph: Graph

    def __str__(self) -> str:
        word = "path" if self.count == 1 else "paths"
        lines = [f"{self.count} {word} from {self.start} to {self.stop}"]
        lines += [f"{number:>3}. {path}" for number, path in enumerate(self.listed, 1)]
        if self.count > len(self.listed):
            lines.append(f"     only {len(self.listed)} of {self.count} are listed")
        terms = [path.product for path in self.listed]
        known = f"{' + '.join(map(amount, terms))} = " if len(terms) == self.count <= 6 else ""
        symbol = f"d{self.stop}/d{self.start}"
        lines.append(f"total: {symbol} = {known if self.count > 1 else ''}{short(self.total)}")
        return "\n".join(lines)

    @property
    def drawing(self) -> Drawing:
        """The values on the paths, with the sum written above and each path on its edges."""
        numbers: dict[str, list[int]] = {}
        keys = {(edge.target.equation, edge.index): edge for edge in self.graph.edges}
        for number, path in enumerate(self.listed, 1):
            for use in path.uses:
                if use in keys:
                    numbers.setdefault(keys[use].key, []).append(number)
        styles = {key: {"penwidth": f"{min(1 + len(own), 6)}"} for key, own in numbers.items()}
        for edge in self.graph.edges:
            own = numbers.get(edge.key, [])
            if own and self.count > 1:
                shown = ", ".join(map(str, own[:6])) + (", …" if len(own) > 6 else "")
                edge.broadcast = f"on path {shown}" if len(own) == 1 else f"on paths {shown}"
        heading = str(self).splitlines()
        heading = heading if len(heading) <= 10 else [*heading[:8], "…", heading[-1]]
        return build(self.graph, "grad", direction_of(self.graph, "auto"), styles, heading)

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None, **_: Any) -> Any:
        bundle = self.drawing._repr_mimebundle_()
        bundle["text/plain"] = str(self)
        return bundle


def paths(
    thing: Any,
    *args: Any,
    start: Any = None,
    stop: Any = None,
    most: int = MOST,
    argnums: Sequence[int] | int | None = None,
) -> Paths:
    """Every path from `start` to `stop` with its product of local partials, and their sum.

    The derivative of `stop` with respect to `start` is the sum over all paths of the product of
    the partials along each.  `start` is by default the first input, `stop` the output; both may
    be names or tensors.  At most `most` paths are listed (their number can double at every
    operation, which is why reverse mode adds up as it goes).

    >>> import numpy as np
    >>> print(paths(lambda x: x * np.sin(x), 0.0))
    2 paths from x to y
      1. x → y:  ∂y/∂x = 0
      2. x → v2 → y:  ∂v2/∂x · ∂y/∂v2 = 1 × 0 = 0
    total: dy/dx = 0 + 0 = 0
    """
    subject = subject_of(thing, args, argnums=argnums)
    first = subject.inputs[0] if start is None else subject.find(start)
    last = subject.target if stop is None else subject.find(stop)
    if first is last:
        raise ViewError(f"a path needs two different values, but both are {subject.names[first]}.")
    seed = np.ones_like(ground(last.value), dtype=float)[()]
    subject.seeds, subject.asked = {last: seed}, True
    graph = annotate(within_budget(between(skeleton(subject), first, last), chosen=True))
    inside = [n.equation for n in graph.nodes if n.equation is not None]
    routes = count_routes(inside, first)
    edges = {(edge.target.equation, edge.index): edge for edge in graph.edges}
    listed = []
    for uses in walk(inside, first, last, most):
        listed.append(_path(subject.names, uses, edges, seed))
    adjoint = pull(history([last]), {last: seed}).adjoints.get(first)
    total = np.zeros_like(ground(first.value)) if adjoint is None else adjoint
    return Paths(
        subject.names[first], subject.names[last], routes.get(last, 0), listed, total, graph
    )


def count_routes(inside: list[Equation], first: Equation) -> dict[Equation, int]:
    """How many paths lead from `first` to each value: a sum over operands, not a walk."""
    routes = {first: 1}
    for equation in inside:
        if equation is not first:
            routes[equation] = sum(
                routes.get(i, 0) for i in equation.inputs if i.__class__ is Equation
            )
    return routes


def walk(
    inside: list[Equation], first: Equation, last: Equation, most: int
) -> list[tuple[Use, ...]]:
    """The first `most` paths as tuples of uses from start to stop; iterative."""
    allowed = set(inside)
    found: list[tuple[Use, ...]] = []
    stack: list[tuple[Equation, tuple[Use, ...]]] = [(last, ())]
    while stack and len(found) < most:
        equation, uses = stack.pop()
        if equation is first:
            found.append(uses)
            continue
        for index in reversed(range(len(equation.inputs))):
            operand = equation.inputs[index]
            if operand.__class__ is Equation and operand in allowed:
                stack.append((operand, ((equation, index), *uses)))
    return found


def _path(
    names: dict[Equation, str], uses: tuple[Use, ...], edges: dict[Use, Edge], seed: Any
) -> Path:
    """One path with its factors; its product is the seed pulled back along it alone."""
    start = uses[0][0].inputs[uses[0][1]]
    shown = (names[start], *(names[user] for user, _ in uses))
    partials = [edges[use].partial for use in uses]
    symbols = tuple(p.symbol if p is not None else "?" for p in partials)
    scalar = all(p is not None and p.scalar for p in partials)
    factors = tuple(amount(p.value) for p in partials if p is not None) if scalar else ()
    if scalar and np.ndim(seed) == 0:
        product: Any = math.prod(float(np.real(p.value)) for p in partials if p is not None)
    else:
        product = seed
        for user, index in reversed(uses):
            term = pull([user], {user: product}).terms.get((user, index))
            if term is None:
                product = np.zeros_like(ground(start.value), dtype=float)
                factors = (f"no derivative at {cleaned(user.op.name)}",)
                break
            product = term
    return Path(uses, shown, symbols, factors, product)
