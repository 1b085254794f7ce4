"""`steps` and `step`: a run of a function as records, and as a player."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from autodiff.core.ground.errors import AutodiffError
from autodiff.source.program.told import key_of, lines_of
from autodiff.view.findings.wrong_rules import wrong_rules
from autodiff.view.pictures.draw import tangents_of
from autodiff.view.player.check_sweep import check_sweep
from autodiff.view.player.dual_steps import dual_sweep
from autodiff.view.player.steps import SWEEPS, Steps, Sweep
from autodiff.view.player.sweeps import forward_sweep, reverse_sweep
from autodiff.view.records.annotate import annotate
from autodiff.view.records.given import subject_of
from autodiff.view.records.graph import Graph, skeleton
from autodiff.view.records.subject import Subject, ViewError

if TYPE_CHECKING:
    from autodiff.view.player.player import Player

READABLE = 300
"""The lines of the program are told of a run of at most so many equations."""
LARGE = 2000
"""A run of more equations than this is not stepped through."""


def steps(
    thing: Any,
    *args: Any,
    sweeps: str | Sequence[str] = SWEEPS,
    ct: Any = None,
    tangents: Sequence[Any] | None = None,
    argnums: Sequence[int] | int | None = None,
    parameters: Sequence[str] = (),
    check: bool = False,
) -> Steps:
    """The steps of a run, one contribution along one edge each: plain records to print or replay.

    Takes what `draw` takes: a function with its arguments, a tensor, or a tape.  `sweeps` are
    "forward" (values), "reverse" (the seed, then contributions into running sums), "dual"
    (value and tangent together, along `tangents`) and "check" (difference quotients against
    adjoints).  With `check=True` every rule is tried by itself, and the first wrong one marked.
    Raises `ViewError` for an unknown sweep and for runs of more than 2,000 equations.

    >>> print(steps(lambda x: x * x, 3.0, sweeps="reverse"))
    Reverse sweep: adjoints
    -----------------------
    1. dy/dy = 1   (the sweep starts at y with the seed 1)
    2. dy/dx += dy/dy · ∂y/∂x (1st use)  =  0 + 1 × 3 = 3   (contribution 1 of 2 to the ...
    3. dy/dx += dy/dy · ∂y/∂x (2nd use)  =  3 + 1 × 3 = 6   (contribution 2 of 2 to the ...
    """
    subject = subject_of(
        thing,
        args,
        argnums=argnums,
        ct=ct,
        parameters=parameters,
    )
    wanted = (sweeps,) if isinstance(sweeps, str) else tuple(sweeps)
    for name in wanted:
        if name not in SWEEPS:
            raise ViewError(f"there is no sweep {name!r}: choose from {', '.join(SWEEPS)}.")
    if len(subject.program) > LARGE:
        raise ViewError(
            f"{subject.title} has {len(subject.program)} equations; the player shows at most "
            f"{LARGE}. Step through a smaller case, or print(ad.Tape) for the whole run."
        )
    if not subject.seeds:
        import numpy as np

        value = subject.outputs[0].value
        subject.seeds = {subject.outputs[0]: np.ones_like(value)[()]}
        subject.asked = True
    graph = annotate(skeleton(subject, "reverse"))
    if check:
        for equation, words in list(wrong_rules(subject).items())[:1]:
            node = graph.node(equation)
            if node is not None:
                node.mark = words
    made = {
        "forward": lambda: forward_sweep(graph),
        "reverse": lambda: reverse_sweep(graph),
        "dual": lambda: dual_sweep(subject, tangents_of(subject, tangents)),
        "check": lambda: check_sweep(graph),
    }
    done = [made[name]() for name in wanted]
    with_program(subject, graph, done)
    return Steps(graph, done)


def with_program(subject: Subject, graph: Graph, sweeps: Sequence[Sweep]) -> None:
    """Tell in each row which line of the written program makes its value, or its adjoint."""
    if subject.call is None or len(subject.program) > READABLE:
        return
    try:
        lines = lines_of(*subject.call, subject.argnums or (0,))
    except AutodiffError:  # what can't be written has no lines
        return
    for sweep in sweeps:
        known = {"forward": lines.values, "reverse": lines.derivatives}.get(sweep.name, {})
        by_place: dict[Any, list[str]] = {}
        for node in graph.nodes:
            path = subject.paths.get(node.equation) if node.equation is not None else None
            key = key_of(node.place) if node.place is not None else (path or node.name,)
            by_place.setdefault(key, []).append(node.key)
        told = {
            row: text
            for key, rows in by_place.items()
            if len(known.get(key, [])) == len(rows) or (len(rows) == 1 and key in known)
            for row, text in zip(rows, _last(known[key], len(rows)))
        }
        for own in sweep.rows:
            own["program"] = told.get(own["key"], "")


def _last(lines: list[str], count: int) -> list[str]:
    """The last lines of a place; for one row the last that is written."""
    return lines[-count:] if count > 1 else [line for line in lines if line][-1:]


def step(thing: Any, *args: Any, tour: Sequence[Sequence[Any]] = (), **options: Any) -> Player:
    """The player: step through the sweeps in a notebook, or save them as a page.

    Takes what `steps` takes.  `tour` is a list of stops, (where, sentence, names to point at),
    that the player walks: a demonstration as plain data (see `player.guided`).  The result
    shows itself in a notebook; `.save("tour.html")` writes one page that needs no network and no
    kernel.

    >>> step(lambda x: x * x, 3.0, sweeps="reverse")
    <player of <steps of <lambda>: 3 reverse; print them to read>; save it with .save('tour.html')>
    """
    from autodiff.view.player.player import Player

    return Player(steps(thing, *args, **options), tour)
