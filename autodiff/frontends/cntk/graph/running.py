"""Running a function's graph over a batch: its value, and the gradients of its sum.

Its equations call code over arrays whose first axes are the batch's and the sequence's; the
derivative of a run is the engine's.
"""

from __future__ import annotations

from typing import Any

import numpy as np

import autodiff as ad
from autodiff.core.ground.locations import here
from autodiff.core.language.dispatch import ground
from autodiff.core.language.equation import Equation, history
from autodiff.frontends.cntk.graph.batches import batch, shown
from autodiff.frontends.common.options import only
from autodiff.frontends.common.written import Plan


class Runs:
    """What a graph needs to be run: its last node, and its inputs."""

    node: Equation
    arguments: Any
    is_leaf = False

    def eval(self, arguments: Any = None) -> Any:
        """The value for a batch: (batch, 1 step, ...) as beta 12 has it, and a list where the
        sequences differ in length."""
        feeds, lengths = self._fed(arguments)
        return shown(np.asarray(self._plan(feeds).run(*feeds.values())[0]), lengths)

    forward = eval

    def grad(self, at: Any, wrt: Any = None, outputs: Any = None) -> Any:
        """The gradient of the sum over the batch, with respect to each of `wrt`."""
        only("Function.grad", {"outputs": outputs})
        feeds, _ = self._fed(at)
        several = isinstance(wrt, list | tuple)
        leaves = list(wrt) if several else [wrt if wrt is not None else self.arguments[0]]
        for leaf in leaves:
            if not getattr(leaf, "is_leaf", False):
                raise ValueError(f"grad is with respect to inputs and parameters: {leaf}.{here()}")
        found = self.value_and_grads(feeds, leaves)[1]
        return found if several else found[0]

    def value_and_grads(self, feeds: dict[Equation, Any], leaves: Any, others: Any = ()) -> Any:
        """The values (of this and of others), and the gradients of the sum of this one."""
        own = {leaf.node: feeds.get(leaf.node, leaf.stored) for leaf in leaves}
        fixed = {n: v for n, v in feeds.items() if n not in own}
        plan = Plan([self.node, *(o.node for o in others)], [*own, *fixed])
        seen: list[Any] = []

        def run(*values: Any) -> Any:
            found = plan.run(*values, *fixed.values())
            seen[:] = found[1:]
            return found[0]

        value, pull = ad.vjp(run, *own.values())
        grads = pull(np.ones_like(value))
        return [value, *(np.asarray(ground(s)) for s in seen)], list(grads)

    def _plan(self, feeds: dict[Equation, Any]) -> Plan:
        return Plan([self.node], list(feeds))

    def _fed(self, arguments: Any) -> tuple[dict[Equation, Any], Any]:
        own = self.arguments
        if arguments is None:
            arguments = {}
        if not isinstance(arguments, dict):
            arguments = {own[0]: arguments}
        feeds, lengths = {}, None
        for leaf in own:
            if leaf not in arguments:
                raise ValueError(
                    f"Values for 1 required arguments [{leaf}] have not been provided.{here()}"
                )
            feeds[leaf.node], own_lengths = batch(leaf, arguments[leaf])
            lengths = own_lengths if own_lengths is not None else lengths
        if lengths is not None:
            for node in history([self.node]):
                if (node.note or {}).get("kind") == "lengths":
                    feeds[node] = lengths
        return feeds, lengths
