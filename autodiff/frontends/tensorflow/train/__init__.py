"""`tf.train`: optimizers, and whatever else a training loop needs.

This package only gathers names: a family of `tf.train` names (`Saver`, queues, ...) lives in a
module of its own beside `optimizers` and is imported here.
"""

import importlib
from typing import Any

from autodiff.data.records.example_schema import message_class
from autodiff.frontends.tensorflow.ground.renamed import missing
from autodiff.frontends.tensorflow.input.coordinator import Coordinator
from autodiff.frontends.tensorflow.input.producers import (
    batch,
    input_producer,
    match_filenames_once,
    range_input_producer,
    shuffle_batch,
    slice_input_producer,
    string_input_producer,
)
from autodiff.frontends.tensorflow.input.runners import (
    QueueRunner,
    add_queue_runner,
    start_queue_runners,
)
from autodiff.frontends.tensorflow.saving.checkpoint_state import (
    checkpoint_exists,
    get_checkpoint_state,
    latest_checkpoint,
    update_checkpoint_state,
)
from autodiff.frontends.tensorflow.saving.meta import import_meta_graph
from autodiff.frontends.tensorflow.saving.meta_files import export_meta_graph, write_graph
from autodiff.frontends.tensorflow.saving.saver import Saver
from autodiff.frontends.tensorflow.summary.writer import SummaryWriter
from autodiff.frontends.tensorflow.train.averages import ExponentialMovingAverage
from autodiff.frontends.tensorflow.train.hooks import (
    LoggingTensorHook,
    SessionRunArgs,
    SessionRunHook,
    StopAtStepHook,
    SummarySaverHook,
)
from autodiff.frontends.tensorflow.train.monitored import (
    ChiefSessionCreator,
    MonitoredSession,
    MonitoredTrainingSession,
    SingularMonitoredSession,
)
from autodiff.frontends.tensorflow.train.optimizer import Optimizer
from autodiff.frontends.tensorflow.train.optimizers import (
    AdadeltaOptimizer,
    AdagradOptimizer,
    AdamOptimizer,
    FtrlOptimizer,
    GradientDescentOptimizer,
    MomentumOptimizer,
    ProximalAdagradOptimizer,
    ProximalGradientDescentOptimizer,
    RMSPropOptimizer,
)
from autodiff.frontends.tensorflow.train.schedules import (
    exponential_decay,
    global_step,
    inverse_time_decay,
    natural_exp_decay,
    piecewise_constant,
    polynomial_decay,
)
from autodiff.frontends.tensorflow.train.supervised import Supervisor
from autodiff.frontends.tensorflow.train.watching import (
    CheckpointSaverHook,
    NanLossDuringTrainingError,
    NanTensorHook,
    StepCounterHook,
)

_MESSAGES = ("Example", "Features", "Feature", "BytesList", "FloatList", "Int64List")


def __getattr__(name: str) -> Any:
    """What loads when it is used: the protobuf classes, and what began in `contrib`."""
    if name.endswith("_global_step"):
        framework = importlib.import_module("autodiff.frontends.tensorflow.contrib.framework")
        if hasattr(framework, name):
            return getattr(framework, name)
    if name in _MESSAGES:
        return message_class(name)
    raise missing("tf.train", name, globals())
