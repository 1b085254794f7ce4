"""What the commands share: the usage error, and how a function and its arguments are named."""

from __future__ import annotations

import argparse
import shutil
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from autodiff.cli.values import UnreadableError, value_of
from autodiff.core.ground.modules import module_of

Commands = Any
"""Where argparse keeps the commands of a level (its class has no public name)."""


class UsageError(Exception):
    """What was typed cannot be carried out; the message says what to type instead."""


def command(
    commands: Commands, name: str, run: Callable[[argparse.Namespace], int], text: str
) -> argparse.ArgumentParser:
    """Add a command, which `run` carries out and whose exit code it returns."""
    one: argparse.ArgumentParser = commands.add_parser(name, help=text, description=text)
    one.set_defaults(run=run)
    return one


def takes_function(one: argparse.ArgumentParser) -> None:
    """Let a command take FILE.py:FUNCTION and its arguments."""
    one.add_argument(
        "target", metavar="FILE.py:FUNCTION", help="a function in a file, e.g. model.py:loss"
    )
    one.add_argument(
        "--at",
        nargs="+",
        action="extend",
        default=[],
        metavar="NAME=VALUE",
        help="its arguments: x=2  x=1,2  'w=[[1, 2], [3, 4]]'  'W=np.eye(2)'  W=weights.npy",
    )


def columns() -> int:
    """How many columns there are to print in: the terminal's, or 80 where there is none."""
    return shutil.get_terminal_size((80, 24)).columns


def call_of(target: str, at: Sequence[str]) -> tuple[Callable[..., Any], list[Any]]:
    """The function FILE.py:name, and its arguments from `--at name=value ...`."""
    file, _, name = target.rpartition(":")
    if not file and Path(target).is_file():
        file, name = target, ""
    if not file or not Path(file).is_file():
        lacking = f"and no file {file!r} is there" if file else "e.g. model.py:loss"
        raise UsageError(f"{target!r}: expected FILE.py:function, {lacking}.")
    if Path(file).suffix != ".py":
        raise UsageError(f"{target!r}: expected FILE.py:function, and {file!r} is no .py file.")
    module = module_of(Path(file))
    if not callable(getattr(module, name, None)):
        known = [n for n, value in vars(module).items() if callable(value) and n[0] != "_"]
        which = f"has no function {name!r}; it has" if name else "has the functions"
        more = "" if name or not known else f" Write {file}:{known[0]}, say."
        raise UsageError(f"{file} {which}: {', '.join(known)}.{more}")
    f = getattr(module, name)
    given: dict[str, Any] = {}
    for own, value in map(argument_of, at):
        if own in given:
            raise UsageError(f"--at {own}: it is given twice.")
        given[own] = value
    from autodiff.core.arguments.variables import argument_names

    code = getattr(f, "__code__", None)
    names = argument_names(f, code.co_argcount) if code else list(given)
    unknown = [n for n in given if n not in names]
    missing = names[: len(names) - len(f.__defaults__ or ())] if code else []
    missing = [n for n in missing if n not in given]
    if unknown or missing:
        wanted = " ".join(f"{n}=..." for n in names)
        raise UsageError(f"{name} takes the arguments {', '.join(names)}: --at {wanted}")
    return f, [given[n] for n in names if n in given]


def argument_of(text: str) -> tuple[str, Any]:
    """`x=2` or `x=np.eye(2)` as a name and its value, in the grammar of `autodiff.cli.values`.

    >>> argument_of("x=2")
    ('x', 2.0)
    """
    name, equals, value = text.partition("=")
    if not equals or not name.isidentifier():
        raise UsageError(f"--at {text!r}: expected name=value, e.g. --at x=2 or --at 'w=[1, 2]'.")
    try:
        return name, value_of(value)
    except UnreadableError as error:
        raise UsageError(f"--at {name}: {str(error).rstrip('.')}.") from None
