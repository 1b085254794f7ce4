"""The source of random numbers, and `mx.random.seed`; the numbers are NumPy's."""

from __future__ import annotations

import numpy as np

generator: list[np.random.Generator] = [np.random.default_rng(0)]


def seed(seed_state: int) -> None:
    """Start the random numbers anew."""
    generator[0] = np.random.default_rng(int(seed_state))
