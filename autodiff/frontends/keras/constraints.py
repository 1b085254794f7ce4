"""`keras.constraints`: what holds of weights after each step."""

from typing import Any

from autodiff.frontends.keras.ground.choices import CONSTRAINTS, chosen, maxnorm, nonneg, unitnorm

max_norm, unit_norm, non_neg = maxnorm, unitnorm, nonneg
MaxNorm, UnitNorm, NonNeg = maxnorm, unitnorm, nonneg


def get(identifier: Any) -> Any:
    """A constraint by its name; a function passes through."""
    return chosen("the constraint", identifier, CONSTRAINTS)
