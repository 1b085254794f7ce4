"""Containers of the user's own classes, made anew with other parts.

`__init__` may convert, clip or scale what it is given (`__post_init__` of a dataclass), so that to
call it again on the parts of a finished object would do so twice.  So the object is copied, and the
parts are set in the copy.

>>> import collections
>>> rebuilt(collections.Counter("ab"), ("a", "b"), [4, 3])
Counter({'a': 4, 'b': 3})
"""

from __future__ import annotations

import copy
import dataclasses
import functools
from collections.abc import Callable, Sequence
from typing import Any

from autodiff.core.ground.errors import TreeError
from autodiff.core.ground.locations import here


def field_names(container: Any) -> tuple[str, ...]:
    """The names of a dataclass's fields, as far as they have a value."""
    names = [field.name for field in dataclasses.fields(container)]
    return tuple(name for name in names if hasattr(container, name))


def refuse_loose_numbers(
    container: Any, keys: Sequence[Any], is_number: Callable[[Any], bool]
) -> None:
    """Raise for numbers in attributes that are no parts: they may have been computed from these.

    A copy would keep them as they are, and the derivative through them would be lost.
    """
    loose = getattr(container, "__dict__", None)
    parts = keys if dataclasses.is_dataclass(container) else ()
    if not loose or loose is container:
        return
    for name, value in loose.items():
        inner = value if isinstance(value, tuple | list) else [value]
        if name in parts or _is_cached(container, name) or not any(map(is_number, inner)):
            continue
        kind = type(container).__name__
        raise TreeError(
            f"a {kind} has numbers in {name!r}, which is not one of its parts "
            f"{', '.join(map(str, keys))}: they can't follow when those change. Declare it as a "
            f"field of a dataclass, or compute it where it is needed, in a property.{here()}"
        )


def rebuilt(like: Any, keys: Sequence[Any], children: Sequence[Any]) -> Any:
    """A container like the one given, of the same class, with these parts."""
    kind = type(like)
    if isinstance(like, tuple):
        new = tuple.__new__(kind, children)
        if getattr(like, "__dict__", None):
            new.__dict__.update(like.__dict__)
        return new
    new = copy.copy(like)
    if isinstance(like, list):
        list.__setitem__(new, slice(None), children)
    elif isinstance(like, dict):
        if getattr(like, "__dict__", None) is like:  # the usual dict whose keys are attributes
            new.__dict__ = new
        for key, child in zip(keys, children, strict=True):
            dict.__setitem__(new, key, child)
    else:
        for name in [name for name in getattr(new, "__dict__", ()) if _is_cached(like, name)]:
            del new.__dict__[name]
        for name, child in zip(keys, children, strict=True):
            object.__setattr__(new, name, child)
    return new


def _is_cached(container: Any, name: str) -> bool:
    """Whether an attribute is a result that `functools.cached_property` keeps."""
    return isinstance(getattr(type(container), name, None), functools.cached_property)
