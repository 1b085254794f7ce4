"""Run a program of another system as it stands: its `import theano` finds the front end.

    python -m autodiff.frontends.run theano mlp.py --epochs 3

The point of a front end is that what was written for the real system runs unchanged, so nothing in
the program may have to know of this package.  While it runs, an import of the system's name, or of
a module below it, is answered with the front end's module of that path.
"""

from __future__ import annotations

import importlib
import importlib.abc
import importlib.machinery
import importlib.util
import re
import runpy
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from types import ModuleType
from typing import Any

SYSTEMS: dict[str, dict[str, str]] = {
    "tensorflow": {
        "tensorflow": "autodiff.frontends.tensorflow",
        "keras": "autodiff.frontends.keras",
        "tensorflow.keras": "autodiff.frontends.keras",
        "tensorflow.contrib.keras": "autodiff.frontends.keras",
        "tensorflow.contrib.keras.python": "autodiff.frontends.keras",
        "tensorflow.contrib.keras.python.keras": "autodiff.frontends.keras",
        "tensorflow.contrib.keras.api": "autodiff.frontends.keras",
        "tensorflow.contrib.keras.api.keras": "autodiff.frontends.keras",
        "tensorflow.python.keras": "autodiff.frontends.keras",
    },
    "theano": {"theano": "autodiff.frontends.theano"},
    "torch": {
        "torch": "autodiff.frontends.torch",
        "nn": "autodiff.frontends.torch.nn",
        "optim": "autodiff.frontends.torch.optim",
    },
    "mxnet": {"mxnet": "autodiff.frontends.mxnet"},
    "caffe": {"caffe": "autodiff.frontends.caffe"},
    "neon": {"neon": "autodiff.frontends.neon"},
    "cntk": {"cntk": "autodiff.frontends.cntk", "_cntk_py": "autodiff.frontends.cntk.cntk_py"},
    "chainer": {"chainer": "autodiff.frontends.chainer"},
}
"""For each system the names that its programs import, and the packages that answer."""


