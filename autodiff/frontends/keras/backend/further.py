"""K, further: what fewer programs call, over `tf`, in either spelling."""

from __future__ import annotations

from typing import Any

from autodiff.frontends import tensorflow as tf
from autodiff.frontends.keras.backend.mathematics import output_first
from autodiff.frontends.keras.backend.system import set_value
from autodiff.frontends.keras.ground import objectives
from autodiff.frontends.keras.ground.session import backend, floatx, ordering, over_images

less_equal = lesser_equal = tf.less_equal
cumsum, cumprod, in_top_k = tf.cumsum, tf.cumprod, tf.nn.in_top_k
lesser = tf.less


def update_sub(x: Any, decrement: Any) -> Any:
    """A step that takes something off a variable."""
    return tf.assign_sub(x, decrement)


def batch_set_value(tuples: Any) -> None:
    """Give several variables values: (variable, value), ..."""
    for variable, value in tuples:
        set_value(variable, value)


def bias_add(x: Any, bias: Any, data_format: Any = None) -> Any:
    """A number for each feature, added; where these stand says the order that is set, or given."""
    rank = len(x.get_shape())
    first = rank > 2 and ordering(data_format) == "th"
    return x + (tf.reshape(bias, [-1, *[1] * (rank - 2)]) if first else bias)


def batch_normalization(
    x: Any, mean: Any, var: Any, beta: Any, gamma: Any, epsilon: float = 1e-3
) -> Any:
    """(x - mean) / sqrt(var + epsilon) gamma + beta."""
    return tf.nn.batch_normalization(x, mean, var, beta, gamma, epsilon)


def get_variable_shape(x: Any) -> tuple[int, ...]:
    """The lengths of a variable."""
    return tuple(x.get_shape().as_list())


def is_keras_tensor(x: Any) -> bool:
    """Whether a tensor came out of a layer."""
    return x in backend(x.graph).made_by


def print_tensor(x: Any, message: str = "") -> Any:
    """x, printed whenever it is computed."""
    return tf.Print(x, [x], message)


def truncated_normal(
    shape: Any, mean: float = 0.0, stddev: float = 1.0, dtype: Any = None, seed: Any = None
) -> Any:
    """Normal numbers within two deviations."""
    return tf.truncated_normal(shape, mean, stddev, dtype or tf.as_dtype(floatx()), seed)


def random_normal_variable(
    shape: Any, mean: float, scale: float, dtype: Any = None, name: Any = None, seed: Any = None
) -> Any:
    """A variable that begins with normal numbers."""
    kind = dtype or tf.as_dtype(floatx())
    return tf.Variable(tf.random_normal(shape, mean, scale, kind, seed), name=name)


def random_uniform_variable(
    shape: Any, low: float, high: float, dtype: Any = None, name: Any = None, seed: Any = None
) -> Any:
    """A variable that begins with uniform numbers."""
    kind = dtype or tf.as_dtype(floatx())
    return tf.Variable(tf.random_uniform(shape, low, high, kind, seed), name=name)


def sparse_categorical_crossentropy(output: Any, target: Any, from_logits: bool = False) -> Any:
    """The cross-entropy for integer targets; Keras 1 has the output first, Keras 2 the target."""
    output, target = output_first(output, target)
    target = tf.reshape(tf.cast(target, tf.int64), tf.shape(output)[:-1])
    if from_logits:
        return tf.nn.sparse_softmax_cross_entropy_with_logits(logits=output, labels=target)
    return objectives.sparse_categorical_crossentropy(target, output)


def temporal_padding(x: Any, padding: Any = 1) -> Any:
    """Steps of zeros on both sides."""
    frame = (padding, padding) if isinstance(padding, int) else tuple(padding)
    return tf.pad(x, [(0, 0), frame, (0, 0)])


def spatial_2d_padding(
    x: Any, padding: Any = (1, 1), dim_ordering: Any = None, data_format: Any = None
) -> Any:
    """A frame of zeros around images."""
    frame = [(p, p) if isinstance(p, int) else tuple(p) for p in padding]
    order = dim_ordering if data_format is None else data_format
    return over_images(lambda y: tf.pad(y, [(0, 0), *frame, (0, 0)]), x, order)


def resize_images(x: Any, height_factor: int, width_factor: int, data_format: Any = None) -> Any:
    """Each pixel as a block of so many."""

    def larger(y: Any) -> Any:
        rows, columns = y.get_shape().as_list()[1:3]
        size = [rows * height_factor, columns * width_factor]
        return tf.image.resize_nearest_neighbor(y, size)

    return over_images(larger, x, data_format)
