"""Forward mode: dual numbers, a primal and a tangent that travel together.

A dual number x + t*eps with eps**2 = 0 carries a derivative through any program: op by op, the
tangent of the result is the op's jvp of the tangents (Griewank & Walther, section 3.1).
"""

from __future__ import annotations

import sys
from typing import Any

import numpy as np

from autodiff.core.arguments.tree import refuse_own_arithmetic
from autodiff.core.forward.program_jvp import strict_tangent
from autodiff.core.ground.errors import AutodiffError, RuleError
from autodiff.core.ground.locations import place_of
from autodiff.core.ground.watchers import watchers
from autodiff.core.language.dispatch import (
    Array,
    Params,
    Trace,
    apply,
    ground,
    like_results,
    tracer_classes,
    whole,
)
from autodiff.core.language.fitting import in_dtype
from autodiff.core.language.numpy_calls.advice import explain
from autodiff.core.language.op import Op
from autodiff.core.language.singular.beside_kinks import beside, evaluated_at, places_of
from autodiff.core.language.singular.kinks import Kinks, some
from autodiff.core.values.inplace import Alias, note_view, written
from autodiff.core.values.operators import plain_classes
from autodiff.core.values.tracer import Tracer
from autodiff.core.values.windows import WINDOWS, Windowed

_float64 = np.float64
_ndarray = np.ndarray
_asarray = np.asarray
_as_they_are = frozenset((_ndarray, _float64, float, int, bool, complex))


class ForwardTrace(Trace):
    """Applies an op to dual numbers: its value one level down, then its jvp.

    A `strict` trace makes an exactly zero tangent stop at an infinite or NaN partial, also where
    IEEE arithmetic has 0 * inf = NaN.  `limits` are results whose tangents may be limits, which
    forward mode does not know.  With a `side` of 1 or -1 the slopes at kinks are those just beside,
    before or behind along the tangents.
    """

    __slots__ = ("limits", "side", "strict")

    def __init__(self, level: int | None = None, strict: bool = False, side: float = 0.0) -> None:
        super().__init__(level)
        self.strict = strict
        self.side = side
        self.limits: list[tuple[Op, Array]] = []

    def process(self, op: Op, args: tuple[Any, ...], params: Params) -> Any:
        """Apply `op` to the primals, and its jvp to the tangents."""
        if self.closed:
            return self.after_the_end(op, args, params)
        if len(args) == 1:  # it can only be this trace's own
            x = args[0]
            a = x.primal
            primals: tuple[Any, ...] = (a,)
            tangents: tuple[Any, ...] = (x.tangent,)
            lower = a.__class__ in tracer_classes
        elif len(args) == 2:
            x, y = args
            if x.__class__ is Dual and x.owner is self:
                a, s = x.primal, x.tangent
            else:
                a, s = (x if x.__class__ in _as_they_are else self.constant(x)), None
            if y.__class__ is Dual and y.owner is self:
                b, t = y.primal, y.tangent
            else:
                b, t = (y if y.__class__ in _as_they_are else self.constant(y)), None
            primals, tangents = (a, b), (s, t)
            lower = a.__class__ in tracer_classes or b.__class__ in tracer_classes
        else:
            pairs = [self.parts(arg) for arg in args]
            primals, tangents = tuple([p for p, _ in pairs]), tuple([t for _, t in pairs])
            lower = any([p.__class__ in tracer_classes for p in primals])
        try:
            if lower:
                ans = apply(op, primals, params)
            elif params:
                ans = op.function(*primals, **params)
            else:
                ans = op.function(*primals)
        except (ValueError, IndexError) as error:
            if isinstance(error, AutodiffError):
                raise
            raise explain(op, primals, params, error) from None
        if lower or self.strict or self.side:
            tangent = self.careful_tangent(op, ans, primals, tangents, params)
        else:
            tangent = op.jvp(tangents, ans, primals, params)
        if tangent is None:
            base = ground(ans) if op.blank else None
            if base.__class__ is _ndarray and base.dtype.kind in "fc":
                return self.dual(op, ans, np.zeros_like(base), args, params)
            return ans
        if op.limits_at is not None and self is not PLAYGROUND:
            self.limits.append((op, ans))
        if op.multiple:
            parts = [
                part if t is None else self.dual(op, part, t, args, params)
                for part, t in zip(ans, tangent, strict=True)
            ]
            return like_results(ans, parts)
        return self.dual(op, ans, tangent, args, params)

    def careful_tangent(
        self, op: Op, ans: Array, primals: Any, tangents: Any, params: Params
    ) -> Any:
        """The tangent where kinks or exact zeros may matter."""
        lower = not tracer_classes.isdisjoint(map(type, primals))
        if (lower or self.side) and op.kinks.__class__ is Kinks:
            ans, primals = self.beside_kinks(op, ans, primals, tangents, params)
        if not self.strict:
            return op.jvp(tangents, ans, primals, params)
        tangent = strict_tangent(op, tangents, ans, primals, params)
        for watcher in watchers:
            watcher.pushed(op, primals, params, ans, tangents, tangent)
        return tangent

    def beside_kinks(
        self, op: Op, ans: Array, primals: Any, tangents: Any, params: Params
    ) -> tuple[Any, Any]:
        """The value and the arguments at which the rule of an op with kinks is evaluated."""
        if self.side and not op.kinks.steep:
            places = places_of(op, ans, primals, params)
            if some(places):
                shifts = [None if t is None else self.side * ground(t) for t in tangents]
                return beside(op, ans, primals, shifts, places, params)
        return evaluated_at(op, ans, primals, params, place_of(sys._getframe()))

    def description(self, args: tuple[Any, ...]) -> str:
        """The tracer among the arguments, in words."""
        return "a dual number"

    def parts(self, arg: Any) -> tuple[Any, Any]:
        """The primal and the tangent of an operand; a constant has no tangent."""
        if arg.__class__ is Dual and arg.owner is self:
            return arg.primal, arg.tangent
        return (arg if arg.__class__ in _as_they_are else self.constant(arg)), None

    def constant(self, arg: Any) -> Any:
        """A constant operand: lists as arrays, and of a blank array the plain one."""
        kind = arg.__class__
        lists = (
            kind is list or kind is tuple or (kind in plain_classes and isinstance(arg, _ndarray))
        )
        return _asarray(arg) if lists else arg

    def dual(
        self, op: Op, ans: Array, tangent: Array, args: tuple[Any, ...], params: Params
    ) -> Dual:
        """Pair a value with its tangent, which must come out in the value's shape."""
        kind = ans.__class__
        if kind is not tangent.__class__ or not (
            kind is _float64
            or (kind is _ndarray and ans.shape == tangent.shape and ans.dtype is tangent.dtype)
        ):
            if kind is not _ndarray and isinstance(ans, _ndarray):
                refuse_own_arithmetic(ans, f"the result of {op.name}")
            tangent = in_dtype(tangent, ans)
            if tangent.__class__ is float or tangent.__class__ is complex:
                tangent = np.asarray(tangent)[()]  # `(2.0).real` is a float, also of NumPy's 2.0
            shape = np.shape(ground(ans))
            if np.shape(ground(tangent)) != shape:
                try:
                    tangent = np.broadcast_to(tangent, shape)
                except ValueError:
                    raise RuleError(
                        f"the forward rule of {op.name} returned a tangent of shape "
                        f"{np.shape(tangent)} for a result of shape {shape}."
                    ) from None
        dual = _new_dual(Dual)
        dual.primal = ans
        dual.tangent = tangent
        dual.owner = self
        dual.alias = None
        dual.is_variable = False
        if op.is_linear:
            note_view(args[0], dual, op, params)
        return dual


