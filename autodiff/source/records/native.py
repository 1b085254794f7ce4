"""What a recorded value shows of the value that it stands for, and calls as NumPy makes them."""

from __future__ import annotations

import operator
from typing import Any

import numpy as np

from autodiff.source.records.nodes import Call, Wrapped, changed


class Flags:
    """The flags of a value; to lock it is left to the run without recording."""

    def __init__(self, flags: Any) -> None:
        object.__setattr__(self, "own", flags)

    def __getattr__(self, name: str) -> Any:
        return getattr(self.own, name)

    def __setattr__(self, name: str, value: Any) -> None:
        pass

    def __getitem__(self, name: str) -> Any:
        return self.own[name]


def pretended(kind: type) -> type:
    """The class that a wrapped value says it has: of an array exactly NumPy's, of a number's a
    subclass, so that short ways for plain numbers are not taken."""
    if kind is np.ndarray:
        return kind
    if kind not in _pretended:
        try:
            _pretended[kind] = type(f"Recorded_{kind.__name__}", (kind,), {})
        except TypeError:  # bool and NumPy's have no subclasses
            _pretended[kind] = kind
    return _pretended[kind]


_pretended: dict[type, type] = {}


def plain(tree: Any) -> Any:
    """Arguments with the values instead of what wraps them."""
    return changed(tree, lambda leaf: leaf.node.value if isinstance(leaf, Wrapped) else leaf)


def method(name: str) -> Call:
    """A method of arrays, called natively."""

    def function(array: Any, *args: Any, **kwargs: Any) -> Any:
        return getattr(array, name)(*args, **kwargs)

    return Call("method", name, function)


def attribute(name: str) -> Call:
    """An attribute of arrays that is an array too."""
    return Call("attribute", name, lambda array: getattr(array, name))


GETITEM = Call("getitem", "[]", operator.getitem)


SETITEM = Call("setitem", "[]", operator.setitem)
