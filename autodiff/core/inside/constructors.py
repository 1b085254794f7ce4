"""Constructors that no protocol reaches: of generators, of functions, and by index."""

from __future__ import annotations

import functools
import sys
from collections.abc import Callable, Iterable
from itertools import islice
from typing import Any

import numpy as np

from autodiff.core.ground.errors import UnsupportedError
from autodiff.core.ground.locations import here, is_library
from autodiff.core.inside.callers import is_users
from autodiff.core.inside.opened import is_open
from autodiff.core.language.dispatch import ground, holds_traced, is_traced
from autodiff.core.values.layout import laid_like
from autodiff.core.values.lists import joined, of_lists

Function = Callable[..., Any]


def fromiter(own: Function, iter: Iterable[Any], dtype: Any, count: int = -1, **kwargs: Any) -> Any:
    """`np.fromiter`: what an iterator yields, of which some may be traced."""
    values = list(iter if count < 0 else islice(iter, count))
    if not holds_traced(values):
        return own(values, dtype, count, **kwargs)
    return joined(values).astype(dtype)


def vectorized(own: Function) -> Function:
    """`np.vectorize(f)(...)`, where f may answer with traced values."""

    @functools.wraps(own)
    def call(self: Any, *args: Any, **kwargs: Any) -> Any:
        caller = sys._getframe(1)
        by_user = is_users(caller) or is_library(caller.f_code.co_filename)  # ad.grad(vectorize(f))
        if not by_user or not is_open():
            return own(self, *args, **kwargs)
        if self.signature is not None:
            if not any(map(holds_traced, (*args, *kwargs.values()))):
                return own(self, *args, **kwargs)
            raise UnsupportedError(
                "np.vectorize with a signature is not supported on traced values. "
                f"Write np.stack([f(row) for row in x]).{here()}"
            )
        return _each(self, args, kwargs)

    return call


def _each(self: Any, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
    """The function of each element of the arguments, which are broadcast."""
    places = [i for i in range(len(args)) if i not in self.excluded]
    names = [name for name in kwargs if name not in self.excluded]
    moving = [of_lists(args[i]) for i in places] + [of_lists(kwargs[name]) for name in names]
    arrays = np.broadcast_arrays(*[a if is_traced(a) else np.asanyarray(a) for a in moving])
    shape = np.shape(ground(arrays[0])) if arrays else ()
    results = []
    for index in np.ndindex(shape):
        own_args, own_kwargs, elements = list(args), dict(kwargs), [a[index] for a in arrays]
        for i, element in zip(places, elements):
            own_args[i] = element
        own_kwargs.update(zip(names, elements[len(places) :]))
        results.append(self.pyfunc(*own_args, **own_kwargs))
    several = bool(results) and isinstance(results[0], tuple)
    if not results:
        raise ValueError("cannot call `vectorize` on size 0 inputs unless `otypes` is set")
    columns = list(zip(*results)) if several else [results]
    like = functools.reduce(np.add, [np.zeros_like(ground(a)) for a in moving])
    found = [_column(list(column), like, self.otypes, i) for i, column in enumerate(columns)]
    return tuple(found) if several else found[0]


def _column(values: list[Any], like: Any, otypes: Any, place: int) -> Any:
    """One result of a vectorized function, laid out in memory like its arguments.

    NumPy takes the dtype of the first element.
    """
    shape = np.shape(like)
    dtype = np.dtype(otypes[place]) if otypes else np.asarray(ground(values[0])).dtype
    if holds_traced(values):
        found = joined(values).astype(dtype) if dtype.kind in "fc" else joined(values)
    else:
        found = np.array(values, dtype)
    return laid_like(np.reshape(found, shape), like)


class Joining:
    """`np.r_` and `np.c_`, whose parts may be traced."""

    def __init__(self, own: Any, axis: int, ndmin: int = 1, trans1d: int = -1) -> None:
        self.own = own
        self.axis, self.ndmin, self.trans1d = axis, ndmin, trans1d

    def __getitem__(self, key: Any) -> Any:
        parts = list(key) if isinstance(key, tuple) else [key]
        if not any(map(holds_traced, parts)):
            return self.own[key]
        axis, ndmin, trans1d = self.axis, self.ndmin, self.trans1d
        if isinstance(parts[0], str):
            text, *parts = parts
            numbers = text.split(",")
            if not all(number.strip().lstrip("-").isdigit() for number in numbers):
                raise UnsupportedError(
                    f"np.r_[{text!r}, ...] makes a matrix, which is not supported on traced "
                    f"values. Write np.concatenate([...]).{here()}"
                )
            axis, ndmin, trans1d = (*map(int, numbers), *(axis, ndmin, trans1d)[len(numbers) :])
        arrays = [_part(part, ndmin, trans1d) for part in parts]
        kinds = [_kind(part, array) for part, array in zip(parts, arrays)]
        dtype = np.result_type(*kinds)
        return np.concatenate(
            [a if a.dtype == dtype else a.astype(dtype) for a in arrays], axis=axis
        )

    def __getattr__(self, name: str) -> Any:
        return getattr(self.own, name)

    def __len__(self) -> int:
        return 0


def _kind(part: Any, array: Any) -> Any:
    """What a part says of the dtype of all: a number of Python's leaves it to the others."""
    return part if isinstance(part, int | float | complex) else array.dtype


def _part(part: Any, ndmin: int, trans1d: int) -> Any:
    """A part as an array of at least `ndmin` axes, those that it has put where `trans1d` says."""
    if isinstance(part, slice):
        part = np.r_[part] if ndmin < 2 else np.c_[part][:, 0]
    if isinstance(part, list | tuple):
        part = joined(part) if holds_traced(part) else np.asarray(part)
    ndim = np.ndim(ground(part))
    missing = ndmin - ndim
    if missing <= 0:
        return part
    part = np.reshape(part, (1,) * missing + np.shape(ground(part)))
    if not ndim:
        return part
    first = trans1d + missing + 1 if trans1d < 0 else trans1d
    order = list(range(ndmin))
    return np.transpose(part, order[:first] + order[missing:] + order[first:missing])
