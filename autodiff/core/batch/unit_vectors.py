"""Multiples of the unit vectors: a batch of seeds that needs no matrix yet.

The rows of a Jacobian start from the unit vectors.  An elementwise operation makes them multiples
of unit vectors, which n numbers say, where a batch holds n * n; and their product with a matrix
is its rows, scaled.  Whatever else happens to them takes the matrix.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from autodiff.core.batch.batching import Batched, BatchTrace
from autodiff.core.language.dispatch import Params
from autodiff.core.language.op import Op

_ndarray = np.ndarray


class Units(Batched):
    """The batch whose example i is scale[i] times unit vector i."""

    __slots__ = ("dense", "scale")

    def __init__(self, scale: np.ndarray, trace: BatchTrace) -> None:
        self.scale = scale
        self.owner = trace
        self.dense: np.ndarray | None = None

    @property
    def array(self) -> Any:
        """All examples, as a diagonal matrix."""
        if self.dense is None:
            self.dense = np.diag(self.scale)
        return self.dense

    @property
    def lower(self) -> Any:
        """The first example."""
        first = np.zeros_like(self.scale)
        first[0] = self.scale[0]
        return first


class UnitTrace(BatchTrace):
    """A batch trace that keeps multiples of unit vectors as such where it can.

    No infinity or NaN is lost: one that meets the zeros of the matrix, and would make NaN of them,
    also meets the multiple in its column.
    """

    __slots__ = ()

    def process(self, op: Op, args: tuple[Any, ...], params: Params) -> Any:
        """Apply `op` to the multiples, where it keeps them or scales a matrix's rows."""
        if len(args) == 2 and op.name in ("multiply", "matmul"):
            x, y = args
            left = x.__class__ is Units
            units, other = (x, y) if left else (y, x)
            if units.__class__ is Units and other.__class__ is _ndarray:
                if op.name == "multiply" and other.shape == units.scale.shape:
                    return Units(units.scale * other, self)
                if op.name == "matmul" and other.ndim == 2:
                    return Batched(units.scale[:, None] * (other if left else other.T), self)
        return super().process(op, args, params)


def unit_stack(base: Any) -> Any:
    """All unit vectors of the shape of `base`, along a new leading axis."""
    base = np.asarray(base)
    return np.eye(base.size, dtype=base.dtype).reshape(base.size, *base.shape)


def unit_vectors(base: Any) -> list[Any]:
    """One array an element of `base`: 1 there, 0 elsewhere.

    >>> unit_vectors(np.zeros(2))
    [array([1., 0.]), array([0., 1.])]
    """
    return [unit[()] for unit in unit_stack(base)]
