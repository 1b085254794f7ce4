"""The order of running: control dependencies, groups, prints and assertions."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from contextlib import AbstractContextManager
from typing import Any

import numpy as np

from autodiff.core.language.kinds import constant
from autodiff.frontends.tensorflow.graph.graph import get_default_graph
from autodiff.frontends.tensorflow.graph.inputs import convert_to_tensor, identity_op
from autodiff.frontends.tensorflow.graph.operation import Operation
from autodiff.frontends.tensorflow.graph.state import session_op
from autodiff.frontends.tensorflow.graph.tensor import Tensor
from autodiff.frontends.tensorflow.ground.errors import InvalidArgumentError

stop_op = constant(lambda x: x, name="stop_gradient", arity=1, private=True)
NOTHING = ((), np.dtype("V"))
"""The result of what only acts."""

nothing_op = session_op("no_op", lambda state: None)


def control_dependencies(control_inputs: Sequence[Any] | None) -> AbstractContextManager[None]:
    """Make the nodes built in the block run after `control_inputs`.

    >>> from autodiff.frontends import tensorflow as tf
    >>> with tf.Graph().as_default(), tf.Session() as sess:
    ...     v = tf.Variable(1.0)
    ...     with tf.control_dependencies([v.assign_add(1.0)]):
    ...         after = v * 10.0
    ...     sess.run(tf.initialize_all_variables())
    ...     sess.run([v * 10.0, after])
    [np.float32(10.0), np.float32(20.0)]
    """
    return get_default_graph().control_dependencies(control_inputs)


def no_op(name: str | None = None) -> Operation:
    """An operation that does nothing, but may have control dependencies."""
    note, infos = {"silent": True}, [NOTHING]
    return get_default_graph().stage(nothing_op, (), {}, name, "NoOp", infos, note).op


def group(*inputs: Any, name: str | None = None) -> Operation:
    """An operation that runs all of the inputs."""
    with get_default_graph().control_dependencies(inputs):
        return no_op(name or "group_deps")


def tuple(tensors: Sequence[Any], name: str | None = None, control_inputs: Any = None) -> list[Any]:
    """The tensors, none of which is ready before all are."""
    graph = get_default_graph()
    given = [t for t in tensors if t is not None]
    with (
        graph.name_scope(name or "tuple"),
        graph.control_dependencies([group(*given, *(control_inputs or ()))]),
    ):
        return [None if t is None else identity(t, "control_dependency") for t in tensors]


def identity(input: Any, name: str | None = None) -> Tensor:
    """The same value as a node of its own."""
    x = convert_to_tensor(input)
    return x.owner.stage(identity_op, (x,), {}, name, "Identity", [(x.dims, x.dtype)])


def stop_gradient(input: Any, name: str | None = None) -> Tensor:
    """The same value as a constant: no derivative flows back through it."""
    x = convert_to_tensor(input)
    return x.owner.stage(stop_op, (x,), {}, name, "StopGradient", [(x.dims, x.dtype)])


def Print(
    input_: Any,
    data: Sequence[Any],
    message: str | None = None,
    first_n: int | None = None,
    summarize: int | None = None,
    name: str | None = None,
) -> Tensor:
    """`input_` itself; whenever it is run, `message` and `data` are printed to standard error.

    `first_n` is how often at most, `summarize` how many elements of each (default 3).
    """
    x = convert_to_tensor(input_)
    shown = [convert_to_tensor(d) for d in data]
    key = object()

    def show(state: Any, value: Any, *values: Any) -> Any:
        count = state.resource(key, lambda: [0])
        count[0] += 1
        if first_n is None or first_n < 0 or count[0] <= first_n:
            texts = "".join(_brief(v, summarize or 3) for v in values)
            print(f"{message or ''}{texts}", file=sys.stderr)
        return value

    op = session_op("Print", show, lambda index, ct, ans, *xs: None if index else ct)
    return x.owner.stage(op, (x, *shown), {}, name, "Print", [(x.dims, x.dtype)])


def _brief(value: Any, count: int) -> str:
    array = np.asarray(value)
    flat = " ".join(str(v) for v in array.reshape(-1)[:count])
    return f"[{flat}{'...' if array.size > count else ''}]"


def check_numerics(tensor: Any, message: str, name: str | None = None) -> Tensor:
    """The tensor itself; InvalidArgumentError with `message` where it has a NaN or infinity."""
    x = convert_to_tensor(tensor)

    def check(state: Any, value: Any) -> Any:
        if not np.all(np.isfinite(value)):
            what = "a NaN" if np.any(np.isnan(value)) else "an infinity"
            raise InvalidArgumentError(f"{message}: {x.name} has {what}")
        return value

    op = session_op("CheckNumerics", check, lambda index, ct, ans, x: ct)
    return x.owner.stage(op, (x,), {}, name, "CheckNumerics", [(x.dims, x.dtype)])


def Assert(
    condition: Any, data: Sequence[Any], summarize: int | None = None, name: str | None = None
) -> Operation:
    """An operation that raises InvalidArgumentError with `data` where the condition is false.

    It acts only where something depends on it: `with tf.control_dependencies([tf.Assert(...)]):`.
    """
    x = convert_to_tensor(condition)
    shown = [convert_to_tensor(d) for d in data]

    def hold(state: Any, holds: Any, *values: Any) -> None:
        if not np.all(holds):
            texts = " ".join(_brief(v, summarize or 3) for v in values)
            raise InvalidArgumentError(f"assertion failed: {texts}")

    op, infos = session_op("Assert", hold), [NOTHING]
    return x.owner.stage(op, (x, *shown), {}, name, "Assert", infos, {"silent": True}).op


def with_dependencies(
    dependencies: Sequence[Any], output_tensor: Any, name: str | None = None
) -> Any:
    """The tensor, once the dependencies have run (`control_flow_ops.with_dependencies`)."""
    with control_dependencies(dependencies):
        return identity(output_tensor, name)
