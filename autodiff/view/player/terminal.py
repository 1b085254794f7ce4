"""The steps in a terminal: the same records, as tables with the changed cell marked."""

from __future__ import annotations

from collections.abc import Callable

from autodiff.core.language.display.table import table
from autodiff.view.player.steps import Steps, Sweep
from autodiff.view.words.text import clipped

HELP = "Enter next, b back, f first, l last, ] next sweep, [ previous sweep, q quit"


def page(sweep: Sweep, count: int, limit: int = 40) -> str:
    """One screen: the equation, its numbers, the source line's words, and the state table.

    The cells that the last step changed are marked with `*`, also for readers who do not see
    colour.
    """
    state = sweep.state(count)
    step = sweep.steps[count - 1] if count else None
    lines = [f"{sweep.title}: step {count} of {len(sweep.steps)}"]
    if step is not None:
        lines += [f"  {step.symbolic}"]
        lines += [f"  = {step.numeric}"] if step.numeric else []
        lines += [f"  {step.words}"]
    rows = []
    for row in sweep.rows:
        changed = step.changes.get(row["key"], {}) if step is not None else {}
        cells = state.get(row["key"], {})
        mark = ">" if step is not None and step.row == row["key"] else " "
        shown = [
            f"{clipped(cells.get(column, '·'), 40)}{'*' if column in changed else ''}"
            for column in sweep.columns
        ]
        rows.append((f"{mark} {clipped(row['name'], 30)}", *shown))
    lines += ["", table(("  name", *sweep.columns), rows, limit=limit)]
    return "\n".join(lines)


def terminal(
    steps: Steps, read: Callable[[str], str] = input, write: Callable[[str], None] = print
) -> None:
    """Step through in a terminal; `read` asks for a key, `write` shows a page.

    Ends at `q`, or when the input ends.

    >>> from autodiff.view.player.tour import steps
    >>> terminal(steps(lambda x: x * x, 3.0), read=lambda prompt: "q")
    Forward sweep: values: step 0 of 2
    <BLANKLINE>
      name  value
    ------  -----
      x     ·
      y     ·
    """
    which, count = 0, 0
    while True:
        sweep = steps.sweeps[which]
        write(page(sweep, count))
        try:
            key = read(f"\n[{HELP}] ").strip().lower()
        except EOFError:
            return
        if key == "q":
            return
        if key in ("]", "["):
            which = max(0, min(which + (1 if key == "]" else -1), len(steps.sweeps) - 1))
            count = 0
        elif key == "b":
            count = max(count - 1, 0)
        elif key == "f":
            count = 0
        elif key == "l":
            count = len(sweep.steps)
        elif count < len(sweep.steps):
            count += 1
        elif which + 1 < len(steps.sweeps):
            which, count = which + 1, 0
