"""What a transform returns: a function that knows what it was derived from.

Inside `ad.grad(f)` is a closure, which no other process could be sent.  Since it knows the
transform and f, it is pickled as the two of them, and derived anew where it arrives: so
`pool.map(ad.grad(f), xs)` works wherever `pool.map(f, xs)` does.
"""

from __future__ import annotations

import functools
import operator
import sys
import types
import warnings
from collections.abc import Callable, Sequence
from typing import Any

from autodiff.core.ground.errors import AutodiffWarning, TreeError
from autodiff.core.ground.locations import here, stacklevel
from autodiff.core.inside.reachable import Around

Function = Callable[..., Any]


class Derived(Around):
    """`call`, as what the transform made of f; a partial with nothing bound is called in C."""

    transform: Function
    options: dict[str, Any]

    def __repr__(self) -> str:
        name = getattr(self.function, "__name__", repr(self.function))
        return f"<ad.{self.transform.__name__} of {name}>"

    def __reduce__(self) -> Any:
        module = sys.modules.get(str(getattr(self, "__module__", "")))
        name = str(getattr(self, "__qualname__", ""))
        if getattr(module, name, None) is self:  # `@ad.grad` stands over the function itself
            return name
        return _again, (self.transform, self.function, self.options)

    def __get__(self, instance: Any, owner: Any = None) -> Any:
        return self if instance is None else types.MethodType(self, instance)


def _again(transform: Function, function: Function, options: dict[str, Any]) -> Any:
    return transform(function, **options)


def derived(call: Function, transform: Function, f: Function, **options: Any) -> Derived:
    """`call` as the function that `transform(f, **options)` returns: with f's name and text."""
    made = Derived(call)
    functools.update_wrapper(made, f)
    made.transform, made.function, made.options = transform, f, options
    return made


Argnums = int | Sequence[int]


def numbers_of(argnums: Any, argnum: Any, transform: str) -> Argnums:
    """Which arguments are meant: an int or a tuple of ints, each argument at most once.

    `argnum` is autograd's name for it.
    """
    if argnum is not None:
        argnums = argnum
        warnings.warn(
            f"the argument is called argnums here; write ad.{transform}(f, argnums={argnum!r})."
            f"{here()}",
            AutodiffWarning,
            stacklevel=stacklevel(),
        )
    try:
        if isinstance(argnums, tuple | list):
            return tuple([operator.index(number) for number in argnums])
        return operator.index(argnums)
    except TypeError:
        raise TreeError(
            f"argnums={argnums!r}: say the arguments by number, from 0: argnums=1, or "
            f"argnums=(0, 2) for several.{here()}"
        ) from None
