"""How a program comes to be: a function is run, recorded twice, its calls simplified and written.

What it uses besides its arguments is found before; a function that draws at random, changes what is
not its own, or makes text of its values is refused.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from autodiff.core.arguments.tree import flatten, map_tree, paths
from autodiff.core.arguments.variables import argument_names, require_function
from autodiff.core.ground.errors import AutodiffError, UnsupportedError
from autodiff.core.ground.locations import here, locate
from autodiff.core.reverse.shares import one_by_one
from autodiff.source.guards.captured import SCALARS, reachable
from autodiff.source.guards.places import Place
from autodiff.source.guards.witnesses import Window, Witnesses
from autodiff.source.program.source import Source, identical
from autodiff.source.program.titles import result_of, title_of
from autodiff.source.records.nodes import Node, leaves
from autodiff.source.records.recorder import owner_of
from autodiff.source.records.running import Recording, record
from autodiff.source.rewriting.body import Body
from autodiff.source.rewriting.simplify import simplified
from autodiff.source.text.module import Module
from autodiff.source.text.writer import Writer

STEPS = (9, 6, 1)
"""How many simplifications are tried, from all to almost none."""
SYSTEMS = ("numpy", "jax", "torch", "onnx", "latex")


def refuse_unknown(f: Callable[..., Any], to: str) -> None:
    """Raise for what is no function, and for a language that is not known."""
    require_function(f, "source")
    if to not in SYSTEMS:
        raise ValueError(f"to={to!r}: choose from {', '.join(SYSTEMS)}")


def written(f: Callable[..., Any], args: tuple[Any, ...], to: str) -> Source:
    """What `ad.source(f, *args, to=...)` answers."""
    if to == "latex":
        return prepared(f, args).latex()
    if to == "numpy":
        return prepared(f, args).module_for(checked=True)
    ready = prepared(f, args)
    try:
        return ready.onnx() if to == "onnx" else ready.elsewhere(to)
    except UnsupportedError:
        if not ready.recording.captured:
            raise
    ready = prepared(f, args, live=False)  # what it decides by captured arrays is decided now
    return ready.onnx() if to == "onnx" else ready.elsewhere(to)


@dataclass(slots=True)
class Prepared:
    """A function that was run and recorded, of which programs are to be written."""

    f: Callable[..., Any]
    args: tuple[Any, ...]
    places: list[Place]
    witnesses: Witnesses
    recording: Recording
    want: list[Any]

    def module_for(self, checked: bool) -> Source:
        """The program that gives the very results; of the most simplified ones the first."""
        return self.right(checked)[0]

    def body(self) -> Body:
        """The calls for another system: as simplified as NumPy's program may be to be right."""
        return simplified(self.recording, self.right(checked=False)[1])

    def right(self, checked: bool) -> tuple[Source, int]:
        """The most simplified program that gives the very results, and how many steps that are."""
        first = None
        for steps in STEPS:
            for made in self.candidates(steps, checked):
                first = first or made
                got = flatten(made.function(*fresh(self.args), **made.captured))[0]
                if all(map(identical, got, self.want)):
                    return made, steps
        raise UnsupportedError(
            "the program that was written for this function does not give its results: some of "
            f"its work is out of sight of NumPy's protocols.{here()}\n{first}"
        )

    def candidates(self, steps: int, checked: bool) -> Iterator[Source]:
        """The program after some simplifications: to be read, with loops, and without them."""
        name, doc = title_of(self.f)
        for folds in (True, False) if checked else (False,):
            known = Captured(self.places, self.recording.copies)
            body = simplified(self.recording, steps)
            writer = Writer(self.recording, body, name, self.want, known.name_of, doc, checked)
            if not folds or writer.fold():
                yield self.source_of(writer.module, known)

    def source_of(self, module: Module, known: Captured) -> Source:
        """A module as a program."""
        made = Source(module, known.getters(module.captured), self.witnesses)
        made.constants = self.recording.arguments
        return made

    def elsewhere(self, to: str) -> Source:
        """The program for another system, which is not run here."""
        from autodiff.source.languages.jax import Jax
        from autodiff.source.languages.torch.writing import Torch

        name, doc = title_of(self.f)
        known = Captured(self.places, self.recording.copies)
        kind = {"jax": Jax, "torch": Torch}[to]
        doc = doc.replace("of NumPy.", f"of {kind.system}.")
        writer = kind(self.recording, self.body(), name, self.want, known.name_of, doc, True)
        module = writer.translated()
        made = self.source_of(module, known)
        made.given = kind.given
        return made

    def onnx(self) -> Any:
        """The program as an ONNX model."""
        from autodiff.source.languages.onnx.exporting import Exporter
        from autodiff.source.languages.onnx.model import OnnxProgram

        name, doc = title_of(self.f)
        known = Captured(self.places, self.recording.copies)
        exporter = Exporter(self.recording, self.body(), name, known.name_of)
        getters = known.getters(exporter.captured)
        doc = doc.replace("as a program of NumPy", "as an ONNX model")
        return OnnxProgram(exporter, name, doc, self.want, getters, self.witnesses)

    def latex(self) -> Any:
        """The program as formulas."""
        from autodiff.source.languages.latex import Board, Formulas

        name, doc = title_of(self.f)
        board = Board(self.recording, self.body(), name, result_of(self.f))
        return Formulas(name, board.rows, doc.replace(", as a program of NumPy", ""))


