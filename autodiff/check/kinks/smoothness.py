"""`smoothness`: every kink, tie, cut and single-point branch that a run of a function met."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from html import escape
from typing import Any

import numpy as np

from autodiff.check.kinks.kinks import COMPARISONS, QUIET, kinks_of
from autodiff.check.steady import name_of
from autodiff.core.language.dispatch import ground
from autodiff.core.language.display.table import table
from autodiff.core.language.equation import Equation
from autodiff.core.language.op import Op
from autodiff.core.reverse.single_points import single_points
from autodiff.core.transforms.record import Recorded, record

HEADER = ("what", "op", "elements", "why", "what the derivative is taken as", "line")


@dataclass(frozen=True, slots=True)
class Rough:
    """One place where f has no derivative, or where its derivative is cut.

    `what` is "kink", "jump", "cut", "branch" (a comparison whose two sides are equal here) or
    "single point"; `elements` says how many are concerned, `convention` what the engine answers.
    """

    what: str
    op: str
    elements: int
    why: str
    convention: str
    location: Any

    def cells(self) -> tuple[str, ...]:
        """The row of the table."""
        where = self.location
        line = f"{where.line}: {where.expression}" if where else ""
        return self.what, self.op, str(self.elements), self.why, self.convention, line


@dataclass(frozen=True, slots=True)
class Smoothness:
    """What `smoothness` found, in order of execution; true where f is smooth at the point."""

    name: str
    found: tuple[Rough, ...]

    @property
    def smooth(self) -> bool:
        """Whether nothing was met: every op has a derivative here, and none is cut."""
        return not self.found

    @property
    def sentence(self) -> str:
        """The result in one sentence."""
        if not self.found:
            return f"{self.name}: smooth here; every op that was run has a derivative."
        kinds = [rough.what for rough in self.found]
        counts = ", ".join(
            f"{kinds.count(k)} {_plural(k, kinds.count(k))}" for k in dict.fromkeys(kinds)
        )
        return f"{self.name}: not smooth here; {counts}."

    def __bool__(self) -> bool:
        return self.smooth

    def __iter__(self) -> Iterator[Rough]:
        return iter(self.found)

    def __len__(self) -> int:
        return len(self.found)

    def __str__(self) -> str:
        rows = [rough.cells() for rough in self.found]
        return f"{table(HEADER, rows, limit=40)}\n{self.sentence}" if rows else self.sentence

    def __repr__(self) -> str:
        return f"<smoothness of {self.name}: {len(self.found)} found; print it for the table>"

    def _repr_html_(self) -> str:
        head = "".join(f"<th>{escape(cell)}</th>" for cell in HEADER)
        rows = (
            "".join(f"<td>{escape(cell)}</td>" for cell in rough.cells()) for rough in self.found
        )
        body = "".join(f"<tr>{row}</tr>" for row in rows)
        shown = f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"
        return (
            f"{shown if self.found else ''}<p><b>{escape(self.sentence)}</b></p>"
            f"<details><summary>as text</summary><pre>{escape(str(self))}</pre></details>"
        )


def smoothness(f: Callable[..., Any], *args: Any) -> Smoothness:
    """Run f once, and list where it has no derivative at this point, or where it is cut.

    Kinks and ties come from the values of each recorded op (|x| at 0, the bound of a clip, equal
    elements under a max), with the convention that the engine follows there; cuts are ops that
    work on the value only (floor, sign, argmax, stop_gradient); a branch is a comparison whose
    two sides are equal; a single point is `x == a` that came out true, so that the branch counts
    nowhere around the point.

    >>> report = smoothness(lambda x: np.abs(x) + np.floor(x), np.array([0.0, 1.5]))
    >>> [(rough.what, rough.op, rough.elements) for rough in report]
    [('kink', 'absolute', 1), ('jump', 'floor', 1)]
    >>> bool(smoothness(np.tanh, 0.5))
    True
    """
    with np.errstate(all="ignore"):
        run = record(f, args, {}, tuple(range(len(args))))
        return Smoothness(name_of(f), tuple(_rough(run)))


def _rough(run: Recorded) -> Iterator[Rough]:
    points = set(single_points(run.trace.cuts, run.program))
    everything = dict.fromkeys([*run.program, *run.trace.cuts])
    for equation in sorted(everything, key=lambda e: e.number):
        op = equation.op
        if op is None:
            continue
        if equation in points:
            answer = np.asarray(ground(equation.value))
            hits = int(np.sum(answer if op.name == "equal" else ~answer))
            yield Rough(
                "single point", op.name, hits, "== is true here and nowhere around",
                "that of the branch, which may be wrong", equation.location,
            )  # fmt: skip
            continue
        kink = kinks_of(equation)
        if kink is not None:
            what = "branch" if op.name in COMPARISONS else "kink"
            yield Rough(what, op.name, kink.count, kink.what, kink.convention, equation.location)
        elif op.kind == "constant" and op.name not in QUIET:
            yield _cut(op, equation)


def _cut(op: Op, equation: Equation) -> Rough:
    value = np.asarray(ground(equation.value)) if not isinstance(equation.value, tuple) else None
    size = 1 if value is None else int(value.size)
    jumps = _at_a_jump(op.name, equation)
    if jumps:
        return Rough("jump", op.name, jumps, f"{op.name} jumps here", "0", equation.location)
    why = "marked as a constant" if op.name == "stop_gradient" else "flat between its jumps"
    return Rough("cut", op.name, size, why, "0: works on the value", equation.location)


def _at_a_jump(name: str, equation: Equation) -> int:
    """How many elements of a rounding or a sign stand exactly where it jumps."""
    if name not in ("floor", "ceil", "trunc", "fix", "sign", "rint", "round"):
        return 0
    x = np.asarray(ground(equation.primals[0]))
    if x.dtype.kind != "f":
        return 0
    if name == "sign":
        return int(np.sum(x == 0))
    if name in ("rint", "round"):
        return int(np.sum(np.abs(x - np.trunc(x)) == 0.5)) if not equation.params else 0
    whole = x == np.trunc(x)
    return int(np.sum(whole & (x != 0) if name in ("trunc", "fix") else whole))


def _plural(word: str, count: int) -> str:
    if count == 1:
        return word
    return "branches" if word == "branch" else f"{word}s"
