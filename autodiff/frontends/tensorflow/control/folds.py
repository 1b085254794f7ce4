"""Going along the first axis of tensors: `map_fn`, `foldl`, `foldr` and `scan`.

Each is one node over the graph that its function builds.  `elems` is a tensor, or a tuple or list
of tensors of one length, which are gone along together; so is what is carried.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from autodiff.core.ground.locations import here
from autodiff.frontends.common.options import taking
from autodiff.frontends.tensorflow.graph.body import (
    Body,
    Log,
    body_op,
    current_graph,
    shaped_like,
    stage_body,
)
from autodiff.frontends.tensorflow.graph.inputs import convert_to_tensor
from autodiff.frontends.tensorflow.graph.recorded import pulled
from autodiff.frontends.tensorflow.graph.tensor import Tensor
from autodiff.frontends.tensorflow.ground.dtypes import as_dtype
from autodiff.frontends.tensorflow.ground.errors import GraphError


def _fold(type: str, doc: str) -> Callable[..., Any]:
    own = type.lower()

    @taking("infer_shape")
    def fold(
        fn: Callable[..., Any],
        elems: Any,
        initializer: Any = None,
        parallel_iterations: int = 10,
        back_prop: bool = True,
        swap_memory: bool = False,
        name: str | None = None,
    ) -> Any:
        return _along(fn, elems, initializer, name or own, type)

    fold.__name__ = fold.__qualname__ = own
    fold.__doc__ = doc + "  Without an `initializer` the first element is where it starts."
    return fold


scan = _fold("Scan", "All values of a = fn(a, element) along the first axis of `elems`.")
foldl = _fold("Foldl", "The last value of a = fn(a, element) along the first axis of `elems`.")
foldr = _fold("Foldr", "The same from the last element to the first.")


@taking("infer_shape")
def map_fn(
    fn: Callable[..., Any],
    elems: Any,
    dtype: Any = None,
    parallel_iterations: int = 10,
    back_prop: bool = True,
    swap_memory: bool = False,
    name: str | None = None,
) -> Any:
    """fn(element) for every element along the first axis of `elems`, packed.

    `dtype` is that of the results, where you want it checked.

    >>> from autodiff.frontends import tensorflow as tf
    >>> with tf.Graph().as_default(), tf.Session() as sess:
    ...     sess.run(tf.map_fn(lambda row: row * row, [1.0, 2.0, 3.0]))
    array([1., 4., 9.], dtype=float32)
    """
    found = _along(fn, elems, None, name or "map", "Map")
    if dtype is not None:
        wanted = [as_dtype(d) for d in _parts(dtype)]
        own = [t.dtype for t in _parts(found)]
        if own != wanted:
            raise GraphError(
                f"fn of tf.map_fn returns {_told(own)}, and dtype= says {_told(wanted)}; write "
                f"tf.cast.{here()}"
            )
    return found


def _along(fn: Callable[..., Any], elems: Any, initializer: Any, name: str, type: str) -> Any:
    """One node that carries values along the elements; `Map` carries nothing."""
    xs = [convert_to_tensor(part) for part in _parts(elems)]
    firsts = [] if initializer is None else [convert_to_tensor(v) for v in _parts(initializer)]
    elements = [(None if x.dims is None else x.dims[1:], x.dtype) for x in xs]
    carries, starts = type != "Map", bool(firsts)
    kept = [(t.dims, t.dtype) for t in firsts] if starts else elements if carries else []
    like = initializer if starts else elems

    def call(*values: Tensor) -> Any:
        element = _as_given(elems, values[len(kept) :])
        return fn(_as_given(like, values[: len(kept)]), element) if carries else fn(element)

    graph = current_graph()
    with graph.name_scope(name) as scope:
        inside = Body(graph)
        answer = inside.build(call, [inside.stand_for(*info) for info in (*kept, *elements)])
        captured, outputs = list(inside.captured), inside.outputs
        if carries and [t.dtype for t in outputs] != [dtype for _, dtype in kept]:
            raise GraphError(
                f"fn of tf.{name} is given {_told(dtype for _, dtype in kept)} to carry, and "
                f"returns {_told(t.dtype for t in outputs)}; write tf.cast.{here()}"
            )

        def go(values: Sequence[Any], rounds: list[Log], state: Any, replay: bool) -> Any:
            rows, now = values[: len(xs)], values[len(xs) : len(xs) + len(firsts)]
            taken = values[len(xs) + len(firsts) :]
            order = list(_places(rows, type))
            found = []
            if carries and not starts:
                if not order:
                    raise ValueError("there are no elements, and no initializer to start from")
                first, *order = order
                now = tuple([row[first] for row in rows])
                found.append(now)
            for turn, i in enumerate(order):
                log = rounds[turn] if replay else []
                new = inside.run(state, (*now, *(row[i] for row in rows)), taken, log, replay)
                if not replay:
                    rounds.append(log)
                now = new if carries else ()
                found.append(new)
            if type in ("Foldl", "Foldr"):
                return now
            return tuple(map(np.stack, zip(*found, strict=True))) or tuple(map(_none, outputs))

        def run(state: Any, *values: Any) -> tuple[Any, ...]:
            rounds: list[Log] = []
            return (*go(values, rounds, state, False), rounds)

        def pull(ct: Any, ans: Any, primals: Any, params: Any) -> tuple[Any, ...]:
            return pulled(lambda *values: go(values, ans[-1], None, True), ct, primals)

        length = (
            () if type in ("Foldl", "Foldr") else (None,) if xs[0].dims is None else xs[0].dims[:1]
        )
        infos = [(None if t.dims is None else (*length, *t.dims), t.dtype) for t in outputs]
        op = body_op(name, run, pull)
        found = stage_body(graph, [inside], op, (*xs, *firsts, *captured), scope, type, infos)
    return shaped_like(like if carries and _is_several(like) else answer, found[:-1])


def _places(rows: Sequence[Any], type: str) -> Any:
    """The places along the first axis, in the order of going."""
    lengths = {np.shape(row)[0] for row in rows}
    if len(lengths) > 1:
        raise ValueError(f"the elements have the lengths {sorted(lengths)}, not one")
    (length,) = lengths
    return range(length - 1, -1, -1) if type == "Foldr" else range(length)


def _none(output: Tensor) -> np.ndarray:
    """What a function gives for no elements."""
    return np.zeros((0, *(n or 0 for n in output.dims or ())), output.dtype)


def _is_several(value: Any) -> bool:
    """Whether this is several tensors, and not one that is written as a list of numbers."""
    if isinstance(value, list):
        return any(isinstance(part, Tensor | np.ndarray | np.dtype) for part in value)
    return isinstance(value, tuple)


def _parts(value: Any) -> list[Any]:
    return list(value) if _is_several(value) else [value]


def _as_given(like: Any, values: Sequence[Any]) -> Any:
    return shaped_like(like, values) if _is_several(like) else values[0]


def _told(dtypes: Any) -> str:
    return ", ".join(map(str, dtypes))
