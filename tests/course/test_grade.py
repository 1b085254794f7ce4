"""Our own grader: every exercise has a line, also where its check never answered."""

import pytest

nbformat = pytest.importorskip("nbformat")
pytest.importorskip("nbclient", reason="nbclient is not installed")

from autodiff.course import grade  # noqa: E402

CELLS = (
    "import autodiff as ad",
    "def directional(f, x, direction)\n    return 1",
    'ad.course.check("3.2", directional)',
    "def hessian_times(f, x, v):\n    return ad.hvp(f, x, v)",
    'ad.course.check("5.4", hessian_times)',
)


def test_an_answer_that_is_no_python_has_a_line_of_its_own(tmp_path):
    path = tmp_path / "work.ipynb"
    nbformat.write(
        nbformat.v4.new_notebook(cells=list(map(nbformat.v4.new_code_cell, CELLS))), path
    )
    broken, right = grade.grade([path], say=lambda line: None)
    assert (broken.exercise, broken.public, broken.kind) == ("3.2", False, grade.NOT_RUN)
    assert (right.exercise, right.public, right.hidden) == ("5.4", True, True)


def test_an_exercise_whose_cells_were_deleted_has_a_line_too(tmp_path):
    path = tmp_path / "00_first_picture.ipynb"
    nbformat.write(nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell("1 + 1")]), path)
    (missing,) = grade.grade([path], say=lambda line: None)
    assert (missing.exercise, missing.public, missing.kind) == ("0.1", False, grade.NOT_RUN)
