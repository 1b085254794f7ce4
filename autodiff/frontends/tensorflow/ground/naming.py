"""Unique names and name scopes, by the rule of TensorFlow 0.11: `Mul`, `Mul_1`, `scope/Mul`."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager

from autodiff.core.ground.locations import here

VALID = re.compile(r"[A-Za-z0-9.][A-Za-z0-9_.\-/]*$")

TYPES = {
    "absolute": "Abs",
    "add": "Add",
    "astype": "Cast",
    "broadcast_to": "BroadcastTo",
    "concatenate": "ConcatV2",
    "divide": "Div",
    "expand_dims": "ExpandDims",
    "getitem": "StridedSlice",
    "logical_and": "LogicalAnd",
    "logical_not": "LogicalNot",
    "logical_or": "LogicalOr",
    "matmul": "MatMul",
    "multiply": "Mul",
    "negative": "Neg",
    "power": "Pow",
    "remainder": "Mod",
    "square": "Square",
    "stack": "Pack",
    "subtract": "Sub",
    "true_divide": "RealDiv",
}
"""TensorFlow's op types for those of our ops that are called otherwise."""


def type_of(name: str) -> str:
    """TensorFlow's type for an op of the registry: from the table, else in capitals.

    >>> type_of("multiply"), type_of("log"), type_of("log_softmax")
    ('Mul', 'Log', 'LogSoftmax')
    """
    return TYPES.get(name) or "".join(p[:1].upper() + p[1:] for p in re.split(r"\W|_", name))


class Names:
    """The names in use in one graph, and the name scope that is open.

    >>> names = Names()
    >>> names.unique("Mul"), names.unique("Mul")
    ('Mul', 'Mul_1')
    >>> with names.scope("layer") as scope:
    ...     scope, names.unique("Mul")
    ('layer/', 'layer/Mul')
    """

    __slots__ = ("current", "in_use")

    def __init__(self) -> None:
        self.in_use: dict[str, int] = {}
        self.current = ""

    def unique(self, name: str) -> str:
        """The name inside the open scope, with `_1`, `_2`, ... where it is taken."""
        if self.current:
            name = f"{self.current}/{name}"
        count = self.in_use.get(name, 0)
        self.in_use[name] = count + 1
        if count:
            base = name
            while name in self.in_use:
                name = f"{base}_{count}"
                count += 1
            self.in_use[name] = 1
        return name

    def of_node(self, name: str) -> str:
        """A node's name; one that ends in `/` is taken as it is."""
        if name[-1:] == "/":
            name = name[:-1]
            self.in_use.setdefault(name, 1)
            return name
        if name not in self.in_use and not VALID.match(name):
            raise ValueError(
                f"{name!r} can't be the name of a node: letters, digits, `.`, `_`, `-` and `/` "
                f"may stand in it.{here()}"
            )
        return self.unique(name)

    @contextmanager
    def scope(self, name: str | None) -> Iterator[str]:
        """Open a scope: a new one, `None` for the root, or `"path/"` for an open one again."""
        before = self.current
        if not name:
            self.current = ""
        elif name[-1] == "/":
            self.current = name[:-1]
        else:
            self.current = self.of_node(name)
        try:
            yield self.current + "/" if self.current else ""
        finally:
            self.current = before
