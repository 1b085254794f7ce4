"""One run of a function on dual numbers: what comes out, and what it came by.

`jvp` is one such run; another follows where zeros, limits or kinks want another look.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from autodiff.core.arguments.tree import Structure
from autodiff.core.arguments.variables import Variables
from autodiff.core.forward.dual import Dual, ForwardTrace
from autodiff.core.inside.tracing import traced_run
from autodiff.core.transforms.derived import Function


@dataclass(slots=True)
class Pushed:
    """One run of a function under forward mode: output leaves and their tangents.

    `met` are the lines where it differentiated a slope at a kink, see `language.beside_kinks`.
    """

    values: list[Any]
    tangents: list[Any]
    structure: Structure | None
    limits: Sequence[Any] = ()
    met: Mapping[Any, Any] = field(default_factory=dict)


def push(
    f: Function,
    args: list[Variables],
    directions: list[list[Any]],
    strict: bool = False,
    side: float = 0.0,
    away: float = 0.0,
) -> Pushed:
    """Run f on dual numbers made of its variables, `away` along the directions from where it is."""
    trace = ForwardTrace(strict=strict, side=side)
    traced = [
        arg.with_leaves(
            [
                Dual(x + away * t if away else x, t, trace)
                for x, t in zip(arg.values, own, strict=True)
            ]
        )
        for arg, own in zip(args, directions, strict=True)
    ]
    leaves, structure = traced_run(trace, f, traced)
    mine = [leaf.__class__ is Dual and leaf.owner is trace for leaf in leaves]
    return Pushed(
        [leaf.primal if own else leaf for leaf, own in zip(leaves, mine, strict=True)],
        [leaf.tangent if own else None for leaf, own in zip(leaves, mine, strict=True)],
        structure,
        trace.limits,
        trace.met,
    )
