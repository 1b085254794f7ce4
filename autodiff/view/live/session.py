"""What answers a page: the run at the inputs that it asks for, and the same with changes.

A request names inputs, values held, edges cut, and the input along which tangents go.  The
function itself runs again, so that its `if`s decide anew; where it takes another way than the
picture shows, the answer brings a new picture.  All is plain data, whatever carries it.

>>> def f(x, w):
...     h = x * w
...     y = h * h
...     return y
>>> own = Session(subject_of(f, (2.0, 3.0)))
>>> said = own.answer({"inputs": {"0": {"entries": {"0": 1.0}}}, "hold": {"n3": 5.0}})
>>> [run["n4"]["value"][0] for run in said["runs"]], said["difference"]["n4"]["value"][0]
(['9', '25'], '16')
"""

from __future__ import annotations

import time
from collections.abc import Mapping
from itertools import zip_longest
from typing import Any

import numpy as np

from autodiff.core.language.dispatch import ground
from autodiff.core.language.display.grids import is_shown, is_small
from autodiff.core.language.equation import Equation
from autodiff.view.live.again import Made, Swept, again, swept
from autodiff.view.live.panel import panel_record
from autodiff.view.pictures.draw import direction_of
from autodiff.view.pictures.layout.render import RenderError
from autodiff.view.pictures.outline import alt_text
from autodiff.view.pictures.stage import stage
from autodiff.view.records.annotate import annotate
from autodiff.view.records.given import subject_of
from autodiff.view.records.graph import Graph, skeleton
from autodiff.view.records.subject import Subject, ViewError
from autodiff.view.words.text import FULL, clipped, shape_of, short
from autodiff.view.words.tiles import tiles

MOST = 150
"""Values of a program that can be live."""
PLACES = (("value", "value"), ("adjoint", "adjoint"), ("tangent", "tangent"))
WIDEST = 36
Numbers = dict[str, dict[str, Any]]
"""By the key of a value: its value, adjoint and tangent."""
Shown = dict[str, dict[str, Any]]
"""The same as a page is told: each [text, tiles or numbers or None], None for what is no more."""


class Session:
    """A subject that runs again and again, for one page."""

    def __init__(self, subject: Subject) -> None:
        if len(subject.program) > MOST:
            raise ViewError(
                f"{subject.title} has {len(subject.program)} values; a live picture shows at most "
                f"{MOST}. Take a smaller case, or a part of it."
            )
        if not subject.seeds:
            target = subject.outputs[0]
            subject.seeds = {target: np.ones_like(ground(target.value))[()]}
            subject.asked = True
        self.first = subject
        self.graph = self._graph(subject)
        self.number = 0
        self.told: list[Numbers] = []

    def _graph(self, subject: Subject) -> Graph:
        self.drawn = _signature(subject)
        return annotate(skeleton(subject, "reverse"))

    # -- what a page begins with -----------------------------------------------------------------
    def picture(self, prefix: str) -> dict[str, Any]:
        """The picture with empty places, and the values and edges that can be held and cut."""
        graph = self.graph
        found: dict[str, Any] = {"note": "", "svg": "", "alt": alt_text(graph)}
        try:
            direction = direction_of(graph, "auto")
            found |= stage(graph, PLACES, f"{prefix}-", direction, _room)
        except RenderError as error:
            found["note"] = f"(no picture: {error})"
        return found | {"prefix": prefix} | panel_record(graph)

    # -- answers ---------------------------------------------------------------------------------
    def answer(self, request: Mapping[str, Any]) -> dict[str, Any]:
        """The two runs and their difference, as a page shows them; `words` where one failed."""
        begun = time.perf_counter()
        try:
            found = self._answer(request)
        except Exception as error:  # the user's function may raise anything at these inputs
            found = {"words": f"{type(error).__name__}: {error}"}
        return found | {"seconds": time.perf_counter() - begun}

    def _answer(self, request: Mapping[str, Any]) -> dict[str, Any]:
        given = self._given(request.get("inputs", {}))
        subject, made = self._run(given)
        reply: dict[str, Any] = {}
        hold, cut = dict(request.get("hold", {})), set(request.get("cut", ()))
        if _signature(subject) != self.drawn:
            self.graph = self._graph(subject)
            reply["picture"] = self.picture(request.get("prefix", "live"))
            reply["picture"].get("layout", {}).pop("graphviz", None)  # the page has it
            if hold or cut:
                reply["words"] = "The program took another way: nothing is held or cut any more."
            hold, cut = {}, set()
        keys = {equation: f"n{place}" for place, equation in enumerate(subject.program, 1)}
        by_key = {key: equation for equation, key in keys.items()}
        along = subject.inputs[request.get("along", 0)]
        as_it_is = swept(subject, made, along)
        runs = [as_it_is]
        if hold or cut:
            held = {by_key[key]: _filled(by_key[key], made, number) for key, number in hold.items()}
            uses = {(by_key[e.target.key], e.index) for e in self.graph.edges if e.key in cut}
            inputs = {old: new.value for old, new in made.items() if new.op is None}
            runs.append(swept(subject, again(subject.program, inputs, held, uses), along))
        told = [_numbers(run, keys) for run in (*runs, *([_less(*runs)] if len(runs) > 1 else []))]
        known = self.told if request.get("seen") == self.number and "picture" not in reply else []
        shown = [_changed(new, old) for new, old in zip_longest(told, known[: len(told)])]
        self.number, self.told = self.number + 1, told
        reply |= {"number": self.number, "since": request["seen"] if known else 0}
        return reply | {"runs": shown[:2], "difference": shown[2] if len(runs) > 1 else None}

    def _given(self, changes: Mapping[str, Any]) -> dict[int, Any]:
        """The changed inputs, by their place among the inputs of the subject."""
        found = {}
        for place, equation in enumerate(self.first.inputs):
            change = changes.get(str(place))
            if not change:
                continue
            value = np.array(ground(equation.value) * change.get("scale", 1.0))
            for entry, number in change.get("entries", {}).items():
                value.flat[int(entry)] = number
            found[place] = value
        return found

    def _run(self, given: dict[int, Any]) -> tuple[Subject, Made]:
        """The function once more; where there is none, its recorded operations."""
        first = self.first
        if first.call is None or first.run is None:
            changed = {first.inputs[place]: value for place, value in given.items()}
            return first, again(first.program, changed)
        if not given:
            return first, {equation: equation for equation in first.program}
        f, args = first.call
        order = [first.run.inputs.index(equation) for equation in first.inputs]
        leaves = [ground(equation.value) for equation in first.run.inputs]
        for place, value in given.items():
            leaves[order[place]] = value[()] if value.ndim else float(value)
        fresh = list(args)
        for index, arg in zip(first.argnums, first.run.args, strict=True):
            count = sum(arg.varies)
            fresh[index] = arg.with_leaves(leaves[:count])
            leaves = leaves[count:]
        subject = subject_of(f, tuple(fresh), argnums=first.argnums, ct=self._ct(), parameters=())
        return subject, {equation: equation for equation in subject.program}

    def _ct(self) -> Any:
        return self.first.seeds[self.first.target]


