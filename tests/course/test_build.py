"""One source makes the notebooks: forms, what is kept of outputs, what counts as a change."""

import base64
import html
import io
import json
import re

import numpy as np
import pytest

nbformat = pytest.importorskip("nbformat")
pytest.importorskip("jupytext")
pytest.importorskip("nbclient")

from autodiff import cli  # noqa: E402
from autodiff.course.lessons import build, forms, outputs  # noqa: E402
from autodiff.course.lessons import lesson as finding  # noqa: E402
from autodiff.course.lessons.forms import role  # noqa: E402

pytestmark = pytest.mark.filterwarnings("ignore")  # of jupyter's packages


def read(path):
    return nbformat.read(path, as_version=4)


def no_word(line):
    pass


def by_source(made, start):
    return next(cell for cell in made.cells if cell.source.startswith(start))


def test_the_forms_differ_in_the_answer_alone(lesson):
    worked, student = forms.worked(lesson), forms.student(lesson)
    pairs = [(a, b) for a, b in zip(worked.cells, student.cells, strict=True) if a != b]
    ((solved, empty),) = pairs
    assert "ad.jvp" in solved.source
    assert "SOLUTION" not in solved.source
    assert empty.source.endswith('direction."""\n    # your code here\n    ...')
    assert solved.metadata == empty.metadata == {"autodiff": {"role": "answer", "exercise": "3.2"}}
    assert [cell.id for cell in worked.cells] == [cell.id for cell in student.cells]


def test_the_students_notebook_has_all_outputs_but_those_of_the_exercise(built):
    student, worked = read(built.student), read(built.worked)
    assert by_source(student, "ad.course.check").outputs == []
    shown = by_source(worked, "ad.course.check").outputs[0].data["text/plain"]
    assert "public checks passed" in shown
    ends = [by_source(made, 'print("the end")').outputs for made in (student, worked)]
    assert ends[0] == ends[1] != []


def test_pictures_survive_with_words_and_the_player_plays(built):
    student = read(built.student)
    player, drawing, figure = (
        by_source(student, start).outputs[-1] for start in ("import time", "ad.draw", "plt.plot")
    )
    for own in (player, drawing, figure):
        assert own.data["image/png"].startswith("iVBOR")
        assert own.metadata["image/png"]["alt"]
    assert "<script>" in player.data["text/html"]
    for own in (drawing, figure):  # the same PNG once more, with the words that pages keep
        assert own.data["image/png"] in own.data["text/html"]
        assert own.data["text/html"].startswith('<img alt="')
    assert figure.data["text/plain"] == "A line that rises from 0 to 1"
    assert built.student.stat().st_size < 400_000


def test_nothing_volatile_is_kept(built):
    text = built.student.read_text()
    assert by_source(read(built.student), "print(time.time").outputs == []
    assert "<object object at 0x...>" in text
    for word in ("ipykernel_", "/tmp", 'execution":', "iopub"):
        assert word not in text, word
    assert not re.search(r"0x[0-9a-f]{8}", text)


def test_a_second_build_does_nothing_and_a_forced_one_finds_no_change(built):
    before = built.student.read_bytes(), built.worked.read_bytes()
    (made,) = build.build([built], say=no_word)
    assert made.word == "unchanged"
    (made,) = build.build([built], force=True, say=no_word)
    assert made.word == "as kept"
    (made,) = build.build([built], check=True, say=no_word)
    assert made.problems == ()
    assert before == (built.student.read_bytes(), built.worked.read_bytes())


def test_another_version_of_python_is_no_change_and_another_kernel_is(built):
    kept = read(built.worked)
    kept.metadata.language_info.version = "3.99.0"
    nbformat.write(kept, built.worked)
    (made,) = build.build([built], check=True, say=no_word)
    assert made.problems == ()
    kept.metadata.kernelspec.name = "another"
    nbformat.write(kept, built.worked)
    (made,) = build.build([built], check=True, say=no_word)
    assert "the notebook's metadata differ" in "\n".join(made.problems)


def test_check_finds_a_changed_cell_a_changed_output_and_a_lost_picture(built):
    kept = read(built.student)
    by_source(kept, "print(ad.grad").outputs[0].text = "0.5 <object object at 0x...>\n"
    by_source(kept, "ad.draw").outputs = []
    by_source(kept, 'print("the end")').outputs[0].text = "an end\n"
    nbformat.write(kept, built.student)
    (made,) = build.build([built], check=True, say=no_word)
    said = "\n".join(made.problems)
    assert "0.5 is now 0.07" in said
    assert "image/png" in said
    assert "'an end' is now 'the end'" in said
    assert "an end" in built.student.read_text(), "a check writes nothing"

    built.source.write_text(built.text.replace("the end", "the very end"))
    changed = finding.Lesson(built.name, built.folder)
    (made,) = build.build([changed], check=True, say=no_word)
    assert "cell 12 is new or changed" in "\n".join(made.problems)


def test_a_lesson_that_fails_says_where(change):
    broken = change('print("the end")', "x = 1\nx / 0")
    (made,) = build.build([broken], say=no_word)
    assert made.word == "failed"
    assert made.problems[0].startswith("cell 12: ZeroDivisionError: division by zero\n    x = 1")
    assert not broken.student.exists()


def test_a_worked_lesson_must_pass_its_own_checks(change):
    broken = change("(direction,))[1]", "(direction,))[0]")
    (made,) = build.build([broken], say=no_word)
    assert "CheckFailed: Exercise 3.2" in made.problems[0]


def test_the_students_run_fails_only_at_its_exercise(built):
    (made,) = build.verify([built], say=no_word)
    assert made.problems == ()


