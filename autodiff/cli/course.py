"""Commands of the course: new, lab; course list, build, test, lint, grade."""

from __future__ import annotations

import argparse
import json
import os
import secrets
from collections.abc import Iterable, Sequence
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

from autodiff.cli.common import Commands, UsageError, columns, command
from autodiff.cli.grading import grade, notebooks_in, some_of
from autodiff.cli.mistakes import positive, wrapped

if TYPE_CHECKING:
    from autodiff.course.lessons.build import Built
    from autodiff.course.lessons.lesson import Lesson
    from autodiff.course.lessons.lint import Problem


GRADERS = ("nbgrader", "otter", "prairielearn")
"""The graders for which a course is built: each in a folder, with a secret of its own."""


def add(commands: Commands) -> None:
    """The grammar of these commands."""
    one = command(commands, "new", new, "copy a lesson into this folder")
    one.add_argument("lesson", help='"03", "3" or its name')
    one = command(commands, "lab", lab, "open JupyterLab on your own copy of the lessons")
    one.add_argument("--folder", type=Path, default=Path("my-lessons"), help="where the copy is")
    one.add_argument("jupyter", nargs="*", help="options for JupyterLab, after --")
    text = "the lessons: list, build, test, lint, grade"
    course = commands.add_parser("course", help=text, description=text)
    parts = course.add_subparsers(dest="part", metavar="PART")
    course.set_defaults(run=lambda _: course.print_help() or 2)
    one = command(parts, "list", listing, "the lessons with their minutes and exercises")
    one.add_argument("--json", action="store_true", help="for a program")
    one = command(parts, "build", build, "make the notebooks from notebooks/src")
    one.add_argument("lesson", nargs="*", help="all by default")
    one.add_argument(
        "--to",
        metavar="FORM",
        choices=("plain", *GRADERS, "gradescope", "web", "html", "slides"),
        default="plain",
        help="notebooks (plain), a course for nbgrader, otter or prairielearn, gradescope's "
        "autograder, pages in which the lessons run (web), pages to read or print (html), slides",
    )
    one.add_argument("--out", type=Path, help="where the course or site goes (build/...)")
    one.add_argument(
        "--runtime",
        choices=("local", "cdn"),
        default="local",
        help="web: copy Pyodide into the site, or load it from its CDN",
    )
    one.add_argument("--check", action="store_true", help="write nothing; exit code 1 if stale")
    one.add_argument("--force", action="store_true", help="run unchanged lessons too")
    one.add_argument("--jobs", type=positive(int), help="notebooks to run at once")
    one = command(
        parts, "test", test, "run the student's versions: they must fail only at the exercises"
    )
    one.add_argument("lesson", nargs="*", help="all by default")
    one.add_argument("--jobs", type=positive(int), help="notebooks to run at once")
    one = command(parts, "lint", lint, "what would break grading or mislead a reader")
    one.add_argument(
        "release", nargs="*", type=Path, help="notebooks or folders given out or handed in"
    )
    one.add_argument("--json", action="store_true", help="for a program")
    one = command(parts, "grade", grade, "grade notebooks that were handed in, each answer apart")
    one.add_argument("submission", nargs="+", type=Path, help="notebooks, or folders of them")
    one.add_argument("--csv", type=Path, help="also write the grades to this file")
    one.add_argument("--report", type=Path, help="a class report: .html, or .md")
    one.add_argument("--gradescope", type=Path, help="also write Gradescope's results.json")
    one.add_argument("--prairielearn", type=Path, help="also write PrairieLearn's results.json")
    one.add_argument("--json", action="store_true", help="for a program")
    one.add_argument("--jobs", type=positive(int), help="answers to try at once")
    one.add_argument(
        "--seconds", type=positive(float), default=60, help="what an answer may take (60)"
    )
    one.add_argument(
        "--memory", type=positive(int), default=4000, help="megabytes that it may take (4000)"
    )


def new(options: argparse.Namespace) -> int:
    """Copy a lesson into the current folder; nothing is overwritten."""
    from autodiff.course.lessons.lab import student_notebook
    from autodiff.course.lessons.lesson import find

    lesson = find(options.lesson)
    target = Path.cwd() / lesson.student.name
    try:
        with open(target, "xb") as file:
            file.write(student_notebook(lesson))
    except FileExistsError:
        raise UsageError(
            f"{target.name} is here already and stays as it is; move it, or go to another folder."
        ) from None
    print(f"wrote {target.name}")
    if find_spec("jupyterlab") is None:
        print("JupyterLab is not installed: pip install 'autodiff-toolkit[course]'")
    print(f"open it with: jupyter lab {target.name}")
    return 0


