"""A guided tour: a list of stops that drives the player, so that a lecturer scripts what is said.

A stop is plain data: where, a sentence, and what to point at.  Where is (sweep, name), the first
step of that sweep at this value; (sweep, name, n), its n-th; or (sweep, n), the n-th step of all.

>>> import autodiff as ad
>>> def square(x):
...     y = x * x
...     return y
>>> player = ad.step(square, 3.0, tour=[
...     (("reverse", "y"), "The sweep starts at the end, with 1."),
...     (("reverse", "x", 2), "x was used twice: the second product is added.", ["y"]),
... ])
>>> [(stop["sweep"], stop["position"], stop["point"]) for stop in player.tour]
[('reverse', 1, []), ('reverse', 3, ['n2'])]
"""

from __future__ import annotations

import difflib
from collections.abc import Sequence
from typing import Any

from autodiff.view.player.steps import Steps, Sweep
from autodiff.view.records.subject import ViewError

Stop = Sequence[Any]


def stops(steps: Steps, tour: Sequence[Stop]) -> list[dict[str, Any]]:
    """The stops of a tour as the player wants them: sweep, position, sentence, keys to point at."""
    found = []
    for number, stop in enumerate(tour, 1):
        if len(stop) not in (2, 3):
            raise ViewError(
                f"stop {number} of the tour has {len(stop)} parts; it is (where, sentence) or "
                "(where, sentence, names to point at)."
            )
        where, sentence, names = (*stop, ()) if len(stop) == 2 else stop
        sweep, position = _place(steps, where, number)
        keys = [_key(steps, name, number) for name in names]
        found.append({"sweep": sweep, "position": position, "words": sentence, "point": keys})
    return found


def _place(steps: Steps, where: Sequence[Any], number: int) -> tuple[str, int]:
    sweeps = {sweep.name: sweep for sweep in steps.sweeps}
    if len(where) not in (2, 3) or where[0] not in sweeps:
        raise ViewError(
            f"stop {number} of the tour is at {where!r}; write (sweep, name) with a sweep of "
            f"{', '.join(sweeps)}."
        )
    sweep: Sweep = sweeps[where[0]]
    if isinstance(where[1], int):
        if not 0 <= where[1] <= len(sweep.steps):
            raise ViewError(f"stop {number}: the {where[0]} sweep has {len(sweep.steps)} steps.")
        return where[0], where[1]
    key, wanted = _key(steps, where[1], number), where[2] if len(where) == 3 else 1
    places = [place for place, step in enumerate(sweep.steps, 1) if step.node == key]
    if not 1 <= wanted <= len(places):
        raise ViewError(
            f"stop {number}: the {where[0]} sweep comes to {where[1]} {len(places)} times, "
            f"but time {wanted} is asked for."
        )
    return where[0], places[wanted - 1]


def _key(steps: Steps, name: str, number: int) -> str:
    keys = {node.name: node.key for node in steps.graph.nodes}
    if name not in keys:
        near = difflib.get_close_matches(name, keys, 3) or list(keys)[:6]
        raise ViewError(
            f"stop {number} of the tour names {name!r}, which is no value here. "
            f"Did you mean {', '.join(near)}?"
        )
    return keys[name]
