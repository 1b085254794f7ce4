"""`cntk.ops.functions.Function`."""

from autodiff.frontends.cntk.functions import Function

__all__ = ["Function"]
