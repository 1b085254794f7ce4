"""Trying an op out while the graph is built, to learn the shape and dtype of its results.

The op runs on arrays of constants that occupy no memory (zero strides), of the shapes known.
Unknown lengths are stood in for by different sizes; a length of the result that differs between
them is unknown.  A result that depends on the values, such as `x[mask]`, differs between zeros,
ones and a mixture.
"""

from __future__ import annotations

import itertools
import warnings
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from autodiff.core.ground.errors import UnsupportedError
from autodiff.core.ground.locations import here
from autodiff.core.language.abstract import Dims
from autodiff.core.language.dispatch import like_results

Info = tuple[Dims, np.dtype]
"""What is known of one result."""

TRIES = ((24, "zeros"), (36, "ones"), (36, "mixed"), (1, "mixed"))
"""What stands in for unknown lengths and values: two lengths with many divisors, and the least."""

RANKS = range(5)
"""What stands in for an unknown number of axes."""

RANKED_TRIES = ((4, "zeros"), (8, "ones"), (8, "mixed"), (1, "mixed"))
"""The sizes above for operands of which not even that is known."""

MOST_ELEMENTS = 4096
"""A stand-in for an operand of unknown rank has at most so many elements: what an op makes of it,
a product with all of a weight matrix say, would take long."""

MOST_TRIES = 125
"""Where the sizes above do not fit, so many choices among the lengths that occur are tried."""

MIXED_UP_TO = 4096
"""A stand-in of mixed values, which takes memory, has at most so many elements."""

VARYING = {"eig", "eigvals", "roots", *(f"np.emath.{name}" for name in np.emath.__all__)}
VARYING_TEXT = (
    "{} is real or complex depending on the values, and a node of a graph has one dtype. "
    "Use a function that has one, np.linalg.eigh for eig, np.sqrt of complex numbers for np.emath."
)


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


def refuse_varying(name: str) -> None:
    """Raise the error for a function whose result's dtype depends on the values."""
    if name in VARYING:
        raise UnsupportedError(VARYING_TEXT.format(f"the result of {name}") + here())


def probe(
    function: Callable[..., Any],
    operands: Sequence[Operand],
    params: dict[str, Any],
    lengths: Iterable[int] = (),
) -> tuple[Info, ...]:
    """What a function answers on stand-ins: one `Info` a result, like its own tuple of results.

    `lengths` are those that occur among its constant arguments.  Raises what the function raises
    where no choice of unknown lengths fits it.  However little is known, few and small stand-ins
    are tried: building a graph takes no longer than running it.
    """
    unknown = sum(o.shape.count(None) for o in operands if o.shape is not None)
    ranked = [o for o in operands if o.shape is None and o.value is None]
    found: list[Any] = []
    failure: Exception | None = None
    for rank in RANKS if ranked else (0,):
        count = unknown + rank * len(ranked)
        sizes = RANKED_TRIES if ranked else TRIES
        tries: list[Any] = [(itertools.repeat(size), fill) for size, fill in sizes]
        results, failures = _attempts(function, operands, params, rank, tries)
        found += results
        if count and len(failures) >= 3:  # lengths that must fit others, then
            occurring = {n for o in operands for n in o.shape or () if n}
            occurring |= {1, 2, 3, *lengths_in(list(params.values())), *lengths} - {0}
            if len(occurring) ** count > MOST_TRIES:
                return ((None, operands[0].dtype),)
            choices = list(itertools.product(sorted(occurring), repeat=count))
            if ranked:
                choices = [chosen for chosen in choices if np.prod(chosen) <= MOST_ELEMENTS]
            more = [(chosen, fill) for fill in ("ones", "mixed") for chosen in choices]
            found += _attempts(function, operands, params, rank, more)[0]
        failure = failures[0] if failures else None
    if not found:
        assert failure is not None
        raise failure
    if len({len(results) for results in found}) > 1:
        raise UnsupportedError(
            "the number of results depends on a length that is not known while the graph is built. "
            f"Give the placeholder its shape.{here()}"
        )
    return like_results(found[0], list(map(_agreed, zip(*found, strict=True))))


def lengths_in(tree: Any) -> set[int]:
    """The lengths that constant arguments speak of: of masks, weights, and index arrays."""
    if isinstance(tree, dict):
        return lengths_in(list(tree.values()))
    if isinstance(tree, list | tuple):
        return {len(tree), *(n for part in tree for n in lengths_in(part))}
    return set(np.shape(tree)) if isinstance(tree, np.ndarray) else set()


def _attempts(
    function: Callable[..., Any],
    operands: Sequence[Operand],
    params: dict[str, Any],
    rank: int,
    tries: Sequence[tuple[Iterable[int], str]],
) -> tuple[list[Any], list[Exception]]:
    """The results of those tries that succeed, and the failures of the others."""
    results: list[Any] = []
    failures: list[Exception] = []
    for lengths, fill in tries:
        try:
            results.append(_run(function, operands, params, lengths, rank, fill))
        except np.linalg.LinAlgError as error:
            try:  # perhaps it is a question of values: a singular matrix
                results.append(_run(function, operands, params, lengths, rank, "eye"))
            except Exception:
                failures.append(error)
        except Exception as error:
            if fill != "zeros":  # perhaps 1 is no index: a table of one row
                try:
                    results.append(_run(function, operands, params, lengths, rank, "zeros"))
                    continue
                except Exception:
                    pass
            failures.append(error)
    return results, failures


def _run(
    function: Callable[..., Any],
    operands: Sequence[Operand],
    params: dict[str, Any],
    lengths: Iterable[int],
    rank: int,
    fill: str,
) -> Any:
    each = iter(lengths)
    values = [operand.stand_in(each, rank, fill) for operand in operands]
    with np.errstate(all="ignore"), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        answer = function(*values, **params)
    parts = answer if isinstance(answer, tuple | list) else (answer,)
    return like_results(parts, [_info(np.asarray(part)) for part in parts])


def _info(array: np.ndarray) -> Info:
    return array.shape, np.dtype(object) if array.dtype.kind in "US" else array.dtype


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
