"""Layers without axes of their own: dense, activations, dropout, shapes, noise; and `Input`."""

from __future__ import annotations

from typing import Any

import numpy as np

from autodiff.core.ground.locations import here
from autodiff.frontends import tensorflow as tf
from autodiff.frontends.keras.ground.choices import ACTIVATIONS, REGULARIZERS, chosen, two
from autodiff.frontends.keras.ground.session import backend, floatx, in_train_phase, over_images
from autodiff.frontends.keras.layers.base import Layer, one_of


class Dense(Layer):
    """activation(x W + b), `output_dim` numbers for each example."""

    supports_masking = True

    def __init__(
        self,
        output_dim: int | None = None,
        init: Any = "glorot_uniform",
        activation: Any = "linear",
        weights: Any = None,
        W_regularizer: Any = None,
        b_regularizer: Any = None,
        activity_regularizer: Any = None,
        W_constraint: Any = None,
        b_constraint: Any = None,
        bias: bool = True,
        **kwargs: Any,
    ) -> None:
        later = two(kwargs)
        super().__init__(weights=weights, **kwargs)
        if callable(output_dim) or (isinstance(init, str) and init in ACTIVATIONS):
            raise TypeError(f"Dense: write activation={init!r} by its name.{here()}")
        self.output_dim = one_of("Dense", output_dim=output_dim, units=later.get("units"))
        self.init, self.bias = later.get("init", init), later.get("bias", bias)
        self.b_init = later.get("b_init", "zero")
        self.penalties = (
            later.get("W_regularizer", W_regularizer),
            later.get("b_regularizer", b_regularizer),
        )
        self.limits = (
            later.get("W_constraint", W_constraint),
            later.get("b_constraint", b_constraint),
        )
        self.activity = activity_regularizer
        self.activation = chosen("the activation", activation or "linear", ACTIVATIONS)

    def build(self, shape: list[int | None]) -> None:
        """W (inputs, output_dim), and b."""
        penalty, limit = self.penalties, self.limits
        size = [shape[-1], self.output_dim]
        self.W = self.add_weight("W", size, self.init, penalty[0], constraint=limit[0])
        if self.bias:
            self.b = self.add_weight(
                "b", [self.output_dim], self.b_init, penalty[1], constraint=limit[1]
            )

    def call(self, x: Any) -> Any:
        """The affine map along the last axis, then the activation."""
        dims = x.get_shape().as_list()
        if len(dims) > 3:
            raise ValueError(
                f"Dense takes rows (batch, features), or steps of them, and got {x.get_shape()}. "
                f"Put a Flatten() before it.{here()}"
            )
        y = tf.matmul(x, self.W) if len(dims) == 2 else tf.tensordot(x, self.W, 1)
        y.set_shape([*dims[:-1], self.output_dim])
        y = self.activation(tf.nn.bias_add(y, self.b) if self.bias else y)
        if self.activity is not None:
            self.losses.append(chosen("the regularizer", self.activity, REGULARIZERS)(y))
        return y


