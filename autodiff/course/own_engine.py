"""The student's own engine: the parts written in lessons 3 to 6, collected into `my_autodiff.py`.

The answers are cut out of the notebooks of a folder, each with what it needs, and tried as their
exercises try them.  What is right goes into the file as the student wrote it.  What is missing or
not right is taken from the toolkit, and the file and the table say so.  Lesson 8 trains on it.

>>> import tempfile, pathlib
>>> folder = pathlib.Path(tempfile.mkdtemp())
>>> _ = (folder / "mine.py").write_text('''
... # %%
... def vjp_matmul(ct, X, W):
...     return ct @ W.T, X.T @ ct
...
... # %%
... ad.course.check("5.3", vjp_matmul)
... ''')
>>> found = collect(folder)
>>> [part.part.name for part in found.parts if part.mine]
['vjp_matmul']
"""

from __future__ import annotations

import json
import sys
import warnings
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from html import escape
from pathlib import Path
from typing import Any

from autodiff.core.ground.errors import AutodiffError
from autodiff.core.ground.modules import module_of
from autodiff.course.checking import compare, inputs_of
from autodiff.course.exercises import exercises
from autodiff.course.grading.sources import answer_source, statements_of
from autodiff.course.lessons.lesson import checks_in
from autodiff.course.own_parts import PARTS, Part, toolkits

__all__ = ["PARTS", "Collection", "OwnEngineError", "collect", "toolkits"]

FILE = "my_autodiff.py"
FIRST_LINE = '"""My own automatic differentiation: what I wrote in the lessons.'


class OwnEngineError(AutodiffError, ValueError):
    """The file of the own engine can't be written where it should stand."""


# -- what was found ---------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Collected:
    """A part and whose it is: the student's source, or "" and why the toolkit's stands there."""

    part: Part
    source: str = ""
    answer: str = ""
    where: str = ""
    why: str = ""

    @property
    def mine(self) -> bool:
        """Whether the student's own is used."""
        return bool(self.source)

    @property
    def whose(self) -> str:
        """Whose it is, in words."""
        return f"yours, from {self.where}" if self.mine else f"the toolkit's: {self.why}"


@dataclass(slots=True)
class Collection:
    """What `collect` found, part by part; prints and shows itself as a table."""

    file: Path
    parts: list[Collected] = field(default_factory=list)

    def rows(self) -> list[tuple[str, str, str]]:
        """A row per part: its name, its exercise, and whose it is."""
        return [(own.part.name, own.part.exercise, own.whose) for own in self.parts]

    def __repr__(self) -> str:
        mine = sum(own.mine for own in self.parts)
        lines = [f"{name:15} {number:4} {whose}" for name, number, whose in self.rows()]
        return "\n".join([f"{self.file.name}: {mine} of {len(self.parts)} parts are yours", *lines])

    def _repr_html_(self) -> str:
        mine = sum(own.mine for own in self.parts)
        rows = "".join(
            f'<tr><td style="text-align:left"><code>{name}</code></td><td>{number}</td>'
            f'<td style="text-align:left">{escape(whose)}</td></tr>'
            for name, number, whose in self.rows()
        )
        head = "<tr><th>part</th><th>exercise</th><th>whose</th></tr>"
        return (
            f"<p><code>{escape(self.file.name)}</code>: {mine} of {len(self.parts)} parts are "
            f"yours.</p><table>{head}{rows}</table>"
        )


# -- collecting -------------------------------------------------------------------------------


def collect(folder: str | Path = ".") -> Collection:
    """Collect the parts from the notebooks of a folder into its `my_autodiff.py`, and import it.

    Notebooks (`.ipynb`, and `.py` with cells) are looked through in the order in which they were
    last saved; of two answers to one exercise the later right one counts.  Raises
    `OwnEngineError` where a `my_autodiff.py` stands that was not made here.
    """
    folder = Path(folder)
    path = folder / FILE
    if path.exists() and not path.read_text(encoding="utf-8").startswith(FIRST_LINE):
        raise OwnEngineError(
            f"{path} was not written by ad.course.collect(), and is left as it is; give it another "
            "name, or collect into another folder."
        )
    found = Collection(path)
    notebooks = [(own.name, cells) for own in _notebooks(folder) if (cells := _cells(own))]
    bound: dict[str, tuple[str, str]] = {}  # a global name, its statement, and the part it is in
    for part in PARTS:
        found.parts.append(_collected(part, notebooks, bound))
    path.write_text(_written(found.parts), encoding="utf-8")
    _import(path)
    return found


