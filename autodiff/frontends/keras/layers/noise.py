"""Layers that add noise while training, where Keras has them."""

from autodiff.frontends.keras.layers.core import GaussianDropout, GaussianNoise

__all__ = ["GaussianDropout", "GaussianNoise"]
