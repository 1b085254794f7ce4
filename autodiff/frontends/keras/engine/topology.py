"""`keras.engine.topology`: layers, and what they take in."""
# ruff: noqa: F401 (all that is imported here is a public name)

from dataclasses import dataclass
from typing import Any

from autodiff.frontends.keras.layers.base import Layer
from autodiff.frontends.keras.layers.core import Input, InputLayer
from autodiff.frontends.keras.layers.merge import Merge, merge


@dataclass
class InputSpec:
    """What a layer takes in; nothing is checked by it."""

    dtype: Any = None
    shape: Any = None
    ndim: int | None = None
