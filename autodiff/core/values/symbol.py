"""Symbols: the interpretation that writes formulas.

Calling a partial derivative on symbols prints it: the rule of tanh, `lambda ans, x: 1 - ans**2`,
answers `1 - y**2` when called with `Symbol("y")`.  No formula is written twice.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from autodiff.core.language.dispatch import Params, Trace
from autodiff.core.language.op import Op
from autodiff.core.language.signatures import describe
from autodiff.core.values.tracer import Tracer

_ATOM = 9
_BINDING = {
    **dict.fromkeys((" < ", " <= ", " > ", " >= ", " == ", " != "), 0),
    **{" + ": 1, " - ": 1, " * ": 2, " / ": 2, " @ ": 2, "-": 3, "**": 4},
}
_NO_CHAIN = (_BINDING[" < "], _BINDING["**"])
"""What two of a kind need parentheses for, on either side."""


class SymbolTrace(Trace):
    """Applies an op by writing it down."""

    __slots__ = ()

    def process(self, op: Op, args: tuple[Any, ...], params: Params) -> Symbol:
        """The op's call, written with its label."""
        label = op.label
        if label is None or label.count("{}") != len(args):
            shown = [*map(_text, args), *(f"{k}={_text(v)}" for k, v in params.items())]
            return Symbol(f"{op.name}({', '.join(shown)})")
        skeleton = label.replace("{}", "")
        binding = next((b for sign, b in _BINDING.items() if skeleton.startswith(sign)), _ATOM)
        texts = [
            _text(arg) if binding == _ATOM or _fits(arg, binding, place) else f"({_text(arg)})"
            for place, arg in enumerate(args)
        ]
        return Symbol(label.format(*texts, **params), binding)


_SYMBOLS = SymbolTrace(level=2**62)


class Symbol(Tracer):
    """A name that writes down what is done to it.

    >>> x = Symbol("x")
    >>> print(1 - np.cos(x) ** 2 * (x + 1))
    1 - cos(x)**2 * (x + 1)
    >>> print((x > 0) * x)
    (x > 0) * x
    """

    __slots__ = ("binding", "text")
    owner = _SYMBOLS

    def __init__(self, text: str, binding: int = _ATOM) -> None:
        self.text = text
        self.binding = binding

    @property
    def lower(self) -> Any:
        """A number that stands in where a rule looks at the value."""
        return np.float64(0.5)

    @property
    def dtype(self) -> np.dtype[Any]:
        """A symbol is real."""
        return np.dtype(float)

    def __array_function__(self, func: Any, types: Any, args: Any, kwargs: Any) -> Any:
        shown = [*map(_text, args), *(f"{k}={_text(v)}" for k, v in kwargs.items())]
        return Symbol(f"{describe(func).removeprefix('np.')}({', '.join(shown)})")

    def __array_ufunc__(self, ufunc: Any, method: str, *args: Any, **kwargs: Any) -> Any:
        try:
            return super().__array_ufunc__(ufunc, method, *args, **kwargs)
        except TypeError:
            return self.__array_function__(ufunc, (), args, kwargs)

    def __getitem__(self, index: Any) -> Any:
        return Symbol(f"{self.text}[...]")

    def __repr__(self) -> str:
        return self.text


def _text(value: Any) -> str:
    if isinstance(value, Symbol):
        return value.text
    if isinstance(value, float | np.floating):
        return f"{value:.6g}"
    return repr(value) if np.ndim(value) == 0 else "constant"


def _fits(arg: Any, binding: int, place: int) -> bool:
    """Whether an operand needs no parentheses; the right one of - and / needs them at a tie."""
    own = arg.binding if isinstance(arg, Symbol) else (3 if _text(arg).startswith("-") else _ATOM)
    return own > binding or (own == binding and place == 0 and binding not in _NO_CHAIN)


def write_partial(rule: Callable[..., Any] | float | None, names: list[str], ans: str) -> str:
    """The formula of a partial derivative, e.g. `1 - ans**2`; '' where it can't be written.

    >>> write_partial(lambda ans, x, y: y * x, ["a", "b"], "c")
    'b * a'
    """
    if rule is None:
        return ""
    if not callable(rule):
        return _text(rule)
    try:
        return _text(rule(Symbol(ans), *map(Symbol, names)))
    except Exception:  # a rule may branch on values, which symbols don't have
        return ""
