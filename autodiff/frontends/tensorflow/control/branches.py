"""Branches and loops inside a graph: `cond`, `case`, `while_loop`, and Python by `py_func`.

Each is one node over bodies, graphs that its functions build.  Only the branch taken is run, and
the derivative goes through what was run.  `folds` goes along the elements of a tensor.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from autodiff.core.ground.locations import here
from autodiff.core.language.abstract import dims_text
from autodiff.frontends.common.options import taking
from autodiff.frontends.tensorflow.control.tensor_array import TensorArray
from autodiff.frontends.tensorflow.declaring.staging import tensors
from autodiff.frontends.tensorflow.graph.body import (
    Body,
    Log,
    body_op,
    current_graph,
    stage_body,
)
from autodiff.frontends.tensorflow.graph.inputs import convert_to_tensor, graph_of
from autodiff.frontends.tensorflow.graph.recorded import pulled
from autodiff.frontends.tensorflow.graph.tensor import Tensor
from autodiff.frontends.tensorflow.ground import nest
from autodiff.frontends.tensorflow.ground.dtypes import as_dtype
from autodiff.frontends.tensorflow.ground.errors import GraphError
from autodiff.frontends.tensorflow.ground.shapes import TensorShape, as_dims, compatible
from autodiff.frontends.tensorflow.inference.probe import Info


def cond(
    pred: Any,
    fn1: Callable[[], Any] | None = None,
    fn2: Callable[[], Any] | None = None,
    name: str | None = None,
    true_fn: Callable[[], Any] | None = None,
    false_fn: Callable[[], Any] | None = None,
    strict: bool = False,
) -> Any:
    """fn1() where `pred` is true, else fn2(); only the nodes of the one taken are run.

    Both functions return as many tensors, of the same dtypes.  Nodes built outside of them are
    run in any case, if a branch uses them.

    >>> from autodiff.frontends import tensorflow as tf
    >>> with tf.Graph().as_default(), tf.Session() as sess:
    ...     x = tf.placeholder("float", [])
    ...     y = tf.cond(x > 0, lambda: x * x, lambda: -x)
    ...     sess.run([y, tf.gradients(y, x)[0]], {x: 3.0})
    [np.float32(9.0), np.float32(6.0)]
    """
    fn1, fn2 = fn1 if true_fn is None else true_fn, fn2 if false_fn is None else false_fn
    for function in (fn1, fn2):
        if not callable(function):
            raise TypeError(
                f"tf.cond takes functions that build the branches, and got {function!r:.60}: write "
                f"tf.cond(pred, lambda: a, lambda: b).{here()}"
            )
    graph = current_graph()
    test = convert_to_tensor(pred)
    if test.dtype != np.dtype(bool):
        raise TypeError(f"tf.cond needs a bool tensor, but {test.name} is {test.lower}.{here()}")
    with graph.name_scope(name or "cond") as scope:
        branches = [Body(graph), Body(graph)]
        answers: list[Any] = []
        for body, function in zip(branches, (fn1, fn2), strict=True):
            body.build(lambda own=function: flat(answers, own()), ())
        infos = _merged(*branches)
        captured = list(dict.fromkeys(t for body in branches for t in body.captured))
        places = [[captured.index(t) for t in body.captured] for body in branches]

        def run(state: Any, taken: Any, *values: Any) -> tuple[Any, ...]:
            log: Log = []
            which = 0 if taken else 1
            own = [values[i] for i in places[which]]
            return (*branches[which].run(state, (), own, log), log)

        def pull(ct: Any, ans: Any, primals: Any, params: Any) -> tuple[Any, ...]:
            which = 0 if np.all(primals[0]) else 1

            def again(taken: Any, *values: Any) -> tuple[Any, ...]:
                own = [values[i] for i in places[which]]
                return branches[which].run(None, (), own, ans[-1], replay=True)

            return pulled(again, ct, primals)

        op = body_op("cond", run, pull)
        found = stage_body(graph, branches, op, (test, *captured), scope, "Cond", infos)
    return shaped(answers[0], found[:-1])


def flat(answers: list[Any], answer: Any) -> list[Any]:
    """The leaves of what a function of the user's returned, which is kept in `answers`."""
    answers.append(answer)
    if isinstance(answer, list | tuple) and any(part is None for part in answer):
        raise TypeError(
            f"a branch or loop returns {answer!r:.60}, and None is no tensor: was something asked "
            f"for before it was there, as ema.average(x) before ema.apply([x])?{here()}"
        )
    return flows(answer)


