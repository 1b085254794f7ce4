"""The check that teaches: what an answer does, compared with the solution and known mistakes."""

from __future__ import annotations

import hashlib
import io
import os
import warnings
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, nullcontext, redirect_stderr
from typing import Any

import numpy as np

from autodiff.course.exercise import Answer, Exercise, Inputs
from autodiff.course.exercises import exercises
from autodiff.course.judging.differences import shown
from autodiff.course.judging.judge import judge
from autodiff.course.judging.trial import OutOfTimeError, Trial, attempt, is_empty
from autodiff.course.report import CheckFailed, CheckReport

GRADING = "AUTODIFF_GRADING"
"""Set to 1, a check that does not pass raises `CheckFailed`."""
SECRET = "AUTODIFF_SECRET"
"""What an instructor's hidden inputs are derived from, together with the exercise's number."""


def check(
    number: str | Exercise,
    answer: Any,
    *,
    hint: int = 1,
    hidden: bool = False,
    secret: str | None = None,
    grading: bool | None = None,
) -> CheckReport:
    """Compare an answer with the exercise's solution on random inputs, and explain a difference.

    `number` is "3.2", or an `Exercise` of your own; `answer` is the function (or class) itself.
    `hint=2` also shows the second hint.  With `hidden` the inputs stem from the exercise's number
    and a secret (`secret`, or the environment variable AUTODIFF_SECRET).  In grading mode
    (`grading=True`, or AUTODIFF_GRADING=1) an answer that does not pass raises `CheckFailed`, an
    AssertionError with the report as its message.  An unknown number raises `UnknownExerciseError`.

    >>> from autodiff.course.exercise import Exercise, Misconception
    >>> square = Exercise(
    ...     "1.1", "Slope of a square", "d(x*x)/dx", lambda x: 2 * x, lambda rng: [(3.0,)],
    ...     hints=("How fast does x*x grow?", "Both factors move."),
    ...     misconceptions=(Misconception("one factor", lambda x: x, "How often is x in x*x?"),),
    ... )
    >>> check(square, lambda x: x)
    Exercise 1.1, Slope of a square: not yet; your result is 3, where 6 is expected.
      input     x = 3
      expected  6
      got       3
      error     relative 5.0e-01
      question  How often is x in x*x?
      more      a second hint: ad.course.check("1.1", ..., hint=2)
    >>> check(square, lambda x: x + x)
    Exercise 1.1, Slope of a square: public checks passed.
    """
    __tracebackhide__ = True
    exercise = number if isinstance(number, Exercise) else exercises[number]
    if hint not in (1, 2):
        raise ValueError(f"there are two hints, hint=1 and hint=2, but got hint={hint!r}.")
    secret = os.environ.get(SECRET, "") if secret is None else secret
    grading = os.environ.get(GRADING, "") not in ("", "0") if grading is None else grading
    with _unheard() if grading else nullcontext():
        report = compare(exercise, answer, inputs_of(exercise, secret if hidden else None))
    report.hidden = hidden
    if report.passed:
        report.finding = f"{'hidden' if hidden else 'public'} checks passed"
    else:
        name = getattr(answer, "__name__", "...")
        _add_hints(report, exercise, hint, name if name.isidentifier() else "...")
    if grading and not report.passed:
        raise CheckFailed(report) from None
    return report


def inputs_of(exercise: Exercise, secret: str | None) -> Sequence[Inputs]:
    """The inputs to try: the public ones, or with a secret the hidden ones."""
    return exercise.inputs(np.random.default_rng(seed_of(exercise, secret)))


def seed_of(exercise: Exercise, secret: str | None) -> int:
    """The seed of an exercise's inputs, the same every time; it does not give the secret away."""
    text = exercise.number if secret is None else f"{exercise.number} hidden {secret}"
    return int.from_bytes(hashlib.sha256(text.encode()).digest()[:8], "big")


def compare(exercise: Exercise, answer: Any, inputs: Sequence[Inputs]) -> CheckReport:
    """The comparison itself: what the answer does for each input, as a report without hints."""
    report = CheckReport(exercise.number, exercise.title, inputs=len(inputs))
    if is_empty(answer):
        report.kind, report.finding = "empty", "no answer yet"
        return report
    if not callable(answer):
        report.kind, report.finding = "not a function", "the check needs the function itself"
        report.rows = [
            ("got", f"{shown(answer)}, of type {type(answer).__name__}"),
            ("write", f'ad.course.check("{exercise.number}", f), not f(...)'),
        ]
        return report
    return judge(exercise, inputs, list(tried(exercise, answer, inputs)))


def tried(exercise: Exercise, answer: Answer, inputs: Sequence[Inputs]) -> Iterator[Trial]:
    """The answer on one input after another, up to one for which it does not end."""
    for own in inputs:
        trial = attempt(exercise, answer, own)
        yield trial
        if isinstance(trial.error, OutOfTimeError):
            return


def _add_hints(report: CheckReport, exercise: Exercise, hint: int, name: str) -> None:
    if report.kind == "changed its input" or report.kind == "not a function":
        return  # a hint would be about a result that is right
    named = report.misconception or report.relation
    if not named or hint == 2:
        report.rows.append(("hint", exercise.hints[0]))
        report.hints_used = 1
    if hint == 2:
        report.rows.append(("second hint", exercise.hints[1]))
        report.hints_used = 2
    else:
        report.rows.append(
            ("more", f'a second hint: ad.course.check("{exercise.number}", {name}, hint=2)')
        )


@contextmanager
def _unheard() -> Iterator[None]:
    """Keep warnings away from a grader: nbgrader gives no point where anything is on stderr."""
    with warnings.catch_warnings(), redirect_stderr(io.StringIO()):
        warnings.simplefilter("ignore")
        yield
