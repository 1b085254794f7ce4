"""Training as objects: an updater makes a step, a trainer repeats it and calls its extensions."""

from autodiff.frontends.chainer.training import extension, extensions, trigger, triggers, updater
from autodiff.frontends.chainer.training.extension import (
    PRIORITY_EDITOR,
    PRIORITY_READER,
    PRIORITY_WRITER,
    Extension,
    make_extension,
)
from autodiff.frontends.chainer.training.trainer import Trainer
from autodiff.frontends.chainer.training.trigger import IntervalTrigger, get_trigger
from autodiff.frontends.chainer.training.updater import StandardUpdater, Updater
