"""What Keras calls by a string: activations, initial values, regularizers, constraints."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from autodiff.core.ground.locations import here
from autodiff.frontends import tensorflow as tf
from autodiff.frontends.keras.ground.given import own, remembered
from autodiff.frontends.keras.ground.objectives import OBJECTIVES
from autodiff.frontends.keras.ground.session import backend
from autodiff.frontends.tensorflow.variables import initializers
from autodiff.nn import fans


def chosen(what: str, value: Any, table: dict[str, Any]) -> Any:
    """The entry of a table by its name; a function passes through."""
    if callable(value):
        return value
    if value in table:
        return table[value]
    raise ValueError(
        f"{what} {value!r} is not known; choose from {', '.join(map(str, table))}, "
        f"or give a function.{here()}"
    )


SPELLINGS = {
    "kernel_initializer": "init",
    "bias_initializer": "b_init",
    "use_bias": "bias",
    "kernel_regularizer": "W_regularizer",
    "bias_regularizer": "b_regularizer",
    "kernel_constraint": "W_constraint",
    "bias_constraint": "b_constraint",
    "recurrent_initializer": "inner_init",
    "recurrent_activation": "inner_activation",
    "recurrent_regularizer": "U_regularizer",
    "recurrent_dropout": "dropout_U",
    "embeddings_initializer": "init",
    "embeddings_regularizer": "W_regularizer",
    "embeddings_constraint": "W_constraint",
    "dropout": "dropout_W",
    "units": "units",
    "unit_forget_bias": "unit_forget_bias",
}
"""What Keras 2 calls an argument of Keras 1."""


def two(kwargs: dict[str, Any]) -> dict[str, Any]:
    """The arguments that are spelled as in Keras 2, taken out, under the names of Keras 1."""
    return {SPELLINGS[name]: kwargs.pop(name) for name in list(kwargs) if name in SPELLINGS}


def linear(x: Any) -> Any:
    """x itself."""
    return x


def hard_sigmoid(x: Any) -> Any:
    """0.2 x + 0.5, kept in 0 .. 1."""
    return tf.clip_by_value(0.2 * x + 0.5, 0.0, 1.0)


def relu(x: Any, alpha: float = 0.0, max_value: float | None = None) -> Any:
    """max(x, 0), with a slope alpha below 0 and an upper end, if wanted."""
    y = tf.nn.relu(x)
    if max_value is not None:
        y = tf.minimum(y, float(max_value))
    return y - alpha * tf.nn.relu(-x) if alpha else y


ACTIVATIONS = {
    "linear": linear,
    "relu": relu,
    "hard_sigmoid": hard_sigmoid,
    "elu": tf.nn.elu,
    "sigmoid": tf.sigmoid,
    "softmax": tf.nn.softmax,
    "softplus": tf.nn.softplus,
    "softsign": tf.nn.softsign,
    "tanh": tf.tanh,
}


def _lecun_uniform(shape: Any, dtype: Any = None) -> Any:
    limit = float(np.sqrt(3 / fans(tuple(shape), channels_last=True)[0]))
    return tf.random_uniform(shape, -limit, limit)


def scaled_normal(numerator: float, of: str, seed: int | None = None) -> Callable[..., Any]:
    """An initializer of variance `numerator` / inputs, / outputs, or / (inputs + outputs)."""

    def initializer(shape: Any, dtype: Any = None) -> Any:
        inputs, outputs = fans(tuple(shape), channels_last=True)
        n = {"inputs": inputs, "outputs": outputs, "both": inputs + outputs}[of]
        return tf.random_normal(shape, 0.0, float(np.sqrt(numerator / n)), seed=seed)

    return initializer


def glorot_uniform(seed: int | None = None) -> Callable[..., Any]:
    """An initializer of variance 2 / (inputs + outputs), equally likely within its bounds."""
    return initializers.xavier_initializer(seed=seed)


def orthogonal(
    shape: Any, scale: float = 1.1, dtype: Any = None, gain: Any = None, seed: int | None = None
) -> Any:
    """Rows (or columns) of length `scale` at right angles (Saxe et al., 2013); 1.1 is Keras 1's."""
    scale = scale if gain is None else gain  # Keras 2's word
    flat = (int(shape[0]), int(np.prod(shape[1:])))
    rng = tf_rng() if seed is None else np.random.default_rng(seed)
    u, _, v = np.linalg.svd(rng.normal(size=flat), full_matrices=False)
    q = u if u.shape == flat else v.T if v.T.shape == flat else v
    return tf.constant((scale * q).reshape(shape))


