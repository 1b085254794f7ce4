"""The types of layers that arrange the numbers of their bottoms, and compute none."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from autodiff.frontends.caffe.layer_types.base import LayerBase, register
from autodiff.ops.ground.arguments import shape_of


@register("Flatten")
class Flatten(LayerBase):
    """The axes from `axis` to `end_axis` as one: each example as a row, unless told."""

    def compute(self, x: Any) -> Any:
        """The same numbers."""
        own, shape = self.param.flatten_param, shape_of(x)
        start, end = own.axis % len(shape), own.end_axis % len(shape) + 1
        return np.reshape(x, (*shape[:start], math.prod(shape[start:end]), *shape[end:]))


@register("Reshape")
class Reshape(LayerBase):
    """Another shape for `num_axes` axes from `axis` on: 0 keeps a length, -1 takes what is left."""

    def compute(self, x: Any) -> Any:
        """The same numbers."""
        own, shape = self.param.reshape_param, shape_of(x)
        start = own.axis if own.axis >= 0 else len(shape) + own.axis + 1
        end = len(shape) if own.num_axes == -1 else start + own.num_axes
        wanted = [shape[start + i] if n == 0 else n for i, n in enumerate(own.shape.dim)]
        return np.reshape(x, (*shape[:start], *wanted, *shape[end:]))


@register("Concat")
class Concat(LayerBase):
    """Bottoms one after the other."""

    def compute(self, *xs: Any) -> Any:
        """The whole."""
        own = self.param.concat_param
        axis = own.concat_dim if own.HasField("concat_dim") else own.axis
        return np.concatenate(xs, axis=axis)


@register("Slice")
class Slice(LayerBase):
    """The bottom cut along an axis: at the points given, or into equal parts."""

    def compute(self, x: Any) -> Any:
        """A top for each part."""
        own = self.param.slice_param
        axis = own.slice_dim if own.HasField("slice_dim") else own.axis
        count = len(self.param.top)
        if not own.slice_point and shape_of(x)[axis] % count:
            raise ValueError(
                f"an axis of {shape_of(x)[axis]} can't be cut into {count} equal parts"
            )
        if any(point >= shape_of(x)[axis] for point in own.slice_point):
            raise ValueError(
                f"an axis of {shape_of(x)[axis]} can't be cut at {list(own.slice_point)}"
            )
        return tuple(np.split(x, list(own.slice_point) or count, axis))


@register("Crop")
class Crop(LayerBase):
    """The part of the first bottom, from `axis` on, that is as large as the second one.

    `offset` says where it begins: once for all these axes, or for each; 0 unless told.
    """

    fixed_bottoms = (1,)

    def compute(self, x: Any, like: Any) -> Any:
        """The part."""
        own, rank = self.param.crop_param, len(shape_of(x))
        axis = own.axis % rank
        given = list(own.offset) or [0]
        offsets = given if len(given) > 1 else given * (rank - axis)
        parts = [slice(None)] * axis
        for start, length in zip(offsets, shape_of(like)[axis:], strict=True):
            parts.append(slice(start, start + length))
        return x[tuple(parts)]


@register("Tile")
class Tile(LayerBase):
    """The bottom several times along an axis."""

    def compute(self, x: Any) -> Any:
        """The copies, one after the other."""
        own = self.param.tile_param
        return np.concatenate([x] * own.tiles, axis=own.axis)
