"""Layers over images: convolutions, frames, and larger images."""

from __future__ import annotations

from typing import Any

from autodiff.core.ground.locations import here
from autodiff.frontends import tensorflow as tf
from autodiff.frontends.keras.ground.choices import ACTIVATIONS, chosen, two
from autodiff.frontends.keras.layers.base import Layer, one_of
from autodiff.frontends.keras.layers.images import Images
from autodiff.frontends.keras.layers.pooling import AveragePooling1D as AveragePooling1D
from autodiff.frontends.keras.layers.pooling import AveragePooling2D as AveragePooling2D
from autodiff.frontends.keras.layers.pooling import AveragePooling3D as AveragePooling3D
from autodiff.frontends.keras.layers.pooling import MaxPooling1D as MaxPooling1D
from autodiff.frontends.keras.layers.pooling import MaxPooling2D as MaxPooling2D
from autodiff.frontends.keras.layers.pooling import MaxPooling3D as MaxPooling3D
from autodiff.frontends.tensorflow.layers.convolution import lengths, transposed


class Convolution2D(Images):
    """`nb_filter` kernels of `nb_row` x `nb_col` over images (H, W, C); Conv2D is the same.

    `border_mode` is "valid" or "same", `subsample` the strides.
    """

    def __init__(
        self,
        nb_filter: int | None = None,
        nb_row: Any = None,
        nb_col: int | None = None,
        init: Any = "glorot_uniform",
        activation: Any = "linear",
        weights: Any = None,
        border_mode: str = "valid",
        subsample: Any = (1, 1),
        dim_ordering: Any = None,
        W_regularizer: Any = None,
        b_regularizer: Any = None,
        activity_regularizer: Any = None,
        W_constraint: Any = None,
        b_constraint: Any = None,
        bias: bool = True,
        filters: int | None = None,
        kernel_size: Any = None,
        strides: Any = None,
        padding: str | None = None,
        **kwargs: Any,
    ) -> None:
        later = two(kwargs)
        if kwargs.pop("dilation_rate", (1, 1)) not in (1, (1, 1)):
            raise ValueError(f"Conv2D: dilation_rate is not supported.{here()}")
        super().__init__(dim_ordering, weights=weights, **kwargs)
        self.nb_filter = one_of("Convolution2D", nb_filter=nb_filter, filters=filters)
        size = nb_row if kernel_size is None else kernel_size
        whole = isinstance(nb_col, int)
        if nb_col is not None and not whole:  # Conv2D(32, (3, 3), (2, 2))
            strides = nb_col
        self.kernel = (size, nb_col) if whole else lengths(size, 2)
        self.subsample = lengths(subsample if strides is None else strides, 2)
        self.border_mode = (padding or border_mode).upper()
        self.init, self.bias = later.get("init", init), later.get("bias", bias)
        self.b_init = later.get("b_init", "zero")
        self.W_regularizer = later.get("W_regularizer", W_regularizer)
        self.limits = (
            later.get("W_constraint", W_constraint),
            later.get("b_constraint", b_constraint),
        )
        self.b_regularizer = later.get("b_regularizer", b_regularizer)
        if activity_regularizer is not None:
            raise ValueError(f"Convolution2D: activity_regularizer is not supported.{here()}")
        self.activation = chosen("the activation", activation or "linear", ACTIVATIONS)

    def build(self, shape: list[int | None]) -> None:
        """W (rows, columns, channels, nb_filter), and b."""
        if len(shape) != 4:
            raise ValueError(
                f"Convolution2D takes images (height, width, channels), and got {shape[1:]} for "
                f"each example. Put a Reshape((height, width, channels)) before it.{here()}"
            )
        shape = [*self.kernel, shape[-1], self.nb_filter]
        self._make(shape)

    def _make(self, shape: list[Any]) -> None:
        limit = self.limits
        self.W = self.add_weight("W", shape, self.init, self.W_regularizer, constraint=limit[0])
        if self.bias:
            self.b = self.add_weight(
                "b", [self.nb_filter], self.b_init, self.b_regularizer, constraint=limit[1]
            )

    def over(self, x: Any) -> Any:
        """The convolution, then the activation."""
        y = tf.nn.conv2d(x, self.W, [1, *self.subsample, 1], self.border_mode)
        return self.activation(tf.nn.bias_add(y, self.b) if self.bias else y)


Conv2D = Convolution2D


