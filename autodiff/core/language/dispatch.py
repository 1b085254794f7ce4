"""Which interpretation handles an operation: the one with the highest level.

Every differentiation makes a trace with a level that is never used again, so a later (inner)
one always has the higher level.  `apply` hands an operation to the highest trace among its
arguments; that trace unwraps only its own tracers and applies the op one level down.  Any
nesting of forward and reverse mode follows, and perturbations cannot be confused
(Siskind & Pearlmutter, "Perturbation Confusion and Referential Transparency", 2005).
"""

from __future__ import annotations

import itertools
import sys
from collections.abc import Mapping
from typing import Any

import numpy as np

from autodiff.core.ground.errors import EscapedTracerError
from autodiff.core.ground.locations import here
from autodiff.core.ground.refusals import is_only_looked_at

Array = Any
"""What flows through an op: a NumPy array or number, or a tracer around one."""

Params = Mapping[str, Any]
NO_PARAMS: dict[str, Any] = {}
_levels = itertools.count(2)


class Trace:
    """One interpretation under way: its level, and whether it still accepts operations."""

    __slots__ = ("closed", "level", "met")

    def __init__(self, level: int | None = None) -> None:
        self.level = next(_levels) if level is None else level
        self.closed = False
        self.met: dict[Any, Any] = {}

    def process(self, op: Any, args: tuple[Any, ...], params: Params) -> Any:
        """Apply `op` to arguments of which at least one is a tracer of this trace."""
        raise NotImplementedError

    def meet(self, op: Any, place: Any) -> None:
        """Take note that this trace differentiates an op's slope at a kink; see `beside_kinks`."""
        self.met.setdefault(place, op)

    def after_the_end(self, op: Any, args: tuple[Any, ...], params: Params) -> Any:
        """What becomes of an operation on tracers that outlived their transform.

        Whoever compares, draws or prints gets the plain result, since nothing can come back of it;
        all else is an error.
        """
        frame = sys._getframe(2)
        live = any(is_traced(arg) and arg.carries_derivative for arg in args)
        looks = op.kind == "constant" or (not live and is_only_looked_at(frame, operators=True))
        if looks:
            return apply(op, tuple(map(ground, args)), params)
        cure = "return it from the function, or take its plain value, `.data` or np.asarray(x), for"
        cure += " a look."
        if any(is_traced(arg) and arg.owner is self and arg.is_variable for arg in args):
            cure = "it is the variable itself, which something kept, as `net.w = w` does: give that"
            cure += " its plain value again, `net.w = net.w.data`."
        raise EscapedTracerError(
            f"{self.description(args)} was used after the differentiation that made it had ended. "
            f"It holds no live derivative any more; {cure}{here()}"
        )

    def description(self, args: tuple[Any, ...]) -> str:
        """The tracer among the arguments that is of this trace, in words."""
        return "a traced value"


sequences = frozenset((list, tuple))
tracer_classes: set[Any] = set()
"""The classes of traced values; `Tracer.__init_subclass__` fills it."""
worth_a_look: set[Any] = {list, tuple}
"""These, and those of lists, in which a traced value may be."""
window_classes: set[Any] = set()
"""Those whose values may still be written; see `values.windows`."""


def apply(op: Any, args: tuple[Any, ...], params: Params = NO_PARAMS) -> Any:
    """The value of `op` at `args`, interpreted by the highest trace among them."""
    top: Trace | None = None
    for arg in args:
        if arg.__class__ in tracer_classes:
            trace = arg.owner
            if top is None or trace.level > top.level:
                top = trace
    if top is None:
        return op.function(*args, **params) if params else op.function(*args)
    return top.process(op, args, params)


def is_traced(value: Any) -> bool:
    """Whether a value carries a derivative of some trace.

    >>> is_traced(3.0)
    False
    """
    return value.__class__ in tracer_classes


def holds_traced(value: Any) -> bool:
    """Whether a value is traced, or a list or tuple with something in it that is.

    >>> holds_traced([1.0, [2.0]])
    False
    """
    kind = value.__class__
    if kind in sequences or isinstance(value, list | tuple):
        if not tracer_classes.isdisjoint(map(type, value)):
            return True
        return not sequences.isdisjoint(map(type, value)) and any(map(holds_traced, value))
    return kind in tracer_classes


def now(value: Any) -> Any:
    """A value as it is now: of a window, what no later write changes."""
    return value.lower if value.__class__ in window_classes else value


def like_results(results: tuple[Any, ...], parts: list[Any]) -> tuple[Any, ...]:
    """The parts as a tuple like that of an op's results, `EighResult` and its kin included."""
    make = getattr(results, "_make", tuple)
    return make(parts)


def whole(value: Any) -> Any:
    """The plain NumPy value underneath, with all examples of a batch."""
    while value.__class__ in tracer_classes:
        value = value.whole
    return value


def ground(value: Any) -> Any:
    """The plain NumPy value underneath any number of tracers."""
    while value.__class__ in tracer_classes:
        value = value.lower
    return value


def is_batch(value: Any) -> bool:
    """Whether a value stands for one example of many."""
    return is_traced(value) and bool(np.ndim(whole(value)) != np.ndim(ground(value)))
