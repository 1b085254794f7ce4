"""`apply_op`: how an operation on variables becomes an equation with a type."""

from __future__ import annotations

import functools
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from autodiff.core.ground.locations import here
from autodiff.core.language.equation import Equation
from autodiff.core.language.op import Op
from autodiff.frontends.common.options import only
from autodiff.frontends.common.written import code_op, replaced, write
from autodiff.frontends.theano.settings import config
from autodiff.frontends.theano.types import TensorType, autocast, type_of
from autodiff.frontends.theano.variables import Variable

nested: list[Callable[[Any], Variable]] = []
"""What makes a variable of a list of variables; `tensor.joining` puts its `stack` here."""


def as_variable(value: Any, name: str | None = None) -> Variable:
    """A variable as it is; anything else as a constant."""
    if isinstance(value, Variable):
        return value
    if isinstance(value, list | tuple) and any(isinstance(v, Variable) for v in value):
        return nested[0](value)
    array = autocast(value)
    if array.dtype.kind == "O":
        raise TypeError(f"{value!r:.60} is no array of numbers.{here()}")
    node = Equation(type_of(array), {"constant": array, "role": "constant", "name": name})
    node.note["value"] = lambda: array
    return Variable(node)


def apply_op(
    op: Op, operands: Sequence[Any], type: TensorType, params: dict[str, Any] | None = None
) -> Variable:
    """The variable `op(*operands)`; constants become nodes too."""
    variables = [as_variable(x) for x in operands]
    made = Variable(write(op, [v.node for v in variables], params, type))
    if config.compute_test_value != "off":
        _try_out(made, variables)
    return made


def apply_code(
    name: str,
    function: Callable[..., Any],
    operands: Sequence[Any],
    type: TensorType,
    **params: Any,
) -> Variable:
    """The variable of a function of arrays as one node; `params` are its keywords.

    A function of a module, and not one made on the spot: then equal nodes can be told, and saved.
    """
    return apply_op(_code_op(name, function), operands, type, params)


@functools.cache
def _code_op(name: str, function: Callable[..., Any]) -> Op:
    return code_op(name, function)


def _try_out(made: Variable, variables: Sequence[Variable]) -> None:
    """Compute an expression from the test values of its operands, where they have some."""
    values = []
    for v in variables:
        found = test_value(v)
        if found is None:
            if config.compute_test_value == "raise" and v.node.op is None:
                raise AttributeError(f"{v} has no test value: set {v}.tag.test_value.{here()}")
            return
        values.append(found)
    op, params = made.node.op, made.node.params
    assert op is not None
    try:
        made.tag.test_value = np.asarray(op.function(*values, **params))
    except (ValueError, IndexError) as error:
        shapes = ", ".join(str(np.shape(v)) for v in values)
        raise ValueError(f"{op.name} of test values of shapes {shapes}: {error}.{here()}") from None


def test_value(v: Variable) -> Any:
    """The test value of a variable: its tag's, its constant, or its shared value."""
    note = v.node.note or {}
    found = note.get("tag") and getattr(note["tag"], "test_value", None)
    if found is not None:
        return found
    return note["value"]() if "value" in note else None


test_value.__test__ = False  # type: ignore[attr-defined]  # pytest takes it for a test


def clone(output: Any, replace: Any = None, **options: Any) -> Any:
    """The same expressions with some variables replaced: `clone(y, {x: 2 * x})`."""
    only("clone", options, "strict", share_inputs=True, copy_inputs=True)
    pairs = dict(replace or {}).items()
    several = isinstance(output, list | tuple)
    outputs = list(output) if several else [output]
    exchange = {old.node: as_variable(new).node for old, new in pairs}
    made = [Variable(node) for node in replaced([o.node for o in outputs], exchange)]
    return made if several else made[0]
