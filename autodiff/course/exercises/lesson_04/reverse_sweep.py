"""Exercise 4.3: the reverse sweep over the rows of a tape, and the ways in which one goes wrong."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any

from autodiff.course.exercise import Exercise, Misconception
from autodiff.course.exercises.lesson_04.tapes import LESSON, SMALL, Run, random_run


def sweep(rows: Sequence[Any]) -> None:
    """The solution of 4.3."""
    cleared(rows)
    hand_on(reversed(rows))


def cleared(rows: Sequence[Any], seed: float = 1.0) -> None:
    """All adjoints 0, and the seed."""
    for row in rows:
        row.adjoint = 0.0
    rows[-1].adjoint = seed


def hand_on(rows: Iterable[Any]) -> None:
    """The contributions of the rows, in the order given."""
    for row in rows:
        for parent, partial in zip(row.parents, row.partials):
            parent.adjoint += row.adjoint * partial


def overwriting(rows: Sequence[Any]) -> None:
    """With = for +=."""
    cleared(rows)
    for row in reversed(rows):
        for parent, partial in zip(row.parents, row.partials):
            parent.adjoint = row.adjoint * partial


def unseeded(rows: Sequence[Any]) -> None:
    """Never sets the adjoint of the result."""
    cleared(rows, seed=0.0)
    hand_on(reversed(rows))


def seeded_last(rows: Sequence[Any]) -> None:
    """Sets the seed when all is done."""
    cleared(rows, seed=0.0)
    hand_on(reversed(rows))
    rows[-1].adjoint = 1.0


def never_cleared(rows: Sequence[Any]) -> None:
    """Adds to what is not there yet."""
    rows[-1].adjoint = 1.0
    hand_on(reversed(rows))


def first_to_last(rows: Sequence[Any]) -> None:
    """In the order of the run."""
    cleared(rows)
    hand_on(rows)


def at_once(rows: Sequence[Any]) -> None:
    """Follows the parents, and hands on whatever has arrived."""
    cleared(rows)

    def follow(row: Any) -> None:
        for parent, partial in zip(row.parents, row.partials):
            parent.adjoint += row.adjoint * partial
            follow(parent)

    follow(rows[-1])


def wiped(rows: Sequence[Any]) -> None:
    """Hands on at once, and sets to 0 what was handed on; right for the inputs alone."""
    cleared(rows)

    def follow(row: Any) -> None:
        for parent, partial in zip(row.parents, row.partials):
            parent.adjoint += row.adjoint * partial
            follow(parent)
        if row.parents and row is not rows[-1]:
            row.adjoint = 0.0

    follow(rows[-1])


def leftover(rows: Sequence[Any]) -> None:
    """Sets to 0 what has no adjoint yet."""
    for row in rows:
        row.adjoint = row.adjoint or 0.0
    rows[-1].adjoint = 1.0
    hand_on(reversed(rows))


def first_partial(rows: Sequence[Any]) -> None:
    """Takes the first partial for every parent."""
    cleared(rows)
    for row in reversed(rows):
        for parent in row.parents:
            parent.adjoint += row.adjoint * row.partials[0]


def seed_at_the_input(rows: Sequence[Any]) -> None:
    """Sets the adjoint of the first row to 1."""
    for row in rows:
        row.adjoint = 0.0
    rows[0].adjoint = 1.0
    hand_on(reversed(rows))


def all_seeded(rows: Sequence[Any]) -> None:
    """Begins every adjoint at 1."""
    for row in rows:
        row.adjoint = 1.0
    hand_on(reversed(rows))


def seeded_on_the_way(rows: Sequence[Any]) -> None:
    """Sets every row's adjoint to 1 when its turn comes."""
    for row in rows:
        row.adjoint = 0.0
    for row in reversed(rows):
        row.adjoint = 1.0
        for parent, partial in zip(row.parents, row.partials):
            parent.adjoint += row.adjoint * partial


def subtracted(rows: Sequence[Any]) -> None:
    """With -= for +=."""
    cleared(rows)
    for row in reversed(rows):
        for parent, partial in zip(row.parents, row.partials):
            parent.adjoint -= row.adjoint * partial


def turned_round(rows: Any) -> None:
    """Turns the caller's list round, and leaves it so."""
    rows.reverse()
    sweep(rows[::-1])


def nothing_set(rows: Sequence[Any]) -> list[float]:
    """Computes, and sets no adjoint."""
    return [1.0 for _ in rows]


def partial_alone(rows: Sequence[Any]) -> None:
    """Adds the partial without the adjoint of the user."""
    cleared(rows)
    for row in reversed(rows):
        for parent, partial in zip(row.parents, row.partials):
            parent.adjoint += partial


