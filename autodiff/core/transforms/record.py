"""Running a function on traced arguments: the common part of all transforms."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from autodiff.core.arguments.tree import Structure, unflatten
from autodiff.core.arguments.variables import (
    Variables,
    argument_names,
    as_given,
    refuse_constants,
    variables_of,
)
from autodiff.core.ground.errors import MutationError, TreeError
from autodiff.core.ground.locations import here
from autodiff.core.inside.tracing import traced_run
from autodiff.core.language.dispatch import Array, apply, is_traced, tracer_classes
from autodiff.core.language.equation import Equation, history
from autodiff.core.language.kinds import primitive
from autodiff.core.language.program import Program
from autodiff.core.reverse.inputs import record_input
from autodiff.core.reverse.safekeeping import ALONE, holders
from autodiff.core.reverse.single_points import warn_single_points
from autodiff.core.reverse.sweep import pull_back
from autodiff.core.reverse.tensor import ReverseTrace, Tensor
from autodiff.core.transforms.derived import Argnums


@dataclass(slots=True)
class Recorded:
    """One run of a function under reverse mode: everything that a pullback needs."""

    args: list[Variables]
    inputs: list[Equation]
    trace: ReverseTrace
    outputs: list[Any]
    structure: Structure | None

    def node_of(self, output: Any) -> Equation | None:
        """The equation of an output leaf, None where it does not depend on the variables."""
        traced = output.__class__ is Tensor and output.owner is self.trace
        return output.node if traced else None

    @property
    def values(self) -> list[Any]:
        """The output leaves one level down."""
        nodes = map(self.node_of, self.outputs)
        pairs = zip(self.outputs, nodes, strict=True)
        return [o if node is None else o.lower for o, node in pairs]

    @property
    def out(self) -> Any:
        """The function's result, without this trace."""
        values = [v.copy() if v.__class__ is np.ndarray else v for v in self.values]
        return unflatten(self.structure, [as_given(self.args, value) for value in values])

    @property
    def program(self) -> list[Equation]:
        """The equations recorded, in order; some may not lead to an output."""
        return self.trace.program

    def as_program(self) -> Program:
        """The run as a printable program."""
        nodes = [node for node in map(self.node_of, self.outputs) if node is not None]
        return Program(history([*self.inputs, *nodes]), nodes)

    def pull(self, cts: Sequence[Array], program: Sequence[Equation]) -> list[Array | None]:
        """The cotangent of every variable for one cotangent an output leaf (None: no path)."""
        return _ascents(self.transpose(_ascents(cts), program))

    def transpose(
        self, cts: Sequence[Array | None], program: Sequence[Equation]
    ) -> list[Array | None]:
        """The same for rules, which pair ct with t by Re(sum(ct * t)): without a conjugate."""
        seeds: dict[Equation, Array] = {}
        for output, ct in zip(self.outputs, cts, strict=True):
            node = self.node_of(output)
            if node is not None and ct is not None:
                seeds[node] = seeds[node] + ct if node in seeds else ct
        found = pull_back(program, seeds, self.inputs)
        return [
            held(ct, variable.value)
            if ct is not None and variable.value.__class__ in tracer_classes
            else ct
            for ct, variable in zip(found, self.inputs, strict=True)
        ]

    def regroup(self, leaves: Sequence[Any]) -> list[Any]:
        """One container an argument, from one leaf a variable; constants become None."""
        if len(self.args) == 1 and self.args[0].structure is None:
            return [as_given(self.args, leaf) for leaf in leaves]
        grouped, start = [], 0
        for arg in self.args:
            stop = start + sum(arg.varies)
            own = leaves[start:stop]
            if arg.plain:
                own = [as_given([arg], leaf) for leaf in own]
            grouped.append(arg.with_leaves(own, lambda constant: None))
            start = stop
        return grouped


