"""What a step of a dataset is told: plain numbers, or tensors whose values come with the data's."""

from __future__ import annotations

import operator
from typing import Any

from autodiff.frontends.tensorflow.graph.tensor import Tensor


def tensors(*settings: Any) -> list[Tensor]:
    """Those settings of a step that are tensors, whose values come with those of the data."""
    return [one for one in settings if isinstance(one, Tensor)]


def number(setting: Any, values: dict[Tensor, Any]) -> int:
    """A whole number that a step was given, or that a tensor has now."""
    return operator.index(values[setting] if isinstance(setting, Tensor) else setting)