def see_sweep(answer: Callable[..., Any], rows: Run) -> Any:
    """The adjoints after one sweep, and after a second one over the same rows."""
    tape = rows.tape()
    given = list(tape)
    seen = {}
    for sweep in ("first sweep", "second sweep"):
        answer(given)
        seen |= {f"adjoint of {row.name}, {sweep}": row.adjoint for row in tape}
    return seen


SWEEP = Exercise(
    number="4.3",
    title="The reverse sweep",
    shows="adjoints add up, and are handed on once, when they are complete",
    solution=sweep,
    inputs=lambda rng: [
        *((run,) for run in SMALL),
        (LESSON,),
        *((random_run(rng, size),) for size in (4, 6, 9, 12)),
    ],
    observe=see_sweep,
    hints=(
        "Three things in order: every adjoint starts at 0; the last one is the seed; then row by "
        "row, from which end?",
        "A row hands to each parent its own adjoint times the partial. A parent may receive more "
        "than once, and from rows that stand anywhere after it.",
    ),
    misconceptions=(
        Misconception(
            "= for +=",
            overwriting,
            "How often is the row used whose adjoint is wrong? What happens to its first "
            "contribution when the second arrives?",
            "ad.step(f, 2.0, 3.0, sweeps='reverse'): the column received of a, 1 of 2 and 2 of 2",
        ),
        Misconception(
            "seed forgotten",
            unseeded,
            "All adjoints are 0. What is dy/dy?",
            "ad.step(f, 2.0, 3.0, sweeps='reverse'), step 1",
        ),
        Misconception(
            "nothing is handed on",
            seeded_last,
            "Only the adjoint of the result is not 0. When the turn of the last row came, had it "
            "its seed already, and to whom did it hand on: to its parents?",
            "ad.step(f, 2.0, 3.0, sweeps='reverse'), steps 1 and 2",
        ),
        Misconception(
            "sums that never began at 0",
            never_cleared,
            "Before the first contribution arrives, what stands in row.adjoint: 0, or None?",
            "section 4 of the lesson: the first two lines of backward",
        ),
        Misconception(
            "first row first",
            first_to_last,
            "When you come to a row, have all rows that use it handed something back already?",
            "ad.step(f, 2.0, 3.0, sweeps='reverse'): which box is lit first?",
        ),
        Misconception(
            "handed on at once",
            at_once,
            "A value with two users hands on twice in your sweep. What does the second amount "
            "contain that was handed on before?",
            "section 6 of the lesson: 27 and 45",
        ),
        Misconception(
            "cleared after it was handed on",
            wiped,
            "The adjoints of the inputs are right. What is dy/da for one in the middle, and how "
            "often do you visit a value that has many users?",
        ),
        Misconception(
            "adjoints left over",
            leftover,
            "The first sweep is right. What stands in the rows when the second begins?",
            "section 7 of the lesson: 45 and 153",
        ),
        Misconception(
            "the first partial for every parent",
            first_partial,
            "A row has one partial for each parent. Which one do you use for the second parent?",
            "section 3 of the lesson: in row 2 the partials are 3 and 2",
        ),
        Misconception(
            "seed at the first row",
            seed_at_the_input,
            "Which adjoint is known before the sweep begins: that of an input, or that of the "
            "result?",
            "ad.step(f, 2.0, 3.0, sweeps='reverse'), step 1",
        ),
        Misconception(
            "every adjoint begins at 1",
            all_seeded,
            "Only one value is known to have the adjoint 1. What is it for a row that nobody has "
            "handed anything to yet?",
            "section 4 of the lesson: the first two lines of backward",
        ),
        Misconception(
            "every row is seeded",
            seeded_on_the_way,
            "When the turn of a row comes, what has arrived there? What does your line do to it?",
            "ad.step(f, 2.0, 3.0, sweeps='reverse'): how many steps are a seed?",
        ),
        Misconception(
            "contributions subtracted",
            subtracted,
            "The contributions of several users: are they added, or taken off?",
            "section 1 of the lesson: the formula with Σ",
        ),
        Misconception(
            "the caller's list turned round",
            turned_round,
            "The first sweep is right. In which order are the rows when the second begins, and who "
            "turned them round?",
            "`reversed(rows)` beside `rows.reverse()`",
        ),
        Misconception(
            "no adjoint set",
            nothing_set,
            "The task asks for nothing to be returned. Where are the adjoints to be written?",
            "section 4 of the lesson: parent.adjoint += ...",
        ),
        Misconception(
            "the partial alone",
            partial_alone,
            "One step is right, two steps are not. What does a change of x do to y, when it acts "
            "through a?",
            "ad.step(f, 2.0, 3.0, sweeps='reverse'): the two factors in the equation line",
        ),
    ),
)