class Finder(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    """Answers imports of `names`, and of modules below them, with the packages they stand for."""

    def __init__(self, names: Mapping[str, str]) -> None:
        self.names = names
        self.specs: dict[ModuleType, Any] = {}

    def find_spec(self, fullname: str, path: Any = None, target: Any = None) -> Any:
        """A spec for what is answered here; None leaves the import to Python."""
        own = self._own(fullname)
        if own is None:
            return None
        try:
            if own not in sys.modules and importlib.util.find_spec(own) is None:
                return None
        except ModuleNotFoundError:  # a module above it is not there either
            return None
        return importlib.machinery.ModuleSpec(fullname, self, origin=own, is_package=True)

    def _own(self, fullname: str) -> str | None:
        """The module that answers: that of the longest of the names which it begins with."""
        parts = fullname.split(".")
        for size in range(len(parts), 0, -1):
            name = ".".join(parts[:size])
            if name in self.names:
                return ".".join([self.names[name], *parts[size:]])
        return None

    def create_module(self, spec: Any) -> ModuleType:
        """The front end's own module: the same object under two names."""
        module = importlib.import_module(spec.origin)
        self.specs[module] = module.__spec__
        return module

    def exec_module(self, module: ModuleType) -> None:
        """It has run already; what the import wrote into it is put back.

        All that it has imported of its package is known by the system's names from now on: another
        import of a module would hide a function of that name in the package above it.
        """
        module.__spec__ = self.specs.pop(module)
        for own, loaded in list(sys.modules.items()):
            for name, package in self.names.items():
                if own == package or own.startswith(package + "."):
                    sys.modules.setdefault(name + own[len(package) :], loaded)


@contextmanager
def standing_in(system: str) -> Iterator[None]:
    """Inside the block, imports of a system's names find its front end.

    >>> from autodiff.frontends.run import standing_in
    >>> with standing_in("tensorflow"):
    ...     import tensorflow as tf
    >>> tf.__name__
    'autodiff.frontends.tensorflow'
    """
    if system not in SYSTEMS:
        raise ValueError(f"there is no front end {system!r}; there are {', '.join(SYSTEMS)}.")
    names = SYSTEMS[system]
    hidden = {name: sys.modules.pop(name) for name in list(sys.modules) if _root(name) in names}
    finder = Finder(names)
    sys.meta_path.insert(0, finder)
    try:
        yield
    finally:
        sys.meta_path.remove(finder)
        for name in [name for name in sys.modules if _root(name) in names]:
            del sys.modules[name]
        sys.modules.update(hidden)


def _root(name: str) -> str:
    return name.partition(".")[0]


def run(system: str, program: str | Path, arguments: Sequence[str] = ()) -> dict[str, Any]:
    """Run a program as `python program.py arguments` would; its global names afterwards."""
    path = Path(program)
    if system == "torch" and path.suffix == ".lua":
        from autodiff.frontends.torch.lua import Lua

        Lua().run(path, arguments)
        return {}
    refuse_python_2(path)
    argv, search = sys.argv, list(sys.path)
    sys.argv = [str(path), *arguments]
    sys.path.insert(0, str(path.resolve().parent))
    try:
        with standing_in(system):
            return runpy.run_path(str(path), run_name="__main__")
    except (AttributeError, ImportError) as error:
        tell_missing(system, error)
        raise
    except TypeError as error:
        tell_argument(system, error)
        raise
    finally:
        sys.argv, sys.path[:] = argv, search


def tell_missing(system: str, error: AttributeError | ImportError) -> None:
    """Add a sentence to an error about a name that the front end does not have."""
    names = SYSTEMS[system]
    if isinstance(error, ImportError):
        name, sought = error.name or "", re.match(r"cannot import name '(\w+)'", str(error))
        found = name.partition(".")[0] in names or name.startswith(tuple(names.values()))
        name = f"{name}.{sought[1]}" if sought else name
    else:
        found = isinstance(error.obj, ModuleType) and error.obj.__name__.startswith(
            tuple(names.values())
        )
        name = f"{error.obj.__name__}.{error.name}" if found else ""
    if found:
        for own, package in names.items():
            name = name.replace(package, own, 1) if name.startswith(package) else name
        error.add_note(
            f"{name} is not in the front end {system!r}, which has what the programs of "
            "autodiff/frontends/README.md need."
        )


def tell_argument(system: str, error: TypeError) -> None:
    """Add a sentence to Python's error about an argument that a function here does not have."""
    sought = re.match(r"([\w.]+)\(\) got an unexpected keyword argument '(\w+)'", str(error))
    if not sought:
        return
    packages, root = tuple(SYSTEMS[system].values()), _root(sought[1])
    place = error.__traceback__
    while place is not None and place.tb_next is not None:
        place = place.tb_next
    known = {} if place is None else place.tb_frame.f_globals
    homes = (
        [getattr(known[root], "__module__", "")]
        if root in known
        else [_home(module, root) for module in list(sys.modules.values())]
    )
    if any(home.startswith(packages) for home in homes):
        error.add_note(
            f"{sought[2]}= of {sought[1]} is an argument that the front end {system!r} does not "
            "have: leave it out where it changes nothing, or write what it stands for."
        )


def _home(module: ModuleType, name: str) -> str:
    """The module in which a name that a module has was written; "" where it has none."""
    return getattr(vars(module).get(name), "__module__", None) or ""


PYTHON_2 = {
    "whose print is a statement": r"^\s*print\s+[^(=\s]",
    "where a long number ends in L": r"\b\d+L\b",
    "where `except E, e` names the error": r"^\s*except\s+[\w.]+\s*,\s*\w+\s*:",
    "where `raise E, words` has a comma": r"^\s*raise\s+[\w.]+\s*,",
    "where <> is !=": r"\w\s*<>\s*\w",
}
"""What Python 3 does not read, and how it looks."""


def refuse_python_2(path: Path) -> None:
    """Raise SyntaxError with what to do, where a program is written for Python 2."""
    text = path.read_text(encoding="utf-8", errors="replace")
    try:
        compile(text, str(path), "exec", dont_inherit=True)
    except SyntaxError as error:
        line = text.splitlines()[(error.lineno or 1) - 1]
        found = [words for words, look in PYTHON_2.items() if re.search(look, line)]
        if not found and "print" not in str(error):
            raise
        raise SyntaxError(
            f"{path.name}, line {error.lineno}: this program is written for Python 2, "
            f"{(*found, *PYTHON_2)[0]}. Translate a copy of it, and run that: `pip install fissix; "
            f"fissix -w {path.name}` (2to3 was Python's own tool for it, until 3.12)."
        ) from None


def main(arguments: Sequence[str] | None = None) -> int:
    """The command: a system, a program, and the program's own arguments."""
    given = list(sys.argv[1:] if arguments is None else arguments)
    if len(given) < 2 or given[0] not in SYSTEMS:
        print("usage: python -m autodiff.frontends.run SYSTEM PROGRAM.py [ARGUMENTS ...]")
        print("systems:", ", ".join(SYSTEMS))
        return 2
    run(given[0], given[1], given[2:])
    return 0


if __name__ == "__main__":
    sys.exit(main())
