"""`keras.regularizers`: penalties on weights."""

from typing import Any

from autodiff.frontends.keras.ground.choices import REGULARIZERS, chosen, l1, l1_l2, l2

l1l2 = activity_l1l2 = l1_l2
activity_l1, activity_l2 = l1, l2


def get(identifier: Any) -> Any:
    """A regularizer by its name; a function passes through."""
    return chosen("the regularizer", identifier, REGULARIZERS)
