"""How a NumPy function is called: its parameters, their defaults, and its name in a message.

A keyword that no rule names is refused by construction, unless it has its default value: a rule
cannot ignore what it does not know.
"""

from __future__ import annotations

import functools
import inspect
import sys
from collections.abc import Callable, Iterable, Mapping
from typing import Any, NoReturn

import numpy as np

from autodiff.core.ground.errors import UnsupportedError
from autodiff.core.ground.locations import here


def understood(
    public: Callable[..., Any], code: Callable[..., Any], kwargs: Mapping[str, Any]
) -> dict[str, Any]:
    """The keywords of a call that `code` takes; others are refused, unless at their default."""
    names, takes_all = parameters_of(code)
    kept = {}
    for name, value in kwargs.items():
        if takes_all or name in names:
            kept[name] = value
        elif value is not signature_of(public)[1].get(name, code):
            refuse_keyword(public, name, value, names)
    return kept


def refuse_keyword(public: Any, name: str, value: Any, known: Iterable[str]) -> NoReturn:
    """Raise the error for a keyword that no rule understands."""
    allowed = ", ".join(known) or "none"
    raise UnsupportedError(
        f"{describe(public)} with {name}={value!r:.60} has no derivative here: "
        f"the keywords that its rule knows are: {allowed}.{here()}"
    )


@functools.cache
def parameters_of(code: Callable[..., Any]) -> tuple[tuple[str, ...], bool]:
    """The names that plain Python code can be called with, and whether it takes any other."""
    plain = getattr(code, "__code__", None)
    if plain is None:
        return (), True
    count = plain.co_argcount + plain.co_kwonlyargcount
    return plain.co_varnames[:count], bool(plain.co_flags & 0x08)


@functools.cache
def signature_of(function: Callable[..., Any]) -> tuple[list[str], dict[str, Any]]:
    """A function's parameter names in order, and their defaults."""
    if isinstance(function, tuple):
        return [], {}
    try:
        parameters = inspect.signature(function).parameters.values()
    except ValueError:  # ufuncs have had no signature before NumPy 2.4
        return ["x1", "x2"][: getattr(function, "nin", 0)], {}
    names = [p.name for p in parameters if p.kind is not p.VAR_KEYWORD]
    return names, {p.name: p.default for p in parameters}


def describe(function: Callable[..., Any]) -> str:
    """`np.linalg.inv`, `np.sin`, ...: a function's name as a student writes it.

    >>> import numpy
    >>> describe(numpy.linalg.inv), describe(numpy.sin)
    ('np.linalg.inv', 'np.sin')
    """
    if isinstance(function, tuple):
        return f"{describe(function[0])}.{function[1]}"
    name = getattr(function, "__name__", repr(function))
    module = getattr(function, "__module__", None)
    if module is None:  # a ufunc: NumPy's own, one of SciPy's, or one made by np.frompyfunc
        known = {"numpy": np, "scipy.special": sys.modules.get("scipy.special")}
        module = next((m for m, its in known.items() if _stands_in(its, name, function)), "")
    if module == "scipy.special":
        return f"{module}.{name}"
    return f"{module.replace('numpy', 'np', 1)}.{name}" if module.startswith("numpy") else name


def _stands_in(module: Any, name: str, function: Callable[..., Any]) -> bool:
    """Whether a name of a module stands for a function, now or when no derivative is taken."""
    found: Any = getattr(module, name, None)
    while found is not function and hasattr(found, "__wrapped__"):
        found = found.__wrapped__
    return found is function
