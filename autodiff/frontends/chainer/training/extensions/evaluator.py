"""`Evaluator`: the means of what a model reports over another dataset."""

from __future__ import annotations

import copy
from typing import Any

from autodiff.frontends.chainer.dataset import concat_examples
from autodiff.frontends.chainer.link import Link
from autodiff.frontends.chainer.reporter import DictSummary, Reporter, report, report_scope
from autodiff.frontends.chainer.training.extension import PRIORITY_WRITER, Extension
from autodiff.frontends.chainer.variable import Variable


class Evaluator(Extension):
    """Runs the model on volatile batches, without a graph, once an epoch."""

    trigger = (1, "epoch")
    default_name = "validation"  # type: ignore[assignment]
    priority = PRIORITY_WRITER

    def __init__(
        self, iterator: Any, target: Any, converter: Any = concat_examples, device: Any = None,
        eval_hook: Any = None, eval_func: Any = None,
    ) -> None:  # fmt: skip
        self._iterators = iterator if isinstance(iterator, dict) else {"main": iterator}
        self._targets = {"main": target} if isinstance(target, Link) else target
        self.converter, self.device = converter, device
        self.eval_hook, self.eval_func = eval_hook, eval_func

    def get_iterator(self, name: str) -> Any:
        """An iterator by name."""
        return self._iterators[name]

    def get_target(self, name: str) -> Any:
        """A link by name."""
        return self._targets[name]

    def __call__(self, trainer: Any = None) -> dict[str, Any]:
        """The means, which are also reported under the name of the extension."""
        reporter = Reporter()
        prefix = f"{self.name}/" if hasattr(self, "name") else ""
        for name, target in self._targets.items():
            reporter.add_observer(prefix + name, target)
            reporter.add_observers(prefix + name, target.namedlinks(skipself=True))
        with reporter:
            result = self.evaluate()
        report(result)
        return result

    def evaluate(self) -> dict[str, Any]:
        """One pass over the dataset."""
        target = self.eval_func or self._targets["main"]
        if self.eval_hook:
            self.eval_hook(self)
        summary = DictSummary()
        for batch in copy.copy(self._iterators["main"]):
            observation: dict[str, Any] = {}
            with report_scope(observation):
                arrays = self.converter(batch, self.device)
                if isinstance(arrays, tuple):
                    target(*(Variable(a, volatile="on") for a in arrays))
                elif isinstance(arrays, dict):
                    target(**{k: Variable(a, volatile="on") for k, a in arrays.items()})
                else:
                    target(Variable(arrays, volatile="on"))
            summary.add(observation)
        return summary.compute_mean()
