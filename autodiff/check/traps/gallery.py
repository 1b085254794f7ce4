"""The trap gallery: where autodiff libraries are quietly wrong, and what this one says.

    traps                       the table
    traps["abs at 0"]           one trap: its code, naive answers, ours, and why
    traps["abs at 0"].run()     its outcome, here and now

It is a regression suite too: `failures()` runs every trap.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterator
from html import escape

from autodiff.check.traps.calls import CALLS
from autodiff.check.traps.kinks import KINKS
from autodiff.check.traps.peers import answer, installed
from autodiff.check.traps.state import STATE
from autodiff.check.traps.trap import Outcome, Trap
from autodiff.core.language.display.table import table

HEADER = ("row", "trap", "naive engines answer", "here", "why")


class Gallery:
    """All traps, by name and in order of their rows."""

    def __init__(self, traps: tuple[Trap, ...]) -> None:
        self.by_name = {trap.name: trap for trap in sorted(traps, key=lambda trap: trap.row)}

    def __getitem__(self, name: str) -> Trap:
        """A trap by its name, or by a part of it that only one has."""
        if name in self.by_name:
            return self.by_name[name]
        near = [known for known in self.by_name if name.lower() in known.lower()]
        if len(near) == 1:
            return self.by_name[near[0]]
        near = near or difflib.get_close_matches(name, self.by_name, n=3, cutoff=0.4)
        hint = f" Did you mean {', '.join(map(repr, near))}?" if near else ""
        raise KeyError(f"no trap is named {name!r}.{hint}")

    def __iter__(self) -> Iterator[Trap]:
        return iter(self.by_name.values())

    def __len__(self) -> int:
        return len(self.by_name)

    def __contains__(self, name: object) -> bool:
        return name in self.by_name

    def rows(self) -> list[tuple[str, ...]]:
        """Every trap run, as the rows of the table."""
        return [
            (str(trap.row), trap.name, trap.naive, _short(trap.run().text), trap.why)
            for trap in self
        ]

    def table(self, width: int | None = None) -> str:
        """The traps with what naive engines answer, what this one says, and why."""
        return table(HEADER, self.rows(), width=width)

    def failures(self) -> list[tuple[Trap, Outcome]]:
        """The traps that this engine falls into.

        >>> traps.failures()
        []
        """
        outcomes = ((trap, trap.run()) for trap in self)
        return [(trap, outcome) for trap, outcome in outcomes if not trap.is_right(outcome)]

    def __str__(self) -> str:
        return self.table()

    def __repr__(self) -> str:
        return f"<{len(self)} traps; print them for a table, or look one up by its name>"

    def _repr_html_(self) -> str:
        head = "".join(f"<th>{escape(cell)}</th>" for cell in HEADER)
        rows = ("".join(f"<td>{escape(cell)}</td>" for cell in row) for row in self.rows())
        body = "".join(f"<tr>{row}</tr>" for row in rows)
        return f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"


traps = Gallery((*STATE, *CALLS, *KINKS))


def peer_table(width: int | None = None) -> str:
    """What the other libraries that are installed answer, beside this one; '' without any."""
    names = installed()
    if not names:
        return ""
    rows = [
        (
            str(trap.row),
            trap.name,
            _short(trap.run().text),
            *(_short(answer(name, trap)) for name in names),
        )
        for trap in traps
        if trap.peer is not None
    ]
    return table(("row", "trap", "here", *names), rows, width=width)


def tell(name: str | None = None, peers: bool = True, width: int | None = None) -> str:
    """The text of the command `autodiff traps [name]`: the table, or one trap in full.

    No line of the table is longer than `width`.

    >>> print(tell("abs at 0").splitlines()[0])
    abs at 0 (row 9)
    """
    if name is not None:
        trap = traps[name]
        asked = installed() if peers and trap.peer is not None else []
        return "\n".join(
            [str(trap), *(f"  {peer + ':':<14} {answer(peer, trap)}" for peer in asked)]
        )
    beside = peer_table(width) if peers else ""
    count = len(traps) - len(traps.failures())
    ending = f"{count} of {len(traps)} are right here, or a clear error or warning."
    return "\n\n".join(part for part in (traps.table(width), beside, ending) if part)


def _short(text: str, most: int = 60) -> str:
    return text if len(text) <= most else f"{text[: most - 3]}..."
