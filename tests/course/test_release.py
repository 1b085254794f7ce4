"""nbgrader itself makes an assignment and grades it: full, partial and no points; and our grader.

Of six students one is right, one mistaken, one has no answer, one is no Python, one replaces the
checker and one does not end.  In nbgrader's one process the fifth wins; our own grader marks it.
"""

import csv
import json
import sqlite3

import pytest

pytest.importorskip("nbgrader", reason="nbgrader is not installed")
nbformat = pytest.importorskip("nbformat")

from autodiff import cli  # noqa: E402
from autodiff.course.graders import release as releasing  # noqa: E402
from autodiff.course.lessons import forms, lint  # noqa: E402
from autodiff.course.lessons.lesson import Lesson  # noqa: E402

SOURCE = """
# %% [markdown]
# # 3 · An assignment
#
# Time: 5 minutes.

# %%
import warnings

import numpy as np

import autodiff as ad

# %%
def directional(f, x, direction):
    ### BEGIN SOLUTION
    return ad.jvp(f, (x,), (direction,))[1]
    ### END SOLUTION

# %%
ad.course.check("3.2", directional)

# %%
def jacobian(f, x):
    ### BEGIN SOLUTION
    return np.stack([ad.jvp(f, (x,), (seed,))[1] for seed in np.eye(x.size)], axis=-1)
    ### END SOLUTION

# %%
ad.course.check("3.3", jacobian)
"""
NAME = "03_assignment"
RIGHT = {
    "directional": 'warnings.warn("noise on stderr")\n    return ad.jvp(f, (x,), (direction,))[1]',
    "jacobian": "return np.stack([ad.jvp(f, (x,), (s,))[1] for s in np.eye(x.size)], axis=-1)",
}
MISTAKEN = RIGHT | {"directional": "return ad.jvp(f, (x,), (np.ones_like(x),))[1]"}
BROKEN = RIGHT | {"directional": "return ad.jvp(f, (x,), ("}
CHEATING = {"directional": "pass\n\nad.course.check = lambda *a, **k: 'passed'"}
ENDLESS = RIGHT | {"directional": "while True: pass"}
STUDENTS = {
    "ada": RIGHT, "bob": MISTAKEN, "eve": {}, "bro": BROKEN, "che": CHEATING, "end": ENDLESS,
}  # fmt: skip


@pytest.fixture(scope="module")
def course(tmp_path_factory):
    """A course in which three students have handed in, autograded, with feedback."""
    folder = tmp_path_factory.mktemp("course")
    lesson = Lesson(NAME, folder / "notebooks")
    lesson.source.parent.mkdir(parents=True)
    lesson.source.write_text(SOURCE)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("AUTODIFF_SECRET", "of the instructor")
        (given,) = releasing.release([lesson], folder, say=lambda line: None)
        for student, answers in STUDENTS.items():
            handed_in = folder / "submitted" / student / NAME / given.name
            handed_in.parent.mkdir(parents=True)
            made = nbformat.read(given, as_version=4)
            for cell in made.cells:
                name = cell.source.partition("(")[0].removeprefix("def ")
                if name in answers:
                    cell.source = cell.source.replace("# your code here\n    ...", answers[name])
            nbformat.write(made, handed_in)
        releasing.nbgrader("autograde", NAME, "--create", folder=folder)
        releasing.nbgrader("generate_feedback", NAME, folder=folder)
    return folder, lesson, given


def scores(folder):
    query = """
        select student.id, grade_cell.name, grade.auto_score
        from grade join submitted_notebook on grade.notebook_id = submitted_notebook.id
        join submitted_assignment on submitted_notebook.assignment_id = submitted_assignment.id
        join student on submitted_assignment.student_id = student.id
        join base_cell as grade_cell on grade.cell_id = grade_cell.id
    """
    with sqlite3.connect(folder / "gradebook.db") as book:
        found = book.execute(query).fetchall()
    book.close()
    return {student: {n: s for who, n, s in found if who == student} for student in STUDENTS}


def test_the_release_is_sound_and_has_no_solution(course, monkeypatch):
    _, lesson, given = course
    monkeypatch.setattr(lint, "all_lessons", lambda: [lesson])
    assert lint.lint_release([given]) == []
    assert "ad.jvp" not in given.read_text()
    ours = forms.student(lesson).cells
    theirs = [
        cell
        for cell in nbformat.read(given, as_version=4).cells
        if not cell.metadata.get("nbgrader", {}).get("grade_id", "").startswith("hidden")
    ]
    answers = [
        (a.source, b.source) for a, b in zip(ours, theirs, strict=True) if forms.role(a) == "answer"
    ]
    assert len(answers) == 2
    assert all(a == b for a, b in answers), "nbgrader's stub is our stub"


def test_full_points_for_the_solution_partial_for_a_mistake_none_for_nothing(course):
    found = scores(course[0])
    cells = {"check-3-2", "hidden-3-2", "check-3-3", "hidden-3-3"}
    assert found["ada"] == dict.fromkeys(cells, 1.0)
    wrong = {"check-3-2": 0.0, "hidden-3-2": 0.0}
    assert found["bob"] == {"check-3-3": 1.0, "hidden-3-3": 1.0} | wrong
    assert found["eve"] == dict.fromkeys(cells, 0.0)
    assert found["bro"] == found["end"] == found["bob"], "the other exercise is not touched"
    assert found["che"] == dict.fromkeys(cells, 1.0), "one process: the notes say so"


def test_the_feedback_has_the_question_of_the_mistake_and_no_frame_of_the_library(course):
    from autodiff.course import exercises

    known = next(
        own for own in exercises["3.2"].misconceptions if own.answer.__name__ == "along_ones"
    )
    folder = course[0]
    page = (folder / "feedback" / "bob" / NAME / f"{NAME}.html").read_text()
    assert known.question.split()[0] in page
    assert "not yet for" in page
    assert "checking.py" not in page
    assert "no answer yet" in (folder / "feedback" / "eve" / NAME / f"{NAME}.html").read_text()


def test_our_own_grader_says_the_same_with_the_mistakes_name(course, capsys, tmp_path, monkeypatch):
    monkeypatch.setenv("AUTODIFF_SECRET", "of the instructor")
    table = tmp_path / "grades.csv"
    submitted = str(course[0] / "submitted")
    report = tmp_path / "class.md"
    options = ["--json", "--csv", str(table), "--report", str(report), "--seconds", "20"]
    assert cli.main(["course", "grade", submitted, *options]) == 1
    rows = json.loads(capsys.readouterr().out)
    passed = {
        student: [(row["public"], row["hidden"]) for row in rows if student in row["submission"]]
        for student in STUDENTS
    }
    right, wrong = (True, True), (False, False)
    assert passed == {
        "ada": [right, right],
        "bob": [wrong, right],
        "eve": [wrong, wrong],
        "bro": [wrong, right],
        "che": [wrong, wrong],
        "end": [wrong, right],
    }
    marked = {
        student
        for student in STUDENTS
        for row in rows
        if student in row["submission"] and row["marks"]
    }
    assert marked == {"che"}
    mistakes = {
        (student, row["mistake"])
        for student in STUDENTS
        for row in rows
        if student in row["submission"] and row["mistake"]
    }
    mistake = "all inputs move at speed 1"
    assert mistakes == {("bob", mistake), ("bro", "line 2: '(' was never closed")}
    with open(table) as file:
        assert [row["mistake"] for row in csv.DictReader(file)].count(mistake) == 1
    text = report.read_text()
    assert f"### {mistake}: 1" in text
    assert "replaces ad.course.check" in text.split("looked at by a person")[1]
