"""`mx.random`: arrays of random numbers, and their seed."""

from __future__ import annotations

import numpy as np

from autodiff.frontends.mxnet.ground.generating import generator
from autodiff.frontends.mxnet.nd import normal, uniform

__all__ = ["normal", "seed", "uniform"]


def seed(seed_state: int) -> None:
    """Start the random numbers anew."""
    generator[0] = np.random.default_rng(int(seed_state))
