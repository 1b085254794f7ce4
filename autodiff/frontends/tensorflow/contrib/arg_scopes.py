"""`arg_scope`: defaults for the arguments of some functions, inside a block.

>>> @add_arg_scope
... def layer(x, width=1):
...     return x * width
>>> with arg_scope([layer], width=3):
...     layer(2), layer(2, width=5)
(6, 10)
"""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

from autodiff.core.ground.locations import here

Defaults = dict[Any, dict[str, Any]]
_defaults: ContextVar[Defaults | None] = ContextVar("arg_scope", default=None)


def add_arg_scope(function: Callable[..., Any]) -> Callable[..., Any]:
    """Let a function take defaults from `arg_scope`."""

    @functools.wraps(function)
    def call(*args: Any, **kwargs: Any) -> Any:
        return function(*args, **((_defaults.get() or {}).get(call, {}) | kwargs))

    call.takes_arg_scope = True  # type: ignore[attr-defined]
    return call


@contextmanager
def arg_scope(functions: Sequence[Any] | Defaults, **defaults: Any) -> Iterator[Defaults]:
    """Arguments that the functions take inside the block, unless a call gives its own.

    What `with ... as scope` yields can be entered again: `with arg_scope(scope):`.
    """
    before = _defaults.get() or {}
    if isinstance(functions, dict):
        if defaults:
            raise ValueError(f"an arg_scope that is entered again takes no new defaults.{here()}")
        new = functions
    else:
        new = dict(before)
        for function in functions:
            if not getattr(function, "takes_arg_scope", False):
                name = getattr(function, "__name__", repr(function))
                raise ValueError(
                    f"{name} takes no defaults from an arg_scope; put @add_arg_scope before its "
                    f"definition.{here()}"
                )
            _refuse_unknown(function, defaults)
            new[function] = new.get(function, {}) | defaults
    token = _defaults.set(new)
    try:
        yield new
    finally:
        _defaults.reset(token)


def _refuse_unknown(function: Any, defaults: dict[str, Any]) -> None:
    known = inspect.signature(function).parameters
    for name in defaults:
        if name not in known:
            raise ValueError(
                f"{function.__name__} has no argument {name!r}; it has {', '.join(known)}.{here()}"
            )
