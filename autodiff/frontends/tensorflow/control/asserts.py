"""`tf.assert_equal` and its kin: operations that stop a run where a relation does not hold."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from autodiff.core.ground.locations import here
from autodiff.frontends.tensorflow.control.flow import Assert, no_op
from autodiff.frontends.tensorflow.graph.inputs import convert_alike, convert_to_tensor
from autodiff.frontends.tensorflow.graph.operation import Operation
from autodiff.frontends.tensorflow.ground.dtypes import as_dtype
from autodiff.frontends.tensorflow.ops.math import (
    equal,
    greater,
    greater_equal,
    less,
    less_equal,
    not_equal,
)
from autodiff.frontends.tensorflow.ops.reductions import reduce_all


def _assertion(own: str, relation: Callable[..., Any], sign: str) -> Callable[..., Operation]:
    def check(
        x: Any,
        y: Any,
        data: Sequence[Any] | None = None,
        summarize: int | None = None,
        message: str | None = None,
        name: str | None = None,
    ) -> Operation:
        x, y = convert_alike(x, y)
        text = message or f"x {sign} y did not hold element by element, for x and y:"
        return Assert(reduce_all(relation(x, y)), data or [text, x, y], summarize, name or own)

    check.__name__ = check.__qualname__ = own
    check.__doc__ = f"An operation that raises InvalidArgumentError unless all x {sign} y."
    return check


assert_equal = _assertion("assert_equal", equal, "==")
assert_less = _assertion("assert_less", less, "<")
assert_less_equal = _assertion("assert_less_equal", less_equal, "<=")
assert_greater = _assertion("assert_greater", greater, ">")
assert_greater_equal = _assertion("assert_greater_equal", greater_equal, ">=")
assert_none_equal = _assertion("assert_none_equal", not_equal, "!=")


def _against_zero(own: str, relation: Callable[..., Any], what: str) -> Callable[..., Operation]:
    def check(
        x: Any,
        data: Sequence[Any] | None = None,
        summarize: int | None = None,
        message: str | None = None,
        name: str | None = None,
    ) -> Operation:
        x = convert_to_tensor(x)
        holds = reduce_all(relation(x, np.zeros((), x.dtype)))
        return Assert(holds, data or [message or f"x is not {what}:", x], summarize, name or own)

    check.__name__ = check.__qualname__ = own
    check.__doc__ = f"An operation that raises InvalidArgumentError unless x is {what}."
    return check


assert_positive = _against_zero("assert_positive", greater, "positive everywhere")
assert_negative = _against_zero("assert_negative", less, "negative everywhere")
assert_non_negative = _against_zero("assert_non_negative", greater_equal, "0 or more everywhere")
assert_non_positive = _against_zero("assert_non_positive", less_equal, "0 or less everywhere")


def _of_rank(x: Any, fits: Callable[[int], bool], told: str, message: str | None) -> Operation:
    x = convert_to_tensor(x)
    if x.dims is not None and not fits(len(x.dims)):
        raise ValueError(f"{message or x.name} has {len(x.dims)} axes, and needs {told}.{here()}")
    return no_op()


def assert_rank(
    x: Any,
    rank: int,
    data: Any = None,
    summarize: Any = None,
    message: Any = None,
    name: Any = None,
) -> Operation:
    """Raise ValueError where x is known to have another number of axes."""
    return _of_rank(x, lambda own: own == rank, str(rank), message)


def assert_rank_at_least(
    x: Any,
    rank: int,
    data: Any = None,
    summarize: Any = None,
    message: Any = None,
    name: Any = None,
) -> Operation:
    """Raise ValueError where x is known to have fewer axes."""
    return _of_rank(x, lambda own: own >= rank, f"at least {rank}", message)


def assert_type(tensor: Any, tf_type: Any, message: str | None = None, name: Any = None) -> Any:
    """Raise TypeError where a tensor has another dtype."""
    found = convert_to_tensor(tensor)
    if found.dtype != as_dtype(tf_type):
        raise TypeError(f"{found.name} is {found.dtype}, not {as_dtype(tf_type)}.{here()}")
    return no_op()
