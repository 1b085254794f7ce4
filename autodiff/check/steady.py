"""Is f a function at all?  Two runs at one point must agree, and must leave everything as it was.

What f may change are its arguments and the arrays that it captured: from enclosing functions,
global names, default values, a `functools.partial`, or the object whose method it is.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

from autodiff.core.arguments.tree import flatten, paths
from autodiff.core.ground.draws import state_of, states
from autodiff.core.ground.locations import Location, locate, python_function
from autodiff.core.language.dispatch import ground

DRAWS = 8
"""So often a function that draws random numbers is run, since two draws may agree by chance."""


@dataclass(frozen=True, slots=True)
class Steadiness:
    """What two runs at one point showed: `kind` is "" where nothing is wrong."""

    kind: str = ""
    sentence: str = ""


def captured(f: Callable[..., Any]) -> Iterator[tuple[str, Any]]:
    """The values that a function takes from its surroundings, with the names it knows them by.

    >>> a = np.ones(2)
    >>> [name for name, _ in captured(lambda x, b=a: x * a)]
    ['a', 'b']
    """
    if isinstance(f, functools.partial):
        yield from captured(f.func)
        for index, value in enumerate(f.args):
            yield f"partial argument {index}", value
        yield from f.keywords.items()
        return
    owner = getattr(f, "__self__", None)
    if owner is not None and not isinstance(owner, type):
        for name, value in getattr(owner, "__dict__", {}).items():
            yield f"self.{name}", value
    function = python_function(getattr(f, "function", f))
    if function is None:
        if not isinstance(f, type) and hasattr(f, "__dict__"):
            yield from ((f"self.{name}", value) for name, value in vars(f).items())
        return
    code, known = function.__code__, function.__globals__
    yield from ((name, known[name]) for name in code.co_names if name in known)
    for name, cell in zip(code.co_freevars, function.__closure__ or (), strict=True):
        try:
            yield name, cell.cell_contents
        except ValueError:  # a cell that is not filled yet
            continue
    defaults = function.__defaults__ or ()
    last = code.co_varnames[: code.co_argcount]
    yield from zip(last[len(last) - len(defaults) :], defaults)


def name_of(f: Callable[..., Any]) -> str:
    """What to call a function: its name, or its class.

    >>> name_of(functools.partial(np.power, 2.0))
    'power'
    """
    f = f.func if isinstance(f, functools.partial) else f
    return getattr(f, "__name__", type(f).__name__)


def arrays(f: Callable[..., Any], args: tuple[Any, ...], names: list[str]) -> dict[str, Any]:
    """All arrays that f can reach, by name."""
    found: dict[str, Any] = {}
    for name, value in [*zip(names, args, strict=True), *captured(f)]:
        if isinstance(value, np.ndarray | list | tuple | dict):
            leaves, structure = flatten(value)
            for path, leaf in zip(paths(structure, name), leaves, strict=True):
                if isinstance(leaf, np.ndarray):
                    found[path] = leaf
    return found


def look_twice(f: Callable[..., Any], args: tuple[Any, ...], names: list[str]) -> Steadiness:
    """Run f twice on plain copies of its arguments; what was changed is put back."""
    reachable = arrays(f, args, names)
    before = {name: array.copy() for name, array in reachable.items()}
    stood = _states(f)
    with np.errstate(all="ignore"):
        first = [_plain(leaf) for leaf in flatten(f(*args))[0]]
        changed = [name for name, old in before.items() if not _same(old, reachable[name])]
        for name in changed:
            place = tuple(np.argwhere(~np.equal(before[name], reachable[name]))[0].tolist())
            _put_back(reachable[name], before[name])
            index = f"[{', '.join(map(str, place))}]" if place else ""
            return Steadiness(
                "mutated",
                f"f changed {name} ({name}{index} was {before[name][place]:.6g}): a function that "
                "changes its surroundings has no derivative to check; work on a copy, "
                f"`{_plain_name(name)}.copy()`, or assign to a new array{_at(f)}.",
            )
        drawn = [name for name, old in stood.items() if old != _states(f)[name]]
        for _ in range(DRAWS if drawn else 1):
            second = [_plain(leaf) for leaf in flatten(f(*args))[0]]
            if len(first) != len(second) or not all(map(_same, first, second)):
                for name, array in reachable.items():
                    _put_back(array, before[name])
                sentence = _random_sentence(f, first, second, drawn)
                return Steadiness("not deterministic", sentence)
    return Steadiness()


def _states(f: Callable[..., Any]) -> dict[str, bytes | None]:
    """The states of the random generators that f can reach, the global ones included."""
    return states() | {name: state_of(value) for name, value in captured(f)}


def _random_sentence(
    f: Callable[..., Any], first: list[Any], second: list[Any], sources: list[str]
) -> str:
    pairs = [(a, b) for a, b in zip(first, second) if not _same(a, b)]
    example = ""
    if pairs and np.shape(pairs[0][0]) == np.shape(pairs[0][1]):
        a, b = (np.ravel(v) for v in pairs[0])
        k = int(np.argmax(np.not_equal(a, b)))
        example = f" ({a[k]:.10g}, then {b[k]:.10g})"
    if sources:
        cure = (
            f"it draws random numbers from {sources[0]}: make the generator inside f with a fixed "
            "seed, np.random.default_rng(0), or draw the mask once outside and pass it in"
        )
    else:
        cure = (
            "something in it changes from run to run (a random number, a counter, the clock): "
            "seed it, or freeze the value outside f"
        )
    return f"not deterministic; two runs at the same point differ{example}; {cure}{_at(f)}."


def _at(f: Callable[..., Any]) -> str:
    """Where f is defined, as ` (file, line)`."""
    code = getattr(getattr(f, "func", f), "__code__", None)
    place: Location | None = locate(code, 0) if code else None
    return f" ({place})" if place else ""


def _plain(leaf: Any) -> Any:
    value = ground(leaf)
    return value.copy() if isinstance(value, np.ndarray) else value


def _plain_name(name: str) -> str:
    return name if name.replace("_", "a").replace(".", "a").isalnum() else "a"


def _same(a: Any, b: Any) -> bool:
    if isinstance(a, str) or a is None:
        return bool(a == b)
    a, b = np.asarray(a), np.asarray(b)
    return np.array_equal(a, b, equal_nan=a.dtype.kind in "fc" and b.dtype.kind in "fc")


def _put_back(array: np.ndarray, old: np.ndarray) -> None:
    if array.flags.writeable and array.shape == old.shape:
        array[...] = old
