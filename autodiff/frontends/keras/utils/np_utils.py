"""What goes before a model: class numbers as one-hot rows."""

from __future__ import annotations

from typing import Any

import numpy as np


def to_categorical(
    y: Any, nb_classes: int | None = None, num_classes: int | None = None
) -> np.ndarray:
    """One-hot rows of class numbers.

    >>> to_categorical([0, 2])
    array([[1., 0., 0.],
           [0., 0., 1.]])
    """
    nb_classes = nb_classes if num_classes is None else num_classes
    y = np.asarray(y, int).ravel()
    return np.eye(int(y.max()) + 1 if nb_classes is None else nb_classes)[y]


def normalize(x: Any, axis: int = -1, order: int = 2) -> np.ndarray:
    """Vectors of length 1 along an axis."""
    lengths = np.atleast_1d(np.linalg.norm(x, order, axis))
    lengths[lengths == 0] = 1
    return x / np.expand_dims(lengths, axis)
