"""`mx.nd`: arrays that compute at once, float32 unless told."""

from __future__ import annotations

import operator
from typing import Any

import numpy as np

from autodiff.frontends.mxnet.arrays import NDArray, call, operand
from autodiff.frontends.mxnet.arrays import recording as recording
from autodiff.frontends.mxnet.ground.generating import generator
from autodiff.frontends.mxnet.table.operators import OPS


def array(source: Any, ctx: Any = None, dtype: Any = np.float32) -> NDArray:
    """An array of anything, float32 unless told."""
    source = source.value if isinstance(source, NDArray) else source
    return NDArray(np.array(source, dtype or np.float32))


def zeros(shape: Any, ctx: Any = None, dtype: Any = np.float32) -> NDArray:
    """Zeros."""
    return NDArray(np.zeros(shape, dtype))


def ones(shape: Any, ctx: Any = None, dtype: Any = np.float32) -> NDArray:
    """Ones."""
    return NDArray(np.ones(shape, dtype))


def full(shape: Any, val: Any, ctx: Any = None, dtype: Any = np.float32) -> NDArray:
    """One number."""
    return NDArray(np.full(shape, val, dtype))


def empty(shape: Any, ctx: Any = None, dtype: Any = np.float32) -> NDArray:
    """Not filled."""
    return zeros(shape, ctx, dtype)


def arange(
    start: Any, stop: Any = None, step: Any = 1, repeat: int = 1, ctx: Any = None,
    dtype: Any = np.float32,
) -> NDArray:  # fmt: skip
    """start, start + step, ..., each `repeat` times."""
    first, end = (0, start) if stop is None else (start, stop)
    return array(np.repeat(np.arange(first, end, step), repeat), ctx, dtype)


def save(fname: str, data: Any) -> None:
    """Arrays into a file, in NumPy's format."""
    items = data if isinstance(data, dict) else {str(i): a for i, a in enumerate(data)}
    with open(fname, "wb") as file:
        np.savez(file, **{name: a.asnumpy() for name, a in items.items()})


def load(fname: str) -> Any:
    """Arrays of a file."""
    with np.load(fname) as file:
        found = {name: array(file[name], dtype=file[name].dtype) for name in file.files}
    if found and all(name.isdigit() for name in found):
        return [found[str(i)] for i in range(len(found))]
    return found


def concatenate(arrays: Any, axis: int = 0, always_copy: bool = True) -> NDArray:
    """Arrays one after the other."""
    return NDArray(np.concatenate([operand(a) for a in arrays], axis))


def onehot_encode(indices: NDArray, out: NDArray) -> NDArray:
    """Ones at the indices."""
    out.a[...] = np.eye(out.shape[1])[indices.value.astype(int)]
    return out


def uniform(
    low: float = 0.0, high: float = 1.0, shape: Any = (1,), ctx: Any = None, out: Any = None,
    dtype: Any = np.float32,
) -> NDArray:  # fmt: skip
    """Numbers within low .. high."""
    return _drawn("uniform", low, high, shape, out, dtype)


def normal(
    loc: float = 0.0, scale: float = 1.0, shape: Any = (1,), ctx: Any = None, out: Any = None,
    dtype: Any = np.float32,
) -> NDArray:  # fmt: skip
    """Normal numbers."""
    return _drawn("normal", loc, scale, shape, out, dtype)


random_uniform, random_normal = uniform, normal


def _drawn(
    kind: str, first: float, second: float, shape: Any, out: NDArray | None, dtype: Any
) -> NDArray:
    values = getattr(generator[0], kind)(first, second, shape if out is None else out.shape)
    if out is None:
        return array(values, dtype=dtype)
    out[:] = values
    return out


def waitall() -> None:
    """There is nothing to wait for."""


def _function(name: str) -> Any:
    def op(*inputs: Any, **settings: Any) -> Any:
        return call(name, *inputs, **settings)

    op.__name__ = op.__qualname__ = name
    op.__doc__ = f"The op {name}, computed at once."
    return op


for _name in OPS:
    if not _name.startswith("_"):
        globals().setdefault(_name, _function(_name))
maximum, minimum = _function("_maximum"), _function("_minimum")


for _name, _code in {
    "add": operator.add, "subtract": operator.sub, "multiply": operator.mul,
    "divide": operator.truediv, "true_divide": operator.truediv, "power": operator.pow,
}.items():  # fmt: skip
    globals()[_name] = _code
