"""`Graph`: the third reader of the registry.  It applies an op by writing down an equation.

A graph is a trace between eager values and the transforms: what touches one of its tensors,
`+`, `np.log(t)`, `t[1:]` or a `tf.` name, adds one `Equation` whose value is a tensor, that is
a shape and a dtype.  `Session` runs the equations, `gradients` sweeps over them.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext
from typing import Any

import numpy as np

from autodiff.core.ground.errors import DetachError
from autodiff.core.ground.locations import here, place_of
from autodiff.core.language.dispatch import Trace, is_traced, like_results
from autodiff.core.language.equation import Equation
from autodiff.core.language.op import Op
from autodiff.core.language.registry import registry
from autodiff.core.reverse.parts import part_of
from autodiff.frontends.tensorflow.graph.calls import call_numpy, call_op, operand
from autodiff.frontends.tensorflow.graph.contents import Contents
from autodiff.frontends.tensorflow.graph.operands import constant_operand, one_dtype, shares_dtype
from autodiff.frontends.tensorflow.graph.recorded import has_tensor
from autodiff.frontends.tensorflow.graph.tensor import Tensor
from autodiff.frontends.tensorflow.graph.waiting import awaited, foreign
from autodiff.frontends.tensorflow.ground.defaults import graphs
from autodiff.frontends.tensorflow.ground.errors import GraphError
from autodiff.frontends.tensorflow.ground.naming import Names, type_of
from autodiff.frontends.tensorflow.inference.infer import infer
from autodiff.frontends.tensorflow.inference.probe import Info

_getframe = sys._getframe


class Graph(Contents, Trace):
    """A graph of equations with unique names, built by using its tensors.

    >>> graph = Graph()
    >>> x = graph.add_input("Placeholder", (None, 3), np.dtype("float32"), "x")
    >>> np.tanh(x * 2.0)
    <tf.Tensor 'Tanh:0' shape=(?, 3) dtype=float32>
    """

    __slots__ = (
        "bodies",
        "body",
        "by_name",
        "collections",
        "control",
        "equations",
        "finalized",
        "names",
        "outer",
        "overrides",
        "scopes",
        "seed",
    )

    def __init__(self, outer: Graph | None = None) -> None:
        super().__init__(level=1)
        self.equations: list[Equation] = []
        self.by_name: dict[str, Equation] = {}
        self.names = Names() if outer is None else outer.names
        self.control: tuple[Equation, ...] = ()
        self.collections: dict[Any, list[Any]] = {}
        self.finalized = False
        self.outer = outer
        self.overrides: list[tuple[int, Mapping[str, str]]] = []
        self.bodies: list[Graph] = []
        if outer is not None:
            outer.bodies.append(self)
        self.body: Graph | None = None
        self.scopes: Any = None
        self.seed: int | None = None

    # -- adding nodes -------------------------------------------------------------------------

    def process(self, op: Op, args: tuple[Any, ...], params: Any) -> Any:
        """Write an op down, for the engine's dispatch."""
        return self.stage(op, args, params)

    def stage(
        self,
        op: Op,
        args: Sequence[Any],
        params: Any = None,
        name: str | None = None,
        type: str | None = None,
        infos: Sequence[Info] | None = None,
        note: dict[str, Any] | None = None,
        links: Sequence[Tensor] = (),
    ) -> Any:
        """Add the node `op(*args, **params)`; its tensor, or a tuple of them.

        `type` is TensorFlow's name for the op, from which the node's name is made where none is
        given.  `infos` are the results' shapes and dtypes, inferred where they are not given.
        `links` are variables that the op finds in the session's state by itself: they come first
        among the node's inputs, and are not read.
        """
        if self.body is not None:
            return self.body.stage(op, args, params, name, type, infos, note, links)
        params = params or {}
        type = type or type_of(op.name)
        if params and has_tensor(params):
            return self.stage_call(op, args, params, name or type, type)
        args = [
            self.packed(a) if a.__class__ in (list, tuple) and has_tensor(a) else a for a in args
        ]
        args = [self.own(arg) if is_traced(arg) else arg for arg in args]
        if len(args) > 1 and shares_dtype(op):
            args = one_dtype(op, args)
        else:
            args = [a if a.__class__ in _settled else constant_operand(a) for a in args]
        if infos is None:
            infos = infer(op, [operand(arg) for arg in args], params)
        equation = self.write(op, args, params, name or type, type, note)
        if links:
            equation.inputs = (*(link.node for link in links), *equation.inputs)
            equation.primals = (*links, *equation.primals)
            equation.note["links"] = len(links)
        if not op.multiple:
            equation.value = Tensor(self, equation, *infos[0])
            return equation.value
        equation.value = Tensor(self, equation, (), np.dtype("V"))  # the parts hold the values
        parts = [self._part(equation, place, info) for place, info in enumerate(infos)]
        equation.note["parts"] = tuple(parts)
        return like_results(infos, parts)

    def stage_call(
        self,
        function: Callable[..., Any],
        args: Sequence[Any],
        kwargs: dict[str, Any],
        name: str | None = None,
        type: str | None = None,
        infos: Sequence[Info] | None = None,
        multiple: bool = False,
    ) -> Any:
        """Add one node that calls a Python function of arrays, whatever it does inside.

        Tensors may stand anywhere among the arguments.  Its derivative is recorded by the engine.
        With `infos` (and `multiple`) given the function is not tried out while building.
        """
        op, tensors, infos = call_op(function, args, kwargs, infos, multiple)
        return self.stage(op, tensors, {}, name, type or type_of(op.name), infos)

    def call(self, function: Any, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        """What NumPy hands over: one of its functions, called on tensors of this graph."""
        return call_numpy(self, function, args, kwargs)

    def binary(self, function: np.ufunc, x: Any, y: Any, name: str | None) -> Any:
        """What an operator stands for."""
        return self.stage(registry.by_function[function], (x, y), {}, name)

    def add_input(
        self,
        type: str,
        dims: Any,
        dtype: np.dtype,
        name: str | None = None,
        note: dict[str, Any] | None = None,
        make: Callable[..., Tensor] = Tensor,
    ) -> Any:
        """Add a node without an op: a placeholder, a variable, a constant."""
        equation = self.write(None, (), {}, name or type, type, note)
        equation.value = make(self, equation, dims, dtype)
        return equation.value

    def write(
        self,
        op: Op | None,
        args: Sequence[Any],
        params: Any,
        name: str,
        type: str,
        note: dict[str, Any] | None = None,
    ) -> Equation:
        """Append an equation under a unique name, with the user's line."""
        if self.finalized:
            raise GraphError(
                f"the graph is finalized, and {name!r} would add a node to it. Build everything "
                f"before the loop, and only run it inside.{here()}"
            )
        unique = self.names.of_node(name)
        equation = Equation(None)
        equation.op = op
        equation.params = params
        equation.inputs = tuple([a.node if isinstance(a, Tensor) else a for a in args])
        equation.primals = tuple(args)
        own = {"name": unique, "type": type, "scope": tuple(unique.split("/")[:-1])}
        if self.control and op is not None:
            own["control"] = self.control
        equation.note = own | note if note else own
        equation.code, equation.offset = place_of(_getframe(1))
        self.equations.append(equation)
        self.by_name[unique] = equation
        return equation

    def _part(self, whole: Equation, place: int, info: Info) -> Tensor:
        """One of several results, as an equation of its own without a name of its own."""
        part = Equation(None)
        part.op = part_of
        part.params = {"index": place}
        part.inputs = (whole,)
        part.primals = (whole.value,)
        part.note = {**whole.note, "whole": whole, "output": place}
        part.code, part.offset = whole.code, whole.offset
        part.value = Tensor(self, part, *info)
        self.equations.append(part)
        return part.value

    def packed(self, parts: Any) -> Any:
        """A list with tensors in it as one tensor, as TensorFlow takes it wherever one is due."""
        if parts.__class__ not in (list, tuple):
            return parts
        return self.stage(registry["stack"], [*map(self.packed, parts)], {"axis": 0}, type="Pack")

    def own(self, arg: Any) -> Any:
        """A traced operand as a tensor of this graph; what belongs elsewhere is refused."""
        if not isinstance(arg, Tensor):
            raise DetachError(
                "a value that is being differentiated can't enter a graph: its derivative would "
                f"be lost. Pass its plain value, x.data or ad.stop_gradient(x).{here()}"
            )
        if arg.__class__ is not Tensor:
            arg = arg.operand(self)
        return arg if arg.owner is self else self.capture(arg)

    def capture(self, tensor: Tensor) -> Tensor:
        """Take a tensor of another graph in: refused here, done by the body of a loop."""
        raise foreign(tensor)

    def capture_alone(self, tensor: Tensor, used: set[Equation]) -> Tensor:
        """`capture`, of what a derivative is taken with respect to."""
        return self.capture(tensor)

    # -- the state of building ----------------------------------------------------------------

    @contextmanager
    def as_default(self) -> Iterator[Graph]:
        """Build into this graph during the block."""
        with graphs.holding(self):
            yield self

    def device(self, device_name_or_function: Any) -> AbstractContextManager[None]:
        """Where the nodes of the block would run: always on the one device there is."""
        return nullcontext()

    def finalize(self) -> None:
        """Allow no more nodes."""
        self.finalized = True

    def name_scope(self, name: str | None) -> Any:
        """Put `name/` before the names of the nodes built in the block."""
        return self.names.scope(name)

    unique_name = property(lambda self: self.names.unique)

    @contextmanager
    def control_dependencies(self, control_inputs: Sequence[Any] | None) -> Iterator[None]:
        """Make the nodes built in the block run after `control_inputs`; None clears them."""
        before = self.control
        nodes = [awaited(self, self.as_graph_element(c)) for c in control_inputs or ()]
        self.control = () if control_inputs is None else tuple(dict.fromkeys([*before, *nodes]))
        try:
            yield
        finally:
            self.control = before

    def __repr__(self) -> str:
        return f"<tf.Graph of {len(self.by_name)} operations>"


_settled = {Tensor, np.ndarray, np.float32, np.float64, np.int32, np.int64}
"""Operands that need no conversion."""


_default = [Graph()]
"""The graph below all `with` blocks, one for the process."""


def get_default_graph() -> Graph:
    """The graph that is built into now."""
    return graphs.top or _default[0]


def reset_default_graph() -> None:
    """Start a new default graph; tensors of the old one can't be used with new ones."""
    if graphs.items:
        raise AssertionError(
            "tf.reset_default_graph() inside `with graph.as_default():` would not reset that "
            f"graph. Call it outside of the block.{here()}"
        )
    _default[0] = Graph()
