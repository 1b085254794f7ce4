"""Losses, by the path of 2.0."""

from autodiff.frontends.cntk.ops.reducing import (
    binary_cross_entropy,
    cross_entropy_with_softmax,
    squared_error,
)

__all__ = ["binary_cross_entropy", "cross_entropy_with_softmax", "squared_error"]
