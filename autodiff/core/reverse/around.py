"""How cotangents change when a result in the middle of a tape is moved: what a limit needs.

Some rules divide by the gap between two values of a result, and where the gap is 0 the cotangent
that comes down the tape is 0 too.  Then 0/0 stands for the limit of the quotient (l'Hôpital): the
change of the cotangent, when the values move apart, divided by that of the gap.  The cotangent
itself does not show it; the tape that it came through does.  Here that part of the tape runs again
from other values of the result.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np

from autodiff.core.ground.numpy_warnings import silently
from autodiff.core.language.dispatch import Array, apply, is_batch
from autodiff.core.language.equation import Equation, history
from autodiff.core.language.singular.finite import is_finite
from autodiff.core.reverse.inputs import record_input
from autodiff.core.reverse.sweep import Swept, sweep
from autodiff.core.reverse.tensor import ReverseTrace, Tensor


class Around(NamedTuple):
    """Cotangents of a result's parts, their changes, and the cotangents of what else is used.

    None stands for no cotangent.
    """

    cts: list[Any]
    changes: list[Any]
    beside: list[Any]


def cotangents_around(
    swept: Swept, values: Sequence[Array], tangents: Sequence[Array | None]
) -> Around:
    """The cotangents of a result's parts at other values of them, and the changes of these.

    The changes are along the tangents of the parts (None: it stays).  With a scalar g of the parts
    the cotangents are its gradient, and the changes its Hessian times the tangents, which is
    symmetric: the gradient of <gradient of g, tangents>, by reverse mode over reverse mode.
    """
    trace = ReverseTrace(lasting=False)
    parts = [record_input(trace, value) for value in values]
    again, beside = replayed(swept, tuple(parts))
    seeds = {again[node]: ct for node, ct in swept.seeds.items() if node in again}
    found = _swept([*beside, *again.values()], seeds)
    cts = found.get(again[swept.equation], (None,) * len(parts))
    along = _paired(cts, tangents)
    changes: list[Any] = [None] * len(parts)
    if _is_of(trace, along):
        changed = _swept(trace.program, {along.node: np.float64(1.0)})
        changes = [changed.get(part.node) for part in parts]
    trace.keeper.release()
    trace.closed = True
    return Around(
        [_below(trace, ct) for ct in cts], changes, [_below(trace, found.get(i)) for i in beside]
    )


def _is_of(trace: ReverseTrace, value: Any) -> bool:
    return value.__class__ is Tensor and value.owner is trace


def _below(trace: ReverseTrace, value: Any) -> Any:
    return value.lower if _is_of(trace, value) else value


def replayed(
    swept: Swept, values: tuple[Array, ...]
) -> tuple[dict[Equation, Equation], list[Equation]]:
    """What leads from an equation to the outputs, run once more from other values of its result.

    And what else this uses, as inputs.
    """
    again = {swept.equation: Equation(values)}
    beside: dict[Equation, Equation] = {}
    leading = set(history(swept.seeds))
    for old in swept.program:
        if old.op is None or old is swept.equation or old not in leading:
            continue
        if not any([i in again for i in old.inputs if i.__class__ is Equation]):
            continue
        inputs = []
        for source, value in zip(old.inputs, old.primals, strict=True):
            if source.__class__ is not Equation:
                inputs.append(value)
            elif source in again:
                inputs.append(again[source])
            else:
                inputs.append(beside.setdefault(source, Equation(value)))
        new = Equation(None, old.note)
        new.inputs = tuple(inputs)
        new.kept = tuple([i.value if i.__class__ is Equation else i for i in inputs])
        new.op, new.params, new.code, new.offset = old.op, old.params, old.code, old.offset
        new.value = apply(old.op, new.kept, old.params)
        again[old] = new
    return again, list(beside.values())


def _swept(program: Sequence[Equation], seeds: dict[Equation, Array]) -> dict[Equation, Any]:
    """A sweep, and a strict one where it does not come out finite (but not of a batch)."""
    found = silently(sweep, program, seeds)
    parts = [p for ct in found.values() for p in (ct if isinstance(ct, tuple) else (ct,))]
    parts = [p for p in parts if p is not None]
    if not all(map(is_finite, parts)) and not any(map(is_batch, parts)):
        found = silently(sweep, program, seeds, False, True)
    return found


def _paired(cts: Sequence[Any], tangents: Sequence[Any]) -> Any:
    """Re(sum(ct * t)) over the parts that have both; None where none has."""
    pairs = zip(cts, tangents, strict=True)
    terms = [np.sum(np.real(ct * t)) for ct, t in pairs if ct is not None and t is not None]
    return sum(terms[1:], terms[0]) if terms else None
