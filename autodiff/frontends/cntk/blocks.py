"""`cntk.blocks`: inputs and cells, by the names of the early betas."""

from autodiff.frontends.cntk.layers import LSTM, Input, Placeholder, default_options

__all__ = ["LSTM", "Input", "Placeholder", "default_options"]
