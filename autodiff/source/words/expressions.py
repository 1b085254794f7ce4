"""A call as Python text: operators with as few parentheses as Python needs, public names only."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np

from autodiff.core.ground.errors import UnsupportedError
from autodiff.source.records.nodes import Node, leaves, value_of

ATOM, POWER, UNARY, PRODUCT, SUM = 16, 14, 13, 12, 11
BINDING = {
    **dict.fromkeys(("<", "<=", ">", ">=", "==", "!="), 6),
    "|": 7, "^": 8, "&": 9, "<<": 10, ">>": 10, "+": SUM, "-": SUM,
    **dict.fromkeys(("*", "/", "//", "%", "@"), PRODUCT), "**": POWER,
}  # fmt: skip
SHORTER = {"np.absolute": "np.abs", "np.conjugate": "np.conj", "abs": "abs"}
LITERAL = 12
"""Arrays of at most so many elements are written as they are."""


class Text(NamedTuple):
    """An expression, and how tightly it binds."""

    text: str
    binding: int = ATOM

    def within(self, binding: int) -> str:
        """The text where an operand must bind at least so tightly."""
        return self.text if self.binding >= binding else f"({self.text})"


Special = Callable[["Expressions", Node], "Text | None"]
"""What writes a call in a way of its own; None where it is written as any other."""


class Expressions:
    """Writes calls; `names` are the texts of nodes that are written already, or variables."""

    def __init__(
        self,
        texts: dict[Node, Text],
        arrays: Callable[[np.ndarray], Text],
        define: Callable[[Node], str],
    ) -> None:
        self.texts = texts
        self.arrays = arrays
        self.define = define
        self.special: dict[str, Special] = {}
        """Calls that another system writes in its own way."""
        self.lists = True
        """Whether a list may be an index."""

    def call(self, node: Node) -> Text:
        """The expression of a node."""
        kind, name = node.call.kind, node.call.name
        if name in self.special:
            found = self.special[name](self, node)
            if found is not None:
                return found
        args, kwargs = node.args, node.kwargs
        narrow = is_narrow(node)
        if kind == "operator" and len(args) == 2:
            return self.binary(name, *args, narrow)
        if kind == "operator":
            own = self.leaf(args[0], narrow)
            return Text(f"{name}{own.within(UNARY)}", UNARY)
        if kind == "getitem":
            return Text(f"{self.leaf(args[0]).within(ATOM)}[{self.index(args[1])}]")
        if kind == "part":
            return self.texts[node]
        if kind == "attribute":
            return Text(f"{self.leaf(args[0]).within(ATOM)}.{name}")
        if kind == "method":
            own = self.leaf(args[0]).within(ATOM)
            return Text(f"{own}.{name}({self.arguments(args[1:], kwargs, narrow)})")
        if kind == "op":
            return Text(f"{self.define(node)}({self.arguments(args, {})})")
        if name == "np.negative" and len(args) == 1 and not kwargs:
            return Text(f"-{self.leaf(args[0]).within(UNARY)}", UNARY)
        if name == "np.transpose" and is_flipped(node):
            return Text(f"{self.leaf(args[0]).within(ATOM)}.T")
        if name == "np.swapaxes" and np.ndim(args[0].value) == 2 and _both(args[1:], kwargs):
            return Text(f"{self.leaf(args[0]).within(ATOM)}.T")
        if name == "np.reshape" and len(args) == 1 and set(kwargs) == {"shape"}:
            return Text(
                f"{self.leaf(args[0]).within(ATOM)}.reshape({self.leaf(kwargs['shape']).text})"
            )
        if name == "np.add.reduce":
            kwargs = {"axis": kwargs.get("axis", args[1] if len(args) > 1 else 0), **kwargs}
            args, name = args[:1], "np.sum"
        args, kwargs = plainer(name, args, kwargs)
        if name == "np.einsum" and args and not isinstance(args[0], str):
            args = letters(args)
        return Text(f"{SHORTER.get(name, name)}({self.arguments(args, kwargs, narrow)})")

    def binary(self, sign: str, left: Any, right: Any, narrow: bool = False) -> Text:
        """Two operands and an operator."""
        own = BINDING[sign]
        first, second = self.leaf(left, narrow), self.leaf(right, narrow)
        if sign == "**":
            return Text(f"{first.within(ATOM)} ** {second.within(UNARY)}", own)
        compares = own == BINDING["<"]
        return Text(f"{first.within(own + compares)} {sign} {second.within(own + 1)}", own)

    def arguments(self, args: Any, kwargs: Any, narrow: bool = False) -> str:
        """What stands between the parentheses of a call."""
        shown = [self.leaf(arg, narrow).text for arg in args]
        for name, value in kwargs.items():
            if value is np._NoValue:
                continue
            shown.append(f"{name}={self.leaf(value, narrow).text}")
        return ", ".join(shown)

    def index(self, index: Any) -> str:
        """What stands between the brackets of an index."""
        if index.__class__ is tuple and len(index) > 1:
            return ", ".join(self.index(part) for part in index)
        if index.__class__ is tuple and index:
            return f"{self.index(index[0])},"
        if index.__class__ is slice:
            start, stop = (
                "" if e is None else self.leaf(e).text for e in (index.start, index.stop)
            )
            step = "" if index.step is None else f":{self.leaf(index.step).text}"
            return f"{start}:{stop}{step}"
        if not self.lists and index.__class__ in (list, range) and is_plain(index):
            return self.arrays(np.asarray(index) if len(index) else np.zeros(0, int)).text
        return self.leaf(index).text

    def leaf(self, value: Any, narrow: bool = False) -> Text:
        """An argument: a variable, a container of arguments, or a constant."""
        kind = value.__class__
        if kind is Node:
            text, own = self.texts[value], value.value
            short = narrow and isinstance(own, np.generic) and text == constant(own)
            return constant(own, narrow=True) if short else text
        if kind is tuple:
            inner = ", ".join(self.leaf(part, narrow).text for part in value)
            return Text(f"({inner},)" if len(value) == 1 else f"({inner})")
        if kind is list:
            return Text(f"[{', '.join(self.leaf(part, narrow).text for part in value)}]")
        if kind is dict:
            shown = (f"{key!r}: {self.leaf(part, narrow).text}" for key, part in value.items())
            return Text(f"{{{', '.join(shown)}}}")
        if kind is slice:
            parts = (self.leaf(e).text for e in (value.start, value.stop, value.step))
            return Text(f"slice({', '.join(parts)})")
        if isinstance(value, np.ndarray):
            return self.arrays(value)
        return constant(value, narrow)


def is_plain(index: Any) -> bool:
    """Whether an index has only whole numbers and truths that are known."""
    if index.__class__ is list:
        return all(map(is_plain, index))
    return isinstance(index, int | np.integer | np.bool_ | range)


def plainer(name: str, args: Any, kwargs: dict[str, Any]) -> tuple[Any, dict[str, Any]]:
    """The arguments of a call without those that say what holds anyway."""
    kwargs = dict(kwargs)
    if name in REDUCING:
        if kwargs.get("keepdims", True) is False:
            del kwargs["keepdims"]
        if "axis" in kwargs and kwargs["axis"] is None:
            del kwargs["axis"]
        elif kwargs.get("axis").__class__ is tuple and len(kwargs["axis"]) == 1:
            kwargs["axis"] = kwargs["axis"][0]
    if name in MAKING:
        place = 2 if name == "np.full" else 1
        if len(args) == place + 1 and args[place] == np.float64 and name != "np.full":
            args = args[:place]
        if kwargs.get("dtype") == np.float64 and name not in ("np.full", "np.arange"):
            del kwargs["dtype"]
        if args and args[0].__class__ is tuple and len(args[0]) == 1:
            args = (args[0][0], *args[1:])
    return args, kwargs


REDUCING = ("np.sum", "np.mean", "np.max", "np.min", "np.prod", "np.any", "np.all", "np.var")
MAKING = ("np.zeros", "np.ones", "np.empty", "np.eye", "np.full")


def _both(args: Any, kwargs: Any) -> bool:
    """Whether the two axes of a matrix are exchanged."""
    axes = [*args, *kwargs.values()]
    return len(axes) == 2 and {axis % 2 for axis in axes} == {0, 1}


def is_flipped(node: Node) -> bool:
    """Whether a transpose exchanges the two axes of a matrix."""
    axes = node.args[1] if len(node.args) > 1 else node.kwargs.get("axes")
    ndim = np.ndim(node.args[0].value)
    return ndim == 2 and (axes is None or tuple(a % 2 for a in axes) == (1, 0))


def is_narrow(node: Node) -> bool:
    """Whether a float64 must be written as NumPy's, lest it takes another operand's dtype.

    So it is beside an array of another dtype, and in an operation on Python's own numbers alone.
    """
    wide = {np.dtype(np.float64), np.dtype(np.complex128)}
    operands = list(leaves((node.args, node.kwargs)))
    numpys = [isinstance(value_of(leaf), np.ndarray | np.generic) for leaf in operands]
    if any(own and value_of(leaf).dtype not in wide for leaf, own in zip(operands, numpys)):
        return True
    written = [
        own for leaf, own in zip(operands, numpys) if leaf.__class__ is Node and leaf.dynamic
    ]
    return node.call.kind == "operator" and bool(written) and not any(written)


def is_cheap(node: Node) -> bool:
    """Whether a value may be written at each place where it is used: a transposed matrix."""
    text = node.call.name
    if node.call.kind == "attribute":
        return text in ("T", "mT")
    return text == "np.transpose" and is_flipped(node)


def constant(value: Any, narrow: bool = False) -> Text:
    """A number, a dtype or another plain thing.

    >>> constant(np.float64(0.5)).text, constant(np.float64(0.5), narrow=True).text
    ('0.5', 'np.float64(0.5)')
    >>> constant(float("inf")).text, constant(np.dtype("float32")).text
    ('np.inf', 'np.float32')
    """
    kind = value.__class__
    if kind is bool or kind is np.bool_:
        return Text(str(bool(value)))
    if kind is float or (kind is np.float64 and not narrow):
        return number(float(value))
    if kind is int or (kind is np.int64 and not narrow):
        return Text(str(int(value)), ATOM if value >= 0 else UNARY)
    if kind is complex or (kind is np.complex128 and not narrow):
        value = complex(value)
        if (
            all(map(math.isfinite, (value.real, value.imag)))
            and not value.real
            and not _negative(value)
        ):
            return Text(repr(value))
        return Text(f"complex({number(value.real).text}, {number(value.imag).text})")
    if isinstance(value, np.generic) and value.dtype.kind in "fiuc":
        inner = value.item()
        if value.dtype.kind == "f":
            short = (
                number(float(str(value))).text if np.isfinite(value) else number(float(value)).text
            )
            return Text(f"np.{value.dtype}({short})")
        return Text(f"np.{value.dtype}({constant(inner).text})")
    if value is None or value is Ellipsis or kind is str:
        return Text(
            "..." if value is Ellipsis else repr(value).replace("'", '"') if kind is str else "None"
        )
    if isinstance(value, np.dtype):
        return Text(f"np.{value.name}" if hasattr(np, value.name) else f'np.dtype("{value.str}")')
    if isinstance(value, type):
        if value.__module__ == "numpy":
            return Text(f"np.{value.__name__}")
        if value in (float, int, bool, complex):
            return Text(value.__name__)
    if kind is range:
        return Text(repr(value))
    raise UnsupportedError(
        f"{value!r:.60} is an argument of a call, which has no text: only numbers, arrays, strings "
        "and dtypes can be written out."
    )


def _negative(value: complex) -> bool:
    return math.copysign(1.0, value.real) < 0 or math.copysign(1.0, value.imag) < 0


def number(value: float) -> Text:
    """A float: as a fraction 1 / n where that is shorter."""
    if math.isnan(value) or math.isinf(value):
        name = "np.nan" if math.isnan(value) else "np.inf" if value > 0 else "-np.inf"
        return Text(name, ATOM if value > 0 or math.isnan(value) else UNARY)
    text = repr(value)
    if len(text) > 8 and 0 < abs(value) < 1:
        n = round(1 / value)
        for over in (1, 2):
            m = round(over / value)
            if 0 < abs(m) < 10**7 and over / m == value and m > 0:
                return Text(f"{over} / {m}", PRODUCT)
        del n
    return Text(text, UNARY if text.startswith("-") else ATOM)


def array_literal(array: np.ndarray) -> str | None:
    """A small or regular array as NumPy text; None where it is neither.

    >>> array_literal(np.zeros((2, 3))), array_literal(np.arange(4)), array_literal(np.eye(5))
    ('np.zeros((2, 3))', 'np.arange(4)', 'np.eye(5)')
    >>> array_literal(np.array([1.5, -2.0]))
    'np.array([1.5, -2.0])'
    """
    dtype = "" if array.dtype == np.float64 else f", dtype={constant(array.dtype).text}"
    shape = str(array.shape[0]) if array.ndim == 1 else str(array.shape)
    if array.dtype.kind not in "fiubc":
        return None
    if array.ndim and array.size > 2:
        first = array.flat[0]
        if array.tobytes() == np.full(array.shape, first, array.dtype).tobytes():
            if first == 0 and not np.signbit(np.real(first)):
                return f"np.zeros({shape}{dtype})"
            if first == 1:
                return f"np.ones({shape}{dtype})"
            return f"np.full({shape}, {constant(first).text}{dtype})"
        if (
            array.ndim == 1
            and array.dtype == np.int64
            and np.array_equal(array, np.arange(array.size))
        ):
            return f"np.arange({array.size})"
        square = array.ndim == 2 and array.size > 4 and array.shape[0] == array.shape[1]
        if square and array.dtype == np.float64 and array.tobytes() == np.eye(len(array)).tobytes():
            return f"np.eye({len(array)})"
    if array.size > LITERAL:
        return None
    default = {"f": np.float64, "i": np.int64, "b": np.bool_, "c": np.complex128}
    same = array.size > 0 and array.dtype == default.get(array.dtype.kind)
    dtype = "" if same else f", dtype={constant(array.dtype).text}"
    if array.size == 0:
        return f"np.zeros({array.shape}{dtype})"
    return f"np.array({_nested(array.tolist())}{dtype})"


def _nested(value: Any) -> str:
    if isinstance(value, list):
        return f"[{', '.join(map(_nested, value))}]"
    text = constant(value)
    return repr(value) if isinstance(value, float) and math.isfinite(value) else text.text


def letters(args: Any) -> Any:
    """The arguments of an einsum by lists of axes, as one by letters.

    >>> letters(("x", [0, 1], [1]))
    ('ab->b', 'x')
    """
    *pairs, output = args if len(args) % 2 else (*args, None)
    operands, axes = pairs[::2], pairs[1::2]
    terms = ",".join("".join(chr(97 + axis) for axis in own) for own in axes)
    arrow = "" if output is None else "->" + "".join(chr(97 + axis) for axis in output)
    return (terms + arrow, *operands)
