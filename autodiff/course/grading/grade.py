"""Grade notebooks that were handed in: each answer apart, with points, and a line for everything.

No metadata is needed: a lesson is known by its name or by what the notebook says, an answer by the
name that the lesson gives it, wherever its cell was moved.  A submission that is no notebook, that
does not end, or that ends Python has lines like any other, and stops nobody.
"""

from __future__ import annotations

import ast
import csv
import os
import warnings
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass, field, fields
from pathlib import Path
from typing import IO, Any

from autodiff.course.grading.apart import MEMORY, SECONDS, check_apart
from autodiff.course.grading.plain import plain
from autodiff.course.grading.sources import answer_source, broken_cell
from autodiff.course.lessons import forms
from autodiff.course.lessons.forms import Notebook, role
from autodiff.course.lessons.lesson import Lesson, all_lessons, checks_in
from autodiff.course.lessons.suspicion import marks
from autodiff.course.report import CheckReport

NOT_RUN = "not run"
"""The kind of an exercise whose answer is not there: its cell is gone."""
NO_PYTHON = "no Python"
"""The kind of an answer whose cell Python can't read; the mistake says where."""
NO_NOTEBOOK = "no notebook"


@dataclass(frozen=True, slots=True)
class Grade:
    """What one submission has for one exercise.

    `points` of `worth` are the share of the inputs, public and hidden, for which it is right.
    `mistake` is the name of the known mistake, or of the relation of its result to the right one.
    `marks` says what in the notebook reaches for the checker.
    """

    student: str
    submission: str
    exercise: str
    points: float
    worth: float
    public: bool
    hidden: bool
    kind: str
    mistake: str = ""
    hints: int = 0
    marks: str = ""
    question: str = field(default="", repr=False)
    source: str = field(default="", repr=False)


COLUMNS = [own.name for own in fields(Grade) if own.name not in ("question", "source")]
"""What the table has; the class report needs the rest."""


@dataclass(frozen=True, slots=True)
class _Task:
    """One answer of one submission, ready to be tried."""

    student: str
    submission: str
    exercise: str
    answer: str
    source: str
    fallback: tuple[str, ...]
    worth: float
    hints: int
    marks: str


def grade(
    paths: Sequence[Path],
    jobs: int | None = None,
    say: Callable[[str], None] = print,
    *,
    secret: str = "",
    seconds: int = SECONDS,
    memory: int = MEMORY,
) -> list[Grade]:
    """A grade for each exercise of each notebook, in order; nothing that one does stops another."""
    from tqdm import tqdm

    known = all_lessons()
    work: list[_Task | Grade] = [own for path in paths for own in _tasks(path, known)]
    tasks = [own for own in work if isinstance(own, _Task)]
    with ThreadPoolExecutor(jobs or os.cpu_count() or 1) as pool:
        tried = pool.map(lambda own: _graded(own, secret, seconds, memory), tasks)
        done = iter(list(tqdm(tried, total=len(tasks), unit="answer", disable=None, leave=False)))
    grades = [next(done) if isinstance(own, _Task) else own for own in work]
    for path in paths:
        own = [one for one in grades if one.submission == str(path)]
        total, worth = sum(one.points for one in own), sum(one.worth for one in own)
        say(f"{path!s:<50} {total:6.2f} of {worth:g}")
    return grades


def _tasks(path: Path, known: Sequence[Lesson]) -> Iterator[_Task | Grade]:
    import nbformat

    try:
        with warnings.catch_warnings():  # about ids that are missing or twice: no answer needs them
            warnings.simplefilter("ignore")
            made = nbformat.read(path, as_version=4)
        cells = [cell.source for cell in made.cells if cell.cell_type == "code"]
    except Exception as error:  # whatever nbformat meets in a file that somebody handed in
        student = student_of(path, None)
        yield Grade(
            student, str(path), "", 0.0, 0.0, False, False, NO_NOTEBOOK, marks=str(error)[:80]
        )
        return
    lesson = _lesson_of(path, made, known)
    wanted = _wanted(made, lesson, whole=lesson is not None and lesson.name in path.stem)
    student = student_of(path, lesson)
    marked = "; ".join(f"cell {place} {words}" for place, words in marks(made, lesson))
    for number, (answer, worth) in wanted.items():
        source = answer_source(cells, answer) if answer else ""
        yield _Task(
            student, str(path), number, answer, source, tuple(map(plain, cells)), worth,
            _hints(cells, number), marked,
        )  # fmt: skip


