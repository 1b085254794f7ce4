"""Make the notebooks from the sources, and see whether the committed ones are what is made.

A lesson is run once, worked; the student's notebook has the same outputs but for the exercises'
own cells (that this is so for a student's run too is what `verify` shows).  A lesson is not run
again while neither its source nor the library has changed.
"""

from __future__ import annotations

import hashlib
import json
import os
import platform
import tempfile
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path
from typing import Any

from autodiff.course.lessons import forms, outputs
from autodiff.course.lessons.execute import Run, execute
from autodiff.course.lessons.forms import Notebook, role
from autodiff.course.lessons.lesson import PACKAGE, Lesson

Say = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Built:
    """What became of one lesson: "unchanged", "written", "as kept", or what is wrong with it."""

    lesson: Lesson
    word: str
    problems: tuple[str, ...] = ()


def build(
    lessons: Sequence[Lesson],
    *,
    check: bool = False,
    force: bool = False,
    jobs: int | None = None,
    say: Say = print,
) -> list[Built]:
    """Make the student's and the worked notebook of each lesson; with `check` only compare.

    A notebook is written only where it says something else than the one that is there: other
    machines' last digits are no change.
    """
    if not lessons:
        return []
    remembered = _Remembered(lessons[0].folder)
    stale = [own for own in lessons if check or force or not remembered.holds(own, _key(own))]
    runs = {own.name: Run(own.name, forms.worked(own)) for own in stale}
    execute(list(runs.values()), jobs, say)
    found = []
    for own in lessons:
        run = runs.get(own.name)
        if run is None:
            found.append(Built(own, "unchanged"))
        elif run.failure:
            found.append(Built(own, "failed", (run.failure,)))
        else:
            found.append(_keep(own, run.notebook, check))
            if not found[-1].problems:
                remembered.note(own, _key(own))
    if not check:
        remembered.save()
    return found


def _keep(lesson: Lesson, worked: Notebook, check: bool) -> Built:
    outputs.normalise(worked)
    made = {
        lesson.worked: worked,
        lesson.student: outputs.without_answers(worked, forms.student(lesson)),
    }
    problems = []
    word = "as kept"
    for path, notebook in made.items():
        changes = _changes(path, notebook)
        if changes and check:
            where = path.relative_to(lesson.folder.parent)
            problems += [f"{where}: {change}" for change in changes]
        elif changes:
            write(path, notebook)
            word = "written"
    return Built(lesson, "stale" if problems else word, tuple(problems))


def _changes(path: Path, made: Notebook) -> list[str]:
    import nbformat

    if not path.is_file():
        return ["is not there"]
    old = nbformat.read(path, as_version=4)
    same = _of_any_python(old.metadata) == _of_any_python(made.metadata)
    return ([] if same else ["the notebook's metadata differ"]) + outputs.differences(old, made)


def _of_any_python(metadata: Any) -> Any:
    """A notebook's metadata without the version of Python that it ran on."""
    told = {k: v for k, v in metadata.get("language_info", {}).items() if k != "version"}
    return {**metadata, "language_info": told}


def write(path: Path, made: Notebook) -> None:
    """Write a notebook whole or not at all."""
    import nbformat

    nbformat.validate(made)
    text = nbformat.writes(made).rstrip("\n") + "\n"
    path.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.NamedTemporaryFile(
        "w", dir=path.parent, prefix=f".{path.stem}", delete=False, encoding="utf-8"
    ) as file:
        file.write(text)
    os.chmod(file.name, 0o644)
    os.replace(file.name, path)


def verify(lessons: Sequence[Lesson], jobs: int | None = None, say: Say = print) -> list[Built]:
    """Run the student's version in grading mode: it must fail at its exercises, and only there.

    Each check must fail with its first hint and without a frame of the library; the other cells
    must give the outputs that are kept.
    """
    import nbformat

    runs = [Run(f"{own.name} (student)", forms.student(own), keep_going=True) for own in lessons]
    execute(runs, jobs, say)
    found = []
    for own, run in zip(lessons, runs, strict=True):
        problems = [run.failure] if run.failure else list(_of_student(run.notebook))
        if not problems and own.student.is_file():
            outputs.normalise(run.notebook)
            kept = nbformat.read(own.student, as_version=4)
            exercises = frozenset({"answer", "check"})
            problems = outputs.differences(kept, run.notebook, ignore=exercises)
        found.append(
            Built(own, "wrong" if problems else "fails only at its exercises", tuple(problems))
        )
    return found


def _of_student(made: Notebook) -> list[str]:
    from autodiff.course.exercises import exercises

    found = []
    for place, cell in enumerate(made.cells, 1):
        errors = [out for out in cell.get("outputs", ()) if out.output_type == "error"]
        if "raises-exception" in cell.metadata.get("tags", ()):
            continue
        if role(cell) != "check":
            found += [
                f"cell {place} needs an answer: {error.ename}: {error.evalue}" for error in errors
            ]
            continue
        exercise = exercises[cell.metadata["autodiff"]["exercise"]]
        name = f"cell {place}, exercise {exercise.number},"
        if [error.ename for error in errors] != ["CheckFailed"]:
            found.append(f"{name} does not fail as a check does: {[e.ename for e in errors]}")
        elif exercise.hints[0] not in errors[0].evalue:
            found.append(f"{name} does not show its first hint: {errors[0].evalue}")
        elif "Traceback" in "".join(errors[0].traceback):
            found.append(f"{name} shows frames of the library.")
    return found


def _key(lesson: Lesson) -> str:
    """What the outputs hang on: the source, the library, and the versions beneath."""
    key = hashlib.sha256(lesson.text.encode())
    for path in sorted(PACKAGE.rglob("*")):
        if path.suffix in (".py", ".js", ".css", ".html") and "notebooks" not in path.parts:
            key.update(path.read_bytes())
    for name in ("numpy", "matplotlib", "graphviz", "pygraphviz", "scikit-learn", "gymnasium"):
        try:
            key.update(f"{name} {metadata.version(name)}".encode())
        except metadata.PackageNotFoundError:
            key.update(f"{name} missing".encode())
    key.update(platform.python_version().encode())
    return key.hexdigest()


class _Remembered:
    """Which build each lesson's notebooks stem from, in `build/lessons.json` of the checkout."""

    def __init__(self, folder: Path) -> None:
        self.path = folder.parent / "build" / "lessons.json"
        self.known: dict[str, list[str]] = {}
        with suppress(FileNotFoundError, json.JSONDecodeError):
            self.known = json.loads(self.path.read_text(encoding="utf-8"))

    def holds(self, lesson: Lesson, key: str) -> bool:
        """Whether the notebooks that are there were made with this key."""
        return self.known.get(lesson.name) == [key, *_hashes(lesson)]

    def note(self, lesson: Lesson, key: str) -> None:
        """The notebooks that are there were made, or compared, with this key."""
        self.known[lesson.name] = [key, *_hashes(lesson)]

    def save(self) -> None:
        """Keep it for the next build."""
        self.path.parent.mkdir(exist_ok=True)
        self.path.write_text(json.dumps(self.known, indent=1), encoding="utf-8")


def _hashes(lesson: Lesson) -> list[str]:
    paths = (lesson.student, lesson.worked)
    return [hashlib.sha256(p.read_bytes()).hexdigest() if p.is_file() else "" for p in paths]
