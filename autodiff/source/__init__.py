"""A program as text: what `ad.grad(f)` computes, written out to be read, run and taken elsewhere.

The idea: every transform ends in calls of NumPy.  A recorder that stands *below* the engine takes
them down, so that the written program makes the very calls that the transform makes, and gives the
same numbers to the last bit.

    guards      what a program must not take for granted
    records     the calls that a function makes
    rewriting   the same numbers in fewer calls
    words       names, expressions, lines of 88 columns
    loops       equal repeated steps as a `for`
    text        from calls to a module
    languages   JAX, PyTorch, ONNX; formulas
    program     `Source`
    compiled    `ad.compile`: programs that run fast

Each of these rooms imports only what stands above it in this list.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from autodiff.source.program.source import Source


def source(f: Callable[..., Any], *args: Any, to: str = "numpy") -> Source:
    """The program of f at these arguments as text: `print(s)`, `s(*args)`, `s.save(path)`.

    f may be any function of NumPy, and any transform: `ad.grad(loss)`, `ad.hessian(f)`,
    `lambda x, v: ad.hvp(f, x, v)`.  The program makes the very calls that f makes, so that it gives
    the same numbers to the last bit; it holds for the shapes, dtypes and containers of `args`,
    and as long as every decision (`if x > 0`) comes out as it does here.  Other arguments it
    refuses with a `ValueError`.  With `to="jax"`, `"torch"` or `"onnx"` it is one of these, of
    numbers that agree to rounding; with `to="latex"` formulas with the numbers beside.  Raises
    `UnsupportedError` for a function that draws at random.

    >>> import numpy as np
    >>> from autodiff import grad
    >>> def loss(w, x):
    ...     h = np.tanh(x @ w)
    ...     return np.sum(h ** 2)
    >>> s = source(grad(loss), np.ones(3), np.eye(3))
    >>> print(s.body)
    h = np.tanh(x @ w)
    # derivative of: return np.sum(h ** 2)
    d_h = 2 * h
    # derivative of: h = np.tanh(x @ w)
    d_w = (1 - h ** 2) * d_h @ x
    finite(d_w)
    return d_w
    >>> bool(np.array_equal(s(np.ones(3), np.eye(3)), grad(loss)(np.ones(3), np.eye(3))))
    True
    """
    from autodiff.source.program.source import written

    return written(f, args, to)


__all__ = ["source"]
