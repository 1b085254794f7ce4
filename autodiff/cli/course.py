"""Commands of the course: new copies a lesson; course list, build, test, lint, grade."""

from __future__ import annotations

import argparse
import shutil
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from autodiff.cli.common import Commands, UsageError, command

if TYPE_CHECKING:
    from autodiff.course.build import Built
    from autodiff.course.lessons import Lesson


def add(commands: Commands) -> None:
    """The grammar of these commands."""
    one = command(commands, "new", new, "copy a lesson into this folder")
    one.add_argument("lesson", help='"03", "3" or its name')
    text = "the lessons: list, build, test, lint, grade"
    course = commands.add_parser("course", help=text, description=text)
    parts = course.add_subparsers(dest="part", required=True)
    command(parts, "list", listing, "the lessons with their minutes and exercises")
    one = command(parts, "build", build, "make the notebooks from notebooks/src")
    one.add_argument("lesson", nargs="*", help="all by default")
    one.add_argument("--to", choices=("plain", "nbgrader"), default="plain")
    one.add_argument("--out", type=Path, help="where the nbgrader course goes (build/nbgrader)")
    one.add_argument("--check", action="store_true", help="write nothing; exit code 1 if stale")
    one.add_argument("--force", action="store_true", help="run unchanged lessons too")
    one.add_argument("--jobs", type=int, help="notebooks to run at once")
    one = command(
        parts, "test", test, "run the student's versions: they must fail only at the exercises"
    )
    one.add_argument("lesson", nargs="*", help="all by default")
    one.add_argument("--jobs", type=int, help="notebooks to run at once")


def new(options: argparse.Namespace) -> int:
    """Copy a lesson into the current folder; nothing is overwritten."""
    from autodiff.course.lessons import find

    lesson = find(options.lesson)
    target = Path.cwd() / lesson.student.name
    if not lesson.student.is_file():
        raise UsageError(f"{lesson.name} is not built yet: autodiff course build {lesson.number}")
    try:
        with open(target, "xb") as file, open(lesson.student, "rb") as source:
            shutil.copyfileobj(source, file)
    except FileExistsError:
        raise UsageError(
            f"{target.name} is here already and stays as it is; move it, or go to another folder."
        ) from None
    print(f"wrote {target.name}\nopen it with: jupyter lab {target.name}")
    return 0


def listing(options: argparse.Namespace) -> int:
    """Print the lessons as a table."""
    from autodiff.core.program import table
    from autodiff.course.lessons import all_lessons

    rows = [
        (own.number, own.title, str(own.minutes or ""), " ".join(own.exercises))
        for own in all_lessons()
    ]
    print(table(("lesson", "title", "minutes", "exercises"), rows))
    return 0


def build(options: argparse.Namespace) -> int:
    """Make or compare the notebooks."""
    from autodiff.course import build as making

    return _tell(
        making.build(
            _chosen(options.lesson), check=options.check, force=options.force, jobs=options.jobs
        )
    )


def test(options: argparse.Namespace) -> int:
    """Run the student's versions."""
    from autodiff.course import build as making

    return _tell(making.verify(_chosen(options.lesson), options.jobs))


def _chosen(names: Sequence[str]) -> list[Lesson]:
    from autodiff.course.lessons import all_lessons, find

    return [find(name) for name in names] or all_lessons()


def _tell(found: Iterable[Built]) -> int:
    wrong = 0
    for own in found:
        print(f"{own.lesson.name}: {own.word}")
        wrong += bool(own.problems)
        for problem in own.problems:
            print("  " + problem.replace("\n", "\n  "))
    return 1 if wrong else 0
