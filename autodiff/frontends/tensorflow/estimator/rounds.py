"""`train_and_evaluate`: training in stretches, with an evaluation after each."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from autodiff.frontends.common.options import only


@dataclass(frozen=True)
class TrainSpec:
    """What is trained on, and until which global step."""

    input_fn: Callable[[], Any]
    max_steps: int | None = None
    hooks: Any = None


class EvalSpec:
    """What is evaluated on, over how many batches."""

    def __init__(
        self,
        input_fn: Callable[[], Any],
        steps: int | None = 100,
        name: str | None = None,
        hooks: Any = None,
        exporters: Any = None,
        start_delay_secs: float = 120,
        throttle_secs: float = 600,
    ) -> None:
        only("EvalSpec", {"exporters": exporters})
        self.input_fn, self.steps, self.name, self.hooks = input_fn, steps, name, hooks


def train_and_evaluate(
    estimator: Any, train_spec: TrainSpec, eval_spec: EvalSpec
) -> dict[str, Any] | None:
    """Train until `max_steps` (or the data end), and evaluate; the last measures.

    TensorFlow evaluates also between, every `throttle_secs` of ten minutes; here once, at the end.
    """
    estimator.train(train_spec.input_fn, hooks=train_spec.hooks, max_steps=train_spec.max_steps)
    found: dict[str, Any] = estimator.evaluate(
        eval_spec.input_fn, eval_spec.steps, hooks=eval_spec.hooks, name=eval_spec.name
    )
    return found
