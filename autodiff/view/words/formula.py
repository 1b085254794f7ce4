"""Formulas that know their values: a rule is run once, and writes down what it computes.

A rule of the registry is plain code; run on `Written` values it computes as always, and each
result carries the text of how it came about.  So a rule may branch on values, ask for shapes,
sort, or loop, and still prints; and what it prints is code, which gives the same number again.

>>> import numpy as np
>>> W, ct = Written("W", np.ones((3, 2))), Written("dL/dz", np.ones(3))
>>> print(ct @ W, np.transpose(W), np.sum(ct) * 0.25)
dL/dz @ W Wᵀ sum(dL/dz) * 0.25

Where a rule brings an array of its own that has no short text, the formula is not `whole`.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from autodiff.core.language.dispatch import Params, Trace, apply, ground, is_traced
from autodiff.core.language.display.table import index_text
from autodiff.core.language.op import Op
from autodiff.core.values.symbol import Symbol, bracketed, call_text, symbol_text, written

MOVES = frozenset(
    (
        *("moveaxis", "swapaxes", "transpose", "reshape", "ravel", "broadcast_to", "squeeze"),
        *("copy", "astype", "laid_out", "real", "conjugate", "conj", "asarray"),
    )
)
"""Functions that leave some arrays as they are, and are then not written."""
PRODUCTS = {"multiply": "*", "matmul": "@", "divide": "/"}
OPAQUE = "constant"
"""What stands in a text for an array without a short text."""


class WrittenTrace(Trace):
    """Applies an op to the values, and writes it down."""

    __slots__ = ()

    def process(self, op: Op, args: tuple[Any, ...], params: Params) -> Any:
        """The op's value with the text of its call, in its simplest form."""
        value = apply(op, tuple(map(ground, args)), params)
        short = _simpler(op.name, args, value)
        if short is not None:
            return short
        if op.name == "multiply":
            args = tuple(map(_named, args))
        if op.name == "multiply" and (count := _reciprocal(args[1])):
            text, binding = written(_op("divide"), (args[0], count), {})
        elif op.name == "multiply" and (count := _reciprocal(args[0])):
            text, binding = written(_op("divide"), (args[1], count), {})
        else:
            text, binding = written(op, args, params)
        whole = op.name != "scatter" and _whole(text, args)  # no function of NumPy does it
        made = wrapped(text, value, whole, binding)
        if op.name in PRODUCTS and isinstance(made, Written):
            made.made = (PRODUCTS[op.name], *args)
        return made


_WRITTEN = WrittenTrace(level=2**62 + 1)


class Written(Symbol):
    """A value with the text that computes it; `whole_text` says that the text tells everything.

    `made` is the sign and the two operands of the product that it is, None where it is none.
    """

    __slots__ = ("made", "value", "whole_text")
    owner = _WRITTEN

    def __init__(self, text: str, value: Any, whole: bool = True, binding: int = 9) -> None:
        super().__init__(text, binding)
        self.value = np.float64(value) if value.__class__ is float else value
        self.whole_text = whole
        self.made: tuple[str, Any, Any] | None = None

    @property
    def lower(self) -> Any:
        """The value."""
        return self.value

    @property
    def carries_derivative(self) -> bool:
        """Nothing is lost where a rule takes the plain value."""
        return False

    @property
    def dtype(self) -> np.dtype[Any]:
        """The dtype of the value."""
        return np.asarray(self.value).dtype

    def __array_function__(self, func: Any, types: Any, args: Any, kwargs: Any) -> Any:
        value = func(*_plain(args), **_plain(kwargs))
        short = _simpler(getattr(func, "__name__", ""), args, value)
        if short is not None:
            return short
        if func is np.expand_dims:
            text = f"{bracketed(args[0])}[{_new_axes(args, kwargs, np.ndim(value))}]"
        elif func is np.tensordot and (found := _as_matmul(args, value)) is not None:
            return found
        else:
            text = call_text(func, args, kwargs)
        return wrapped(text, value, _whole(text, (*args, *kwargs.values())))

    def __array__(self, dtype: Any = None, copy: Any = None) -> Any:
        return np.array(self.value, dtype=dtype)

    def __getitem__(self, index: Any) -> Any:
        if np.ndim(self.value) == 0 and not isinstance(self.value, tuple):
            return self  # new axes of a number: it broadcasts without them
        index = _spelled(_plain(index), np.ndim(self.value))
        text = f"{bracketed(self)}[{index_text(index)}]"
        whole = self.whole_text and " places" not in text
        return wrapped(text, self.value[index], whole)


def wrapped(text: str, value: Any, whole: bool, binding: int = 9) -> Any:
    """A result as a written value; of several results, each by its place."""
    if isinstance(value, tuple | list):
        return (
            type(value)(wrapped(f"{text}[{i}]", part, whole) for i, part in enumerate(value))
            if type(value) in (tuple, list)
            else tuple(wrapped(f"{text}[{i}]", part, whole) for i, part in enumerate(value))
        )
    return Written(text, value, whole, binding)


