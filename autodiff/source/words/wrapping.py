"""Lines of at most 88 columns: a long one is broken inside of its brackets, where Python allows it.

>>> print("\\n".join(wrapped("f(" + ", ".join(["argument"] * 12) + ")", 0)))
f(
    argument, argument, argument, argument, argument, argument, argument, argument,
    argument, argument, argument, argument,
)
"""

from __future__ import annotations

import re

WIDTH = 88
TARGETS = re.compile(r"(\w+(?:, \w+)*,|\w+(?:, \w+)+) = ")
"""Several names on the left of an assignment."""
OPENING, CLOSING = "([{", ")]}"


def wrapped(line: str, depth: int, inside: bool = False) -> list[str]:
    """A logical line at some depth of indentation, as lines.

    Inside of brackets it may be broken at any space.
    """
    indent = "    " * depth
    if len(indent) + len(line) <= WIDTH or line[0] in "'\"#":
        return [indent + line]
    targets = TARGETS.match(line)
    if targets is not None and len(indent) + targets.end() > WIDTH - 8:
        line = f"({targets[1]}){line[targets.end(1) :]}"
        span: tuple[int, int] | None = (0, targets.end(1) + 1)
    else:
        span = _outermost(line)
    if span is None:
        if inside:
            return [indent + row for row in _rows(split(line, " "), len(indent))]
        return [indent + line] if line[0] in CLOSING else _in_parentheses(line, indent)
    start, end = span
    inner, tail = line[start + 1 : end], line[end:]
    parts = split(inner, ",")
    if len(parts) == 1:
        if len(indent) + 4 + len(inner) <= WIDTH:
            body = [f"{indent}    {inner}"]
            return [indent + line[: start + 1], *body, *wrapped(tail, depth, inside)]
        return [
            indent + line[: start + 1],
            *wrapped(inner, depth + 1, True),
            *wrapped(tail, depth, inside),
        ]
    rows, row = [], ""
    for part in parts:
        text = part.strip()
        if row and len(indent) + 4 + len(row) + len(text) + 3 > WIDTH:
            rows.append(row)
            row = ""
        row = f"{row} {text}," if row else f"{text},"
    rows.append(row)
    comma = line[start] == "[" and line[start - 1 : start].isidentifier()
    if comma and len(parts) == 1:
        rows[-1] = rows[-1].rstrip(",")
    body = [one for row in rows for one in wrapped(row, depth + 1, True)]
    return [indent + line[: start + 1], *body, *wrapped(tail, depth, inside)]


def _in_parentheses(line: str, indent: str) -> list[str]:
    """A long sum or product, in parentheses and broken before its operators."""
    head, equals, text = line.partition(" = ")
    if not equals:
        head, equals, text = line.partition(" ")
    rows = _rows(split(text, " "), len(indent) + 4)
    return [f"{indent}{head}{equals}(", *(f"{indent}    {row}" for row in rows), f"{indent})"]


def _rows(words: list[str], indent: int) -> list[str]:
    """Words side by side, as many as a line holds."""
    rows, row = [], ""
    for word in words:
        if row and indent + len(row) + 1 + len(word) > WIDTH:
            rows.append(row)
            row = ""
        row = f"{row} {word}" if row else word
    return [*rows, row]


def _outermost(line: str) -> tuple[int, int] | None:
    """The longest pair of brackets that no other holds, after one that only closes."""
    best, depth, start, quote = None, 0, 0, ""
    for place, letter in enumerate(line):
        if place == 0 and letter in CLOSING:
            continue
        if quote:
            quote = "" if letter == quote and line[place - 1] != "\\" else quote
        elif letter in "'\"":
            quote = letter
        elif letter in OPENING:
            start = place if depth == 0 else start
            depth += 1
        elif letter in CLOSING:
            depth -= 1
            if depth == 0 and (best is None or place - start > best[1] - best[0]):
                best = (start, place)
    return best


def split(text: str, mark: str) -> list[str]:
    """The parts between marks that stand in no bracket and no string."""
    parts, depth, quote, begin = [], 0, "", 0
    for place, letter in enumerate(text):
        if quote:
            quote = "" if letter == quote and text[place - 1] != "\\" else quote
        elif letter in "'\"":
            quote = letter
        elif letter in OPENING:
            depth += 1
        elif letter in CLOSING:
            depth -= 1
        elif letter == mark and depth == 0:
            parts.append(text[begin:place])
            begin = place + 1
    rest = text[begin:]
    return [*parts, rest] if rest.strip() else parts