def _lesson_of(path: Path, made: Notebook, known: Sequence[Lesson]) -> Lesson | None:
    number = made.metadata.get("autodiff", {}).get("lesson", "")
    for own in known:
        if own.name == path.stem or own.name in path.stem:
            return own
    return next((own for own in known if own.number == number), None)


def _wanted(made: Notebook, lesson: Lesson | None, *, whole: bool) -> dict[str, tuple[str, float]]:
    """The exercises, each with the name of its answer and its points.

    Of a lesson that is handed in `whole` they are all its exercises, else those that are checked.
    """
    found: dict[str, tuple[str, float]] = {}
    checked: set[str] = set()
    if lesson is not None:
        for cell in forms.read(lesson).cells:
            if role(cell) == "check":
                own = cell.metadata["autodiff"]
                found[own["exercise"]] = (own["answer"], float(cell.metadata.get("points", 1)))
    for cell in made.cells:
        if cell.cell_type == "code":
            for number, answer in checks_in(cell.source):
                found.setdefault(number, (answer, 1.0))
                checked.add(number)
    return found if whole else {number: own for number, own in found.items() if number in checked}


def student_of(path: Path, lesson: Lesson | None) -> str:
    """Who handed in: the folder in nbgrader's order, or what stands beside the lesson's name.

    >>> student_of(Path("submitted/ada/03_forward/03_forward.ipynb"), None)
    'ada'
    >>> student_of(Path("all/ada_03_forward.ipynb"), Lesson("03_forward", Path()))
    'ada'
    """
    parts = path.parts
    if len(parts) > 2 and parts[-2] == path.stem:
        return parts[-3]
    if lesson is not None and lesson.name in path.stem and path.stem != lesson.name:
        return path.stem.replace(lesson.name, "").strip(" _-.")
    if len(parts) > 1 and (lesson is None or path.stem == lesson.name):
        return parts[-2]
    return path.stem


def _hints(cells: Sequence[str], number: str) -> int:
    """2 where a check of the exercise asks for the second hint."""
    for cell in cells:
        try:
            calls = [own for own in ast.walk(ast.parse(cell)) if isinstance(own, ast.Call)]
        except (SyntaxError, ValueError, RecursionError, MemoryError):
            continue
        for own in calls:
            told = [ast.unparse(part) for part in (*own.args, *(k.value for k in own.keywords))]
            if "check" in ast.unparse(own.func) and told and number in told[0] and "2" in told[1:]:
                return 2
    return 0


def _graded(task: _Task, secret: str, seconds: int, memory: int) -> Grade:
    common = (task.student, task.submission, task.exercise)
    if not task.source:
        cell, wrong = broken_cell(task.fallback, task.answer)
        kind = NO_PYTHON if cell else NOT_RUN
        return Grade(
            *common, 0.0, task.worth, False, False, kind, wrong, task.hints, task.marks, source=cell
        )
    reports = check_apart(
        task.exercise,
        task.source,
        task.answer,
        secret=secret,
        fallback=task.fallback,
        seconds=seconds,
        memory=memory,
    )
    public, hidden = reports["public"], reports["hidden"]
    told = public if not public.passed else hidden
    return Grade(
        *common,
        round(task.worth * _share([public, hidden]), 2),
        task.worth,
        public.passed,
        hidden.passed,
        told.kind,
        told.misconception or told.relation,
        task.hints,
        task.marks,
        next((text for label, text in told.rows if label in ("question", "ask")), ""),
        task.source,
    )


def _share(reports: Sequence[CheckReport]) -> float:
    """The share of all inputs for which the answer is right."""
    tried = sum(own.inputs for own in reports)
    return sum(0 if _nothing(own) else own.inputs - own.failing for own in reports) / max(tried, 1)


def _nothing(own: CheckReport) -> bool:
    return own.kind in ("empty", "printed", "not a function", NOT_RUN, NO_PYTHON)


def rows(grades: Sequence[Grade]) -> list[dict[str, Any]]:
    """The grades as rows of the table."""
    return [{name: asdict(own)[name] for name in COLUMNS} for own in grades]


def write_csv(grades: Sequence[Grade], file: IO[str]) -> None:
    """The grades as comma-separated values, a line per exercise of a submission."""
    writer = csv.DictWriter(file, COLUMNS, lineterminator="\n")
    writer.writeheader()
    writer.writerows({k: _harmless(v) for k, v in row.items()} for row in rows(grades))


def _harmless(value: Any) -> Any:
    """A text that no spreadsheet takes for a formula."""
    return f"'{value}" if isinstance(value, str) and value[:1] in "=+-@\t" and value else value