class Activation(Layer):
    """A function of each element, by name or as it is."""

    supports_masking = True

    def __init__(self, activation: Any, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.activation = chosen("the activation", activation, ACTIVATIONS)

    def call(self, x: Any) -> Any:
        """activation(x)."""
        return self.activation(x)


class Lambda(Layer):
    """Any function of tensors, without weights; `output_shape` is found without being told."""

    def __init__(
        self,
        function: Any,
        output_shape: Any = None,
        mask: Any = None,
        arguments: dict[str, Any] | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        self.function, self.mask, self.arguments = function, mask, arguments or {}

    def compute_mask(self, x: Any, mask: Any = None) -> Any:
        """That of `mask=`, or what that function makes of the input's; otherwise it ends here."""
        return self.mask(x, mask) if callable(self.mask) else self.mask

    def call(self, x: Any) -> Any:
        """function(x, **arguments)."""
        return self.function(x, **self.arguments)


class Masking(Layer):
    """Steps (batch, steps, features) that are `mask_value` in all features do not count."""

    supports_masking = True
    goes_along_time = True

    def __init__(self, mask_value: float = 0.0, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.mask_value = mask_value

    def compute_mask(self, x: Any, mask: Any = None) -> Any:
        """Which steps count."""
        return tf.reduce_any(tf.not_equal(x, self.mask_value), -1)

    def call(self, x: Any) -> Any:
        """x, with zeros in the steps that do not count."""
        counts = tf.reduce_any(tf.not_equal(x, self.mask_value), -1, keep_dims=True)
        return x * tf.cast(counts, x.dtype)


class Dropout(Layer):
    """While training, each element is 0 with probability p, and the rest divided by 1 - p."""

    supports_masking = True

    def __init__(
        self,
        p: float | None = None,
        noise_shape: Any = None,
        seed: int | None = None,
        rate: float | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        self.p = one_of("Dropout", p=p, rate=rate)
        self.noise_shape, self.seed = noise_shape, seed

    def call(self, x: Any) -> Any:
        """x, or a part of it while training."""
        keep = in_train_phase(x.graph, x.dtype.type(1 - self.p), x.dtype.type(1))
        return tf.nn.dropout(x, keep, self.noise_shape, self.seed)


class SpatialDropout1D(Dropout):
    """Dropout of whole features of a sequence (batch, steps, features)."""

    def call(self, x: Any) -> Any:
        """x, or without some features while training."""
        lengths = tf.shape(x)
        axes = range(1, len(x.get_shape()) - 1)
        shape = [lengths[0], *(1 for _ in axes), lengths[-1]]
        self.noise_shape = tf.stack(shape)
        y = super().call(x)
        y.set_shape(x.get_shape())
        return y


class SpatialDropout2D(SpatialDropout1D):
    """Dropout of whole channels of images, which stand where the order of the axes says."""

    def __init__(
        self, p: float | None = None, dim_ordering: Any = None, data_format: Any = None,
        rate: float | None = None, **kwargs: Any,
    ) -> None:  # fmt: skip
        super().__init__(p=p, rate=rate, **kwargs)
        self.order = dim_ordering or data_format

    def call(self, x: Any) -> Any:
        """x, or without some channels while training."""
        return over_images(super().call, x, self.order)


class InputLayer(Layer):
    """What comes in, as the first layer of a `Sequential`."""

    supports_masking = True

    def call(self, x: Any) -> Any:
        """x."""
        return tf.identity(x)


class Flatten(Layer):
    """Each example as one row."""

    def call(self, x: Any) -> Any:
        """(batch, ...) to (batch, features)."""
        return tf.reshape(x, [-1, int(np.prod(x.get_shape().as_list()[1:]))])


class Reshape(Layer):
    """Each example in another shape."""

    def __init__(self, target_shape: Any, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.target_shape = tuple(target_shape)

    def call(self, x: Any) -> Any:
        """(batch, *target_shape)."""
        known = x.get_shape().as_list()[1:]
        shape = list(self.target_shape)
        if -1 in shape and None not in known:
            rest = int(np.prod([n for n in shape if n != -1]))
            shape[shape.index(-1)] = int(np.prod(known)) // rest
        return tf.reshape(x, [-1, *shape])


class Permute(Layer):
    """The axes of an example in another order; they count from 1."""

    def __init__(self, dims: Any, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.dims = tuple(dims)

    def call(self, x: Any) -> Any:
        """The transpose."""
        return tf.transpose(x, [0, *self.dims])


class RepeatVector(Layer):
    """Each example (features) n times: (n, features)."""

    def __init__(self, n: int, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.n = n

    def call(self, x: Any) -> Any:
        """(batch, n, features)."""
        return tf.tile(tf.expand_dims(x, 1), [1, self.n, 1])


class ActivityRegularization(Layer):
    """The input itself, with a penalty on its size."""

    supports_masking = True

    def __init__(self, l1: float = 0.0, l2: float = 0.0, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.sizes = l1, l2

    def call(self, x: Any) -> Any:
        """x."""
        one, two = self.sizes
        penalty = one * tf.reduce_sum(tf.abs(x)) + two * tf.reduce_sum(tf.square(x))
        self.losses.append(penalty)
        return tf.identity(x)


def Input(
    shape: Any = None,
    batch_shape: Any = None,
    name: str | None = None,
    dtype: Any = None,
    tensor: Any = None,
) -> Any:
    """A placeholder for a batch of examples of this shape; or a tensor as the input."""
    if tensor is not None:
        return tensor
    full = [None, *shape] if batch_shape is None else list(batch_shape)
    made = tf.placeholder(
        tf.as_dtype(dtype or floatx()), full, name=name or backend().name("input")
    )
    return made
