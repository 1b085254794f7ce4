"""Exercise 5.4: a Hessian times a vector, without the Hessian.

A right product is not enough: how often f ran is counted, and so is the memory that was taken.
"""

from __future__ import annotations

import tracemalloc
from typing import Any

import numpy as np

import autodiff as ad
from autodiff.course.exercise import Exercise, Misconception
from autodiff.course.helpers.counting import Counted


def valley(x: Any) -> Any:
    """Rosenbrock's function."""
    return np.sum(100 * (x[1:] - x[:-1] ** 2) ** 2 + (1 - x[:-1]) ** 2)


def cubic(x: Any) -> Any:
    """A function with mixed second derivatives, whose Hessian can be done by hand."""
    return x[0] ** 3 + x[0] * x[1] ** 2


def wave(x: Any) -> Any:
    """A function in which every entry meets every other."""
    return np.sin(np.sum(x**2)) * np.sum(x)


cubic.__name__ = "x -> x0³ + x0 x1²"
valley.__name__ = "Rosenbrock's function"
wave.__name__ = "x -> sin(sum x²) sum(x)"


def hessian_times(f: Any, x: Any, v: Any) -> Any:
    """The solution of 5.4."""
    return ad.jvp(ad.grad(f), (x,), (v,))[1]


def column_by_column(f: Any, x: Any, v: Any) -> Any:
    """Builds the Hessian, one pass per column."""
    columns = [hessian_times(f, x, seed) for seed in np.eye(x.size)]
    return np.stack(columns, axis=1) @ v


def along_ones(f: Any, x: Any, v: Any) -> Any:
    """Sums the rows of the Hessian."""
    return hessian_times(f, x, np.ones_like(x))


def first_order(f: Any, x: Any, v: Any) -> Any:
    """The gradient times v."""
    return ad.jvp(f, (x,), (v,))[1]


def gradient_times(f: Any, x: Any, v: Any) -> Any:
    """The gradient, entry by entry times v."""
    return ad.grad(f)(x) * v


def diagonal_times(f: Any, x: Any, v: Any) -> Any:
    """The diagonal of the Hessian, entry by entry times v."""
    return np.diag(ad.hessian(f)(x)) * v


def matrix_alone(f: Any, x: Any, v: Any) -> Any:
    """The Hessian."""
    return ad.hessian(f)(x)


def quadratic_form(f: Any, x: Any, v: Any) -> Any:
    """v H v, a number."""
    return v @ hessian_times(f, x, v)


def gradient_instead(f: Any, x: Any, v: Any) -> Any:
    """The first half of the pair."""
    return ad.jvp(ad.grad(f), (x,), (v,))[0]


def difference_quotient(f: Any, x: Any, v: Any) -> Any:
    """Two gradients, and a step size."""
    h = 1e-6
    return (ad.grad(f)(x + h * v) - ad.grad(f)(x - h * v)) / (2 * h)


def whole_matrix(f: Any, x: Any, v: Any) -> Any:
    """Lets the toolkit build the Hessian."""
    return ad.hessian(f)(x) @ v


LARGE = 400
"""From so many inputs on, the check looks whether room for a matrix was taken."""


def see_product(answer: Any, f: Any, x: Any, v: Any) -> Any:
    """The product, how often f ran, and for many inputs whether a matrix was built."""
    counted = Counted(f)
    if x.size < LARGE:
        return {"H v": answer(counted, x, v), "runs of f": counted.calls}
    tracemalloc.start()
    try:
        product = answer(counted, x, v)
        most = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    built = "yes" if most > 8 * x.size**2 else "no"
    return {"H v": product, "runs of f": counted.calls, "matrix built": built}


PRODUCT = Exercise(
    number="5.4",
    title="A Hessian times a vector",
    shows="the seed of a pass through the gradient is a direction",
    solution=hessian_times,
    inputs=lambda rng: [
        (cubic, np.array([1.0, 2.0]), np.array([1.0, 0.0])),
        (cubic, *rng.normal(size=(2, 2))),
        *((f, *rng.normal(size=(2, n))) for f, n in ((valley, 3), (wave, 4), (valley, LARGE))),
    ],
    observe=see_product,
    hints=(
        "H is the Jacobian of the gradient. What does ad.jvp give for a function and a seed?",
        "In lesson 3, ad.jvp(g, (x,), (t,)) gave J t beside g(x). Which g has H for its Jacobian?",
    ),
    misconceptions=(
        Misconception(
            "Hessian built column by column",
            column_by_column,
            "The product is right, and f ran once for each entry of x. Which one direction would "
            "have been enough?",
            "section 7 of the lesson: H v for n = 10,000",
        ),
        Misconception(
            "Hessian built at once",
            whole_matrix,
            "The product is right, but room for n × n numbers was taken. How many numbers has v, "
            "and how many has H v?",
            "section 7 of the lesson: H v for n = 10,000",
        ),
        Misconception(
            "v not used",
            along_ones,
            "Try two different v. What does your answer do with them?",
            "section 5 of lesson 3: the seed is a direction",
        ),
        Misconception(
            "first derivative only",
            first_order,
            "Your result is the slope of f along v, one number. Of which function do you need the "
            "slope along v?",
            "section 7 of the lesson: what a column of H is",
        ),
        Misconception(
            "the gradient times v",
            gradient_times,
            "You have the gradient at x. How does the *gradient* change when x moves along v?",
            "section 7 of the lesson: what a column of H is",
        ),
        Misconception(
            "only the diagonal of H",
            diagonal_times,
            "If x[0] moves, does only the first entry of the gradient change?",
            "section 7 of the lesson: the printed H",
        ),
        Misconception(
            "the Hessian without v",
            matrix_alone,
            "What shape has a matrix times a vector? Where does v come in?",
            "section 7 of the lesson: H v for n = 10,000",
        ),
        Misconception(
            "v H v",
            quadratic_form,
            "What shape has a matrix times a vector, and what shape has your result?",
            "print the shapes of x, v and your result",
        ),
        Misconception(
            "the gradient instead of its tangent",
            gradient_instead,
            "jvp returns a pair. What does its first half say, and does it depend on v?",
            "print(ad.jvp(ad.grad(f), (x,), (v,)))",
        ),
        Misconception(
            "difference quotient",
            difference_quotient,
            "Nearly right, by two runs and a step size. Which mode gives the slope of the gradient "
            "along v without a step?",
            "section 7 of the lesson: a forward pass through the reverse pass",
        ),
    ),
)
