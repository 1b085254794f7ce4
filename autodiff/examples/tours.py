"""Three guided tours, for the chain rule, for forward and for reverse mode: lessons 1, 3 and 4.

Each is a function, a point, and a list of stops; `guided(name)` is the player that walks them.  A
lesson that has the function already takes the stops alone, `ad.step(f, *args, tour=stops(name))`,
and a lecturer's own tour is such a list.

>>> sorted(TOURS)
['chain rule', 'forward mode', 'reverse mode']
>>> guided("reverse mode").tour[0]["words"]
'The forward sweep has run: every value is known, no adjoint is.'
>>> stops("forward mode")[1]
(('dual', 'a'), 'A value comes first, as in any run.', ['x'])
"""

from __future__ import annotations

from typing import Any

import numpy as np

import autodiff as ad
from autodiff.examples.networks import lecture


def product(x: Any) -> Any:
    """x squared times sin(x): a product of two values that both move with x."""
    a = x * x
    b = np.sin(x)
    y = a * b
    return y


def shared(x: Any, w: Any) -> Any:
    """A function in which a and w are used twice."""
    a = x * w
    b = a + w
    y = a * b
    return y


W1 = np.array([[0.5, -1.0], [1.5, 0.5], [-0.5, 1.0]])
W2 = np.array([[1.0, -2.0, 0.5], [0.5, 1.0, -1.0], [-1.0, 0.5, 1.5], [2.0, -0.5, 0.5]])
W3 = np.array([2.0, -1.0, 1.0, 0.5])

TOURS: dict[str, tuple[Any, tuple[Any, ...], list[tuple[Any, ...]]]] = {
    "chain rule": (
        lecture,
        (W1, W2, W3, np.array([1.0, 2.0])),
        [
            (("forward", "z1"), "Two numbers come in; W1 makes three of them.", ["x", "W1"]),
            (("forward", "h1"), "σ acts on each by itself: its Jacobian is diagonal.", ["z1"]),
            (("forward", "y"), "One number comes out. Which entry of W1 would move it most?"),
            (("reverse", "y"), "The way back starts with dy/dy = 1.", ["y"]),
            (("reverse", "h2"), "dy/dh2 is W3: as long as h2 has entries.", ["W3"]),
            (("reverse", "z2"), "Through σ every entry is multiplied by its own slope.", ["h2"]),
            (("reverse", "h1"), "A row of dy/dz2 meets a column of W2: look at the sum.", ["W2"]),
            (("reverse", "W1"), "dy/dW1 has the shape of W1: each entry is one product.", ["x"]),
        ],
    ),
    "forward mode": (
        product,
        (2.0,),
        [
            (("dual", "x"), "x moves at speed 1: this is its tangent, the seed.", ["x"]),
            (("dual", "a"), "A value comes first, as in any run.", ["x"]),
            (("dual", "a", 2), "x is used twice in x * x. The first use moves a by x.", ["x"]),
            (("dual", "a", 3), "The second use as much again: the shares add up to 2x.", ["x"]),
            (("dual", "b", 2), "Through sin the tangent is multiplied by cos(x).", ["x"]),
            (("dual", "y", 2), "y moves because a does, while b stands still ...", ["a"]),
            (("dual", "y", 3), "... and because b does. The sum is dy: one pass.", ["b"]),
        ],
    ),
    "reverse mode": (
        shared,
        (2.0, 3.0),
        [
            (("reverse", 0), "The forward sweep has run: every value is known, no adjoint is."),
            (("reverse", "y"), "The seed: dy/dy = 1.", ["y"]),
            (("reverse", "a"), "a is read twice. This is the first contribution.", ["y"]),
            (("reverse", "a", 2), "The second is added: += and not =.", ["b"]),
            (
                ("reverse", "w", 2),
                "An adjoint is complete when both have arrived.",
                ["a", "b"],
            ),
        ],
    ),
}
"""By name: a function, its arguments, and the stops."""


def guided(name: str) -> Any:
    """The player that walks one of the tours."""
    f, args, tour = TOURS[name]
    return ad.step(f, *args, tour=tour)


def stops(name: str) -> list[tuple[Any, ...]]:
    """The stops of one of the tours, for a function with the same names of values."""
    return TOURS[name][2]
