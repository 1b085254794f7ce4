"""`keras.activations`: functions that layers call by name."""
# ruff: noqa: F401 (all that is imported here is a public name)

from typing import Any

from autodiff.frontends import tensorflow as tf
from autodiff.frontends.keras.ground.choices import ACTIVATIONS, chosen, hard_sigmoid, linear, relu

sigmoid, tanh, softplus, softsign = tf.sigmoid, tf.tanh, tf.nn.softplus, tf.nn.softsign
softmax, elu = tf.nn.softmax, tf.nn.elu


def get(identifier: Any) -> Any:
    """An activation by its name; None is the identity."""
    return chosen("the activation", identifier or "linear", ACTIVATIONS)
