"""Bodies: graphs inside a node, for branches and loops that are decided by values.

A `Body` is a graph that takes in tensors of the graph around it.  The node interprets it: on
plain arrays in a run, on the engine's tracers when its derivative is recorded.  What depends on
the session's state (random numbers, assignments, prints) happens once, in the run; its results are
logged, and the derivative replays the log.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import numpy as np

from autodiff.core.ground.locations import here
from autodiff.core.language.dispatch import apply
from autodiff.core.language.equation import Equation, history
from autodiff.core.language.op import Op
from autodiff.frontends.tensorflow.graph.graph import Graph, get_default_graph
from autodiff.frontends.tensorflow.graph.inputs import constant, convert_to_tensor, identity_op
from autodiff.frontends.tensorflow.graph.operation import Operation
from autodiff.frontends.tensorflow.graph.recorded import no_single_rule
from autodiff.frontends.tensorflow.graph.state import SessionOp, State
from autodiff.frontends.tensorflow.graph.tensor import Tensor
from autodiff.frontends.tensorflow.graph.waiting import is_outside
from autodiff.frontends.tensorflow.ground.errors import GraphError
from autodiff.frontends.tensorflow.ground.needs import needed

Log = list[Any]
LOG = ((), np.dtype("V"))
"""What is known of the log, the last result of a node over bodies."""


class Body(Graph):
    """A graph inside a node; `captured` are the outer tensors that it takes in, in order, and
    `awaited` the outer operations that something inside depends on: the node runs after them.
    """

    __slots__ = (
        "arguments",
        "awaited",
        "captured",
        "entered",
        "equations_needed",
        "node",
        "outputs",
    )

    def __init__(self, outer: Graph) -> None:
        super().__init__(outer)
        self.level = (outer.level + 2) / 2  # above the graph around, below every transform
        self.awaited: list[Any] = []
        self.captured: dict[Tensor, Tensor] = {}
        self.entered: dict[Tensor, Tensor] = {}
        self.arguments: list[Tensor] = []
        self.outputs: list[Tensor] = []
        self.equations_needed: list[Equation] = []
        self.node: Equation | None = None

    def capture(self, tensor: Tensor) -> Tensor:
        """The tensor inside that stands for one of the graph around."""
        assert self.outer is not None
        if tensor not in self.entered:
            with self.paused():
                outer = self.outer.own(tensor)
            if outer not in self.captured:
                self.captured[outer] = self.stand_for(outer.dims, outer.dtype)
            self.entered[tensor] = self.captured[outer]
        return self.entered[tensor]

    def capture_alone(self, tensor: Tensor, used: set[Equation]) -> Tensor:
        """`capture` of a tensor that must not enter the equations `used` by another way too."""
        own = self.capture(tensor)
        source = next(t for t, inside in self.captured.items() if inside is own)
        for other, inside in self.captured.items():
            if inside is not own and inside.node in used and source.node in history([other.node]):
                raise GraphError(
                    f"a derivative inside of a branch or loop with respect to {tensor.name} would "
                    f"miss the way through {other.name}, which is built outside. Build "
                    f"{other.op.name} inside too.{here()}"
                )
        return own

    def stand_for(self, dims: Any, dtype: np.dtype) -> Tensor:
        """A tensor inside whose value comes from outside."""
        control, self.control = self.control, ()
        try:
            return self.add_input("Placeholder", dims, dtype, "Enter")
        finally:
            self.control = control

    @contextmanager
    def control_dependencies(self, control_inputs: Sequence[Any] | None) -> Iterator[None]:
        """What was built outside runs once, before the node; the rest before the block's nodes."""
        given = [self.as_graph_element(c) for c in control_inputs or ()]
        own = [c for c in given if not is_outside(c, self)]
        self.awaited += [c for c in given if is_outside(c, self)]
        with super().control_dependencies(None if control_inputs is None else own):
            yield

    @contextmanager
    def paused(self) -> Iterator[None]:
        """Let nodes go to the graph around during the block."""
        assert self.outer is not None
        self.outer.body, before = None, self.outer.body
        try:
            yield
        finally:
            self.outer.body = before

    def build(self, function: Callable[..., Any], arguments: Sequence[Tensor]) -> Any:
        """Call a function that builds the inside; its outputs become tensors of this body."""
        assert self.outer is not None
        self.arguments = list(arguments)
        self.outer.body, before = self, self.outer.body
        try:
            with self.as_default():
                answer = function(*arguments)
                parts = answer if isinstance(answer, list | tuple) else [answer]
                self.outputs = [self.own(_as_output(self, part)) for part in parts]
        finally:
            self.outer.body = before
        self.needs([t.node for t in self.outputs])
        return answer

    def needs(self, nodes: Sequence[Equation]) -> None:
        """Let these nodes run too whenever the body runs."""
        entering = {t.node for t in (*self.arguments, *self.captured.values())}
        wanted = needed([*self.equations_needed, *nodes], entering)
        self.equations_needed = [e for e in wanted if e not in entering]

    def stand_in(self, node: Equation) -> Equation:
        """What is awaited outside in place of a node of the body: the whole, which runs it."""
        assert self.node is not None
        self.needs([node])
        return self.node

    def run(
        self,
        state: State | None,
        arguments: Sequence[Any],
        captured: Sequence[Any],
        log: Log,
        replay: bool = False,
    ) -> tuple[Any, ...]:
        """The outputs at these values; `log` is written, or with `replay` read."""
        known: dict[Equation, Any] = {
            t.node: value for t, value in zip(self.arguments, arguments, strict=True)
        }
        known |= {t.node: v for t, v in zip(self.captured.values(), captured, strict=True)}
        logged = iter(log)
        for equation in self.equations_needed:
            op = equation.op
            if op is None:
                known[equation] = equation.note["constant"]
                continue
            links = equation.note.get("links", 0)
            values = tuple(
                [known[i] if i.__class__ is Equation else i for i in equation.inputs[links:]]
            )
            if not isinstance(op, SessionOp):
                known[equation] = apply(op, values, equation.params)
            elif replay:
                known[equation] = _replayed(op, values, equation.params, next(logged))
            else:
                known[equation] = op.function(state, *values, **equation.params)
                log.append(known[equation])
        return tuple([known[t.node] for t in self.outputs])


