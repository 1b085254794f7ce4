"""An nbgrader course from the lessons: `source/`, the configuration, and with nbgrader `release/`.

Every exercise has an answer cell, and two graded cells that are made from its number: the visible
check and a hidden one, each with its own points, so that one does not cost the other's.
"""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable, Sequence
from importlib.util import find_spec
from pathlib import Path

from autodiff.course import forms
from autodiff.course.build import write
from autodiff.course.lessons import Lesson, LessonError

CONFIGURATION = '''\
"""nbgrader's settings for this course; made by `autodiff course build --to nbgrader`.

The inputs of the hidden checks hang on a secret: set AUTODIFF_SECRET before `nbgrader autograde`.
"""

c = get_config()  # noqa: F821 - nbgrader defines it
c.CourseDirectory.course_id = "autodiff"
c.ClearSolutions.code_stub = {"python": "# your code here\\n..."}
c.ExecutePreprocessor.timeout = 300
'''


def release(lessons: Sequence[Lesson], out: Path, say: Callable[[str], None] = print) -> list[Path]:
    """Write the course under `out`; return the notebooks to give to students.

    `source/` has a notebook a lesson with nbgrader's marks.  Where nbgrader is installed it makes
    `release/` from it, else the message says how.
    """
    from tqdm import tqdm

    out.mkdir(parents=True, exist_ok=True)
    (out / "nbgrader_config.py").write_text(CONFIGURATION, encoding="utf-8")
    with_exercises = [own for own in lessons if own.exercises]
    for own in with_exercises:
        write(out / "source" / own.name / f"{own.name}.ipynb", forms.nbgrader(own))
    if find_spec("nbgrader") is None:
        say(f"wrote {out}/source. With nbgrader installed, in {out}: nbgrader generate_assignment")
        return []
    made = []
    for own in tqdm(with_exercises, unit="lesson", disable=None, leave=False):
        nbgrader("generate_assignment", own.name, "--create", "--force", folder=out)
        made.append(out / "release" / own.name / f"{own.name}.ipynb")
        say(f"wrote {made[-1]}")
    return made


def nbgrader(*command: str, folder: Path) -> str:
    """Run nbgrader in a course's folder and return what it said."""
    beside = str(Path(sys.executable).parent)  # nbgrader calls `alembic` by its bare name
    ran = subprocess.run(
        [sys.executable, "-W", "ignore", "-m", "nbgrader", *command],
        cwd=folder,
        capture_output=True,
        text=True,
        env=os.environ | {"PATH": os.pathsep.join([beside, os.environ.get("PATH", "")])},
    )
    said = ran.stdout + ran.stderr
    if ran.returncode:
        raise LessonError(f"nbgrader {' '.join(command)} failed:\n{said[-2000:]}")
    return said
