"""Lines that repeat: where they are equal but for names and whole numbers, and what these are.

>>> lines = list(taken_apart(["a_1 = f(a_0)", "a_2 = f(a_1)", "a_3 = f(a_2)"]))
>>> regions([line.shape for line in lines])
[(0, 1, 3)]
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

PIECES = re.compile(
    r"""("[^"]*"|'[^']*')|(?<![.\w])([A-Za-z_]\w*)(?![\w=])|(\d+(?:\.\d*)?(?:e[+-]?\d+)?j?)|(.)"""
)
TARGETS = re.compile(r"^(\w+(?:, \w+)*),? = ")
LEAST = 3
"""At least so many steps make a loop."""
LONGEST = 120
"""Steps of more lines are not looked for."""
Number = tuple[int, int]
"""What a whole number is in the k-th step: a + b k."""


@dataclass(slots=True)
class Line:
    """A line in pieces: names, whole numbers, and what is between them.

    `origin` is the user's line that it stems from: the last one that was told above.
    """

    text: str
    comments: list[str]
    origin: str = ""
    pieces: list[str] = field(default_factory=list)
    kinds: list[str] = field(default_factory=list)
    targets: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        for string, name, number, other in PIECES.findall(self.text):
            whole = number.isdigit()
            self.pieces.append(string or name or number or other)
            self.kinds.append("name" if name else "whole" if whole else "")
        found = TARGETS.match(self.text)
        self.targets = found[1].split(", ") if found else []

    @property
    def shape(self) -> tuple[str, ...]:
        """The line without its names and whole numbers, and what it stems from."""
        return (self.origin, *[kind or piece for kind, piece in zip(self.kinds, self.pieces)])


def taken_apart(lines: Sequence[str]) -> Iterator[Line]:
    """The lines, each with the comments above it."""
    comments: list[str] = []
    origin = ""
    for line in lines:
        if line.startswith("#"):
            comments.append(line)
            origin = line
        else:
            yield Line(line, comments, origin)
            comments = []


def regions(shapes: list[tuple[str, ...]]) -> list[tuple[int, int, int]]:
    """Where lines repeat: (start, lines a step, steps), not overlapping, the longest first kept.

    >>> regions([("a",), ("b",), ("a",), ("b",), ("a",), ("b",), ("c",)])
    [(0, 2, 3)]
    """
    numbers: dict[tuple[str, ...], int] = {}
    codes = [numbers.setdefault(shape, len(numbers)) for shape in shapes]
    found = []
    for period in range(1, min(LONGEST, len(codes) // LEAST) + 1):
        run = 0
        for place in range(len(codes) - period + 1):
            same = place < len(codes) - period and codes[place] == codes[place + period]
            if same:
                run += 1
                continue
            if run >= (LEAST - 1) * period:
                found.append((place - run, period, run // period + 1))
            run = 0
    found.sort(key=lambda one: (-one[1] * one[2] + one[1], one[1]))
    kept: list[tuple[int, int, int]] = []
    for start, period, count in found:
        end = start + period * count
        if all(end <= s or start >= s + p * c for s, p, c in kept):
            kept.append((start, period, count))
    return sorted(kept)


def prefix(row: Sequence[object], wanted: Callable[[int], object]) -> int:
    """For how many steps a row is what is wanted."""
    for k, one in enumerate(row):
        if one != wanted(k):
            return k
    return len(row)


def evenly(row: list[int]) -> tuple[int, tuple[str, object]]:
    """For how many steps numbers grow or fall evenly."""
    first, stride = row[0], row[1] - row[0]
    return prefix(row, lambda k: first + stride * k), ("number", (first, stride))


def by_index(number: Number, counting: Number, index: str) -> str:
    """A number of the k-th step by what the loop counts.

    >>> by_index((3, 1), (0, 1), "i"), by_index((9, -1), (0, 1), "i")
    ('i + 3', '9 - i')
    """
    (a, b), (first, stride) = number, counting
    if b == 0:
        return str(a)
    b *= stride
    a -= b * first
    if b == 1:
        return index if a == 0 else f"{index} + {a}" if a > 0 else f"{index} - {-a}"
    if b == -1:
        return f"{a} - {index}" if a else f"-{index}"
    return f"{b} * {index}" if a == 0 else f"{b} * {index} {'+' if a > 0 else '-'} {abs(a)}"


def base_of(name: str) -> str:
    """A name without its number: `h_12` is h, `t7` is t."""
    return re.sub(r"_\d+$", "", name) if "_" in name else re.sub(r"^t\d+$", "t", name)


def counter(how: Mapping[tuple[int, int], tuple[str, object]]) -> Number:
    """What the loop counts: the numbers that stand in it most often."""
    counted: Counter[Number] = Counter()
    for what, about in how.values():
        if what == "listed":
            counted[about[2]] += 1  # type: ignore[index]
        elif what == "number":
            counted[about] += 1  # type: ignore[index]
        elif what == "choice":
            counted[0, 1] += 1
    found = [(own, n) for own, n in counted.items() if abs(own[1]) == 1]
    if not found:
        return (0, 1) if any(own[1] for own in counted) else (0, 0)
    return max(found, key=lambda one: one[1])[0]