class Deconvolution2D(Convolution2D):
    """The transpose of a convolution, to images of `output_shape` (batch, rows, columns, filters).

    Without one (`Conv2DTranspose` of Keras 2) they are as many times as large as the strides say.
    """

    def __init__(
        self, nb_filter: Any = None, nb_row: Any = None, nb_col: Any = None,
        output_shape: Any = None, *args: Any, **kwargs: Any,
    ) -> None:  # fmt: skip
        super().__init__(nb_filter, nb_row, nb_col, *args, **kwargs)
        self.wanted = output_shape

    def build(self, shape: list[int | None]) -> None:
        """W (rows, columns, nb_filter, channels), and b."""
        self._make([*self.kernel, self.nb_filter, shape[-1]])

    def over(self, x: Any) -> Any:
        """The transposed convolution, then the activation."""
        if self.wanted is None:
            y = transposed(x, self.W, self.nb_filter, self.kernel, self.subsample, self.border_mode)
        else:
            shape = [tf.shape(x)[0], *(int(n) for n in self.seen(tuple(self.wanted))[1:])]
            steps = [1, *self.subsample, 1]
            y = tf.nn.conv2d_transpose(x, self.W, shape, steps, self.border_mode)
        return self.activation(tf.nn.bias_add(y, self.b) if self.bias else y)


Conv2DTranspose = Deconv2D = Deconvolution2D


class Convolution1D(Convolution2D):
    """`nb_filter` kernels of `filter_length` steps over rows (steps, features)."""

    goes_along_time = True

    def __init__(
        self,
        nb_filter: Any = None,
        filter_length: Any = None,
        init: Any = "glorot_uniform",
        activation: Any = "linear",
        weights: Any = None,
        border_mode: str = "valid",
        subsample_length: Any = 1,
        kernel_size: Any = None,
        strides: Any = None,
        **kwargs: Any,
    ) -> None:
        size = filter_length if kernel_size is None else kernel_size
        step = subsample_length if strides is None else strides
        super().__init__(
            nb_filter, 1, _one(size), init, activation, weights, border_mode, (1, _one(step)),
            **kwargs,
        )  # fmt: skip

    def build(self, shape: list[int | None]) -> None:
        """W (1, steps, features, nb_filter), and b."""
        if len(shape) != 3:
            raise ValueError(
                f"Convolution1D takes (steps, features), and got {shape[1:]} for each "
                f"example.{here()}"
            )
        self._make([*self.kernel, shape[-1], self.nb_filter])

    def call(self, x: Any) -> Any:
        """The convolution along the steps."""
        return tf.squeeze(self.over(tf.expand_dims(x, 1)), [1])


Conv1D = Convolution1D


class UpSampling2D(Images):
    """Each pixel repeated `size` times."""

    def __init__(self, size: Any = (2, 2), dim_ordering: Any = None, **kwargs: Any) -> None:
        super().__init__(dim_ordering, **kwargs)
        self.size = lengths(size, 2)

    def over(self, x: Any) -> Any:
        """(batch, rows * size, columns * size, channels)."""
        dims = x.get_shape().as_list()
        return tf.image.resize_nearest_neighbor(
            x, [n * k for n, k in zip(dims[1:3], self.size, strict=True)]
        )


class UpSampling1D(Layer):
    """Each step repeated."""

    def __init__(self, length: int | None = None, size: int | None = None, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.length = (
            2
            if length is None and size is None
            else one_of("UpSampling1D", length=length, size=size)
        )

    def call(self, x: Any) -> Any:
        """(batch, steps * length, features)."""
        steps, width = x.get_shape().as_list()[1:]
        wide = tf.tile(tf.expand_dims(x, 2), [1, 1, self.length, 1])
        return tf.reshape(wide, [-1, steps * self.length, width])


class ZeroPadding2D(Images):
    """A frame of zeros: (rows, columns) on both sides, or ((top, bottom), (left, right))."""

    def __init__(self, padding: Any = (1, 1), dim_ordering: Any = None, **kwargs: Any) -> None:
        super().__init__(dim_ordering, **kwargs)
        both = padding if isinstance(padding, list | tuple) else (padding, padding)
        if len(both) == 4:
            both = (both[:2], both[2:])
        self.frame = [(p, p) if isinstance(p, int) else tuple(p) for p in both]

    def over(self, x: Any) -> Any:
        """The framed image."""
        return tf.pad(x, [(0, 0), *self.frame, (0, 0)])


class Cropping2D(ZeroPadding2D):
    """Without a frame: ((top, bottom), (left, right))."""

    def over(self, x: Any) -> Any:
        """The inner part."""
        (top, bottom), (left, right) = self.frame
        rows, columns = x.get_shape().as_list()[1:3]
        return x[:, top : rows - bottom, left : columns - right]


class ZeroPadding1D(Layer):
    """Steps of zeros before and after: as many on both sides, or (before, after)."""

    def __init__(self, padding: Any = 1, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.frame = (padding, padding) if isinstance(padding, int) else tuple(padding)

    def call(self, x: Any) -> Any:
        """The longer sequence."""
        return tf.pad(x, [(0, 0), self.frame, (0, 0)])


class Cropping1D(ZeroPadding1D):
    """Without the first and the last steps."""

    def __init__(self, cropping: Any = (1, 1), **kwargs: Any) -> None:
        super().__init__(cropping, **kwargs)

    def call(self, x: Any) -> Any:
        """The shorter sequence."""
        before, after = self.frame
        return x[:, before : -after or None]


def _one(value: Any) -> int:
    return int(value[0]) if isinstance(value, list | tuple) else int(value)
