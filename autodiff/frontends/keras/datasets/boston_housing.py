"""Boston housing: thirteen numbers of a district, and the median price of its houses."""

from typing import Any

import numpy as np

from autodiff.frontends.keras.datasets.files import found


def load_data(path: str = "boston_housing.npz", seed: int = 113, test_split: float = 0.2) -> Any:
    """((x_train, y_train), (x_test, y_test))."""
    with np.load(found(path)) as data:
        x, y = data["x"], data["y"]
    order = np.random.default_rng(seed).permutation(len(x))
    x, y, count = x[order], y[order], int(len(x) * (1 - test_split))
    return (x[:count], y[:count]), (x[count:], y[count:])
