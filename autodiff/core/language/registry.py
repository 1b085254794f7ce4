"""The one table of operations, by name and by the NumPy function that calls them."""

from __future__ import annotations

import copyreg
import importlib
import pickle
import sys
from collections.abc import Callable, Iterator
from typing import Any

from autodiff.core.language.op import Op


class Registry:
    """All ops, by name and by the NumPy function that calls them.

    >>> registry = Registry()
    >>> len(registry)
    0
    """

    def __init__(self) -> None:
        self.by_name: dict[str, Op] = {}
        self.by_function: dict[Any, Op] = {}
        self.composites: dict[Any, Callable[..., Any]] = {}
        self.results: dict[Any, str] = {}
        self.later: dict[str, str] = {}
        self.taught: list[Any] = []

    def add(self, op: Op, *functions: Callable[..., Any]) -> Op:
        """Enter an op under its name and under the NumPy functions that it serves."""
        if op.name in self.by_name:
            raise ValueError(f"an op named {op.name!r} is registered already; choose another name")
        self.by_name[op.name] = op
        for function in functions:
            self.by_function[function] = op
        return op

    def load_more(self) -> bool:
        """Enter the ops of packages that the user has imported since; whether there were any."""
        ready = [package for package in self.later if package in sys.modules]
        for package in ready:
            importlib.import_module(self.later.pop(package))
        return bool(ready)

    def meet(self) -> None:
        """Meet the packages imported since: called where tracing begins, at next to no cost."""
        if not sys.modules.keys().isdisjoint(self.later):  # a look for each of a few names
            self.load_more()

    def __getitem__(self, name: str) -> Op:
        try:
            return self.by_name[name]
        except KeyError:
            raise KeyError(f"no op is named {name!r}.{self.suggest(name)}") from None

    def __iter__(self) -> Iterator[Op]:
        return iter(self.by_name.values())

    def __len__(self) -> int:
        return len(self.by_name)

    def __contains__(self, name: str) -> bool:
        return name in self.by_name

    def suggest(self, name: str) -> str:
        """` Did you mean ...?` for the nearest names, or ''."""
        import difflib

        known = [*self.by_name, *(getattr(f, "__name__", "") for f in self.composites)]
        near = difflib.get_close_matches(name, list(dict.fromkeys(filter(None, known))), n=3)
        return f" Did you mean {', '.join(near)}?" if near else ""


registry = Registry()


def _op_named(module: str | None, name: str) -> Op:
    """The op of the registry, or the one that a module calls so."""
    if module is None:
        return registry[name]
    found: Op = getattr(importlib.import_module(module), name)
    return found


def _as_name(op: Op) -> tuple[Callable[..., Op], tuple[str | None, str]]:
    """An op is pickled as a function is, by its name: its rules are functions of a module."""
    if registry.by_name.get(op.name) is op:
        return _op_named, (None, op.name)
    module = getattr(op.public, "__module__", None) or "__main__"
    for name, value in vars(sys.modules.get(module, registry)).items():
        if value is op:
            return _op_named, (module, name)
    raise pickle.PicklingError(
        f"the custom op {op.name!r} can't be pickled, since no variable of the module {module} "
        "holds it. Make it at the top level of a module, `cube = ad.custom_op(...)`."
    )


copyreg.pickle(Op, _as_name)
