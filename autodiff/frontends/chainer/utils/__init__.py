"""Small helpers that programs import."""

from __future__ import annotations

from typing import Any

import numpy as np

import autodiff.frontends.chainer.utils.type_check as type_check


def force_array(x: Any) -> Any:
    """A number as an array without axes."""
    return np.asarray(x)
