"""A page for the lecturer: which mistakes a class made, how often, with an example of each.

For each exercise: how many solved it, and a table of mistakes, the commonest first.  A mistake has
the question that the check asks, one student's own lines, and the paragraph of the lesson to go
back to: what to talk about on Monday.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from html import escape

from autodiff.course.grading.grade import NO_NOTEBOOK, NO_PYTHON, NOT_RUN, Grade
from autodiff.course.lessons.lesson import Lesson, all_lessons

WORDS = {
    "passed": "solved",
    "empty": "no answer yet",
    "raised": "raises an error",
    "number": "another number, no known mistake",
    "value": "another value, no known mistake",
    "shape": "another shape, no known mistake",
    "type": "another type, no known mistake",
    "part": "a part is missing or too many",
    "none": "returns None",
    "nan": "NaN",
    NOT_RUN: "no answer was found",
}
LINES = 12
"""Of an example so many lines are shown."""


@dataclass(frozen=True, slots=True)
class Mistake:
    """One mistake of a class in one exercise."""

    name: str
    count: int
    students: tuple[str, ...]
    question: str
    example: str
    paragraph: str


def mistakes_of(grades: Sequence[Grade], exercise: str) -> list[Mistake]:
    """The mistakes of an exercise, the commonest first."""
    own = [one for one in grades if one.exercise == exercise and not (one.public and one.hidden)]
    counts = Counter(_name(one) for one in own)
    found = []
    for name, count in counts.most_common():
        same = [one for one in own if _name(one) == name]
        first = min(same, key=lambda one: len(one.source) or 10**9)
        students = tuple(one.student for one in same)
        text = _paragraph(exercise, first)
        found.append(Mistake(name, count, students, first.question, _example(first), text))
    return found


def _name(own: Grade) -> str:
    if own.kind == NO_PYTHON:
        return f"{NO_PYTHON}, {own.mistake}"
    return own.mistake or WORDS.get(own.kind, own.kind)


def _example(own: Grade) -> str:
    """The lines of the answer itself: the last statement of its source."""
    lines = own.source.splitlines()
    start = max((k for k, line in enumerate(lines) if re.match(r"(def|class) ", line)), default=0)
    shown = lines[start : start + LINES]
    return "\n".join([*shown, "..."] if len(lines) - start > LINES else shown)


def _paragraph(exercise: str, own: Grade) -> str:
    """The section of the lesson that the mistake's entry names, or the exercise's own task."""
    from autodiff.course.exercises import UnknownExerciseError, exercises

    try:
        entry = exercises[exercise]
    except UnknownExerciseError:
        return ""
    lesson = next((one for one in all_lessons() if one.number == entry.lesson), None)
    if lesson is None:
        return ""
    looks = [one.look for one in entry.misconceptions if one.name == own.mistake]
    number = re.search(r"section (\d+)", looks[0]) if looks else None
    heading = rf"## {number[1]} · .*" if number else rf"### {re.escape(exercise)} · .*"
    return section(lesson, heading)


def section(lesson: Lesson, heading: str) -> str:
    """A section's title and first paragraph, from the lesson's source."""
    of_text = (
        line[2:] if line.startswith("#") and not line.startswith("# %%") else ""
        for line in lesson.text.splitlines()
    )
    found = re.search(rf"^{heading}$", text := "\n".join(of_text), re.MULTILINE)
    if found is None:
        return ""
    plain = re.sub(r"```.*?```", "", text[found.end() :], flags=re.DOTALL)
    paragraph = plain.strip().split("\n\n")[0]
    title = found[0].lstrip("# ")
    return f"Lesson {int(lesson.number)}, {title}: {' '.join(paragraph.split())}"


def _exercises(grades: Sequence[Grade]) -> list[str]:
    numbers = {own.exercise for own in grades if own.exercise}
    return sorted(numbers, key=lambda number: [int(part) for part in number.split(".")])


def _counts(grades: Sequence[Grade], exercise: str) -> tuple[int, int, float]:
    own = [one for one in grades if one.exercise == exercise]
    solved = sum(one.public and one.hidden for one in own)
    mean = sum(one.points for one in own) / max(sum(one.worth for one in own), 1e-9)
    return solved, len(own), mean


def markdown(grades: Sequence[Grade]) -> str:
    """The report as Markdown."""
    return "\n".join(_markdown(grades))


def _markdown(grades: Sequence[Grade]) -> Iterator[str]:
    students = sorted({own.student for own in grades})
    yield f"# Class report: {len(students)} students\n"
    yield "| exercise | solved | of | points | commonest mistake |"
    yield "| --- | --- | --- | --- | --- |"
    for number in _exercises(grades):
        solved, count, mean = _counts(grades, number)
        first = next((own.name for own in mistakes_of(grades, number)), "")
        yield f"| {number} {_title(number)} | {solved} | {count} | {mean:.0%} | {first} |"
    for number in _exercises(grades):
        found = mistakes_of(grades, number)
        if not found:
            continue
        yield f"\n## {number} {_title(number)}"
        for own in found:
            yield f"\n### {own.name}: {own.count}\n\nBy {', '.join(own.students)}.\n"
            yield from (f"> {own.question}\n",) if own.question else ()
            yield from (f"```python\n{own.example}\n```\n",) if own.example else ()
            yield from (f"*{own.paragraph}*",) if own.paragraph else ()
    yield from _to_look_at(grades)


def _to_look_at(grades: Sequence[Grade]) -> Iterator[str]:
    marked = {own.submission: own for own in grades if own.marks}
    if marked:
        yield "\n## To be looked at by a person\n"
        for own in marked.values():
            what = "is no notebook" if own.kind == NO_NOTEBOOK else own.marks
            yield f"- {own.student}, {own.submission}: {what}"


def _title(number: str) -> str:
    from autodiff.course.exercises import UnknownExerciseError, exercises

    try:
        return exercises[number].title
    except UnknownExerciseError:
        return ""


STYLE = """
body{font:16px/1.5 system-ui,sans-serif;max-width:52rem;margin:2rem auto;padding:0 1rem;
color:#1b1b1b;background:#fff}h2{margin-top:2.5rem;border-bottom:1px solid #8886}
table{border-collapse:collapse}
td,th{text-align:left;padding:.2rem .8rem;border-bottom:1px solid #8884}
pre{background:#8881;padding:.7rem;overflow:auto;border-radius:6px}
blockquote{margin:.5rem 0;padding-left:1rem;border-left:4px solid #0b4a8f}
.lesson{font-style:italic;opacity:.85}.bar{display:inline-block;height:.8rem;background:#0b4a8f;
border-radius:2px;vertical-align:middle;margin-right:.5rem}
@media(prefers-color-scheme:dark){body{color:#eee;background:#181818}blockquote,.bar
{border-color:#7db4f0}.bar{background:#7db4f0}}
"""


def html(grades: Sequence[Grade]) -> str:
    """The report as one self-contained page."""
    students = {own.student for own in grades}
    parts = [f"<h1>Class report: {len(students)} students</h1>"]
    head = "<tr><th>exercise<th>solved<th>points<th>commonest mistake</tr>"
    lines = []
    for number in _exercises(grades):
        solved, count, mean = _counts(grades, number)
        first = next((own.name for own in mistakes_of(grades, number)), "")
        link = f'<a href="#e{number}">{number}</a> {escape(_title(number))}'
        bar = f'<span class="bar" style="width:{5 * solved / max(count, 1):.2f}rem"></span>'
        lines.append(
            f"<tr><td>{link}<td>{bar}{solved} of {count}<td>{mean:.0%}<td>{escape(first)}</tr>"
        )
    parts.append(f"<table>{head}{''.join(lines)}</table>")
    for number in _exercises(grades):
        found = mistakes_of(grades, number)
        if found:
            parts.append(f'<h2 id="e{number}">{number} {escape(_title(number))}</h2>')
        for own in found:
            parts.append(f"<h3>{escape(own.name)}: {own.count}</h3>")
            parts.append(f"<p>By {escape(', '.join(own.students))}.</p>")
            parts += [f"<blockquote>{escape(own.question)}</blockquote>"] if own.question else []
            parts += [f"<pre>{escape(own.example)}</pre>"] if own.example else []
            parts += [f'<p class="lesson">{escape(own.paragraph)}</p>'] if own.paragraph else []
    looked = [line.removeprefix("- ") for line in _to_look_at(grades) if line.startswith("- ")]
    if looked:
        items = "".join(f"<li>{escape(line)}</li>" for line in looked)
        parts.append(f"<h2>To be looked at by a person</h2><ul>{items}</ul>")
    return (
        '<!doctype html><html lang="en"><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width">'
        f"<title>Class report</title><style>{STYLE}</style>{''.join(parts)}</html>\n"
    )
