"""Other forms of the course: Gradescope's autograder is run, slides and pages are what they say."""

import io
import json
import os
import subprocess
import sys
import zipfile

import pytest

nbformat = pytest.importorskip("nbformat")
pytest.importorskip("nbconvert", reason="nbconvert is not installed")

from autodiff import cli  # noqa: E402
from autodiff.course.graders import gradescope  # noqa: E402
from autodiff.course.lessons import lab  # noqa: E402
from autodiff.course.lessons.lesson import PACKAGE, find  # noqa: E402
from autodiff.course.pages import slides  # noqa: E402

needs_posix = pytest.mark.skipif(os.name != "posix", reason="Gradescope runs a shell script")


@needs_posix
def test_gradescopes_autograder_runs_and_gives_partial_results(tmp_path):
    with zipfile.ZipFile(io.BytesIO(gradescope.autograder("a secret"))) as archive:
        archive.extractall(tmp_path / "source")
    work = nbformat.read(find("05").worked, as_version=4)
    for cell in work.cells:
        cell.source = cell.source.replace("return ct @ W.T, X.T @ ct", "return ct @ W.T, ct.T @ X")
    (tmp_path / "submission").mkdir()
    nbformat.write(work, tmp_path / "submission" / "05_forward_against_reverse.ipynb")
    own = {
        "AUTOGRADER_HOME": str(tmp_path),
        "AUTOGRADER_PYTHON": sys.executable,
        "PYTHONPATH": str(PACKAGE.parent),
    }
    subprocess.run(
        ["bash", tmp_path / "source" / "run_autograder"], env=os.environ | own, check=True
    )
    found = json.loads((tmp_path / "results" / "results.json").read_text())
    scores = {
        own["name"]: (own["score"], own["max_score"], own["status"]) for own in found["tests"]
    }
    assert scores["Exercise 5.1"] == (1, 1, "passed")
    assert scores["Exercise 5.3"] == (0, 1, "failed")
    assert "Which shape has W" in next(o["output"] for o in found["tests"] if "5.3" in o["name"])


def test_the_zip_can_be_run_and_has_the_secret():
    with zipfile.ZipFile(io.BytesIO(gradescope.autograder("a secret"))) as archive:
        assert archive.read("secret") == b"a secret"
        assert all(own.external_attr >> 16 & 0o100 for own in archive.infolist())


def test_a_heading_is_a_slide_a_picture_has_its_own_and_answers_are_the_speakers():
    made = slides.with_slides(nbformat.read(find("04").worked, as_version=4))
    kinds = [(c.metadata["slideshow"]["slide_type"], c) for c in made.cells]
    assert all(c.source.startswith("#") for kind, c in kinds if kind == "slide")
    assert sum(kind == "slide" for kind, _ in kinds) > 10
    assert all(kind == "notes" for kind, c in kinds if c.source.startswith("**Explain.**"))
    assert not any(kind == "notes" for kind, c in kinds if c.source.startswith("**Predict.**"))
    assert [kind for kind, c in kinds if "ad.step(" in c.source and c.cell_type == "code"] == [
        "subslide"
    ]


def test_pages_are_written(tmp_path, capsys):
    for form, sign in (("html", "<h1"), ("slides", "reveal")):
        assert cli.main(["course", "build", "00", "--to", form, "--out", str(tmp_path / form)]) == 0
        text = (tmp_path / form / "00_first_picture.html").read_text()
        assert sign in text
        assert "First picture" in text


def test_a_lesson_that_is_not_built_is_made_from_its_source(lesson):
    made = nbformat.reads(lab.student_notebook(lesson).decode(), as_version=4)
    assert any("# your code here" in cell.source for cell in made.cells)
    assert not any(cell.get("outputs") for cell in made.cells)
