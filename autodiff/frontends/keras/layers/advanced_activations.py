"""Activations with parameters, where Keras has them."""

from autodiff.frontends.keras.layers.core import ELU, LeakyReLU, PReLU, ThresholdedReLU

__all__ = ["ELU", "LeakyReLU", "PReLU", "ThresholdedReLU"]
