"""The functions of Python's `math` on traced numbers: each is the function of NumPy of that name.

What is not in the domain meets Python's own error, as it does without a derivative.

>>> import math
>>> from autodiff import grad
>>> grad(lambda x: math.sin(x) * math.pow(x, 2))(0.5)  # 0.25 cos(0.5) + sin(0.5)
0.69882...
"""

from __future__ import annotations

import functools
import importlib
import math
import sys
from collections.abc import Callable
from typing import Any

import numpy as np

from autodiff.core.ground.errors import DetachError
from autodiff.core.ground.refusals import refusal
from autodiff.core.inside.callers import is_users
from autodiff.core.inside.exchange import exchange
from autodiff.core.language.dispatch import ground, holds_traced, tracer_classes
from autodiff.core.language.registry import registry
from autodiff.core.values.lists import of_lists

Function = Callable[..., Any]
_fsum = math.fsum


def _log(x: Any, base: Any = None) -> Any:
    return np.log(x) if base is None else np.log(x) / np.log(base)


def _hypot(*parts: Any) -> Any:
    return functools.reduce(np.hypot, parts) if len(parts) != 1 else np.abs(parts[0])


def _dist(p: Any, q: Any) -> Any:
    return np.sqrt(np.sum((of_lists(p) - of_lists(q)) ** 2))


WITH_OTHER_NAMES: dict[str, Function] = {
    "log": _log,
    "pow": np.power,
    "hypot": _hypot,
    "dist": _dist,
    "fsum": lambda values: np.sum(of_lists(values)),
    "sumprod": lambda p, q: np.dot(of_lists(p), of_lists(q)),
    "fabs": np.fabs,
    "modf": np.modf,
}
SAME_NAMES = (
    "sin cos tan asin acos atan atan2 sinh cosh tanh asinh acosh atanh exp expm1 exp2 log1p log2 "
    "log10 sqrt cbrt degrees radians copysign fmod"
)
NUMPYS = {"asin": "arcsin", "acos": "arccos", "atan": "arctan", "atan2": "arctan2",
          "asinh": "arcsinh", "acosh": "arccosh", "atanh": "arctanh"}  # fmt: skip
SPECIAL = {"erf": "erf", "erfc": "erfc", "gamma": "gamma", "lgamma": "gammaln"}
"""SciPy's names, served where SciPy is there."""


def supply() -> None:
    """Fill the table of exchanges."""
    names = dict(WITH_OTHER_NAMES)
    names |= {
        name: getattr(np, NUMPYS.get(name, name))
        for name in SAME_NAMES.split()
        if hasattr(math, name)
    }
    names |= {name: functools.partial(_special, special) for name, special in SPECIAL.items()}
    for name, function in names.items():
        if hasattr(math, name):
            exchange(math, name, _on_traced(getattr(math, name), function))


def _on_traced(own: Function, function: Function) -> Function:
    """A function of `math`, which on traced numbers is another."""

    @functools.wraps(own)
    def call(*args: Any) -> Any:
        if own is _fsum:
            args = (list(*args),)
        if tracer_classes.isdisjoint(map(type, args)) and not any(map(holds_traced, args)):
            return own(*args)
        if not is_users(sys._getframe(1)):
            return own(*args)
        plain = [_plain(arg) for arg in args]
        vars(math)[own.__name__](*plain)  # a value out of the domain meets Python's own error
        return function(*map(_number, args))

    return call


def _plain(arg: Any) -> Any:
    return [_plain(part) for part in arg] if isinstance(arg, list | tuple) else ground(arg)


def _number(arg: Any) -> Any:
    """A traced array of one element as a number of double precision, as Python takes it."""
    if arg.__class__ not in tracer_classes:
        return arg
    if arg.ndim and arg.size == 1:
        arg = arg.reshape(-1)[0]
    return arg.astype(np.float64) if arg.dtype.char in "ef" else arg


def _special(name: str, x: Any) -> Any:
    """The function of `scipy.special`, where SciPy is there."""
    try:
        special = importlib.import_module("scipy.special")
    except ImportError:
        raise DetachError(refusal()) from None
    registry.load_more()
    return getattr(special, name)(x)
