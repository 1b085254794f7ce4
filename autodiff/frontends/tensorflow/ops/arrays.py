"""Shapes, joining, slicing and casting by their 0.11 names and old argument orders."""

from __future__ import annotations

from typing import Any

import numpy as np

from autodiff.core.ground.locations import here
from autodiff.frontends.common.options import taking
from autodiff.frontends.tensorflow.declaring.declare import node
from autodiff.frontends.tensorflow.declaring.staging import (
    constant_value,
    dims_of,
    dtype_of,
    is_int,
    known,
    packed,
    shape_list,
    stage,
    stage_code,
    tensor,
    unknown,
)
from autodiff.frontends.tensorflow.graph.recorded import has_tensor
from autodiff.frontends.tensorflow.graph.tensor import Tensor
from autodiff.frontends.tensorflow.ground.dtypes import as_dtype

# -- about a tensor ---------------------------------------------------------------------------


@node("Shape")
def shape(input: Any, out_type: Any = np.int32) -> Any:
    """The shape while the graph runs, as an int32 tensor; `get_shape()` is the static one."""
    return np.array(np.shape(input), as_dtype(out_type))


def shape_n(input: Any, out_type: Any = np.int32, name: str | None = None) -> list[Any]:
    """The shapes of several tensors while the graph runs."""
    return [shape(one, out_type=out_type) for one in input]


@node("Size")
def size(input: Any, out_type: Any = np.int32) -> Any:
    """The number of elements while the graph runs."""
    return as_dtype(out_type).type(np.size(input))


@node("Rank")
def rank(input: Any) -> Any:
    """The number of axes while the graph runs."""
    return np.int32(np.ndim(input))


# -- casting ----------------------------------------------------------------------------------


def cast(x: Any, dtype: Any, name: str | None = None) -> Any:
    """x in another dtype; to integers the fraction is cut off, and with it the derivative."""
    x, wanted = tensor(x), as_dtype(dtype)
    if isinstance(x, Tensor) and x.dtype == wanted:
        return x
    return stage("astype", x, name=name, type="Cast", dtype=wanted)


def to_float(x: Any, name: str = "ToFloat") -> Any:
    """`cast` to float32."""
    return cast(x, np.float32, name)


def to_double(x: Any, name: str = "ToDouble") -> Any:
    """`cast` to float64."""
    return cast(x, np.float64, name)


def to_int32(x: Any, name: str = "ToInt32") -> Any:
    """`cast` to int32."""
    return cast(x, np.int32, name)


def to_int64(x: Any, name: str = "ToInt64") -> Any:
    """`cast` to int64."""
    return cast(x, np.int64, name)


# -- filled tensors ---------------------------------------------------------------------------


def fill(dims: Any, value: Any, name: str | None = None) -> Any:
    """A tensor of a shape, every element `value`; either may be a tensor."""
    return _filled("Fill", dims, tensor(value), name)


def zeros(shape: Any, dtype: Any = np.float32, name: str = "zeros") -> Any:
    """All zeros; the shape may be a tensor."""
    return _filled("Zeros", shape, np.zeros((), as_dtype(dtype)), name)


def ones(shape: Any, dtype: Any = np.float32, name: str = "ones") -> Any:
    """All ones; the shape may be a tensor."""
    return _filled("Ones", shape, np.ones((), as_dtype(dtype)), name)


def _filled(type: str, shape: Any, value: Any, name: str | None) -> Any:
    shape = shape_list(shape)
    return stage_code(
        _fill, name=name, type=type, dims=known(shape), dtype=dtype_of(value),
        shape=shape, value=value,
    )  # fmt: skip


def _fill(shape: Any, value: Any) -> Any:
    return np.broadcast_to(value, tuple(int(n) for n in shape))


@taking("optimize")
def zeros_like(tensor: Any, dtype: Any = None, name: str | None = None) -> Any:
    """Zeros of the shape (while the graph runs) and dtype of a tensor."""
    return _like("zeros_like", tensor, dtype, name or "zeros_like", "ZerosLike")


@taking("optimize")
def ones_like(tensor: Any, dtype: Any = None, name: str | None = None) -> Any:
    """Ones of the shape (while the graph runs) and dtype of a tensor."""
    return _like("ones_like", tensor, dtype, name or "ones_like", "OnesLike")


def _like(op: str, x: Any, dtype: Any, name: str, type: str) -> Any:
    found = stage(op, x, name=name, type=type)
    return found if dtype is None else cast(found, dtype)


def linspace(start: Any, stop: Any, num: Any, name: str = "LinSpace") -> Any:
    """`num` numbers from start to stop, both included."""
    start, stop = tensor(start), tensor(stop)
    return stage_code(
        _linspace, name=name, type="LinSpace", dims=known([num]), dtype=dtype_of(start),
        start=start, stop=stop, num=num,
    )  # fmt: skip


lin_space = linspace


def _linspace(start: Any, stop: Any, num: Any) -> Any:
    steps = np.linspace(0.0, 1.0, int(num)).astype(np.result_type(start, stop))
    return start + (stop - start) * steps


