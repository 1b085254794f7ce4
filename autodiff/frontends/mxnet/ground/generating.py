"""The source of random numbers, which are NumPy's."""

from __future__ import annotations

import numpy as np

generator: list[np.random.Generator] = [np.random.default_rng(0)]
