"""Exercise 5.2: the reverse rule of a product that broadcasts."""

from __future__ import annotations

from typing import Any

import numpy as np

from autodiff.course.exercise import ENGINE, Exercise, Misconception, parts_of

Pair = tuple[Any, Any]


def shrink(ct: Any, shape: tuple[int, ...]) -> Any:
    """Sum over the axes along which an array of this shape was stretched."""
    ct = ct.sum(axis=tuple(range(ct.ndim - len(shape))))
    stretched = tuple(place for place, size in enumerate(shape) if size == 1)
    return ct.sum(axis=stretched, keepdims=True)


def vjp_multiply(ct: Any, x: Any, w: Any) -> Pair:
    """The solution of 5.2."""
    return shrink(ct * w, x.shape), shrink(ct * x, w.shape)


def not_shrunk(ct: Any, x: Any, w: Any) -> Pair:
    """Leaves the adjoints in the shape of the result."""
    return ct * w, ct * x


def last_axes(ct: Any, x: Any, w: Any) -> Pair:
    """Sums the surplus axes from the right."""

    def squeezed(ct: Any, shape: tuple[int, ...]) -> Any:
        surplus = ct.ndim - len(shape)
        ct = ct.sum(axis=tuple(range(ct.ndim - surplus, ct.ndim)))
        return ct.sum(axis=tuple(k for k, n in enumerate(shape) if n == 1), keepdims=True)

    return squeezed(ct * w, x.shape), squeezed(ct * x, w.shape)


def leading_only(ct: Any, x: Any, w: Any) -> Pair:
    """Sums the surplus axes, and forgets those of length 1."""

    def squeezed(ct: Any, shape: tuple[int, ...]) -> Any:
        return ct.sum(axis=tuple(range(ct.ndim - len(shape))))

    return squeezed(ct * w, x.shape), squeezed(ct * x, w.shape)


def dropped_axes(ct: Any, x: Any, w: Any) -> Pair:
    """Sums the right axes, and drops those of length 1."""

    def squeezed(ct: Any, shape: tuple[int, ...]) -> Any:
        ct = ct.sum(axis=tuple(range(ct.ndim - len(shape))))
        return ct.sum(axis=tuple(place for place, size in enumerate(shape) if size == 1))

    return squeezed(ct * w, x.shape), squeezed(ct * x, w.shape)


def first_axis(ct: Any, x: Any, w: Any) -> Pair:
    """Sums over axis 0, whatever the shapes."""
    return np.sum(ct * w, axis=0), np.sum(ct * x, axis=0)


def partials_alone(ct: Any, x: Any, w: Any) -> Pair:
    """The partials, and nothing of what comes from behind."""
    return w, x


def averaged(ct: Any, x: Any, w: Any) -> Pair:
    """Takes the mean where the sum belongs."""
    a, b = vjp_multiply(ct, x, w)
    return a * a.size / ct.size, b * b.size / ct.size


def own_operand(ct: Any, x: Any, w: Any) -> Pair:
    """Multiplies each adjoint by its own operand."""
    return shrink(ct * x, x.shape), shrink(ct * w, w.shape)


def like_a_sum(ct: Any, x: Any, w: Any) -> Pair:
    """Has the rule of x + w."""
    return shrink(ct, x.shape), shrink(ct, w.shape)


def seed_of_ones(ct: Any, x: Any, w: Any) -> Pair:
    """Ignores what comes from behind."""
    return vjp_multiply(np.ones_like(ct), x, w)


SHAPES = (
    ((3,), (3,)),
    ((2, 3), (3,)),
    ((2, 3), (2, 1)),
    ((3,), (4, 1)),
    ((3, 3), (3,)),
    ((4, 3), ()),
    ((5, 1, 3), (4, 1)),
    ((1, 3), (4, 3)),
)


