"""Metrics, by the path of 2.0."""

from autodiff.frontends.cntk.ops.reducing import classification_error

__all__ = ["classification_error"]
