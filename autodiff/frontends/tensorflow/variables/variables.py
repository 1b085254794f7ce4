"""Variables: tensors whose value a session keeps between runs.

A `Variable` is itself a tensor, its value at the start of a run.  What is built inside
`control_dependencies` reads it anew, after what it depends on.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from autodiff.core.ground.locations import here
from autodiff.core.language.abstract import dims_text
from autodiff.core.language.equation import Equation
from autodiff.frontends.common.options import taking
from autodiff.frontends.tensorflow.graph.body import innermost, outside
from autodiff.frontends.tensorflow.graph.graph import Graph
from autodiff.frontends.tensorflow.graph.inputs import convert_to_tensor
from autodiff.frontends.tensorflow.graph.operation import Operation
from autodiff.frontends.tensorflow.graph.state import SessionOp, State, session_op
from autodiff.frontends.tensorflow.graph.tensor import Tensor
from autodiff.frontends.tensorflow.ground.errors import InvalidArgumentError
from autodiff.frontends.tensorflow.ground.shapes import compatible
from autodiff.frontends.tensorflow.running.plan import uninitialized


class GraphKeys:
    """The names of the collections that TensorFlow itself fills."""

    VARIABLES = GLOBAL_VARIABLES = "variables"
    TRAINABLE_VARIABLES = "trainable_variables"
    LOCAL_VARIABLES = "local_variables"
    MODEL_VARIABLES = "model_variables"
    WEIGHTS = "weights"
    BIASES = "biases"
    ACTIVATIONS = "activations"
    INIT_OP = "init_op"
    LOCAL_INIT_OP = "local_init_op"
    SUMMARY_OP = "summary_op"
    SAVERS = "savers"
    TABLE_INITIALIZERS = "table_initializer"
    MOVING_AVERAGE_VARIABLES = "moving_average_variables"
    SUMMARIES = "summaries"
    QUEUE_RUNNERS = "queue_runners"
    REGULARIZATION_LOSSES = "regularization_losses"
    UPDATE_OPS = "update_ops"
    LOSSES = "losses"
    GLOBAL_STEP = "global_step"


class Variable(Tensor):
    """A tensor that keeps its value between runs of a session, and can be assigned to.

    `initial_value` is a value, a tensor, or a function without arguments that makes one.  The
    variable has no value until its initializer has run, usually by
    `sess.run(tf.initialize_all_variables())`.

    >>> from autodiff.frontends import tensorflow as tf
    >>> with tf.Graph().as_default(), tf.Session() as sess:
    ...     v = tf.Variable(1.0, name="v")
    ...     sess.run(tf.initialize_all_variables())
    ...     sess.run(v.assign_add(2.0)), sess.run(v)
    (np.float32(3.0), np.float32(3.0))
    """

    __slots__ = ("initial_value", "initializer", "trainable")

    initial_value: Tensor
    initializer: Operation

    @taking("caching_device expected_shape import_scope", "variable_def")
    def __init__(
        self,
        initial_value: Any = None,
        trainable: bool = True,
        collections: Sequence[str] | None = None,
        validate_shape: bool = True,
        name: str | None = None,
        dtype: Any = None,
    ) -> None:
        if initial_value is None:
            raise ValueError(f"tf.Variable needs an initial value.{here()}")
        with (
            outside() as graph,
            graph.control_dependencies(None),
            graph.name_scope(name or "Variable") as scope,
        ):
            value = initial_value() if callable(initial_value) else initial_value
            initial = convert_to_tensor(value, dtype, "initial_value")
            dims = initial.dims if validate_shape else None
            node = graph.write(None, (), {}, scope, "Variable", {"role": "parameter"})
            node.value = self
            super().__init__(graph, node, dims, initial.dtype)
            self.initial_value = initial
            self.trainable = trainable
            self.initializer = acting(self, assign_op, (initial,), "Assign", "Assign").op
            self.initializer.node.note["initial"] = True
        keys = [GraphKeys.VARIABLES] if collections is None else list(collections)
        if trainable and GraphKeys.TRAINABLE_VARIABLES not in keys:
            keys.append(GraphKeys.TRAINABLE_VARIABLES)
        for key in keys:
            graph.add_to_collection(key, self)

    @classmethod
    def read(cls, graph: Graph, name: str, dims: Any, dtype: np.dtype) -> Variable:
        """A variable of a message; the node that initializes it is read after it."""
        found = cls.__new__(cls)
        node = graph.write(None, (), {}, name, "Variable", {"role": "parameter"})
        node.value = found
        Tensor.__init__(found, graph, node, dims, dtype)
        found.trainable = False
        return found

    def operand(self, graph: Graph) -> Tensor:
        """What a node that uses this variable reads: under control dependencies, a new read."""
        return self.read_value() if graph.control else self

    def read_value(self) -> Tensor:
        """The value at the time when this node runs, not at the start of the run."""
        name, graph = f"{self.op.name}/read", innermost(self.owner)
        if graph is self.owner:
            return acting(self, read_op, (), name, "Read")
        params, infos = {"variable": self.node}, [(self.dims, self.dtype)]
        return graph.stage(read_inside_op, (graph.capture(self),), params, name, "Read", infos)

    def value(self) -> Tensor:
        """The variable's value as a tensor, which it is itself."""
        return self

    ref = value

    def initialized_value(self) -> Tensor:
        """The value after the initializer has run, for the initial value of another variable."""
        with (
            outside() as graph,
            graph.control_dependencies(None),
            graph.control_dependencies([self.initializer]),
        ):
            return self.read_value()

    def assign(
        self,
        value: Any,
        use_locking: bool = False,
        name: str | None = None,
        validate_shape: bool = True,
    ) -> Tensor:
        """A node that gives the variable a new value, and has that value."""
        return self._changed(assign_op, value, name, "Assign", validate_shape)

    def assign_add(self, delta: Any, use_locking: bool = False, name: str | None = None) -> Tensor:
        """A node that adds to the variable, and has the new value."""
        return self._changed(add_op, delta, name, "AssignAdd")

    def assign_sub(self, delta: Any, use_locking: bool = False, name: str | None = None) -> Tensor:
        """A node that subtracts from the variable, and has the new value."""
        return self._changed(sub_op, delta, name, "AssignSub")

    def _changed(
        self, op: SessionOp, value: Any, name: str | None, type: str, validate: bool = True
    ) -> Tensor:
        given = convert_to_tensor(value, self.dtype)
        if validate and not compatible(given.dims, self.dims):
            raise ValueError(
                f"{self.op.name} has shape {dims_text(self.dims)}, and takes no value of shape "
                f"{dims_text(given.dims)}.{here()}"
            )
        return acting(self, op, (given,), name, type)

    def count_up_to(self, limit: int) -> Tensor:
        """A node that adds 1, and raises OutOfRangeError at the limit."""
        from autodiff.frontends.tensorflow.ground.errors import OutOfRangeError

        def step(state: State, variable: Equation) -> Any:
            old = current(state, variable)
            if old >= limit:
                raise OutOfRangeError(f"{variable.note['name']} has reached its limit {limit}")
            state.assign(variable, old + 1)
            return old

        return acting(self, session_op("count_up_to", step), (), None, "CountUpTo")

    def load(self, value: Any, session: Any = None) -> None:
        """Give the variable a value in a session, without a node."""
        from autodiff.frontends.tensorflow.graph.operation import current_session

        array = np.asarray(value, self.dtype)
        _fit(self.node, array)
        current_session(self, session).state.assign(self.node, array)

    def __repr__(self) -> str:
        return f"<tf.Variable '{self.name}' shape={dims_text(self.dims)} dtype={self.dtype}>"


