"""One of the results of an op that has several: an op of its own, whose transpose leaves gaps."""

from __future__ import annotations

from typing import Any

from autodiff.core.language.dispatch import Array
from autodiff.core.language.kinds import linear
from autodiff.core.reverse.sweep import Parts


def _part_transpose(ct: Array, x: Any, index: int) -> Parts:
    return Parts(ct if i == index else None for i in range(len(x)))


part_of = linear(
    lambda x, index: x[index],
    _part_transpose,
    name="part",
    label="{}[{index}]",
    keywords=("index",),
)
