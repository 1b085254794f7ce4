"""Equal repeated steps as a `for`: a recurrent network of fifty steps reads as one step.

A recording has no loops; its lines repeat.  Lines that are equal but for names and whole numbers
are steps of a loop where each of these is, from step to step, one of six things: always the same;
what an earlier line of the step made; what the step before made, so that it is carried; the k-th of
what another loop made, of which a list is kept; one of several names that were there before; or a
number that grows or falls evenly.

>>> lines = [f"h_{k + 1} = np.tanh(x[{k}] + h_{k})" for k in range(1, 9)] + ["return h_9"]
>>> print("\\n".join("    " * depth + line for depth, line in folded(lines, {"x", "h_1"})))
h = h_1
for i in range(1, 9):
    h = np.tanh(x[i] + h)
return h
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from autodiff.source.loops.repeats import (
    LEAST,
    Line,
    Number,
    base_of,
    by_index,
    counter,
    evenly,
    prefix,
    regions,
    taken_apart,
)
from autodiff.source.words.names import Names

MOST = 6000
"""A program of more lines is left as it is."""
FRAME = 40
"""Characters of `for i in range(3):` and of a list that keeps what the steps make."""


@dataclass(slots=True)
class Loop:
    """Steps that are equal: `how` says what each name and number of the first one is."""

    steps: list[list[Line]]
    how: dict[tuple[int, int], tuple[str, object]]

    def made(self, step: int) -> list[str]:
        """What the lines of a step make."""
        return [name for line in self.steps[step] for name in line.targets]

    def is_shorter(self) -> bool:
        """Whether it reads faster than its steps one after another: lists of names are long."""
        chosen = [about for what, about in self.how.values() if what == "choice"]
        one, *rest = [sum(len(line.text) for line in step) for step in self.steps]
        lists = sum(len(name) + 2 for names in chosen for name in names)  # type: ignore[attr-defined]
        return FRAME + one + lists < one + sum(rest)


def folded(lines: Sequence[str], known: set[str]) -> list[tuple[int, str]]:
    """Lines with their depth, where repeated steps have become loops; `known` names are there."""
    read = list(taken_apart(lines))
    if len(read) > MOST:
        return [(0, line) for line in lines]
    return _Folding(read, known).result


class _Folding:
    def __init__(self, lines: list[Line], known: set[str]) -> None:
        self.lines = lines
        self.own = known | {name for line in lines for name in line.targets}
        self.begin = 0
        self.result: list[tuple[int, str]] = []
        self.renamed: dict[str, str] = {}
        self.family: dict[str, tuple[int, int, int]] = {}
        """Which loop and target a name is of, and of which step."""
        self.lists: dict[tuple[int, int], str] = {}
        self.loops = 0
        self.defined = dict.fromkeys(known, -1)
        """Where each name is made."""
        for place, line in enumerate(lines):
            for name in line.targets:
                self.defined.setdefault(name, place)
        counted = Counter(name for line in lines for name in line.targets)
        self.once = {name for name, count in counted.items() if count == 1}
        taken = {p for line in lines for p, k in zip(line.pieces, line.kinds) if k == "name"}
        self.names = Names(taken | known)
        at = 0
        for start, period, count in regions([line.shape for line in lines]):
            if start < at:
                continue
            loop, begin = self.best(start, period, count)
            if loop is None:
                continue
            self.straight(at, begin)
            at = begin + period * len(loop.steps)
            self.write(loop, at)
        self.straight(at, len(lines))

    def straight(self, start: int, stop: int) -> None:
        """Lines that stay as they are, but for names."""
        for line in self.lines[start:stop]:
            self.result += [(0, comment) for comment in line.comments]
            self.result.append((0, self.rewritten(line, lambda _, piece: self.name(piece))))

    def name(self, name: str) -> str:
        """The text of a value that was called so."""
        return self.renamed.get(name, name)

    @staticmethod
    def rewritten(line: Line, name: Callable[[int, str], str]) -> str:
        """A line with other texts for its names."""
        return "".join(
            name(place, piece) if kind == "name" else piece
            for place, (piece, kind) in enumerate(zip(line.pieces, line.kinds))
        )

    # -- finding -----------------------------------------------------------------------------------

    def best(self, start: int, period: int, count: int) -> tuple[Loop | None, int]:
        """The longest loop in a region, which may begin at any line of a step."""
        found: tuple[Loop | None, int] = (None, start)
        size = 0
        for begin in range(start, start + min(2 * period, period * (count - LEAST) + 1)):
            room = (start + period * count - begin) // period
            if room * period <= size:
                break
            loop = self.loop(begin, period, room)
            if loop is not None and len(loop.steps) * period > size:
                found, size = (loop, begin), len(loop.steps) * period
                if size >= 0.9 * room * period:
                    break
        return found

    def loop(self, begin: int, period: int, count: int) -> Loop | None:
        """The steps of a region as a loop, as many as fit; None where they don't."""
        while count >= LEAST:
            steps = [
                self.lines[begin + period * k : begin + period * (k + 1)] for k in range(count)
            ]
            made = [[name for line in step for name in line.targets] for step in steps]
            own = {name: (k, j) for k, step in enumerate(made) for j, name in enumerate(step)}
            if not self.once.issuperset(own):
                return None
            how, fits = {}, count
            before, self.begin = 0, begin
            for j, line in enumerate(steps[0]):
                for q, kind in enumerate(line.kinds):
                    if not kind:
                        continue
                    row = [step[j].pieces[q] for step in steps]
                    if kind == "whole":
                        length, what = evenly([int(one) for one in row])
                    else:
                        length, what = self.role(row, made, own, before)
                    how[j, q] = what
                    fits = min(fits, length)
                    if fits < LEAST:
                        return None
                before += len(line.targets)
            if fits == count:
                loop = Loop(steps, how)
                return loop if loop.is_shorter() else None
            count = fits
        return None

    def role(
        self, row: list[str], made: list[list[str]], own: dict[str, tuple[int, int]], before: int
    ) -> tuple[int, tuple[str, object]]:
        """What a name is from step to step, and for how many steps."""
        found: list[tuple[int, tuple[str, object]]] = []
        if row[0] not in own:
            found.append((prefix(row, lambda k: row[0]), ("same", row[0])))
        if row[0] in own and own[row[0]][0] == 0:
            j = own[row[0]][1]
            found.append((prefix(row, lambda k: made[k][j]), ("step", j)))
        if row[1] in own and own[row[1]][0] == 0 and self.is_made(row[0]):
            j = own[row[1]][1]
            length = prefix(row, lambda k: made[k - 1][j] if k else row[0])
            found.append((length, ("carried late" if j < before else "carried", (j, row[0]))))
        if row[0] in self.family and row[1] in self.family:
            loop, j, first = self.family[row[0]]
            b = self.family[row[1]][2] - first
            length = prefix(
                [self.family.get(name) for name in row], lambda k: (loop, j, first + b * k)
            )
            found.append((length, ("listed", (loop, j, (first, b)))))
        if not any(length >= LEAST for length, _ in found) and all(map(self.is_made, row)):
            found.append((len(row), ("choice", tuple(row))))
        return max(found, key=lambda one: one[0], default=(0, ("", None)))

    def is_made(self, name: str) -> bool:
        """Whether a name is made before the loop that is looked for."""
        return self.defined.get(name, self.begin) < self.begin

    # -- writing -----------------------------------------------------------------------------------

    def write(self, loop: Loop, end: int) -> None:
        """Put a loop among the lines, and remember what it made."""
        count, made = len(loop.steps), [loop.made(k) for k in range(len(loop.steps))]
        number = self.loops
        self.loops += 1
        own = {name for step in made for name in step}
        self.names.taken -= own
        names = [self.names.new(base_of(name)) for name in made[0]]
        later = {
            piece
            for line in self.lines[end:]
            for piece, kind in zip(line.pieces, line.kinds)
            if kind == "name" and piece in own
        }
        kept = [
            any(step[j] in later for step in made[:-1]) for j in range(len(made[0]))
        ]  # fmt: skip
        for j, name in enumerate(names):
            if kept[j]:
                self.lists[number, j] = self.names.new(f"all_{name}")
        first, stride = counter(loop.how)
        index = "i" if stride else "_"
        index = self.names.new(index) if index in self.own else index
        starts, late = {}, {}
        for what, about in loop.how.values():
            if what in ("carried", "carried late"):
                j, initial = about  # type: ignore[misc]
                starts[j] = self.name(initial)
                if what == "carried late":
                    late[j] = late.get(j) or self.names.new(f"{names[j]}_before")
        for j, text in starts.items():
            self.result.append((0, f"{names[j]} = {text}"))
        for j in range(len(names)):
            if kept[j]:  # of what is carried, also the value before the first step
                first_one = names[j] if j in starts else ""
                self.result.append((0, f"{self.lists[number, j]} = [{first_one}]"))
        stop = first + stride * count
        reach = f"{first}, {stop}" if first or stride < 0 else f"{stop}"
        reach = f"{count}" if not stride else f"{reach}, -1" if stride < 0 else reach
        self.result.append((0, f"for {index} in range({reach}):"))
        self.result += [(1, f"{late[j]} = {names[j]}") for j in late]
        at = 0
        for place, line in enumerate(loop.steps[0]):
            comments = line.comments or loop.steps[1][place].comments
            self.result += [(1, comment) for comment in comments]
            shown = "".join(
                self.piece(loop, place, q, piece, names, late, (first, stride), index)
                if kind
                else piece
                for q, (piece, kind) in enumerate(zip(line.pieces, line.kinds))
            )
            self.result.append((1, shown))
            for j in range(at, at + len(line.targets)):
                if kept[j]:
                    self.result.append((1, f"{self.lists[number, j]}.append({names[j]})"))
            at += len(line.targets)
        for what, about in loop.how.values():
            if what == "carried" and kept[about[0]]:  # type: ignore[index]
                self.family.setdefault(about[1], (number, about[0], 0))  # type: ignore[index]
        for k, step in enumerate(made):
            for j, name in enumerate(step):
                at = k + (j in starts)
                self.family[name] = (number, j, at)
                text = names[j] if k == count - 1 else f"{self.lists.get((number, j))}[{at}]"
                self.renamed[name] = text

    def piece(
        self,
        loop: Loop,
        place: int,
        q: int,
        piece: str,
        names: list[str],
        late: dict[int, str],
        counting: Number,
        index: str,
    ) -> str:
        """The text in the loop of one name or number."""
        what, about = loop.how[place, q]
        if what == "same":
            return self.name(piece)
        if what == "step":
            return names[about]  # type: ignore[index]
        if what == "carried":
            return names[about[0]]  # type: ignore[index]
        if what == "carried late":
            return late[about[0]]  # type: ignore[index]
        if what == "number":
            before = loop.steps[0][place].pieces[q - 1] if q else ""
            shown = by_index(about, counting, index)  # type: ignore[arg-type]
            alone = before in "[(" or shown == index or shown.isdigit()
            return shown if alone else f"({shown})"
        if what == "listed":
            own, j, number = about  # type: ignore[misc]
            return f"{self.lists[own, j]}[{by_index(number, counting, index)}]"
        chosen = ", ".join(self.name(one) for one in about)  # type: ignore[attr-defined]
        return f"({chosen})[{by_index((0, 1), counting, index)}]"
