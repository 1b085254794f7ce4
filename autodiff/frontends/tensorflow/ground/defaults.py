"""The current graph and the current session: the one implicit state that TensorFlow has.

Each thread has its own stack of `with graph.as_default():` and `with session:` blocks; below them
lies one default graph for the whole process.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any


class Stack(threading.local):
    """A stack of one thread."""

    def __init__(self) -> None:
        self.items: list[Any] = []

    @contextmanager
    def holding(self, item: Any) -> Iterator[Any]:
        """Keep an item on top during the block."""
        self.items.append(item)
        try:
            yield item
        finally:
            self.items.remove(item)

    @property
    def top(self) -> Any:
        """The innermost item, None where there is none."""
        return self.items[-1] if self.items else None


graphs = Stack()
sessions = Stack()


def get_default_session() -> Any:
    """The session of the innermost `with` block (or an `InteractiveSession`), else None."""
    return sessions.top
