"""`gradients(ys, xs)`: the engine's reverse sweep over a graph, whose cotangents are tensors.

`core.reverse.sweep` walks up the equations as it walks up a tape.  Each equation is shadowed by one
whose rule adds a node to the graph instead of computing, so the backward pass becomes a part of
the graph: it can be drawn, run in part, and differentiated again.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from autodiff.core.ground.locations import at_place, here
from autodiff.core.language.equation import Equation, history
from autodiff.core.language.kinds import constant, linear
from autodiff.core.reverse.parts import part_of
from autodiff.core.reverse.sweep import Parts, sweep
from autodiff.frontends.tensorflow.derivatives.own_rules import overridden
from autodiff.frontends.tensorflow.derivatives.pullback import blocked, stage_pullback
from autodiff.frontends.tensorflow.graph.graph import Graph
from autodiff.frontends.tensorflow.graph.overrides import settle
from autodiff.frontends.tensorflow.graph.slices import IndexedSlices, joined, rows_of
from autodiff.frontends.tensorflow.graph.tensor import Tensor


def _total(first: Any, second: Any, *more: Any) -> Any:
    """The sum of the terms: after the first two in the place of their sum."""
    total = first + second
    for term in more:
        if total.__class__ is np.ndarray and total.dtype == term.dtype:
            total += term
        else:
            total = total + term
    return total


add_n_op = linear(
    _total,
    lambda index, ct, *terms: ct,
    name="add_n",
    arity=None,
    private=True,
)
ones_op = constant(
    lambda x: np.ones_like(x)[()], name="ones", arity=1, binder=lambda x: ((x,), {}), private=True
)


_BACKWARD = {"role": "backward"}


class Carried:
    """A cotangent on its way through the sweep: the tensors that it is the sum of.

    It answers the sweep's look at shape and dtype always alike, since the nodes settle both when
    they run.
    """

    __slots__ = ("graph", "terms")
    terms: list[Any]
    shape = ()
    dtype = np.dtype(float)

    def __init__(self, graph: Graph, terms: list[Tensor]) -> None:
        self.graph = graph
        self.terms = terms

    def __add__(self, other: Carried) -> Carried:
        return Carried(self.graph, self.terms + other.terms)

    @property
    def result(self) -> Tensor:
        """The sum: rows where every term is rows of a table, else one tensor."""
        if all(isinstance(term, IndexedSlices) for term in self.terms):
            return joined(self.terms)
        return self.tensor

    @property
    def tensor(self) -> Tensor:
        """The sum, as one node `AddN` where several uses meet."""
        self.terms = [t.dense if isinstance(t, IndexedSlices) else t for t in self.terms]
        if len(self.terms) > 1:
            first = self.terms[0]
            infos = [(first.dims, first.dtype)]
            self.terms = [
                self.graph.stage(add_n_op, self.terms, {}, "AddN", "AddN", infos, _BACKWARD),
            ]
        return self.terms[0]


_ANY = Carried(None, [])  # type: ignore[arg-type]
"""A primal that any cotangent fits."""


class Shadow:
    """The op of a shadow equation: its rules add the backward nodes of a forward one."""

    __slots__ = ("graph", "node", "reached", "wanted")

    def __init__(
        self, graph: Graph, node: Equation, reached: set[Equation], wanted: set[Equation]
    ) -> None:
        self.graph = graph
        self.node = node
        self.reached = reached
        self.wanted = wanted

    name = property(lambda self: self.node.op.name)
    symmetric = False
    """Each use of `x * x` has a backward node of its own, so that the drawing shows both."""
    pulls_alone, add_vjp, factors, limits_at = False, None, None, None

    def vjp(self, index: int, ct: Any, ans: Any, primals: Any, params: Any) -> Any:
        """The cotangent of one operand, as a new node."""
        node = self.node
        if node.op is part_of:
            count = len(node.inputs[0].note["parts"])
            return Parts(ct if i == params["index"] else None for i in range(count))
        if blocked(node, index):
            return None
        rows = self._rows(index, ct)
        if rows is not None:
            return Carried(self.graph, [rows])
        return Carried(self.graph, [self._stage((index,), ct)])

    @property
    def joint_vjp(self) -> Any:
        """The rule for all operands together, where the op has one."""
        if "override" in self.node.note and self.node.op is not part_of:
            return self._overridden
        return self._together if self.node.op.joint_vjp is not None else None

    def _overridden(self, ct: Any, ans: Any, primals: Any, params: Any) -> tuple[Any, ...]:
        place = (self.node.code, self.node.offset)
        found = at_place(place, overridden, self.graph, self.node, ct)
        return tuple(None if one is None else Carried(self.graph, [one]) for one in found)

    def _together(self, ct: Any, ans: Any, primals: Any, params: Any) -> tuple[Any, ...]:
        node = self.node
        wanted = [
            index
            for index, source in enumerate(node.inputs)
            if source.__class__ is Equation and source in self.reached and not blocked(node, index)
        ]
        found: list[Any] = [None] * len(node.inputs)
        rows = self._rows(wanted[0], ct) if len(wanted) == 1 else None
        if rows is not None:
            found[wanted[0]] = Carried(self.graph, [rows])
        elif wanted:
            for index, tensor in zip(wanted, self._stage(tuple(wanted), ct), strict=True):
                found[index] = Carried(self.graph, [tensor])
        return tuple(found)

    def _rows(self, index: int, ct: Any) -> IndexedSlices | None:
        """The cotangent as rows, where it is asked for by a table that rows were taken of."""
        node = self.node
        if index or "rows" not in node.note or node.inputs[0] not in self.wanted:
            return None
        return rows_of(self.graph, node.primals[0], node.note["rows"], ct.tensor)

    def _stage(self, indices: tuple[int, ...], ct: Any) -> Any:
        cts = [c and c.tensor for c in ct] if isinstance(ct, Parts) else ct.tensor
        place = (self.node.code, self.node.offset)
        return at_place(place, stage_pullback, self.graph, self.node, indices, cts)


def gradients(
    ys: Any,
    xs: Any,
    grad_ys: Any = None,
    name: str = "gradients",
    colocate_gradients_with_ops: bool = False,
    gate_gradients: bool = False,
    aggregation_method: Any = None,
) -> list[Tensor | None]:
    """The derivative of sum(ys) with respect to each of xs, as new nodes of the graph.

    An x that no y depends on, or to which every way is cut, has None.  A table of which only rows
    were taken (`tf.gather`, `tf.nn.embedding_lookup`) has `tf.IndexedSlices`.  In the function of
    a branch or loop an x may be a tensor from outside.  `grad_ys` are the cotangents of the ys
    (default: ones).  The other arguments are TensorFlow's; the nodes do not need them.

    >>> from autodiff.frontends import tensorflow as tf
    >>> with tf.Graph().as_default(), tf.Session() as sess:
    ...     x = tf.constant(3.0)
    ...     sess.run(tf.gradients(x * x, [x]))
    [np.float32(6.0)]
    """
    targets = list(ys) if isinstance(ys, list | tuple) else [ys]
    sources = list(xs) if isinstance(xs, list | tuple) else [xs]
    starts = list(grad_ys) if isinstance(grad_ys, list | tuple) else [grad_ys] * len(targets)
    for thing in (*targets, *sources):
        if not isinstance(thing, Tensor):
            raise TypeError(f"tf.gradients takes tensors, but got {thing!r:.60}.{here()}")
    if len(starts) != len(targets):
        raise ValueError(f"{len(targets)} ys need as many grad_ys, not {len(starts)}.{here()}")
    graph: Graph = targets[0].graph
    targets = [y if y.owner is graph else graph.own(y) for y in targets]
    if any(x.owner is not graph for x in sources):
        used = set(history([y.node for y in targets]))
        sources = [x if x.owner is graph else graph.capture_alone(x, used) for x in sources]
    settle(graph)
    program, shadows = shadowed(graph, [y.node for y in targets], [x.node for x in sources])
    seeds: dict[Equation, Any] = {}
    with graph.name_scope(name):
        for y, start in zip(targets, starts, strict=True):
            if y.node not in shadows:
                continue
            seed = Carried(graph, [_seed(graph, y, start)])
            shadow = shadows[y.node]
            seeds[shadow] = seeds[shadow] + seed if shadow in seeds else seed
        found = sweep(program, seeds, keep=True)
        results = [found.get(shadows[x.node]) if x.node in shadows else None for x in sources]
        return [None if ct is None else _conjugated(ct.result) for ct in results]


def _seed(graph: Graph, y: Tensor, start: Any) -> Tensor:
    if y.dtype.kind not in "fc":
        raise TypeError(
            f"{y.name} is of {y.dtype}, and only floats have a derivative. Write "
            f"tf.cast(y, tf.float32) where the cast is what you mean.{here()}"
        )
    if start is None:
        infos = [(y.dims, y.dtype)]
        return graph.stage(ones_op, (y,), {}, "Fill", "Fill", infos, _BACKWARD)
    if isinstance(start, Tensor):
        return _conjugated(start)
    array = np.broadcast_to(np.asarray(start, y.dtype), y.shape if None not in y.shape else ())
    note = {"constant": array, "role": "constant"}
    return _conjugated(graph.add_input("Const", array.shape, y.dtype, "grad_ys", note))


def _conjugated(ct: Tensor) -> Tensor:
    """A cotangent of complex numbers in the public convention, in which a gradient ascends."""
    return np.conj(ct) if ct.dtype.kind == "c" else ct


def shadowed(
    graph: Graph, targets: Sequence[Equation], sources: Sequence[Equation]
) -> tuple[list[Equation], dict[Equation, Equation]]:
    """The equations between sources and targets, each with a shadow for the sweep to visit."""
    wanted = set(sources)
    reached: set[Equation] = set()
    shadows: dict[Equation, Equation] = {}
    for node in history(targets):
        operands = [i for i in node.inputs if i.__class__ is Equation]
        if node not in wanted and not any(i in reached for i in operands):
            continue
        reached.add(node)
        shadow = Equation(None)
        if node.op is not None and any(i in reached for i in operands):
            shadow.op = Shadow(graph, node, reached, wanted)  # type: ignore[assignment]
            shadow.params = node.params
            shadow.inputs = tuple(
                [shadows.get(i) if i.__class__ is Equation else None for i in node.inputs]
            )
            shadow.primals = (_ANY,) * len(node.inputs)
        shadows[node] = shadow
    return list(shadows.values()), shadows