PLAYGROUND = ForwardTrace(level=1, strict=True)
"""The trace of dual numbers that were made by hand."""


class Dual(Tracer):
    """A dual number: a value and its derivative, with all of NumPy's arithmetic.

    >>> x = Dual(3.0, 1.0)
    >>> x * x + 1
    Dual(10, 6)
    >>> np.exp(Dual(0.0, 2.0))
    Dual(1, 2)
    """

    __slots__ = ("__weakref__", "alias", "is_variable", "owner", "primal", "tangent")

    primal: Any
    tangent: Any
    owner: ForwardTrace
    alias: Alias | None
    is_variable: bool

    def __init__(
        self, primal: Array, tangent: Array = 0.0, trace: ForwardTrace = PLAYGROUND
    ) -> None:
        if trace is PLAYGROUND:
            primal, tangent = _as_floats(primal), _as_floats(tangent)
            if np.shape(primal) != np.shape(tangent):
                tangent = np.broadcast_to(tangent, np.shape(primal))
        self.primal = primal
        self.tangent = tangent
        self.owner = trace
        self.alias = None
        self.is_variable = trace is not PLAYGROUND

    def moves(self, places: Any) -> bool:
        """Whether any of some elements has a tangent."""
        return bool(np.any(places & (whole(self.tangent) != 0)))

    @property
    def shift(self) -> Any:
        """The tangent, towards the side that the trace looks at."""
        side = self.owner.side
        return side * ground(self.tangent) if side else super().shift

    def again(self) -> Dual:
        """The same value as another object, which a change of this one does not reach."""
        dual = Dual(self.primal, self.tangent, self.owner)
        dual.is_variable = False
        return dual

    def rebind(self, new: Dual) -> None:
        """Stand for another value and tangent from now on."""
        self.primal, self.tangent = new.primal, new.tangent

    @property
    def lower(self) -> Any:
        """The primal."""
        return self.primal

    @property
    def data(self) -> Any:
        """The plain value, without any derivative; read-only."""
        value = ground(self)
        if value.__class__ is not _ndarray:
            return value
        view = value.view()
        view.flags.writeable = False
        return view

    def by_hand(self) -> tuple[type, tuple[Any, ...]] | None:
        """A dual number is its primal and tangent, unless a transform waits for it."""
        return (Dual, (self.primal, self.tangent)) if self.owner is PLAYGROUND else None

    def __repr__(self) -> str:
        return f"Dual({_show(self.primal)}, {_show(self.tangent)})"


_new_dual = Dual.__new__


class WrittenDual(Windowed, Dual):
    """A dual number that was written into, or that shares memory with one: a window."""

    __slots__ = ()
    extent: Any = Dual.__dict__["alias"]  # the slot of that name holds it
    owner: Any = WINDOWS
    alias: Any = None
    is_variable = False

    @property
    def primal(self) -> Any:
        """The primal of what the window shows now."""
        value = self.lower
        return value.primal if isinstance(value, Dual) else value

    @property
    def tangent(self) -> Any:
        """The tangent of what the window shows now."""
        value = self.lower
        return value.tangent if isinstance(value, Dual) else np.zeros_like(value)


written[Dual] = WrittenDual


def _as_floats(value: Any) -> Any:
    if isinstance(value, Tracer):
        return value
    array = np.asarray(value)
    return (array if array.dtype.kind in "fc" else array.astype(np.float64))[()]


def _show(value: Any) -> str:
    return f"{value:g}" if isinstance(value, float | complex | np.number) else repr(value)
