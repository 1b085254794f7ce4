"""Batches: many tangents or cotangents pushed through a program at once.

A `Batched` value stands for one example and carries all of them along a leading axis.  Most
kinds of operation know what to do by their kind: elementwise ones align axes, reductions count
their axes from the end, products use NumPy's own batching.  An op without a rule here is applied
example by example, which is slower and right.
"""

from __future__ import annotations

import string
from collections.abc import Callable
from typing import Any

import numpy as np

from autodiff.core.language.dispatch import Array, Params, Trace, apply, is_traced, tracer_classes
from autodiff.core.language.op import Op
from autodiff.core.values.tracer import Tracer

Plan = tuple[list[Any], dict[str, Any]]


class BatchTrace(Trace):
    """Applies an op to all examples of a batch at once."""

    __slots__ = ()

    def process(self, op: Op, args: tuple[Any, ...], params: Params) -> Any:
        """Apply `op` along the leading axis of its batched arguments."""
        mine = [arg.__class__ in tracer_classes and arg.owner is self for arg in args]
        if op.kind == "elementwise":
            return Batched(apply(op, _aligned_all(args, mine), params), self)
        if op.kind == "constant":
            return apply(
                op,
                tuple(arg.lower if m else arg for arg, m in zip(args, mine, strict=True)),
                params,
            )
        rule = RULES.get(op.name) or KIND_RULES.get(op.kind)
        planned = rule(args, mine, dict(params)) if rule else None
        if planned is None or op.multiple:
            return self.one_by_one(op, args, mine, params)
        arrays, params = planned
        return Batched(apply(op, tuple(arrays), params), self)

    def one_by_one(self, op: Op, args: Any, mine: list[bool], params: Params) -> Any:
        """Apply an op example by example, and stack."""
        size = next(np.shape(arg.array)[0] for arg, m in zip(args, mine, strict=True) if m)
        results = [
            apply(
                op, tuple(a.array[i] if m else a for a, m in zip(args, mine, strict=True)), params
            )
            for i in range(size)
        ]
        if op.multiple:
            return tuple(Batched(np.stack(part), self) for part in zip(*results, strict=True))
        return Batched(np.stack(results), self)


class Batched(Tracer):
    """A value that stands for one example of `array`, whose leading axis is the batch."""

    __slots__ = ("array", "owner")

    alias = None
    is_variable = False
    shift = None

    def __init__(self, array: Array, trace: BatchTrace) -> None:
        self.array = array
        self.owner = trace

    @property
    def lower(self) -> Any:
        """The first example: it has every example's shape and dtype."""
        return self.array[0]

    @property
    def whole(self) -> Any:
        """All examples."""
        return self.array

    def __repr__(self) -> str:
        return f"Batched({self.array!r})"


def shape_of(arg: Any, batched: bool) -> tuple[int, ...]:
    """The shape of one example."""
    return np.shape(arg.array)[1:] if batched else arg.shape if is_traced(arg) else np.shape(arg)


def _unwrapped(args: Any, mine: list[bool]) -> list[Any]:
    return [arg.array if m else arg for arg, m in zip(args, mine, strict=True)]


def _aligned(arg: Any, batched: bool, ndim: int) -> Any:
    """A batched array with axes of length 1 after the batch axis, up to `ndim` own axes."""
    if not batched:
        return arg
    shape = np.shape(arg.array)
    missing = ndim - (len(shape) - 1)
    return np.reshape(arg.array, (shape[0], *(1,) * missing, *shape[1:])) if missing else arg.array


def _aligned_all(args: Any, mine: list[bool]) -> tuple[Any, ...]:
    """The operands of an elementwise op: own axes broadcast from the end, the batch stays first."""
    if len(args) == 1:
        return (args[0].array,)
    ndims = [
        arg.array.ndim - 1 if m else arg.ndim if is_traced(arg) else np.ndim(arg)
        for arg, m in zip(args, mine)
    ]
    ndim = max(ndims)
    if all([own == ndim or not m for own, m in zip(ndims, mine)]):
        return tuple([arg.array if m else arg for arg, m in zip(args, mine)])
    return tuple([_aligned(arg, m, ndim) for arg, m in zip(args, mine)])


