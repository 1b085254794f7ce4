"""One factor between what was expected and what came, and what of the inputs that factor is.

A 2 that is missing is the same for all inputs; an n that is missing is another number for each, and
is found among the inputs' values and the lengths of their axes.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np

from autodiff.course.judging.relating import TOLERANCE, Case, Relation, same


def factor(cases: Sequence[Case]) -> Relation | None:
    """One factor for all inputs, or one that is a number of the input."""
    if not all(own.like for own in cases):
        return None
    factors = [_factor_of(own) for own in cases]
    if any(own is None for own in factors):
        return None
    found = np.array([own for own in factors if own != 0])
    if len(found) == 0:
        return None
    if np.allclose(found, found[0], rtol=TOLERANCE):
        c = float(np.real(found[0]))
        if evidence(cases) < 2 or np.isclose(c, 1):
            return None
        shown = f"{c:.4g} times"
        for number, word in ((2, "twice"), (0.5, "half of"), (-2, "minus twice"), (-1, "minus")):
            shown = word if np.isclose(c, number) else shown
        return Relation(
            f"a factor {c:.4g}" if c != -1 else "the sign",
            f"your result is {shown} the expected one",
            "Which factor is missing in your formula, or stands there once too often?",
        )
    for name, numbers in _quantities(cases):
        if len(set(numbers)) < 2:
            continue
        for power, word in ((1, "times"), (-1, "divided by"), (2, "times the square of"),
                            (-2, "divided by the square of"), (0.5, "times the root of"),
                            (-0.5, "divided by the root of")):  # fmt: skip
            with np.errstate(all="ignore"):
                expected = np.array(numbers, float) ** power
            c = _times(factors, expected)
            if c is not None:
                more = "" if np.isclose(c, 1) else f", times {c:.4g}"
                return Relation(
                    f"{word} {name}{more}",
                    f"your result is the expected one {word} {name}{more}",
                    f"Where does {name} stand in the formula, and where in yours?",
                )
    return None


def _times(factors: Sequence[Any], numbers: np.ndarray) -> float | None:
    """The c with which factors are c times numbers; another c than 1 must be seen thrice."""
    pairs = [(f, n) for f, n in zip(factors, numbers, strict=True) if f != 0]
    if not pairs or not all(np.isfinite(n) and n != 0 for _, n in pairs):
        return None
    ratios = np.array([f / n for f, n in pairs])
    if not np.allclose(ratios, ratios[0], rtol=TOLERANCE, atol=0) or np.imag(ratios[0]):
        return None
    c = float(np.real(ratios[0]))
    seen = len({float(n) for _, n in pairs})
    plain = np.isclose(abs(c), 1)
    return c if plain or (seen > 2 and np.isclose(c * 2, round(c * 2))) else None


def _factor_of(own: Case) -> Any:
    """By what the expected array was multiplied; 0 where none can be said, None where by none."""
    e, g = own.expected.ravel(), own.got.ravel()
    largest = np.max(np.abs(e), initial=0.0)
    if largest == 0 or not np.all(np.isfinite(e)):
        return 0 if np.allclose(g, 0) else None
    place = int(np.argmax(np.abs(e)))
    c = g[place] / e[place]
    return c if c != 0 and same(c * own.expected, own.got) else None


def evidence(cases: Sequence[Case]) -> int:
    """How many numbers say it that are not 0."""
    return int(sum(np.count_nonzero(own.expected) for own in cases))


def _quantities(cases: Sequence[Case]) -> Iterator[tuple[str, list[float]]]:
    """What an input can be measured by: its value, if it is a number, or its shape's numbers."""
    for name in cases[0].inputs:
        own = [case.inputs.get(name) for case in cases]
        if any(value is None for value in own):
            continue
        if all(np.ndim(value) == 0 for value in own):
            yield name, [float(np.real(value)) for value in own]  # type: ignore[arg-type]
            for more in cases[0].inputs:
                other = [case.inputs.get(more) for case in cases]
                if more > name and all(v is not None and np.ndim(v) == 0 for v in other):
                    pairs = zip(own, other, strict=True)
                    yield f"{name} * {more}", [float(np.real(a * b)) for a, b in pairs]
        else:
            least = min(np.ndim(value) for value in own)
            for axis in range(least):
                yield (
                    f"len({name})" if axis == 0 else f"{name}.shape[{axis}]",
                    [float(np.shape(value)[axis]) for value in own],
                )
            yield f"{name}.size", [float(np.size(value)) for value in own]
