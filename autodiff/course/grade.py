"""Grade notebooks that were handed in: run each, and read what its checks and hidden checks say.

No metadata is needed: the checks are library calls, found in the cells wherever they were moved.
"""

from __future__ import annotations

import csv
import json
import os
import tempfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from typing import IO, Any

from autodiff.course.execute import Run, execute
from autodiff.course.forms import Notebook
from autodiff.course.lessons import all_lessons, checks_in

NOT_RUN = "not run"
"""The kind of an exercise whose check never answered: a cell is gone, or is no Python."""


@dataclass(frozen=True, slots=True)
class Grade:
    """What one submission has for one exercise; `hidden` is None where it was not run."""

    submission: str
    exercise: str
    public: bool
    hidden: bool | None
    kind: str
    misconception: str
    hints: int


def grade(
    paths: Sequence[Path], jobs: int | None = None, say: Callable[[str], None] = print
) -> list[Grade]:
    """Run the notebooks with a hidden check for each public one, and collect the reports.

    A secret in AUTODIFF_SECRET makes the hidden inputs the instructor's own.
    """
    import nbformat

    with tempfile.TemporaryDirectory(prefix="grades-") as folder:
        runs, wanted = [], []
        lessons = {own.name: own.exercises for own in all_lessons()}
        for k, path in enumerate(paths):
            made = nbformat.read(path, as_version=4)
            log = os.path.join(folder, str(k))
            wanted.append(list(dict.fromkeys([*lessons.get(path.stem, ()), *_checks(made)])))
            runs.append(Run(str(path), _with_hidden(made), keep_going=True, hear=log))
        execute(runs, jobs, say)
        return [own for run, numbers in zip(runs, wanted) for own in _grades(run, numbers)]


def _checks(made: Notebook) -> dict[str, str]:
    """The exercises that a notebook checks, with the names of the answers."""
    found: dict[str, str] = {}
    for cell in made.cells:
        if cell.cell_type == "code":
            found |= checks_in(cell.source)
    return found


def _with_hidden(made: Notebook) -> Notebook:
    import nbformat

    found = _checks(made)
    for cell in made.cells:
        if cell.cell_type == "code":
            cell.outputs, cell.execution_count = [], None
    for number, answer in found.items():
        source = f'ad.course.check("{number}", {answer}, hidden=True, grading=False)'
        made.cells.append(nbformat.v4.new_code_cell(f"import autodiff as ad\n{source}"))
    return made


def _grades(run: Run, wanted: Sequence[str]) -> Iterator[Grade]:
    reports: list[dict[str, Any]] = []
    if os.path.exists(run.hear):
        with open(run.hear, encoding="utf-8") as log:
            reports = [json.loads(line) for line in log]
    for number in dict.fromkeys([*wanted, *(own["exercise"] for own in reports)]):
        own = [report for report in reports if report["exercise"] == number]
        if not own:
            yield Grade(run.name, number, False, None, NOT_RUN, "", 0)
            continue
        public = [report for report in own if not report["hidden"]] or own
        hidden = [report for report in own if report["hidden"]]
        yield Grade(
            run.name,
            number,
            public[-1]["passed"],
            hidden[-1]["passed"] if hidden else None,
            public[-1]["kind"],
            public[-1]["misconception"],
            max(report["hints used"] for report in public),
        )


def write_csv(grades: Sequence[Grade], file: IO[str]) -> None:
    """The grades as comma-separated values, a line per exercise of a submission."""
    names = [own.name for own in fields(Grade)]
    writer = csv.DictWriter(file, names, lineterminator="\n")
    writer.writeheader()
    writer.writerows(map(asdict, grades))
