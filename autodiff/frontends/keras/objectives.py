"""`keras.objectives` (Keras 2: `losses`): functions of (y_true, y_pred)."""
# ruff: noqa: F401 (all that is imported here is a public name)

from typing import Any

from autodiff.frontends.keras.ground.choices import chosen
from autodiff.frontends.keras.ground.objectives import (
    OBJECTIVES,
    binary_crossentropy,
    categorical_crossentropy,
    categorical_hinge,
    cosine_proximity,
    hinge,
    kullback_leibler_divergence,
    logcosh,
    mean_absolute_error,
    mean_absolute_percentage_error,
    mean_squared_error,
    mean_squared_logarithmic_error,
    poisson,
    sparse_categorical_crossentropy,
    squared_hinge,
)

mse, mae, mape = mean_squared_error, mean_absolute_error, mean_absolute_percentage_error
msle, kld = mean_squared_logarithmic_error, kullback_leibler_divergence


def get(identifier: Any) -> Any:
    """An objective by its name; a function passes through."""
    return chosen("the loss", identifier, OBJECTIVES)
