"""Ten rules for a gradient checker to judge: five are right, and in five a bug is planted.

Each bug is one that a careless checker lets pass, and each right rule one that it rejects: a
checker is worth what it can tell apart.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

import numpy as np

Function = Callable[[np.ndarray], np.ndarray]
Pullback = Callable[[np.ndarray, np.ndarray], np.ndarray]
Checker = Callable[[Function, Pullback, np.ndarray], bool]


@dataclass(frozen=True, slots=True)
class Rule:
    """A function of an array, a claimed `vjp(ct, x)` of it, and the point x to check it at."""

    name: str
    f: Function
    vjp: Pullback
    x: np.ndarray
    right: bool


def _softmax(x: np.ndarray) -> np.ndarray:
    e = np.exp(x - np.max(x))
    return e / np.sum(e)


def _softmax_vjp(ct: np.ndarray, x: np.ndarray) -> np.ndarray:
    p = _softmax(x)
    return p * (ct - np.sum(ct * p))


def _one_wrong(ct: np.ndarray, x: np.ndarray) -> np.ndarray:
    found = ct * np.cos(x)
    found[37] *= 1.002
    return found


def _relu(x: np.ndarray) -> np.ndarray:
    return np.maximum(x, 0.0)


POINT = np.array([0.7, -1.2, 2.0, 0.4])
AT_KINK = np.array([1.5, 0.0, -0.5])

RULES = (
    Rule("x * sin(x)", lambda x: x * np.sin(x),
         lambda ct, x: ct * (np.sin(x) + x * np.cos(x)), POINT, True),
    Rule("x * sin(x), a term dropped", lambda x: x * np.sin(x),
         lambda ct, x: ct * x * np.cos(x), POINT, False),
    Rule("x ** 3 at 10,000,000", lambda x: x**3,
         lambda ct, x: ct * 3 * x**2, 1e7 * POINT, True),
    Rule("sin(x) / 10,000,000, sign wrong", lambda x: 1e-7 * np.sin(x),
         lambda ct, x: -1e-7 * ct * np.cos(x), POINT, False),
    Rule("roll(x)", lambda x: np.roll(x, 1),
         lambda ct, x: np.roll(ct, -1), POINT, True),
    Rule("roll(x), not transposed", lambda x: np.roll(x, 1),
         lambda ct, x: np.roll(ct, 1), POINT, False),
    Rule("softmax(x)", _softmax, _softmax_vjp, POINT, True),
    Rule("50 sines, one slope 0.2 % off", np.sin, _one_wrong, np.linspace(0.1, 1.2, 50), False),
    Rule("relu at 0, slope 0", _relu, lambda ct, x: ct * (x > 0), AT_KINK, True),
    Rule("relu at 0, slope 2", _relu,
         lambda ct, x: ct * np.where(x == 0, 2.0, x > 0), AT_KINK, False),
)  # fmt: skip


def verdicts(checker: Checker, rules: Iterable[Rule] = RULES) -> dict[str, str]:
    """What a checker says of each rule, "accepts" or "rejects"; `checker(f, vjp, x)` is a bool.

    >>> set(verdicts(lambda f, vjp, x: True).values())
    {'accepts'}
    """
    with np.errstate(all="ignore"):
        return {
            rule.name: "accepts" if checker(rule.f, rule.vjp, rule.x.copy()) else "rejects"
            for rule in rules
        }


def score(checker: Checker, rules: Iterable[Rule] = RULES) -> int:
    """Of how many rules a checker says the truth.

    >>> score(lambda f, vjp, x: True)
    5
    """
    rules = tuple(rules)
    wanted = ["accepts" if rule.right else "rejects" for rule in rules]
    found = verdicts(checker, rules).values()
    return sum(a == b for a, b in zip(wanted, found, strict=True))
