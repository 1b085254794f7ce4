"""A program once more, with other inputs, some values held, and some edges cut.

What if h were 0? The value is held there: it is an input of its own, and nothing flows back
through it.  What if this edge were cut? The number still goes along, the derivative does not: the
operand is a constant.  Both are programs like any other, so that the sweeps need to know nothing.

>>> import autodiff as ad
>>> def f(x):
...     h = x * x
...     y = h + x
...     return y
>>> subject = ad.steps(f, 3.0).graph.subject
>>> x, h, y = subject.program
>>> run = swept(subject, again(subject.program, held={h: 10.0}))
>>> float(run.values[y]), float(run.adjoints[h]), float(run.adjoints[x])
(13.0, 1.0, 1.0)
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from autodiff.core.language.dispatch import ground
from autodiff.core.language.equation import Equation
from autodiff.view.records.derive import Use, pull, push
from autodiff.view.records.subject import Subject

Made = dict[Equation, Equation]
"""Each equation of a program, and the one that stands for it when it runs again."""


def again(
    program: Sequence[Equation],
    given: Mapping[Equation, Any] | None = None,
    held: Mapping[Equation, Any] | None = None,
    cut: Collection[Use] = (),
) -> Made:
    """Run the operations of a program again: `given` are inputs, `held` values, `cut` uses."""
    given, held = given or {}, held or {}
    made: Made = {}
    with np.errstate(all="ignore"):
        for old in program:
            if old.op is None or old in held:
                value = held[old] if old in held else given.get(old, ground(old.value))
                made[old] = Equation(value, old.note)
                continue
            inputs = [made[i] if i.__class__ is Equation else ground(i) for i in old.inputs]
            for place, operand in enumerate(inputs):
                if (old, place) in cut and operand.__class__ is Equation:
                    inputs[place] = operand.value
            made[old] = _computed(old, tuple(inputs))
    return made


def _computed(old: Equation, inputs: tuple[Any, ...]) -> Equation:
    """The same operation on other operands."""
    values = tuple([i.value if i.__class__ is Equation else i for i in inputs])
    assert old.op is not None
    new = Equation(old.op.function(*values, **old.params), old.note)
    new.op, new.inputs, new.params = old.op, inputs, old.params
    new.code, new.offset, new.kept = old.code, old.offset, values
    return new


@dataclass(frozen=True, slots=True)
class Swept:
    """All numbers of a run, by the program's own equations; no entry where nothing arrives."""

    values: dict[Equation, Any]
    adjoints: dict[Equation, Any]
    tangents: dict[Equation, Any]


def swept(subject: Subject, made: Made, along: Equation | None = None) -> Swept:
    """Both sweeps of a run: adjoints of the subject's target, tangents along one input."""
    program = list(made.values())
    seeds = {made[equation]: seed for equation, seed in subject.seeds.items()}
    along = along or subject.inputs[0]
    first = np.ones_like(ground(along.value), dtype=np.result_type(ground(along.value), float))[()]
    backward = pull(program, seeds)
    forward = push(program, {made[along]: first})
    return Swept(
        {old: ground(new.value) for old, new in made.items()},
        {old: backward.adjoints[new] for old, new in made.items() if new in backward.adjoints},
        {old: forward.tangents[new] for old, new in made.items() if new in forward.tangents},
    )
