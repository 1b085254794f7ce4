"""Parameters and constants, by the path of 2.0."""

from autodiff.frontends.cntk.graph.functions import Constant, Parameter, Variable

__all__ = ["Constant", "Parameter", "Variable"]
