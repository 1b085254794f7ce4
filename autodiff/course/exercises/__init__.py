"""The exercises, a module or folder a lesson: each has `EXERCISES`, a tuple of `Exercise` records.

The package can be looked up in and iterated over: `exercises["3.2"]`, `for e in exercises`, and
`exercises()` is the table of them.  A lesson's module is imported when one of its own is asked
for, so a fault in one lesson does not stop another's check.
"""

from __future__ import annotations

import importlib
import pkgutil
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from difflib import get_close_matches
from html import escape
from types import ModuleType

from autodiff.core.ground.errors import AutodiffError
from autodiff.core.language.display.table import table
from autodiff.course.exercise import Exercise

HEADER = ("exercise", "title", "shows that you understand")


class UnknownExerciseError(AutodiffError, LookupError):
    """No exercise has this number."""


@dataclass(frozen=True, slots=True)
class ExerciseTable:
    """Exercises as a table: printed, or shown in a notebook."""

    exercises: tuple[Exercise, ...]

    def rows(self) -> list[tuple[str, str, str]]:
        """One row per exercise: its number, its title, and what it shows."""
        return [(own.number, own.title, own.shows) for own in self.exercises]

    def __str__(self) -> str:
        return table(HEADER, self.rows())

    __repr__ = __str__

    def _repr_html_(self) -> str:
        lines = [("th", HEADER), *(("td", row) for row in self.rows())]
        body = "".join(
            f"<tr>{''.join(f'<{tag}>{escape(cell)}</{tag}>' for cell in row)}</tr>"
            for tag, row in lines
        )
        return f"<table>{body}</table>"


def of_lesson(lesson: str) -> tuple[Exercise, ...]:
    """The exercises of a lesson, "03" say; none where it has no module."""
    name = f"{__name__}.lesson_{lesson}"
    if f"lesson_{lesson}" not in _modules():
        return ()
    found: tuple[Exercise, ...] = importlib.import_module(name).EXERCISES
    numbers = [own.number for own in found]
    for own in found:
        if own.lesson != lesson or numbers.count(own.number) > 1:
            raise ValueError(f"{name}: {own.number!r} is of another lesson, or is there twice.")
    return found


def _modules() -> list[str]:
    names = (module.name for module in pkgutil.iter_modules(__path__))
    return sorted(name for name in names if name.startswith("lesson_"))


class _Exercises(ModuleType):
    """The package itself, which can be looked up in, iterated over and called for a table."""

    def __getitem__(self, number: str) -> Exercise:
        lesson, _, _ = str(number).partition(".")
        if lesson.isdecimal():
            for own in of_lesson(f"{int(lesson):02d}"):
                if own.number == str(number):
                    return own
        raise UnknownExerciseError(_unknown(str(number), [own.number for own in self]))

    def __iter__(self) -> Iterator[Exercise]:
        for name in _modules():
            yield from of_lesson(name.removeprefix("lesson_"))

    def __call__(self, lesson: int | str | None = None) -> ExerciseTable:
        """All exercises as a table, or those of one lesson."""
        if lesson is None:
            return ExerciseTable(tuple(self))
        return ExerciseTable(of_lesson(f"{int(lesson):02d}"))


def _unknown(number: str, known: list[str]) -> str:
    near = get_close_matches(number, known, cutoff=0.5)
    same = [own for own in known if own.split(".")[0] == number.split(".")[0]]
    if near or same:
        return f"no exercise {number!r}. Did you mean {', '.join(near or same)}?"
    return f"no exercise {number!r}; ad.course.exercises() lists them."


exercises = sys.modules[__name__]
exercises.__class__ = _Exercises
