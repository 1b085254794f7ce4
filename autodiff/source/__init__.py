"""A program as text: what `ad.grad(f)` computes, written out to be read, run and taken elsewhere.

The idea: every transform ends in calls of NumPy.  A recorder that stands *below* the engine takes
them down, so that the written program makes the very calls that the transform makes, and gives the
same numbers to the last bit.  One thing it does not follow: where a matrix is used for many vectors
a gradient joins their shares (`core.reverse.shares`), and a program adds one by one, to rounding.

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

from collections.abc import Callable, Iterable, Mapping
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from autodiff.source.program.source import Source


def source(
    f: Callable[..., Any],
    *args: Any,
    to: str = "numpy",
    free: str | Iterable[str] | Mapping[str, int] = (),
) -> Source:
    """The program of f at these arguments as text: `print(s)`, `s(*args)`, `s.save(path)`.

    f may be any function of NumPy, and any transform: `ad.grad(loss)`, `ad.hessian(f)`,
    `lambda x, v: ad.hvp(f, x, v)`.  The program makes the very calls that f makes, so that it gives
    the same numbers to the last bit (to rounding, where a matrix is used for many vectors, whose
    shares of the gradient are added in another order); it holds for the shapes, dtypes and
    containers of `args`, and as long as every decision (`if x > 0`) comes out as it does here.
    Other arguments it refuses with a `ValueError`.

    `free=("x", "y")` names arguments whose first axis may have any size, the same for all
    (`{"x": 1}` says another axis): then `1 / n` stands where else `1 / 32` would.  With `to="jax"`,
    `"torch"` or `"onnx"` it is one of these, of numbers that agree to rounding; with `to="latex"`
    formulas with the numbers beside.

    Raises `UnsupportedError` for a function that draws at random, changes what is not its own,
    prints values, or catches errors of calls.  What it reads of files and of the environment is
    part of the program.

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
    from autodiff.source.program.free import freed
    from autodiff.source.program.preparing import refuse_unknown, written

    refuse_unknown(f, to)
    if free:
        if to != "numpy":
            raise ValueError(f'free=... is for to="numpy"; to={to!r} fixes all shapes.')
        return freed(f, args, free)
    return written(f, args, to)


__all__ = ["source"]
