"""`cntk.models`: layers one after the other."""

from autodiff.frontends.cntk.layers import For, Sequential

__all__ = ["For", "Sequential"]