def lab(options: argparse.Namespace) -> int:
    """Open JupyterLab on copies of the lessons; a lesson that is there already stays as it is."""
    from autodiff.course.lessons import lab as laboratory

    starting = laboratory.command(options.folder, options.jupyter)
    fresh, kept = laboratory.copy_lessons(options.folder)
    where = options.folder.resolve()
    print(f"your lessons are in {where}: {fresh} new, {kept} kept as they are")
    return laboratory.become(starting)


def listing(options: argparse.Namespace) -> int:
    """Print the lessons as a table."""
    from autodiff.core.language.display.table import table
    from autodiff.course.lessons.lesson import all_lessons

    if options.json:
        names = ("name", "title", "minutes", "exercises")
        print(json.dumps([{n: getattr(own, n) for n in names} for own in all_lessons()], indent=1))
        return 0
    rows = [
        (own.number, own.title, str(own.minutes or ""), " ".join(own.exercises))
        for own in all_lessons()
    ]
    print(table(("lesson", "title", "minutes", "exercises"), rows, width=columns()))
    return 0


def build(options: argparse.Namespace) -> int:
    """Make or compare the notebooks, or make a course for another grader, pages or slides."""
    from autodiff.course.lessons import build as making
    from autodiff.course.lessons.lesson import is_checkout

    if options.to in GRADERS:
        return _for_grader(options)
    if options.to == "web":
        from autodiff.course.web import runtime, site

        files = runtime.fetch(Path("build/runtime")) if options.runtime == "local" else None
        site.build(_chosen(options.lesson), options.out or Path("build/site"), files)
        return 0
    if options.to == "gradescope":
        from autodiff.course.graders.gradescope import autograder

        out = options.out or Path("build/autograder.zip")
        out.parent.mkdir(parents=True, exist_ok=True)
        out.write_bytes(autograder(_secret()))
        print(f"wrote {out}: upload it as the assignment's autograder")
        return 0
    if options.to in ("html", "slides"):
        return _pages(options)
    if not is_checkout():
        raise UsageError("an installed package is not rebuilt: run this in a checkout.")
    return _tell(
        making.build(
            _chosen(options.lesson), check=options.check, force=options.force, jobs=options.jobs
        )
    )


def _for_grader(options: argparse.Namespace) -> int:
    """A course for another grader."""
    from autodiff.course.graders import otter, prairielearn, release
    from autodiff.course.lessons.lint import lint_release

    lessons, out = _chosen(options.lesson), options.out or Path("build") / options.to
    if options.to == "nbgrader":
        return _problems(lint_release(release.release(lessons, out)))
    (otter if options.to == "otter" else prairielearn).build(lessons, out)
    return 0


def _pages(options: argparse.Namespace) -> int:
    """The worked lessons as pages, with the outputs that are kept."""
    import nbformat

    from autodiff.course.pages.slides import page

    out = options.out or Path("build") / options.to
    out.mkdir(parents=True, exist_ok=True)
    for lesson in _chosen(options.lesson):
        if not lesson.worked.is_file():
            raise UsageError(f"{lesson.name} is not built yet: autodiff course build")
        target = out / f"{lesson.name}.html"
        target.write_text(
            page(nbformat.read(lesson.worked, as_version=4), options.to), encoding="utf-8"
        )
        print(f"wrote {target}")
    return 0


def _secret() -> str:
    """The secret of the environment, or a new one."""
    from autodiff.course.checking import SECRET

    return os.environ.get(SECRET) or secrets.token_hex(16)


def test(options: argparse.Namespace) -> int:
    """Run the student's versions."""
    from autodiff.course.lessons import build as making

    return _tell(making.verify(_chosen(options.lesson), options.jobs))


def lint(options: argparse.Namespace) -> int:
    """Print what is to mend in the sources and notebooks, or in a release."""
    from autodiff.course.lessons import lint as linting

    given = options.release
    found = linting.lint_release(some_of(notebooks_in(given), given)) if given else linting.lint()
    return _problems(found, options.json)


def _problems(found: Sequence[Problem], as_json: bool = False) -> int:
    if as_json:
        print(json.dumps([own.data() for own in found], indent=1, ensure_ascii=False))
    else:
        for own in found:
            print(wrapped(str(own), columns()))
        number = "1 problem" if len(found) == 1 else f"{len(found)} problems"
        print(number if found else "nothing to mend")
    return 1 if found else 0


def _chosen(names: Sequence[str]) -> list[Lesson]:
    from autodiff.course.lessons.lesson import all_lessons, find

    return [find(name) for name in names] or all_lessons()


def _tell(found: Iterable[Built]) -> int:
    wrong = 0
    for own in found:
        print(f"{own.lesson.name}: {own.word}")
        wrong += bool(own.problems)
        for problem in own.problems:
            print("  " + problem.replace("\n", "\n  "))
    return 1 if wrong else 0
