"""Exercise 6.2: the partials of an elementwise op, which are all that its entry states."""

from __future__ import annotations

from typing import Any

import numpy as np

from autodiff.course.exercise import ENGINE, Answer, Exercise, Misconception, parts_of
from autodiff.ops.networks.nn import sigmoid


def swish(x: Any, b: Any) -> Any:
    """x σ(b x)."""
    return x * sigmoid(b * x)


def _partials(ans: Any, x: Any, b: Any) -> tuple[Any, Any]:
    s = sigmoid(b * x)
    return s + b * x * s * (1 - s), x**2 * s * (1 - s)


def _term_dropped(ans: Any, x: Any, b: Any) -> tuple[Any, Any]:
    return sigmoid(b * x), _partials(ans, x, b)[1]


def _inner_dropped(ans: Any, x: Any, b: Any) -> tuple[Any, Any]:
    s = sigmoid(b * x)
    return s + x * s * (1 - s), x * s * (1 - s)


def _inner_x_dropped(ans: Any, x: Any, b: Any) -> tuple[Any, Any]:
    s = sigmoid(b * x)
    return s + x * s * (1 - s), _partials(ans, x, b)[1]


def _inner_b_dropped(ans: Any, x: Any, b: Any) -> tuple[Any, Any]:
    s = sigmoid(b * x)
    return _partials(ans, x, b)[0], x * s * (1 - s)


def _first_term_dropped(ans: Any, x: Any, b: Any) -> tuple[Any, Any]:
    s = sigmoid(b * x)
    return b * x * s * (1 - s), x**2 * s * (1 - s)


def _sign_of_exponent(ans: Any, x: Any, b: Any) -> tuple[Any, Any]:
    s = sigmoid(-b * x)
    return s + b * x * s * (1 - s), x**2 * s * (1 - s)


def _one_for_both(ans: Any, x: Any, b: Any) -> tuple[Any, Any]:
    return (_partials(ans, x, b)[0],) * 2


def _at_output(ans: Any, x: Any, b: Any) -> tuple[Any, Any]:
    s = sigmoid(b * x)
    return s + b * x * ans * (1 - ans), x**2 * ans * (1 - ans)


def _at_x(ans: Any, x: Any, b: Any) -> tuple[Any, Any]:
    s, wrong = sigmoid(b * x), sigmoid(x)
    return s + b * x * wrong * (1 - wrong), x**2 * wrong * (1 - wrong)


def _without_b(ans: Any, x: Any, b: Any) -> tuple[Any, Any]:
    s = sigmoid(x)
    return s + x * s * (1 - s), x**2 * s * (1 - s)


def _swapped(ans: Any, x: Any, b: Any) -> tuple[Any, Any]:
    return _partials(ans, x, b)[::-1]


def _through_ans(ans: Any, x: Any, b: Any) -> tuple[Any, Any]:
    s = ans / x
    return s + b * ans * (1 - s), x * ans * (1 - s)


def _two_partials(answer: Answer, x: Any, b: Any) -> dict[str, Any]:
    with np.errstate(all="ignore"):
        found = answer(swish(x, b), x, b)
    return parts_of(found, "partial by x", "partial by b")


PARTIALS = Exercise(
    number="6.2",
    title="The partials of an op of your own",
    shows="the local derivative, stated once, at the inputs, is all that an entry needs",
    solution=_partials,
    inputs=lambda rng: [
        (1.0, 1.0), (2.0, 0.5), (rng.normal(size=3), rng.normal(size=3)),
        (np.array([0.0, 1.0]), np.array([2.0, -1.0])),
    ],
    observe=_two_partials,
    forbids=ENGINE,
    hints=(
        "It is a product: x times σ(b x). Which two terms does a product give when x moves? "
        "And when b moves?",
        "Write s = σ(b x). Its slope by the inside is s (1 - s), and the inside moves by b when x "
        "moves by 1, and by x when b does.",
    ),
    misconceptions=(
        Misconception(
            "one term of the product rule",
            _term_dropped,
            "When x moves, does σ(b x) stand still?",
        ),
        Misconception(
            "the inner slope is forgotten",
            _inner_dropped,
            "The inside of σ is b x. By how much does it move when x moves by 1?",
            "lesson 1: the factors of a chain",
        ),
        Misconception(
            "the inner slope by x is forgotten",
            _inner_x_dropped,
            "The inside of σ is b x. By how much does it move when x moves by 1?",
            "lesson 1: the factors of a chain",
        ),
        Misconception(
            "the inner slope by b is forgotten",
            _inner_b_dropped,
            "The inside of σ is b x. By how much does it move when b moves by 1?",
            "lesson 1: the factors of a chain",
        ),
        Misconception(
            "the other term of the product rule",
            _first_term_dropped,
            "When x moves and σ(b x) stands still, does x σ(b x) move?",
        ),
        Misconception(
            "the sign in the exponent of σ",
            _sign_of_exponent,
            "For a large b x, is σ close to 1 or to 0? Which one is your s?",
        ),
        Misconception(
            "one partial for both",
            _one_for_both,
            "The partial by x is right. When b moves, does the factor x in front move with it?",
        ),
        Misconception(
            "σ' at the output",
            _at_output,
            "`ans` is the value of the whole op, x σ(b x). Is it also the value of σ?",
        ),
        Misconception(
            "σ' at x",
            _at_x,
            "σ was evaluated at b x. Where is its slope to be taken?",
        ),
        Misconception(
            "b is forgotten",
            _without_b,
            "The op has two arguments. Where does b stand in your σ?",
        ),
        Misconception(
            "the two partials exchanged",
            _swapped,
            "In which order does the op take its arguments?",
        ),
        Misconception(
            "σ from the output, by a division",
            _through_ans,
            "What is ans / x at x = 0?",
        ),
    ),
)  # fmt: skip
