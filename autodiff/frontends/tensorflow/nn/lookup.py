"""Looking up: rows of tables, the largest elements, whether a label is among them."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from autodiff.core.ground.locations import here
from autodiff.frontends.common.options import taking
from autodiff.frontends.tensorflow.declaring.declare import scoped
from autodiff.frontends.tensorflow.declaring.staging import dims_of, dtype_of
from autodiff.frontends.tensorflow.graph.inputs import convert_to_tensor
from autodiff.frontends.tensorflow.ops.arrays import to_int32
from autodiff.frontends.tensorflow.ops.choosing import gather, one_hot
from autodiff.frontends.tensorflow.ops.math import greater, less
from autodiff.frontends.tensorflow.ops.reductions import reduce_sum


@taking("validate_indices", "max_norm")
def embedding_lookup(
    params: Any, ids: Any, partition_strategy: str = "mod", name: str | None = None
) -> Any:
    """The rows params[ids]; of a list of tables the one table that it holds."""
    if isinstance(params, list | tuple):
        if len(params) != 1:
            raise ValueError(f"tf.nn.embedding_lookup: one table only; join them first.{here()}")
        (params,) = params
    return gather(params, ids, name=name or "embedding_lookup")


@scoped("InTopK")
def in_top_k(predictions: Any, targets: Any, k: int) -> Any:
    """Whether the score of each target is among the k largest of its row (ties count)."""
    depth = dims_of(predictions)[-1]
    hot = one_hot(targets, depth, dtype=dtype_of(predictions))
    own = reduce_sum(hot * predictions, -1, keep_dims=True)
    return less(reduce_sum(to_int32(greater(predictions, own)), -1), k)


class TopK(NamedTuple):
    """What `top_k` gives."""

    values: Any
    indices: Any


def top_k(input: Any, k: int = 1, sorted: bool = True, name: str | None = None) -> TopK:
    """The k largest elements of the last axis, largest first, and their indices."""
    x = convert_to_tensor(input)
    last = k if isinstance(k, int | np.integer) else None
    dims = None if x.dims is None else (*x.dims[:-1], last)
    infos = [(dims, x.dtype), (dims, np.dtype(np.int32))]
    return TopK(*x.owner.stage_call(_top_k, (x,), {"k": k}, name, "TopK", infos, True))


def _top_k(x: Any, k: int) -> TopK:
    indices = np.argsort(-x, axis=-1, kind="stable")[..., :k]
    return TopK(np.take_along_axis(x, indices, -1), indices.astype(np.int32))