def multiply_inputs(rng: np.random.Generator) -> list[tuple[Any, ...]]:
    """A small case in whole numbers, then random ones of every kind of broadcast."""
    first = (np.array([1.0, 2.0]), np.array([3.0, 4.0]), np.array([5.0, 6.0]))
    cases: list[tuple[Any, ...]] = [first]
    for left, right in SHAPES:
        x, w = np.asarray(rng.normal(size=left)), np.asarray(rng.normal(size=right))
        cases.append((rng.normal(size=np.broadcast_shapes(left, right)), x, w))
    return cases


def see_pair(answer: Any, ct: Any, x: Any, w: Any) -> Any:
    """The two adjoints, by name."""
    return parts_of(answer(ct, x, w), "adjoint of x", "adjoint of w")


MULTIPLY = Exercise(
    number="5.2",
    title="The reverse rule of a product that broadcasts",
    shows="a broadcast is a hidden shared value, so its reverse is a sum",
    solution=vjp_multiply,
    inputs=multiply_inputs,
    observe=see_pair,
    forbids=ENGINE,
    hints=(
        "Begin with equal shapes: what reaches x from y[i] = x[i] * w[i]? Then x.shape (2, 3) and "
        "w.shape (3,): how often is w[0] used?",
        "Two kinds of axes were stretched: those that an operand does not have at all (NumPy adds "
        "them on the left), and those where it has length 1. The second kind must stay, with "
        "length 1.",
    ),
    misconceptions=(
        Misconception(
            "missing un-broadcast",
            not_shrunk,
            "An operand has the entries that its own shape says. How many derivatives can it have?",
            "section 5 of the lesson: the edge of b in the picture",
        ),
        Misconception(
            "summed over the wrong axis",
            last_axes,
            "NumPy lines shapes up at the right: (2, 3) with (3,). Which of the two axes was "
            "missing from w?",
            "ad.draw(lambda x, w: np.sum(x * w), np.ones((2, 3)), np.ones(3)): the edge of w",
        ),
        Misconception(
            "axes of length 1 forgotten",
            leading_only,
            "w of shape (2, 1) has two axes already, as x has. Was it stretched all the same?",
            "ad.draw(lambda x, w: np.sum(x * w), np.ones((2, 3)), np.ones((2, 1))): the edge of w",
        ),
        Misconception(
            "keepdims lost",
            dropped_axes,
            "You sum the right axis. Which shape has w, and which shape has your adjoint of it?",
            "print(w.shape) beside the shape of your adjoint of w",
        ),
        Misconception(
            "axis 0 summed always",
            first_axis,
            "With x and w of one shape, is anything stretched, and is there anything to sum?",
            "ad.draw(lambda x, w: np.sum(x * w), np.ones(3), np.ones(3)): no broadcast on an edge",
        ),
        Misconception(
            "the partials alone",
            partials_alone,
            "You give ∂y/∂x and ∂y/∂w. Where does ct go, which says how much y matters?",
            "section 1 of lesson 4: the adjoint of the user times the local partial",
        ),
        Misconception(
            "mean for sum",
            averaged,
            "Lesson 4: do the contributions of several uses add up, or are they averaged?",
            "section 5 of the lesson: the assert on dy_db",
        ),
        Misconception(
            "each operand with itself",
            own_operand,
            "y = x * w. When x grows by 1, how much does y grow: by x or by something else?",
            "ad.draw(lambda x, w: x * w, 2.0, 3.0): the partial on each edge",
        ),
        Misconception(
            "the rule of a sum",
            like_a_sum,
            "If w is 0, a change of x changes nothing in y. What does your adjoint of x say then?",
            "ad.draw(lambda x, w: x * w, 2.0, 3.0): the partial on each edge",
        ),
        Misconception(
            "incoming adjoint ignored",
            seed_of_ones,
            "What comes after y may use one entry strongly and another not at all. Where does your "
            "rule hear of it?",
            "section 4 of the lesson: ct",
        ),
    ),
)
