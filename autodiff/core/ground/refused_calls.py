"""Which call asked a traced value for a plain one: the key of its row in `ground.sentences`.

The frames tell: those of the packages through which the user called, and the user's own.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from types import FrameType
from typing import Any

import numpy as np

from autodiff.core.ground.call_site import CallSite
from autodiff.core.ground.locations import is_installed
from autodiff.core.ground.sentences import (
    ALIKE,
    SENTENCES,
)

OWN = "autodiff"


def module_of(frame: FrameType) -> str:
    """The name of the module whose code a frame runs."""
    return str(frame.f_globals.get("__name__", ""))


def way_to_the_user(frame: FrameType | None) -> tuple[list[FrameType], FrameType | None]:
    """The packages' frames from the innermost outwards, and the user's that called them.

    A program that is itself installed has no user's frame: then only NumPy and SciPy count as
    packages.
    """
    way = list(_outwards(frame))
    for place, one in enumerate(way):
        if not is_installed(one.f_code.co_filename):
            return way[:place], one
    for place, one in enumerate(way):
        if module_of(one).partition(".")[0] not in ("numpy", "scipy"):
            return way[:place], one
    return way, None


def _outwards(frame: FrameType | None) -> Iterator[FrameType]:
    """The frames from one outwards, without this library's own."""
    while frame is not None:
        if module_of(frame).partition(".")[0] != OWN or not is_installed(frame.f_code.co_filename):
            yield frame
        frame = frame.f_back


def key_of_package(inside: list[FrameType]) -> str:
    """The public function of a package that the user called, or the package itself."""
    for frame in reversed(inside):
        parts = frame.f_code.co_qualname.split(".")
        module = module_of(frame)
        wrapped: Any = frame.f_locals.get("f") if "<locals>" in parts else None
        if hasattr(wrapped, "__name__"):  # a decorator's wrapper stands for what it wraps
            parts, module = [wrapped.__name__], wrapped.__module__
        names = [part for part in (parts[-1], parts[0]) if not part.startswith("_")]
        if names and "<locals>" not in parts and "._lib" not in module:
            return f"{_public(module)}.{names[0]}"
    return _public(module_of(inside[-1]))


def _public(module: str) -> str:
    """A module as the documentation names it: `np`, `scipy.integrate`, `pandas.core.series`."""
    parts = [part for part in module.split(".") if not part.startswith("_")]
    if parts[0] == "numpy":
        known = [part for part in parts[1:2] if part in ("linalg", "fft", "ma", "random")]
        return ".".join(["np", *known])
    return ".".join(parts[:2] if parts[0] == "scipy" and parts[1:2] != ["sparse"] else parts)


def key_of_call(site: CallSite, asked: str) -> str:
    """The key of a call of compiled code, straight from the user's line."""
    operation = site.operation if site.operation in SENTENCES else ""
    if operation or asked.startswith("x."):
        return operation or asked
    function, owner = site.function, site.owner
    name = site.names[-1] if site.names else ""
    bound = getattr(function, "__self__", owner)
    if isinstance(bound, np.random.Generator | np.random.RandomState):
        return f"random.{name}"
    if isinstance(owner, np.ndarray):
        return f"ndarray.{name}"
    if isinstance(function, type) and issubclass(function, np.generic):
        return "np.generic"
    module = getattr(function, "__module__", None)
    if module is not None:
        own = getattr(function, "__name__", name)
        key = own if module == "builtins" else f"{_public(module)}.{own}"
        return key if find_key(key, SENTENCES) else asked
    if function is None and len(site.names) > 1:
        if hasattr(np.ndarray, name):
            return f"ndarray.{name}"
        if hasattr(np.random.Generator, name):
            return f"random.{name}"
    return asked


def find_key(key: str, table: Mapping[str, str]) -> str:
    """The longest beginning of a key that the table has a row for."""
    key = ALIKE.get(key, key)
    while key not in table:
        key = key.rpartition(".")[0]
    return key
