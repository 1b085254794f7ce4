"""Training: a `Trainer` makes a step of a minibatch, a session feeds it from a reader."""

from autodiff.frontends.cntk.train.trainer import Evaluator, Trainer
from autodiff.frontends.cntk.train.training_session import (
    TrainingSession,
    minibatch_size_schedule,
    training_session,
)

__all__ = [
    "Evaluator",
    "Trainer",
    "TrainingSession",
    "minibatch_size_schedule",
    "training_session",
]
