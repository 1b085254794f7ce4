"""Symbols: the interpretation that writes formulas.

Calling a partial derivative on symbols prints it: the rule of tanh, `lambda ans, x: 1 - ans**2`,
answers `1 - y**2` when called with `Symbol("y")`.  No formula is written twice.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np

from autodiff.core.language.dispatch import Params, Trace
from autodiff.core.language.display.table import brief, index_text, write_call
from autodiff.core.language.numpy_calls.signatures import describe, signature_of
from autodiff.core.language.op import Op
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
        return Symbol(*written(op, args, params))


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
        return Symbol(call_text(func, args, kwargs))

    def __array_ufunc__(self, ufunc: Any, method: str, *args: Any, **kwargs: Any) -> Any:
        try:
            return super().__array_ufunc__(ufunc, method, *args, **kwargs)
        except TypeError:
            return self.__array_function__(ufunc, (), args, kwargs)

    def __getitem__(self, index: Any) -> Any:
        return Symbol(f"{bracketed(self)}[{index_text(index)}]")

    def __repr__(self) -> str:
        return self.text


def written(op: Op, args: tuple[Any, ...], params: Params) -> tuple[str, int]:
    """The text of an op's call on symbols and constants, and how tightly it binds."""
    if op.name == "transpose" and _swaps(args[0], params.get("axes")):
        return f"{bracketed(args[0])}ᵀ", _ATOM
    label = op.label or ""
    skeleton = label.replace("{}", "")
    binding = next((b for sign, b in _BINDING.items() if skeleton.startswith(sign)), _ATOM)
    if label.count("{}") != len(args):
        binding = _ATOM
    texts = [
        symbol_text(arg)
        if binding == _ATOM or _fits(arg, binding, place)
        else f"({symbol_text(arg)})"
        for place, arg in enumerate(args)
    ]
    return write_call(op, texts, params, _parameter), binding


def _parameter(name: str, value: Any) -> str:
    return index_text(value) if name == "index" else symbol_text(value)


def call_text(func: Any, args: Any, kwargs: Any) -> str:
    """A NumPy function's call on symbols, a transpose as `xᵀ`; what is None is left out."""
    name = describe(func).removeprefix("np.")
    rest = list(args[1:])
    while rest and rest[-1] is None:
        rest.pop()
    defaults = signature_of(func)[1]
    shown = {k: v for k, v in kwargs.items() if v is not None and v is not defaults.get(k)}
    if not shown and (
        name == "matrix_transpose"
        or (name == "transpose" and _swaps(args[0], *rest))
        or (name == "swapaxes" and set(rest) == {-1, -2})
    ):
        return f"{bracketed(args[0])}ᵀ"
    words = [
        *map(symbol_text, (args[0], *rest)),
        *(f"{k}={symbol_text(v)}" for k, v in shown.items()),
    ]
    return f"{name}({', '.join(words)})"


def _swaps(value: Any, axes: Any = None) -> bool:
    """Whether a transpose is that of matrices: it swaps the last two axes and moves no other."""
    if axes is None:
        return np.ndim(getattr(value, "lower", value)) <= 2
    n = len(axes)
    return n > 1 and tuple(int(a) % n for a in axes) == (*range(n - 2), n - 1, n - 2)


def bracketed(value: Any) -> str:
    """A symbol's text as what an index or a transpose can stand behind: `(dL/dz)`."""
    text = symbol_text(value)
    loose = isinstance(value, Symbol) and (value.binding < _ATOM or "/" in text.partition("(")[0])
    return f"({text})" if loose else text


def symbol_text(value: Any) -> str:
    """An operand of a formula: a symbol's text, a number, a small array, else `constant`."""
    if isinstance(value, Symbol):
        return value.text
    if isinstance(value, float | np.floating):
        known = (text for number, text in KNOWN.items() if math.isclose(value, number))
        return next(known, f"{value:.6g}")
    if isinstance(value, np.integer | np.bool_):
        return str(value)
    if isinstance(value, tuple | list):
        inner = ", ".join(map(symbol_text, value))
        comma = "," if len(value) == 1 and isinstance(value, tuple) else ""
        return f"({inner}{comma})" if isinstance(value, tuple) else f"[{inner}]"
    if isinstance(value, np.ndarray) and 0 < value.size <= SMALL and value.dtype.kind in "iubf":
        return brief(value) if value.ndim == 0 else symbol_text(value.tolist())
    if isinstance(value, str | int | complex | None):
        return repr(value)
    return brief(value) if isinstance(value, slice | np.dtype | type | type(...)) else "constant"


KNOWN = {
    math.log(2): "log(2)",
    math.log(10): "log(10)",
    math.pi: "π",
    math.pi / 180: "(π / 180)",
    180 / math.pi: "(180 / π)",
}
"""Numbers that have a name."""
SMALL = 6
"""Arrays of more elements are not written out in a formula."""


def _fits(arg: Any, binding: int, place: int) -> bool:
    """Whether an operand needs no parentheses; the right one of - and / needs them at a tie."""
    own = (
        arg.binding
        if isinstance(arg, Symbol)
        else (3 if symbol_text(arg).startswith("-") else _ATOM)
    )
    return own > binding or (own == binding and place == 0 and binding not in _NO_CHAIN)


def write_partial(rule: Callable[..., Any] | float | None, names: list[str], ans: str) -> str:
    """The formula of a partial derivative, e.g. `1 - ans**2`; '' where it can't be written.

    >>> write_partial(lambda ans, x, y: y * x, ["a", "b"], "c")
    'b * a'
    """
    if rule is None:
        return ""
    if not callable(rule):
        return symbol_text(rule)
    try:
        return symbol_text(rule(Symbol(ans), *map(Symbol, names)))
    except Exception:  # a rule may branch on values, which symbols don't have
        return ""
