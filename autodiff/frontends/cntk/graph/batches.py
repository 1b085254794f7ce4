"""A batch of sequences as one array: (batch, steps, ...), the shorter ones filled with zeros.

The lengths go beside it where they differ, and what is computed is cut to them again.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from autodiff.core.ground.locations import here


def batch(leaf: Any, values: Any) -> tuple[Any, Any]:
    """Values as (batch, steps, ...), filled with zeros, and the lengths where they differ.

    A reader's samples are vectors, which take the input's shape.
    """
    rank = len(leaf.shape)
    if hasattr(values, "num_samples"):
        values = values.value
        if not isinstance(values, list):
            values = np.reshape(values, (*values.shape[:2], *leaf.shape))
    ragged = isinstance(values, list) and len({np.shape(v) for v in values}) > 1
    if ragged:
        lengths = np.array([len(v) for v in values])
        full = np.zeros((len(values), lengths.max(), *leaf.shape), leaf.dtype)
        for row, value in zip(full, values, strict=True):
            row[: len(value)] = np.asarray(value).reshape(-1, *leaf.shape)
        return full, lengths
    array = np.asarray(values, leaf.dtype)
    if array.shape == leaf.shape and rank:  # one sample, without the batch's axis
        array = array[None]
    if array.ndim == rank + 1:
        array = array[:, None]
    if array.ndim != rank + 2 or array.shape[2:] != leaf.shape:
        raise ValueError(
            f"Value's rank or trailing shape {array.shape} does not fit {leaf!r}: it takes "
            f"(batch, {', '.join(map(str, leaf.shape))}), or a step's axis between.{here()}"
        )
    return array, None


def shown(value: Any, lengths: Any) -> Any:
    """A computed value: a list where the sequences differ in length."""
    if lengths is None or value.ndim < 2 or value.shape[1] == 1:
        return value
    return [row[:n] for row, n in zip(value, lengths, strict=True)]
