"""Arguments that a later version took: what would change a result is refused, never dropped.

A front end reads programs of several years, so some functions take more than they use.  They say
which of those arguments change nothing here; any other one that asks for something is an error.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from autodiff.core.ground.locations import here

OFF: tuple[Any, ...] = (None, False)
"""Values that ask for nothing."""


def only(what: str, given: Mapping[str, Any], *idle: str) -> None:
    """Raise TypeError for an argument that asks for something and is not among `idle`.

    >>> only("GRUCell", {"reuse": True, "layer_norm": False}, "reuse")
    >>> only("GRUCell", {"layer_norm": True}, "reuse")
    Traceback (most recent call last):
    TypeError: GRUCell: layer_norm= is not supported here, and leaving it out changes the result...
    """
    for name, value in given.items():
        if name not in idle and not any(value is off for off in OFF):
            raise TypeError(
                f"{what}: {name}= is not supported here, and leaving it out changes the "
                f"result.{here()}"
            )
