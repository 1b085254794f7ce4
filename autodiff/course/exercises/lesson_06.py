"""Exercises 6.1 to 6.3: which kind a map is, the partials of an elementwise op, a transpose."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

import autodiff as ad
from autodiff.course.exercise import ENGINE, Answer, Exercise, Misconception, parts_of
from autodiff.ops.networks.nn import sigmoid, softmax

Map = Callable[[Any], Any]

# -- 6.1 which kind? ------------------------------------------------------------------------


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

# -- 6.2 partials ---------------------------------------------------------------------------


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

# -- 6.3 a transpose ------------------------------------------------------------------------


def _diff_transpose(ct: Any) -> Any:
    return np.concatenate([[0.0], ct]) - np.concatenate([ct, [0.0]])


def _inverse(ct: Any) -> Any:
    return np.concatenate([[0.0], np.cumsum(ct)])


def _same_op(ct: Any) -> Any:
    return np.diff(ct)


def _negative(ct: Any) -> Any:
    return -_diff_transpose(ct)


def _ends_dropped(ct: Any) -> Any:
    return np.concatenate([[0.0], -np.diff(ct), [0.0]])


def _plus(ct: Any) -> Any:
    return np.concatenate([[0.0], ct]) + np.concatenate([ct, [0.0]])


def _negative_op(ct: Any) -> Any:
    return -np.diff(ct)


def _running_sum(ct: Any) -> Any:
    return np.cumsum(ct)


def _padded(ct: Any) -> Any:
    return np.concatenate([ct, [0.0]])


TRANSPOSE = Exercise(
    number="6.3",
    title="The transpose of np.diff",
    shows="a transpose gives back what each input received; it does not undo the op",
    solution=_diff_transpose,
    inputs=lambda rng: [(np.array([1.0]),), (np.array([1.0, 10.0]),), (rng.normal(size=5),)],
    hints=(
        "np.diff(x)[0] is x[1] - x[0]. If only ct[0] is 1 and the others are 0, which cotangents "
        "do x[0] and x[1] get?",
        "Write the matrix of np.diff for 3 numbers: 2 rows, 3 columns. Turn it over, and multiply.",
    ),
    misconceptions=(
        Misconception(
            "the inverse in place of the transpose",
            _inverse,
            "A running sum undoes a difference. Write down the matrix of np.diff for 3 numbers, "
            "and turn it over: does that one undo it?",
            "section 3: cumsum, its transpose, and np.diff",
        ),
        Misconception(
            "the op itself",
            _same_op,
            "np.diff takes n numbers and gives n - 1. How many must its transpose take, and give?",
        ),
        Misconception(
            "the sign",
            _negative,
            "np.diff(x)[0] is x[1] - x[0]. When x[0] grows, does it grow or fall?",
        ),
        Misconception(
            "the first and the last are forgotten",
            _ends_dropped,
            "Each x in the middle is in two differences. In how many is the first one: in none?",
        ),
        Misconception(
            "both with a plus",
            _plus,
            "x[1] stands in x[1] - x[0] and in x[2] - x[1]. With which sign in each?",
        ),
        Misconception(
            "minus the op itself",
            _negative_op,
            "The middle is right. np.diff takes n numbers and gives n - 1; how many must its "
            "transpose give?",
        ),
        Misconception(
            "a running sum",
            _running_sum,
            "A running sum undoes a difference. Is the transpose of a matrix what undoes it? And "
            "how many numbers are asked for?",
            "section 3: cumsum, its transpose, and np.diff",
        ),
        Misconception(
            "filled up with a 0",
            _padded,
            "The shape is right. In which differences does x[1] stand, and with which signs?",
        ),
    ),
)

EXERCISES = (KIND, PARTIALS, TRANSPOSE)
