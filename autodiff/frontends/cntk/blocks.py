"""`cntk.blocks`: inputs and cells, by the names of the early betas."""

from autodiff.frontends.cntk.layers import LSTM, Input, default_options

__all__ = ["LSTM", "Input", "default_options"]
