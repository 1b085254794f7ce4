"""What a script asks `torch` for besides tensors: its options, a clock, files, classes of its own.

cmd = torch.CmdLine(); cmd:option('-rate', 0.1, 'learning rate'); opt = cmd:parse(arg)
"""

from __future__ import annotations

import ast
import pickle
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from autodiff.core.ground.locations import here


def read(word: str) -> Any:
    """A number where it is one, else the text without its quotes."""
    try:
        return ast.literal_eval(word)
    except (ValueError, SyntaxError):
        return word


class CmdLine:
    """Options with defaults: `option("-rate", 0.1)`, then `parse(words)`, a mapping of all.

    >>> cmd = CmdLine()
    >>> cmd.option("-rate", 0.1, "learning rate")
    >>> cmd.option("-plot", False)
    >>> cmd.parse(["-rate", "0.5", "-plot"])
    {'rate': 0.5, 'plot': True}
    """

    def __init__(self, *ignored: Any) -> None:
        self.defaults: dict[str, Any] = {}
        self.places: list[str] = []

    def text(self, line: str = "") -> None:
        """A line of the help, which is not printed here."""

    def option(self, name: str, default: Any = None, help: str = "", *kind: Any) -> None:
        """An option and its default."""
        self.defaults[name.lstrip("-")] = default

    def argument(self, name: str, help: str = "", *kind: Any) -> None:
        """A word that must be given."""
        self.places.append(name.lstrip("-"))

    def parse(self, words: Any = ()) -> dict[str, Any]:
        """Every option's value; one whose default is a truth value is switched by its name."""
        found, rest = dict(self.defaults), list(words or ())
        places = list(self.places)
        while rest:
            word = str(rest.pop(0))
            name = word.lstrip("-")
            if places and not word.startswith("-"):
                found[places.pop(0)] = word
            elif name not in self.defaults:
                raise ValueError(f"unknown option {word}; there are {', '.join(self.defaults)}.")
            elif isinstance(self.defaults[name], bool):
                found[name] = not self.defaults[name]
            else:
                given = str(rest.pop(0))
                found[name] = given if isinstance(self.defaults[name], str) else read(given)
        return found

    def string(self, prefix: str, options: Any, ignored: Any = None) -> str:
        """A name of a folder: what differs from the defaults."""
        own = {k: v for k, v in dict(options).items() if self.defaults.get(k) != v}
        return ",".join([prefix, *(f"{k}={own[k]}" for k in sorted(own))])

    def log(self, *ignored: Any) -> None:
        """Accepted; what is printed is printed."""

    addTime = silent = log


class Timer:
    """Seconds since it was made: `timer:time().real`."""

    def __init__(self) -> None:
        self.start = time.perf_counter()

    def time(self) -> dict[str, float]:
        """The seconds."""
        passed = time.perf_counter() - self.start
        return {"real": passed, "user": passed, "sys": 0.0}

    def reset(self) -> Timer:
        """Begin again."""
        self.start = time.perf_counter()
        return self


def tic() -> float:
    """A time to count from."""
    return time.perf_counter()


def toc(start: float) -> float:
    """The seconds since."""
    return time.perf_counter() - start


def save(path: str, value: Any, *kind: Any) -> None:
    """Write tensors, modules and tables to a file, which `torch.load` here reads."""
    Path(path).write_bytes(pickle.dumps(value))


def load(path: str, *kind: Any) -> Any:
    """What `torch.save` here wrote; read only files that you trust."""
    content = Path(path).read_bytes()
    if not content.startswith(b"\x80"):
        raise ValueError(
            f"{path} is a file of Torch7's own format, which is not read here: `torch.save` of "
            f"this front end writes what it reads.{here()}"
        )
    return pickle.loads(content)


def new_class(libraries: dict[str, Any]) -> Callable[..., Any]:
    """`torch.class(name, parent)`: a class `nn.Name`, and its parent; Lua writes the methods."""

    def found(path: str) -> tuple[Any, str]:
        library, _, name = path.rpartition(".")
        return libraries[library], name

    def make(path: str, parent: str | None = None) -> Any:
        base = getattr(*found(parent)) if parent else object
        library, name = found(path)
        made = type(name, (base,), {})
        setattr(library, name, made)
        return (made, base) if parent else made

    return make
