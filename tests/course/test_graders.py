"""otter-grader and PrairieLearn: each is given a lesson and five submissions, and really run."""

import json
import os
import re
import subprocess
import sys
from importlib.util import find_spec

import pytest

nbformat = pytest.importorskip("nbformat")
jsonschema = pytest.importorskip("jsonschema")

from autodiff import cli  # noqa: E402
from autodiff.course.graders import otter, prairielearn  # noqa: E402
from autodiff.course.lessons.lesson import PACKAGE, find  # noqa: E402

LESSON = "05_forward_against_reverse"
RIGHT = "return ct @ W.T, X.T @ ct"
SUBMISSIONS = {
    "right": RIGHT,
    "wrong": "return ct @ W.T, ct.T @ X",
    "broken": "return ct @ W.T, (",
    "cheating": "return ad.vjp(lambda X, W: X @ W, X, W)[1](ct)",
    "endless": "while True: pass",
}
PASSES = {"right"}
ENVIRONMENT = os.environ | {"PYTHONPATH": str(PACKAGE.parent), "OPENBLAS_NUM_THREADS": "1"}


def handed_in(path, solved, line):
    made = nbformat.read(solved, as_version=4)
    assert any(RIGHT in cell.source for cell in made.cells)
    for cell in made.cells:
        cell.source = cell.source.replace(RIGHT, line)
    path.parent.mkdir(parents=True, exist_ok=True)
    nbformat.write(made, path)
    return path


# -- otter -----------------------------------------------------------------------------------------

needs_otter = pytest.mark.skipif(find_spec("otter") is None, reason="otter-grader is not installed")


def test_the_master_notebook_has_a_question_for_each_exercise_with_two_tests():
    made = otter.master(find("05"), "a secret")
    nbformat.validate(made)
    text = [cell.source for cell in made.cells]
    assert text[0].startswith("# ASSIGNMENT CONFIG")
    marks = [own.split("\n")[0] for own in text if own.startswith(("# BEGIN", "# END"))]
    order = ("QUESTION", "SOLUTION", "TESTS")
    one = [f"# BEGIN {order[0]}", f"# BEGIN {order[1]}", f"# END {order[1]}"]
    one += [f"# BEGIN {order[2]}", f"# END {order[2]}", f"# END {order[0]}"]
    assert marks == one * len(find("05").exercises)
    tests = [own for own in text if "BEGIN TEST CONFIG" in own]
    assert len(tests) == 2 * len(find("05").exercises)
    assert sum("hidden: true" in own for own in tests) == len(find("05").exercises)
    assert "a secret" not in "".join(text)


@needs_otter
def test_otter_assigns_and_grades(tmp_path, monkeypatch):
    monkeypatch.setenv("PYTHONPATH", str(PACKAGE.parent))
    monkeypatch.delenv("AUTODIFF_SECRET", raising=False)
    said = []
    (student,) = otter.build([find("05")], tmp_path, say=said.append)
    assert (tmp_path / "secret").is_file()
    given = student.read_text()
    assert 'grader.check(\\"q5_3\\")' in given
    assert not any(own in given for own in ("hidden=True", "BEGIN SOLUTION", "X.T @ ct"))
    solved = tmp_path / LESSON / "autograder" / f"{LESSON}.ipynb"
    (zipped,) = solved.parent.glob("*.zip")
    for kind in ("right", "wrong", "broken"):
        path = handed_in(tmp_path / kind / f"{LESSON}.ipynb", solved, SUBMISSIONS[kind])
        otter.otter("run", "-a", str(zipped), "-o", ".", "--no-logo", path.name, folder=path.parent)
        found = json.loads((path.parent / "results.json").read_text())
        scores = {own["name"]: own.get("score") for own in found["tests"]}
        assert scores["q5_3"] == (2 if kind in PASSES else 0)
        assert scores["q5_1"] == 2, "another exercise is not touched"
        if kind == "wrong":
            assert "Which shape has W" in json.dumps(found)


# -- PrairieLearn ----------------------------------------------------------------------------------

