"""Running a function once on recorded arguments: a `Recording`, of which programs are written."""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from types import FunctionType
from typing import Any

import numpy as np

from autodiff.core.arguments.tree import Structure, flatten, paths, unflatten
from autodiff.core.arguments.variables import argument_names
from autodiff.core.ground.errors import EscapedTracerError, UnsupportedError
from autodiff.core.ground.locations import here, is_installed
from autodiff.core.language.dispatch import is_traced
from autodiff.source.guards.standins import Standins
from autodiff.source.records.exchange import recording
from autodiff.source.records.nodes import Guard, Node
from autodiff.source.records.recorded import Recorded
from autodiff.source.records.recorder import Recorder
from autodiff.source.records.sizes import Decision


@dataclass(slots=True)
class Argument:
    """One leaf of an argument: where it sits, its value, and its node where it is an input."""

    path: str
    value: Any
    node: Node | None


@dataclass(slots=True)
class Recording:
    """One run: nodes in order of execution, what was decided on the way, what came out."""

    names: list[str]
    arguments: list[list[Argument]]
    structures: list[Structure | None]
    nodes: list[Node]
    guards: list[Guard]
    outputs: list[Any]
    structure: Structure | None
    derivative_of: dict[Node, tuple[str, Node]]
    copies: dict[int, tuple[Any, Any]]
    captured: list[Node]
    """Inputs that are arrays of the user's outside of the arguments."""
    made: set[tuple[str, int]]
    """Where these stood: the path, and which array."""

    shown: bool
    """Whether it made text of values, `print(x)`."""
    layouts_asked: bool
    """Whether the function asked how arrays lie in memory."""
    sizes: list[Decision]
    """What was decided by the sizes of axes."""

    @property
    def inputs(self) -> list[Argument]:
        """The leaves that the program is given."""
        return [one for own in self.arguments for one in own if one.node is not None]


def is_input(leaf: Any) -> bool:
    """Whether a leaf of an argument is a number or an array that may change from call to call."""
    if isinstance(leaf, np.ndarray | np.generic):
        return leaf.dtype.kind in "fciub"
    return isinstance(leaf, float | complex)


def refuse_other_data(leaf: Any, path: str) -> None:
    """Raise for data that are no numbers, which a program would keep as they are now."""
    if isinstance(leaf, np.ndarray | np.generic):
        raise UnsupportedError(
            f"{path} is of dtype {leaf.dtype}, which a program can't take as an argument. Turn it "
            "into numbers outside of the function, np.unique(..., return_inverse=True), or let the "
            f"function use it as a global.{here()}"
        )


def globals_of(f: Any) -> Iterator[dict[str, Any]]:
    """The namespace of a function, under what transforms have made of it."""
    while isinstance(f, functools.partial):
        f = getattr(f, "function", f.func)
    if isinstance(f, FunctionType) and not is_installed(f.__code__.co_filename):
        yield f.__globals__


def record(
    f: Callable[..., Any], args: Sequence[Any], live: bool = False, sized: bool = False
) -> Recording:
    """Run f once, and take down what it asks of NumPy.

    With `live` the arrays that it uses besides its arguments are recorded as they are; else their
    values are those of now.  With `sized` decisions by the sizes of axes are noted.
    """
    recorder = Recorder(Recorded)
    recorder.sizes = [] if sized else None
    names = argument_names(f, len(args))
    given, arguments, structures = [], [], []
    for arg, name in zip(args, names, strict=True):
        leaves, structure = flatten(arg)
        own, wrapped = [], []
        for leaf, path in zip(leaves, paths(structure, name), strict=True):
            if is_traced(leaf):
                raise EscapedTracerError(f"{path} is being differentiated; ... {here()}")
            if is_input(leaf):
                value = leaf.copy("K") if leaf.__class__ is np.ndarray else leaf
                one = recorder.input(value, path)
                wrapped.append(one)
                own.append(Argument(path, leaf, one.node))
            else:
                refuse_other_data(leaf, path)
                wrapped.append(leaf)
                own.append(Argument(path, leaf, None))
        given.append(unflatten(structure, wrapped))
        arguments.append(own)
        structures.append(structure)
    captured: list[Node] = []

    def stand(array: np.ndarray, path: str) -> Any:
        one = recorder.input(array, path)
        captured.append(one.node)
        return one

    standins = Standins(stand)
    f = standins.function(f) if live else f
    with recording(recorder, [*standins.spaces.values(), *globals_of(f)]):
        leaves, structure = flatten(f(*given))
    if recorder.failed:
        error = recorder.failed[0]
        raise UnsupportedError(
            "a call raises an error here, which the function catches, so that it goes another way "
            f"by values that a program does not compare ({type(error).__name__}: {error}). Ask for "
            f"the value itself, or write each way as a function of its own.{here()}"
        )
    roots = {node.root for node in captured}
    if any(node.target is not None and node.target.root in roots for node in recorder.nodes):
        raise UnsupportedError("the function changes an array that is not its own.")
    outputs = [leaf.node if type(leaf) is Recorded else leaf for leaf in leaves]
    return Recording(
        names,
        arguments,
        structures,
        recorder.nodes,
        recorder.guards,
        outputs,
        structure,
        {one: known[0] for one, known in recorder.derivatives_of.items()},
        recorder.copies,
        captured,
        standins.made,
        recorder.shown,
        recorder.layouts_asked,
        recorder.sizes or [],
    )
