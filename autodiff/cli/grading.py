"""The command `course grade`: notebooks that were handed in, each answer apart."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Sequence
from pathlib import Path

from autodiff.cli.common import UsageError, columns
from autodiff.cli.mistakes import wrapped


def grade(options: argparse.Namespace) -> int:
    """Grade submissions, each answer apart; exit code 1 if one of them did not pass."""
    from autodiff.core.language.display.table import table
    from autodiff.course.graders import gradescope, prairielearn
    from autodiff.course.grading import class_report, secrecy
    from autodiff.course.grading import grade as grading

    if options.report and options.report.suffix not in (".html", ".md"):
        raise UsageError(f"--report {options.report}: a report's name ends in .html or .md.")
    silent = (lambda line: print(line, file=sys.stderr)) if options.json else print
    found = notebooks_in(options.submission)
    if not (options.prairielearn or options.gradescope):  # these are told of an empty upload
        some_of(found, options.submission)
    grades = grading.grade(
        found,
        options.jobs,
        silent,
        secret=secrecy.taken(),
        seconds=options.seconds,
        memory=options.memory * 1_000_000,
    )
    if options.csv:
        with open(options.csv, "w", encoding="utf-8") as file:
            grading.write_csv(grades, file)
    if options.report:
        form = class_report.html if options.report.suffix == ".html" else class_report.markdown
        options.report.write_text(form(grades), encoding="utf-8")
        silent(f"wrote {options.report}")
    if options.gradescope:
        gradescope.write(grades, options.gradescope)
    if options.prairielearn:
        prairielearn.write(grades, options.prairielearn)
    rows = grading.rows(grades)
    if options.json:
        print(json.dumps(rows, indent=1, ensure_ascii=False))
    elif rows:
        shown = ("student", "exercise", "points", "worth", "kind", "mistake")
        lines = [tuple(_word(row[name]) for name in shown) for row in rows]
        print(table(shown, lines, width=columns()))
        for marked in {own.submission: own for own in grades if own.marks}.values():
            look = f"{marked.student}, to be looked at by a person: {marked.marks}"
            print(wrapped(look, columns()))
    return 0 if rows and all(own.public and own.hidden for own in grades) else 1


def _word(value: object) -> str:
    if isinstance(value, bool):
        return "passed" if value else "failed"
    return "" if value is None else str(value)


def notebooks_in(given: Sequence[Path]) -> list[Path]:
    """The notebooks given, and those of the folders given."""
    found = []
    for path in given:
        if not path.exists():
            raise UsageError(f"there is no {path}.")
        found += sorted(path.rglob("*.ipynb")) if path.is_dir() else [path]
    return [path for path in found if ".ipynb_checkpoints" not in path.parts]


def some_of(found: list[Path], given: Sequence[Path]) -> list[Path]:
    """The same, where there are any."""
    if not found:
        raise UsageError(f"there is no notebook in {', '.join(map(str, given))}.")
    return found
