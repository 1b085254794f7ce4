r"""How names and numbers are written in formulas.

>>> symbol("W1"), symbol("theta_2"), digits(0.00001234)
('W_{1}', '\\theta_{2}', '1.23 \\cdot 10^{-5}')
"""

from __future__ import annotations

import math
import re
from typing import Any

import numpy as np

WIDEST = 4
"""A matrix of more rows or columns is shown by its shape."""
GREEK = (
    "alpha", "beta", "gamma", "delta", "epsilon", "zeta", "eta", "theta", "kappa", "lambda", "mu",
    "nu", "xi", "pi", "rho", "sigma", "tau", "phi", "chi", "psi", "omega", "Gamma", "Delta",
    "Theta", "Lambda", "Sigma", "Phi", "Psi", "Omega",
)  # fmt: skip
NAMED = (
    "sin", "cos", "tan", "sinh", "cosh", "tanh", "exp", "log", "arcsin", "arccos", "arctan", "max",
    "min", "det",
)  # fmt: skip
"""Functions that LaTeX has a name for."""
OTHER = {"maximum": "max", "minimum": "min", "sigmoid": "\\sigma"}


def operator(name: str) -> str:
    """The name of a function."""
    name = OTHER.get(name, name)
    if name.startswith("\\"):
        return name
    shown = name.replace("_", "\\_")
    return f"\\{name}" if name in NAMED else f"\\operatorname{{{shown}}}"


def symbol(name: str) -> str:
    """A name as a symbol: `W1` is W with an index, `theta` the letter, `loss` upright.

    >>> symbol("W1"), symbol("theta_2"), symbol("loss"), symbol("x")
    ('W_{1}', '\\\\theta_{2}', '\\\\mathrm{loss}', 'x')
    """
    found = re.fullmatch(r"([A-Za-z]+?)_?(\d+)", name)
    base, number = (found[1], found[2]) if found else (name, "")
    below = f"_{{{number}}}" if number else ""
    if base in GREEK:
        return f"\\{base}{below}"
    upright = base.replace("_", "\\_")
    return f"{base}{below}" if len(base) == 1 else f"\\mathrm{{{upright}}}{below}"


def is_small(array: np.ndarray) -> bool:
    """Whether an array is shown element by element."""
    return array.ndim <= 2 and all(n <= WIDEST for n in array.shape) and array.size > 0


def digits(value: Any) -> str:
    """A number with three digits."""
    value = value.item() if isinstance(value, np.generic) else value
    if isinstance(value, bool):
        return "\\text{true}" if value else "\\text{false}"
    if isinstance(value, complex):
        return f"{digits(value.real)} + {digits(value.imag)}i"
    if isinstance(value, int) or value == 0:
        return str(int(value))
    if not math.isfinite(value):
        return "\\text{NaN}" if math.isnan(value) else "\\infty" if value > 0 else "-\\infty"
    text = f"{value:.3g}"
    mantissa, e, exponent = text.partition("e")
    return f"{mantissa} \\cdot 10^{{{int(exponent)}}}" if e else mantissa


def digit(text: str) -> bool:
    """Whether a text begins with a digit, which must not stand behind another number."""
    return text[:1].isdigit()


def matrix(array: np.ndarray) -> str:
    """The numbers of a small array."""
    rows = array.reshape(1, -1) if array.ndim < 2 else array
    inner = " \\\\ ".join(" & ".join(map(digits, row)) for row in rows)
    return f"\\begin{{bmatrix}} {inner} \\end{{bmatrix}}"


def times(shape: tuple[int, ...]) -> str:
    """A shape."""
    return " \\times ".join(map(str, shape))


def numbers(value: Any) -> str:
    """What stands beside a formula: its numbers, or of a large array the shape."""
    if np.ndim(value) == 0:
        return f"= {digits(np.asarray(value)[()])}"
    array = np.asarray(value)
    shape = times(array.shape)
    return f"= {matrix(array)}" if is_small(array) else f"\\in \\mathbb{{R}}^{{{shape}}}"
