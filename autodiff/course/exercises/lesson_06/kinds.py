"""Exercise 6.1: which kind a map is, found by trials and by its Jacobian.

The kind decides what an entry of the registry has to state, so it comes first.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

import autodiff as ad
from autodiff.course.exercise import Answer, Exercise, Misconception
from autodiff.ops.networks.nn import softmax

Map = Callable[[Any], Any]


MAPS: dict[str, Map] = {
    "np.tanh(x)": np.tanh,
    "np.flip(x)": np.flip,
    "3 * x": lambda x: 3.0 * x,
    "np.cumsum(x)": np.cumsum,
    "softmax(x)": softmax,
    "x + 1": lambda x: x + 1.0,
    "np.flip(x) + 1": lambda x: np.flip(x) + 1.0,
    "np.abs(x)": np.abs,
    "np.sort(x)": np.sort,
    "x * np.flip(x)": lambda x: x * np.flip(x),
}


def _points(n: int) -> Any:
    return np.random.default_rng(3).normal(size=(3, n))


def _is_linear(f: Map, n: int) -> bool:
    x, y, _ = _points(n)
    return np.allclose(f(2 * x - 3 * y), 2 * f(x) - 3 * f(y), rtol=1e-9, atol=1e-12)


def _is_diagonal(f: Map, x: Any) -> bool:
    J = ad.jacobian(f)(x)
    return bool(np.all(np.diag(np.diag(J)) == J))


def _kind(f: Map, n: int) -> str:
    if _is_linear(f, n):
        return "linear"
    return "elementwise" if all(_is_diagonal(f, x) for x in _points(n)) else "neither"


def _constant_slope(f: Map, n: int) -> str:
    first, *others = (ad.jacobian(f)(x) for x in _points(n))
    if all(np.allclose(first, other) for other in others):
        return "linear"
    return _kind(f, n)


def _scaled_only(f: Map, n: int) -> str:
    x = _points(n)[0]
    return "linear" if np.allclose(f(2 * x), 2 * f(x)) else _kind(f, n)


def _always_linear(f: Map, n: int) -> str:
    return "linear"


def _elementwise_first(f: Map, n: int) -> str:
    return "elementwise" if all(_is_diagonal(f, x) for x in _points(n)) else _kind(f, n)


def _at_zero(f: Map, n: int) -> str:
    if _is_linear(f, n):
        return "linear"
    return "elementwise" if _is_diagonal(f, np.zeros(n)) else "neither"


def _fixed_zero(f: Map, n: int) -> str:
    return "linear" if np.allclose(f(np.zeros(n)), 0) else _kind(f, n)


def _same_shape(f: Map, n: int) -> str:
    return "linear" if _is_linear(f, n) else "elementwise"


def _two_words(f: Map, n: int) -> str:
    return "elementwise" if _is_diagonal(f, _points(n)[0]) else "linear"


def _of_map(answer: Answer, f: str, n: int) -> Any:
    return answer(MAPS[f], n)


KIND = Exercise(
    number="6.1",
    title="Which kind of map is this?",
    shows="linear and elementwise are properties that the Jacobian, and a trial, can show",
    solution=_kind,
    inputs=lambda rng: [(name, 4) for name in MAPS],
    observe=_of_map,
    hints=(
        "Linear: f(a x + b y) = a f(x) + b f(y), which two random arrays can try. Elementwise: "
        "what shape of Jacobian does that mean?",
        "ad.jacobian(f)(x) is an n × n array. If element i of the result hangs on element i of x "
        "alone, which entries are 0? Ask at more than one x.",
    ),
    misconceptions=(
        Misconception(
            "a constant Jacobian is taken for linear",
            _constant_slope,
            "x + 1 has the slope 1 everywhere. What is f(0 + 0), and what is f(0) + f(0)?",
            "section 2, the definition of linear",
        ),
        Misconception(
            "only f(2 x) = 2 f(x) is tried",
            _scaled_only,
            "|2x| is 2|x|. Is |x + y| always |x| + |y|?",
        ),
        Misconception(
            "f(0) = 0 is taken for linear",
            _fixed_zero,
            "tanh(0) is 0. Is tanh(2x) equal to 2 tanh(x)?",
        ),
        Misconception(
            "everything is linear",
            _always_linear,
            "Your answer is one word, whatever f is. What can you try on f to find out?",
            "section 2, the definition of linear",
        ),
        Misconception(
            "elementwise is asked first",
            _elementwise_first,
            "3 x is both. Which word did the task want then?",
        ),
        Misconception(
            "linear where it is not elementwise",
            _two_words,
            "What does your answer say of 3 x, which is both, and of softmax(x)? Is that linear?",
            "section 2, the definition of linear",
        ),
        Misconception(
            "asked at a single point",
            _at_zero,
            "x · flip(x) has the Jacobian 0 at x = 0, and 0 is diagonal. What is it at another x?",
        ),
        Misconception(
            "everything else is taken for elementwise",
            _same_shape,
            "softmax gives as many numbers as it takes. Does the first one of the result hang on "
            "the first one of x alone?",
            "the Jacobians of section 2",
        ),
    ),
)
