"""One source, three forms of a lesson: worked, the student's, and nbgrader's.

The forms are notebooks without outputs.  A cell between solution marks is an answer, a cell that
is nothing but `ad.course.check(...)` is a check; both carry the exercise's number in
`metadata.autodiff`.
"""

from __future__ import annotations

import copy
import hashlib
import re
from collections import Counter
from collections.abc import Iterator
from typing import Any

from autodiff.course.lessons.lesson import Lesson, LessonError, checked_exercise

BEGIN = "### BEGIN SOLUTION"
END = "### END SOLUTION"
STUB = ("# your code here", "...")
INSTALL = """\
# On Colab, or where autodiff is not installed yet, uncomment and run:
# %pip install "autodiff-toolkit[course]\""""
KERNEL = {
    "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
    "language_info": {"name": "python"},
}

Notebook = Any
"""An `nbformat.NotebookNode`; nbformat brings no types."""


def read(lesson: Lesson) -> Notebook:
    """The source as a notebook whose cells know their exercise; it is the worked form."""
    import jupytext

    made = jupytext.reads(lesson.text, fmt="py:percent")
    made.metadata = copy.deepcopy(KERNEL) | {"autodiff": {"lesson": lesson.number}}
    made.nbformat, made.nbformat_minor = 4, 5
    _name_exercises(lesson, made)
    _insert_install(made)
    for cell, own in zip(made.cells, _ids(made), strict=True):
        cell.id = own
    return made


def _name_exercises(lesson: Lesson, made: Notebook) -> None:
    """Write into each answer's and each check's metadata which exercise it belongs to."""
    waiting: list[Any] = []
    for cell in made.cells:
        cell.metadata = {k: v for k, v in cell.metadata.items() if k in ("tags", "alt", "points")}
        if cell.cell_type != "code":
            continue
        found = checked_exercise(cell.source)
        if BEGIN in cell.source or END in cell.source:
            if "course.check(" in cell.source:
                raise LessonError(f"{lesson.source.name}: write `# %%` before {_check_of(cell)!r}.")
            without_solution(cell.source)  # raises where the marks do not fit
            cell.metadata["autodiff"] = {"role": "answer"}
            waiting.append(cell)
        elif found:
            cell.metadata["autodiff"] = {"role": "check", "exercise": found[0], "answer": found[1]}
            for answer in waiting:
                answer.metadata["autodiff"]["exercise"] = found[0]
            waiting = []
    if waiting:
        first = waiting[0].source.splitlines()[0]
        raise LessonError(
            f"{lesson.source.name}: no check follows the answer that begins {first!r}."
        )


def _check_of(cell: Any) -> str:
    return next(line.strip() for line in cell.source.splitlines() if "course.check(" in line)


def _insert_install(made: Notebook) -> None:
    import nbformat

    place = next((k for k, c in enumerate(made.cells) if c.cell_type == "code"), len(made.cells))
    cell = nbformat.v4.new_code_cell(INSTALL, metadata={"tags": ["install"]})
    made.cells.insert(place, cell)


def _ids(made: Notebook) -> Iterator[str]:
    """A cell's id hangs on what it says, so that a change elsewhere does not change it."""
    seen: Counter[str] = Counter()
    for cell in made.cells:
        own = hashlib.sha256(f"{cell.cell_type}\n{cell.source}".encode()).hexdigest()[:12]
        seen[own] += 1
        yield own if seen[own] == 1 else f"{own}-{seen[own]}"


def role(cell: Any) -> str:
    """ "answer", "check", or "" for a cell of the lesson itself."""
    return str(cell.metadata.get("autodiff", {}).get("role", ""))


def without_solution(source: str) -> str:
    """A cell's source with the lines between the marks replaced by the stub.

    >>> print(without_solution("### BEGIN SOLUTION\\ny = 2\\n### END SOLUTION\\nz = 1"))
    # your code here
    ...
    z = 1
    """
    lines: list[str] = []
    inside = False
    for line in source.splitlines():
        mark = line.strip()
        if mark == BEGIN:
            if inside:
                raise LessonError(f"two {BEGIN!r} without an end between them.")
            inside = True
            indent = line[: len(line) - len(line.lstrip())]
            lines += [indent + own for own in STUB]
        elif mark == END:
            if not inside:
                raise LessonError(f"{END!r} without a beginning.")
            inside = False
        elif not inside:
            lines.append(line)
    if inside:
        raise LessonError(f"{BEGIN!r} without an end.")
    return "\n".join(lines)


def without_marks(source: str) -> str:
    """A cell's source as a reader of the worked form sees it.

    >>> print(without_marks("### BEGIN SOLUTION\\ny = 2\\n\\n### END SOLUTION"))
    y = 2
    """
    kept = (line for line in source.splitlines() if line.strip() not in (BEGIN, END))
    return "\n".join(kept).rstrip()


def worked(lesson: Lesson) -> Notebook:
    """The lesson with the exercises solved."""
    made = read(lesson)
    for cell in made.cells:
        if role(cell) == "answer":
            cell.source = without_marks(cell.source)
    return made


def student(lesson: Lesson) -> Notebook:
    """The lesson with an empty function for each exercise."""
    made = read(lesson)
    for cell in made.cells:
        if role(cell) == "answer":
            cell.source = without_solution(cell.source)
    return made


def nbgrader(lesson: Lesson, secret: str = "") -> Notebook:
    """The lesson as an nbgrader source: answers, visible and hidden tests with separate points.

    A hidden cell names a key of its own, which is derived from the secret; so no secret is in the
    environment of a student's code, and no cell gives another's inputs away.
    """
    import nbformat

    made = read(lesson)
    answers: Counter[str] = Counter()
    cells = []
    for cell in made.cells:
        own = cell.metadata.get("autodiff", {})
        number = own.get("exercise", "")
        points = cell.metadata.pop("points", 1)
        if own.get("role") == "answer":
            answers[number] += 1
            more = f"-{answers[number]}" if answers[number] > 1 else ""
            cell.metadata["nbgrader"] = _mark(f"answer-{number}{more}", solution=True)
        cells.append(cell)
        if own.get("role") == "check":
            call = f'ad.course.check("{number}", {own["answer"]}, '
            cell.source = f"print({call}grading=True))"
            cell.metadata["nbgrader"] = _mark(f"check-{number}", points)
            hidden = nbformat.v4.new_code_cell(
                "# Hidden tests stand here; leave this cell as it is.\n### BEGIN HIDDEN TESTS\n"
                f'print({call}hidden=True, secret="{key_of(number, secret)}", grading=True))\n'
                "### END HIDDEN TESTS",
                id=f"{cell.id}-hidden",
            )
            hidden.metadata["nbgrader"] = _mark(f"hidden-{number}", points)
            cells.append(hidden)
    made.cells = cells
    return made


def key_of(number: str, secret: str) -> str:
    """What the hidden inputs of one exercise are derived from."""
    return hashlib.sha256(f"{number} of {secret}".encode()).hexdigest()[:32]


def _mark(grade_id: str, points: float | None = None, *, solution: bool = False) -> dict[str, Any]:
    graded = points is not None
    return {
        "grade": graded,
        "grade_id": re.sub(r"[^\w-]", "-", grade_id),
        "locked": graded,
        "schema_version": 3,
        "solution": solution,
        "task": False,
        "cell_type": "code",
        **({"points": points} if graded else {}),
    }
