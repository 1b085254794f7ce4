"""The lessons are one course: each has the same frame, and the same words for the same steps."""

import re

import pytest

from autodiff.course.lessons.lesson import all_lessons

pytest.importorskip("jupytext", reason="jupytext is not installed")

from autodiff.course.lessons import forms

LESSONS = {own.number: own for own in all_lessons()}
of_lessons = pytest.mark.parametrize("lesson", LESSONS.values(), ids=LESSONS)


def words(lesson):
    return [cell.source for cell in forms.read(lesson).cells if cell.cell_type == "markdown"]


@of_lessons
def test_a_lesson_opens_and_ends_as_the_others_do(lesson):
    first, *others = words(lesson)
    assert re.match(rf"# {int(lesson.number)} · \S", first), "the title: number, middle dot, words"
    assert "After this notebook you can" in first
    verbs = re.findall(r"^- \*\*\w+\*\*", first, re.MULTILINE)
    assert 3 <= len(verbs) <= 5
    assert re.search(r"^\*Time: \d+ minutes[^*]*Needed: [^*]*\.\*$", first, re.MULTILINE)
    text = "\n\n".join(others)
    summary = text.split("## Summary\n")[1].split("\n## ")[0]
    assert re.findall(r"^\d\.", summary, re.MULTILINE) == ["1.", "2.", "3."]
    assert "**What breaks next.** " in summary
    assert text.index("## Summary") < text.index("## Exercise")
    for number in lesson.exercises:
        assert f"### {number} · " in text
        assert f"exercise {number}" in first.replace("\n", " ") or len(lesson.exercises) > 4


@of_lessons
def test_prompts_are_written_in_one_way(lesson):
    text = "\n\n".join(words(lesson))
    for word in ("Predict", "Explain", "Change one thing", "What breaks next"):
        found = re.findall(rf"^.*\*{word}\b.*$", text, re.MULTILINE)
        assert all(own.startswith(f"**{word}.** ") for own in found), found
    assert text.count("**Predict.**") >= 2


@of_lessons
def test_a_formula_stands_in_a_line_of_its_own(lesson):
    for text in words(lesson):
        for line in text.splitlines():
            if "$$" in line:
                assert re.fullmatch(r"\$\$[^$]+\$\$", line), line
