"""The extensions: evaluation, logs, pictures, snapshots, schedules."""

from autodiff.frontends.chainer.training.extensions.evaluator import Evaluator
from autodiff.frontends.chainer.training.extensions.files import (
    dump_graph,
    snapshot,
    snapshot_object,
)
from autodiff.frontends.chainer.training.extensions.logs import (
    LogReport,
    PlotReport,
    PrintReport,
    ProgressBar,
)
from autodiff.frontends.chainer.training.extensions.shifts import ExponentialShift, LinearShift
