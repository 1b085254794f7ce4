"""Where in the user's code an equation was made.

Recording keeps only a code object and a bytecode offset (two pointers); file, line and columns
are worked out when somebody asks.  `locations(False)` switches the recording off.
"""

from __future__ import annotations

import linecache
import os.path
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar, copy_context
from dataclasses import dataclass
from itertools import islice
from types import CodeType, FrameType, FunctionType
from typing import Any, TypeVar

import numpy as np

Result = TypeVar("Result")
_PACKAGE = os.path.dirname(os.path.dirname(os.path.dirname(__file__)))
_NUMPY = os.path.dirname(np.__file__)
_EXAMPLES = os.path.join(_PACKAGE, "examples")
_ZIPPED = f"python{sys.version_info.major}{sys.version_info.minor}.zip"
_INSTALLED = (
    os.path.dirname(os.__file__),
    *(path for path in sys.path if os.path.basename(path) == _ZIPPED),  # in a browser, or embedded
)
known_files: dict[str, bool] = {contextmanager.__code__.co_filename: True}
users_files: set[str] = set()
"""The files that are known to be the user's."""


@dataclass(frozen=True, slots=True)
class Location:
    """A place in the user's code; lines count from 1, columns from 0."""

    file: str
    line: int
    end_line: int
    column: int
    end_column: int
    function: str

    @property
    def text(self) -> str:
        """The source line, without its indentation ('' when the source is not at hand)."""
        return linecache.getline(self.file, self.line).strip()

    @property
    def expression(self) -> str:
        """Just the columns of the expression, e.g. `np.exp(x)`."""
        if self.end_line != self.line:
            return self.text
        line = linecache.getline(self.file, self.line).encode()  # columns count bytes
        return line[self.column : self.end_column].decode(errors="replace")

    @property
    def whole(self) -> str:
        """The expression over all of its lines, as one line."""
        lines = [linecache.getline(self.file, n) for n in range(self.line, self.end_line + 1)]
        lines[-1] = lines[-1].encode()[: self.end_column].decode(errors="replace")
        lines[0] = lines[0].encode()[self.column :].decode(errors="replace")
        return " ".join(line.partition("  #")[0].strip() for line in lines)

    @property
    def file_name(self) -> str:
        """The file's name without its folder; a notebook's cell as Jupyter calls it."""
        shell = getattr(sys.modules.get("IPython"), "get_ipython", lambda: None)()
        cell = shell.compile.format_code_name(self.file) if shell is not None else None
        if cell:
            return " ".join(cell)
        return self.file if self.file.startswith("<") else os.path.basename(self.file)

    def __str__(self) -> str:
        place = f"{self.file_name}, line {self.line}, in {self.function}"
        return f"{place}: {self.text}" if self.text else place


def is_ours(file: str) -> bool:
    """Whether the file is the library's own or NumPy's (its examples count as the user's)."""
    known = known_files.get(file)
    if known is None:
        known = file.startswith((_PACKAGE, _NUMPY)) and not file.startswith(_EXAMPLES)
        known_files[file] = known
        if not known:
            users_files.add(file)
    return known


def is_library(file: str) -> bool:
    """Whether a file is this library's own (its examples count as the user's)."""
    return file.startswith(_PACKAGE) and not file.startswith(_EXAMPLES)


def is_installed(file: str) -> bool:
    """Whether a file is of Python itself or of an installed package: nobody's own program."""
    if file.startswith(_EXAMPLES):
        return False
    if is_ours(file) or file.startswith((*_INSTALLED, "<frozen ")):
        return True
    return "site-packages" in file or "dist-packages" in file


def python_function(f: Any) -> FunctionType | None:
    """The Python function of a callable: of a method, and of what a compiler made of one.

    >>> python_function(str.upper) is None, python_function(python_function).__name__
    (True, 'python_function')
    """
    found = getattr(f, "__func__", f)
    if found.__class__ is not FunctionType:
        found = getattr(found, "__wrapped__", None)
    return found if found.__class__ is FunctionType else None


def user_frame(depth: int = 1) -> FrameType | None:
    """The innermost frame of the user's own program.

    Where all that called is installed (a program that was installed as a package), it is the
    innermost frame that is not the library's own.
    """
    innermost = frame = users(sys._getframe(depth))
    while frame is not None and is_installed(frame.f_code.co_filename):
        frame = frame.f_back
    return frame or innermost


def stacklevel() -> int:
    """The `stacklevel` that makes a warning point at the user's line."""
    user, frame, level = user_frame(2), sys._getframe(1), 1
    while frame is not user and frame.f_back is not None:
        frame = frame.f_back
        level += 1
    return level


def users(frame: FrameType | None) -> FrameType | None:
    """The first frame that is not the library's own, from one frame outwards."""
    known = known_files.get
    while frame is not None:
        file = frame.f_code.co_filename
        if not (known(file) or is_ours(file)):
            break
        frame = frame.f_back
    return frame


def locate(code: CodeType | None, offset: int) -> Location | None:
    """The `Location` of a bytecode offset (PEP 657), or None where none was recorded."""
    if code is None:
        return None
    span = next(islice(code.co_positions(), offset // 2, None), (None,) * 4)
    line = span[0] or code.co_firstlineno
    return Location(
        code.co_filename, line, span[1] or line, span[2] or 0, span[3] or 0, code.co_name
    )


def here() -> str:
    """`  (file, line 3, in f: y = ...)` for the user's current line, or '' when unknown."""
    frame = user_frame(2)
    location = locate(frame.f_code, frame.f_lasti) if frame else None
    return f"\n  at {location}" if location else ""


def at(error: BaseException) -> str:
    """The same for the innermost line of the user's in an exception's traceback."""
    link, found = error.__traceback__, ""
    while link is not None:
        code = link.tb_frame.f_code
        if not is_installed(code.co_filename):
            found = f"\n  at {locate(code, link.tb_lasti)}"
        link = link.tb_next
    return found


Place = tuple[CodeType | None, int]
LOOK: Place = (None, -1)
NOWHERE: Place = (None, 0)
_place: ContextVar[Place] = ContextVar("place", default=LOOK)
current_place, set_place = _place.get, _place.set
"""Where a new equation stems from: LOOK at the call stack, or a place that is known already."""


def place_of(frame: FrameType | None) -> Place:
    """The place of a new equation: the one set, else the user's line at `frame` or outside it."""
    place = current_place()
    if place is not LOOK:
        return place
    frame = users(frame)
    return (frame.f_code, frame.f_lasti) if frame else NOWHERE


def at_place(place: Place, function: Callable[..., Result], *args: Any) -> Result:
    """function(*args), whose equations stem from a place.

    It runs in a context of its own, so that nothing has to be undone after an interrupt.
    """
    context = copy_context()
    context.run(set_place, place)
    return context.run(function, *args)


@contextmanager
def locations(enabled: bool) -> Iterator[None]:
    """Record the user's line with every equation inside the block, or do not.

    >>> with locations(False):
    ...     pass
    """
    token = _place.set(LOOK if enabled else NOWHERE)
    try:
        yield
    finally:
        _place.reset(token)
