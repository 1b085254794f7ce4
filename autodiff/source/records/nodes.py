"""What a recording is made of: calls of NumPy, each with its value.

An `Equation` of the engine is one of its ops; a `Node` is one call of NumPy itself, `np.tanh(x)`,
`x @ w` or `y[i] = v`, as a program without this library would make it.  A recording is a list of
them in order of execution.  Some only act (`y[i] = v`); they have a `target`, whose memory they
change.  `root` is the node that owns the memory of a value, so that views are known as such.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from types import CodeType
from typing import Any

Place = tuple[CodeType, int]
"""A code object and an offset in it."""


@dataclass(frozen=True, slots=True)
class Call:
    """What is called, and how it is written.

    `kind` is "function" (`np.sum`), "op" (a function that the program defines), "operator" (`+`),
    "method" (`astype`), "attribute" (`T`), "getitem", "setitem", "update" (`+=`), "input" or "part"
    (one of several results).
    """

    kind: str
    name: str
    function: Callable[..., Any]


def named(node: Node, *names: str) -> dict[str, Any]:
    """The arguments of a call by their names, those given by place too."""
    return dict(zip(names, node.args)) | node.kwargs


def value_of(operand: Any) -> Any:
    """The value of an operand, a node or what stands for itself."""
    return operand.value if operand.__class__ is Node else operand


class Node:
    """One call: `value = call(*args, **kwargs)`, in whose arguments other nodes stand.

    `stack` are the user's places from the innermost outwards; `origin` is the node of the forward
    run from which a derivative stems, `role` then "reverse" or "forward".  `dynamic` says that the
    value depends on an input; `written` that somebody changes this memory.  An op of several calls
    keeps them as `inner`.
    """

    __slots__ = (
        "args",
        "call",
        "dynamic",
        "inner",
        "kwargs",
        "number",
        "origin",
        "role",
        "root",
        "stack",
        "target",
        "value",
        "written",
    )

    def __init__(
        self,
        call: Call,
        args: tuple[Any, ...] = (),
        kwargs: dict[str, Any] | None = None,
        value: Any = None,
    ) -> None:
        self.call = call
        self.args = args
        self.kwargs = kwargs or {}
        self.value = value
        self.number = 0
        self.stack: tuple[Place, ...] = ()
        self.origin: Node | None = None
        self.role = ""
        self.root: Node = self
        self.target: Node | None = None
        self.dynamic = False
        self.inner: Inner | None = None
        self.written = False

    @property
    def operands(self) -> list[Node]:
        """The nodes among the arguments, in order, as often as they stand there."""
        return [leaf for leaf in leaves((self.args, self.kwargs)) if leaf.__class__ is Node]

    def __repr__(self) -> str:
        return f"<node {self.number}: {self.call.name}>"


class Wrapped:
    """What a function is given for a value: it leads to a node."""

    __slots__ = ("node",)
    node: Node


@dataclass(frozen=True, slots=True)
class Inner:
    """The calls of which an op is made: from the nodes it was given to its result."""

    parameters: tuple[str, ...]
    given: tuple[Node, ...]
    nodes: list[Node]
    result: Node


@dataclass(frozen=True, slots=True)
class Guard:
    """A decision that was taken by a value: the recording holds where it comes out the same.

    `kind` is "truth", "number", "values" (of an array), "shape" or "finite"; `engine` says that it
    was a rule of the engine that decided, about a kink or a tie.
    """

    node: Node
    kind: str
    expected: Any
    stack: tuple[Place, ...]
    after: int
    engine: bool = False


def leaves(tree: Any) -> Iterator[Any]:
    """What stands in nested tuples, lists, dicts and slices."""
    kind = tree.__class__
    if kind is tuple or kind is list:
        for part in tree:
            yield from leaves(part)
    elif kind is dict:
        for part in tree.values():
            yield from leaves(part)
    elif kind is slice:
        yield from (tree.start, tree.stop, tree.step)
    else:
        yield tree


def changed(tree: Any, change: Callable[[Any], Any]) -> Any:
    """Nested tuples, lists, dicts and slices with every leaf changed.

    >>> changed(([1, 2], slice(3)), lambda leaf: leaf and 10 * leaf)
    ([10, 20], slice(None, 30, None))
    """
    kind = tree.__class__
    if kind is tuple or kind is list:
        return kind([changed(part, change) for part in tree])
    if kind is dict:
        return {key: changed(part, change) for key, part in tree.items()}
    if kind is slice:
        return slice(*[changed(part, change) for part in (tree.start, tree.stop, tree.step)])
    return change(tree)