def range(
    start: Any, limit: Any = None, delta: Any = 1, dtype: Any = None, name: str = "range"
) -> Any:
    """start, start + delta, ... below limit; `range(n)` begins with 0."""
    if isinstance(dtype, str) and name == "range":  # 0.11 has the name here
        dtype, name = None, dtype
    if limit is None:
        start, limit = 0, start
    ends = (tensor(start), tensor(limit), tensor(delta))
    if dtype is not None:
        ends = tuple(cast(end, dtype) for end in ends)
    if any(isinstance(end, Tensor) for end in ends):
        dtype = np.result_type(*map(dtype_of, ends))
        return stage_code(_range, name=name, type="Range", dims=(None,), dtype=dtype, ends=ends)
    return stage_code(_range, name=name, type="Range", ends=ends)


def _range(ends: Any) -> Any:
    return np.arange(*ends, dtype=np.result_type(*ends))


# -- shapes -----------------------------------------------------------------------------------


def reshape(tensor: Any, shape: Any, name: str | None = None) -> Any:
    """The same elements in another shape; one length may be -1, which is worked out."""
    if not isinstance(shape, Tensor) and not is_int(shape):
        shape = list(shape)
        if None in shape:
            raise ValueError(
                f"tf.reshape to {shape}: an unknown length is written -1, not None.{here()}"
            )
    shape = shape_list(shape)
    if not has_tensor(shape):
        return stage("reshape", tensor, name=name, type="Reshape", shape=shape)
    return stage("reshape", tensor, name=name, type="Reshape", dims=known(shape), shape=shape)


def transpose(a: Any, perm: Any = None, name: str = "transpose") -> Any:
    """The axes in the order `perm`, by default reversed."""
    perm = constant_value(perm)
    params = {} if perm is None else {"axes": tuple(int(p) for p in perm)}
    return stage("transpose", a, name=name, type="Transpose", **params)


def expand_dims(input: Any, dim: Any = None, name: str | None = None, axis: Any = None) -> Any:
    """A new axis of length 1 at `dim`, -1 for the last (1.0: `axis`)."""
    place = constant_value(dim if axis is None else axis)
    return stage("expand_dims", input, name=name, type="ExpandDims", axis=int(np.ravel(place)[0]))


def squeeze(input: Any, squeeze_dims: Any = None, name: str | None = None, axis: Any = None) -> Any:
    """Without the axes of length 1, or only those of `squeeze_dims` (1.0: `axis`)."""
    squeeze_dims = squeeze_dims if axis is None else axis
    if isinstance(squeeze_dims, str):
        squeeze_dims, name = name, squeeze_dims
    if squeeze_dims is None or np.size(squeeze_dims) == 0:
        return stage("squeeze", input, name=name, type="Squeeze")
    axes = tuple(int(a) for a in np.ravel(squeeze_dims))
    return stage("squeeze", input, name=name, type="Squeeze", axis=axes)


def tile(input: Any, multiples: Any, name: str | None = None) -> Any:
    """The tensor repeated `multiples[i]` times along axis i."""
    input = packed(input)
    dims = dims_of(input)
    if not isinstance(multiples, Tensor):
        multiples = shape_list(multiples)
        if dims is not None and len(dims) != len(multiples):
            raise ValueError(
                f"tf.tile: multiples {multiples} has {len(multiples)} entries, but the tensor has "
                f"{len(dims)} axes; give one for each.{here()}"
            )
    if isinstance(multiples, Tensor):
        rank = None if dims is None else len(dims)
        return stage("tile", input, name=name, type="Tile", dims=unknown(rank), reps=multiples)
    return stage("tile", input, name=name, type="Tile", reps=multiples)


MODES = {"CONSTANT": "constant", "REFLECT": "reflect", "SYMMETRIC": "symmetric"}


def pad(tensor: Any, paddings: Any, mode: str = "CONSTANT", name: str | None = None) -> Any:
    """Framed by paddings[i] = (before, after) along axis i: zeros, or the tensor mirrored."""
    if mode.upper() not in MODES:
        raise ValueError(f"tf.pad: mode {mode!r} is none of {', '.join(MODES)}.{here()}")
    if not isinstance(paddings, Tensor):
        paddings = tuple((int(low), int(high)) for low, high in paddings)
    kind = "Pad" if mode.upper() == "CONSTANT" else "MirrorPad"
    return stage("pad", tensor, name=name, type=kind, pad_width=paddings, mode=MODES[mode.upper()])


def reverse(tensor: Any, dims: Any = None, name: str | None = None, axis: Any = None) -> Any:
    """The axes where `dims` is True run backwards; a list of integers names them, `axis` in 1.0."""
    dims = constant_value(dims if axis is None else axis)
    dims = list(dims) if isinstance(dims, list | tuple) else np.ravel(dims).tolist()
    if not all(isinstance(d, bool | np.bool_) for d in dims):
        if any(isinstance(d, bool) for d in dims) or not all(is_int(d) for d in dims):
            raise TypeError(
                "tf.reverse takes one bool for each axis, or the numbers of the axes, and got "
                f"{dims}: write [True, False] or [0].{here()}"
            )
        axes = tuple(dims)
    else:
        axes = tuple(i for i, d in enumerate(dims) if d)
    return stage("flip", tensor, name=name, type="Reverse", axis=axes)
