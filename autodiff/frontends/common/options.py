"""Arguments that are read and not used: what would change a result is refused, never dropped.

A front end reads programs of several years, and systems whose functions take many settings, so some
functions take more than they use.  They say which of those arguments change nothing here (how fast,
where), and which value of another one is what they do; anything else is an error.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Mapping
from typing import Any

from autodiff.core.ground.locations import here

OFF: tuple[Any, ...] = (None, False)
"""Values that ask for nothing."""


def only(what: str, given: Mapping[str, Any], *idle: str, **done: Any) -> None:
    """Raise TypeError for an argument that asks for something and is not among `idle`.

    `done` names arguments with the value that is what happens anyway.

    >>> only("GRUCell", {"reuse": True, "layer_norm": False}, "reuse")
    >>> only("convolution", {"dilate": 1}, dilate=1)
    >>> only("GRUCell", {"layer_norm": True}, "reuse")
    Traceback (most recent call last):
    TypeError: GRUCell: layer_norm= is not supported here, and leaving it out changes the result...
    """
    for name, value in given.items():
        asks = value != done[name] if name in done else not any(value is off for off in OFF)
        if asks and name not in idle:
            raise TypeError(
                f"{what}: {name}= is not supported here, and leaving it out changes the "
                f"result.{here()}"
            )


def among(what: str, value: Any, *words: Any) -> Any:
    """A setting that is one of a few words; ValueError for another.

    >>> among("Pooling: kind", "max", "max", "mean")
    'max'
    >>> among("Pooling: kind", "median", "max", "mean")
    Traceback (most recent call last):
    ValueError: Pooling: kind='median' is not among 'max', 'mean'...
    """
    if value not in words:
        raise ValueError(f"{what}={value!r} is not among {', '.join(map(repr, words))}.{here()}")
    return value


def taking(idle: str = "", off: str = "", **done: Any) -> Callable[[Callable[..., Any]], Any]:
    """Let a function take more arguments of its system, by name, which it has no use for.

    Those of `idle` change nothing here.  Those of `off` ask for something else where they are
    given; of the others the value is what happens anyway.

    >>> @taking("shared_name", "dynamic_pad", data_format="NHWC")
    ... def batch(x):
    ...     return x
    >>> batch(1, shared_name="queue", dynamic_pad=False, data_format="NHWC")
    1
    >>> batch(1, dynamic_pad=True)
    Traceback (most recent call last):
    TypeError: batch: dynamic_pad= is not supported here, and leaving it out changes the result...
    """
    names = {*idle.split(), *off.split(), *done}

    def declare(function: Callable[..., Any]) -> Any:
        what = function.__qualname__.removesuffix(".__init__")

        @functools.wraps(function)
        def call(*args: Any, **kwargs: Any) -> Any:
            more = {name: kwargs.pop(name) for name in names.intersection(kwargs)}
            if more:
                asked = {n: v for n, v in more.items() if not any(v is one for one in OFF)}
                only(what, asked, *idle.split(), **done)
            return function(*args, **kwargs)

        return call

    return declare