@pytest.mark.parametrize(
    ("old", "new", "problem"),
    [
        ('print("the end")', "directional(f, 2.0, 1.0) + 1", "needs an answer: TypeError"),
        ('print("the end")', "print(directional(f, 2.0, 1.0))", "its stdout differs"),
        ("    ### BEGIN SOLUTION\n", "    return ad.jvp(f, (x,), (direction,))[1]\n"
         "    ### BEGIN SOLUTION\n", "exercise 3.2, does not fail as a check does: []"),
    ],
)  # fmt: skip
def test_a_students_run_that_needs_the_answer_is_found(change, old, new, problem):
    lesson = change(old, new)
    build.build([lesson], say=no_word)
    (made,) = build.verify([lesson], say=no_word)
    assert problem in "\n".join(made.problems)


@pytest.mark.parametrize(
    ("old", "new", "problem"),
    [
        ("    ### END SOLUTION\n", "", "without an end"),
        ('# %%\nad.course.check("3.2", directional)\n', "", "no check follows"),
        ("# %%\nad.course", "ad.course", "write `# %%` before 'ad.course.check"),
    ],
)
def test_a_source_that_cannot_be_made_says_why(change, old, new, problem):
    with pytest.raises(finding.LessonError, match=problem):
        forms.student(change(old, new))


@pytest.mark.parametrize(
    ("old", "new", "same"),
    [
        ("loss 0.25013", "loss 0.25021", True),
        ("error 3e-17", "error −2e-16", True),
        ("a  b\n--", "a b\n---", True),
        ("loss 0.25", "loss 0.5", False),
        ("shape (3, 4)", "shape (4, 3)", False),
        ("right", "wrong", False),
        ("1 2", "1", False),
    ],
)
def test_which_outputs_are_the_same(old, new, same):
    assert (outputs.first_difference(old, new) == "") == same


def test_lessons_are_found_by_number_and_name(lesson):
    for which in ("3", "03", "lesson03", "lesson 3", "03_small", "03_small.ipynb"):
        assert finding.find(which, lesson.folder) == lesson
    with pytest.raises(finding.LessonError, match="Did you mean 03_small"):
        finding.find("03_smal", lesson.folder)
    assert (lesson.title, lesson.minutes, lesson.exercises) == ("A small lesson", 5, ["3.2"])


def test_new_copies_and_never_overwrites(built, tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(finding, "folder_of_lessons", lambda: built.folder)
    monkeypatch.chdir(tmp_path)
    assert cli.main(["new", "3"]) == 0
    assert "jupyter lab 03_small.ipynb" in capsys.readouterr().out
    (tmp_path / "03_small.ipynb").write_text("my work")
    assert cli.main(["new", "3"]) == 2
    assert "stays as it is" in capsys.readouterr().err
    assert (tmp_path / "03_small.ipynb").read_text() == "my work"
    assert cli.main(["new", "7"]) == 2


def test_the_course_on_the_command_line(built, monkeypatch, capsys):
    monkeypatch.setattr(finding, "folder_of_lessons", lambda: built.folder)
    assert cli.main(["course", "list", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)[0]["exercises"] == ["3.2"]
    assert cli.main(["course", "build", "3"]) == 0
    assert "03_small: unchanged" in capsys.readouterr().out
    built.student.unlink()
    assert cli.main(["course", "build", "--check"]) == 1
    assert "03_small.ipynb: is not there" in capsys.readouterr().out
    assert cli.main(["course", "test", "9"]) == 2


def test_roles_are_kept_in_the_notebook(built):
    roles = [role(cell) for cell in read(built.student).cells]
    assert [own for own in roles if own] == ["answer", "check"]


@pytest.mark.parametrize("failures", [1, 3])
def test_a_kernel_that_does_not_come_is_started_again(lesson, monkeypatch, failures):
    from jupyter_client.asynchronous.client import AsyncKernelClient

    real, tries = AsyncKernelClient.wait_for_ready, []

    async def late(self, timeout=None):
        tries.append(self)
        if len(tries) <= failures:
            raise RuntimeError("Kernel died before replying to kernel_info")
        return await real(self, timeout)

    monkeypatch.setattr(AsyncKernelClient, "wait_for_ready", late)
    (made,) = build.build([lesson], say=no_word)
    if failures == 1:
        assert made.word == "written"
    else:
        assert made.problems == ("no kernel started: Kernel died before replying to kernel_info",)


def test_alternative_texts_survive_nbconvert(built):
    """Its default template takes no alternative text from an output's metadata."""
    nbconvert = pytest.importorskip("nbconvert", reason="nbconvert is not installed")
    student = read(built.student)
    page, _ = nbconvert.HTMLExporter().from_notebook_node(student)
    assert "No description has been provided" not in page
    for cell in student.cells:
        for out in cell.get("outputs", ()):
            words = out.get("metadata", {}).get("image/png", {}).get("alt")
            assert not words or html.escape(words, quote=False) in html.unescape(page)


def test_a_picture_with_few_colours_is_the_same_picture():
    from PIL import Image

    import autodiff as ad
    from autodiff.course.lessons.outputs import smaller

    png = ad.draw(lambda x: x * x, 2.0)._repr_mimebundle_()["image/png"]
    made = smaller(png)
    assert len(made) < 0.7 * len(png)
    one, other = (
        np.asarray(Image.open(io.BytesIO(base64.b64decode(own))).convert("RGB"), int)
        for own in (png, made)
    )
    assert one.shape == other.shape
    assert np.abs(one - other).mean() < 1
    assert smaller("AAAA") == "AAAA"
