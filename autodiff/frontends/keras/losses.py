"""`keras.losses`: what Keras 1 calls objectives."""

from autodiff.frontends.keras.objectives import *  # noqa: F403
