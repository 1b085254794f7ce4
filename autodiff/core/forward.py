"""Forward mode: dual numbers, a primal and a tangent that travel together.

A dual number x + t*eps with eps**2 = 0 carries a derivative through any program: op by op, the
tangent of the result is the op's jvp of the tangents (Griewank & Walther, section 3.1).
"""

from __future__ import annotations

from typing import Any

import numpy as np

from autodiff.core.advice import explain
from autodiff.core.dispatch import Trace, apply, like_results
from autodiff.core.errors import AutodiffError, RuleError
from autodiff.core.dispatch import Array, Params
from autodiff.core.op import Op
from autodiff.core.tracer import Tracer


class ForwardTrace(Trace):
    """Applies an op to dual numbers: its value one level down, then its jvp."""

    __slots__ = ()

    def process(self, op: Op, args: tuple[Any, ...], params: Params) -> Any:
        if self.closed:
            self.refuse_if_closed("a dual number")
        primals: list[Any] = []
        tangents: list[Any] = []
        for arg in args:
            if arg.__class__ is Dual and arg.trace is self:
                primals.append(arg.primal)
                tangents.append(arg.tangent)
            else:
                primals.append(arg)
                tangents.append(None)
        try:
            ans = apply(op, tuple(primals), params)
        except (ValueError, IndexError) as error:
            if isinstance(error, AutodiffError):
                raise
            raise explain(op, primals, params, error) from None
        tangent = op.jvp(tangents, ans, primals, params)
        if tangent is None:
            return ans
        if op.multiple:
            pairs = zip(ans, tangent, strict=True)
            return like_results(
                ans, [part if t is None else self.dual(op, part, t) for part, t in pairs]
            )
        return self.dual(op, ans, tangent)

    def dual(self, op: Op, ans: Array, tangent: Array) -> Dual:
        """Pair a value with its tangent, which must come out in the value's shape."""
        shape = np.shape(ans)
        if np.shape(tangent) != shape:
            try:
                tangent = np.broadcast_to(tangent, shape)
            except ValueError:
                raise RuleError(
                    f"the forward rule of {op.name} returned a tangent of shape "
                    f"{np.shape(tangent)} for a result of shape {shape}."
                ) from None
        return Dual(ans, tangent, self)


PLAYGROUND = ForwardTrace(level=1)
"""The trace of dual numbers that were made by hand."""


class Dual(Tracer):
    """A dual number: a value and its derivative, with all of NumPy's arithmetic.

    >>> x = Dual(3.0, 1.0)
    >>> x * x + 1
    Dual(10, 6)
    >>> np.exp(Dual(0.0, 2.0))
    Dual(1, 2)
    """

    __slots__ = ("primal", "tangent", "trace")

    def __init__(self, primal: Array, tangent: Array = 0.0, trace: Trace = PLAYGROUND) -> None:
        if trace is PLAYGROUND:
            primal, tangent = _as_floats(primal), _as_floats(tangent)
            if np.shape(primal) != np.shape(tangent):
                tangent = np.broadcast_to(tangent, np.shape(primal))
        self.primal = primal
        self.tangent = tangent
        self.trace = trace

    @property
    def lower(self) -> Any:
        return self.primal

    def __repr__(self) -> str:
        return f"Dual({_show(self.primal)}, {_show(self.tangent)})"


def _as_floats(value: Any) -> Any:
    if isinstance(value, Tracer):
        return value
    array = np.asarray(value)
    return (array if array.dtype.kind in "fc" else array.astype(np.float64))[()]


def _show(value: Any) -> str:
    return f"{value:g}" if isinstance(value, float | complex | np.number) else repr(value)
