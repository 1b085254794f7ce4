"""A cell as plain Python: without the lines that are for Jupyter, `%time`, `!pip`, `np.sin?`.

A cell that is Python already stays as it is, also where a line of it begins with `%` (an operator,
or the text of a string).  In another, lines at the beginning of a statement that Python cannot know
become `pass`, so that blocks and line numbers stay; a `%%bash` cell is no Python at all.

>>> print(plain("%%time\\n!pip install \\\\\\n    numpy\\nfiles = !ls\\nx = (7\\n  % 4)"))
pass
pass
pass
files = None
x = (7
  % 4)
>>> plain("%%bash\\nls *.py")
''
"""

from __future__ import annotations

import ast
import io
import re
import textwrap
import tokenize

PYTHON = ("time", "timeit", "capture", "prun", "memit", "mprun", "debug", "python", "python3")
"""The cell magics whose cell is Python all the same."""
_CELL = re.compile(r"\s*%%(\w+)")
_LINE = re.compile(r"(\s*)(?:[%!?]|[\w.]+\?{1,2}\s*$|(?:pip3?|conda) (?:un)?install\b)")
_ASSIGNED = re.compile(r"(\s*[\w., ]+=\s*)[%!]")


def plain(cell: str) -> str:
    """The cell's source as Python; "" where it is in another language."""
    lines = cell.expandtabs(4).splitlines() if cell.startswith((" ", "\t")) else cell.splitlines()
    cell = textwrap.dedent("\n".join(lines))
    if _is_python(cell):
        return cell
    found = _CELL.match(cell)
    if found and found[1] not in PYTHON:
        return ""
    kept: list[str] = []
    going_on = False  # the line before was for Jupyter, and ended in a backslash
    for line in cell.splitlines():
        own = _LINE.match(line)
        assigned = _ASSIGNED.match(line)
        if going_on or ((own or assigned) and not _is_inside("\n".join(kept))):
            going_on = line.rstrip().endswith("\\")
            kept.append(f"{assigned[1]}None" if assigned else f"{own[1] if own else ''}pass")
        else:
            kept.append(line)
    return "\n".join(kept)


def _is_python(source: str) -> bool:
    try:
        ast.parse(source)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return False
    return True


def _is_inside(source: str) -> bool:
    """Whether a statement is not complete after these lines: a bracket, a string, a backslash."""
    if source.rstrip(" \t").endswith("\\"):
        return True
    try:
        list(tokenize.generate_tokens(io.StringIO(source).readline))
    except tokenize.TokenError as error:
        return "multi-line" in str(error)
    except (SyntaxError, ValueError):
        pass
    return False
