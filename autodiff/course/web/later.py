"""The rest of the package, brought when a module of it is first asked for.

A page starts with the modules that `import autodiff` needs; the others are in a second archive.
`import` asks its finders one after another, and this one stands last: it is asked only for what is
not there yet, has the archive brought, and lets the others look again.

>>> import sys
>>> there = []
>>> sys.meta_path.append(Later(lambda: not there and not there.append("brought")))
>>> import autodiff.no_such_module
Traceback (most recent call last):
  ...
ModuleNotFoundError: No module named 'autodiff.no_such_module'
>>> there, sys.meta_path.pop()
(['brought'], <...Later object at ...>)
"""

from __future__ import annotations

import importlib
import importlib.abc
import importlib.machinery
from collections.abc import Callable, Sequence
from typing import Any

COMES = ("autodiff", "graphviz", "tqdm", "numpy")
"""The packages of which a part comes later."""


class Later(importlib.abc.MetaPathFinder):
    """A finder that calls `bring`, which says whether something new is there now."""

    def __init__(self, bring: Callable[[], bool]) -> None:
        self.bring = bring

    def find_spec(
        self, name: str, path: Sequence[str] | None, target: Any = None
    ) -> importlib.machinery.ModuleSpec | None:
        """The module's place, if it came with what was brought just now."""
        if name.partition(".")[0] not in COMES or not self.bring():
            return None
        importlib.invalidate_caches()
        return importlib.machinery.PathFinder.find_spec(name, path)
