"""What is said of an answer, once it is known what it did: the judge of a list of trials.

A trial may have been made here, or in another process (`autodiff.course.grading`); the judge sees
only what it observed.  It looks for a name in this order: a known mistake that does the same for
every input; a relation of wrong and right that holds for every input; a known mistake that
explains the first inputs that differ (two mistakes at once are named one after the other).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from autodiff.course.exercise import Exercise, FormError, Inputs, Misconception
from autodiff.course.judging.differences import Difference, difference, shown
from autodiff.course.judging.forbidding import ForbiddenError
from autodiff.course.judging.raised import explanation
from autodiff.course.judging.relating import Relation
from autodiff.course.judging.relations import Pair, relation, relation_so_far
from autodiff.course.judging.trial import OutOfTimeError, Trial, input_names, quietly
from autodiff.course.report import CheckReport

SIMPLE = (
    *("the sign", "transposed", "a factor 2", "a factor 0.5", "the two exchanged", "turned round"),
)
"""The relations that may join a known mistake, as a second one."""
NEARLY = 1e-4
"""A relative error below this is a matter of precision or of a kink, not of the formula."""


@dataclass(frozen=True, slots=True)
class Try:
    """One input: what the solution does with it, what the answer did, and how they differ."""

    inputs: Inputs
    right: Trial
    trial: Trial
    found: Difference | None

    @property
    def failed(self) -> bool:
        """Whether the answer raised, differs, or changed what it was given."""
        changed = set(self.trial.changed) - set(self.right.changed)
        return bool(self.trial.error or self.found or changed)


def judge(exercise: Exercise, inputs: Sequence[Inputs], trials: Sequence[Trial]) -> CheckReport:
    """The report on an answer, without hints, from one trial for each of the first inputs."""
    report = CheckReport(exercise.number, exercise.title, inputs=len(inputs))
    tries = [_try(exercise, own, trial) for own, trial in zip(inputs, trials)]
    failures = [own for own in tries if own.failed]
    report.failing = len(failures) + len(inputs) - len(tries)
    if tries and all(_says_nothing(own.trial, own.right) for own in tries):
        printed = next((own.trial.printed.strip() for own in tries if own.trial.printed), "")
        if printed:
            first = printed.splitlines()[0][:60]
            report.kind, report.relation = "printed", "printed, not returned"
            report.finding = f"it printed {first!r} and returned None"
            report.rows = [("question", "What does a caller get from a function that only prints?")]
        else:
            report.kind, report.finding = "empty", "no answer yet (it returns nothing)"
    elif failures:
        _explain(report, exercise, failures)
        if report.kind not in ("changed its input", "forbidden", "form", "nearly"):
            _name(report, exercise, tries)
    return report


def _try(exercise: Exercise, inputs: Inputs, trial: Trial) -> Try:
    right = quietly(exercise, exercise.solution, inputs)
    found = None if trial.error else difference(right.seen, trial.seen, exercise.tolerance)
    return Try(inputs, right, trial, found)


def _says_nothing(trial: Trial, right: Trial) -> bool:
    """Whether the answer is a stub: it returns None where something is wanted, or says so."""
    silent = trial.silent and not right.silent and trial.place is None
    return silent or isinstance(trial.error, NotImplementedError)


def _explain(report: CheckReport, exercise: Exercise, failures: Sequence[Try]) -> None:
    """Fill in the finding and the rows for the smallest input that differs."""
    first = failures[0]
    names = input_names(exercise, len(first.inputs))
    given = [_given(name, value) for name, value in zip(names, first.inputs, strict=True)]
    some = f" for {report.failing} of {report.inputs} inputs" if report.inputs > 1 else ""
    error, found = first.trial.error, first.found
    if isinstance(error, OutOfTimeError):
        report.kind, report.finding = "out of time", str(error)
        rows = [("ask", "what makes the loop end, and does that change?")]
    elif isinstance(error, FormError):
        report.kind = "forbidden" if isinstance(error, ForbiddenError) else "form"
        report.relation = (
            "uses what is forbidden"
            if report.kind == "forbidden"
            else "another form than asked for"
        )
        report.finding, rows = str(error), []
    elif error is not None:
        report.kind, report.finding = "raised", f"it raised {type(error).__name__}{some}"
        full = "MemoryError" in type(error).__name__  # NumPy has one too
        report.relation = "takes too much memory" if full else ""
        rows = [("error", f"{type(error).__name__}: {said(error)}")]
    elif found is None:
        changed = ", ".join(first.trial.changed)
        report.kind, report.relation = "changed its input", "changes its input"
        report.finding = f"the result is right, but {changed} is changed"
        rows = [("ask", f"who else may still need {changed}, and would a copy do?")]
    elif all(
        own.found and exercise.tolerance < (own.found.error or 1) < NEARLY for own in failures
    ):
        report.kind, report.relation = "nearly", "nearly right"
        report.finding = f"nearly, but off by a relative {found.error:.1e}{some}"
        rows = [("expected", found.expected), ("got", found.got), ("at", found.where)]
        rows += [("ask", "is a finite difference, single precision or a kink involved?")]
    else:
        report.kind, report.finding = found.kind, f"not yet{some}; {found.sentence}"
        rows = [("expected", found.expected), ("got", found.got)]
        sized = found.error is not None and np.isfinite(found.error)
        rows += [("error", f"relative {found.error:.1e}" if sized else ""), ("at", found.where)]
    place = str(first.trial.place or "")
    told = any(place in text for _, text in rows)  # an error of the engine names the line itself
    rows += [("line", place)] if place and not told else []
    tried = first.trial.during if not isinstance(error, FormError) else ""
    rows += [("in", f"{tried}, which the check tried")] if tried else []
    report.rows = [row for row in (("input", "\n".join(given)), *rows) if row[1]]


def said(error: BaseException) -> str:
    """An error's message; its own `__str__` may be the answer's, and raise."""
    try:
        return str(error)
    except Exception as other:
        return f"(its message raises {type(other).__name__})"


def _given(name: str, value: object) -> str:
    """`name = value`, with the rows of a matrix under each other."""
    return f"{name} = " + shown(value).replace("\n", "\n" + " " * len(f"{name} = "))


def _name(report: CheckReport, exercise: Exercise, tries: Sequence[Try]) -> None:
    """Write the name of the mistake into the report, and the question that belongs to it."""
    known = {
        own.name: [quietly(exercise, own.answer, one.inputs) for one in tries]
        for own in exercise.misconceptions
    }
    whole = _known_everywhere(exercise, tries, known)
    raised = next(own.trial.error for own in tries if own.failed)
    explained = explanation(raised) if raised is not None and report.kind == "raised" else None
    # What the results have in common says nothing of an error that comes before them.
    pairs = _pairs(exercise, tries) if whole is None and explained is None else []
    related = relation(pairs)
    if related is not None and related.whole:
        report.relation = related.name
        report.rows += [("relation", related.words), ("question", related.question)]
        return
    matched, count = (whole, report.inputs) if whole else _known_at_first(exercise, tries, known)
    changed, how = (None, None) if matched else _known_and_changed(exercise, tries, known)
    if changed is not None and how is not None:
        report.misconception, report.relation = changed.name, how.name
        also = how.words.replace("the expected one", "what that gives")
        report.rows += [("question", changed.question), ("and", f"{also}: {how.question}")]
        report.rows += [("look at", changed.look)] if changed.look else []
        return
    if matched is not None:
        report.misconception = matched.name
        report.rows += [("question", matched.question)]
        report.rows += [("look at", matched.look)] if matched.look else []
    else:
        beginning, count = relation_so_far(pairs)
        if explained is not None:
            report.relation, question = explained
            report.rows += [("question", question)]
            return
        if beginning is not None:
            report.relation = beginning.name
            report.rows += [("relation", beginning.words), ("question", beginning.question)]
        elif related is not None:
            report.rows += [("relation", related.words)]
            return
        else:
            return
    if whole is None:
        more = f"this explains {count} of the {report.failing} inputs; the others have more to tell"
        report.rows += [("so far", more)]


def _known_everywhere(
    exercise: Exercise, tries: Sequence[Try], known: Mapping[str, Sequence[Trial]]
) -> Misconception | None:
    """The known mistake that does for every input what the answer did.

    If none does, and parts of the answer are still missing so that it raises for some inputs, those
    decide for which it gave a wrong result or a right one; an error that comes first is told first.
    """
    every = range(len(tries))
    finished = [k for k in every if tries[k].trial.error is None]
    wrong = next(k for k in every if tries[k].failed) in finished
    for places in (every, finished if wrong else ()):
        for own in exercise.misconceptions:
            if places and all(
                known[own.name][k].same(tries[k].trial, exercise.tolerance) for k in places
            ):
                return own
    return None


def _known_at_first(
    exercise: Exercise, tries: Sequence[Try], known: Mapping[str, Sequence[Trial]]
) -> tuple[Misconception | None, int]:
    """The known mistake that explains the most of the first inputs that differ, if it is one alone.

    It explains the first of them and one more at least, it does no harm where the answer is
    right, and no other known mistake explains as many.
    """
    wrong = [k for k, own in enumerate(tries) if own.failed]
    right = [k for k, own in enumerate(tries) if not own.failed]
    counts: dict[str, int] = {}
    for name, trials in known.items():
        fits = [trials[k].same(tries[k].trial, exercise.tolerance) for k in wrong]
        harmless = all(trials[k].same(tries[k].trial, exercise.tolerance) for k in right)
        counts[name] = fits.index(False) if False in fits else len(fits)
        counts[name] = counts[name] if harmless else 0
    most = max(counts.values(), default=0)
    best = [own for own in exercise.misconceptions if counts[own.name] == most]
    words = all(isinstance(own.right.seen, str) for own in tries)
    raised = bool(wrong) and tries[wrong[0]].trial.error is not None
    # A word by chance is rare where most fit, and so is an error of one kind at one place.
    enough = 1 if raised or (words and len(right) > len(wrong)) else 2
    if most < enough or len(best) > 1:
        return None, 0
    return best[0], most


def _known_and_changed(
    exercise: Exercise, tries: Sequence[Try], known: Mapping[str, Sequence[Trial]]
) -> tuple[Misconception | None, Relation | None]:
    """A known mistake of which the results are minus, twice or the transpose: two at once."""
    if any(own.trial.error is not None for own in tries) or len(tries) < 2:
        return None, None
    for own in exercise.misconceptions:
        trials = known[own.name]
        if any(trial.error is not None for trial in trials):
            continue
        pairs = [
            replace(pair, expected=trial.seen)
            for pair, trial in zip(_pairs(exercise, tries), trials, strict=True)
        ]
        found = relation(pairs, by_text=False)
        if found is not None and found.name in SIMPLE:
            return own, found
    return None, None


def _pairs(exercise: Exercise, tries: Sequence[Try]) -> list[Pair]:
    return [
        Pair(
            dict(zip(input_names(exercise, len(own.inputs)), own.inputs, strict=True)),
            own.right.seen,
            own.trial.seen,
        )
        for own in tries
        if own.trial.error is None and own.right.error is None
    ]
