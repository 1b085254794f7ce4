"""Random numbers, drawn anew in every run, with the seeds of the graph and of the op."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from autodiff.frontends.tensorflow.dtypes import as_dtype, float32
from autodiff.frontends.tensorflow.graph import get_default_graph
from autodiff.frontends.tensorflow.shapes import as_dims
from autodiff.frontends.tensorflow.state import State, session_op
from autodiff.frontends.tensorflow.tensor import Tensor


def set_random_seed(seed: int | None) -> None:
    """The seed of the default graph, from which every random op derives its own."""
    get_default_graph().seed = seed


def drawn(
    type: str,
    draw: Callable[..., Any],
    shape: Any,
    dtype: Any,
    seed: int | None,
    name: str | None,
) -> Tensor:
    """A node that calls `draw(generator, shape)` in every run.

    Each session has a generator of its own for each op.  With a seed of the graph or of the op
    the sequence is the same in every session; with neither it is different every time.
    """
    graph = get_default_graph()
    found, dims = as_dtype(dtype), as_dims(shape)
    own = None if graph.seed is None and seed is None else (graph.seed or 0, _own(graph, seed))
    key = object()

    def sample(state: State) -> Any:
        generator = state.resource(key, lambda: np.random.default_rng(own))
        return np.asarray(draw(generator, dims)).astype(found)[()]

    return graph.stage(session_op(type, sample), (), {}, name, type, [(dims, found)])


def _own(graph: Any, seed: int | None) -> int:
    return graph.version if seed is None else seed


def random_uniform(
    shape: Any,
    minval: float = 0.0,
    maxval: float = 1.0,
    dtype: Any = float32,
    seed: int | None = None,
    name: str | None = None,
) -> Tensor:
    """Numbers drawn uniformly between two bounds."""
    return drawn(
        "RandomUniform",
        lambda rng, size: rng.uniform(minval, maxval, size),
        shape,
        dtype,
        seed,
        name,
    )
