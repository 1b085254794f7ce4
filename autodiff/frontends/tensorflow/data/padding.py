"""Elements of unequal lengths, padded so that they can be stacked.

>>> [part.tolist() for part in padded([np.array([1, 2]), np.array([3])], (None,), 0)]
[[1, 2], [3, 0]]
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from autodiff.core.ground.locations import here


def padding(dtype: Any) -> Any:
    """What stands where nothing is: 0, or no text."""
    return "" if dtype.kind == "O" else dtype.type(0)


def padded(parts: Sequence[Any], shape: Any, value: Any) -> list[np.ndarray]:
    """Arrays with `value` at the end of their axes; a length None is that of the longest."""
    arrays = [np.asarray(part) for part in parts]
    if not shape:
        return arrays
    longest = np.max([array.shape for array in arrays], axis=0, initial=0)
    wanted = [own if n is None else n for n, own in zip(shape, longest, strict=True)]
    if any(own > n for own, n in zip(longest, wanted, strict=True)):
        raise ValueError(
            f"padded_batch to the shape {tuple(shape)}: an element is longer, {tuple(longest)}. "
            f"Write None, or -1, for the length of the longest.{here()}"
        )
    return [
        np.pad(
            array, [(0, n - own) for n, own in zip(wanted, array.shape, strict=True)],
            constant_values=value,
        )
        for array in arrays
    ]  # fmt: skip
