"""The triggers by their plural name."""

from autodiff.frontends.chainer.training.trigger import IntervalTrigger

__all__ = ["IntervalTrigger"]
