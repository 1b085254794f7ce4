"""`tf.app.flags`, also `tf.flags`: a program's settings, which the command line may change.

    flags.DEFINE_integer("batch_size", 64, "how many examples a step")
    FLAGS = flags.FLAGS
    FLAGS.batch_size               # reads sys.argv when it is first asked: --batch_size=32

What the flags do not know stays for the program, as in TensorFlow 0.11.
"""

from __future__ import annotations

import argparse
import functools
import sys
from collections.abc import Callable
from typing import Any

from autodiff.core.ground.locations import here


class Flags:
    """The values of the flags, as attributes."""

    def __init__(self) -> None:
        self.__dict__["_parser"] = argparse.ArgumentParser(allow_abbrev=False)
        self.__dict__["__flags"] = {}
        self.__dict__["__parsed"] = False

    def _parse_flags(self, args: list[str] | None = None) -> list[str]:
        """Read the command line; what no flag took is returned."""
        given = sys.argv[1:] if args is None else args
        found, rest = self._parser.parse_known_args(given)
        self.__dict__["__flags"].update(vars(found))
        self.__dict__["__parsed"] = True
        return rest

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__") and name.endswith("__"):
            raise AttributeError(name)
        if not self.__dict__["__parsed"]:
            self._parse_flags()
        values = self.__dict__["__flags"]
        if name not in values:
            known = ", ".join(values) or "none"
            raise AttributeError(f"there is no flag {name!r}; there are {known}.{here()}")
        return values[name]

    def __setattr__(self, name: str, value: Any) -> None:
        if not self.__dict__["__parsed"]:
            self._parse_flags()
        self.__dict__["__flags"][name] = value

    def define(self, name: str, default: Any, help: str, **how: Any) -> None:
        """A new flag; one that exists gets the new default, as where a cell is run again."""
        option = f"--{name}"
        if option in self._parser._option_string_actions:
            self._parser.set_defaults(**{name: default})
        else:
            text = (help or "").replace("%", "%%")
            self._parser.add_argument(option, default=default, help=text, **how)
        self.__dict__["__parsed"] = False


FLAGS = Flags()
LATER = {"name": "flag_name", "default": "default_value", "help": "docstring"}
"""The words of 1.5 for the arguments, and those of before."""


def either(define: Callable[..., None]) -> Callable[..., None]:
    """The function, which takes the later words too."""

    @functools.wraps(define)
    def defined(*args: Any, **named: Any) -> None:
        define(*args, **{LATER.get(word, word): value for word, value in named.items()})

    return defined


@either
def DEFINE_string(flag_name: str, default_value: str | None, docstring: str) -> None:
    """A flag that is text."""
    FLAGS.define(flag_name, default_value, docstring, type=str)


@either
def DEFINE_integer(flag_name: str, default_value: int | None, docstring: str) -> None:
    """A flag that is a whole number."""
    FLAGS.define(flag_name, default_value, docstring, type=int)


@either
def DEFINE_float(flag_name: str, default_value: float | None, docstring: str) -> None:
    """A flag that is a number."""
    FLAGS.define(flag_name, default_value, docstring, type=float)


@either
def DEFINE_boolean(flag_name: str, default_value: bool | None, docstring: str) -> None:
    """A flag that is true or false: --name, --name=false, --noname."""
    FLAGS.define(
        flag_name, default_value, docstring, nargs="?", const=True, type=_truth, dest=flag_name
    )
    if f"--no{flag_name}" not in FLAGS._parser._option_string_actions:
        FLAGS._parser.add_argument(
            f"--no{flag_name}", action="store_false", dest=flag_name, default=argparse.SUPPRESS
        )


DEFINE_bool = DEFINE_boolean


def _truth(text: str) -> bool:
    if text.lower() in ("true", "t", "1", "yes"):
        return True
    if text.lower() in ("false", "f", "0", "no"):
        return False
    raise argparse.ArgumentTypeError(f"{text!r} is neither true nor false")
