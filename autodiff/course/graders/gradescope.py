"""An autograder for Gradescope: a zip with two scripts, and the results in its format.

Gradescope runs `setup.sh` once in a container, then `run_autograder` for each submission.  The
grading is `autodiff course grade` itself: each answer apart, with partial credit and the question
that belongs to the mistake.  (Format: Gradescope's documentation, "Autograder Specifications".)
"""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from autodiff.course.grading.grade import Grade

SETUP = """\
#!/usr/bin/env bash
set -euo pipefail
apt-get update -qq && apt-get install -y -qq python3-pip python3-venv >/dev/null
python3 -m venv /autograder/venv
/autograder/venv/bin/pip install --quiet "autodiff-toolkit[course]"
"""
RUN = """\
#!/usr/bin/env bash
# Gradescope reads results/results.json; grade's exit code says only whether all passed.
home=${AUTOGRADER_HOME:-/autograder}
python=${AUTOGRADER_PYTHON:-/autograder/venv/bin/python}
mkdir -p "$home/results"
export AUTODIFF_SECRET="$(cat "$home/source/secret")"
rm -f "$home/source/secret"  # this container's copy, so that no answer can read it
results="$home/results/results.json"
"$python" -m autodiff course grade "$home/submission" --gradescope "$results" || true
"""


def autograder(secret: str) -> bytes:
    """The zip to upload, with the secret that the hidden inputs are derived from."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as file:
        for name, text in (("setup.sh", SETUP), ("run_autograder", RUN), ("secret", secret)):
            entry = zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0))
            entry.external_attr = 0o755 << 16
            file.writestr(entry, text)
    return buffer.getvalue()


def results(grades: Sequence[Grade]) -> dict[str, Any]:
    """The grades as Gradescope's results: one test for each exercise."""
    return {
        "output": f"{len(grades)} exercises, each tried on public and on hidden inputs.",
        "tests": [
            {
                "name": f"Exercise {own.exercise}" if own.exercise else own.submission,
                "score": own.points,
                "max_score": own.worth,
                "status": "passed" if own.public and own.hidden else "failed",
                "output": own.question or own.mistake or own.kind,
            }
            for own in grades
        ],
    }


def write(grades: Sequence[Grade], path: Path) -> None:
    """Write the results where Gradescope looks for them."""
    path.write_text(json.dumps(results(grades), indent=1, ensure_ascii=False), encoding="utf-8")
