"""Shapes and dtypes of results, while the graph is built.

Elementwise ops broadcast, reductions drop axes; every other op is *probed*: it runs on arrays of
constants that occupy no memory (zero strides), of the shapes known.  Unknown lengths are stood in
for by two different sizes; a length of the result that differs between the two is unknown.  A
result that depends on the values, such as `x[mask]`, differs between zeros, ones and a mixture.
"""

from __future__ import annotations

import itertools
import warnings
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from autodiff.core.abstract import Dims
from autodiff.core.advice import explain
from autodiff.core.errors import AutodiffError, UnsupportedError
from autodiff.core.op import Op
from autodiff.core.registry import registry
from autodiff.core.source import here
from autodiff.frontends.tensorflow.shapes import broadcast, is_full

Info = tuple[Dims, np.dtype]
"""What is known of one result."""

SIZES = (24, 36)
"""What stands in for an unknown length: numbers with many divisors, for `reshape`."""

RANKS = range(5)
"""What stands in for an unknown number of axes."""

MOST_TRIES = 125
MIXED_UP_TO = 4096
"""A stand-in of mixed values, which takes memory, has at most so many elements."""

ALONG_AXES = {"sum", "mean", "max", "min", "prod", "var", "std", "logsumexp"}
"""Reductions whose result has the axes of the operand but for `axis`."""


@dataclass(frozen=True, slots=True)
class Operand:
    """An operand as inference sees it: a constant with its value, or a shape and a dtype."""

    shape: Dims
    dtype: np.dtype
    value: Any = None

    def stand_in(self, lengths: Iterator[int], rank: int, fill: str) -> Any:
        """An array that has the operand's shape, unknown lengths filled in."""
        if self.value is not None:
            return self.value
        dims = (None,) * rank if self.shape is None else self.shape
        shape = tuple(next(lengths) if n is None else n for n in dims)
        if fill == "eye" and len(shape) > 1 and self.dtype.kind in "fc":
            return np.broadcast_to(np.eye(*shape[-2:], dtype=self.dtype), shape)
        if fill == "mixed" and self.dtype.kind in "fc" and np.prod(shape) <= MIXED_UP_TO:
            return np.sin(1.0 + np.arange(np.prod(shape)) ** 2).reshape(shape).astype(self.dtype)
        if self.dtype == object:
            return np.full(shape, "", object)
        return np.broadcast_to(np.array(fill != "zeros", self.dtype), shape)[()]


VARYING = {"eig", "eigvals", "roots"}
VARYING_TEXT = (
    "{} is real or complex depending on the values, and a node of a graph has one dtype. "
    "Use a function that has one, np.linalg.eigh for eig."
)

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
            if op.name == "matmul" and all(o.shape and len(o.shape) == 2 for o in operands):
                return ((_product(*(o.shape for o in operands)), _dtype(op, operands, params)),)
        return probe(op.function, operands, params)
    except (ValueError, IndexError) as error:
        known = [o if o.shape is not None else Operand((), o.dtype) for o in operands]
        raise explain(op, known, params, error) from None
    except TypeError as error:
        if isinstance(error, AutodiffError):
            raise
        told = " and ".join(str(o.dtype).replace("object", "string") for o in operands)
        raise TypeError(f"{op.name} can't be applied to {told}: {error}{here()}") from None


def refuse_varying(name: str) -> None:
    """Raise the error for a function whose result's dtype depends on the values."""
    if name in VARYING:
        raise UnsupportedError(VARYING_TEXT.format(f"the result of {name}") + here())


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


def _product(left: Any, right: Any) -> Dims:
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


def probe(
    function: Callable[..., Any], operands: Sequence[Operand], params: dict[str, Any]
) -> tuple[Info, ...]:
    """What a function answers on stand-ins; several tries where shapes or values are unknown."""
    unknown = sum(
        len(o.shape) - sum(n is not None for n in o.shape) for o in operands if o.shape is not None
    )
    ranked = [o for o in operands if o.shape is None and o.value is None]
    found: list[tuple[Info, ...]] = []
    failure: Exception | None = None
    for rank in RANKS if ranked else (0,):
        count = unknown + rank * len(ranked)
        tries = [
            (itertools.repeat(SIZES[0]), "zeros"),
            (itertools.repeat(SIZES[1]), "ones"),
            (itertools.repeat(SIZES[1]), "mixed"),
        ]
        results, failure = _attempts(function, operands, params, rank, tries)
        if failure is not None and count:
            fixed = {n for o in operands for n in o.shape or () if n is not None}
            fixed |= {1, SIZES[0], *_lengths_in(list(params.values()))}
            if len(fixed) ** count > MOST_TRIES:
                return ((None, operands[0].dtype),)
            choices = itertools.product(sorted(fixed), repeat=count)
            more = [(lengths, "zeros") for lengths in choices]
            again, _ = _attempts(function, operands, params, rank, more)
            results += again
        found += results
    if not found:
        assert failure is not None
        raise failure
    return tuple(map(_agreed, zip(*found, strict=False)))


def _lengths_in(params: Any) -> set[int]:
    """The lengths that parameters speak of: of masks, and of index arrays."""
    if isinstance(params, list | tuple):
        return {n for part in params for n in _lengths_in(part)}
    return set(np.shape(params)) if isinstance(params, np.ndarray) else set()


def _attempts(
    function: Callable[..., Any],
    operands: Sequence[Operand],
    params: dict[str, Any],
    rank: int,
    tries: Sequence[tuple[Iterable[int], str]],
) -> tuple[list[tuple[Info, ...]], Exception | None]:
    """The results of those tries that succeed, and the last failure."""
    results: list[tuple[Info, ...]] = []
    failure: Exception | None = None
    for lengths, fill in tries:
        try:
            results.append(_run(function, operands, params, lengths, rank, fill))
        except np.linalg.LinAlgError as error:
            failure = error
            try:
                results.append(_run(function, operands, params, lengths, rank, "eye"))
                failure = None
            except Exception as again:  # not a question of values, then
                failure = again
        except Exception as error:
            failure = error
    return results, failure


def _run(
    function: Callable[..., Any],
    operands: Sequence[Operand],
    params: dict[str, Any],
    lengths: Iterable[int],
    rank: int,
    fill: str,
) -> tuple[Info, ...]:
    each = iter(lengths)
    values = [operand.stand_in(each, rank, fill) for operand in operands]
    with np.errstate(all="ignore"), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        answer = function(*values, **params)
    parts = answer if isinstance(answer, tuple | list) else (answer,)
    arrays = [np.asarray(part) for part in parts]
    return tuple(
        (a.shape, a.dtype if a.dtype.kind not in "US" else np.dtype(object)) for a in arrays
    )


def _agreed(infos: Sequence[Info]) -> Info:
    """What all tries agree on."""
    dims = [info[0] for info in infos]
    dtype = infos[0][1]
    if any(info[1] != dtype for info in infos):
        raise UnsupportedError(VARYING_TEXT.format("the result") + here())
    if any(d is None for d in dims) or len({len(d) for d in dims if d is not None}) > 1:
        return None, dtype
    return tuple(
        lengths[0] if len(set(lengths)) == 1 else None for lengths in zip(*dims, strict=True)
    ), dtype


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