def _collected(
    part: Part, notebooks: Sequence[tuple[str, list[str]]], bound: dict[str, tuple[str, str]]
) -> Collected:
    """The student's own where one is right, else the toolkit's and why."""
    why = f"exercise {part.exercise} is in no notebook of this folder"
    for where, cells in notebooks:
        for cell in cells:
            for number, answer in checks_in(cell):
                if number != part.exercise:
                    continue
                source = answer_source(cells, answer)
                fault = _fault(part, source, answer) or _clash(part, source, bound)
                if not fault:
                    return Collected(part, source, answer, where)
                why = f"yours in {where} {fault}"
    return Collected(part, why=why)


def _fault(part: Part, source: str, answer: str) -> str:
    """What is wrong with an answer, "" if it may be used."""
    space: dict[str, Any] = {"__name__": "my_autodiff"}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            exec(compile(source, f"<exercise {part.exercise}>", "exec"), space)
            own = eval(answer, space)
        except Exception as error:
            return f"raised {type(error).__name__}: {error}"
        exercise = exercises[part.exercise]
        report = compare(exercise, own, inputs_of(exercise, None))
        if report.kind == "empty":
            return "has no answer yet"
        if not report.passed:
            return f"is not right yet; ask its check, {part.exercise}"
        try:
            fits = part.fits(own)
        except Exception as error:
            return f"is right for numbers, but raised {type(error).__name__} for arrays"
    return "" if fits else "is right for numbers, but not for arrays"


def _clash(part: Part, source: str, bound: dict[str, tuple[str, str]]) -> str:
    """A name that an earlier part binds to something else; "" if there is none, and then noted."""
    own = {name: made.text for made in statements_of(source) for name in made.binds}
    for name, text in own.items():
        other, exercise = bound.get(name, (text, ""))
        if other != text:
            return f"needs a `{name}` that is another one in exercise {exercise}: rename one"
    bound.update({name: (text, part.exercise) for name, text in own.items()})
    return ""


def _notebooks(folder: Path) -> Iterator[Path]:
    """The notebooks and cell files of a folder, the one saved last first."""
    paths = [own for own in (*folder.glob("*.ipynb"), *folder.glob("*.py")) if own.name != FILE]
    yield from sorted(paths, key=lambda own: (own.stat().st_mtime, own.name), reverse=True)


def _cells(path: Path) -> list[str]:
    """The code cells of a notebook, none where it can't be read as one."""
    text = path.read_text(encoding="utf-8", errors="replace")
    if path.suffix == ".py":
        return text.split("# %%") if "# %%" in text else []
    try:
        cells = json.loads(text)["cells"]
        return [
            "".join(own["source"]) for own in cells if own.get("cell_type") == "code"
        ]  # "source" is a text or a list of lines
    except (ValueError, KeyError, TypeError):
        return []


# -- the file ---------------------------------------------------------------------------------


def _written(parts: Sequence[Collected]) -> str:
    """The file's text: what is the student's as they wrote it, statements that are shared once."""
    table = [f"    {own.part.name:15} {own.part.exercise:4} {own.whose}" for own in parts]
    lines = [FIRST_LINE, "", "Made by ad.course.collect(), and made anew by the next one.", ""]
    lines += [*table, '"""', ""]
    imports: list[str] = []
    bodies: list[str] = []
    for own in parts:
        title = f"# -- {own.part.exercise}: {own.part.says} "
        bodies += ["", "", title.ljust(98, "-"), ""]
        if not own.mine:
            bodies.append(f'{own.part.name} = toolkits("{own.part.name}")  # not yours yet')
            imports.append("from autodiff.course.own_engine import toolkits")
            continue
        for made in statements_of(own.source):
            place = imports if made.text.startswith(("import ", "from ")) else bodies
            if made.text not in (*imports, *bodies):
                place.append(made.text)
        if own.answer != own.part.name:
            bodies.append(f"{own.part.name} = {own.answer}")
    return "\n".join([*lines, *dict.fromkeys(imports), *bodies]) + "\n"


def _import(path: Path) -> None:
    """Make `import my_autodiff` mean this file, also where an older one was imported."""
    sys.modules[path.stem] = module_of(path.resolve())
