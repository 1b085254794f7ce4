"""`cntk.cntk_py`: the seed of what is drawn here."""

from __future__ import annotations

import numpy as np

from autodiff.frontends.cntk.graph.functions import generator


def set_fixed_random_seed(value: int) -> None:
    """Start the random numbers anew (they are NumPy's, not CNTK's)."""
    generator[0] = np.random.default_rng(int(value))


def set_computation_network_trace_level(level: int) -> None:
    """Accepted; nothing is traced."""
