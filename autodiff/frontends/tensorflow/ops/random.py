"""Random tensors: drawn anew by every run, from a generator that each session has for each node.

Seeds work as TensorFlow 0.11 documents them.  With neither a graph seed (`tf.set_random_seed`)
nor an op seed the numbers differ from session to session; with both, or one of the two, every new
session draws the same sequence.  A graph seed alone gives each op a seed of its own, by the
number of nodes built before it.  The numbers are NumPy's, not those of TensorFlow's kernels.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from autodiff.core.ground.locations import here
from autodiff.frontends.tensorflow.declaring.declare import scoped
from autodiff.frontends.tensorflow.declaring.staging import (
    dims_of,
    graph_of,
    known,
    scope,
    shape_list,
    stage,
    stage_code,
    tensor,
)
from autodiff.frontends.tensorflow.graph.graph import Graph, get_default_graph
from autodiff.frontends.tensorflow.graph.recorded import has_tensor
from autodiff.frontends.tensorflow.graph.state import State, session_op
from autodiff.frontends.tensorflow.graph.tensor import Tensor
from autodiff.frontends.tensorflow.ground.dtypes import as_dtype
from autodiff.nn import initializers

DEFAULT_GRAPH_SEED = 87654321
"""What stands in for a graph seed where only the op has one; the number is TensorFlow's."""


def set_random_seed(seed: int) -> None:
    """The seed of the default graph, for all random ops that are built from here on."""
    get_default_graph().seed = seed


def seeds_of(graph: Graph, seed: int | None) -> tuple[int, int] | None:
    """(graph seed, op seed), or None where nobody gave one.

    >>> seeds_of(Graph(), None), seeds_of(Graph(), 1)
    (None, (87654321, 1))
    """
    if graph.seed is None:
        return None if seed is None else (DEFAULT_GRAPH_SEED, seed)
    return graph.seed, graph.version if seed is None else seed


def _draw(
    state: State, *operands: Any, draw: Callable[..., Any], seeds: Any, key: Any, dtype: Any
) -> Any:
    """One draw from the generator that this session keeps for this node."""
    entropy = None if seeds is None else [seed % 2**63 for seed in seeds]
    generator = state.resource(key, lambda: np.random.default_rng(entropy))
    return np.asarray(draw(generator, *operands)).astype(dtype, copy=False)


draw_ops = [
    session_op("random", _draw, label=f"random({', '.join(['{}'] * count)})") for count in range(4)
]
"""One op for each number of operands, so that each has a label for the drawings."""


def drawn(
    draw: Callable[..., Any],
    *operands: Any,
    dims: Any,
    dtype: Any,
    seed: int | None,
    type: str,
    name: str | None = None,
) -> Any:
    """A node whose value is `draw(generator, *operands)`, other numbers in every run."""
    graph = graph_of(operands)
    params = {"draw": draw, "seeds": seeds_of(graph, seed), "key": object(), "dtype": dtype}
    return graph.stage(draw_ops[len(operands)], operands, params, name, type, [(dims, dtype)])


def _shaped(shape: Any) -> tuple[Any, Any]:
    """A shape as an operand, and what is known of it while the graph is built."""
    shape = shape_list(shape)
    dims = known(shape)
    if not isinstance(shape, Tensor):
        shape = stage("stack", *shape, axis=0) if has_tensor(shape) else np.array(shape, np.int32)
    return shape, dims


def _lengths(shape: Any) -> tuple[int, ...]:
    return tuple(int(n) for n in np.ravel(shape))


def _standard_normal(rng: np.random.Generator, shape: Any) -> Any:
    return rng.standard_normal(_lengths(shape))


def _truncated(rng: np.random.Generator, shape: Any) -> Any:
    return initializers.truncated_normal(rng, _lengths(shape))


def _uniform(rng: np.random.Generator, shape: Any) -> Any:
    return rng.random(_lengths(shape))


def _scaled(
    draw: Any, kind: str, default: str, shape: Any, factor: Any, offset: Any, dtype: Any, seed: Any,
    name: Any,
) -> Any:  # fmt: skip
    """draw * factor + offset, differentiable by both."""
    dtype = as_dtype(dtype)
    if dtype.kind != "f":
        raise TypeError(f"tf.{default} draws floats, and dtype={dtype} was asked for.{here()}")
    with scope(name, default, shape, factor, offset) as path:
        shape, dims = _shaped(shape)
        steps = [("multiply", factor, 1), ("add", offset, 0)]
        steps = [
            step for step in steps if isinstance(step[1], Tensor) or np.any(step[1] != step[2])
        ]
        last = None if steps else path
        found = drawn(draw, shape, dims=dims, dtype=dtype, seed=seed, type=kind, name=last)
        for place, (op, value, _) in enumerate(steps, 1):
            found = stage(op, found, _as(value, dtype), name=path if place == len(steps) else None)
        return found


