"""Reverse mode: operations on tensors are recorded as equations, for the sweep to read back.

Each traced operation adds one `Equation` to the history of its result.
"""

from __future__ import annotations

import sys
from typing import Any

import numpy as np

from autodiff.core.arguments.tree import as_variable, refuse_own_arithmetic
from autodiff.core.ground.errors import AutodiffError
from autodiff.core.ground.locations import LOOK, current_place, place_of, users_files
from autodiff.core.ground.scopes import current_scope, ever_used
from autodiff.core.ground.tracebacks import hidden
from autodiff.core.language.dispatch import (
    Params,
    apply,
    ground,
    is_traced,
    like_results,
    tracer_classes,
)
from autodiff.core.language.equation import Equation, next_number, reaches_input
from autodiff.core.language.numpy_calls.advice import explain
from autodiff.core.language.op import Op
from autodiff.core.language.registry import registry
from autodiff.core.reverse.held import Held
from autodiff.core.reverse.parts import part_of
from autodiff.core.reverse.recorders import Recording
from autodiff.core.reverse.safekeeping import Keeper
from autodiff.core.reverse.sweep import moves
from autodiff.core.values.inplace import Alias, note_view, written
from autodiff.core.values.numbers import Numbers
from autodiff.core.values.tracer import Tracer
from autodiff.core.values.windows import WINDOWS, Windowed

_new_equation = Equation.__new__
_getframe = sys._getframe
_float64 = np.float64
_ndarray = np.ndarray
_numbers = frozenset((float, int, np.float64))


class ReverseTrace(Recording):
    """Applies an op to tensors: its value one level down, and an equation to remember it."""

    __slots__ = ("cuts", "keeper", "program")

    def __init__(self, level: int | None = None, lasting: bool = True) -> None:
        super().__init__(level)
        self.keeper = Keeper(lasting)
        self.recorders = ()
        self.program: list[Equation] = []
        self.cuts: list[Equation] = []
        self.take = self.program.append if self.level else None

    def process(self, op: Op, args: tuple[Any, ...], params: Params) -> Any:
        """Apply `op` to the values, and record the equation."""
        if self.closed:
            return self.after_the_end(op, args, params)
        if len(args) == 1:  # it can only be this trace's own
            x = args[0].node
            value = x.value
            if value.__class__ is float:
                value = _float64(value)
            inputs: tuple[Any, ...] = (x,)
            values: tuple[Any, ...] = (value,)
            lower = value.__class__ in tracer_classes
        elif len(args) == 2:
            x, y = args
            if x.__class__ is Tensor and x.owner is self:
                x = x.node
                a = x.value
                if a.__class__ is float:
                    a = _float64(a)
            else:
                a = x = x if x.__class__ in _numbers else self.constant(x)
            if y.__class__ is Tensor and y.owner is self:
                y = y.node
                b = y.value
                if b.__class__ is float:
                    b = _float64(b)
            else:
                b = y = y if y.__class__ in _numbers else self.constant(y)
            inputs, values = (x, y), (a, b)
            lower = a.__class__ in tracer_classes or b.__class__ in tracer_classes
        else:
            inputs, values, lower = self.operands(args)
        if params:
            params = self.keeper.params(params)
        try:
            if lower:
                ans = apply(op, values, params)
            elif params:
                ans = op.function(*values, **params)
            else:
                ans = op.function(*values)
        except (ValueError, IndexError) as error:
            if isinstance(error, AutodiffError):
                raise
            raise explain(op, values, params, error) from None
        if ans.__class__ is float:  # kept for equations between numbers, see `values.numbers`
            ans = _float64(ans)
        # This and the like in `values.numbers` is written out: a call would cost as much again.
        equation = _new_equation(Equation)
        equation.op = op
        equation.inputs = inputs
        equation.kept = values
        equation.params = params
        equation.value = ans
        equation.number = next_number()
        frame = _getframe(2)
        code = frame.f_code
        if code.co_filename in users_files and current_place() is LOOK:
            equation.code = code
            equation.offset = frame.f_lasti
        else:
            equation.code, equation.offset = place_of(frame)
        equation.note = {"scope": current_scope()} if ever_used and current_scope() else None
        if op.special:
            return self.process_special(op, equation)
        take = self.take
        if take is not None:
            take(equation)
        tensor = _new_tensor(Tensor)
        tensor.owner = self
        tensor.node = equation
        tensor.alias = None
        if op.is_linear:
            note_view(args[0], tensor, op, params)
        return tensor

    def description(self, args: tuple[Any, ...]) -> str:
        """`a traced value, made at ...,` for an error about one of the arguments."""
        for arg in args:
            if arg.__class__ is Tensor and arg.owner is self and arg.node.location:
                return f"a traced value, made at {arg.node.location},"
        return "a traced value"

    def operands(self, args: tuple[Any, ...]) -> tuple[tuple[Any, ...], tuple[Any, ...], bool]:
        """The equations or constants to record, their values, and whether any is traced below."""
        inputs: list[Any] = []
        values: list[Any] = []
        lower = False
        for arg in args:
            kind = arg.__class__
            if kind is Tensor and arg.owner is self:
                arg = arg.node
                inputs.append(arg)
                arg = arg.value
                if arg.__class__ is float:
                    arg = _float64(arg)
            else:
                arg = self.constant(arg)
                inputs.append(arg)
            if arg.__class__ in tracer_classes:
                lower = True
            values.append(arg)
        return tuple(inputs), tuple(values), lower

    def constant(self, arg: Any) -> Any:
        """A constant operand as it is recorded: safe from changes, lists as arrays."""
        kind = arg.__class__
        if kind is _ndarray:
            return self.keeper.constant(arg)
        if isinstance(arg, _ndarray):
            refuse_own_arithmetic(arg, "the operand")
            return self.keeper.constant(arg).view(_ndarray)
        return np.asarray(arg) if kind is list or kind is tuple else arg

    def process_special(self, op: Op, equation: Equation) -> Any:
        """The result of a constant op (a plain value, or a blocked node), or of several results."""
        ans = equation.value
        if op.kind == "constant" and not _keeps_place(ans):
            if self.level:
                self.cuts.append(equation)
            return ans
        take = self.take
        if take is not None:
            take(equation)
        whole = Tensor.of(self, equation)
        if not op.multiple:
            return whole
        parts = [apply(part_of, (whole,), {"index": index}) for index in range(len(ans))]
        return like_results(ans, parts)


