"""What a library draws by itself is not drawn from the user's numbers.

`scipy.linalg.logm` draws from NumPy's global generator to estimate a norm.  Its derivatives call it
once more, and a recording looks whether the function draws: neither is the user's draw.

>>> import numpy as np
>>> np.random.seed(3); undrawn(np.random.rand)() == undrawn(np.random.rand)()
True
"""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

import numpy as np

__all__ = ["undrawn"]


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
