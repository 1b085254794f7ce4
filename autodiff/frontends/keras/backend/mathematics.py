"""K, mathematics: functions of elements and axes, losses, images, random numbers."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from autodiff.frontends import tensorflow as tf
from autodiff.frontends.common.options import among, only
from autodiff.frontends.keras.backend.shapes import ndim
from autodiff.frontends.keras.backend.system import epsilon
from autodiff.frontends.keras.ground import objectives
from autodiff.frontends.keras.ground.session import floatx, over_images
from autodiff.frontends.tensorflow.nn.losses import is_learned

abs, square, exp, log, sign, round = tf.abs, tf.square, tf.exp, tf.log, tf.sign, tf.rint
sin, cos, tanh, sigmoid, maximum, minimum = (
    tf.sin, tf.cos, tf.tanh, tf.sigmoid, tf.maximum, tf.minimum,
)  # fmt: skip
equal, not_equal, greater, greater_equal, less = (
    tf.equal, tf.not_equal, tf.greater, tf.greater_equal, tf.less,
)  # fmt: skip
softmax, softplus, softsign, zeros_like, ones_like, identity = (
    tf.nn.softmax, tf.nn.softplus, tf.nn.softsign, tf.zeros_like, tf.ones_like, tf.identity,
)  # fmt: skip


def elu(x: Any, alpha: float = 1.0) -> Any:
    """x for x > 0, else alpha (exp(x) - 1)."""
    y = tf.nn.elu(x)
    return y if alpha == 1 else tf.select(x > 0, y, alpha * y)


def sqrt(x: Any) -> Any:
    """The root of what is not below 0."""
    return tf.sqrt(tf.maximum(x, 0.0))


def pow(x: Any, a: Any) -> Any:
    """x ** a."""
    return tf.pow(x, x.dtype.type(a) if isinstance(a, int | float) else a)


def clip(x: Any, min_value: float, max_value: float) -> Any:
    """Kept between two numbers."""
    return tf.clip_by_value(x, float(min_value), float(max_value))


def _reduction(function: Callable[..., Any], doc: str) -> Callable[..., Any]:
    def reduce(x: Any, axis: Any = None, keepdims: bool = False) -> Any:
        if x.dtype == np.dtype(bool) and function not in (tf.reduce_any, tf.reduce_all):
            x = tf.to_float(x)
        return function(x, axis, keep_dims=keepdims)

    reduce.__doc__ = doc
    return reduce


sum = _reduction(tf.reduce_sum, "The sum.")
mean = _reduction(tf.reduce_mean, "The mean.")
prod = _reduction(tf.reduce_prod, "The product.")
max = _reduction(tf.reduce_max, "The largest.")
min = _reduction(tf.reduce_min, "The smallest.")
any = _reduction(tf.reduce_any, "Whether any is true.")
all = _reduction(tf.reduce_all, "Whether all are true.")
logsumexp = _reduction(tf.reduce_logsumexp, "log(sum(exp(x))).")


def var(x: Any, axis: Any = None, keepdims: bool = False) -> Any:
    """The variance."""
    return mean(square(x - mean(x, axis, True)), axis, keepdims)


def std(x: Any, axis: Any = None, keepdims: bool = False) -> Any:
    """The deviation."""
    return tf.sqrt(var(x, axis, keepdims))


def argmax(x: Any, axis: int = -1) -> Any:
    """Where the largest is."""
    return tf.argmax(x, axis)


def argmin(x: Any, axis: int = -1) -> Any:
    """Where the smallest is."""
    return tf.argmin(x, axis)


def dot(x: Any, y: Any) -> Any:
    """The product of matrices; of more axes the last of x and the last but one of y."""
    if ndim(x) == 2 and ndim(y) == 2:
        return tf.matmul(x, y)
    return tf.tensordot(x, y, ([ndim(x) - 1], [ndim(y) - 2 if ndim(y) > 1 else 0]))


def batch_dot(x: Any, y: Any, axes: Any = None) -> Any:
    """The product for each example; who has fewer axes is given more of length 1 at its end."""
    if ndim(x) == 2 and ndim(y) == 2:
        return tf.reduce_sum(x * y, 1, keep_dims=True)
    first, second = (axes, axes) if isinstance(axes, int) else axes or (ndim(x) - 1, ndim(y) - 2)
    own, other = ndim(x), ndim(y)
    for _ in range(other - own):
        x = tf.expand_dims(x, -1)
    for _ in range(own - other):
        y = tf.expand_dims(y, -1)
    left = x if first == ndim(x) - 1 else tf.matrix_transpose(x)
    right = tf.matrix_transpose(y) if second == ndim(y) - 1 else y
    found = tf.batch_matmul(left, right)
    if own == other:
        return found
    at = own + other - 3 if own > other else own - 1
    more = own - other if own > other else other - own
    return tf.squeeze(found, list(range(at, at + more)))


def map_fn(fn: Any, elems: Any, name: str | None = None, dtype: Any = None) -> Any:
    """A function of each part of `elems` along its first axis."""
    return tf.map_fn(fn, elems, dtype=dtype, name=name)


def foldl(fn: Any, elems: Any, initializer: Any = None, name: str | None = None) -> Any:
    """A function of what was found so far and the next part, from the first to the last."""
    return tf.foldl(fn, elems, initializer=initializer, name=name)


def foldr(fn: Any, elems: Any, initializer: Any = None, name: str | None = None) -> Any:
    """The same, from the last part to the first."""
    return tf.foldr(fn, elems, initializer=initializer, name=name)


def l2_normalize(x: Any, axis: int) -> Any:
    """Vectors of length 1."""
    return tf.nn.l2_normalize(x, axis)


def switch(condition: Any, then_expression: Any, else_expression: Any) -> Any:
    """One or the other."""
    return tf.select(condition, then_expression, else_expression)


def dropout(x: Any, level: float, noise_shape: Any = None, seed: int | None = None) -> Any:
    """Elements set to 0 with probability `level`, whatever the phase."""
    return tf.nn.dropout(x, 1.0 - level, noise_shape, seed)


def output_first(output: Any, target: Any) -> tuple[Any, Any]:
    """The two in Keras 1's order: the output is what depends on variables."""
    swapped = is_learned(target) and not is_learned(output)
    return (target, output) if swapped else (output, target)


