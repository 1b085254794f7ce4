"""Where generators of random numbers stand, which tells whether a function draws.

A function that draws has no derivative to check and no program to write.  But what a library draws
by itself is no draw of the user's: `scipy.linalg.logm` does so, to estimate a norm.

>>> import numpy as np
>>> rng, before = np.random.default_rng(), states()
>>> _ = rng.normal(), undrawn(np.random.rand)()
>>> states() == before, state_of(rng) is None, state_of("no generator") is None
(True, False, True)
"""

from __future__ import annotations

import pickle
import random
from collections.abc import Callable
from functools import wraps
from typing import Any

import numpy as np

__all__ = ["state_of", "states", "undrawn"]


def state_of(value: Any) -> bytes | None:
    """The state of a generator, or of the one whose method a value is; None for anything else."""
    owner = getattr(value, "__self__", value)
    if isinstance(owner, np.random.Generator):
        return pickle.dumps(owner.bit_generator.state)
    if isinstance(owner, np.random.RandomState):
        return pickle.dumps(owner.get_state())
    return pickle.dumps(owner.getstate()) if isinstance(owner, random.Random) else None


def states() -> dict[str, bytes]:
    """Where Python's and NumPy's global generators stand."""
    known = {"random": random.getstate(), "np.random": np.random.get_state()}  # noqa: NPY002
    return {name: pickle.dumps(state) for name, state in known.items()}


def undrawn(function: Callable[..., Any]) -> Callable[..., Any]:
    """The function, after which NumPy's global generator stands where it stood."""

    @wraps(function)
    def called(*args: Any, **kwargs: Any) -> Any:
        drawn = np.random.get_state()  # noqa: NPY002
        try:
            return function(*args, **kwargs)
        finally:
            np.random.set_state(drawn)  # noqa: NPY002

    return called
