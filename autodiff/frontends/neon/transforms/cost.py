"""`neon.transforms.cost`, as programs import it."""

from autodiff.frontends.neon.transforms import (
    Accuracy,
    Cost,
    CrossEntropyBinary,
    CrossEntropyMulti,
    MeanSquared,
    Metric,
    Misclassification,
    SumSquared,
)

__all__ = [
    "Accuracy", "Cost", "CrossEntropyBinary", "CrossEntropyMulti", "MeanSquared", "Metric",
    "Misclassification", "SumSquared",
]  # fmt: skip
