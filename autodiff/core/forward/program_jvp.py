"""Forward mode along a tape: tangents travel down the list of equations.

A tape that is recorded already can be pushed forward as often as there are directions, or with
many of them at once; see `autodiff.core.transforms.jacobians`.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np

from autodiff.core.ground.errors import AutodiffError
from autodiff.core.ground.numpy_warnings import silently
from autodiff.core.language.dispatch import Array, Params, ground, is_traced
from autodiff.core.language.equation import Equation, name_line
from autodiff.core.language.fitting import alike
from autodiff.core.language.op import Op
from autodiff.core.language.singular.beside_kinks import evaluated_at
from autodiff.core.language.singular.finite import is_finite, zero_partial
from autodiff.core.language.singular.kinks import Kinks


def push(
    program: Sequence[Equation],
    seeds: dict[Equation, Array],
    outputs: Sequence[Equation | None],
    strict: bool = False,
) -> list[Array | None]:
    """The tangents of some outputs, from those of some inputs: forward mode along a tape.

    Only what leads to an output is pushed (the gradient in a Hessian needs less than the value),
    and a tangent is let go after its last use, so that the next one finds its memory warm.
    """
    rule = strict_tangent if strict else _tangent
    tangents: dict[Equation, Any] = dict(seeds)
    last_uses = last_uses_of(program, outputs)
    for equation in program:
        op = equation.op
        done = last_uses.get(equation)
        if op is None or done is None:
            continue
        own: list[Any] = [
            tangents.get(i) if i.__class__ is Equation else None for i in equation.inputs
        ]
        for source in done:
            tangents.pop(source, None)
        if all([tangent is None for tangent in own]):
            continue
        if op.name == "part":
            tangent = own[0][equation.params["index"]]
        else:
            try:
                ans, primals = equation.value, equation.primals
                if op.kinks.__class__ is Kinks and any(map(is_traced, primals)):
                    place = (equation.code, equation.offset)
                    ans, primals = evaluated_at(op, ans, primals, equation.params, place)
                tangent = rule(op, own, ans, primals, equation.params)
            except AutodiffError as error:
                name_line(error, equation)
                raise
        if tangent is None:
            continue
        if not op.multiple:
            plain, base = ground(tangent), ground(equation.value)
            if not alike(plain, base) and np.shape(plain) != np.shape(base):
                tangent = np.broadcast_to(tangent, np.shape(base))
        tangents[equation] = tangent
    return [None if output is None else tangents.get(output) for output in outputs]


def last_uses_of(
    program: Sequence[Equation], outputs: Iterable[Equation | None]
) -> dict[Equation, list[Equation]]:
    """The equations that lead to an output, each with those of its inputs that no later one uses.

    Outputs count as used after the end.
    """
    needed = {output for output in outputs if output is not None}
    found = {}
    for equation in reversed(program):
        if equation in needed:
            inputs = {source for source in equation.inputs if source.__class__ is Equation}
            found[equation] = [source for source in inputs if source not in needed]
            needed |= inputs
    return found


def _tangent(
    op: Op, tangents: Sequence[Any], ans: Array, primals: Sequence[Any], params: Params
) -> Array | None:
    return op.jvp(tangents, ans, primals, params)


def strict_tangent(
    op: Op, tangents: Sequence[Any], ans: Array, primals: Sequence[Any], params: Params
) -> Array | None:
    """The op's tangent, with exactly zero tangents stopped at infinite or NaN partials."""
    return silently(_strict, op, tangents, ans, primals, params)


def _strict(
    op: Op, tangents: Sequence[Any], ans: Array, primals: Sequence[Any], params: Params
) -> Array | None:
    total = op.jvp(tangents, ans, primals, params)
    if total is None or op.multiple or is_finite(total):
        return total
    total = None
    for index, tangent in enumerate(tangents):
        if tangent is None:
            continue
        alone = [t if i == index else None for i, t in enumerate(tangents)]
        term: Any = op.jvp(alone, ans, primals, params)
        if term is None:
            continue
        still = ground(tangent) == 0
        if op.kind == "elementwise":
            still = still | zero_partial(op, index, ans, primals, params)
            term = np.where(still, 0.0, term)
        elif np.all(still):
            term = np.zeros_like(ground(term))
        total = term if total is None else total + term
    return total
