"""The committed figures: make them all, or check that none is stale.

    python -m autodiff.view.figures [FOLDER] [--check]

`FOLDER/make_figures.py` (default: `figures/`) says which there are, in `FIGURES`, a dictionary
from file name to a function that returns a drawing or a matplotlib figure.  A fingerprint of
what each shows is kept in `FOLDER/fingerprints.json`, so that the check needs no renderer and
does not depend on the version of one.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from autodiff.core.ground.modules import module_of
from autodiff.view.records.subject import ViewError

FINGERPRINTS = "fingerprints.json"


def recipes(folder: Path) -> dict[str, Callable[[], Any]]:
    """The functions that make the figures, by file name."""
    file = folder / "make_figures.py"
    if not file.exists():
        raise ViewError(f"there is no {file}; run this where the folder figures/ is, or name it.")
    found: dict[str, Callable[[], Any]] = module_of(file).FIGURES
    return found


def fingerprint(figure: Any) -> str:
    """A hash of what a figure shows: the DOT source, or the words and ends of the curves."""
    shown = figure.source if hasattr(figure, "source") else chart_in_words(figure)
    return hashlib.sha256(shown.encode()).hexdigest()[:16]


def chart_in_words(figure: Any) -> str:
    """The labels of a chart, the length of each curve, and where it ends to two digits."""
    words = []
    if alt := getattr(figure, "alt_text", None):  # a table of numbers: they are what it shows
        words = [alt, *(text.get_text() for axes in figure.axes for text in axes.texts)]
    for axes in figure.axes:
        words += [axes.get_title(), axes.get_xlabel(), axes.get_ylabel()]
        for line in axes.lines:
            last = np.asarray(line.get_ydata(), float)[-1]
            words.append(f"{line.get_label()} {len(line.get_xdata())} {last:.1e}")
    return "\n".join(words)


def make(folder: Path) -> list[str]:
    """Write every figure and the fingerprints; the names of the files written."""
    marks = {}
    for name, recipe in recipes(folder).items():
        figure = recipe()
        marks[name] = fingerprint(figure)
        write(figure, folder / name)
    (folder / FINGERPRINTS).write_text(json.dumps(marks, indent=1) + "\n", encoding="utf-8")
    return list(marks)


def write(figure: Any, file: Path) -> None:
    """Save a drawing, a player or a chart, with the same bytes each time."""
    if hasattr(figure, "savefig"):
        import matplotlib

        with matplotlib.rc_context({"svg.hashsalt": "autodiff", "svg.fonttype": "none"}):
            figure.savefig(file, metadata={"Date": None, "Creator": None})
    else:
        figure.save(file)


def stale(folder: Path) -> list[str]:
    """What is wrong with the committed figures, one sentence each; empty when all is well."""
    file = folder / FINGERPRINTS
    known = json.loads(file.read_text(encoding="utf-8")) if file.exists() else {}
    problems = []
    found = recipes(folder)
    for name, recipe in found.items():
        if not (folder / name).exists():
            problems.append(f"{name} is missing")
        elif known.get(name) != fingerprint(recipe()):
            problems.append(f"{name} is stale: what it shows has changed since it was made")
    return problems + [
        f"{name} is no longer made by any recipe" for name in known if name not in found
    ]


def main(arguments: Sequence[str] | None = None) -> int:
    """Make or check the figures; 0 if all is well, 1 if one is stale, 2 for a wrong call."""
    parser = argparse.ArgumentParser(prog="autodiff figures", description="Make the figures.")
    parser.add_argument("folder", nargs="?", default="figures", type=Path)
    parser.add_argument("--check", action="store_true", help="only say which are stale")
    chosen = parser.parse_args(arguments)
    try:
        if not chosen.check:
            for name in make(chosen.folder):
                print(f"wrote {chosen.folder / name}")
            return 0
        problems = stale(chosen.folder)
    except ViewError as error:
        print(error, file=sys.stderr)
        return 2
    for problem in problems:
        print(problem)
    print(
        "figures: "
        + (f"{len(problems)} stale; run it without --check" if problems else "all current")
    )
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
