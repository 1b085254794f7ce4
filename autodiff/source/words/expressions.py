"""A call as Python text: operators with as few parentheses as Python needs, public names only."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from autodiff.source.records.nodes import Node, leaves, value_of
from autodiff.source.words.literals import constant
from autodiff.source.words.texts import ATOM, BINDING, UNARY, Text

SHORTER = {"np.absolute": "np.abs", "np.conjugate": "np.conj", "abs": "abs"}


Special = Callable[["Expressions", Node], "Text | None"]
"""What writes a call in a way of its own; None where it is written as any other."""


class Expressions:
    """Writes calls; `names` are the texts of nodes that are written already, or variables."""

    def __init__(
        self,
        texts: dict[Node, Text],
        arrays: Callable[[np.ndarray], Text],
        define: Callable[[Node], tuple[str, list[str]]],
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
            function, constants = self.define(node)
            return Text(f"{function}({', '.join([self.arguments(args, {}), *constants])})")
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
