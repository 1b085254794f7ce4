"""Lines that were written for several sizes of an axis, as lines for any size.

What differs from size to size is a number in them: `1 / 13`, `1 / 17`, `1 / 23` is `1 / n`.

>>> lines = [[f"t = np.ones(({2 * n}, 3)) * {1 / n!r}"] for n in (13, 17, 23)]
>>> unified(lines, (13, 17, 23), "n")
['t = np.ones((2 * n, 3)) * (1 / n)']
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterator, Sequence

from autodiff.source.words.literals import number as written

PIECES = re.compile(
    r"""("(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*')|([A-Za-z_][\w.]*)|"""
    r"""(\d+\.?\d*(?:e[+-]?\d+)?j?)|(\s+|.)"""
)


class DiffersError(Exception):
    """A line that is another one for another size, and not by a number that follows the size."""

    def __init__(self, line: str, reason: str = "") -> None:
        super().__init__(line)
        self.reason = reason or f"other lines are needed from `{line.lstrip('# '):.60}` on"


def unified(texts: Sequence[Sequence[str]], sizes: Sequence[int], name: str) -> list[str]:
    """The lines with the size's name; `DiffersError` where they are not of one kind."""
    found = []
    for place, line in enumerate(texts[0]):
        same = [text[place] if place < len(text) else "" for text in texts]
        found.append(line if len(set(same)) == 1 else _line(same, sizes, name))
    longest = max(texts, key=len)
    if len(longest) > len(found):
        raise DiffersError(longest[len(found)])
    return found


def _line(lines: Sequence[str], sizes: Sequence[int], name: str) -> str:
    """One line of which numbers differ."""
    rows = [PIECES.findall(FRACTION.sub(decimal, line)) for line in lines]
    if len({len(row) for row in rows}) != 1:
        raise DiffersError(lines[0])
    pieces = []
    for column in zip(*rows):
        if len(set(column)) == 1 or column[0][0]:  # a message is that of the first
            pieces.append(fraction(column[0][2]) if column[0][2] else "".join(column[0]))
            continue
        if not all(piece[2] for piece in column):
            raise DiffersError(lines[0])
        text = number([piece[2] for piece in column], sizes, name)
        if text is None:
            raise DiffersError(lines[0])
        pieces.append(text)
    return bare("".join(pieces))


FRACTION = re.compile(r"(?<![\w.])(\d+) / (\d+)(?![\w.])")
"""How a number is written that is shorter so: in one size a number may be, in another not."""


def decimal(match: re.Match[str]) -> str:
    """A fraction as a number."""
    return repr(int(match[1]) / int(match[2]))


def fraction(text: str) -> str:
    """A number as it is written: as a fraction where that is shorter."""
    shown = text if text.isdigit() or "j" in text else written(float(text)).text
    return f"({shown})" if " / " in shown else text


def bare(line: str) -> str:
    """Without the parentheses around a term that stands alone between commas or brackets."""
    return re.sub(r"(?<=[(\[,:])( ?)\(([^(),]*)\)(?=[,)\]:])", r"\1\2", line)


def number(values: Sequence[str], sizes: Sequence[int], name: str) -> str | None:
    """Numbers by the size: whole ones as a + b n or b n n, others by a factor."""
    if all(value.isdigit() for value in values):
        return whole([int(value) for value in values], sizes, name)
    if any("j" in value for value in values):
        return None
    own = [float(value) for value in values]
    parts = round(1 / (own[0] * sizes[0])) if own[0] else 0
    if parts > 1 and own == [1 / (parts * n) for n in sizes]:
        return f"(1 / ({parts} * {name}))"
    for text, measure, made in forms(name):
        factor = own[0] * measure(sizes[0])
        for c in (factor, round(factor, 9)):
            if [made(c, n) for n in sizes] == own:
                shown = repr(int(c)) if " / " in text and c == int(c) else repr(c)
                return f"({text.format(shown)})"
    return None


def whole(values: Sequence[int], sizes: Sequence[int], name: str) -> str | None:
    """Whole numbers by the size."""
    slope, rest = divmod(values[1] - values[0], sizes[1] - sizes[0])
    offset = values[0] - slope * sizes[0]
    if not rest and all(value == slope * n + offset for value, n in zip(values, sizes)):
        first = name if slope == 1 else f"{slope} * {name}"
        if not offset:
            return first if slope == 1 else f"({first})"
        return f"({first} {'+' if offset > 0 else '-'} {abs(offset)})"
    square, rest = divmod(values[0], sizes[0] ** 2)
    if not rest and all(value == square * n * n for value, n in zip(values, sizes)):
        return f"({name} * {name})" if square == 1 else f"({square} * {name} * {name})"
    return None


Form = tuple[str, Callable[[int], float], Callable[[float, int], float]]


def forms(name: str) -> Iterator[Form]:
    """How a number may follow the size: as text, by what factor, and the very calculation."""
    measures: list[tuple[str, Callable[[int], float]]] = [
        (name, float),
        (f"({name} - 1)", lambda n: float(n - 1)),
        (f"({name} + 1)", lambda n: float(n + 1)),
        (f"({name} * {name})", lambda n: float(n * n)),
        (f"np.sqrt({name})", math.sqrt),
        (f"np.log({name})", math.log),
    ]
    for text, measure in measures:
        yield f"{{}} / {text}", measure, lambda c, n, m=measure: c / m(n)
        yield f"{{}} * {text}", lambda n, m=measure: 1 / m(n), lambda c, n, m=measure: c * m(n)
    yield f"{{}} / {name} / {name}", lambda n: float(n * n), lambda c, n: c / n / n
    yield f"{{}} / {name} * (1 / {name})", lambda n: float(n * n), lambda c, n: c / n * (1 / n)
