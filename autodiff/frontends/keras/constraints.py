"""`keras.constraints`: what holds of weights after each step."""

from typing import Any

from autodiff.frontends.keras.ground.choices import CONSTRAINTS, chosen, maxnorm, nonneg, unitnorm

unit_norm, non_neg = unitnorm, nonneg


def max_norm(max_value: float = 2.0, axis: int = 0) -> Any:
    """Columns whose norm is above a value are scaled down to it, as Keras 2 calls it."""
    return maxnorm(max_value, axis)


MaxNorm, UnitNorm, NonNeg = max_norm, unitnorm, nonneg


def get(identifier: Any) -> Any:
    """A constraint by its name; a function passes through."""
    return chosen("the constraint", identifier, CONSTRAINTS)
