"""The check that teaches: what an answer does, compared with the solution and known mistakes."""

from __future__ import annotations

import hashlib
import io
import json
import os
import warnings
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, nullcontext, redirect_stderr
from dataclasses import dataclass
from typing import Any

import numpy as np

from autodiff.course.differences import Difference, difference, shown
from autodiff.course.exercise import Exercise, Inputs, Misconception
from autodiff.course.exercises import exercises
from autodiff.course.report import CheckFailed, CheckReport
from autodiff.course.trial import (
    OutOfTimeError,
    Trial,
    attempt,
    input_names,
    is_empty,
    quietly,
)

GRADING = "AUTODIFF_GRADING"
"""Set to 1, a check that does not pass raises `CheckFailed`."""
SECRET = "AUTODIFF_SECRET"
"""What an instructor's hidden inputs are derived from, together with the exercise's number."""
LOG = "AUTODIFF_CHECK_LOG"
"""A file to which each check appends its report as a line of JSON, for a grader."""
NEARLY = 1e-4
"""A relative error below this is a matter of precision or of a kink, not of the formula."""


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
    _log(report)
    if grading and not report.passed:
        raise CheckFailed(report) from None
    return report


def inputs_of(exercise: Exercise, secret: str | None) -> Sequence[Inputs]:
    """The inputs to try: the public ones, or with a secret the hidden ones.

    Both are the same every time; the seed is derived from the exercise's number (and the secret).
    """
    text = exercise.number if secret is None else f"{exercise.number} hidden {secret}"
    seed = int.from_bytes(hashlib.sha256(text.encode()).digest()[:8], "big")
    return exercise.inputs(np.random.default_rng(seed))


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
    seen: list[Trial] = []
    failures: list[_Failure] = []
    silent = True
    for own in inputs:
        right = quietly(exercise, exercise.solution, own)
        trial = attempt(exercise, answer, own)
        seen.append(trial)
        silent &= _says_nothing(trial, right)
        found = None if trial.error else difference(right.seen, trial.seen, exercise.tolerance)
        if trial.error or found or set(trial.changed) - set(right.changed):
            failures.append(_Failure(own, trial, found))
        if isinstance(trial.error, OutOfTimeError):
            break
    report.failing = len(failures)
    if silent and inputs:
        report.kind, report.finding = "empty", "no answer yet (it returns nothing)"
    elif failures:
        _explain(report, exercise, failures)
        matched = _misconception(exercise, inputs, seen, failures)
        if matched is not None:
            report.misconception = matched.name
            report.rows += [("question", matched.question)]
            report.rows += [("look at", matched.look)] if matched.look else []
    return report


def _says_nothing(trial: Trial, right: Trial) -> bool:
    """Whether the answer is a stub: it returns None where something is wanted, or says so."""
    silent = trial.silent and not right.silent and trial.place is None
    return silent or isinstance(trial.error, NotImplementedError)


@dataclass(frozen=True, slots=True)
class _Failure:
    """An input for which the answer does not do what the solution does."""

    inputs: Inputs
    trial: Trial
    found: Difference | None


def _explain(report: CheckReport, exercise: Exercise, failures: Sequence[_Failure]) -> None:
    """Fill in the finding and the rows for the smallest input that differs."""
    first = failures[0]
    names = input_names(exercise, len(first.inputs))
    given = [_given(name, value) for name, value in zip(names, first.inputs, strict=True)]
    some = f" for {report.failing} of {report.inputs} inputs" if report.inputs > 1 else ""
    error, found = first.trial.error, first.found
    if isinstance(error, OutOfTimeError):
        report.kind, report.finding = "out of time", str(error)
        rows = [("ask", "what makes the loop end, and does that change?")]
    elif error is not None:
        report.kind, report.finding = "raised", f"it raised {type(error).__name__}{some}"
        rows = [("error", f"{type(error).__name__}: {error}")]
    elif found is None:
        changed = ", ".join(first.trial.changed)
        report.kind = "changed its input"
        report.finding = f"the result is right, but {changed} is changed"
        rows = [("ask", f"who else may still need {changed}, and would a copy do?")]
    elif all(
        own.found and exercise.tolerance < (own.found.error or 1) < NEARLY for own in failures
    ):
        report.kind = "nearly"
        report.finding = f"nearly, but off by a relative {found.error:.1e}{some}"
        rows = [("expected", found.expected), ("got", found.got), ("at", found.where)]
        rows += [("ask", "is a finite difference, single precision or a kink involved?")]
    else:
        report.kind, report.finding = found.kind, f"not yet{some}; {found.sentence}"
        rows = [("expected", found.expected), ("got", found.got)]
        sized = found.error is not None and np.isfinite(found.error)
        rows += [("error", f"relative {found.error:.1e}" if sized else ""), ("at", found.where)]
    place = str(first.trial.place or "")
    said = any(place in text for _, text in rows)  # an error of the engine names the line itself
    rows += [("line", place)] if place and not said else []
    rows += [("in", f"{first.trial.during}, which the check tried")] if first.trial.during else []
    report.rows = [row for row in (("input", "\n".join(given)), *rows) if row[1]]


def _given(name: str, value: Any) -> str:
    """`name = value`, with the rows of a matrix under each other."""
    return f"{name} = " + shown(value).replace("\n", "\n" + " " * len(f"{name} = "))


def _misconception(
    exercise: Exercise,
    inputs: Sequence[Inputs],
    seen: Sequence[Trial],
    failures: Sequence[_Failure],
) -> Misconception | None:
    """The known mistake that does for every input what the answer did.

    If none does, and parts of the answer are still missing so that it raises for some inputs, those
    decide for which it gave a wrong result or a right one.
    """
    tried = list(zip(inputs[: len(seen)], seen, strict=True))
    finished = [(given, trial) for given, trial in tried if trial.error is None]
    wrong = any(own.trial.error is None for own in failures)
    for compared in (tried, finished if wrong else []):
        for own in exercise.misconceptions:
            if compared and all(
                quietly(exercise, own.answer, given).same(trial, exercise.tolerance)
                for given, trial in compared
            ):
                return own
    return None


def _add_hints(report: CheckReport, exercise: Exercise, hint: int, name: str) -> None:
    if not report.misconception or hint == 2:
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


def _log(report: CheckReport) -> None:
    file = os.environ.get(LOG)
    if file:
        with open(file, "a", encoding="utf-8") as log:
            log.write(json.dumps(report.data(), ensure_ascii=False) + "\n")
