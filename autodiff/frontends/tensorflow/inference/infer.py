"""Shapes and dtypes of results, while the graph is built.

Elementwise ops broadcast, reductions drop axes, matrix products keep the outer lengths; every
other op is tried out on arrays that stand in for its operands, see `probe`.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from autodiff.core.ground.errors import AutodiffError
from autodiff.core.ground.locations import here
from autodiff.core.language.abstract import Dims
from autodiff.core.language.numpy_calls.advice import explain
from autodiff.core.language.op import Op
from autodiff.core.language.registry import registry
from autodiff.frontends.tensorflow.ground.shapes import broadcast, is_full
from autodiff.frontends.tensorflow.inference.probe import Info, Operand, probe, refuse_varying

ALONG_AXES = {"sum", "mean", "max", "min", "prod", "var", "std", "logsumexp"}
"""Reductions whose result has the axes of the operand but for `axis`."""

_known: dict[Any, tuple[Info, ...]] = {}


def infer(op: Op, operands: Sequence[Operand], params: dict[str, Any]) -> tuple[Info, ...]:
    """Shape and dtype of each result of an op; the engine's own error where it can't be applied."""
    key = _key(op, operands, params)
    found = _known.get(key) if key is not None else None
    if found is None:
        found = _infer(op, operands, params)
        if key is not None:
            _known[key] = found
    return found


def _infer(op: Op, operands: Sequence[Operand], params: dict[str, Any]) -> tuple[Info, ...]:
    refuse_varying(op.name)
    try:
        if not op.multiple:
            if op.kind == "elementwise" or _acts_on_elements(op.function):
                dims = broadcast([o.shape for o in operands])
                return ((dims, _dtype(op, operands, params)),)
            if op.name in ALONG_AXES and set(params) <= {"axis", "keepdims", "ddof"}:
                return ((_reduced(op, operands[0].shape, params), _dtype(op, operands, {})),)
            if op.name == "reshape":
                dims = _reshaped(operands[0].shape, params["shape"])
                return ((dims, operands[0].dtype),)
            if op.name == "matmul":
                dims = _product(*(o.shape for o in operands))
                if dims != "other":
                    return ((dims, _dtype(op, operands, params)),)
        return probe(op.function, operands, params)
    except (ValueError, IndexError) as error:
        known = [o if o.shape is not None else Operand((), o.dtype) for o in operands]
        raise explain(op, known, params, error) from None
    except TypeError as error:
        if isinstance(error, AutodiffError):
            raise
        told = " and ".join(str(o.dtype).replace("object", "string") for o in operands)
        raise TypeError(f"{op.name} can't be applied to {told}: {error}{here()}") from None


def _acts_on_elements(function: Any) -> bool:
    """Whether a NumPy function is a ufunc without a core signature, as `np.less` is."""
    return isinstance(function, np.ufunc) and function.signature is None


def _reduced(op: Op, dims: Dims, params: dict[str, Any]) -> Dims:
    axis, keepdims = params.get("axis"), params.get("keepdims", False)
    if axis is None and not keepdims:
        return ()
    if dims is None:
        return None
    shape = tuple(2 if n is None else n for n in dims)
    axes = range(len(dims)) if axis is None else np.atleast_1d(axis)
    gone = {_axis(int(a), len(shape)) for a in axes}
    if keepdims:
        return tuple(1 if i in gone else n for i, n in enumerate(dims))
    return tuple(n for i, n in enumerate(dims) if i not in gone)


def _axis(axis: int, ndim: int) -> int:
    if not -ndim <= axis < ndim:
        raise np.exceptions.AxisError(axis, ndim)
    return axis % ndim


def _product(left: Dims, right: Dims) -> Any:
    """The shape of a product of matrices, one of which may be anything; "other" of stacks."""
    if left is None or right is None:
        return None
    if len(left) != 2 or len(right) != 2:
        return "other"
    if None not in (left[1], right[0]) and left[1] != right[0]:
        raise ValueError("the inner lengths differ")
    return (left[0], right[1])


def _reshaped(dims: Dims, wanted: Any) -> Dims:
    shape = tuple(int(n) for n in np.atleast_1d(wanted))
    if is_full(dims):
        return np.reshape(np.broadcast_to(0, dims), shape).shape
    return tuple(None if n == -1 else n for n in shape)


def _dtype(op: Op, operands: Sequence[Operand], params: dict[str, Any]) -> np.dtype:
    """The result's dtype, from a run on arrays of one element."""
    shape = (1, 1) if op.kind == "bilinear" else (1,)
    small = [
        Operand(shape, o.dtype) if o.value is None or np.ndim(o.value) else o for o in operands
    ]
    return probe(op.function, small, params)[0][1]


def _key(op: Op, operands: Sequence[Operand], params: dict[str, Any]) -> Any:
    if registry.by_name.get(op.name) is not op:
        return None
    try:
        own = tuple((o.shape, o.dtype, _frozen(o.value)) for o in operands)
        key = (op, own, tuple((name, _frozen(value)) for name, value in params.items()))
        hash(key)
    except TypeError:
        return None
    return key


def _frozen(value: Any) -> Any:
    if isinstance(value, np.ndarray):
        if value.dtype == object or value.nbytes > 4096:
            raise TypeError("not worth keeping")
        return value.shape, value.dtype, value.tobytes()
    if isinstance(value, slice):
        return "slice", _frozen(value.start), _frozen(value.stop), _frozen(value.step)
    if isinstance(value, list | tuple):
        return (type(value), *map(_frozen, value))
    if isinstance(value, dict):
        return tuple((name, _frozen(part)) for name, part in value.items())
    return type(value), value