def categorical_crossentropy(output: Any, target: Any, from_logits: bool = False) -> Any:
    """The cross-entropy; Keras 1 has the output first, Keras 2 the target."""
    output, target = output_first(output, target)
    if from_logits:
        return tf.nn.softmax_cross_entropy_with_logits(output, target)
    return objectives.categorical_crossentropy(target, output)


def binary_crossentropy(output: Any, target: Any, from_logits: bool = False) -> Any:
    """The cross-entropy of each element; Keras 1 has the output first, Keras 2 the target."""
    output, target = output_first(output, target)
    if from_logits:
        return tf.nn.sigmoid_cross_entropy_with_logits(output, target)
    p = clip(output, epsilon(), 1.0 - epsilon())
    return -(target * tf.log(p) + (1.0 - target) * tf.log(1.0 - p))


def conv2d(
    x: Any, kernel: Any, strides: Any = (1, 1), border_mode: str = "valid",
    dim_ordering: Any = None, padding: str | None = None, data_format: Any = None, **more: Any,
) -> Any:  # fmt: skip
    """The convolution of images; `kernel` is (rows, columns, channels, filters)."""
    only("K.conv2d", more, "image_shape", "filter_shape")
    order = dim_ordering if data_format is None else data_format
    way = (padding or border_mode).upper()
    return over_images(lambda y: tf.nn.conv2d(y, kernel, [1, *strides, 1], way), x, order)


def pool2d(
    x: Any, pool_size: Any, strides: Any = (1, 1), border_mode: str = "valid",
    dim_ordering: Any = None, pool_mode: str = "max", padding: str | None = None,
    data_format: Any = None,
) -> Any:  # fmt: skip
    """The largest or the mean of windows."""
    among("pool2d: pool_mode", pool_mode, "max", "avg")
    pool = tf.nn.max_pool if pool_mode == "max" else tf.nn.avg_pool
    order = dim_ordering if data_format is None else data_format
    size, steps, way = [1, *pool_size, 1], [1, *strides, 1], (padding or border_mode).upper()
    return over_images(lambda y: pool(y, size, steps, way), x, order)


def random_normal(
    shape: Any, mean: float = 0.0, std: float = 1.0, dtype: Any = None, seed: Any = None,
    stddev: float | None = None,
) -> Any:  # fmt: skip
    """Normal numbers."""
    deviation = std if stddev is None else stddev
    return tf.random_normal(_shape(shape), mean, deviation, _dtype(dtype), seed=seed)


def random_uniform(
    shape: Any, low: float = 0.0, high: float = 1.0, dtype: Any = None, seed: Any = None,
    minval: float | None = None, maxval: float | None = None,
) -> Any:  # fmt: skip
    """Uniform numbers."""
    ends = low if minval is None else minval, high if maxval is None else maxval
    return tf.random_uniform(_shape(shape), *ends, _dtype(dtype), seed=seed)


def random_binomial(shape: Any, p: float = 0.0, dtype: Any = None, seed: Any = None) -> Any:
    """1 with probability p, else 0."""
    return tf.cast(tf.random_uniform(_shape(shape), seed=seed) <= p, _dtype(dtype))


def _dtype(dtype: Any) -> Any:
    return tf.as_dtype(dtype or floatx())


def _shape(shape: Any) -> Any:
    return shape if isinstance(shape, tf.Tensor) else list(shape)
