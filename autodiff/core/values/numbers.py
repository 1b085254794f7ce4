"""Graphs of single numbers: `+ - * / **` on Python floats, without a look at NumPy.

An operator between numbers is the same op of the same registry, recorded as an `Equation` like
any other and pulled back by the same partials.  Only the arithmetic is Python's, which takes a
fraction of the time of NumPy's scalars.  What does not come out as a finite float (an overflow,
1 / 0, the root of a negative number) is left to NumPy, which warns and answers inf or NaN.  So an
equation whose value is a Python float is one between numbers, and finite; no others are.
"""

from __future__ import annotations

import operator
import sys
from collections.abc import Callable
from typing import Any

import numpy as np

from autodiff.core.ground.locations import LOOK, current_place, place_of, users_files
from autodiff.core.ground.scopes import current_scope, ever_used
from autodiff.core.ground.tracebacks import hide_frames
from autodiff.core.language.dispatch import NO_PARAMS
from autodiff.core.language.equation import Equation, next_number
from autodiff.core.language.registry import registry
from autodiff.core.values.operators import Operators, plain_classes

_new_equation = Equation.__new__
_new_tensor = object.__new__
_getframe = sys._getframe
_float64 = np.float64
_function: Any = type(lambda: None)


class Numbers(Operators):
    """The operators of a tensor, with a short way where both operands are numbers."""

    __slots__ = ()


def _operator(name: str, function: np.ufunc, compute: Callable[[Any, Any], Any]) -> Any:
    """`self + other` (or `other + self`, where the name says so) as an operator of `Numbers`."""
    otherwise = getattr(Operators, name)
    reflected = name.startswith("__r")
    by_function = registry.by_function

    def method(self: Any, other: Any) -> Any:
        try:
            node, owner, kind = self.node, self.owner, other.__class__
            a = node.value
            if a.__class__ is not float and a.__class__ is not _float64:
                if kind in plain_classes or (kind is self.__class__ and other.owner is owner):
                    args = (other, self) if reflected else (self, other)
                    return owner.process(by_function[function], args, NO_PARAMS)
                return otherwise(self, other)
            if kind is self.__class__ and other.owner is owner:
                operand = other.node
                b = operand.value
            else:
                operand = b = other
            if b.__class__ is not float and b.__class__ is not int:
                if b.__class__ is not _float64:
                    return otherwise(self, other)
                b = float(b)
            if a.__class__ is not float:
                a = float(a)
            try:
                ans = compute(b, a) if reflected else compute(a, b)
            except ArithmeticError:
                return otherwise(self, other)
            if ans.__class__ is not float or ans - ans != 0.0 or owner.closed:
                return otherwise(self, other)
            equation = _new_equation(Equation)
            equation.op = by_function[function]
            equation.inputs = (operand, node) if reflected else (node, operand)
            equation.kept = None
            equation.params = NO_PARAMS
            equation.value = ans
            equation.number = next_number()
            frame = _getframe(1)
            code = frame.f_code
            if code.co_filename in users_files and current_place() is LOOK:
                equation.code = code
                equation.offset = frame.f_lasti
            else:
                equation.code, equation.offset = place_of(frame)
            equation.note = {"scope": current_scope()} if ever_used and current_scope() else None
            take = owner.take
            if take is not None:
                take(equation)
            tensor = _new_tensor(self.__class__)
            tensor.owner = owner
            tensor.node = equation
            tensor.alias = None
            return tensor
        except BaseException as error:
            hide_frames(error)
            raise

    method.__name__ = name
    return method


for _name, _function_, _compute in (
    ("add", np.add, operator.add),
    ("sub", np.subtract, operator.sub),
    ("mul", np.multiply, operator.mul),
    ("truediv", np.true_divide, operator.truediv),
    ("pow", np.power, operator.pow),
):
    for _side in ("", "r"):
        _method = _operator(f"__{_side}{_name}__", _function_, _compute)
        setattr(Numbers, _method.__name__, _method)


def pull_numbers(equation: Equation, ct: Any, cotangents: dict[Equation, Any]) -> None:
    """Add the cotangents of both operands of an equation between numbers to their sums."""
    if ct.__class__ is _float64:
        ct = float(ct)
    op: Any = equation.op
    ans = equation.value
    x, y = equation.inputs
    left, right = op.partials
    a = x.value if x.__class__ is Equation else x
    b = y.value if y.__class__ is Equation else y
    try:
        if x.__class__ is Equation:
            ct_x = left(ans, a, b) * ct if left.__class__ is _function else left * ct
        if y.__class__ is Equation:
            ct_y = right(ans, a, b) * ct if right.__class__ is _function else right * ct
    except ArithmeticError:  # Python refuses 0.0 ** -0.5, to which NumPy has an answer
        ct_x, ct_y = [op.vjp(i, ct, ans, equation.primals, NO_PARAMS) for i in range(2)]
    if x.__class__ is Equation:
        cotangents[x] = cotangents[x] + ct_x if x in cotangents else ct_x
    if y.__class__ is Equation:
        cotangents[y] = cotangents[y] + ct_y if y in cotangents else ct_y
