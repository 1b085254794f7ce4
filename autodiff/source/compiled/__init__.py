"""`ad.compile`: a function as a fast one, traced once for each kind of arguments and each branch.

The idea: what `ad.source` writes is what a fast program needs to know, every call with its shapes
and nothing of the tracing.  A back end makes of it something that runs.

    fits, cache     which program is for some arguments; when another is written
    backends        what there is, and what `auto` takes
    flat            the recording, each node one call of NumPy
    numpy           the same calls, memory used again: the same results to the last bit
    blocks          runs of calls on large arrays, some rows at a time: what stays in the cache
    rows, run_text  which calls treat rows by themselves; a run as the text of a function
    numba           kernels in machine code with calls of NumPy between them, to rounding
    kernels         loops over elements as such kernels
    jax             the program for JAX, under its own jit, to rounding
    guards          what guards raise
    rounding        whether results are the same but for rounding
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from autodiff.core.arguments.variables import require_function
from autodiff.source.compiled.backends import BACKENDS, require
from autodiff.source.compiled.cache import Compiled


def compile(f: Callable[..., Any], backend: str = "auto") -> Compiled:
    """f as a fast function: its calls of NumPy are written out once, and run from then on.

    f is any function of NumPy, also a transform: `ad.compile(ad.value_and_grad(loss))`.  A program
    is written at the first call with a structure, shapes and dtypes, and for each way that branches
    take.  Global and closed-over arrays are read anew at each call.  `backend` says what runs it:

    - "numpy" gives the results of f to the last bit (to rounding, where a gradient joins the shares
      that a matrix has from many vectors, see `core.reverse.shares`);
    - "numba" compiles loops over elements to machine code, "jax" compiles all (both to rounding;
      what they have no text for is run by NumPy);
    - "auto" starts with NumPy, and takes numba where it is installed, once a program has run for a
      second, if that is faster.

    `compiled.source` is the program that ran last, None where f was called as it is;
    `compiled.ran` is its back end, `compiled.reason` says why it is not the one that was wanted.
    Traced arguments go to f itself, so that `ad.grad(ad.compile(f))` works.  What f warns of or
    raises it warns of or raises here: where a program fails or a derivative is not finite f itself
    is called.  The back ends numba and jax don't warn of a number that overflows on the way to a
    finite result.

    >>> import numpy as np
    >>> from autodiff import value_and_grad
    >>> step = compile(value_and_grad(lambda x: np.sum(np.sin(x) ** 2)))
    >>> value, gradient = step(np.zeros(3))
    >>> value, gradient = step(np.ones(3))
    >>> step.compilations, bool(np.all(gradient == 2 * np.sin(1.0) * np.cos(1.0)))
    (1, True)
    """
    require_function(f, "compile")
    if backend not in BACKENDS:
        raise ValueError(f"backend={backend!r}: choose from {', '.join(BACKENDS)}")
    if backend in ("numba", "jax"):
        require(backend)
    return Compiled(f, backend)


__all__ = ["Compiled", "compile"]