def stage_body(
    graph: Graph, bodies: Sequence[Body], op: Op, args: Sequence[Any], name: str, type: str,
    infos: Sequence[Any],
) -> Any:  # fmt: skip
    """The node of some bodies, after what was built outside and is awaited inside."""
    with graph.control_dependencies([c for body in bodies for c in body.awaited]):
        found = graph.stage(op, args, {}, name, type, [*infos, LOG])
    for body in bodies:
        body.node = found[-1].op.node
    return found


def _as_output(body: Body, value: Any) -> Tensor:
    """What a branch returns, as a tensor: an operation becomes True, once it has run."""
    if isinstance(value, Operation) or value is None:
        with body.control_dependencies([] if value is None else [value]):
            done = constant(True)
            return body.stage(identity_op, (done,), {}, "done", "Identity")
    return convert_to_tensor(value)


def _replayed(op: SessionOp, values: tuple[Any, ...], params: Any, result: Any) -> Any:
    """The logged result of an op, connected to its operands by the op's own rule."""
    if op.kind == "constant":
        return result
    again = Op(
        name=op.name,
        kind=op.kind,
        function=lambda *_, **__: result,
        public=op.public,
        jvp=op.jvp,
        vjp=op.vjp,
        arity=None,
        joint_vjp=op.joint_vjp,
        multiple=op.multiple,
    )
    return apply(again, values, params)


def body_op(
    name: str, function: Callable[..., Any], joint_vjp: Callable[..., Any], label: str | None = None
) -> SessionOp:
    """An op that interprets bodies: its results are the outputs, and the log at the end."""
    return SessionOp(
        name=name,
        kind="primitive",
        function=function,
        public=function,
        jvp=no_single_rule,
        vjp=no_single_rule,
        arity=None,
        joint_vjp=joint_vjp,
        multiple=True,
        label=label,
        why="interprets a graph inside a node",
    )


def shaped_like(answer: Any, found: Sequence[Tensor]) -> Any:
    """The results in the structure that the user's function, or argument, has."""
    if isinstance(answer, list | tuple):
        return answer._make(found) if hasattr(answer, "_make") else type(answer)(found)
    return found[0]


def innermost(graph: Graph) -> Graph:
    """The body that is being built inside a graph, else the graph itself."""
    while graph.body is not None:
        graph = graph.body
    return graph


def current_graph() -> Graph:
    """The graph or body that is built into now."""
    return innermost(get_default_graph())


@contextmanager
def outside() -> Iterator[Graph]:
    """Build into the outermost graph during the block, where variables and their initial values
    live, whatever branch or loop is being built.
    """
    graph = get_default_graph()
    while graph.outer is not None:
        graph = graph.outer
    graph.body, before = None, graph.body
    try:
        with graph.as_default():
            yield graph
    finally:
        graph.body = before
