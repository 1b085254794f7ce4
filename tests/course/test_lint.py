"""Each rule of the lint finds the fault that is planted for it, and a sound lesson has none."""

import pytest

nbformat = pytest.importorskip("nbformat")
pytest.importorskip("jupytext")

from autodiff.course.lessons import build, forms, lint  # noqa: E402

LONG = "\n".join(f"print({k})" for k in range(16))


def rules(found):
    return {own.rule for own in found}


def keep(lesson, change=None):
    """Built notebooks without running: their outputs are what `change` writes into them."""
    for path, made in (
        (lesson.student, forms.student(lesson)),
        (lesson.worked, forms.worked(lesson)),
    ):
        if change:
            change(next(cell for cell in made.cells if cell.source.startswith("print(ad.grad")))
        build.write(path, made)


def test_a_sound_lesson_has_nothing_to_mend(lesson):
    keep(lesson)
    assert lint.lint([lesson]) == []


@pytest.mark.parametrize(
    ("old", "new", "rule"),
    [
        ('print("the end")', LONG, "long_cell"),
        ('"3.2"', '"3.99"', "unknown_exercise"),
        ("    ### BEGIN SOLUTION\n", "", "source"),
        ('print("the end")', 'r = ad.course.check("3.2", directional)', "unknown_exercise"),
        ('print("the end")', 'ad.course.check("3.2", directional)', "checked_twice"),
        ('print("the end")', 'open("/home/me/data")', "absolute_path"),
        ("Time: 5 minutes", "Five minutes", "head"),
        ("Write `directional", "![](picture.png) Write `directional", "silent_picture"),
    ],
)
def test_a_fault_in_the_source_is_found(change, old, new, rule):
    lesson = change(old, new)
    if rule != "source":
        keep(lesson)
    assert rules(lint.lint([lesson])) == {rule}


PNG = {"image/png": "iVBOR", "text/plain": "<Figure>"}


@pytest.mark.parametrize(
    ("output", "rule"),
    [
        (nbformat.v4.new_output("display_data", data=PNG), "silent_picture"),
        (
            nbformat.v4.new_output("display_data", data={"text/html": "<img src='x'>"}),
            "silent_picture",
        ),
        (nbformat.v4.new_output("stream", text="took 3.2 s\n"), "clock"),
        (nbformat.v4.new_output("stream", text="at 12:30:59\n"), "clock"),
        (nbformat.v4.new_output("stream", text="see /tmp/x.svg\n"), "absolute_path"),
        (nbformat.v4.new_output("stream", name="stderr", text="a warning\n"), "warned"),
        (nbformat.v4.new_output("error", ename="E", evalue="", traceback=[]), "failed"),
    ],
)
def test_a_fault_in_an_output_is_found(lesson, output, rule):
    keep(lesson, lambda cell: cell.outputs.append(output))
    found = lint.lint([lesson])
    assert rules(found) == {rule}
    assert {own.file for own in found} == {"03_small.ipynb", "solutions/03_small.ipynb"}
    assert f"[{rule}]" in str(found[0])


def test_errors_and_warnings_may_be_meant(change):
    def both(cell):
        cell.outputs.append(nbformat.v4.new_output("stream", name="stderr", text="a warning\n"))
        cell.outputs.append(nbformat.v4.new_output("error", ename="E", evalue="", traceback=[]))

    lesson = change("# %%\nprint(ad.grad", '# %% tags=["raises-exception"]\nprint(ad.grad')
    keep(lesson, both)
    assert lint.lint([lesson]) == []


def test_a_missing_notebook_and_an_exercise_without_a_lesson_are_found(lesson, monkeypatch):
    assert rules(lint.lint([lesson])) == {"built"}
    keep(lesson)
    monkeypatch.setattr(lint, "all_lessons", lambda: [lesson])
    unused = [own for own in lint.lint() if own.rule == "unused"]
    assert "no lesson uses exercise 3.1" in [own.words for own in unused]
    assert "no lesson uses exercise 3.2" not in [own.words for own in unused]


def copied(cells):
    cells.append(nbformat.from_dict(cells[marked(cells, "check-3-2")] | {"id": "again"}))


def marked(cells, own):
    return next(
        k
        for k, cell in enumerate(cells)
        if cell.metadata.get("nbgrader", {}).get("grade_id") == own
    )


def retyped(cells):
    place = marked(cells, "check-3-2")
    cells[place] = nbformat.v4.new_markdown_cell(metadata=cells[place].metadata)


def unnamed(cells):
    del cells[marked(cells, "answer-3-2")].metadata["nbgrader"]["grade_id"]


def with_output(cells):
    out = nbformat.v4.new_output("stream", text="12")
    cells[marked(cells, "check-3-2")].outputs.append(out)


def solved(cells):
    cells[marked(cells, "answer-3-2")].source += "\n    ### BEGIN SOLUTION"


def solved_without_marks(cells):
    place = marked(cells, "answer-3-2")
    cells[place].source = (
        'def directional(f, x, direction):\n    """The derivative of f at x along a direction."""\n'
        "    return ad.jvp(f, (x,), (direction,))[1]"
    )


@pytest.mark.parametrize(
    ("fault", "found"),
    [
        (lambda cells: None, set()),
        (copied, {"grade_ids"}),
        (retyped, {"grade_ids"}),
        (unnamed, {"grade_ids", "missing_ids"}),
        (lambda cells: cells.pop(marked(cells, "hidden-3-2")), {"missing_ids"}),
        (with_output, {"output_left"}),
        (solved, {"solution_left"}),
        (solved_without_marks, {"solved"}),
    ],
)
def test_a_fault_in_a_release_is_found(lesson, fault, found, monkeypatch, tmp_path):
    monkeypatch.setattr(lint, "all_lessons", lambda: [lesson])
    made = forms.nbgrader(lesson)
    for cell in made.cells:
        if forms.BEGIN in cell.source:
            cell.source = forms.without_solution(cell.source)
        cell.source = cell.source.split("### BEGIN HIDDEN")[0]
    fault(made.cells)
    path = tmp_path / "03_small.ipynb"
    nbformat.write(made, path)
    assert rules(lint.lint_release([path])) == found


def test_a_file_that_is_no_notebook_is_said_to_be_none(tmp_path):
    path = tmp_path / "03_small.ipynb"
    path.write_text("{")
    assert rules(lint.lint_release([path])) == {"file"}


def test_a_notebook_without_marks_is_one_problem_and_is_named_with_its_folder(
    lesson, monkeypatch, tmp_path
):
    monkeypatch.setattr(lint, "all_lessons", lambda: [lesson])
    path = tmp_path / "ann" / "03_small.ipynb"
    path.parent.mkdir()
    nbformat.write(forms.student(lesson), path)
    (problem,) = lint.lint_release([path])
    assert problem.rule == "unmarked"
    assert str(problem).startswith(str(path))
