"""`keras.initializers` of Keras 2: objects that are called on a shape."""

from collections.abc import Callable
from typing import Any

import autodiff.frontends.keras.ground.choices as choices
from autodiff.frontends import tensorflow as tf
from autodiff.frontends.common.options import among
from autodiff.frontends.keras.ground.choices import INITIAL, chosen
from autodiff.frontends.keras.ground.choices import identity as _identity
from autodiff.frontends.keras.ground.choices import orthogonal as _orthogonal
from autodiff.frontends.keras.ground.given import remembered

Make = Callable[..., Any]
FANS = {"fan_in": "inputs", "fan_out": "outputs", "fan_avg": "both"}


@remembered
def RandomNormal(mean: float = 0.0, stddev: float = 0.05, seed: int | None = None) -> Make:
    """Normal numbers."""
    return lambda shape: tf.random_normal(shape, mean, stddev, seed=seed)


@remembered
def RandomUniform(minval: float = -0.05, maxval: float = 0.05, seed: int | None = None) -> Make:
    """Uniform numbers."""
    return lambda shape: tf.random_uniform(shape, minval, maxval, seed=seed)


@remembered
def TruncatedNormal(mean: float = 0.0, stddev: float = 0.05, seed: int | None = None) -> Make:
    """Normal numbers within two deviations."""
    return lambda shape: tf.truncated_normal(shape, mean, stddev, seed=seed)


@remembered
def Constant(value: float = 0.0) -> Make:
    """One value everywhere."""
    return lambda shape: tf.constant(float(value), shape=shape)


def Zeros() -> Make:
    """All zeros."""
    return Constant(0.0)


def Ones() -> Make:
    """All ones."""
    return Constant(1.0)


@remembered
def Orthogonal(gain: float = 1.0, seed: int | None = None) -> Make:
    """Columns at right angles."""
    return lambda shape: _orthogonal(shape, gain, seed=seed)


@remembered
def Identity(gain: float = 1.0) -> Make:
    """The identity matrix times a number."""
    return lambda shape: _identity(shape, gain)


def glorot_uniform(seed: int | None = None) -> Make:
    """Variance 2 / (inputs + outputs)."""
    return choices.INITIAL["glorot_uniform"] if seed is None else choices.glorot_uniform(seed)


def he_normal(seed: int | None = None) -> Make:
    """Variance 2 / inputs."""
    return (
        choices.INITIAL["he_normal"] if seed is None else choices.scaled_normal(2.0, "inputs", seed)
    )


def glorot_normal(seed: int | None = None) -> Make:
    """Normal numbers of variance 2 / (inputs + outputs)."""
    return (
        choices.INITIAL["glorot_normal"] if seed is None else choices.scaled_normal(2, "both", seed)
    )


def he_uniform(seed: int | None = None) -> Make:
    """Uniform numbers of variance 2 / inputs."""
    return VarianceScaling(2.0, "fan_in", "uniform", seed)


def lecun_uniform(seed: int | None = None) -> Make:
    """Uniform numbers of variance 1 / inputs."""
    return VarianceScaling(1.0, "fan_in", "uniform", seed)


def lecun_normal(seed: int | None = None) -> Make:
    """Normal numbers of variance 1 / inputs."""
    return VarianceScaling(1.0, "fan_in", "normal", seed)


@remembered
def VarianceScaling(
    scale: float = 1.0,
    mode: str = "fan_in",
    distribution: str = "normal",
    seed: int | None = None,
) -> Make:
    """Variance scale / n, where n is the inputs, the outputs, or the mean of both."""
    among("VarianceScaling: mode", mode, "fan_in", "fan_out", "fan_avg")
    among("VarianceScaling: distribution", distribution, "normal", "uniform")
    if distribution == "normal":
        twice = 2.0 if mode == "fan_avg" else 1.0  # the mean of both is half their sum
        return choices.scaled_normal(scale * twice, FANS[mode], seed)
    return tf.contrib.layers.variance_scaling_initializer(
        scale, mode.upper(), uniform=True, seed=seed
    )


zeros, ones, constant, orthogonal = Zeros, Ones, Constant, Orthogonal
random_normal, random_uniform, truncated_normal = RandomNormal, RandomUniform, TruncatedNormal


def get(identifier: Any) -> Any:
    """An initializer by its name; a function passes through."""
    return chosen("the initializer", identifier, INITIAL)
