"""Changing rows of a variable: `tf.scatter_update`, `scatter_add` and their kin."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from autodiff.core.ground.locations import here
from autodiff.core.language.equation import Equation
from autodiff.frontends.tensorflow.graph.inputs import convert_to_tensor
from autodiff.frontends.tensorflow.graph.state import State, session_op
from autodiff.frontends.tensorflow.variables.variables import Variable, acting, current


def _scatter(own: str, type: str, doc: str, change: Callable[..., None]) -> Callable[..., Any]:
    def scatter(
        ref: Variable, indices: Any, updates: Any, use_locking: bool = False, name: Any = None
    ) -> Any:
        if not isinstance(ref, Variable):
            raise TypeError(
                f"tf.{own} changes a variable, and got {ref!r:.60}: only a tf.Variable keeps a "
                f"value between runs.{here()}"
            )
        places = convert_to_tensor(indices)
        if places.dtype.kind not in "iu":
            raise TypeError(f"tf.{own}: indices are integers, not {places.dtype}.{here()}")
        return acting(ref, op, (places, convert_to_tensor(updates, ref.dtype)), name, type)

    def step(state: State, places: Any, updates: Any, variable: Equation) -> Any:
        with state.lock:
            whole = np.array(current(state, variable))
            at = by_multi_index(places) if own.startswith("scatter_nd") else places
            change(whole, at, updates)
            return state.assign(variable, whole)

    op = session_op(own, step, label=f"{own}({{}}, {{}})")
    scatter.__name__ = scatter.__qualname__ = own
    scatter.__doc__ = doc + "  A node that has the variable's new value."
    return scatter


def by_multi_index(places: Any) -> tuple[Any, ...]:
    """The index of the elements or slices whose places stand in the last axis."""
    return tuple(np.moveaxis(np.asarray(places), -1, 0))


def _put(whole: Any, places: Any, updates: Any) -> None:
    whole[places] = updates


scatter_update = _scatter(
    "scatter_update", "ScatterUpdate", "ref[indices] = updates; of several for one row the last.",
    _put,
)  # fmt: skip
scatter_add = _scatter(
    "scatter_add", "ScatterAdd", "ref[indices] += updates; several for one row add up.", np.add.at
)
scatter_sub = _scatter(
    "scatter_sub", "ScatterSub", "ref[indices] -= updates; several for one row add up.",
    np.subtract.at,
)  # fmt: skip
scatter_mul = _scatter(
    "scatter_mul", "ScatterMul", "ref[indices] *= updates, one after the other.", np.multiply.at
)
scatter_div = _scatter(
    "scatter_div", "ScatterDiv", "ref[indices] /= updates, one after the other.", np.divide.at
)
scatter_nd_update = _scatter(
    "scatter_nd_update", "ScatterNdUpdate", "`scatter_update` by multi-indices.", _put
)
scatter_nd_add = _scatter(
    "scatter_nd_add", "ScatterNdAdd", "`scatter_add` by multi-indices.", np.add.at
)
scatter_nd_sub = _scatter(
    "scatter_nd_sub", "ScatterNdSub", "`scatter_sub` by multi-indices.", np.subtract.at
)
