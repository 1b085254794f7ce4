"""`torch.` functions: new tensors, and functions that leave their arguments as they are."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from autodiff.frontends.torch.tensor import UNARY, Sizes, Tensor, _default, generator


def _of(array: Any) -> Tensor:
    return Tensor.of(np.asarray(array, _default[0]))


def _unfilled(sizes: tuple[Any, ...]) -> Tensor:
    """A tensor of these sizes, which may be given as one list."""
    one = len(sizes) == 1 and isinstance(sizes[0], list | tuple)
    return Tensor(Sizes(sizes[0]) if one else Sizes(sizes))


def zeros(*sizes: Any) -> Tensor:
    """Zeros."""
    return _unfilled(sizes).zero()


def ones(*sizes: Any) -> Tensor:
    """Ones."""
    return _unfilled(sizes).fill(1)


def randn(*sizes: Any) -> Tensor:
    """Normal numbers."""
    return _unfilled(sizes).normal()


def rand(*sizes: Any) -> Tensor:
    """Numbers within 0 .. 1."""
    return _unfilled(sizes).uniform()


def randperm(n: int) -> Tensor:
    """1 .. n in a random order."""
    return _of(generator[0].permutation(int(n)) + 1)


def random(low: int = 0, high: int | None = None) -> int:
    """A whole number from `low` to `high`, both included; of one argument from 1 to it."""
    first, last = (1, low or 2**32 - 1) if high is None else (low, high)
    return int(generator[0].integers(int(first), int(last) + 1))


def range(start: Any, end: Any, step: Any = 1) -> Tensor:
    """start, start + step, ... end, the end included."""
    return _of(np.arange(start, end + step / 2, step))


def linspace(start: Any, end: Any, n: int = 100) -> Tensor:
    """n numbers from start to end."""
    return _of(np.linspace(start, end, int(n)))


def eye(n: int) -> Tensor:
    """The identity matrix."""
    return _of(np.eye(int(n)))


def uniform(low: Any = 0.0, high: Any = 1.0) -> float:
    """One number within bounds."""
    return float(generator[0].uniform(low, high))


def cat(parts: Any, dimension: Any = None, last: Any = None) -> Tensor:
    """Tensors one after the other, along the last dimension unless told."""
    if isinstance(parts, Tensor):
        parts, dimension = [parts, dimension], last
    parts = list(parts)
    axis = parts[0].a.ndim - 1 if dimension is None else int(dimension) - 1
    return Tensor.of(np.concatenate([p.a for p in parts], axis))


def isTensor(value: Any) -> bool:
    """Whether a value is a tensor."""
    return isinstance(value, Tensor)


def _copying(name: str) -> Callable[..., Any]:
    def call(x: Any, *rest: Any) -> Any:
        if not isinstance(x, Tensor):
            return UNARY[name](x)
        return getattr(x.clone(), name)(*rest)

    call.__name__ = call.__qualname__ = name
    call.__doc__ = f"`{name}` of a copy."
    return call


def _reading(name: str) -> Callable[..., Any]:
    def call(x: Tensor, *rest: Any) -> Any:
        return getattr(x, name)(*rest)

    call.__name__ = call.__qualname__ = name
    call.__doc__ = f"`{name}` of a tensor."
    return call


for _name in (*UNARY, "add", "csub", "mul", "div", "cmul", "cdiv", "pow", "clamp"):
    globals()[_name] = _copying(_name)
for _name in ("dot", "norm", "sum", "mean", "std", "max", "min", "eq", "ne", "gt", "lt"):
    globals()[_name] = _reading(_name)


def mm(a: Tensor, b: Tensor) -> Any:
    """The product of matrices."""
    return a * b


mv = mm


def type(value: Any) -> str:
    """The name of a value's type."""
    return value.type() if isinstance(value, Tensor) else str(value.__class__.__name__)


def setnumthreads(n: int) -> None:
    """Accepted; NumPy decides."""


def getnumthreads() -> int:
    """One."""
    return 1
