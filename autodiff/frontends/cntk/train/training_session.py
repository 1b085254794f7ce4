"""`training_session`: minibatches of a reader to a trainer, until so many samples were seen."""

from __future__ import annotations

from typing import Any

from autodiff.frontends.cntk.learners import Schedule, UnitType
from autodiff.frontends.common.options import only


def minibatch_size_schedule(schedule: Any, epoch_size: Any = None) -> Schedule:
    """Sizes of minibatches, by epochs where there are several."""
    return Schedule(schedule, UnitType.minibatch, epoch_size)


class TrainingSession:
    """`train()` runs the loop; every `progress_frequency` samples the printer sums up."""

    def __init__(
        self, training_minibatch_source: Any = None, trainer: Any = None,
        mb_size_schedule: Any = None,
        progress_printer: Any = None, model_inputs_to_mb_source_mapping: Any = None,
        progress_frequency: int | None = None, max_training_samples: int | None = None,
        mb_source: Any = None, mb_size: Any = None, model_inputs_to_streams: Any = None,
        max_samples: int | None = None, var_to_stream: Any = None, **options: Any,
    ) -> None:  # fmt: skip
        only("training_session", options)
        if mb_source is not None:  # the names of 2.0
            training_minibatch_source, max_training_samples = mb_source, max_samples
            model_inputs_to_mb_source_mapping = model_inputs_to_streams or var_to_stream
            mb_size_schedule = mb_size
        if isinstance(mb_size_schedule, int):
            mb_size_schedule = minibatch_size_schedule(mb_size_schedule)
        self.source, self.trainer, self.sizes = training_minibatch_source, trainer, mb_size_schedule
        self.printer, self.mapping = progress_printer, model_inputs_to_mb_source_mapping
        self.every, self.most = progress_frequency, max_training_samples

    def train(self, device: Any = None) -> None:
        """All minibatches."""
        seen, due = 0, self.every
        while self.most is None or seen < self.most:
            size = int(self.sizes.at(seen))
            size = size if self.most is None else min(size, self.most - seen)
            data = self.source.next_minibatch(size, input_map=self.mapping)
            if not data:
                break
            self.trainer.train_minibatch(data)
            seen += self.trainer.previous_minibatch_sample_count
            if self.printer is not None:
                self.printer.update_with_trainer(self.trainer, with_metric=True)
            if due is not None and seen >= due:
                if self.printer is not None:
                    self.printer.epoch_summary(with_metric=True)
                self.trainer.summarize_training_progress()
                due += self.every or 0


def training_session(*args: Any, **options: Any) -> TrainingSession:
    """A `TrainingSession`."""
    return TrainingSession(*args, **options)