def _as_matmul(args: Any, value: Any) -> Any:
    """A `tensordot` of two matrices over one axis each, as the matrix product that it is."""
    left, right, axes = args if len(args) == 3 else (*args, 2)
    if not (
        isinstance(axes, tuple | list) and np.ndim(_plain(left)) == np.ndim(_plain(right)) == 2
    ):
        return None
    (one,), (other,) = (np.atleast_1d(part) for part in axes) if _single(axes) else ((9,), (9,))
    if one == 9:
        return None
    first = np.transpose(left) if one % 2 == 0 else left
    second = np.transpose(right) if other % 2 == 1 else right
    return first @ second if np.shape(value) == np.shape(_plain(first) @ _plain(second)) else None


def _single(axes: Any) -> bool:
    return len(axes) == 2 and all(np.size(part) == 1 for part in axes)


def _spelled(index: Any, ndim: int) -> Any:
    """An index with colons for its `...` where those are few: `[:, None]` for `[..., None]`."""
    if not isinstance(index, tuple) or not any(part is ... for part in index) or ndim > 2:
        return index
    place = next(i for i, part in enumerate(index) if part is ...)
    taken = sum(part is not None and part is not ... for part in index)
    colons = (slice(None),) * max(0, ndim - taken)
    return (*index[:place], *colons, *index[place + 1 :])


def _plain(value: Any) -> Any:
    """Arguments with the values in place of what is written."""
    if isinstance(value, tuple | list):
        return type(value)(map(_plain, value))
    if isinstance(value, dict):
        return {key: _plain(part) for key, part in value.items()}
    return ground(value) if is_traced(value) else value


def _whole(text: str, args: Any) -> bool:
    """Whether a text tells everything: all its operands do, and no array had to be left out."""
    for arg in args:
        if isinstance(arg, Written) and not arg.whole_text:
            return False
        if isinstance(arg, tuple | list) and not _whole("", arg):
            return False
    return OPAQUE not in text and " places" not in text


def _simpler(name: str, args: Any, value: Any) -> Any:
    """The operand itself where a call changes nothing: `x * 1`, a reshape to its own shape."""
    first = args[0] if args else None
    if name in MOVES and isinstance(first, Written):
        return first if _same_move(first.value, value) else None
    if name in ("expand_dims",) and isinstance(first, Written) and np.ndim(first.value) == 0:
        return first
    if name == "where" and len(args) == 3 and not is_traced(args[0]):
        for answer, branch in ((True, args[1]), (False, args[2])):
            if np.all(np.asarray(args[0]) == answer) and isinstance(branch, Written):
                return Written(branch.text, value, branch.whole_text, branch.binding)
    if name in ("multiply", "divide", "power", "add", "subtract") and len(args) == 2:
        for place, other in ((1, 0), (0, 1)):
            constant, symbol = args[place], args[other]
            if is_traced(constant) or not isinstance(symbol, Written):
                continue
            if np.shape(symbol.value) != np.shape(value) or np.size(constant) == 0:
                continue
            neutral = 0.0 if name in ("add", "subtract") else 1.0
            if (place == 1 or name in ("multiply", "add")) and np.all(constant == neutral):
                return symbol
            if name == "multiply" and np.ndim(constant) == 0 and constant == -1:
                return -symbol
    return None


def _same_move(old: Any, new: Any) -> bool:
    """Whether an array came out as it went in: its shape, its values and so its order."""
    if np.shape(old) != np.shape(new):
        return False
    array = np.asarray(old)
    if array.ndim > 1 and np.shares_memory(array, new):
        other = np.asarray(new)
        return other.strides == array.strides or array.size <= 1
    return np.array_equal(array, new, equal_nan=array.dtype.kind in "fc")


def _named(arg: Any) -> Any:
    """A constant array that is one number everywhere, as that number."""
    if isinstance(arg, np.ndarray) and arg.size and np.all(arg == arg.flat[0]):
        return arg.flat[0]
    return arg


def _reciprocal(arg: Any) -> int:
    """n where a number is 1/n and has no short decimal form, else 0."""
    if is_traced(arg) or np.ndim(arg) or isinstance(arg, complex | np.complexfloating):
        return 0
    number = float(arg)
    if not 0 < number < 1 or float(f"{number:.6g}") == number:
        return 0
    count = round(1 / number)
    return count if math.isclose(number * count, 1, rel_tol=1e-12) and count < 10**7 else 0


def _new_axes(args: Any, kwargs: Any, ndim: int) -> str:
    """The index that adds axes: `:, None`."""
    axis = args[1] if len(args) > 1 else kwargs["axis"]
    axes = {a % ndim for a in (axis if isinstance(axis, tuple | list) else (axis,))}
    parts = ["None" if a in axes else ":" for a in range(ndim)]
    while len(parts) > 1 and parts[-1] == ":":
        parts.pop()
    return ", ".join(parts)


def _op(name: str) -> Op:
    from autodiff.core.language.registry import registry

    return registry[name]


def number_text(value: Any) -> str:
    """A constant partial: `1/12`, `π / 180`, `0.25`.

    >>> number_text(1 / 12), number_text(0.25), number_text(np.pi / 180)
    ('1/12', '0.25', 'π / 180')
    """
    if np.isrealobj(value) and _reciprocal(value):
        return f"1/{_reciprocal(value)}"
    return symbol_text(value).strip("()")
