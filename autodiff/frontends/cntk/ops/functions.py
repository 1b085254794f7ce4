"""`cntk.ops.functions.Function`."""

from autodiff.frontends.cntk.graph.functions import Function

__all__ = ["Function"]
