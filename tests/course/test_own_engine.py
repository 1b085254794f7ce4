"""The parts of the lessons as one engine: whose each is, and that lesson 8 learns on any mixture."""

import json
import shutil

import numpy as np
import pytest

import autodiff as ad
from autodiff.course import own_engine
from autodiff.course.grading.sources import answer_source
from autodiff.course.lessons.forms import worked
from autodiff.course.lessons.lesson import find
from autodiff.course.own_engine import PARTS, collect


def notebook(path, *cells):
    made = [{"cell_type": "code", "source": own.splitlines(keepends=True)} for own in cells]
    path.write_text(json.dumps({"cells": made}))


def answer(part):
    """The cells of the worked lesson that make an answer, and its check."""
    cells = [own.source for own in worked(find(part.exercise.split(".")[0])).cells]
    return answer_source(cells, part.name), f'ad.course.check("{part.exercise}", {part.name})'


def of(found, name):
    return next(own for own in found.parts if own.part.name == name)


@pytest.mark.parametrize("part", PARTS, ids=lambda own: own.name)
def test_each_part_is_taken_as_the_student_wrote_it(part, tmp_path):
    source, check = answer(part)
    notebook(tmp_path / "my notebook.ipynb", source, check)
    found = collect(tmp_path)
    assert [own.part for own in found.parts if own.mine] == [part]
    import my_autodiff

    assert source.splitlines()[-1] in (tmp_path / "my_autodiff.py").read_text()
    assert getattr(my_autodiff, part.name).__module__ == "my_autodiff"
    for other in PARTS:
        if other is not part:
            assert getattr(my_autodiff, other.name) is own_engine.toolkits(other.name)


def test_a_wrong_part_and_an_empty_one_are_the_toolkits_and_it_says_why(tmp_path):
    source, check = answer(PARTS[3])
    assert PARTS[3].name == "sweep"
    notebook(tmp_path / "04.ipynb", source.replace("+=", "="), check)
    notebook(tmp_path / "05.ipynb", "def f(ct, X, W):\n    ...", 'ad.course.check("5.3", f)')
    notebook(tmp_path / "06.ipynb", "1 / 0\ndef g(:", 'ad.course.check("6.2", g)')
    found = collect(tmp_path)
    assert not any(own.mine for own in found.parts)
    assert of(found, "sweep").why == "yours in 04.ipynb is not right yet; ask its check, 4.3"
    assert of(found, "vjp_matmul").why == "yours in 05.ipynb has no answer yet"
    assert "raised NameError" in of(found, "swish_partials").why
    assert "in no notebook" in of(found, "MyDual").why
    assert "0 of 7 parts are yours" in repr(found)
    assert "not right yet" in found._repr_html_()


def test_what_is_right_for_numbers_and_not_for_arrays_is_told(tmp_path):
    sweep = (
        "def sweep(rows):\n"
        "    for row in rows:\n        row.adjoint = 0.0\n"
        "    rows[-1].adjoint = 1.0\n"
        "    for row in rows[::-1]:\n"
        "        for parent, partial in zip(row.parents, row.partials):\n"
        "            parent.adjoint = float(parent.adjoint + row.adjoint * partial)\n"
    )
    notebook(tmp_path / "04.ipynb", sweep, 'ad.course.check("4.3", sweep)')
    assert ad.course.check("4.3", _defined(sweep)["sweep"]).passed
    assert "right for numbers" in of(collect(tmp_path), "sweep").why


def _defined(source):
    space = {}
    exec(source, space)
    return space


def test_helpers_come_along_and_two_of_one_name_are_told(tmp_path):
    lift = "def lift(ct, W):\n    return ct @ W.T"
    matmul = "def vjp(ct, X, W):\n    return lift(ct, W), X.T @ ct"
    notebook(tmp_path / "05.ipynb", lift, matmul, 'ad.course.check("5.3", vjp)')
    swish = (
        "import numpy as np\nlift = 1.0\ndef partials(ans, x, b):\n"
        "    s = lift / (1 + np.exp(-b * x))\n"
        "    return s + b * x * s * (1 - s), x**2 * s * (1 - s)"
    )
    notebook(tmp_path / "06.ipynb", swish, 'ad.course.check("6.2", partials)')
    found = collect(tmp_path)
    assert of(found, "vjp_matmul").mine
    assert "another one in exercise 5.3" in of(found, "swish_partials").why
    import my_autodiff

    ct, X, W = np.ones((2, 2)), np.ones((2, 3)), np.ones((3, 2))
    assert np.array_equal(my_autodiff.vjp_matmul(ct, X, W)[0], ct @ W.T)


def test_of_two_answers_the_right_one_counts_and_an_other_file_is_left(tmp_path):
    source, check = answer(PARTS[5])
    notebook(tmp_path / "a.ipynb", source, check)
    notebook(tmp_path / "b.ipynb", "def vjp_matmul(ct, X, W):\n    return ct, X", check)
    assert of(collect(tmp_path), "vjp_matmul").where == "a.ipynb"
    (tmp_path / "my_autodiff.py").write_text("precious = 1\n")
    with pytest.raises(own_engine.OwnEngineError, match="left as it is"):
        collect(tmp_path)
    assert (tmp_path / "my_autodiff.py").read_text() == "precious = 1\n"


@pytest.mark.parametrize("whose", ["all yours", "one wrong", "nothing yours"])
def test_lesson_8_learns_on_any_mixture(whose, tmp_path, monkeypatch):
    """The lesson's own cells, with the student's notebooks beside it."""
    monkeypatch.chdir(tmp_path)
    if whose != "nothing yours":
        for number in "3456":
            shutil.copy(find(number).worked, tmp_path)
    if whose == "one wrong":
        path = tmp_path / find("4").worked.name
        path.write_text(path.read_text().replace("parent.adjoint += row", "parent.adjoint = row"))
    cells = [own.source for own in worked(find("8")).cells if own.cell_type == "code"]
    first = next(k for k, own in enumerate(cells) if "ad.course.collect()" in own)
    last = next(k for k, own in enumerate(cells) if "reads > 0.95" in own)
    names = "(data, x, labels, softmax, softmax_cross_entropy, Momentum, np, ad)"
    space = {}
    for cell in [answer_source(cells[:first], names), *cells[first : last + 1]]:
        exec(cell, space)
    mine = [own.mine for own in collect(tmp_path).parts]
    wanted = {"all yours": 7, "one wrong": 6, "nothing yours": 0}
    assert sum(mine) == wanted[whose]
