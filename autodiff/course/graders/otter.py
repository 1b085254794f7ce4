"""The lessons for otter-grader: a master notebook each, from which `otter assign` makes the rest.

The idea: the check stays a library call, so otter's tests are one line each, `grading=True`, and
what a student reads of a failed one is the report with its question.  Answers, visible and hidden
tests stand between otter's raw cells (format: otter-grader's documentation, "Otter Assign Format").
Otter runs them in the student's own process, as nbgrader does; `autodiff course grade` does not.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from autodiff.course.graders.release import secret_of, tool
from autodiff.course.lessons import forms
from autodiff.course.lessons.build import write
from autodiff.course.lessons.forms import BEGIN, END, Notebook, key_of, role
from autodiff.course.lessons.lesson import Lesson

CONFIGURATION = """\
# ASSIGNMENT CONFIG
name: {name}
requirements: [{requires}]
export_cell: false
check_all_cell: false
generate: true
run_tests: true"""
REQUIRES = '"autodiff-toolkit[course]"'


def master(lesson: Lesson, secret: str = "", requires: str = REQUIRES) -> Notebook:
    """The lesson as otter's master notebook, solved; hidden inputs are derived from the secret."""
    import nbformat

    made = forms.read(lesson)
    raw = nbformat.v4.new_raw_cell
    cells: list[Any] = [raw(CONFIGURATION.format(name=lesson.name, requires=requires))]
    for cell in made.cells:
        number = cell.metadata.get("autodiff", {}).get("exercise", "")
        if role(cell) == "answer":
            for mark in (BEGIN, END):
                cell.source = cell.source.replace(mark, mark.removeprefix("##"))
            name = f"q{number.replace('.', '_')}"
            cells += [raw(f"# BEGIN QUESTION\nname: {name}"), raw("# BEGIN SOLUTION")]
            cells += [cell, raw("# END SOLUTION")]
        elif role(cell) == "check":
            call = f'ad.course.check("{number}", {cell.metadata["autodiff"]["answer"]}, '
            key = key_of(number, secret)
            points = cell.metadata.get("points", 1)
            tests = (f"{call}grading=True)", f'{call}hidden=True, secret="{key}", grading=True)')
            cells.append(raw("# BEGIN TESTS"))
            for text, hidden in zip(tests, (False, True), strict=True):
                about = f"points: {points}\nhidden: {str(hidden).lower()}"
                cells.append(nbformat.v4.new_code_cell(f"{_config(about)}\nassert {text}.passed"))
            cells += [raw("# END TESTS"), raw("# END QUESTION")]
        else:
            cells.append(cell)
    made.cells = cells
    return made


def _config(about: str) -> str:
    return f'""" # BEGIN TEST CONFIG\n{about}\n""" # END TEST CONFIG'


def build(
    lessons: Sequence[Lesson],
    out: Path,
    say: Callable[[str], None] = print,
    secret: str | None = None,
) -> list[Path]:
    """Write `out/source/NAME.ipynb`, and with otter `out/NAME/student` and `out/NAME/autograder`.

    Returns the notebooks to give to students.  The secret is the environment's or is kept in
    `out/secret`, as for nbgrader.
    """
    secret = secret or secret_of(out)
    made = []
    for own in lessons:
        if not own.exercises:
            continue
        source = out / "source" / f"{own.name}.ipynb"
        write(source, master(own, secret))
        if find_spec("otter"):
            assign(source, out / own.name)
            made.append(out / own.name / "student" / source.name)
            say(f"wrote {made[-1]}")
    if not find_spec("otter"):
        say(f"wrote {out}/source. With otter-grader installed: otter assign source/NAME.ipynb NAME")
    return made


def assign(source: Path, out: Path) -> None:
    """Let otter make the student's notebook and the autograder, and try the solution."""
    otter("assign", "--no-pdfs", str(source.resolve()), str(out.resolve()), folder=source.parent)


def otter(*command: str, folder: Path) -> str:
    """Run otter in a folder and return what it said."""
    return tool("otter", *command, folder=folder)