def _as(value: Any, dtype: Any) -> Any:
    return value if isinstance(value, Tensor) else np.asarray(value, dtype)[()]


def _normal(draw: Any, kind: str, own: str, doc: str) -> Callable[..., Any]:
    def function(
        shape: Any,
        mean: Any = 0.0,
        stddev: Any = 1.0,
        dtype: Any = np.float32,
        seed: int | None = None,
        name: str | None = None,
    ) -> Any:
        return _scaled(draw, kind, own, shape, stddev, mean, dtype, seed, name)

    function.__name__ = function.__qualname__ = own
    function.__doc__ = doc
    return function


random_normal = _normal(
    _standard_normal, "RandomStandardNormal", "random_normal", "Independent normal numbers."
)
truncated_normal = _normal(
    _truncated,
    "TruncatedNormal",
    "truncated_normal",
    "Normal numbers, those more than two standard deviations from the mean drawn again.",
)


def random_uniform(
    shape: Any,
    minval: Any = 0,
    maxval: Any = None,
    dtype: Any = np.float32,
    seed: int | None = None,
    name: str | None = None,
) -> Any:
    """Numbers in minval .. maxval, the end excluded; `maxval` is 1 for floats, given for ints."""
    dtype = as_dtype(dtype)
    if dtype.kind in "iu":
        if maxval is None:
            raise ValueError(f"tf.random_uniform of {dtype} needs maxval.{here()}")
        shape, dims = _shaped(shape)
        return drawn(
            _integers, shape, tensor(minval), tensor(maxval), dims=dims, dtype=dtype, seed=seed,
            type="RandomUniformInt", name=name or "random_uniform",
        )  # fmt: skip
    low, high = minval, 1.0 if maxval is None else maxval
    return _scaled(
        _uniform, "RandomUniform", "random_uniform", shape, high - low, low, dtype, seed, name
    )


def _integers(rng: np.random.Generator, shape: Any, low: Any, high: Any) -> Any:
    return rng.integers(low, high, _lengths(shape))


@scoped("RandomShuffle")
def random_shuffle(value: Any, seed: int | None = None) -> Any:
    """The rows in another order in every run."""
    value = tensor(value)
    dims = dims_of(value)
    order = drawn(
        _permutation, value, dims=dims and dims[:1], dtype=np.dtype(np.int64), seed=seed,
        type="RandomOrder",
    )  # fmt: skip
    return stage("getitem", value, type="Gather", index=order)


def _permutation(rng: np.random.Generator, value: Any) -> Any:
    return rng.permutation(len(value))


@scoped("random_crop")
def random_crop(value: Any, size: Any, seed: int | None = None) -> Any:
    """A part of the shape `size`, at another place in every run."""
    size, dims = np.array(size, int), dims_of(value)
    if dims is not None and (
        len(dims) != len(size) or any(n is not None and n < k for n, k in zip(dims, size))
    ):
        raise ValueError(
            f"tf.random_crop: a part of size {size.tolist()} does not fit into shape {dims}; give "
            f"one length for each axis, the number of channels included.{here()}"
        )
    corner = drawn(
        _corner, value, size, dims=(len(size),), dtype=np.dtype(np.int64), seed=seed, type="Corner"
    )
    lengths = tuple(size.tolist())
    return stage_code(_cut, value, type="Slice", dims=lengths, corner=corner, size=lengths)


def _corner(rng: np.random.Generator, value: Any, size: Any) -> Any:
    return rng.integers(0, np.shape(value) - size + 1)


def _cut(x: Any, corner: Any, size: Any) -> Any:
    return x[tuple(slice(int(low), int(low) + n) for low, n in zip(corner, size, strict=True))]


def multinomial(
    logits: Any, num_samples: int, seed: int | None = None, name: str | None = None
) -> Any:
    """`num_samples` classes for each row of unnormalized log-probabilities."""
    dims = dims_of(logits)
    return drawn(
        _classes, logits, num_samples, dims=dims and (dims[0], num_samples),
        dtype=np.dtype(np.int64), seed=seed, type="Multinomial", name=name,
    )  # fmt: skip


def _classes(rng: np.random.Generator, logits: Any, count: Any) -> Any:
    """By the Gumbel trick: the argmax of log-probabilities plus Gumbel noise."""
    noise = rng.gumbel(size=(len(logits), int(count), logits.shape[1]))
    return np.argmax(logits[:, None, :] + noise, axis=-1)
