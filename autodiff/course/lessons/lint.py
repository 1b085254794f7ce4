"""What would break grading or mislead a reader, found before a student meets it.

A rule is a function that yields problems; `RULES` lists them for a source, a built notebook and a
release (a notebook with nbgrader's marks, as given out or handed in).
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from autodiff.course.lessons import forms
from autodiff.course.lessons.forms import BEGIN, END, Notebook, role
from autodiff.course.lessons.lesson import Lesson, LessonError, all_lessons

LONGEST = 15
"""Lines of a cell that are not blank; a longer one holds two ideas."""
LARGEST = 1_000_000
"""Bytes of a notebook; code-hosting sites do not show much larger ones."""
_PLACES = "home|root|tmp|Users|usr|work|mnt|opt|var|private"
_ABSOLUTE = re.compile(rf"(?<![\w.:/~\\])(?:/(?:{_PLACES})/|[A-Z]:\\)\S+")
_CLOCK = re.compile(
    r"\d[ ]?(?:ns|µs|us|ms|sec|seconds?)\b|\d\.\d+[ ]?s\b|\b\d\d:\d\d:\d\d\b|Wall time"
)
MEANT = {"raises-exception", "warns"}
"""Tags of cells that show an error or a warning on purpose."""


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing to mend: the file, the cell (counted from 1, 0 for the whole), the rule, words."""

    file: str
    cell: int
    rule: str
    words: str

    def __str__(self) -> str:
        place = f"{self.file}, cell {self.cell}" if self.cell else self.file
        return f"{place}: {self.words} [{self.rule}]"

    def data(self) -> dict[str, Any]:
        """The problem as plain data."""
        return asdict(self)


Found = Iterator[tuple[int, str]]
"""The cell and what is wrong with it."""


def _code(made: Notebook) -> Iterator[tuple[int, Any]]:
    for place, cell in enumerate(made.cells, 1):
        if cell.cell_type == "code":
            yield place, cell


def long_cell(made: Notebook) -> Found:
    """A cell has at most 15 lines, blank ones and solutions not counted."""
    for place, cell in _code(made):
        own = forms.without_solution(cell.source) if BEGIN in cell.source else cell.source
        lines = sum(bool(line.strip()) for line in own.splitlines())
        if lines > LONGEST:
            yield place, f"{lines} lines, where {LONGEST} are the most"


def unknown_exercise(made: Notebook) -> Found:
    """A check needs an exercise, an answer before it, and a cell of its own."""
    from autodiff.course.exercises import UnknownExerciseError, exercises

    answered: set[str] = set()
    for place, cell in _code(made):
        own = cell.metadata.get("autodiff", {})
        if role(cell) == "answer":
            answered.add(own["exercise"])
        elif role(cell) == "check":
            try:
                exercises[own["exercise"]]
            except UnknownExerciseError as error:
                yield place, str(error)
            if own["exercise"] not in answered:
                yield place, f"exercise {own['exercise']} has no cell with solution marks before it"
        elif "course.check(" in cell.source and "install" not in cell.metadata.get("tags", ()):
            yield place, "a check stands alone in its cell, else it is not graded"


def checked_twice(made: Notebook) -> Found:
    """An exercise is checked once in a lesson."""
    counts: Counter[str] = Counter()
    for place, cell in _code(made):
        if role(cell) == "check":
            number = cell.metadata["autodiff"]["exercise"]
            counts[number] += 1
            if counts[number] > 1:
                yield place, f"exercise {number} is checked a second time: its grade id is twice"


def absolute_path(made: Notebook) -> Found:
    """Neither text nor outputs name a place on this machine."""
    for place, cell in enumerate(made.cells, 1):
        for text in (cell.source, *_output_texts(cell)):
            found = _ABSOLUTE.search(text)
            if found:
                yield place, f"an absolute path: {found[0]}"


def clock(made: Notebook) -> Found:
    """Kept outputs hold no time: it differs from run to run."""
    for place, cell in enumerate(made.cells, 1):
        for text in _output_texts(cell):
            found = _CLOCK.search(text)
            if found:
                yield place, f'a time in a kept output, {found[0]!r}: tag the cell "volatile"'


def silent_picture(made: Notebook) -> Found:
    """A picture has words that stand for it."""
    for place, cell in enumerate(made.cells, 1):
        for out in cell.get("outputs", ()):
            data = out.get("data", {})
            pictures = [kind for kind in data if kind.startswith("image/")]
            images = re.findall(r"<img[^>]*>", data.get("text/html", ""))
            if any(not out.metadata.get(kind, {}).get("alt") for kind in pictures) or any(
                not re.search(r'\balt="[^"]+"', image) for image in images
            ):
                yield place, 'a picture without words: write `# %% alt="..."` on the cell'
        for image in re.findall(r"!\[\]\(", cell.source if cell.cell_type == "markdown" else ""):
            yield place, f"a picture without words: {image}...)"


def failed(made: Notebook) -> Found:
    """A lesson keeps no error in its outputs."""
    for place, cell in enumerate(made.cells, 1):
        for out in _unmeant(cell):
            if out.output_type == "error":
                yield place, f"an error is kept: {out.ename}"


def warned(made: Notebook) -> Found:
    """A lesson keeps nothing that was written to stderr."""
    for place, cell in enumerate(made.cells, 1):
        for out in _unmeant(cell):
            if out.output_type == "stream" and out.name == "stderr":
                yield place, f"a warning is kept: {out.text.strip().splitlines()[0]}"