def flows(structure: Any) -> list[Any]:
    """The leaves of a structure, of a `TensorArray` the tensor that it is."""
    leaves = nest.flatten(structure)
    return [leaf.flow if isinstance(leaf, TensorArray) else leaf for leaf in leaves]


def shaped(structure: Any, found: Sequence[Any]) -> Any:
    """Tensors in the structure that the user's function returned, or the loop began with."""
    leaves = [
        leaf.like(tensor) if isinstance(leaf, TensorArray) else tensor
        for leaf, tensor in zip(nest.flatten(structure), found, strict=True)
    ]
    return nest.pack_sequence_as(structure, leaves)


def _merged(one: Body, other: Body) -> list[Info]:
    """What is known of the results whichever branch is taken."""
    if len(one.outputs) != len(other.outputs):
        raise ValueError(
            f"the branches of tf.cond return {len(one.outputs)} and {len(other.outputs)} values; "
            f"they must return as many.{here()}"
        )
    infos: list[Info] = []
    for a, b in zip(one.outputs, other.outputs, strict=True):
        if a.dtype != b.dtype:
            raise GraphError(
                f"the branches of tf.cond return {a.dtype} and {b.dtype}; make them the same with "
                f"tf.cast.{here()}"
            )
        dims = None
        if a.dims is not None and b.dims is not None and len(a.dims) == len(b.dims):
            dims = tuple(m if m == n else None for m, n in zip(a.dims, b.dims, strict=True))
        infos.append((dims, a.dtype))
    return infos


@taking("strict")
def case(
    pred_fn_pairs: Any,
    default: Callable[[], Any],
    exclusive: bool = False,
    name: str | None = None,
) -> Any:
    """The function of the first predicate that is true, else `default`."""
    pairs = list(pred_fn_pairs.items() if isinstance(pred_fn_pairs, dict) else pred_fn_pairs)
    if not pairs:
        return default()
    (pred, fn), *rest = pairs
    return cond(pred, fn, lambda: case(rest, default), name=name or "case")


def while_loop(
    cond: Callable[..., Any],
    body: Callable[..., Any],
    loop_vars: Sequence[Any],
    shape_invariants: Sequence[Any] | None = None,
    parallel_iterations: int = 10,
    back_prop: bool = True,
    swap_memory: bool = False,
    name: str | None = None,
) -> Any:
    """Repeat loop_vars = body(*loop_vars) while cond(*loop_vars) is true; the last loop_vars.

    A loop variable keeps its shape, unless `shape_invariants` leaves lengths open.  The
    derivative goes back through every round.

    >>> from autodiff.frontends import tensorflow as tf
    >>> with tf.Graph().as_default(), tf.Session() as sess:
    ...     x = tf.constant(3.0)
    ...     _, power = tf.while_loop(lambda i, y: i < 4, lambda i, y: [i + 1, y * x], [0, 1.0])
    ...     sess.run([power, tf.gradients(power, x)[0]])
    [np.float32(81.0), np.float32(108.0)]
    """
    graph = current_graph()
    loop_vars = tensors(loop_vars, "tf.while_loop")
    start = [convert_to_tensor(v) for v in flows(loop_vars)]
    dims = [t.dims for t in start]
    if shape_invariants is not None:
        dims = [as_dims(s) for s in _shapes(shape_invariants)]
    ended: list[Any] = []
    with graph.name_scope(name or "while") as scope:
        tester, looped = Body(graph), Body(graph)
        for inside, function in ((tester, cond), (looped, body)):
            own = [inside.stand_for(d, t.dtype) for d, t in zip(dims, start, strict=True)]

            def call(*values: Any, function: Any = function) -> Any:
                answer = function(*shaped(loop_vars, values))
                if function is cond:
                    return answer
                several = len(loop_vars) > 1 or (
                    isinstance(answer, list | tuple) and len(answer) == len(loop_vars)
                )
                return flat(ended, list(answer) if several else [answer])

            inside.build(call, own)
        _refuse_changed(start, dims, looped)
        count = len(start)
        captured = list(dict.fromkeys((*tester.captured, *looped.captured)))
        in_test = [count + captured.index(t) for t in tester.captured]
        in_body = [count + captured.index(t) for t in looped.captured]

        def run(state: Any, *values: Any) -> tuple[Any, ...]:
            now, rounds = values[:count], []
            tested = [values[i] for i in in_test]
            taken = [values[i] for i in in_body]
            while tester.run(state, now, tested, [])[0]:
                log: Log = []
                now = looped.run(state, now, taken, log)
                rounds.append(log)
            return (*now, rounds)

        def pull(ct: Any, ans: Any, primals: Any, params: Any) -> tuple[Any, ...]:
            def again(*values: Any) -> tuple[Any, ...]:
                now, taken = values[:count], [values[i] for i in in_body]
                for log in ans[-1]:
                    now = looped.run(None, now, taken, log, replay=True)
                return tuple(now)

            return pulled(again, ct, primals)

        infos = [(d, t.dtype) for d, t in zip(dims, start, strict=True)]
        op = body_op("while_loop", run, pull)
        found = stage_body(graph, (tester, looped), op, (*start, *captured), scope, "While", infos)
    results = shaped(ended[0], found[:-1])
    return results if len(loop_vars) > 1 else results[0]


