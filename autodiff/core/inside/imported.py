"""Names that the user's modules have bound for themselves: `from numpy import array, zeros`.

They stand in the module's own namespace, where they are exchanged as those of NumPy are, by what
they stand for and not by what they are called.

>>> from math import sin as sine
>>> bound_in(dict(sine=sine, other=3.0), {id(sine): sine})
{'sine': <built-in function sin>}
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from typing import Any

from autodiff.core.ground.locations import is_installed, python_function

Namespace = dict[str, Any]


class Look:
    """A namespace, its names that stood for one of some functions, and its size at that time."""

    __slots__ = ("names", "namespace", "size")

    def __init__(self, namespace: Namespace) -> None:
        self.namespace, self.size = namespace, -1
        self.names: dict[str, Any] = {}

    def bound(self, functions: dict[int, Any]) -> dict[str, Any]:
        """Its names that stand for one of these functions (by identity), and for which."""
        space = self.namespace
        if self.size != len(space):
            self.size, self.names = len(space), bound_in(space, functions)
        return {name: own for name, own in self.names.items() if space.get(name) is own}


def bound_in(namespace: Namespace, functions: dict[int, Any]) -> dict[str, Any]:
    """The names of a namespace that stand for one of some functions."""
    return {name: value for name, value in list(namespace.items()) if id(value) in functions}


_of_users: list[Look] = []
_modules_then = 0


def looks(function: Callable[..., Any] | None = None) -> Iterator[Look]:
    """The namespaces of all modules that are the user's own, and that of a function."""
    global _modules_then
    if _modules_then != len(sys.modules):
        _modules_then = len(sys.modules)
        modules = list(sys.modules.items())
        _of_users[:] = [Look(vars(module)) for name, module in modules if _is_users(name, module)]
    yield from _of_users
    written = python_function(function)
    if written is not None and not is_installed(written.__code__.co_filename):
        yield Look(written.__globals__)


def _is_users(name: str, module: Any) -> bool:
    file = getattr(module, "__file__", None)
    return name == "__main__" if file is None else not is_installed(file)


def bind_own(own_of: dict[int, Any]) -> None:
    """Let modules that bound an exchanged function bind NumPy's own."""
    for module in list(sys.modules.values()):
        space = getattr(module, "__dict__", {})
        for name, value in bound_in(space, own_of).items():
            space[name] = own_of[id(value)]