class recording:
    """`record` for a tape that is done with at the end of the block: `with recording(...) as run`.

    What the tape locked is given back then, also after an error.
    """

    __slots__ = ("call", "trace")

    def __init__(
        self,
        f: Callable[..., Any],
        args: tuple[Any, ...],
        kwargs: dict[str, Any],
        argnums: tuple[int, ...],
    ) -> None:
        self.call = (f, args, kwargs, argnums)
        self.trace = ReverseTrace(lasting=False)

    def __enter__(self) -> Recorded:
        trace = self.trace
        try:
            run = record(*self.call, trace, must_vary=True)
            if trace.cuts:
                warn_single_points(trace.cuts, trace.program)
        except BaseException:
            trace.keeper.release()
            raise
        return run

    def __exit__(self, error: type | None, *_: object) -> None:
        changed = self.trace.keeper.release()
        if changed and (error is None or issubclass(error, Exception)):  # it may come of the change
            raise MutationError(
                f"an array of shape {changed[0].shape} was changed in place (through a view of it "
                "taken before) while the derivative needed it as it was. Change a copy instead, "
                f"`a = a.copy()`.{here()}"
            )


def record(
    f: Callable[..., Any],
    args: tuple[Any, ...],
    kwargs: dict[str, Any],
    argnums: tuple[int, ...],
    trace: ReverseTrace | None = None,
    must_vary: bool = False,
) -> Recorded:
    """Run f once with the chosen arguments traced in reverse mode."""
    trace = trace or ReverseTrace()
    names = argument_names(f, len(args))
    chosen = [variables_of(args[i], names[i]) for i in argnums]
    if must_vary:
        refuse_constants(chosen)
    inputs: list[Equation] = []
    traced = list(args)
    for index, arg in zip(argnums, chosen, strict=True):
        counts = holders(arg.values) if arg.structure is not None else [ALONE + 1]
        tensors = [
            record_input(trace, value, alone=count <= ALONE)
            for value, count in zip(arg.values, counts, strict=True)
        ]
        inputs += [tensor.node for tensor in tensors]
        traced[index] = arg.with_leaves(tensors)
    leaves, structure = traced_run(trace, f, traced, kwargs)
    return Recorded(chosen, inputs, trace, leaves, structure)


def place_arguments(
    f: Callable[..., Any],
    argnums: Argnums,
    args: tuple[Any, ...],
    kwargs: dict[str, Any],
) -> tuple[tuple[int, ...], tuple[Any, ...], dict[str, Any]]:
    """Normalize argnums, and find arguments that were passed by keyword."""
    if argnums.__class__ is int and 0 <= argnums < len(args):
        return (argnums,), args, kwargs
    wanted = (argnums,) if argnums.__class__ is int else tuple(argnums)  # type: ignore[arg-type]
    if wanted and max(wanted) >= len(args) and kwargs:
        try:
            bound = inspect.signature(f).bind(*args, **kwargs)
            args, kwargs = bound.args, bound.kwargs
        except (TypeError, ValueError):
            pass
    wanted = tuple([i + len(args) if i < 0 else i for i in wanted])
    if any([not 0 <= i < len(args) for i in wanted]):
        raise TreeError(
            f"argnums={argnums} asks for an argument that was not given: "
            f"{getattr(f, '__name__', 'the function')} was called with {len(args)}.{here()}"
        )
    if len(set(wanted)) != len(wanted):
        raise TreeError(
            f"argnums={argnums} names the same of the {len(args)} arguments twice; name each "
            f"once, and use its derivative as often as you like.{here()}"
        )
    return wanted, args, kwargs


def _ascents(cts: Sequence[Any]) -> list[Any]:
    """Cotangents in the public convention, in which a complex gradient ascends."""
    return [ct if ct is None or ct.dtype.kind != "c" else np.conj(ct) for ct in cts]


held_op = primitive(
    lambda value, *variables: value,
    jvp=lambda tangents, ans, *xs: np.zeros_like(ans) if tangents[0] is None else tangents[0],
    vjp=lambda index, ct, ans, *xs: np.zeros_like(xs[index]) if index else ct,
    why="keeps a derivative that came out constant connected to what it is a derivative at",
    name="held",
    arity=None,
)


def held(derivative: Any, *variables: Any) -> Any:
    """A derivative that depends on an outer variable, though perhaps with derivative zero.

    The derivative of 3*x is the constant 3.0; under an outer differentiation it still is a
    function of x, with derivative 0.0, and not a disconnected constant.
    """
    traced = [v for v in variables if v.__class__ in tracer_classes]
    if not traced:
        return derivative
    top = max(v.owner.level for v in traced)
    if is_traced(derivative) and derivative.owner.level >= top:
        return derivative
    return apply(held_op, (derivative, *traced))