def _shapes(invariants: Any) -> list[Any]:
    """The shapes in a structure of them, whose leaves are `TensorShape`s."""
    found: list[Any] = []
    for one in invariants:
        nested = isinstance(one, list | tuple) and any(isinstance(p, TensorShape) for p in one)
        found += _shapes(one) if nested else [one]
    return found


def _refuse_changed(start: list[Tensor], dims: list[Any], looped: Body) -> None:
    """A round must give back as many loop variables, of the same dtypes and shapes."""
    if len(looped.outputs) != len(start):
        raise ValueError(
            f"the body of tf.while_loop is given {len(start)} loop variables and returns "
            f"{len(looped.outputs)}.{here()}"
        )
    for place, (old, own, new) in enumerate(zip(start, dims, looped.outputs, strict=True)):
        if new.dtype != old.dtype:
            raise GraphError(
                f"loop variable {place} enters tf.while_loop as {old.dtype} and is {new.dtype} "
                f"after a round; write tf.cast.{here()}"
            )
        if not compatible(own, new.dims) or (
            own is not None and new.dims is not None and _opens(own, new.dims)
        ):
            raise ValueError(
                f"loop variable {place} enters tf.while_loop with shape {dims_text(own)} and has "
                f"shape {dims_text(new.dims)} after a round. Say with shape_invariants= which "
                f"lengths change: None.{here()}"
            )


def _opens(own: Any, new: Any) -> bool:
    return any(a is not None and b is None for a, b in zip(own, new, strict=True))


def py_func(
    func: Callable[..., Any], inp: Sequence[Any], Tout: Any, stateful: bool = True, name: Any = None
) -> Any:
    """A node that calls a Python function on the arrays; `Tout` gives the results' dtypes.

    Where the function is itself differentiable NumPy, so is the node.
    """
    several = isinstance(Tout, list | tuple)
    dtypes = [as_dtype(t) for t in (Tout if several else [Tout])]
    tensors = [convert_to_tensor(x) for x in inp]

    def call(*values: Any) -> Any:
        answer = func(*values)
        answers = answer if isinstance(answer, list | tuple) else [answer]
        made = [_as(a, d) for a, d in zip(answers, dtypes, strict=True)]
        return tuple(made) if several else made[0]

    infos: list[Info] = [(None, d) for d in dtypes]
    graph = graph_of(tensors)
    return graph.stage_call(call, tensors, {}, name, "PyFunc", infos, several)


def _as(value: Any, dtype: np.dtype) -> Any:
    own = getattr(value, "dtype", None)
    return value if own == dtype else np.asarray(value, dtype)