UNRECORDED = (AutodiffError, TypeError, ValueError, AttributeError, LookupError, ArithmeticError)
"""What a function may raise where the arrays that it uses besides its arguments are recorded."""


def fresh(args: tuple[Any, ...]) -> tuple[Any, ...]:
    """The arguments with arrays of their own, which a run may change."""
    return tuple([map_tree(copied, arg) for arg in args])


def copied(leaf: Any) -> Any:
    """A copy of an array, laid out as it is."""
    return leaf.copy("K") if leaf.__class__ is np.ndarray else leaf


def prepared(
    f: Callable[..., Any], args: tuple[Any, ...], live: bool = True, sized: bool = False
) -> Prepared:
    """Run f, and record it, each time with arguments of its own.

    With `live` the arrays that it uses besides its arguments are recorded too, where that can be;
    with `sized` decisions by sizes are noted.
    """
    f(*fresh(args))  # what it keeps from the first call on, it has then
    places = reachable(f, *objects_of(f, args))
    live = live and bool(places)
    witnesses = Witnesses(places)
    want, structure = flatten(one_by_one(f, *fresh(args)))
    witnesses.look_at_draws()  # SciPy draws to estimate a norm
    try:
        recording = record(f, args, live, sized)
        refuse_random(recording, record(f, args, live, sized))
    except UNRECORDED:
        recording = record(f, args, False, sized)
        refuse_random(recording, record(f, args, False, sized))
    witnesses.settle()
    refuse_text(recording)
    witnesses.without(recording.made)
    if structure != recording.structure or len(want) != len(recording.outputs):
        raise UnsupportedError(f"f returns another container each time it is called.{here()}")
    return Prepared(f, args, places, witnesses, recording, want)


def refuse_text(recording: Recording) -> None:
    """Raise where the function makes text of values, of which a program would know nothing."""
    if recording.shown:
        raise UnsupportedError(
            "the function prints values that change with the inputs, or makes text of them, which "
            f"a program would not do. Take that out, or return the values.{here()}"
        )


def objects_of(f: Callable[..., Any], args: tuple[Any, ...]) -> Iterator[tuple[str, Any]]:
    """The leaves of arguments that are no numbers: objects and functions, with their paths."""
    for name, arg in zip(argument_names(f, len(args)), args):
        leaves, structure = flatten(arg)
        for leaf, path in zip(leaves, paths(structure, name)):
            if leaf is not None and not isinstance(leaf, (np.ndarray, *SCALARS)):
                yield path, leaf


class Captured:
    """Which arrays of a recording the user has names for."""

    def __init__(self, places: list[Place], copies: dict[int, tuple[Any, Any]]) -> None:
        self.copies = copies
        self.arrays: dict[int, tuple[Place, np.ndarray]] = {}
        self.live: dict[int, Callable[[], Any]] = {}
        for place in places:
            value = place.now()
            if isinstance(value, np.ndarray):
                self.arrays.setdefault(id(value), (place, value))

    def name_of(self, array: np.ndarray) -> str | None:
        """The user's name of an array, or of the one that it is a part of."""
        key = id(array)
        while id(array) in self.copies:
            array = self.copies[id(array)][1]
        found = self.arrays.get(id(array))
        if found is not None:
            place, _ = found
            self.live[key] = place.get
        else:
            owner = owner_of(array)
            found = self.arrays.get(id(owner))
            if found is None or owner is array:
                return None
            place, own = found
            window = Window(array, own)
            self.live[key] = lambda: window.of(place.get())
        return "".join(c if c.isalnum() else "_" for c in place.path.rpartition(".")[2]).strip("_")

    def getters(self, captured: Mapping[str, np.ndarray]) -> dict[str, Callable[[], Any]]:
        """How to read each captured array now."""
        return {
            name: self.live.get(id(array), lambda a=array: a) for name, array in captured.items()
        }


def refuse_random(one: Recording, two: Recording) -> None:
    """Raise where a second run makes other calls, or the same of other constants."""
    for first, second in itertools.zip_longest(one.nodes, two.nodes):
        if first is None or second is None or first.call.name != second.call.name:
            differs = True
        else:
            pairs = itertools.zip_longest(
                leaves((first.args, first.kwargs)), leaves((second.args, second.kwargs))
            )
            differs = any(_differ(a, b) for a, b in pairs)
        if differs:
            node = first or second
            place = locate(*node.stack[0]) if node is not None and node.stack else None
            at = f"\n  at {place}" if place else ""
            raise UnsupportedError(
                "a second run of the function with the same arguments computes with other numbers: "
                "it draws at random, or keeps something from call to call. Draw outside, and pass "
                f"what was drawn as an argument.{at}"
            )


def _differ(a: Any, b: Any) -> bool:
    if a.__class__ is Node or b.__class__ is Node:
        return a.__class__ is not b.__class__ or a.number != b.number
    if isinstance(a, np.ndarray | np.generic | float | complex):
        return not identical(a, b)
    if isinstance(a, int | str | bool | None):
        return bool(type(a) is not type(b) or a != b)
    return type(a) is not type(b)
