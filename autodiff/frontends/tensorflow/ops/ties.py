"""Maximum, minimum and clip with TensorFlow's own slopes at a tie: the first argument gets all.

The registry's ops take the mean of the slopes on both sides.  TensorFlow's `MaximumGrad` asks
x >= y, and so a program of 2016 meets the slope 1 of `tf.maximum(x, 0)` at 0, and of
`tf.clip_by_value` at both bounds (math_grad.py and clip_ops.py of 0.11).

>>> maximum_op.vjp(0, 1.0, 0.0, (0.0, 0.0), {}), maximum_op.vjp(1, 1.0, 0.0, (0.0, 0.0), {})
(np.float64(1.0), np.float64(0.0))
"""

from __future__ import annotations

from typing import Any

import numpy as np

from autodiff.core.language.kinds import elementwise
from autodiff.core.language.op import Op


def _first_wins(function: np.ufunc, reaches: np.ufunc, label: str) -> Op:
    return elementwise(
        function,
        lambda ans, x, y: reaches(x, y),
        lambda ans, x, y: np.logical_not(reaches(x, y)),
        label=label, kinks="at a tie: all to the first argument", private=True,
    )  # fmt: skip


maximum_op = _first_wins(np.maximum, np.greater_equal, "max({}, {})")
minimum_op = _first_wins(np.minimum, np.less_equal, "min({}, {})")


def _outside(ans: Any, x: Any, low: Any, high: Any) -> Any:
    return np.minimum(x, high) < low


clip_op = elementwise(
    np.clip,
    lambda ans, x, low, high: (x >= low) & (x <= high),
    _outside,
    lambda ans, x, low, high: (x > high) & (high >= low),
    name="clip", arity=3, kinks="at a bound: 1", private=True,
)  # fmt: skip

sign_op = elementwise(np.sign, lambda ans, x: 0.0 * x, name="sign", kinks="flat", private=True)
"""Flat, but not cut off: a loss behind it has the gradient 0, and not none at all."""
