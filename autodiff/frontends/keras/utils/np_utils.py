"""What goes before a model: class numbers as one-hot rows."""

from __future__ import annotations

from typing import Any

import numpy as np


def to_categorical(y: Any, nb_classes: int | None = None) -> np.ndarray:
    """One-hot rows of class numbers.

    >>> to_categorical([0, 2])
    array([[1., 0., 0.],
           [0., 0., 1.]])
    """
    y = np.asarray(y, int).ravel()
    return np.eye(int(y.max()) + 1 if nb_classes is None else nb_classes)[y]
