"""Loops: a graph whose placeholder takes what is computed from it, one step earlier.

    p = C.placeholder(2)
    total = p + x
    total.replace_placeholders({p: C.past_value(total)})     # total[t] = total[t - 1] + x[t]

Every way around the loop leads through a `past_value` or a `future_value`, whose value at one step
is known from another.  So the loop becomes one node that goes along the steps: at each it computes
the body once, from that step of what comes from outside and from what the delays hold.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from autodiff.core.ground.locations import here
from autodiff.core.language.dispatch import ground
from autodiff.core.language.equation import Equation, history
from autodiff.core.reverse.parts import part_of
from autodiff.frontends.common.written import Plan, code_op, replaced, source, write

STILL = ("parameter", "constant")
"""The kinds of leaves that have no steps."""


def closed(targets: dict[Equation, Equation], lengths: Equation) -> dict[Equation, Equation]:
    """What to exchange so that each placeholder has the value of its target: both become parts of
    one node that runs the loop.

    Raises NotImplementedError for a loop without a delay, or with delays in both directions.
    """
    delays = _delays(targets)
    states = {delay: source("state", None) for delay in delays}
    bodies = replaced(list(targets.values()), states)
    exchange = dict(zip(targets, bodies, strict=True))
    for _ in targets:  # one placeholder may stand for what reads another
        exchange = dict(zip(targets, replaced(list(exchange.values()), exchange), strict=True))
    kept = replaced(replaced([delay.inputs[0] for delay in delays], states), exchange)
    outputs = [exchange[p] for p in targets]
    nodes = history([n for n in [*outputs, *kept] if n.__class__ is Equation])
    if not delays or any(node in targets for node in nodes):
        raise NotImplementedError(
            "a loop that is closed by replace_placeholders needs a past_value or a future_value on "
            f"every way around: f.replace_placeholders({{p: C.past_value(f)}}).{here()}"
        )
    moving = set(states.values())
    for node in nodes:  # in the order in which they were written
        if any(parent in moving for parent in node.inputs if parent.__class__ is Equation):
            moving.add(node)
    read = [p for n in nodes if n in moving for p in n.inputs if p.__class__ is Equation]
    outside = list(dict.fromkeys(n for n in [*read, *outputs, *kept] if n not in moving))
    steps = [delay.note["delay"] for delay in delays]
    run = Loop(Plan([*outputs, *kept], [*states.values(), *outside]), outside, steps)
    fills = [delay.inputs[1] for delay in delays]
    op = code_op("loop", run, multiple=True)
    whole = write(op, [lengths, *fills, *outside], {}, None)
    parts = [write(part_of, [whole], {"index": place}) for place in range(len(targets))]
    found = dict(zip(targets, parts, strict=True))
    for target, part in zip(targets.values(), parts, strict=True):
        part.note = {key: value for key, value in (target.note or {}).items() if key != "delay"}
        found[target] = part
    return found


def _delays(targets: dict[Equation, Equation]) -> list[Equation]:
    """The delays that the loop leads through, which all look the same way."""
    inside = set(targets)
    found = []
    for node in history(list(targets.values())):
        if any(parent in inside for parent in node.inputs if parent.__class__ is Equation):
            inside.add(node)
            if node.note and "delay" in node.note:
                found.append(node)
    if len({delay.note["delay"][0] > 0 for delay in found}) > 1:
        raise NotImplementedError(
            f"a loop through past_value and future_value has no order of its steps.{here()}"
        )
    return found


class Loop:
    """The code of the node: `plan` over states and what comes from outside, once a step."""

    def __init__(
        self,
        plan: Plan,
        outside: Sequence[Equation],
        delays: Sequence[tuple[int, tuple[int, ...]]],
    ) -> None:
        self.plan, self.delays = plan, list(delays)
        self.still = [(node.note or {}).get("kind") in (*STILL, "lengths") for node in outside]

    __name__ = "loop"

    def __call__(self, lengths: Any, *values: Any) -> tuple[Any, ...]:
        """The values of the placeholders' targets, along all steps."""
        count = len(self.delays)
        fills, given = values[:count], values[count:]
        shapes = [np.shape(ground(v))[:2] for v, s in zip(given, self.still, strict=True) if not s]
        rows, steps = max((s[0] for s in shapes), default=1), max((s[1] for s in shapes), default=1)
        first = [
            np.broadcast_to(fill, (rows, 1, *shape))
            for fill, (_, shape) in zip(fills, self.delays, strict=True)
        ]
        backwards = self.delays[0][0] < 0
        held: list[dict[int, Any]] = [{} for _ in self.delays]
        found: dict[int, list[Any]] = {}
        for t in reversed(range(steps)) if backwards else range(steps):
            states = [
                self._state(kept, t - far, fill, lengths, backwards)
                for kept, (far, _), fill in zip(held, self.delays, first, strict=True)
            ]
            now = [
                value if still or np.shape(ground(value))[1] == 1 else value[:, t : t + 1]
                for value, still in zip(given, self.still, strict=True)
            ]
            results = self.plan.run(*states, *now)
            found[t] = results[: len(results) - count]
            for kept, value in zip(held, results[len(results) - count :], strict=True):
                kept[t] = value
        return tuple(
            np.concatenate([found[t][place] for t in range(steps)], axis=1)
            for place in range(len(found[0]))
        )

    def _state(self, kept: dict[int, Any], t: int, fill: Any, lengths: Any, backwards: bool) -> Any:
        """What a delay gives: the value at step t, or its first one where no such step is."""
        if t not in kept:
            return fill
        if backwards and lengths is not None:
            inside = np.reshape(t < np.asarray(lengths), (-1, *(1,) * (np.ndim(ground(fill)) - 1)))
            return np.where(inside, kept[t], fill)
        return kept[t]
