"""Variables by type, constants, and functions that make arrays."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from autodiff.core.ground.locations import here
from autodiff.core.language.registry import registry
from autodiff.frontends.common.backward import ones_op
from autodiff.frontends.theano.settings import config
from autodiff.frontends.theano.types import TensorType, upcast
from autodiff.frontends.theano.variables import Variable, variable
from autodiff.frontends.theano.writing import apply_code, apply_op, as_variable

AXES = {
    "scalar": (), "vector": (False,), "matrix": (False, False), "row": (True, False),
    "col": (False, True), "tensor3": (False,) * 3, "tensor4": (False,) * 4,
}  # fmt: skip
PREFIXES = {
    "": None, "d": "float64", "f": "float32", "l": "int64", "i": "int32", "w": "int16",
    "b": "int8", "z": "complex128", "c": "complex64",
}  # fmt: skip
"""The letter before the name fixes the dtype; without one it is `config.floatX`."""


def _constructor(kind: str, prefix: str) -> Callable[..., Variable]:
    fixed = PREFIXES[prefix]
    if fixed:
        return TensorType(fixed, AXES[kind])

    def make(name: str | None = None, dtype: str | None = None) -> Variable:
        return variable(TensorType(dtype or config.floatX, AXES[kind]), name)

    make.__name__ = make.__qualname__ = prefix + kind
    make.__doc__ = f"A {kind} of config.floatX: an input of an expression."
    return make


CONSTRUCTORS = {prefix + kind: _constructor(kind, prefix) for kind in AXES for prefix in PREFIXES}
several = {
    name.replace("matrix", "matrice") + "s": lambda *names, make=make: [make(n) for n in names]
    for name, make in CONSTRUCTORS.items()
}
"""`T.dmatrices("x", "y")`: several at once."""


def constant(
    value: Any, name: str | None = None, ndim: int | None = None, dtype: Any = None
) -> Any:
    """A constant; with `ndim` of so many axes."""
    if dtype is not None:
        value = np.asarray(value, dtype)
    return as_variable(value, name) if ndim is None else as_tensor_variable(value, name, ndim)


def as_tensor_variable(x: Any, name: str | None = None, ndim: int | None = None) -> Variable:
    """A variable as it is, anything else as a constant; with `ndim` of so many axes.

    Axes are added in front, or taken off there where they are broadcastable.
    """
    x = as_variable(x, name)
    surplus = 0 if ndim is None else x.ndim - ndim
    if surplus > 0 and not all(x.broadcastable[:surplus]):
        raise ValueError(
            f"as_tensor_variable: {x} has {x.ndim} axes, and the first {surplus} can't be taken "
            f"off: they are not broadcastable.{here()}"
        )
    if not surplus:
        return x
    return x.dimshuffle(*["x"] * -surplus, *range(max(surplus, 0), x.ndim))


def _zeros_like(x: Any, *, dtype: str) -> Any:
    return np.zeros(np.shape(x), dtype)


def _ones_like(x: Any, *, dtype: str) -> Any:
    return np.ones(np.shape(x), dtype)


def _fill(model: Any, value: Any) -> Any:
    return np.broadcast_to(value, np.shape(model)) + np.zeros_like(value, shape=())


def _alloc(value: Any, *sizes: Any) -> Any:
    return np.broadcast_to(value, as_shape(sizes)) + np.zeros_like(value, shape=())


def _arange(start: Any, stop: Any, step: Any, *, dtype: str) -> Any:
    return np.arange(*(np.asarray(v)[()] for v in (start, stop, step)), dtype=dtype)


def _eye(n: Any, m: Any, k: Any, *, dtype: str) -> Any:
    return np.eye(int(n), int(m), int(k), dtype=dtype)


def zeros_like(x: Any, dtype: str | None = None) -> Variable:
    """Zeros in the shape of x."""
    x = as_variable(x)
    type = TensorType(dtype or x.dtype, x.broadcastable)
    return apply_code("zeros_like", _zeros_like, (x,), type, dtype=type.dtype)


def ones_like(x: Any, dtype: str | None = None) -> Variable:
    """Ones in the shape of x."""
    x = as_variable(x)
    if dtype is None:
        return apply_op(ones_op, (x,), x.type)
    type = TensorType(dtype, x.broadcastable)
    return apply_code("ones_like", _ones_like, (x,), type, dtype=type.dtype)


def sizes_of(shape: Any) -> tuple[list[Any], int]:
    """A shape as a list of operands (or one vector), and its number of axes."""
    if isinstance(shape, Variable):
        if shape.ndim == 0:
            return [shape], 1
        note = shape.node.note or {}
        known = len(note["constant"]) if "constant" in note else note.get("length")
        if known is None:
            raise TypeError(f"the number of axes in the shape {shape} is not known: write a tuple.")
        return [shape], known
    if isinstance(shape, int | np.integer):
        return [shape], 1
    return list(shape), len(shape)


def as_shape(sizes: Sequence[Any]) -> tuple[int, ...]:
    """The plain shape from the values of its operands."""
    return tuple(int(n) for size in sizes for n in np.atleast_1d(np.asarray(size)))


def _known_ones(sizes: Sequence[Any], ndim: int) -> tuple[bool, ...]:
    if len(sizes) != ndim:
        return (False,) * ndim
    return tuple(not isinstance(n, Variable) and int(n) == 1 for n in sizes)


def alloc(value: Any, *shape: Any) -> Variable:
    """`value` broadcast to a shape."""
    value = as_variable(value)
    sizes, ndim = sizes_of(shape[0] if len(shape) == 1 else shape)
    type = TensorType(value.dtype, _known_ones(sizes, ndim))
    return apply_code("alloc", _alloc, (value, *sizes), type)


def _filled(name: str, number: int) -> Callable[..., Variable]:
    def make(shape: Any, dtype: str | None = None) -> Variable:
        return alloc(np.asarray(number, dtype or config.floatX), shape)

    make.__name__ = make.__qualname__ = name
    make.__doc__ = f"{name.capitalize()} of a shape, whose lengths may be variables."
    return make


zeros, ones = _filled("zeros", 0), _filled("ones", 1)


def fill(model: Any, value: Any) -> Variable:
    """`value` in the shape of another variable."""
    return second(model, value)


def second(model: Any, value: Any) -> Variable:
    """`value` in the shape of `model`."""
    model, value = as_variable(model), as_variable(value)
    type = TensorType(value.dtype, model.broadcastable)
    return apply_code("fill", _fill, (model, value), type)


def arange(start: Any, stop: Any = None, step: Any = 1, dtype: str | None = None) -> Variable:
    """0, 1, ..., stop - 1; any of the three may be a variable."""
    if stop is None:
        start, stop = 0, start
    ends = [as_variable(v) for v in (start, stop, step)]
    if dtype is None:
        dtype = upcast([v.type for v in ends])
        dtype = "int64" if np.dtype(dtype).kind in "iub" else dtype
    return apply_code("arange", _arange, ends, TensorType(dtype, (False,)), dtype=dtype)


def eye(n: Any, m: Any = None, k: Any = 0, dtype: str | None = None) -> Variable:
    """The identity matrix, or ones on another diagonal."""
    type = TensorType(dtype or config.floatX, (False, False))
    return apply_code("eye", _eye, (n, n if m is None else m, k), type, dtype=type.dtype)


def identity_like(x: Any) -> Variable:
    """The identity matrix in the shape of x."""
    x = as_variable(x)
    return eye(x.shape[0], x.shape[1], dtype=x.dtype)  # type: ignore[attr-defined]


def dot(x: Any, y: Any) -> Variable:
    """The product of matrices and vectors; of scalars the plain product."""
    x, y = as_variable(x), as_variable(y)
    if 0 in (x.ndim, y.ndim):
        return x * y
    if x.ndim > 2 or y.ndim > 2:
        return tensordot(x, y, [[x.ndim - 1], [max(0, y.ndim - 2)]])
    axes = (*x.broadcastable[:-1], *y.broadcastable[1:])
    type = TensorType(upcast([x.type, y.type]), axes)
    return apply_op(registry.by_function[np.matmul], (x, y), type)


def tensordot(x: Any, y: Any, axes: Any = 2) -> Variable:
    """Sums of products over the last axes of x and the first of y, or over those listed."""
    x, y = as_variable(x), as_variable(y)
    if isinstance(axes, int):
        axes = [list(range(x.ndim - axes, x.ndim)), list(range(axes))]
    gone = [[a] if isinstance(a, int) else list(a) for a in axes]
    kept = [
        b
        for v, own in zip((x, y), gone, strict=True)
        for place, b in enumerate(v.broadcastable)
        if place not in {a % v.ndim for a in own}
    ]
    type = TensorType(upcast([x.type, y.type]), tuple(kept))
    return apply_code("tensordot", np.tensordot, (x, y), type, axes=gone)


def batched_dot(x: Any, y: Any) -> Variable:
    """The product of the matrices at each place of the first axis."""
    x, y = as_variable(x), as_variable(y)
    type = TensorType(upcast([x.type, y.type]), (False,) * (x.ndim + y.ndim - 3))
    return apply_op(registry.by_function[np.matmul], (x, y), type)


def outer(x: Any, y: Any) -> Variable:
    """Every product of an element of x and one of y."""
    return as_variable(x).dimshuffle(0, "x") * as_variable(y).dimshuffle("x", 0)