def _numbers(run: Swept, keys: Mapping[Equation, str]) -> Numbers:
    kinds = (("value", run.values), ("adjoint", run.adjoints), ("tangent", run.tangents))
    return {
        key: {kind: held[equation] for kind, held in kinds if equation in held}
        for equation, key in keys.items()
    }


def _changed(new: Numbers, old: Numbers | None) -> Shown:
    """What a page has to be told that knows the old numbers; None for what is no more."""
    found: Shown = {}
    for key, own in new.items():
        before = old[key] if old is not None else {}
        told = {kind: _told_of(v) for kind, v in own.items() if not _same(v, before.get(kind))}
        told |= {kind: None for kind in before if kind not in own}
        if told or old is None:
            found[key] = told
    return found


def _same(new: Any, old: Any) -> bool:
    if old is None or new.__class__ is not old.__class__ or isinstance(new, tuple | list):
        return False
    return new is old or (
        np.shape(new) == np.shape(old)
        and bool(np.all((new == old) | ((new != new) & (old != old))))
    )


def _told_of(value: Any) -> list[Any]:
    """A value as a page shows it: in words, and as tiles where it is an array.

    A small array goes as it is: the page writes its numbers, which costs Python the most.
    """
    value = ground(value)
    if is_shown(value) and is_small(value) and value.dtype.kind == "f" and np.isfinite(value).all():
        words = short(value) if value.size <= FULL else ""
        return [words, {"numbers": value.reshape(-1, *np.atleast_2d(value).shape[-2:]).tolist()}]
    array = tiles(value)
    return [clipped(array["range"] if array else short(value), WIDEST), array]


def _room(node: Any, kind: str) -> int:
    return 10 if shape_of(node.value) == () else WIDEST if not is_shown(node.value) else 1


def _filled(equation: Equation, made: Made, number: float | None) -> Any:
    """What a value is held at: a number everywhere, or what it is."""
    value = ground(made[equation].value)
    return value if number is None else np.full_like(value, number)[()]


def _less(one: Swept, other: Swept) -> Swept:
    """The second run minus the first, where both have something; what only one has is all of it."""

    def minus(a: Mapping[Equation, Any], b: Mapping[Equation, Any]) -> dict[Equation, Any]:
        found = {}
        for equation in {**a, **b}:
            new, old = ground(b.get(equation, 0.0)), ground(a.get(equation, 0.0))
            if not isinstance(new, tuple) and not isinstance(old, tuple):
                found[equation] = np.asarray(new * 1 - old * 1)[()]  # also of truths
        return found

    with np.errstate(all="ignore"):
        return Swept(
            minus(one.values, other.values),
            minus(one.adjoints, other.adjoints),
            minus(one.tangents, other.tangents),
        )


def _signature(subject: Subject) -> tuple[Any, ...]:
    """What a picture shows besides numbers: the operations, what they read, their constants."""
    places = {equation: place for place, equation in enumerate(subject.program)}
    return tuple(
        (
            equation.op.name if equation.op else "",
            tuple(places[i] if i.__class__ is Equation else _constant(i) for i in equation.inputs),
            tuple((name, _constant(value)) for name, value in equation.params.items()),
            shape_of(equation.value),
        )
        for equation in subject.program
    )


def _constant(value: Any) -> Any:
    value = ground(value)
    if isinstance(value, np.ndarray) and value.dtype.kind != "O":
        return value.shape, value.dtype.str, hash(value.tobytes())
    if isinstance(value, tuple | list):
        return tuple(map(_constant, value))
    return repr(value)
