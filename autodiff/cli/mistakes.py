"""What the command line says of what it was told and cannot do: a sentence or two, no traceback.

A traceback is for those who know the program.  A reader needs what happened, in which line of the
own file, and what to type instead, in lines as long as the terminal is wide.

>>> print(wrapped("one two three", 9))
one two
  three
"""

from __future__ import annotations

import argparse
import re
import sys
import textwrap
import traceback
from collections.abc import Callable
from pathlib import Path
from typing import NoReturn

from autodiff.cli.common import columns

PACKAGE = str(Path(__file__).parents[1])
TYPED = re.compile(r"pip install '[^']*'|`[^`]*`")
"""What a reader copies into a terminal."""


class Parser(argparse.ArgumentParser):
    """argparse's, its errors within the terminal's width."""

    def error(self, message: str) -> NoReturn:
        """Print the usage and the message, and exit with 2."""
        self.print_usage(sys.stderr)
        say(self.prog, f"error: {message}")
        raise SystemExit(2)


def say(program: str, message: str) -> int:
    """Print a message as the program's; the exit code 2."""
    print(wrapped(f"{program}: {message}", columns()), file=sys.stderr)
    return 2


def wrapped(text: str, width: int) -> str:
    """A text whose long lines are folded at spaces, what follows two columns further in.

    What is to be typed stays on one line.
    """
    return "\n".join(
        line if len(line) <= width else _folded(line, width) for line in text.split("\n")
    )


def _folded(line: str, width: int) -> str:
    indent = line[: len(line) - len(line.lstrip())]
    folded = textwrap.fill(
        TYPED.sub(lambda typed: typed[0].replace(" ", "\0"), line.strip()),
        width,
        initial_indent=indent,
        subsequent_indent=f"{indent}  ",
        break_long_words=False,
        break_on_hyphens=False,
    )
    return folded.replace("\0", " ")


def sentence(error: Exception) -> str | None:
    """The error in words if a file or the user's own code is at fault; None if this package is."""
    own = [
        frame
        for frame in traceback.extract_tb(error.__traceback__)
        if Path(frame.filename).is_file() and not _installed(frame.filename)
    ]
    said = "".join(traceback.format_exception_only(error)).strip()
    if isinstance(error, SyntaxError):
        return said.replace("  File ", "", 1)
    if own:
        frame = own[-1]
        place = f"  in {frame.filename}, line {frame.lineno}, in {frame.name}:"
        return f"{said}\n{place}\n    {frame.line}"
    if isinstance(error, OSError) and error.filename is not None:
        return f"{error.filename}: {(error.strerror or said).lower()}."
    return None


def _installed(path: str) -> bool:
    """Whether a file is this package's, the standard library's or an installed one's."""
    known = (PACKAGE, sys.prefix, sys.base_prefix, str(Path(traceback.__file__).parent))
    return path.startswith(known)


def positive(kind: Callable[[str], float]) -> Callable[[str], float]:
    """For argparse: a number above zero.

    >>> positive(int)("0")
    Traceback (most recent call last):
      ...
    argparse.ArgumentTypeError: '0' is no number above zero
    """

    def read(text: str) -> float:
        try:
            value = kind(text)
        except ValueError:
            value = kind("0")
        if not value > 0:
            raise argparse.ArgumentTypeError(f"{text!r} is no number above zero")
        return value

    return read