def _from_the_end(axis: Any, ndim: int) -> Any:
    """An axis, or several, counted from the end, where a leading batch axis does not matter."""
    if isinstance(axis, tuple | list):
        return tuple(_from_the_end(a, ndim) for a in axis)
    return axis - ndim if axis >= 0 else axis


def _along_axis(args: Any, mine: list[bool], params: dict[str, Any]) -> Plan | None:
    """Ops that work along `axis`, given or by a negative default; a number has none of its own."""
    axis, ndim = params.get("axis"), len(shape_of(args[0], mine[0]))
    if ndim == 0:
        return None
    if axis is not None:
        params["axis"] = _from_the_end(axis, ndim)
    return _unwrapped(args, mine), params


def _along_given_axis(args: Any, mine: list[bool], params: dict[str, Any]) -> Plan | None:
    """Ops that flatten without an `axis`, which a batch can't."""
    return None if params.get("axis") is None else _along_axis(args, mine, params)


def _reduction(args: Any, mine: list[bool], params: dict[str, Any]) -> Plan | None:
    if set(params) - {"axis", "keepdims", "ddof"}:
        return None
    ndim = len(shape_of(args[0], mine[0]))
    axis = params.get("axis") if ndim else None  # NumPy takes 0 and -1 for a number, too
    params["axis"] = tuple(range(-ndim, 0)) if axis is None else _from_the_end(axis, ndim)
    return _unwrapped(args, mine), params


def _flip(args: Any, mine: list[bool], params: dict[str, Any]) -> Plan:
    ndim = len(shape_of(args[0], mine[0]))
    axis = params.get("axis")
    params["axis"] = tuple(range(-ndim, 0)) if axis is None else _from_the_end(axis, ndim)
    return _unwrapped(args, mine), params


def _reshape(args: Any, mine: list[bool], params: dict[str, Any]) -> Plan | None:
    if params.get("order", "C") != "C":
        return None
    size, *own = np.shape(args[0].array)
    wanted = np.empty(own).reshape(params["shape"]).shape
    return _unwrapped(args, mine), {"shape": (size, *wanted)}


def _broadcast_to(args: Any, mine: list[bool], params: dict[str, Any]) -> Plan:
    shape = params["shape"]
    wanted = (shape,) if isinstance(shape, int) else tuple(shape)
    array = _aligned(args[0], True, len(wanted))
    return [array], {"shape": (np.shape(array)[0], *wanted)}


def _transpose(args: Any, mine: list[bool], params: dict[str, Any]) -> Plan:
    ndim = len(shape_of(args[0], True))
    axes = params.get("axes") or tuple(reversed(range(ndim)))
    return _unwrapped(args, mine), {"axes": (0, *(a % ndim + 1 for a in axes))}


def _swapaxes(args: Any, mine: list[bool], params: dict[str, Any]) -> Plan:
    ndim = len(shape_of(args[0], True))
    return _unwrapped(args, mine), {k: _from_the_end(a, ndim) for k, a in params.items()}


def _expand_dims(args: Any, mine: list[bool], params: dict[str, Any]) -> Plan:
    axes = tuple(np.atleast_1d(params["axis"]).tolist())
    ndim = len(shape_of(args[0], True)) + len(axes)
    return _unwrapped(args, mine), {"axis": _from_the_end(axes, ndim)}


def _squeeze(args: Any, mine: list[bool], params: dict[str, Any]) -> Plan:
    shape = shape_of(args[0], True)
    axis = params.get("axis") if shape else None
    ones = tuple(i for i, n in enumerate(shape) if n == 1) if axis is None else axis
    return _unwrapped(args, mine), {"axis": _from_the_end(ones, len(shape))}


