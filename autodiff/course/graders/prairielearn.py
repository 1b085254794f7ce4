"""A PrairieLearn question for each lesson: the notebook to download, to upload, and its grader.

PrairieLearn copies a question's `tests/` and the upload into a container, runs the entry point, and
reads `results/results.json`.  The grading is `autodiff course grade` itself: each answer apart, the
points in parts, and the question that belongs to the mistake.  (Format: PrairieLearn's
documentation, "External grading", and its schema `infoQuestion.json`.)
"""

from __future__ import annotations

import json
import uuid
from collections.abc import Callable, Sequence
from html import escape
from pathlib import Path
from typing import Any

from autodiff.course.graders.release import secret_of
from autodiff.course.grading.grade import NO_NOTEBOOK, Grade
from autodiff.course.lessons.lab import student_notebook
from autodiff.course.lessons.lesson import Lesson

IMAGE = "autodiff/prairielearn"
DOCKERFILE = """\
# The image in which PrairieLearn grades: docker build -t autodiff/prairielearn . && docker push ...
FROM python:3.13-slim
RUN pip install --no-cache-dir "autodiff-toolkit[course]"
"""
RUN = """\
#!/usr/bin/env bash
# PrairieLearn reads results/results.json; grade's exit code says only whether all passed.
home=${GRADE_HOME:-/grade}
python=${GRADE_PYTHON:-python3}
mkdir -p "$home/results"
export AUTODIFF_SECRET="$(cat "$home/tests/secret")"
rm -f "$home/tests/secret"  # this copy, so that no answer can read it
results="$home/results/results.json"
"$python" -m autodiff course grade "$home/student" --prairielearn "$results" || true
"""
QUESTION = """\
<pl-question-panel>
  <p>Solve the exercises of the lesson <strong>{title}</strong> in its notebook, which is
    <pl-file-download file-name="{name}.ipynb" directory="clientFilesQuestion"></pl-file-download>,
    and hand it in. The checks in the notebook tell you where you stand.</p>
  <pl-file-upload file-names="{name}.ipynb"></pl-file-upload>
</pl-question-panel>
<pl-submission-panel>
  <pl-external-grader-results></pl-external-grader-results>
  <pl-file-preview></pl-file-preview>
</pl-submission-panel>
"""
_OURS = uuid.UUID("5a1bd6ae-2f0c-4d3e-9a52-61d1f6c1f8d0")
"""What the questions' own numbers are derived from, so that a new build has the old ones."""


def build(
    lessons: Sequence[Lesson],
    out: Path,
    say: Callable[[str], None] = print,
    secret: str | None = None,
) -> list[Path]:
    """Write `out/questions/autodiff/NAME/` for each lesson with exercises, and a Dockerfile."""
    secret = secret or secret_of(out)
    made = []
    for own in lessons:
        if not own.exercises:
            continue
        folder = out / "questions" / "autodiff" / own.name
        for part in ("tests", "clientFilesQuestion"):
            (folder / part).mkdir(parents=True, exist_ok=True)
        (folder / "info.json").write_text(json.dumps(info(own), indent=2) + "\n", encoding="utf-8")
        text = QUESTION.format(title=escape(own.title), name=own.name)
        (folder / "question.html").write_text(text, encoding="utf-8")
        (folder / "tests" / "grade.sh").write_text(RUN, encoding="utf-8")
        (folder / "tests" / "grade.sh").chmod(0o755)
        (folder / "tests" / "secret").write_text(secret, encoding="utf-8")
        (folder / "clientFilesQuestion" / own.student.name).write_bytes(student_notebook(own))
        made.append(folder)
        say(f"wrote {folder}")
    (out / "Dockerfile").write_text(DOCKERFILE, encoding="utf-8")
    say(f"copy {out}/questions into your course; its grading image is built from {out}/Dockerfile")
    return made


def info(lesson: Lesson) -> dict[str, Any]:
    """A question's `info.json`."""
    return {
        "uuid": str(uuid.uuid5(_OURS, lesson.name)),
        "title": lesson.title,
        "topic": "Automatic differentiation",
        "tags": ["code"],
        "type": "v3",
        "singleVariant": True,
        "partialCredit": True,
        "gradingMethod": "External",
        "externalGradingOptions": {
            "image": IMAGE,
            "entrypoint": "/grade/tests/grade.sh",
            "timeout": 600,
        },
    }


def results(grades: Sequence[Grade]) -> dict[str, Any]:
    """The grades as PrairieLearn's results: a score between 0 and 1, and a test per exercise."""
    broken = [own for own in grades if own.kind == NO_NOTEBOOK]
    if broken or not grades:
        why = [f"{Path(own.submission).name} is no notebook: {own.marks}" for own in broken]
        return {"gradable": False, "format_errors": why or ["no notebook was handed in"]}
    return {
        "gradable": True,
        "score": round(sum(own.points for own in grades) / sum(own.worth for own in grades), 4),
        "tests": [
            {
                "name": f"Exercise {own.exercise}",
                "points": own.points,
                "max_points": own.worth,
                "message": own.question or own.mistake or own.kind,
            }
            for own in grades
        ],
    }


def write(grades: Sequence[Grade], path: Path) -> None:
    """Write the results where PrairieLearn looks for them."""
    path.write_text(json.dumps(results(grades), indent=1, ensure_ascii=False), encoding="utf-8")
