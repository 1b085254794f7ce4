"""Whether a program is for some arguments: their structure, shapes, dtypes, strides and constants.

A program knows it by a function of its own, one expression of a few comparisons, since a call of a
small program takes microseconds.  `key_of` says the same of any arguments, as something to look up.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from autodiff.core.arguments.tree import Structure, flatten
from autodiff.core.language.dispatch import tracer_classes
from autodiff.source.records.nodes import Wrapped
from autodiff.source.records.running import is_input


def key_of(args: tuple[Any, ...]) -> Any:
    """What chooses a program: structure, shapes, dtypes, layouts, and constants.

    None where something is traced, or can't be told apart.

    >>> key_of((np.ones(2), 3)) == key_of((np.zeros(2), 3)), key_of((np.ones(2), 4)) == key_of(
    ...     (np.ones(2), 3))
    (True, False)
    """
    leaves, structure = flatten(args)
    key: list[Any] = [structure]
    for leaf in leaves:
        kind = type(leaf)
        if is_input(leaf) and kind is np.ndarray:
            key.append((leaf.shape, leaf.dtype, leaf.strides))
        elif kind is float or kind is complex:
            key.append(kind)
        elif is_input(leaf) and isinstance(leaf, np.generic):
            key.append(leaf.dtype)
        elif kind in tracer_classes or isinstance(leaf, Wrapped | np.ndarray):
            return None
        else:
            key.append((kind, leaf))
    try:
        hash(found := tuple(key))
    except TypeError:
        return None
    return found


def fitting(args: tuple[Any, ...]) -> Callable[[tuple[Any, ...]], bool] | None:
    """A function that tells of other arguments whether they are of the same kind as these.

    None where a container is not Python's own.

    >>> fits = fitting((np.ones((2, 3)), {"rate": 0.1}))
    >>> fits((np.zeros((2, 3)), {"rate": 0.2})), fits((np.ones(2), {"rate": 0.1}))
    (True, False)
    """
    leaves, structure = flatten(args)
    space: dict[str, Any] = {"ndarray": np.ndarray}
    tests: list[str] = []
    own = iter(leaves)
    if not _tests(structure, "args", own.__next__, tests, space):
        return None
    exec(f"def fits(args):\n    return {' and '.join(tests)}", space)
    found: Callable[[tuple[Any, ...]], bool] = space["fits"]
    return found


def _tests(
    structure: Structure | None, path: str, leaf: Callable[[], Any], tests: list[str], space: Any
) -> bool:
    """Add the tests of a container or a leaf; False where it can't be told."""
    if structure is not None:
        kind = structure.type
        if kind not in (tuple, list, dict):
            return False
        tests.append(f"type({path}) is {kind.__name__}")
        if kind is dict:
            tests.append(f"[*{path}] == {_constant(list(structure.keys), space)}")
        else:
            tests.append(f"len({path}) == {len(structure.children)}")
        for key, child in zip(structure.keys, structure.children):
            name = f"x{len(space)}"
            space[name] = None
            tests.append(f"(({name} := {path}[{_constant(key, space)}]), True)[1]")
            if not _tests(child, name, leaf, tests, space):
                return False
        return True
    value = leaf()
    kind = type(value)
    if kind is np.ndarray:
        tests.append(
            f"type({path}) is ndarray and {path}.dtype is {_constant(value.dtype, space)} and "
            f"{path}.shape == {value.shape} and {path}.strides == {value.strides}"
        )
    elif is_input(value):
        tests.append(f"type({path}) is {_constant(kind, space)}")
    elif kind in (int, bool, str, type(None)):
        tests.append(f"type({path}) is {_constant(kind, space)} and {path} == {value!r}")
    else:
        tests.append(f"{path} is {_constant(value, space)}")
    return True


def _constant(value: Any, space: dict[str, Any]) -> str:
    """The text of a constant, or a name for it."""
    if type(value) is int or type(value) is str:
        return repr(value)
    name = f"c{len(space)}"
    space[name] = value
    return name