def _getitem(args: Any, mine: list[bool], params: dict[str, Any]) -> Plan | None:
    index = params["index"] if isinstance(params["index"], tuple) else (params["index"],)
    arrays = [i for i in index if isinstance(i, np.ndarray | list)]
    if arrays and any(isinstance(i, int | np.integer) for i in index):
        return None
    if len(arrays) > 1:
        return None
    return _unwrapped(args, mine), {**params, "index": (slice(None), *index)}


def _scatter(args: Any, mine: list[bool], params: dict[str, Any]) -> Plan | None:
    planned = _getitem(args, mine, {"index": params["index"]})
    if planned is None:
        return None
    size = np.shape(args[0].array)[0]
    return planned[0], {"index": planned[1]["index"], "shape": (size, *params["shape"])}


def _joined(args: Any, mine: list[bool], params: dict[str, Any], extra: int) -> Plan | None:
    axis = params.get("axis", 0)
    if axis is None:
        return None
    size = next(np.shape(a.array)[0] for a, m in zip(args, mine, strict=True) if m)
    full = [
        a.array if m else np.broadcast_to(a, (size, *shape_of(a, m)))
        for a, m in zip(args, mine, strict=True)
    ]
    return full, {"axis": _from_the_end(axis, len(shape_of(args[0], mine[0])) + extra)}


def _concatenate(args: Any, mine: list[bool], params: dict[str, Any]) -> Plan | None:
    return _joined(args, mine, params, 0)


def _stack(args: Any, mine: list[bool], params: dict[str, Any]) -> Plan | None:
    return _joined(args, mine, params, 1)


def _matmul(args: Any, mine: list[bool], params: dict[str, Any]) -> Plan | None:
    """Products of matrices batch as they are; vectors only where NumPy's rules fit."""
    (x, y), (batched_x, batched_y) = args, mine
    m, n = len(shape_of(x, batched_x)), len(shape_of(y, batched_y))
    if m >= 2 and n >= 2:
        ndim = max(m, n)
        return [_aligned(x, batched_x, ndim), _aligned(y, batched_y, ndim)], params
    if m == 1 and n == 2 and not batched_y:
        return [x.array, y], params
    if m == 2 and n == 1 and not batched_x:
        return [y.array, np.swapaxes(x, 0, 1)], params
    return None


def _einsum(args: Any, mine: list[bool], params: dict[str, Any]) -> Plan:
    terms, output = params["subscripts"].split("->")
    letter = next(c for c in string.ascii_letters if c not in terms + output)
    marked = [letter + t if m else t for t, m in zip(terms.split(","), mine, strict=True)]
    return _unwrapped(args, mine), {"subscripts": f"{','.join(marked)}->{letter}{output}"}


def _as_it_is(args: Any, mine: list[bool], params: dict[str, Any]) -> Plan:
    return _unwrapped(args, mine), params


Rule = Callable[[Any, list[bool], dict[str, Any]], Plan | None]

KIND_RULES: dict[str, Rule] = {"reduction": _reduction}

RULES: dict[str, Rule] = {
    "reshape": _reshape,
    "broadcast_to": _broadcast_to,
    "transpose": _transpose,
    "swapaxes": _swapaxes,
    "expand_dims": _expand_dims,
    "squeeze": _squeeze,
    "flip": _flip,
    "cumsum": _along_given_axis,
    "roll": _along_given_axis,
    "softmax": _along_axis,
    "log_softmax": _along_axis,
    "fft": _along_axis,
    "ifft": _along_axis,
    "getitem": _getitem,
    "scatter": _scatter,
    "concatenate": _concatenate,
    "stack": _stack,
    "matmul": _matmul,
    "einsum": _einsum,
    "inv": _as_it_is,
    "copy": _as_it_is,
    "real": _as_it_is,
    "conjugate": _as_it_is,
    "astype": _as_it_is,
}
"""How the arguments and parameters of an op change when some arguments are batched."""
