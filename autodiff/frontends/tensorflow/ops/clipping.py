"""Clipping of values and of gradients, by value, norm, or the norm of all together."""

from __future__ import annotations

from typing import Any

from autodiff.frontends.tensorflow.declaring.declare import scoped
from autodiff.frontends.tensorflow.declaring.staging import dtype_of, stage, tensors
from autodiff.frontends.tensorflow.graph.slices import IndexedSlices
from autodiff.frontends.tensorflow.ops.arrays import cast, size
from autodiff.frontends.tensorflow.ops.math import add_n, maximum, sqrt, square
from autodiff.frontends.tensorflow.ops.reductions import reduce_sum
from autodiff.frontends.tensorflow.ops.ties import clip_op


def clip_by_value(t: Any, clip_value_min: Any, clip_value_max: Any, name: str | None = None) -> Any:
    """Each element moved into clip_value_min .. clip_value_max; on a bound its slope is 1."""
    return stage(clip_op, t, clip_value_min, clip_value_max, name=name, type="ClipByValue")


@scoped("clip_by_norm")
def clip_by_norm(t: Any, clip_norm: Any, axes: Any = None) -> Any:
    """t scaled down to a Euclidean norm of at most `clip_norm`, over all or some axes."""
    return t * (clip_norm / maximum(_norm(t, axes), clip_norm))


@scoped("clip_by_average_norm")
def clip_by_average_norm(t: Any, clip_norm: Any) -> Any:
    """t scaled down so that its norm over the number of elements is at most `clip_norm`."""
    average = _norm(t, None) / cast(size(t), dtype_of(t))
    return t * (clip_norm / maximum(average, clip_norm))


def _norm(t: Any, axes: Any) -> Any:
    return sqrt(reduce_sum(square(t), axes, keep_dims=axes is not None))


@scoped("global_norm")
def global_norm(t_list: Any) -> Any:
    """The Euclidean norm of all elements of all tensors; None entries are left out."""
    squares = [reduce_sum(square(_rows(t))) for t in t_list if t is not None]
    return sqrt(add_n(squares))


@scoped("clip_by_global_norm")
def clip_by_global_norm(t_list: Any, clip_norm: Any, use_norm: Any = None) -> tuple[list[Any], Any]:
    """The tensors scaled by one factor to a `global_norm` of at most `clip_norm`, and that norm.

    What `tf.gradients` returns goes in as it is: None entries stay None.
    """
    t_list = tensors(t_list, "tf.clip_by_global_norm")
    norm = global_norm(t_list) if use_norm is None else use_norm
    factor = clip_norm / maximum(norm, clip_norm)
    return [_scaled(t, factor) for t in t_list], norm


def _rows(t: Any) -> Any:
    """What is measured of a gradient: of `IndexedSlices` the rows as they are given."""
    return t.values if isinstance(t, IndexedSlices) else t


def _scaled(t: Any, factor: Any) -> Any:
    if isinstance(t, IndexedSlices):
        return IndexedSlices(t.values * factor, t.indices, t.dims, t.like)
    return None if t is None else t * factor
