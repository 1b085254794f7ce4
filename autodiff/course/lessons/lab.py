"""JupyterLab on a student's own copy of the lessons, so that the originals stay as they are."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Sequence
from importlib.util import find_spec
from pathlib import Path

from autodiff.course.lessons.environment import of_kernels
from autodiff.course.lessons.lesson import Lesson, LessonError, all_lessons


def copy_lessons(folder: Path) -> tuple[int, int]:
    """Copy the lessons that are not in `folder` yet; how many were copied, and how many kept.

    The copies are trusted, since they are this package's own: their players play before a cell is
    run.
    """
    folder.mkdir(parents=True, exist_ok=True)
    fresh = []
    lessons = all_lessons()
    for own in lessons:
        target = folder / own.student.name
        if not target.exists():
            target.write_bytes(student_notebook(own))
            fresh.append(target)
    for notes in lessons[0].folder.glob("*.md") if lessons else ():
        if not (folder / notes.name).exists():
            shutil.copyfile(notes, folder / notes.name)  # the table of signs and words, for one
    if fresh and find_spec("nbformat"):
        import nbformat
        from nbformat.sign import NotebookNotary

        notary = NotebookNotary()
        for path in fresh:
            notary.sign(nbformat.read(path, as_version=4))
        notary.store.close()
    return len(fresh), len(lessons) - len(fresh)


def student_notebook(lesson: Lesson) -> bytes:
    """The notebook of a lesson: as it was built, or made from the source, without outputs.

    An installed package brings the sources alone, since outputs are ten times as large.
    """
    if lesson.student.is_file():
        return lesson.student.read_bytes()
    import nbformat

    from autodiff.course.lessons import forms

    return (nbformat.writes(forms.student(lesson)).rstrip("\n") + "\n").encode()


def command(folder: Path, options: Sequence[str] = ()) -> list[str]:
    """The command that opens JupyterLab on a folder; raises where it is not installed."""
    if find_spec("jupyterlab") is None:
        raise LessonError("JupyterLab is not installed: pip install 'autodiff-toolkit[course]'")
    made = [sys.executable, "-m", "jupyterlab", f"--notebook-dir={folder}", *options]
    if hasattr(os, "geteuid") and os.geteuid() == 0:
        made.append("--allow-root")  # a container; it listens on this machine alone
    return made


def become(command: Sequence[str]) -> int:
    """Run the command in this process's place, so that whoever ends this ends JupyterLab.

    Its kernels compute with one thread each, where nothing else is set, and draw in the notebook.
    """
    environment = of_kernels(os.environ)
    sys.stdout.flush()
    if os.name == "posix":
        os.execve(command[0], command, environment)
    return subprocess.call(command, env=environment)
