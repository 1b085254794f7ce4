"""All variables of a graph: the lists that it keeps of them, and their initialization."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from autodiff.frontends.tensorflow.control.flow import group
from autodiff.frontends.tensorflow.graph.graph import get_default_graph
from autodiff.frontends.tensorflow.graph.operation import Operation
from autodiff.frontends.tensorflow.graph.state import State, session_op
from autodiff.frontends.tensorflow.graph.tensor import Tensor
from autodiff.frontends.tensorflow.variables.variables import GraphKeys, Variable


def all_variables(scope: str | None = None) -> list[Variable]:
    """Every variable of the default graph (`tf.global_variables()` by 1.0), or of a scope."""
    return get_default_graph().get_collection(GraphKeys.VARIABLES, scope)


def trainable_variables(scope: str | None = None) -> list[Variable]:
    """The variables that an optimizer changes."""
    return get_default_graph().get_collection(GraphKeys.TRAINABLE_VARIABLES, scope)


def local_variables(scope: str | None = None) -> list[Variable]:
    """The variables that are not saved."""
    return get_default_graph().get_collection(GraphKeys.LOCAL_VARIABLES, scope)


def moving_average_variables(scope: str | None = None) -> list[Variable]:
    """The variables that an `ExponentialMovingAverage` follows."""
    return get_default_graph().get_collection(GraphKeys.MOVING_AVERAGE_VARIABLES, scope)


def initialize_variables(var_list: Sequence[Variable], name: str = "init") -> Operation:
    """An operation that gives the variables their initial values."""
    return group(*(v.initializer for v in var_list), name=name)


def initialize_all_variables() -> Operation:
    """An operation that initializes every variable built so far.

    Build it after the variables: it does not know of later ones.
    """
    return initialize_variables(all_variables())


def initialize_local_variables() -> Operation:
    """An operation that initializes the local variables."""
    return initialize_variables(local_variables())


def initialize_all_tables(name: str = "init_all_tables") -> Operation:
    """An operation that does nothing: there are no tables of words to be filled."""
    return group(name=name)


def is_variable_initialized(ref: Variable, name: str | None = None) -> Tensor:
    """Whether a variable has a value, as a tensor."""
    infos = [((), np.dtype(bool))]
    params = {"variable": ref.node}
    return ref.owner.stage(
        initialized_op, (), params, name, "IsVariableInitialized", infos, None, (ref,)
    )


initialized_op = session_op(
    "is_initialized", lambda state, variable: np.bool_(variable in state.variables)
)


def report_uninitialized_variables(
    var_list: Sequence[Variable] | None = None, name: str = "report_uninitialized_variables"
) -> Tensor:
    """The names of the variables without a value, as a tensor of strings."""
    wanted = all_variables() if var_list is None else list(var_list)

    def missing(state: State) -> Any:
        names = [v.op.name for v in wanted if v.node not in state.variables]
        return np.array(names, dtype=object)

    infos = [((None,), np.dtype(object))]
    op = session_op("report_uninitialized_variables", missing)
    return get_default_graph().stage(op, (), {}, name, "ReportUninitialized", infos)
