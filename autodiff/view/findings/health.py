"""What is wrong with a gradient, in words: where it vanishes, explodes, dies, or becomes NaN."""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass

import numpy as np

from autodiff.core.language.dispatch import ground
from autodiff.core.language.equation import Equation
from autodiff.view.findings.cancelled import cancelled
from autodiff.view.records.derive import Backward
from autodiff.view.records.subject import Subject
from autodiff.view.words.text import cleaned, clipped, is_zero, number, rms, shape_of

VANISHING, EXPLODING = 1e-6, 1e3
"""Sizes of an adjoint, relative to the output's, from which it counts as vanishing or exploding."""

CURES = {
    "log": "keep its argument above 0, e.g. np.log(np.maximum(x, 1e-12)), or use a loss that "
    "takes logits",
    "divide": "the denominator is 0: add a small number to it, or guard it with np.where",
    "sqrt": "keep its argument above 0, e.g. np.sqrt(x + 1e-12)",
    "exp": "its argument is too large: subtract the maximum first (softmax and logsumexp do)",
    "power": "a base of 0 or below with such an exponent: clip the base first",
    "arcsin": "clip its argument to [-1, 1]",
    "arccos": "clip its argument to [-1, 1]",
    "log1p": "keep its argument above -1",
    "norm": "the vector is 0: add a small number",
}


@dataclass(frozen=True, slots=True)
class Trouble:
    """Where the first NaN or infinity arises: the value, and the sentence that says why."""

    equation: Equation
    sentence: str
    word: str


def finite(value: object) -> bool:
    """Whether every number in a value is finite."""
    value = ground(value)
    if isinstance(value, tuple | list):
        return all(part is None or finite(part) for part in value)
    array = np.asarray(value)
    return array.dtype.kind not in "fc" or bool(np.isfinite(array).all())


def first_trouble(subject: Subject, backward: Backward) -> Trouble | None:
    """The first NaN or infinity, of the values if there is one, else of the adjoints."""
    for equation in subject.program:
        if not finite(equation.value):
            what = f"value of {subject.names[equation]}"
            return _trouble(subject, equation, equation, equation.value, what)
    for equation in reversed(subject.program):
        adjoint = backward.adjoints.get(equation)
        if adjoint is not None and not finite(adjoint):
            users = [
                u
                for (u, i), term in backward.terms.items()
                if u.inputs[i] is equation and term is not None and not finite(term)
            ]
            maker = users[0] if users else equation
            what = f"adjoint of {subject.names[equation]}"
            return _trouble(subject, equation, maker, adjoint, what)
    return None


def _trouble(
    subject: Subject, equation: Equation, maker: Equation, value: object, what: str
) -> Trouble:
    """The trouble with a value or adjoint of `equation`, which the op of `maker` computed."""
    array = np.asarray(ground(value))
    wrong = np.argwhere(~np.isfinite(array))
    word = "NaN" if np.isnan(array).any() else "infinity"
    where = f"[{', '.join(map(str, wrong[0]))}]" if array.ndim else ""
    sentence = f"first {word} here: the {what}{where}"
    if maker.op is None:
        return Trouble(equation, f"{sentence}, which came in as an input.", word)
    sentence += f", made by {cleaned(maker.op.name)}"
    place = maker.location
    if place is not None:
        sentence += f" on line {place.line}: {clipped(place.text, 60)}"
    if maker.op.name in CURES:
        sentence += f". Cure: {CURES[maker.op.name]}"
    return Trouble(equation, f"{sentence}.", word)


def active(equation: Equation) -> tuple[int, int] | None:
    """(active, all) units of a relu or clip: those through which anything can flow back."""
    op = equation.op
    if (
        op is None
        or op.name not in ("relu", "clip", "maximum")
        or not np.ndim(ground(equation.value))
    ):
        return None
    ones = np.ones_like(ground(equation.value))
    index = next((i for i, x in enumerate(equation.inputs) if x.__class__ is Equation), None)
    if index is None:
        return None
    open_ = np.asarray(
        ground(
            op.vjp(
                index,
                ones,
                ground(equation.value),
                [ground(p) for p in equation.primals],
                equation.params,
            )
        )
    )
    units = (open_ != 0).reshape(-1, open_.shape[-1]).any(axis=0)
    return int(units.sum()), int(units.size)


def longest_path(subject: Subject, backward: Backward) -> list[Equation]:
    """The longest chain of values, from an input to the output, along which an adjoint flows."""
    best: dict[Equation, tuple[int, Equation | None]] = {}
    for equation in subject.program:
        if equation not in backward.adjoints:
            continue
        longest: tuple[int, Equation | None] = (0, None)
        for index, operand in enumerate(equation.inputs):
            if operand.__class__ is not Equation or operand not in best:
                continue
            if backward.terms.get((equation, index)) is not None and best[operand][0] >= longest[0]:
                longest = (best[operand][0] + 1, operand)
        best[equation] = longest
    path: list[Equation] = []
    here: Equation | None = subject.target
    while here is not None:
        path.append(here)
        here = best[here][1] if here in best else None
    return path[::-1]