def acting(
    variable: Variable, op: SessionOp, operands: Sequence[Tensor], name: str | None, type: str
) -> Any:
    """A node that reads or changes a variable, and has its new value."""
    params, infos = {"variable": variable.node}, [(variable.dims, variable.dtype)]
    graph = variable.owner
    return graph.stage(op, operands, params, name, type, infos, None, (variable,))


def root(graph: Graph) -> Graph:
    """The outermost graph, where variables live."""
    while graph.outer is not None:
        graph = graph.outer
    return graph


def current(state: State, variable: Equation) -> Any:
    """A variable's value in a session."""
    try:
        return state.variables[variable]
    except KeyError:
        raise uninitialized(variable, ()) from None


def _fit(variable: Equation, value: Any) -> None:
    if not compatible(np.shape(value), variable.value.dims):
        raise InvalidArgumentError(
            f"a value of shape {np.shape(value)} can't be assigned to the variable "
            f"{variable.note['name']} of shape {dims_text(variable.value.dims)}."
        )


def _assign(state: State, value: Any, variable: Equation) -> Any:
    _fit(variable, value)
    return state.assign(variable, value)


def _assign_add(state: State, delta: Any, variable: Equation) -> Any:
    with state.lock:
        return state.assign(variable, current(state, variable) + delta)


def _assign_sub(state: State, delta: Any, variable: Equation) -> Any:
    with state.lock:
        return state.assign(variable, current(state, variable) - delta)


read_op = session_op("read", current, lambda index, ct, ans, x, variable: ct, label="read {}")
read_inside_op = session_op(
    "read",
    lambda state, entered, variable: current(state, variable),
    lambda index, ct, ans, entered, variable: ct,
    label="read {}",
)
"""A read in a branch or loop, whose derivative goes by the way on which the variable entered it."""
assign_op = session_op("assign", _assign, label="{} := {}")
add_op = session_op("assign_add", _assign_add, label="{} += {}")
sub_op = session_op("assign_sub", _assign_sub, label="{} -= {}")


def assign(
    ref: Variable,
    value: Any,
    validate_shape: bool = True,
    use_locking: bool = False,
    name: str | None = None,
) -> Tensor:
    """`ref.assign(value)`."""
    return _variable("tf.assign", ref).assign(value, use_locking, name, validate_shape)


def assign_add(
    ref: Variable, value: Any, use_locking: bool = False, name: str | None = None
) -> Tensor:
    """`ref.assign_add(value)`."""
    return _variable("tf.assign_add", ref).assign_add(value, use_locking, name)


def assign_sub(
    ref: Variable, value: Any, use_locking: bool = False, name: str | None = None
) -> Tensor:
    """`ref.assign_sub(value)`."""
    return _variable("tf.assign_sub", ref).assign_sub(value, use_locking, name)


def _variable(what: str, ref: Any) -> Variable:
    if not isinstance(ref, Variable):
        raise TypeError(
            f"{what} changes a variable, and got {ref!r:.60}: only a tf.Variable keeps a value "
            f"between runs.{here()}"
        )
    return ref


def count_up_to(ref: Variable, limit: int, name: str | None = None) -> Tensor:
    """`ref.count_up_to(limit)`."""
    return ref.count_up_to(limit)
