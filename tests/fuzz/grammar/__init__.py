"""What a statement may look like: tables of templates, one family a file, as a reader would write them.

A line is a template; indented lines below belong to it, and `;` begins a new line.  Names in braces
are slots (see `fuzz.slots`).  After `# same:` stands an expression that must keep its value near the
point, since the statement has a kink or a branch there; after `# where:` one that must be true.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from fuzz.grammar import arrays, calls, changes, idioms, plain, python

_MARKS = re.compile(r"\s+#\s(?=same:|where:)")


@dataclass(frozen=True)
class Template:
    """A statement with slots."""

    family: str
    text: str
    same: str = ""
    where: str = ""


def parse(family: str, table: str) -> list[Template]:
    """The templates of a table.

    >>> parse("kinks", "{new} = np.abs({any})  # same: {any} > 0")
    [Template(family='kinks', text='{new} = np.abs({any})', same='{any} > 0', where='')]
    """
    found = []
    for block in re.split(r"\n(?!\s|else:)", table.strip("\n")):
        if not block.strip():
            continue
        first, _, rest = block.partition("\n")
        text, *marks = _MARKS.split(first)
        marked = dict(mark.split(": ", 1) for mark in marks)
        lines = "\n".join(text.split("; ")) + ("\n" + rest if rest else "")
        found.append(Template(family, lines, marked.get("same", ""), marked.get("where", "")))
    return found


WEIGHTS_AND_TABLES: dict[str, tuple[float, str]] = {
    **calls.FAMILIES,
    **arrays.FAMILIES,
    **changes.FAMILIES,
    **plain.FAMILIES,
    **python.FAMILIES,
    **idioms.FAMILIES,
}
FAMILIES = {name: parse(name, table) for name, (_, table) in WEIGHTS_AND_TABLES.items()}
WEIGHTS = {name: weight for name, (weight, _) in WEIGHTS_AND_TABLES.items()}
