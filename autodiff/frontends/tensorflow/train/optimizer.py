"""What the optimizers of `tf.train` have in common, thin over the pure rules of `autodiff.optim`.

Each variable has one update node, as in TensorFlow (`ApplyAdam`, ...): when it runs it applies
`rule(p, g, rate, t, *slots)` to the session's arrays.  Slots are variables of the graph, so they
are saved and restored with the rest.  A gradient that is `IndexedSlices` moves its rows, of the
variable and of its slots, and no others.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

import numpy as np

from autodiff import optim
from autodiff.core.ground.locations import here
from autodiff.core.language.equation import Equation
from autodiff.frontends.tensorflow.control.flow import group
from autodiff.frontends.tensorflow.derivatives.gradients import gradients
from autodiff.frontends.tensorflow.graph.operation import Operation
from autodiff.frontends.tensorflow.graph.slices import IndexedSlices
from autodiff.frontends.tensorflow.graph.state import State, session_op
from autodiff.frontends.tensorflow.graph.tensor import Tensor
from autodiff.frontends.tensorflow.ground.shapes import is_full
from autodiff.frontends.tensorflow.variables.initialization import trainable_variables
from autodiff.frontends.tensorflow.variables.variables import Variable, current

Pair = tuple[Tensor | None, Variable]


class Optimizer:
    """Base of the optimizers: `minimize(loss)` is `compute_gradients` and `apply_gradients`.

    `rule` is the optimizer of `autodiff.optim` that is applied; its learning rate is ignored for
    `learning_rate`, a number or a tensor.  `slot_names` gives TensorFlow's names of its slots.
    """

    GATE_NONE, GATE_OP, GATE_GRAPH = 0, 1, 2
    slot_names: ClassVar[Mapping[str, str]] = {}
    counts_steps = False
    by_rows = True
    """Whether a gradient of rows moves those rows only; Adam's moments decay everywhere."""

    def __init__(self, rule: optim.Optimizer, learning_rate: Any, name: str) -> None:
        self.rule = rule
        self.learning_rate = learning_rate
        self.name = name
        self._slots: dict[tuple[str, Variable], Variable] = {}
        self._step: Variable | None = None

    def minimize(
        self,
        loss: Tensor,
        global_step: Variable | None = None,
        var_list: Sequence[Variable] | Variable | None = None,
        gate_gradients: int = GATE_OP,
        aggregation_method: Any = None,
        colocate_gradients_with_ops: bool = False,
        name: str | None = None,
        grad_loss: Any = None,
    ) -> Operation:
        """An operation that moves the variables one step downhill.

        `var_list` are the variables to move (default: all trainable ones); `global_step` counts
        the steps.
        """
        pairs = self.compute_gradients(loss, var_list, grad_loss=grad_loss)
        if all(g is None for g, _ in pairs):
            names = ", ".join(v.op.name for _, v in pairs)
            raise ValueError(
                f"{loss.name} depends on none of the variables {names}: there is no gradient. "
                f"Is the loss built from the variables, without tf.stop_gradient or an integer "
                f"on the way?{here()}"
            )
        return self.apply_gradients(pairs, global_step, name)

    def compute_gradients(
        self,
        loss: Tensor,
        var_list: Sequence[Variable] | Variable | None = None,
        gate_gradients: int = GATE_OP,
        aggregation_method: Any = None,
        colocate_gradients_with_ops: bool = False,
        grad_loss: Any = None,
    ) -> list[Pair]:
        """(gradient, variable) for each variable; None where the loss does not depend on it."""
        if var_list is None:
            variables = trainable_variables()
        else:
            variables = [var_list] if isinstance(var_list, Tensor) else list(var_list)
        if not variables:
            raise ValueError(f"there are no variables to optimize.{here()}")
        return list(zip(gradients(loss, variables, grad_loss), variables, strict=True))

    def apply_gradients(
        self,
        grads_and_vars: Sequence[Pair],
        global_step: Variable | None = None,
        name: str | None = None,
    ) -> Operation:
        """An operation that moves each variable by its gradient."""
        pairs = [(g, v) for g, v in grads_and_vars if g is not None]
        if not pairs:
            raise ValueError(f"no gradient is given for any variable.{here()}")
        graph = pairs[0][1].graph
        slots = {v: self._make_slots(v) for _, v in pairs}
        if self.counts_steps and self._step is None:
            self._step = _slot(np.int64(0), f"{self.name}/step")
        with graph.name_scope(name or self.name) as scope:
            updates = [self._update(g, v, slots[v]) for g, v in pairs]
            last: list[Any] = updates
            if self._step is not None:
                with graph.control_dependencies(updates):
                    last = [self._step.assign_add(1, name="count")]
            if global_step is None:
                return group(*last, name=scope)
            if not isinstance(global_step, Variable):
                raise TypeError(
                    "global_step is the variable that counts the steps, tf.Variable(0, "
                    f"trainable=False); got {global_step!r:.40}.{here()}"
                )
            with graph.control_dependencies(last):
                return global_step.assign_add(1, name=scope).op

    def get_slot(self, var: Variable, name: str) -> Variable | None:
        """The slot of a variable, by TensorFlow's name for it."""
        return self._slots.get((name, var))

    def get_slot_names(self) -> list[str]:
        """The names of the slots, sorted."""
        return sorted(self.slot_names.get(n, n) for n in self.rule.slots)

    def _make_slots(self, variable: Variable) -> list[Variable]:
        found = []
        for own, value in self.rule.slots.items():
            name = self.slot_names.get(own, own)
            if (name, variable) not in self._slots:
                if is_full(variable.dims):
                    initial = np.full(variable.dims, value, variable.dtype)
                else:
                    start = variable.initialized_value()
                    initial = np.zeros_like(start) + value
                self._slots[name, variable] = _slot(initial, f"{variable.op.name}/{self.name}")
            found.append(self._slots[name, variable])
        return found

    def _update(self, gradient: Tensor, variable: Variable, slots: list[Variable]) -> Tensor:
        rule, rate, step = self.rule, self.learning_rate, self._step
        nodes = [variable.node, *(slot.node for slot in slots)]
        scalar = None if isinstance(rate, Tensor) else variable.dtype.type(rate)
        sparse = self.by_rows and isinstance(gradient, IndexedSlices)
        operands = [gradient.values, gradient.indices] if sparse else [gradient]
        count = len(operands)

        def apply(state: State, *given: Any, variable: Equation) -> Any:
            old = [current(state, node) for node in nodes]
            t = 1 if step is None else int(current(state, step.node)) + 1
            lr = given[count].astype(old[0].dtype) if scalar is None else scalar
            rows, g = summed_rows(*given[:2]) if sparse else (..., given[0])
            new = rule.rule(old[0][rows], g, lr, t, *(slot[rows] for slot in old[1:]))
            for node, value, before in zip(nodes, new, old, strict=True):
                if sparse:
                    whole = before.copy()
                    whole[rows] = value
                    value = whole
                state.assign(node, np.asarray(value, before.dtype))
            return state.variables[variable]

        if scalar is None:
            operands.append(rate)
        kind = f"Apply{type(self).__name__.removesuffix('Optimizer')}"
        kind = f"Sparse{kind}" if sparse else kind
        name = f"update_{variable.op.name}/{kind}"
        infos = [(variable.dims, variable.dtype)]
        op = session_op(kind, apply)
        params = {"variable": variable.node}
        links = (variable, *slots, *([step] if step is not None else []))
        note = {"updates": self.name, "scope": (self.name,)}
        return variable.owner.stage(op, operands, params, name, kind, infos, note, links)


def summed_rows(values: np.ndarray, indices: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Each row's number once, and the sum of what is given for it.

    >>> rows, sums = summed_rows(np.array([[1.0], [2.0], [4.0]]), np.array([5, 0, 5]))
    >>> rows.tolist(), sums.ravel().tolist()
    ([0, 5], [2.0, 5.0])
    """
    rows, place = np.unique(indices, return_inverse=True)
    sums = np.zeros((len(rows), *values.shape[1:]), values.dtype)
    np.add.at(sums, place.reshape(-1), values)
    return rows, sums


def _slot(initial: Any, name: str) -> Variable:
    """A variable that an optimizer keeps for itself."""
    slot = Variable(initial, trainable=False, name=name)
    slot.node.note["slot"] = True
    return slot
