"""`Trainer`: a model, its loss and metric, and learners; a step a minibatch."""

from __future__ import annotations

from typing import Any

import numpy as np

from autodiff.frontends.cntk.graph.functions import Function
from autodiff.frontends.cntk.graph.state import training
from autodiff.frontends.common.options import only


class Trainer:
    """`train_minibatch({x: rows, y: rows})`; the averages of the last one are kept."""

    def __init__(self, model: Any, criterion: Any, parameter_learners: Any,
                 progress_writers: Any = None, **options: Any) -> None:  # fmt: skip
        only("Trainer", options)
        pair = criterion if isinstance(criterion, list | tuple) else (criterion, None)
        self.model, self.loss_function, self.evaluation_function = model, pair[0], pair[1]
        several = isinstance(parameter_learners, list | tuple)
        self.parameter_learners = list(parameter_learners) if several else [parameter_learners]
        several = isinstance(progress_writers, list | tuple)
        printers = progress_writers if several else [progress_writers]
        self.printers = [p for p in printers or () if p is not None]
        self.previous_minibatch_loss_average = 0.0
        self.previous_minibatch_evaluation_average = 0.0
        self.previous_minibatch_sample_count = 0
        self.total_number_of_samples_seen = 0
        self.tested = np.zeros(3)  # sum of the metric, samples, minibatches

    def _feeds(self, arguments: Any) -> Any:
        functions = [self.loss_function, self.evaluation_function or self.loss_function]
        feeds: dict[Any, Any] = {}
        for function in functions:
            own = {k: v for k, v in arguments.items() if k in function.arguments}
            feeds |= function._fed(own)[0]
        return feeds

    def train_minibatch(self, arguments: Any, outputs: Any = None) -> Any:
        """One step; the loss kept is that before it, as are the values of `outputs`.

        Returns True, or with `outputs` True and their values.
        """
        feeds = self._feeds(arguments)
        leaves = [p for learner in self.parameter_learners for p in learner.parameters]
        metrics: list[Function] = [self.evaluation_function] if self.evaluation_function else []
        others = [*metrics, *(outputs or ())]
        training[0] = True
        try:
            values, grads = self.loss_function.value_and_grads(feeds, leaves, others)
        finally:
            training[0] = False
        count = int(np.prod(np.shape(values[0])[:2]))
        self.previous_minibatch_loss_average = float(np.sum(values[0]) / count)
        if metrics:
            self.previous_minibatch_evaluation_average = float(np.mean(values[1]))
        self.previous_minibatch_sample_count = count
        self.total_number_of_samples_seen += count
        for learner in self.parameter_learners:
            own, grads = grads[: len(learner.parameters)], grads[len(learner.parameters) :]
            learner.update(own, count)
        for printer in self.printers:
            printer.update_with_trainer(self, with_metric=bool(metrics))
        return (
            (True, dict(zip(outputs, values[1 + len(metrics) :], strict=True))) if outputs else True
        )

    def summarize_training_progress(self) -> None:
        """Print the sums of the epoch by the printers that were given."""
        for printer in self.printers:
            printer.epoch_summary(with_metric=self.evaluation_function is not None)

    def test_minibatch(self, arguments: Any) -> float:
        """The mean of the metric."""
        function = self.evaluation_function or self.loss_function
        own = {k: v for k, v in arguments.items() if k in function.arguments}
        values = np.asarray(function.eval(own))
        self.tested += float(np.sum(values)), values.size, 1
        return float(np.mean(values))

    def summarize_test_progress(self) -> None:
        """Print the mean of the metric of what was tested since the last time."""
        for printer in self.printers:
            printer.test_summary(*self.tested)
        self.tested = np.zeros(3)


class Evaluator(Trainer):
    """A metric over minibatches: `test_minibatch`."""

    def __init__(self, eval_function: Any, progress_writers: Any = None) -> None:
        super().__init__(eval_function, (eval_function, eval_function), [], progress_writers)