def finding(subject: Subject, backward: Backward, gone: Collection[Equation] | None = None) -> str:
    """One sentence on the whole picture: the most important thing that it shows.

    `gone` are the values whose adjoints cancel, which tell nothing of its flow.
    """
    gone = cancelled(subject, backward) if gone is None else gone
    trouble = first_trouble(subject, backward)
    if trouble:
        return trouble.sentence
    for equation in subject.program:
        units = active(equation)
        if units and units[0] == 0 and equation in backward.adjoints:
            name = subject.names[equation]
            return (
                f"{name} is dead: 0 of {units[1]} units active, so exactly 0 flows back past it. "
                "Smaller learning rate, other initial biases, or a leaky relu."
            )
    path = [e for e in longest_path(subject, backward) if e.op is not None and e not in gone]
    named = [e for e in path if not re.fullmatch(r"v\d+", subject.names[e])]
    path = named if len(named) >= 2 else path
    arrays = [e for e in path if shape_of(e.value)]  # a mean's own 1/n is no vanishing gradient
    path = arrays if len(arrays) >= 2 else path
    sizes = [rms(backward.adjoints[e]) for e in path]
    shrunk, grown = _extreme(sizes), _extreme(sizes[::-1])
    if shrunk and shrunk[0] >= 100 and (not grown or shrunk[0] >= grown[0]):
        return _change(subject, path, shrunk[1], shrunk[2], shrunk[0], "shrinks")
    if grown and grown[0] >= 100:
        last = len(path) - 1
        return _change(subject, path, last - grown[2], last - grown[1], grown[0], "grows")
    told = [e for e in subject.inputs if e in backward.adjoints and e not in gone]
    reached = [(rms(backward.adjoints[e]), subject.names[e]) for e in told]
    reached = [(size, name) for size, name in reached if size > 0]
    if not reached:
        return f"no gradient reaches any input of {subject.title}."
    low, high = min(reached), max(reached)
    if len(reached) == 1:
        return f"the gradient of {low[1]} is {number(low[0])} (root mean square): healthy."
    return (
        f"the gradient is healthy: inputs and parameters receive between {number(low[0])} "
        f"and {number(high[0])} (root mean square)."
    )


def _extreme(sizes: list[float]) -> tuple[float, int, int] | None:
    """The largest ratio sizes[later] / sizes[earlier], and the two places; None without one."""
    best: tuple[float, int, int] | None = None
    lowest = None
    for place, size in enumerate(sizes):
        if size <= 0:
            continue
        if lowest is not None and size / sizes[lowest] > (best[0] if best else 1):
            best = (size / sizes[lowest], lowest, place)
        if lowest is None or size < sizes[lowest]:
            lowest = place
    return best


def _change(
    subject: Subject, path: list[Equation], early: int, late: int, ratio: float, verb: str
) -> str:
    first, last = path[early], path[late]
    size = f"{ratio:,.0f}" if ratio < 1e6 else f"{ratio:.1e}"
    names = subject.names
    sentence = (
        f"the gradient {verb} {size} times on its way back from {names[last]} to {names[first]}"
    )
    counts: dict[str, list[float]] = {}
    for equation in subject.program:
        if first.number < equation.number <= last.number:
            bound = _bound(equation)
            if bound is not None:
                counts.setdefault(cleaned(equation.op.name), []).append(bound)
    squashing = [(max(b), name, len(b)) for name, b in counts.items() if max(b) < 1]
    if verb == "shrinks" and squashing:
        bound, name, times = min(squashing)
        words = (
            f"{times} {name} node{'s' if times > 1 else ''} multipl{'y' if times > 1 else 'ies'}"
        )
        sentence += f"; {words} it by at most {bound:.2g}{' each' if times > 1 else ''}"
    elif verb == "grows":
        products = sum(
            e.op is not None and e.op.kind == "bilinear" and first.number < e.number <= last.number
            for e in subject.program
        )
        if products:
            sentence += f"; {products} products with large weights amplify it"
            sentence += ": make the initial weights smaller"
    return sentence + "."


def _bound(equation: Equation) -> float | None:
    """The largest |local partial| of an elementwise op of one argument with a curved rule."""
    op = equation.op
    if (
        op is None
        or op.kind != "elementwise"
        or len(op.partials) != 1
        or not callable(op.partials[0])
    ):
        return None
    with np.errstate(all="ignore"):
        value = ground(equation.value)
        local = op.vjp(
            0, np.ones_like(value), value, [ground(p) for p in equation.primals], equation.params
        )
    return float(np.max(np.abs(local), initial=0.0))


def state_of(adjoint: object, reference: float) -> str:
    """`vanishing`, `exploding`, `not finite`, `zero` or `` for the size of an adjoint."""
    if not finite(adjoint):
        return "not finite"
    if is_zero(adjoint):
        return "zero"
    size = rms(adjoint)
    if size < VANISHING * reference:
        return "vanishing"
    return "exploding" if size > EXPLODING * reference else ""
