"""A predictor with its loss and accuracy."""

from __future__ import annotations

from typing import Any

import autodiff.frontends.chainer.functions as F
from autodiff.frontends.chainer.link import Chain, Link
from autodiff.frontends.chainer.reporter import report
from autodiff.frontends.chainer.variable import Variable


class Classifier(Chain):
    """A predictor with its loss and accuracy, which are reported."""

    compute_accuracy = True

    def __init__(
        self, predictor: Link, lossfun: Any = F.softmax_cross_entropy, accfun: Any = F.accuracy
    ) -> None:
        super().__init__(predictor=predictor)
        self.lossfun, self.accfun = lossfun, accfun
        self.y = self.loss = self.accuracy = None

    def __call__(self, *args: Any) -> Variable:
        """The loss; the last argument are the labels."""
        *x, t = args
        self.y = self.loss = self.accuracy = None
        self.y = self.predictor(*x)
        self.loss = self.lossfun(self.y, t)
        report({"loss": self.loss}, self)
        if self.compute_accuracy:
            self.accuracy = self.accfun(self.y, t)
            report({"accuracy": self.accuracy}, self)
        return self.loss
