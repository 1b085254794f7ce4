"""Where the lessons are, and what one is called: `src/03_name.py`, `03_name.ipynb`, solutions/.

They are found in a checkout (`notebooks/` beside the package) or inside the installed package.
"""

from __future__ import annotations

import ast
import re
from dataclasses import dataclass
from difflib import get_close_matches
from functools import cached_property
from pathlib import Path

from autodiff.core.ground.errors import AutodiffError

PACKAGE = Path(__file__).parents[2]
_MINUTES = re.compile(r"Time\W{1,4}(?:about )?(\d+) minutes")
_TITLE = re.compile(r"^# # (.+)$", re.MULTILINE)


class LessonError(AutodiffError, ValueError):
    """A lesson that is not there, or that cannot be read, built or copied."""


@dataclass(frozen=True)
class Lesson:
    """One lesson: its name, "03_forward_mode", in the folder of the lessons."""

    name: str
    folder: Path

    @property
    def number(self) -> str:
        """Its number with two digits."""
        return self.name[:2]

    @property
    def source(self) -> Path:
        """The jupytext source, from which the notebooks are made."""
        return self.folder / "src" / f"{self.name}.py"

    @property
    def student(self) -> Path:
        """The notebook that a student gets."""
        return self.folder / f"{self.name}.ipynb"

    @property
    def worked(self) -> Path:
        """The notebook with the exercises solved."""
        return self.folder / "solutions" / f"{self.name}.ipynb"

    @cached_property
    def text(self) -> str:
        """The source's text."""
        return self.source.read_text(encoding="utf-8")

    @property
    def title(self) -> str:
        """The first heading, without its number."""
        found = _TITLE.search(self.text)
        return re.sub(r"^\d+\s*[.:·–-]\s*", "", found[1]).strip() if found else ""

    @property
    def minutes(self) -> int | None:
        """How long it takes, from the words `Time: 45 minutes`."""
        found = _MINUTES.search(self.text)
        return int(found[1]) if found else None

    @property
    def exercises(self) -> list[str]:
        """The numbers of the exercises that it checks, in order."""
        return list(dict.fromkeys(re.findall(r"""\bcourse\.check\(\s*["']([\d.]+)""", self.text)))


def is_checkout() -> bool:
    """Whether the lessons are the originals, and not the copy in an installed package."""
    return (PACKAGE.parent / "notebooks" / "src").is_dir()


def folder_of_lessons() -> Path:
    """`notebooks/` of the checkout, or the copy in the installed package."""
    for folder in (PACKAGE.parent / "notebooks", PACKAGE / "course" / "notebooks"):
        if (folder / "src").is_dir():
            return folder
    raise LessonError(
        "the lessons are not there: neither notebooks/ beside the package nor in the package."
    )


def all_lessons(folder: Path | None = None) -> list[Lesson]:
    """The lessons in order."""
    folder = folder_of_lessons() if folder is None else folder
    return [Lesson(path.stem, folder) for path in sorted((folder / "src").glob("[0-9][0-9]_*.py"))]


def find(which: str, folder: Path | None = None) -> Lesson:
    """The lesson called "3", "03", "lesson03" or "03_forward_mode".

    >>> find("lesson 99")
    Traceback (most recent call last):
    ...
    autodiff.course.lessons.lesson.LessonError: no lesson 'lesson 99'...
    """
    lessons = all_lessons(folder)
    number = re.fullmatch(r"\D*?(\d{1,2})", which.strip())
    for own in lessons:
        if own.name == Path(which).stem or (number and int(number[1]) == int(own.number)):
            return own
    names = [own.name for own in lessons]
    near = get_close_matches(which, names, n=1, cutoff=0.4)
    hint = f" Did you mean {near[0]}?" if near else f" There are: {', '.join(names)}."
    raise LessonError(f"no lesson {which!r}.{hint}")


def checks_in(source: str) -> list[tuple[str, str]]:
    """The checks that a cell makes: the exercise's number, and the answer as it is written.

    >>> checks_in('print(ad.course.check("3.2", slope))')
    [('3.2', 'slope')]
    """
    return [
        (str(own.args[0].value), ast.unparse(own.args[1]))
        for own in ast.walk(_parsed(source))
        if isinstance(own, ast.Call) and _is_check(own) and isinstance(own.args[0], ast.Constant)
    ]


def checked_exercise(source: str) -> tuple[str, str] | None:
    """The same for a cell that is a check and nothing else.

    >>> checked_exercise('ad.course.check("3.2", slope)')
    ('3.2', 'slope')
    >>> checked_exercise('r = ad.course.check("3.2", slope)') is None
    True
    """
    match _parsed(source).body:
        case [ast.Expr(value=ast.Call() as made)] if _is_check(made):
            return checks_in(source)[0]
    return None


def _is_check(made: ast.Call) -> bool:
    return ast.unparse(made.func).endswith("course.check") and len(made.args) == 2


def _parsed(source: str) -> ast.Module:
    try:
        return ast.parse(source)
    except SyntaxError:  # a magic command, or a student's unfinished line
        return ast.Module([], [])


def is_check_call(source: str) -> bool:
    """Whether a cell holds a check and nothing else, printed, with options, or between marks.

    >>> is_check_call('print(ad.course.check("3.2", slope, grading=True))')
    True
    """
    match _parsed(source).body:
        case [ast.Expr(value=ast.Call(func=ast.Name(id="print"), args=[ast.Call() as made]))]:
            return _is_check(made)
        case [ast.Expr(value=ast.Call() as made)]:
            return _is_check(made)
    return False