def _keeps_place(ans: Any) -> bool:
    """Whether the result of a constant op stays visible in the graph, as a blocked node."""
    value = ground(ans)
    return isinstance(value, _ndarray | np.generic) and value.dtype.kind in "fc"


EAGER = ReverseTrace(level=0)
"""The trace of tensors that were made by hand; it never closes."""


class Tensor(Numbers, Held, Tracer):
    """An array that remembers how it was computed, for `backward()`.

    >>> x = Tensor([1.0, 2.0])
    >>> y = (x ** 2).sum()
    >>> y.backward()
    >>> x.grad
    array([2., 4.])
    """

    __slots__ = ("__weakref__", "alias", "node", "owner")

    owner: ReverseTrace
    node: Equation
    alias: Alias | None

    def __init__(self, data: Any, name: str | None = None) -> None:
        """A variable with a copy of `data`; integers become float64."""
        registry.meet()
        value = data if is_traced(data) else as_variable(data, "Tensor(data)", copy=True)
        if value.__class__ is _float64:
            value = float(value)
        self.owner = EAGER
        self.node = Equation(value, {"name": name} if name else {})
        self.alias = None

    @classmethod
    def of(cls, trace: ReverseTrace, node: Equation) -> Tensor:
        """The tensor of an equation that is recorded already."""
        tensor = _new_tensor(cls)
        tensor.owner = trace
        tensor.node = node
        tensor.alias = None
        return tensor

    @property
    def lower(self) -> Any:
        """The value one level down."""
        value = self.node.value
        return _float64(value) if value.__class__ is float else value

    @property
    def carries_derivative(self) -> bool:
        """False after the end of the trace, and where every path to a variable is cut."""
        below = self.node.value
        if is_traced(below) and below.carries_derivative:
            return True
        return not self.owner.closed and reaches_input(self.node)

    @property
    def is_variable(self) -> bool:
        """Whether this is a variable, and not the result of an operation."""
        return self.node.op is None

    def moves(self, places: Any) -> bool:
        """Whether any of some elements depends on a variable, to first order."""
        return moves(self.node, places)

    def again(self) -> Tensor:
        """The same value as another object, which a change of this one does not reach."""
        return Tensor.of(self.owner, self.node)

    def rebind(self, new: Tensor) -> None:
        """Stand for another value from now on."""
        self.node = new.node

    def by_hand(self) -> tuple[type, tuple[Any, ...]] | None:
        """A variable is its data and name; a result has a graph behind it."""
        variable = self.owner is EAGER and self.node.op is None
        return (Tensor, (self.node.value, self.node.name)) if variable else None


_new_tensor = Tensor.__new__


class WrittenTensor(Windowed, Tensor):
    """A tensor that was written into, or that shares memory with one: a window of a ledger."""

    __slots__ = ()
    extent: Any = Tensor.__dict__["alias"]  # the slot of that name holds it
    owner: Any = WINDOWS
    alias: Any = None

    @property
    def node(self) -> Equation:  # type: ignore[override]
        """The equation of what the window shows now."""
        value = self.lower
        return value.node if isinstance(value, Tensor) else Equation(value)

    @hidden
    def backward(self, ct: Any = None, *, accumulate: bool = False, keep: bool = False) -> None:
        """As of the tensor that the window shows now."""
        self.lower.backward(ct, accumulate=accumulate, keep=keep)


written[Tensor] = WrittenTensor
