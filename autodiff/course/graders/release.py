"""An nbgrader course from the lessons: `source/`, the configuration, and with nbgrader `release/`.

Every exercise has an answer cell, and two graded cells that are made from its number: the visible
check and a hidden one, each with its own points, so that one does not cost the other's.
"""

from __future__ import annotations

import os
import secrets
import subprocess
import sys
from collections.abc import Callable, Sequence
from importlib.util import find_spec
from pathlib import Path

from autodiff.course.checking import SECRET
from autodiff.course.lessons import forms
from autodiff.course.lessons.build import write
from autodiff.course.lessons.lesson import Lesson, LessonError

CONFIGURATION = '''\
"""nbgrader's settings for this course; made by `autodiff course build --to nbgrader`.

The inputs of the hidden checks hang on a secret.  It was used when `source/` was built, and is in
no environment; `source/` is the instructor's, as the hidden cells say what they try.
"""

import os

for name in ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ.setdefault(name, "1")  # small products on a loaded machine: one thread is faster

c = get_config()  # noqa: F821 - nbgrader defines it
c.CourseDirectory.course_id = "autodiff"
c.ClearSolutions.code_stub = {"python": "# your code here\\n..."}
c.ExecutePreprocessor.timeout = 300
'''


def release(
    lessons: Sequence[Lesson],
    out: Path,
    say: Callable[[str], None] = print,
    secret: str | None = None,
) -> list[Path]:
    """Write the course under `out`; return the notebooks to give to students.

    The hidden inputs are derived from `secret`, or from the environment's AUTODIFF_SECRET, or from
    one that is drawn and kept in `out/secret`, which is the instructor's.

    `source/` has a notebook a lesson with nbgrader's marks.  Where nbgrader is installed it makes
    `release/` from it, else the message says how.
    """
    from tqdm import tqdm

    out.mkdir(parents=True, exist_ok=True)
    (out / "nbgrader_config.py").write_text(CONFIGURATION, encoding="utf-8")
    secret = secret or secret_of(out)
    with_exercises = [own for own in lessons if own.exercises]
    for own in with_exercises:
        write(out / "source" / own.name / f"{own.name}.ipynb", forms.nbgrader(own, secret))
    if find_spec("nbgrader") is None:
        say(f"wrote {out}/source. With nbgrader installed, in {out}: nbgrader generate_assignment")
        return []
    made = []
    for own in tqdm(with_exercises, unit="lesson", disable=None, leave=False):
        nbgrader("generate_assignment", own.name, "--create", "--force", folder=out)
        made.append(out / "release" / own.name / f"{own.name}.ipynb")
        say(f"wrote {made[-1]}")
    return made


def secret_of(out: Path) -> str:
    """The environment's secret, or that of a course's folder; a new one where there is none."""
    path = out / "secret"
    if os.environ.get(SECRET):
        return os.environ[SECRET]
    out.mkdir(parents=True, exist_ok=True)
    if not path.is_file():
        path.touch(mode=0o600)
        path.write_text(secrets.token_hex(16), encoding="utf-8")
    return path.read_text(encoding="utf-8").strip()


def nbgrader(*command: str, folder: Path) -> str:
    """Run nbgrader in a course's folder and return what it said."""
    return tool("nbgrader", *command, folder=folder)


def tool(name: str, *command: str, folder: Path) -> str:
    """Run an installed grader in a folder and return what it said; raises where it fails."""
    beside = str(Path(sys.executable).parent)  # nbgrader calls `alembic` by its bare name
    ran = subprocess.run(
        [sys.executable, "-W", "ignore", "-m", name, *command],
        cwd=folder,
        capture_output=True,
        text=True,
        env=os.environ | {"PATH": os.pathsep.join([beside, os.environ.get("PATH", "")])},
    )
    said = ran.stdout + ran.stderr
    if ran.returncode:
        raise LessonError(f"{name} {' '.join(command)} failed:\n{said[-2000:]}")
    return said
