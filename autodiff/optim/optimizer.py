"""An optimizer is one pure update rule, applied leaf by leaf: what all of them share.

A rule maps a parameter, its gradient and its slots (velocity, moments, ...) to their next values.
It is plain NumPy without branches on values, so it runs on arrays, on traced values (the update
is itself differentiable: hyper-gradients) and on the tensors of a symbolic graph alike.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from autodiff.core.arguments.tree import flatten, is_variable, map_tree, paths, unflatten
from autodiff.core.ground.errors import ShapeError, TreeError
from autodiff.core.ground.locations import here
from autodiff.core.language.dispatch import Array, ground, is_traced

Tree = Any
Schedule = Callable[[Any], Any]
"""The learning rate of a step; the first step is number 0."""

Rate = float | Array | Schedule


@dataclass(frozen=True, slots=True)
class State:
    """How many updates were made, and for each slot's name a container shaped like params."""

    step: int = 0
    slots: dict[str, Tree] = field(default_factory=dict)


class Optimizer:
    """Base of the optimizers: `init` makes the state, `update` applies the rule to every leaf.

    A subclass is a frozen dataclass of its hyperparameters, `learning_rate` first, with a `rule`
    and the `slots` that the rule carries along.
    """

    __slots__ = ()
    learning_rate: Rate

    @property
    def slots(self) -> dict[str, Any]:
        """The name and initial value of each slot, in the order in which `rule` takes them."""
        return {}

    def rule(self, p: Array, g: Array, rate: Array, t: Any, *slots: Array) -> tuple[Array, ...]:
        """(parameter, gradient, rate, t = 1, 2, ..., *slots) -> (parameter, *slots)."""
        raise NotImplementedError

    def init(self, params: Tree) -> State:
        """The state before the first step: a slot for every parameter, of its shape and dtype."""
        return State(0, {name: _filled(params, value) for name, value in self.slots.items()})

    def update(self, params: Tree, gradient: Tree, state: State) -> tuple[Tree, State]:
        """One step downhill: the next parameters and state; nothing is changed in place.

        `gradient` has the structure of `params`; where it is None, and at constants (ints,
        strings, ...), the parameter stays.  Raises TreeError or ShapeError where the two do not
        fit each other.
        """
        rate, t = self.rate(state.step), state.step + 1
        leaves, structure = flatten(params)
        names = list(state.slots)
        columns = [
            _leaves_like(structure, leaves, tree, what)
            for tree, what in [(gradient, "gradient"), *((state.slots[n], n) for n in names)]
        ]
        rows = []
        for index, (p, g, *slots) in enumerate(zip(leaves, *columns, strict=True)):
            row = (p, *slots)
            if g is not None:
                _refuse_misfit(p, g, lambda i=index: paths(structure, "params")[i])
                row = tuple(map(_in_dtype_of, row, self.rule(p, g, rate, t, *slots)))
            rows.append(row)
        moved = [unflatten(structure, list(column)) for column in zip(*rows, strict=True)]
        if not rows:
            return params, State(t, state.slots)
        return moved[0], State(t, dict(zip(names, moved[1:], strict=True)))

    def rate(self, step: Any) -> Array:
        """The learning rate at a step, which counts from 0."""
        rate = self.learning_rate
        if isinstance(rate, dict | list | tuple):
            name = type(self).__name__
            raise TypeError(
                f"{name}(learning_rate, ...) does not hold the parameters. Write optimizer = "
                f"{name}(0.1) and state = optimizer.init(params); for Tensors "
                f"optim.Stepper({name}(0.1), tensors).{here()}"
            )
        rate = rate(step) if callable(rate) else rate
        return rate if is_traced(rate) or np.ndim(rate) else float(rate)


def _filled(params: Tree, value: Any) -> Tree:
    return map_tree(lambda p: np.zeros_like(ground(p)) + value if is_variable(p) else None, params)


def _leaves_like(structure: Any, leaves: list[Any], tree: Tree, what: str) -> list[Any]:
    """The leaves of a container that must have the structure of the parameters, in their order."""
    own, its = flatten(tree)
    if its == structure and len(own) == len(leaves):
        return own
    wanted, by_path = paths(structure), dict(zip(paths(its), own, strict=True))
    if set(wanted) != set(by_path):
        missing = ", ".join(path for path in wanted if path not in by_path) or "none"
        extra = ", ".join(path for path in by_path if path not in wanted) or "none"
        raise TreeError(
            f"the {what} and the parameters are different containers: missing in the {what}: "
            f"{missing}; not a parameter: {extra}. Give the gradient of the same params, "
            f"ad.grad(loss)(params, ...), and a state from optimizer.init(params).{here()}"
        )
    return [by_path[path] for path in wanted]


def _refuse_misfit(p: Any, g: Any, name: Callable[[], str]) -> None:
    """A gradient must belong to a variable, and have its shape: broadcasting would hide a bug."""
    if not is_variable(p):
        raise TreeError(
            f"{name()} = {p!r:.40} has a gradient, but is a constant for the optimizer. "
            f"A parameter is a float or an array of floats: write {p!r:.40}.0 for an int.{here()}"
        )
    if np.shape(ground(g)) != np.shape(ground(p)):
        raise ShapeError(
            f"{name()} has shape {np.shape(ground(p))}, its gradient {np.shape(ground(g))}.{here()}"
        )


def _in_dtype_of(old: Any, new: Any) -> Any:
    """A float32 parameter stays one, whatever the rule was computed in."""
    dtype = getattr(old, "dtype", None)
    return new if dtype is None or new.dtype == dtype else new.astype(dtype)