def tf_rng() -> np.random.Generator:
    """Numbers that are drawn while the graph is built, by the graph's seed."""
    return backend().rng


def identity(shape: Any, scale: float = 1.0, name: Any = None, dtype: Any = None) -> Any:
    """The identity matrix times a number."""
    if len(shape) != 2 or shape[0] != shape[1]:
        raise ValueError(f"identity is for square matrices, not {list(shape)}.{here()}")
    return tf.constant(scale * np.eye(shape[0]))


def uniform(shape: Any, scale: float = 0.05, name: Any = None, dtype: Any = None) -> Any:
    """Uniform in -scale .. scale."""
    return tf.random_uniform(shape, -scale, scale)


def normal(shape: Any, scale: float = 0.05, name: Any = None, dtype: Any = None) -> Any:
    """Normal of deviation `scale`."""
    return tf.random_normal(shape, 0.0, scale)


INITIAL = {
    "zero": tf.zeros_initializer,
    "one": tf.ones_initializer,
    "uniform": uniform,
    "normal": normal,
    "random_uniform": uniform,
    "random_normal": normal,
    "truncated_normal": lambda shape: tf.truncated_normal(shape, 0.0, 0.05),
    "orthogonal": orthogonal,
    "identity": identity,
    "lecun_uniform": _lecun_uniform,
    "glorot_uniform": glorot_uniform(),
    "glorot_normal": scaled_normal(2.0, "both"),
    "he_uniform": initializers.variance_scaling_initializer(2.0, "FAN_IN", uniform=True),
    "he_normal": scaled_normal(2.0, "inputs"),
}
INITIAL |= {"zeros": INITIAL["zero"], "ones": INITIAL["one"]}


# -- regularizers -----------------------------------------------------------------------------


@remembered
def l2(l: float = 0.01) -> Callable[[Any], Any]:  # noqa: E741 (Keras calls it so)
    """l sum(w^2), added to the loss."""
    return lambda w: l * tf.reduce_sum(tf.square(w))


@remembered
def l1(l: float = 0.01) -> Callable[[Any], Any]:  # noqa: E741
    """l sum(|w|), added to the loss."""
    return lambda w: l * tf.reduce_sum(tf.abs(w))


@remembered
def l1_l2(l1: float = 0.01, l2: float = 0.01) -> Callable[[Any], Any]:
    """Both (Keras 1: `l1l2`)."""
    return lambda w: l1 * tf.reduce_sum(tf.abs(w)) + l2 * tf.reduce_sum(tf.square(w))


REGULARIZERS = {"l1": l1(), "l2": l2(), "l1l2": l1_l2(), "l1_l2": l1_l2()}


# -- constraints: the new value of a weight after a step ---------------------------------------


@remembered
def maxnorm(m: float = 2.0, axis: int = 0) -> Callable[[Any], Any]:
    """Columns whose norm is above m are scaled down to it."""

    def limit(w: Any) -> Any:
        norms = tf.sqrt(tf.reduce_sum(tf.square(w), axis, keep_dims=True))
        return w * (tf.clip_by_value(norms, 0.0, float(m)) / (1e-7 + norms))

    return limit


@remembered
def unitnorm(axis: int = 0) -> Callable[[Any], Any]:
    """Columns of norm 1."""
    return lambda w: w / (1e-7 + tf.sqrt(tf.reduce_sum(tf.square(w), axis, keep_dims=True)))


@remembered
def nonneg() -> Callable[[Any], Any]:
    """What is negative becomes 0."""
    return lambda w: w * tf.cast(w >= 0.0, w.dtype)


CONSTRAINTS = {"maxnorm": maxnorm(), "unitnorm": unitnorm(), "nonneg": nonneg()}

for _table in (ACTIVATIONS, INITIAL, OBJECTIVES):
    own(_table)
