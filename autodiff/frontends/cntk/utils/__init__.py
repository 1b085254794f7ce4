"""What a training loop prints: averages of the last minibatch, of an epoch, and of all."""

from __future__ import annotations

from typing import Any

import numpy as np

from autodiff.frontends.cntk.utils.progress_print import ProgressPrinter, log_number_of_parameters
from autodiff.frontends.common.options import only


def get_train_loss(trainer: Any) -> float:
    """The mean loss of the last minibatch, before its step."""
    return trainer.previous_minibatch_loss_average


def get_train_eval_criterion(trainer: Any) -> float:
    """The mean metric of the last minibatch."""
    return trainer.previous_minibatch_evaluation_average


def one_hot(batch: Any, num_classes: int, dtype: Any = np.float32, **options: Any) -> Any:
    """Class numbers, a list of sequences, as rows of zeros with a one."""
    only("one_hot", options, "device", "sparse_output")
    return [np.eye(num_classes, dtype=dtype)[np.asarray(row, int)] for row in batch]
