"""Several tensors as one: `Merge` and `merge` of Keras 1, a layer for each way of Keras 2."""

from __future__ import annotations

from functools import reduce
from typing import Any

from autodiff.core.ground.locations import here
from autodiff.frontends import tensorflow as tf
from autodiff.frontends.common.options import only
from autodiff.frontends.keras.layers.base import Layer


class Merge(Layer):
    """Several tensors as one: "sum", "mul", "ave", "max", "concat", "dot", "cos", or a function.

    With `layers`, models or layers that were called, it can be the first layer of a `Sequential`.
    """

    not_written = ("weights", "layers")

    def __init__(
        self,
        layers: Any = None,
        mode: Any = "sum",
        concat_axis: int = -1,
        dot_axes: Any = -1,
        output_shape: Any = None,
        arguments: Any = None,
        **kwargs: Any,
    ) -> None:
        if isinstance(layers, str):
            layers, mode = None, layers
        super().__init__(
            **{
                k: v
                for k, v in kwargs.items()
                if k not in ("output_mask", "node_indices", "tensor_indices")
            }
        )
        modes = ("sum", "mul", "ave", "max", "min", "sub", "concat", "dot", "cos")
        if not callable(mode) and mode not in modes:
            raise ValueError(f"merge: the mode is one of {', '.join(modes)}, not {mode!r}.{here()}")
        self.sources = list(layers or [])
        self.mode, self.concat_axis, self.dot_axes = mode, concat_axis, dot_axes
        self.arguments = arguments or {}

    def compute_mask(self, x: Any, mask: Any = None) -> Any:
        """Steps that count in all inputs; side by side along time the masks are so too."""
        if mask is None or callable(self.mode) or self.mode in ("dot", "cos"):
            return None
        if self.mode != "concat" or self.concat_axis in (-1, len(x[0].get_shape()) - 1):
            known = [one for one in mask if one is not None]
            return reduce(tf.logical_and, known)
        whole = [
            tf.ones(tf.shape(part)[:2]) > 0 if one is None else one
            for part, one in zip(x, mask, strict=True)
        ]
        return tf.concat(self.concat_axis, whole)

    def call(self, x: Any) -> Any:
        """The merged tensor."""
        parts = list(x)
        if callable(self.mode):
            return self.mode(parts, **self.arguments)
        if self.mode == "concat":
            return tf.concat(self.concat_axis, parts)
        if self.mode in ("sum", "ave"):
            total = tf.add_n(parts)
            return total / len(parts) if self.mode == "ave" else total
        if self.mode in ("dot", "cos"):
            return self._dot(*parts)
        first, *rest = parts
        by = {"mul": tf.mul, "max": tf.maximum, "min": tf.minimum, "sub": tf.sub}
        return reduce(by[self.mode], rest, first)

    def _dot(self, one: Any, other: Any) -> Any:
        if self.mode == "cos":
            one, other = (tf.nn.l2_normalize(x, -1) for x in (one, other))
        axes = self.dot_axes
        first, second = (axes, axes) if isinstance(axes, int) else axes
        first, second = (_alone(a) for a in (first, second))
        ranks = len(one.get_shape()), len(other.get_shape())
        if ranks == (2, 2):
            return tf.reduce_sum(one * other, 1, keep_dims=True)
        left = one if first % ranks[0] == ranks[0] - 1 else tf.matrix_transpose(one)
        right = other if second % ranks[1] == ranks[1] - 2 else tf.matrix_transpose(other)
        if ranks != (3, 3):
            raise ValueError(f"merge dot takes vectors or (steps, features), not {ranks}.{here()}")
        return tf.batch_matmul(left, right)


def _alone(axis: Any) -> int:
    return int(axis[0]) if isinstance(axis, list | tuple) else int(axis)


def merge(
    inputs: Any,
    mode: Any = "sum",
    concat_axis: int = -1,
    dot_axes: Any = -1,
    output_shape: Any = None,
    output_mask: Any = None,
    arguments: Any = None,
    name: str | None = None,
) -> Any:
    """Several tensors as one, in the functional style."""
    only("merge", {"output_mask": output_mask})
    merging = Merge(None, mode, concat_axis, dot_axes, arguments=arguments, name=name)
    return merging(inputs)


def _way(own: str, mode: str, doc: str) -> Any:
    def __init__(self: Any, axis: int = -1, **kwargs: Any) -> None:
        kwargs.pop("normalize", None)
        axes = kwargs.pop("axes", axis)
        Merge.__init__(self, None, mode, axis if isinstance(axis, int) else -1, axes, **kwargs)

    return type(own, (Merge,), {"__init__": __init__, "__doc__": doc, "__module__": __name__})


Add = _way("Add", "sum", "The sum.")
Multiply = _way("Multiply", "mul", "The product, element by element.")
Average = _way("Average", "ave", "The mean.")
Maximum = _way("Maximum", "max", "The largest.")
Minimum = _way("Minimum", "min", "The smallest.")
Subtract = _way("Subtract", "sub", "The first less the second.")
Concatenate = _way("Concatenate", "concat", "One beside the other along `axis`.")


class Dot(Merge):
    """The inner products along `axes`, of vectors of length 1 with `normalize`."""

    def __init__(self, axes: Any, normalize: bool = False, **kwargs: Any) -> None:
        super().__init__(None, "cos" if normalize else "dot", dot_axes=axes, **kwargs)


def add(inputs: Any, **kwargs: Any) -> Any:
    """The sum."""
    return Add(**kwargs)(inputs)


def multiply(inputs: Any, **kwargs: Any) -> Any:
    """The product, element by element."""
    return Multiply(**kwargs)(inputs)


def average(inputs: Any, **kwargs: Any) -> Any:
    """The mean."""
    return Average(**kwargs)(inputs)


def maximum(inputs: Any, **kwargs: Any) -> Any:
    """The largest."""
    return Maximum(**kwargs)(inputs)


def minimum(inputs: Any, **kwargs: Any) -> Any:
    """The smallest."""
    return Minimum(**kwargs)(inputs)


def subtract(inputs: Any, **kwargs: Any) -> Any:
    """The first less the second."""
    return Subtract(**kwargs)(inputs)


def concatenate(inputs: Any, axis: int = -1, **kwargs: Any) -> Any:
    """One beside the other."""
    return Concatenate(axis=axis, **kwargs)(inputs)


def dot(inputs: Any, axes: Any, normalize: bool = False, **kwargs: Any) -> Any:
    """The inner products along axes."""
    return Dot(axes, normalize, **kwargs)(inputs)
