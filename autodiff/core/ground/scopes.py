"""Scopes: names around groups of equations, for the drawings.

>>> with scope("layer1"), scope("linear"):
...     current_scope()
('layer1', 'linear')
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

_scope: ContextVar[tuple[str, ...]] = ContextVar("scope", default=())
current_scope = _scope.get
ever_used: list[str] = []
"""Empty until the first scope is opened, which spares recording a look at the context."""


@contextmanager
def scope(name: str) -> Iterator[None]:
    """Mark the equations recorded inside the block as belonging to the group `name`."""
    ever_used[:] = [name]
    token = _scope.set((*_scope.get(), str(name)))
    try:
        yield
    finally:
        _scope.reset(token)
