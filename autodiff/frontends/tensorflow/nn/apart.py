"""Filters whose elements stand apart, with zeros between them: "atrous" or dilated convolution."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from autodiff.core.ground.locations import here
from autodiff.frontends.tensorflow.declaring.staging import dims_of, stage_code


def apart(what: str, filters: Any, rates: Sequence[int], strides: Sequence[int]) -> Any:
    """A filter (rows, columns, ...) whose elements stand `rates` apart; itself at rates of 1.

    TensorFlow has such filters at strides of 1 alone.
    """
    if set(rates) == {1}:
        return filters
    if set(strides) != {1}:
        raise ValueError(
            f"{what}: strides {tuple(strides)} and a rate of {tuple(rates)} do not go together. "
            f"Leave one of them at 1.{here()}"
        )
    dims = dims_of(filters)
    lengths = [n + (n - 1) * (rate - 1) for n, rate in zip(dims, rates)]

    def spread(w: Any) -> Any:
        places = [np.zeros((length, n), w.dtype) for length, n in zip(lengths, dims)]
        for place, n, rate in zip(places, dims, rates):
            place[np.arange(n) * rate, np.arange(n)] = 1
        return np.einsum("ai,bj,ijco->abco", *places, w)

    return stage_code(spread, filters, type="Spread", dims=(*lengths, *dims[2:]))