def solution_left(made: Notebook) -> Found:
    """A release holds neither solution marks nor hidden tests."""
    for place, cell in enumerate(made.cells, 1):
        for mark in (BEGIN, END, "BEGIN HIDDEN TESTS", "hidden=True"):
            if mark in cell.source:
                yield place, f"{mark!r} is left in a release"


def output_left(made: Notebook) -> Found:
    """A release holds no outputs in its graded and answer cells."""
    for place, cell in _code(made):
        if cell.outputs and "nbgrader" in cell.metadata:
            yield place, "an output is left in a release"


def grade_ids(made: Notebook) -> Found:
    """Each graded cell has an id of its own, the type it was given, and its lock."""
    seen: set[str] = set()
    for place, cell in enumerate(made.cells, 1):
        mark = cell.metadata.get("nbgrader")
        if mark is None:
            continue
        own = mark.get("grade_id", "")
        if not own:
            yield place, "a graded cell without a grade id"
        elif own in seen:
            yield place, f"the grade id {own!r} is there twice: a cell was copied"
        seen.add(own)
        if mark.get("cell_type", cell.cell_type) != cell.cell_type:
            yield place, f"{own!r} was a {mark['cell_type']} cell and is now {cell.cell_type}"


def _missing_ids(made: Notebook, lesson: Lesson) -> Found:
    wanted = [
        cell.metadata["nbgrader"]["grade_id"]
        for cell in forms.nbgrader(lesson).cells
        if "nbgrader" in cell.metadata
    ]
    there = {cell.metadata.get("nbgrader", {}).get("grade_id") for cell in made.cells}
    for own in wanted:
        if own not in there:
            yield 0, f"the grade id {own!r} is missing: a cell was deleted"


def _solved(made: Notebook, lesson: Lesson) -> Found:
    answers = {own.source for own in forms.worked(lesson).cells if role(own) == "answer"}
    for place, cell in _code(made):
        if cell.source in answers:
            yield place, "the lesson's own solution stands here"


SOURCE = (long_cell, unknown_exercise, checked_twice, absolute_path)
BUILT = (absolute_path, clock, silent_picture, failed, warned)
RELEASE = (grade_ids, solution_left, output_left)


def _unmeant(cell: Any) -> list[Any]:
    return [] if MEANT & set(cell.metadata.get("tags", ())) else cell.get("outputs", [])


def _output_texts(cell: Any) -> Iterator[str]:
    for out in cell.get("outputs", ()):
        if out.output_type == "stream":
            yield out.text
        else:
            yield from (t for kind, t in out.get("data", {}).items() if kind == "text/plain")


def _apply(rules: Iterable[Any], made: Notebook, file: str) -> Iterator[Problem]:
    for rule in rules:
        for place, words in rule(made):
            yield Problem(file, place, rule.__name__, words)


def lint(lessons: Sequence[Lesson] | None = None) -> list[Problem]:
    """Problems of the lessons' sources and of their built notebooks."""
    import nbformat

    found: list[Problem] = []
    whole = lessons is None
    lessons = all_lessons() if lessons is None else lessons
    for own in lessons:
        try:
            found += _apply(SOURCE, forms.read(own), own.source.name)
        except LessonError as error:
            found.append(Problem(own.source.name, 0, "source", str(error)))
            continue
        if own.minutes is None or not own.title:
            found.append(Problem(own.source.name, 0, "head", "no title, or no `Time: N minutes`"))
        for path in (own.student, own.worked):
            name = str(path.relative_to(own.folder))
            if not path.is_file():
                found.append(Problem(name, 0, "built", "is not built"))
                continue
            found += _apply(BUILT, nbformat.read(path, as_version=4), name)
            if path.stat().st_size > LARGEST:
                found.append(Problem(name, 0, "size", f"{path.stat().st_size / 1e6:.1f} MB"))
    return found + (list(_unused(lessons)) if whole else [])


def _unused(lessons: Iterable[Lesson]) -> Iterator[Problem]:
    from autodiff.course.exercises import exercises

    used = {number for own in lessons for number in own.exercises}
    for own in exercises:
        if own.number not in used:
            file = f"exercises/lesson_{own.lesson}"
            yield Problem(file, 0, "unused", f"no lesson uses exercise {own.number}")


def lint_release(paths: Iterable[Path]) -> list[Problem]:
    """Problems of notebooks that are given out or were handed in, with nbgrader's marks."""
    import nbformat

    from autodiff.course.lessons.suspicion import marks

    known = {own.name: own for own in all_lessons()}
    found: list[Problem] = []
    for path in paths:
        try:
            made = nbformat.read(path, as_version=4)
        except Exception as error:  # whatever nbformat meets in a file that somebody handed in
            found.append(Problem(str(path), 0, "file", f"is no notebook: {error}"))
            continue
        found += _apply(RELEASE, made, str(path))
        marked = any("nbgrader" in cell.metadata for cell in made.cells)
        if not marked:
            words = "no cell has nbgrader's marks: it does not come from a release. "
            found.append(
                Problem(str(path), 0, "unmarked", words + "`autodiff course grade` needs none")
            )
        for place, words in marks(made, known.get(path.stem)):
            found.append(Problem(str(path), place, "suspicion", words))
        if path.stem in known:
            for rule in (_missing_ids, _solved) if marked else (_solved,):
                name = rule.__name__.strip("_")
                own = rule(made, known[path.stem])
                found += [Problem(str(path), place, name, words) for place, words in own]
    return found
