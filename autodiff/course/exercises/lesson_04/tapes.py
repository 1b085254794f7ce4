"""The tapes that a sweep of exercise 4.3 is tried on: data, of which each try makes new rows.

A sweep writes into its rows, so the inputs of an exercise cannot be the rows themselves.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np


@dataclass(eq=False)
class Row:
    """A row of the tape that the student's sweep works on; it may leave marks, so no slots."""

    name: str
    parents: tuple[Row, ...]
    partials: tuple[float, ...]
    adjoint: float | None = None

    def __repr__(self) -> str:
        return self.name


@dataclass(frozen=True, slots=True)
class Run:
    """A tape as data: the name, the parents' names and the partials of each row, in order."""

    rows: tuple[tuple[str, tuple[str, ...], tuple[float, ...]], ...]

    def __repr__(self) -> str:
        lines = [
            f"{name}: " + ", ".join(f"{p} (partial {d:.3g})" for p, d in zip(parents, partials))
            if parents
            else f"{name}: an input"
            for name, parents, partials in self.rows
        ]
        return "; ".join(lines)

    def tape(self) -> list[Row]:
        """New rows, without adjoints."""
        made: dict[str, Row] = {}
        for name, parents, partials in self.rows:
            made[name] = Row(name, tuple(made[p] for p in parents), partials)
        return list(made.values())


LESSON = Run(
    (
        ("x", (), ()),
        ("w", (), ()),
        ("a", ("x", "w"), (3.0, 2.0)),
        ("b", ("a", "w"), (1.0, 1.0)),
        ("y", ("a", "b"), (9.0, 6.0)),
    )
)
SMALL = (
    Run((("x", (), ()), ("y", ("x",), (2.0,)))),
    Run((("x", (), ()), ("a", ("x",), (2.0,)), ("y", ("a",), (5.0,)))),
    Run((("x", (), ()), ("y", ("x", "x"), (3.0, 3.0)))),
)


def random_run(rng: np.random.Generator, size: int) -> Run:
    """Rows with two parents each, the one before and any other."""
    rows: list[tuple[str, tuple[str, ...], tuple[float, ...]]] = [("v0", (), ()), ("v1", (), ())]
    for number in range(2, size):
        parents = (f"v{number - 1}", f"v{int(rng.integers(number))}")
        rows.append((f"v{number}", parents, tuple(map(float, rng.normal(size=2)))))
    return Run(tuple(rows))
