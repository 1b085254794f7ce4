"""The recorder: it takes down what a function asks of NumPy, and does it.

It stands below the engine: to the transforms its values are plain arrays, which they hand to NumPy
as they always do.  So what it takes down of `ad.grad(f)(x)` is the very sequence of calls that
`ad.grad(f)(x)` makes, and a program of these calls gives the same numbers to the last bit.
"""

from __future__ import annotations

import inspect
import sys
from collections.abc import Callable
from contextvars import ContextVar
from pathlib import Path
from types import CodeType
from typing import Any

import numpy as np

from autodiff.core.ground.locations import is_installed
from autodiff.core.language.dispatch import is_traced
from autodiff.core.reverse.sweep import _sweep
from autodiff.source.records.nodes import Call, Guard, Inner, Node, Place, Wrapped, changed
from autodiff.source.records.shapes import depends_on_values
from autodiff.source.records.sizes import Decision, Size
from autodiff.source.records.strictness import Strictness

current: ContextVar[Recorder | None] = ContextVar("recorder", default=None)
"""The recorder at work in this thread or task."""

SWEEP = _sweep.__code__
FEW = 3
"""An op of fewer calls is written as these."""


class Recorder:
    """Takes down nodes and guards; `wrap` makes of a node what the function is given."""

    def __init__(self, wrap: Callable[[Recorder, Node], Any]) -> None:
        self.wrap = wrap
        self.nodes: list[Node] = []
        self.guards: list[Guard] = []
        self.copies: dict[int, tuple[Any, Any]] = {}
        """What the engine copied for safety, by the copy."""
        self.owners: dict[int, tuple[Any, Node]] = {}
        self.origin: tuple[str, Node] | None = None
        self.derivatives_of: dict[Node, list[tuple[str, Node]]] = {}
        """Of what a node is the derivative; `+` hands the cotangent of its result to both terms."""
        self.closed = False
        self.base = len(user_stack()[0])
        self.strictness = Strictness()
        self.failed: list[BaseException] = []
        """What calls of the user's raised, which the function may have caught."""
        self.shown = False
        """Whether text was made of values, `print(x)`, of which a program knows nothing."""
        self.sizes: list[Decision] | None = None
        """Decisions by the sizes of axes, where these are to be noted."""
        self.layouts_asked = False
        """Whether the function asked how an array lies in memory."""

    # -- taking down --------------------------------------------------------------------------

    def input(self, value: Any, name: str) -> Any:
        """A value that the program is given."""
        node = Node(Call("input", name, lambda: value), value=value)
        node.dynamic = True
        return self.keep(node)

    def call(self, call: Call, args: tuple[Any, ...], kwargs: dict[str, Any] | None = None) -> Any:
        """Make a call on the values, and take it down; its result, wrapped."""
        kwargs = kwargs or {}
        found = self.made(call, args, kwargs)
        if self.closed:
            return found
        node = self.node(call, args, kwargs, found)
        varies = depends_on_values(node)
        if varies and isinstance(found, np.ndarray):
            self.guard(node, "shape", found.shape)
        if isinstance(found, tuple | list):
            self.keep(node)
            parts = [self.part(node, place, part) for place, part in enumerate(found)]
            for part in parts if varies else ():
                self.guard(part.node, "shape", part.shape)
            make = getattr(found, "_make", type(found))
            return make(parts)
        return self.keep(node)

    def made(self, call: Call, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        """Make a call on the values."""
        values = changed((args, kwargs), real)
        if self.closed:
            return call.function(*values[0], **values[1])
        self.strictness.check()
        try:
            return call.function(*values[0], **values[1])
        except Exception as error:
            if self.origin is None and not is_asked_by_an_op():
                self.failed.append(error)
            raise

    def act(
        self,
        call: Call,
        target: Any,
        args: tuple[Any, ...],
        kwargs: dict[str, Any] | None = None,
    ) -> None:
        """Make a call that changes the memory of `target`."""
        kwargs = kwargs or {}
        self.made(call, args, kwargs)
        if self.closed:
            return
        node = self.node(call, args, kwargs, None)
        node.target = target.node
        root = node.target.root
        root.written = True
        root.dynamic = root.dynamic or node.dynamic or target.node.dynamic
        self.nodes.append(node)

    def node(self, call: Call, args: Any, kwargs: dict[str, Any], value: Any) -> Node:
        """A node with its place in the user's code; not yet among the others."""
        node = Node(call, changed(args, bare), changed(kwargs, bare), value)
        node.dynamic = any([one.dynamic or one.root.dynamic for one in node.operands])
        node.number = len(self.nodes)
        stack, swept = user_stack(self.base)
        if self.origin is not None:
            node.role, node.origin = self.origin
            node.stack = node.origin.stack
        else:
            node.stack = () if swept else stack
            node.role = "reverse" if swept else ""
        return node

    def part(self, whole: Node, place: int, value: Any) -> Any:
        """One of several results."""
        if not isinstance(value, np.ndarray | np.generic):
            return value
        node = Node(Call("part", str(place), lambda: value), (whole, place), value=value)
        node.dynamic, node.stack = whole.dynamic, whole.stack
        node.role, node.origin = whole.role, whole.origin
        return self.keep(node)

    def keep(self, node: Node) -> Any:
        """Put a node among the others, find out whose memory it shows, and wrap it."""
        node.number = len(self.nodes)
        self.nodes.append(node)
        value = node.value
        if isinstance(value, np.ndarray):
            owner = owner_of(value)
            known = self.owners.get(id(owner))
            if known is not None:
                node.root = known[1]
                node.dynamic = node.dynamic or node.root.dynamic
            else:
                self.owners[id(owner)] = (owner, node)
        return self.wrap(self, node)

    def mark(self) -> tuple[int, int]:
        """Where the recording stands now."""
        return len(self.nodes), len(self.guards)

    def fold(
        self,
        name: str,
        function: Callable[..., Any],
        args: tuple[Any, ...],
        kwargs: dict[str, Any],
        start: tuple[int, int],
        found: Any,
    ) -> Any:
        """The nodes since `start`, which an op made, as one; where they are few, as they are."""
        nodes, result = self.nodes[start[0] :], node_of(found)
        if len(nodes) < FEW or len(self.guards) > start[1]:
            return found
        if result is None or min(result.number, result.root.number) < start[0]:
            return found
        if any(node.target is not None or isinstance(node.value, tuple | list) for node in nodes):
            return found
        own = [leaf for leaf in args if isinstance(leaf, Wrapped)]
        outside = {one for node in nodes for one in node.operands if one.number < start[0]}
        if len(own) != len(args) or outside != {one.node for one in own}:
            return found
        if len(outside) != len(own):
            return found
        del self.nodes[start[0] :]
        node = self.node(Call("op", name, function), args, kwargs, result.value)
        names = tuple(inspect.signature(function).parameters)
        if len(names) < len(own):
            names = tuple(f"x{place}" for place in range(len(own)))
        node.inner = Inner(names[: len(own)], tuple([one.node for one in own]), nodes, result)
        if isinstance(result.value, np.ndarray):
            owner = owner_of(result.value)
            self.owners[id(owner)] = (owner, node)
        node.number = len(self.nodes)
        self.nodes.append(node)
        return self.wrap(self, node)

    # -- decisions ----------------------------------------------------------------------------

    def guard(self, node: Node, kind: str, expected: Any) -> None:
        """Remember that Python decided by a value; what depends on no input never changes."""
        if self.closed or not (node.dynamic or node.root.dynamic):
            return
        stack, swept = user_stack(self.base)
        engine = swept or self.origin is not None or is_asked_by_an_op()
        self.guards.append(Guard(node, kind, expected, stack, len(self.nodes), engine))

    # -- derivatives --------------------------------------------------------------------------

    def note_derivative(self, mode: str, derivative: Any, primal: Any) -> None:
        """Remember what a value is the cotangent ("d") or the tangent ("t") of."""
        one, of = node_of(derivative), node_of(primal)
        if one is not None and of is not None and one is not of:
            known = self.derivatives_of.setdefault(one, [])
            if (mode, of) in known[1:]:
                known.remove((mode, of))
            if (mode, of) not in known:
                known.append((mode, of))

    def note_total(self, total: Any, *parts: Any) -> None:
        """Remember that a sum of cotangents is a cotangent of what all its parts are those of."""
        one = node_of(total)
        known = [self.derivatives_of.get(p, []) for p in map(node_of, parts) if p is not None]
        named = [own for own in known if own]
        if one is not None and named:
            shared = [own for own in named[-1] if all(own in other for other in named)]
            *others, latest = shared or named[-1]  # a rule's result is noted, and then added
            self.derivatives_of.setdefault(one, [latest, *others])


def node_of(value: Any) -> Node | None:
    """The node under a wrapped value, also through the engine's tracers."""
    while is_traced(value):
        value = getattr(value, "array", None) if hasattr(value, "array") else value.lower
    return value.node if isinstance(value, Wrapped) else None


def real(leaf: Any) -> Any:
    """The value of a wrapped leaf."""
    if leaf.__class__ is Size:
        return int(leaf)
    return leaf.node.value if isinstance(leaf, Wrapped) else leaf


def bare(leaf: Any) -> Any:
    """The node of a wrapped leaf; of the engine's blank arrays a plain copy, as they are now."""
    if isinstance(leaf, Wrapped):
        return leaf.node
    if leaf.__class__ is Size:
        return int(leaf)
    if isinstance(leaf, np.ndarray) and type(leaf) is not np.ndarray:
        return np.array(leaf, subok=False)
    return leaf


def owner_of(array: np.ndarray) -> np.ndarray:
    """The array that owns the memory, also of views by `as_strided`."""
    while True:
        base = array.base
        if not isinstance(base, np.ndarray):  # as_strided puts an object of its own between
            base = getattr(base, "base", None)
        if not isinstance(base, np.ndarray):
            return array
        array = base


OWN = str(Path(__file__).parents[1])
OPS = str(Path(__file__).parents[2] / "ops")


def is_asked_by_an_op() -> bool:
    """Whether one of the library's own functions decides: logsumexp asks for infinite numbers."""
    frame: Any = sys._getframe(2)
    while frame is not None and frame.f_code.co_filename.startswith(OWN):
        frame = frame.f_back
    return frame is not None and frame.f_code.co_filename.startswith(OPS)


_users: dict[CodeType, bool] = {}


def user_stack(base: int = 0) -> tuple[tuple[Place, ...], bool]:
    """The user's places, innermost first, and whether a reverse sweep stands before them all.

    The outermost `base` are those that asked for the program.
    """
    frame: Any = sys._getframe(2)
    found: list[Place] = []
    swept = False
    while frame is not None:
        code = frame.f_code
        own = _users.get(code)
        if own is None:
            own = _users[code] = not is_installed(code.co_filename)
        if own:
            found.append((code, frame.f_lasti))
        elif code is SWEEP and not found:
            swept = True
        frame = frame.f_back
    return tuple(found[: len(found) - base] if base else found), swept
