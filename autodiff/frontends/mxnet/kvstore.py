"""One machine: a store that holds nothing."""

from __future__ import annotations

from typing import Any


class KVStore:
    """The store of one worker."""

    rank, num_workers, type = 0, 1, "local"


def create(name: Any = "local") -> KVStore:
    """The store."""
    return KVStore()
