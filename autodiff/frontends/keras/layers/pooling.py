"""Pooling: the largest or the mean of windows, and of everything."""

from __future__ import annotations

from typing import Any

from autodiff.frontends import tensorflow as tf
from autodiff.frontends.keras.layers.images import Images
from autodiff.frontends.tensorflow.layers.convolution import lengths


class MaxPooling2D(Images):
    """The largest element of each window."""

    pool = staticmethod(tf.nn.max_pool)
    axes = 2

    def __init__(
        self,
        pool_size: Any = 2,
        strides: Any = None,
        border_mode: str = "valid",
        dim_ordering: Any = None,
        padding: str | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(dim_ordering, **kwargs)
        self.pool_size = lengths(pool_size, self.axes)
        self.strides = self.pool_size if strides is None else lengths(strides, self.axes)
        self.border_mode = (padding or border_mode).upper()

    def over(self, x: Any) -> Any:
        """The pooled image."""
        return self.pool(x, [1, *self.pool_size, 1], [1, *self.strides, 1], self.border_mode)


class AveragePooling2D(MaxPooling2D):
    """The mean of each window."""

    pool = staticmethod(tf.nn.avg_pool)


class MaxPooling3D(MaxPooling2D):
    """The largest element of each block of volumes."""

    pool = staticmethod(tf.nn.max_pool3d)
    axes = 3


class AveragePooling3D(MaxPooling3D):
    """The mean of each block."""

    pool = staticmethod(tf.nn.avg_pool3d)


class MaxPooling1D(MaxPooling2D):
    """The largest of each `pool_length` steps."""

    def __init__(
        self, pool_length: Any = None, stride: Any = None, border_mode: str = "valid",
        pool_size: Any = None, strides: Any = None, padding: str | None = None, **kwargs: Any,
    ) -> None:  # fmt: skip
        size = next((n for n in (pool_length, pool_size) if n is not None), 2)
        step = next((n for n in (stride, strides) if n is not None), size)
        super().__init__((1, _one(size)), (1, _one(step)), border_mode, padding=padding, **kwargs)

    def call(self, x: Any) -> Any:
        """The pooled steps."""
        return tf.squeeze(self.over(tf.expand_dims(x, 1)), [1])


class AveragePooling1D(MaxPooling1D):
    """The mean of each `pool_length` steps."""

    pool = staticmethod(tf.nn.avg_pool)


class GlobalMaxPooling1D(Images):
    """The largest of all steps."""

    def over(self, x: Any) -> Any:
        """(batch, features)."""
        return tf.reduce_max(x, list(range(1, len(x.get_shape()) - 1)))


class GlobalAveragePooling1D(Images):
    """The mean of all steps."""

    def over(self, x: Any) -> Any:
        """(batch, features)."""
        return tf.reduce_mean(x, list(range(1, len(x.get_shape()) - 1)))


class GlobalMaxPooling2D(GlobalMaxPooling1D):
    """The largest of all pixels."""


class GlobalAveragePooling2D(GlobalAveragePooling1D):
    """The mean of all pixels."""


def _one(value: Any) -> int:
    return int(value[0]) if isinstance(value, list | tuple) else int(value)
