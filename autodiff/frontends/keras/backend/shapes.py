"""K, shapes: what a tensor looks like, and its elements in another order."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from autodiff.frontends import tensorflow as tf

shape = tf.shape


def int_shape(x: Any) -> tuple[int | None, ...]:
    """The static shape."""
    return tuple(x.get_shape().as_list())


def ndim(x: Any) -> int:
    """The number of axes."""
    return len(x.get_shape())


def dtype(x: Any) -> str:
    """The dtype's name."""
    return x.dtype.name


def count_params(x: Any) -> int:
    """The number of elements."""
    return int(np.prod(x.get_shape().as_list()))


def reshape(x: Any, shape: Any) -> Any:
    """The same elements in another shape."""
    return tf.reshape(x, shape)


def flatten(x: Any) -> Any:
    """All elements as a vector."""
    return tf.reshape(x, [-1])


def batch_flatten(x: Any) -> Any:
    """Each example as one row."""
    rest = x.get_shape().as_list()[1:]
    return tf.reshape(
        x, [-1, int(np.prod(rest))] if None not in rest else tf.stack([-1, tf.size(x[0])])
    )


def expand_dims(x: Any, dim: int = -1, axis: int | None = None) -> Any:
    """A new axis of length 1."""
    return tf.expand_dims(x, dim if axis is None else axis)


def squeeze(x: Any, axis: int) -> Any:
    """Without an axis of length 1."""
    return tf.squeeze(x, [axis])


def permute_dimensions(x: Any, pattern: Sequence[int]) -> Any:
    """The axes in another order."""
    return tf.transpose(x, list(pattern))


transpose = tf.transpose


def concatenate(tensors: Sequence[Any], axis: int = -1) -> Any:
    """One beside the other."""
    return tf.concat(axis % len(tensors[0].get_shape()), list(tensors))


def stack(x: Sequence[Any], axis: int = 0) -> Any:
    """Along a new axis."""
    return tf.pack(list(x), axis)


pack = stack


def tile(x: Any, n: Any) -> Any:
    """Repeated along the axes."""
    return tf.tile(x, [n] if isinstance(n, int) else list(n))


def repeat(x: Any, n: int) -> Any:
    """Each row n times, along a new second axis."""
    return tf.tile(tf.expand_dims(x, 1), [1, n, 1])


def repeat_elements(x: Any, rep: int, axis: int) -> Any:
    """Each element `rep` times along an axis."""
    return tf.concat(axis, [part for part in tf.split(axis, x.shape[axis], x) for _ in range(rep)])


def reverse(x: Any, axes: Any) -> Any:
    """Backwards along axes."""
    return tf.reverse(x, [axes] if isinstance(axes, int) else list(axes))


def arange(start: int, stop: int | None = None, step: int = 1, dtype: str = "int32") -> Any:
    """A range of numbers."""
    return tf.cast(tf.range(start, stop, step), tf.as_dtype(dtype))


def gather(reference: Any, indices: Any) -> Any:
    """Rows by their numbers."""
    return tf.gather(reference, indices)


def one_hot(indices: Any, nb_classes: int | None = None, num_classes: int | None = None) -> Any:
    """One-hot rows; Keras 2 calls the number of classes `num_classes`."""
    nb_classes = num_classes if nb_classes is None else nb_classes
    return tf.one_hot(indices, nb_classes)


def cast(x: Any, dtype: Any) -> Any:
    """In another dtype."""
    return tf.cast(x, tf.as_dtype(dtype))
