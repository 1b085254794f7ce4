"""Arguments that several functions share: declared once, as the fields of a record.

A layer has a few arguments of its own and then a dozen that every layer has, as which activation,
and how its variables start.  The record holds those, and what a layer does with them.

>>> from dataclasses import dataclass
>>> @dataclass
... class Ending:
...     activation: object = None
...     def finished(self, y):
...         return y if self.activation is None else self.activation(y)
>>> @sharing(Ending)
... def scaled(ending, x, by=2):
...     return ending.finished(by * x)
>>> list(inspect.signature(scaled).parameters)
['x', 'by', 'activation']
>>> scaled(-3), scaled(-3, 5, abs), scaled(-3, activation=abs)
(-6, 15, 6)
"""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable
from typing import Any

from autodiff.core.ground.locations import here


def bound(
    signature: inspect.Signature, name: str, args: tuple[Any, ...], kwargs: dict[str, Any]
) -> dict[str, Any]:
    """The arguments of a call by their names, defaults included; a TypeError names the call."""
    try:
        given = signature.bind(*args, **kwargs)
    except TypeError as error:
        raise TypeError(f"{name}() {error}{here()}") from None
    given.apply_defaults()
    return given.arguments


def sharing(record: type) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Let a function, whose first argument is a record, take the record's fields after its own."""
    shared = inspect.signature(record).parameters

    def around(function: Callable[..., Any]) -> Callable[..., Any]:
        own = list(inspect.signature(function).parameters.values())[1:]
        whole = inspect.Signature([*own, *shared.values()])

        @functools.wraps(function)
        def call(*args: Any, **kwargs: Any) -> Any:
            values = bound(whole, function.__name__, args, kwargs)
            settings = record(**{name: values.pop(name) for name in shared})
            return function(settings, *values.values())

        call.__signature__ = whole  # type: ignore[attr-defined]
        return call

    return around
