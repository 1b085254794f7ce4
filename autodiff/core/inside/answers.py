"""What a traced value answers when the user's code asks what it is: the same as its plain value.

Much code looks at its arguments first, by `isinstance(x, np.ndarray)`, `isinstance(x, float)`,
`hasattr(x, "__len__")` or `np.isscalar(x)`, and takes another way, or none, for what it does not
know.  By `isinstance` and `hasattr` packages, and this library, still see a traced value as what it
is; so does user code that asks for what only a traced value is or has.

>>> from autodiff import grad
>>> def square(x):
...     if not isinstance(x, np.ndarray):
...         raise TypeError("an array is wanted")
...     return np.sum(x * x)
>>> grad(square)(np.ones(2))
array([2., 2.])
"""

from __future__ import annotations

import builtins
import functools
import sys
from collections.abc import Callable, Collection, Container, Iterable, Reversible, Sized
from typing import Any

import numpy as np

from autodiff.core.inside.callers import is_users
from autodiff.core.inside.exchange import exchange
from autodiff.core.language.dispatch import ground, tracer_classes, window_classes

SOME = np.zeros(1)
"""Stands for the value of a window, which is an array; to put its elements together takes time."""


STRUCTURES = frozenset([Iterable, Sized, Container, Collection, Reversible])
"""What a class is by its methods: that of traced values has those of arrays, for numbers too."""
ATTRIBUTES = frozenset(dir(np.ndarray)) - {"data"}
"""What `hasattr` answers as for the plain value, which is `x.data` of a traced one."""


def supply() -> None:
    """Fill the table of exchanges."""
    exchange(np, "isscalar", _of_the_value(np.isscalar))
    exchange(builtins, "isinstance", _of_the_users_value(builtins.isinstance, _beyond_structures))
    exchange(builtins, "hasattr", _of_the_users_value(builtins.hasattr, _beyond_arrays))


def _plain(value: Any) -> Any:
    return SOME if value.__class__ in window_classes else ground(value)


def _of_the_value(own: Callable[..., Any]) -> Callable[..., Any]:
    """A function that asks what its argument is."""

    @functools.wraps(own)
    def function(value: Any) -> Any:
        return own(_plain(value) if value.__class__ in tracer_classes else value)

    return function


def _of_the_users_value(
    own: Callable[..., Any], beyond: Callable[[Any], Any]
) -> Callable[..., Any]:
    """The same for what user code asks; of the traced value itself only what is `beyond`."""

    @functools.wraps(own)
    def function(value: Any, asked: Any) -> Any:
        if value.__class__ not in tracer_classes or not is_users(sys._getframe(1)):
            return own(value, asked)
        return own(_plain(value), asked) or own(value, beyond(asked))

    return function


def _beyond_structures(asked: Any) -> Any:
    parts = asked if asked.__class__ is tuple else (asked,)
    return tuple([part for part in parts if part not in STRUCTURES])


def _beyond_arrays(asked: Any) -> Any:
    return "" if asked in ATTRIBUTES else asked
