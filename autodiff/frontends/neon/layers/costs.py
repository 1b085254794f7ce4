"""Costs of a network: a function of columns, shown as a mean, whose errors are not divided."""

from __future__ import annotations

from typing import Any

import numpy as np

from autodiff.frontends.neon.backends.backend import NervanaObject, Tensor


class GeneralizedCost(NervanaObject):
    """A cost of columns: shown as the mean over the batch, its errors not divided."""

    def __init__(self, costfunc: Any, name: Any = None) -> None:
        self.costfunc = costfunc

    def get_cost(self, y: Any, t: Any) -> float:
        """The mean over columns."""
        return float(np.mean(self.costfunc(_array(y), _array(t))))

    def get_errors(self, y: Any, t: Any) -> Any:
        """The errors that go back."""
        return self.costfunc.bprop(_array(y), _array(t))


def _array(value: Any) -> Any:
    return value.array if isinstance(value, Tensor) else value


class GeneralizedCostMask(GeneralizedCost):
    """The same where a target is (values, mask): only what the mask lets through counts."""

    def get_cost(self, y: Any, t: Any) -> float:
        """The mean over columns."""
        target, mask = map(_array, t)
        return super().get_cost(_array(y) * mask, target)

    def get_errors(self, y: Any, t: Any) -> Any:
        """The errors that go back."""
        target, mask = map(_array, t)
        return super().get_errors(_array(y) * mask, target) * mask
