"""What a check of an answer says, in the order in which a student can use it.

The verdict; the smallest input that differs, with expected and got; where; the question that
belongs to the known mistake, if it is one; what to look at; a second hint when asked for.  It is
text, HTML and plain data from the same rows.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from html import escape
from typing import Any


class CheckFailed(AssertionError):
    """An answer did not pass in grading mode; the message is the report, `report` the data."""

    def __init__(self, report: CheckReport) -> None:
        super().__init__(str(report))
        self.report = report

    def _render_traceback_(self) -> list[str]:
        """In a notebook the report stands alone: no frame in between is the student's."""
        return [f"CheckFailed: {self}"]


@dataclass(slots=True)
class CheckReport:
    """The result of `ad.course.check`: true when passed; prints and shows itself.

    `finding` is the verdict in a few words, `rows` the rest as (label, text) in order.
    `kind` is "passed", "empty", "printed", "raised", "form", "forbidden", "out of time",
    "changed its input", "not a function", "nearly", or what a `Difference` is called.
    `misconception` is the name of the known mistake that the answer makes, `relation` that of a
    relation of its result to the right one, "" if none.  `inputs` counts what was tried,
    `failing` what differed, `hints_used` the hints shown so far.
    """

    number: str
    title: str
    kind: str = "passed"
    finding: str = ""
    rows: list[tuple[str, str]] = field(default_factory=list)
    misconception: str = ""
    relation: str = ""
    inputs: int = 0
    failing: int = 0
    hints_used: int = 0
    hidden: bool = False

    @property
    def verdict(self) -> str:
        """The result in one line."""
        stop = "" if self.finding.endswith("?") else "."
        asked = self.title.endswith("?")
        finding = self.finding[:1].upper() + self.finding[1:] if asked else self.finding
        return f"Exercise {self.number}, {self.title}{'' if asked else ':'} {finding}{stop}"

    @property
    def passed(self) -> bool:
        """Whether the answer did what the solution does, for every input that was tried."""
        return self.kind == "passed"

    def data(self) -> dict[str, Any]:
        """The report as plain data, for a grader."""
        return {
            "exercise": self.number,
            "title": self.title,
            "passed": self.passed,
            "kind": self.kind,
            "misconception": self.misconception,
            "relation": self.relation,
            "hidden": self.hidden,
            "inputs": self.inputs,
            "failing": self.failing,
            "hints used": self.hints_used,
            "report": str(self),
        }

    def __bool__(self) -> bool:
        return self.passed

    def __str__(self) -> str:
        width = max((len(label) for label, _ in self.rows), default=0)
        gap = "\n" + " " * (width + 4)
        lines = [f"  {label:<{width}}  {text.replace(chr(10), gap)}" for label, text in self.rows]
        return "\n".join([self.verdict, *lines])

    __repr__ = __str__

    def _repr_html_(self) -> str:
        sign = "✓" if self.passed else "✗"
        head = f"<p><strong>{sign} {escape(self.verdict)}</strong></p>"
        rows = "".join(
            f'<tr><th style="text-align:left;vertical-align:top">{escape(label)}</th>'
            f'<td style="text-align:left">{_cell(label, text)}</td></tr>'
            for label, text in self.rows
        )
        return f"<div>{head}{f'<table>{rows}</table>' if rows else ''}</div>"


def _cell(label: str, text: str) -> str:
    if label in ("input", "expected", "got", "line"):
        return f'<pre style="margin:0;background:none">{escape(text)}</pre>'
    return re.sub("`([^`]+)`", r"<code>\1</code>", escape(text)).replace("\n", "<br>")