INFO = {
    "type": "object",
    "required": ["uuid", "title", "topic", "type"],
    "additionalProperties": False,
    "properties": {
        "uuid": {"pattern": "^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$"},
        "title": {"type": "string", "minLength": 1},
        "topic": {"type": "string", "minLength": 1},
        "tags": {"type": "array", "items": {"type": "string"}},
        "type": {"const": "v3"},
        "singleVariant": {"type": "boolean"},
        "partialCredit": {"type": "boolean"},
        "gradingMethod": {"enum": ["Internal", "External", "Manual"]},
        "externalGradingOptions": {
            "type": "object",
            "required": ["image"],
            "additionalProperties": False,
            "properties": {
                "image": {"type": "string"},
                "entrypoint": {"type": ["string", "array"]},
                "serverFilesCourse": {"type": "array", "items": {"type": "string"}},
                "timeout": {"type": "integer", "maximum": 600},
                "enableNetworking": {"type": "boolean"},
                "environment": {"type": "object"},
            },
        },
    },
}
"""What PrairieLearn's `infoQuestion.json` says of the properties that are used here."""
RESULTS = {
    "type": "object",
    "required": ["gradable"],
    "properties": {
        "gradable": {"type": "boolean"},
        "score": {"type": "number", "minimum": 0, "maximum": 1},
        "format_errors": {"type": ["string", "array"]},
        "tests": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["name", "points", "max_points"],
                "properties": {
                    "name": {"type": "string"},
                    "points": {"type": "number", "minimum": 0},
                    "max_points": {"type": "number"},
                    "message": {"type": "string"},
                },
            },
        },
    },
}


@pytest.fixture(scope="module")
def question(tmp_path_factory):
    out = tmp_path_factory.mktemp("prairielearn")
    assert cli.main(["course", "build", "05", "--to", "prairielearn", "--out", str(out)]) == 0
    return out / "questions" / "autodiff" / LESSON


def test_a_question_has_the_layout_of_prairielearn(question):
    info = json.loads((question / "info.json").read_text())
    jsonschema.validate(info, INFO)
    page = (question / "question.html").read_text()
    offered = re.search(r'pl-file-download file-name="([^"]+)" directory="([^"]+)"', page)
    assert (question / offered[2] / offered[1]).is_file()
    assert f'<pl-file-upload file-names="{LESSON}.ipynb">' in page
    assert "<pl-external-grader-results>" in page
    entry = info["externalGradingOptions"]["entrypoint"]
    assert os.access(question / entry.removeprefix("/grade/"), os.X_OK)
    assert "### BEGIN SOLUTION" not in (question / offered[2] / offered[1]).read_text()
    assert info == prairielearn.info(find("05")), "a new build is the same question"


@pytest.mark.skipif(os.name != "posix", reason="PrairieLearn runs a shell script")
@pytest.mark.parametrize("kind", [*SUBMISSIONS, "no notebook", "nothing"])
def test_prairielearns_job_writes_results(question, tmp_path, kind):
    """The container's folder as PrairieLearn lays it, with the entry point run in it."""
    (tmp_path / "tests").mkdir()
    for name in ("grade.sh", "secret"):
        (tmp_path / "tests" / name).write_bytes((question / "tests" / name).read_bytes())
    upload = tmp_path / "student" / f"{LESSON}.ipynb"
    upload.parent.mkdir()
    if kind == "no notebook":
        upload.write_text("my answer is 42")
    elif kind in SUBMISSIONS:
        handed_in(upload, find("05").worked, SUBMISSIONS[kind])
    own = {"GRADE_HOME": str(tmp_path), "GRADE_PYTHON": sys.executable}
    subprocess.run(
        ["bash", tmp_path / "tests" / "grade.sh"], env=ENVIRONMENT | own, check=True, timeout=300
    )
    found = json.loads((tmp_path / "results" / "results.json").read_text())
    jsonschema.validate(found, RESULTS)
    assert not (tmp_path / "tests" / "secret").exists()
    assert found["gradable"] == (kind in SUBMISSIONS)
    if kind in SUBMISSIONS:
        points = {test["name"]: test["points"] for test in found["tests"]}
        assert (points["Exercise 5.3"] == 1) == (kind in PASSES)
        assert points["Exercise 5.1"] == 1
        assert (found["score"] == 1) == (kind in PASSES)
    else:
        assert found["format_errors"]
