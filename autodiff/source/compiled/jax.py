"""The back end of JAX: the program for `jax.numpy` under `jax.jit`, in NumPy's arrays and dtypes.

JAX cannot stop in the middle, so that what Python decided by values is returned beside the results
and looked at afterwards: each decision, and whether derivatives are finite.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from autodiff.core.arguments.tree import flatten, unflatten
from autodiff.core.ground.errors import UnsupportedError
from autodiff.source.compiled.guards import Otherwise
from autodiff.source.languages.jax import Jax
from autodiff.source.program.preparing import STEPS, Captured, Prepared
from autodiff.source.program.source import Source
from autodiff.source.program.titles import title_of
from autodiff.source.records.nodes import Guard, Node, leaves
from autodiff.source.records.running import is_input
from autodiff.source.rewriting.simplify import simplified


class Returning(Jax):
    """Writes a program that returns its decisions, whether it is finite, and its results."""

    def guard(self, guard: Guard) -> None:
        """A decision becomes a result."""
        if guard.kind in ("shape", "values"):
            super().guard(guard)
            return
        self.decisions.append((self.expressions.leaf(guard.node).text, guard.kind, guard.expected))

    def statements(self) -> None:
        """The lines."""
        self.decisions: list[tuple[str, str, Any]] = []
        self.ranges: dict[str, None] = {}
        super().statements()

    def statement(self, node: Node) -> None:
        """A line; JAX says nothing of an index out of its range, so that it is looked at here."""
        name = node.call.name
        places = name.rpartition(".")[2] in ("take", "take_along_axis", "choose", "put")
        if places and any(is_whole(one) for one in node.operands):
            raise UnsupportedError(f"{name} of places that are data is not checked by JAX.")
        if node.call.kind in ("getitem", "setitem", "update item") or name == "np.add.at":
            self.index_in_range(node.args[0], node.args[1])
        if name == "np.bincount" and is_whole(node.args[0]):
            self.counts_in_range(*node.args)
        super().statement(node)

    def counts_in_range(self, places: Any, weights: Any = None, n: Any = None) -> None:
        """The same for places whose weights are added up in an array of n."""
        if n.__class__ is not int:
            raise UnsupportedError("np.bincount of places that are data, without its length.")
        text = self.expressions.leaf(places).within(16)
        self.ranges[f"np.all(({text} >= 0) & ({text} < {n}))"] = None

    def index_in_range(self, source: Any, index: Any) -> None:
        """Remember what must hold of the whole numbers in an index."""
        parts = index if index.__class__ is tuple else (index,)
        if not any(is_whole(leaf) for leaf in leaves(parts)):
            return
        axis = 0
        for part in parts:
            if part is Ellipsis:
                raise UnsupportedError("an index with ... and places that are data.")
            if is_whole(part):
                text, n = self.expressions.leaf(part).within(16), np.shape(source.value)[axis]
                self.ranges[f"np.all(({text} >= {-n}) & ({text} < {n}))"] = None
            axis += part is not None

    def ending(self, like: list[Any]) -> None:
        """The return statement: decisions, finiteness, results in a row."""
        outputs = [self.expressions.leaf(out).text for out in self.body.outputs]
        asked = dict.fromkeys(self.texts[node].text for node in self.finite)
        asked.update(
            dict.fromkeys(
                text
                for text, value in zip(outputs, like)
                if isinstance(value, np.ndarray | float | complex | np.inexact)
            )
        )
        good = [*(f"np.all(np.isfinite({text}))" for text in asked), *self.ranges]
        finite = " & ".join(good) or "True"
        decided = ", ".join([text for text, _, _ in self.decisions])
        self.put(f"ok = {finite}")
        self.put(f"return [{decided}], ok, [{', '.join(outputs)}]")


def compiled(ready: Prepared) -> tuple[Source, Callable[..., Any]]:
    """The program, and a function that runs it on NumPy's arrays."""
    import jax

    name, doc = title_of(ready.f)
    known = Captured(ready.places, ready.recording.copies)
    body = simplified(ready.recording, STEPS[0])
    refuse_changed(ready)
    doc = doc.replace("of NumPy.", "of JAX.")
    writer = Returning(ready.recording, body, name, ready.want, known.name_of, doc, False)
    module = writer.translated()
    made = Source(module, known.getters(module.captured), ready.witnesses)
    function, structures = made.function, ready.recording.structures
    fixed = [[one.value for one in own] for own in ready.recording.arguments]
    kinds = [value.__class__ for value in ready.want]
    decisions, structure = writer.decisions, ready.recording.structure

    def flat(leaves: list[Any], outside: dict[str, Any]) -> Any:
        given = iter(leaves)
        args = []
        for own, shape in zip(fixed, structures):
            parts = [next(given) if is_input(value) else value for value in own]
            args.append(unflatten(shape, parts))
        return function(*args, **outside)

    jitted = jax.jit(flat)

    def call(*args: Any, **outside: Any) -> Any:
        leaves = [leaf for arg in args for leaf in flatten(arg)[0] if is_input(leaf)]
        with jax.enable_x64(True):
            decided, ok, results = jitted(leaves, outside)
            for found, (_, kind, expected) in zip(decided, decisions):
                own = bool(found) if kind == "truth" else found.item()
                if own != expected:
                    raise Otherwise
            if not ok:
                raise FloatingPointError
            return unflatten(structure, [own_result(r, k) for r, k in zip(results, kinds)])

    return made, call


def is_whole(leaf: Any) -> bool:
    """Whether an operand is made of whole numbers that may change."""
    if leaf.__class__ is not Node or not leaf.dynamic:
        return False
    return bool(np.asarray(leaf.value).dtype.kind in "iu")


def own_result(found: Any, kind: type) -> Any:
    """A result as NumPy's array or number, which is the caller's own."""
    array = np.array(found)
    if kind is np.ndarray:
        return array
    return array[()] if issubclass(kind, np.generic) else array.item()


def refuse_changed(ready: Prepared) -> None:
    """Refuse a program that changes what it is given: JAX works on copies."""
    for node in ready.recording.nodes:
        if node.target is not None and node.target.root.call.kind == "input":
            raise UnsupportedError("it changes an argument in place, which JAX does not.")
