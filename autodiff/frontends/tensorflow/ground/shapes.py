"""Static shapes: tuples with None for an unknown length, and None for an unknown rank.

`TensorShape` and `Dimension` are what `tensor.get_shape()` answers, as in TensorFlow 0.11.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from autodiff.core.language.abstract import Dims, dims_text


def as_dims(shape: Any) -> Dims:
    """A shape in any of the forms that people write, as a tuple with None, or None.

    >>> as_dims(None), as_dims(3), as_dims([None, 10]), as_dims(TensorShape([2, None]))
    (None, (3,), (None, 10), (2, None))
    """
    if shape is None:
        return None
    if isinstance(shape, TensorShape):
        return shape.dims_tuple
    if isinstance(shape, int | np.integer):
        return (int(shape),)
    return tuple(_length(n) for n in shape)


def _length(n: Any) -> int | None:
    if isinstance(n, Dimension):
        return n.value
    if n is None:
        return None
    n = int(n)
    return None if n == -1 else n


def is_full(dims: Dims) -> bool:
    """Whether every length is known."""
    return dims is not None and None not in dims


def compatible(one: Dims, other: Dims) -> bool:
    """Whether two shapes could be the same.

    >>> compatible((None, 3), (4, 3)), compatible((2,), (2, 1)), compatible(None, (7,))
    (True, False, True)
    """
    if one is None or other is None:
        return True
    return len(one) == len(other) and all(
        a == b or a is None or b is None for a, b in zip(one, other, strict=True)
    )


def merged(one: Dims, other: Dims) -> Dims:
    """What is known from both of two shapes; ValueError where they contradict each other."""
    if not compatible(one, other):
        raise ValueError(f"the shapes {dims_text(one)} and {dims_text(other)} are not compatible")
    if one is None or other is None:
        return other if one is None else one
    return tuple(b if a is None else a for a, b in zip(one, other, strict=True))


def broadcast(shapes: Sequence[Dims]) -> Dims:
    """The shape of an elementwise result; ValueError where NumPy would refuse.

    >>> broadcast([(None, 3), (3,)]), broadcast([(None, 1), (1, None)]), broadcast([(2,), None])
    ((None, 3), (None, None), None)
    """
    first = shapes[0]
    if all(shape == first for shape in shapes) and (first is None or None not in first):
        return first
    if any(shape is None for shape in shapes):
        return None
    known = [shape for shape in shapes if shape is not None]
    rank = max(map(len, known))
    result: list[int | None] = []
    for axis in range(-rank, 0):
        lengths = {shape[axis] for shape in known if -axis <= len(shape)} - {1}
        fixed = lengths - {None}
        if len(fixed) > 1:
            raise ValueError("the shapes do not broadcast")
        result.append(fixed.pop() if fixed else None if lengths else 1)
    return tuple(result)


@dataclass(frozen=True, slots=True)
class Dimension:
    """One length of a shape; `value` is None where it is unknown."""

    value: int | None

    def __int__(self) -> int:
        if self.value is None:
            raise ValueError("this length is not known while the graph is built: see tf.shape(x)")
        return self.value

    __index__ = __int__

    def __eq__(self, other: object) -> bool:
        return self.value == (other.value if isinstance(other, Dimension) else other)

    def __hash__(self) -> int:
        return hash(self.value)

    def __mul__(self, other: Any) -> Dimension:
        pair = (self.value, _length(other))
        return Dimension(None if None in pair else pair[0] * pair[1])

    __rmul__ = __mul__

    def __add__(self, other: Any) -> Dimension:
        pair = (self.value, _length(other))
        return Dimension(None if None in pair else pair[0] + pair[1])

    __radd__ = __add__

    def __floordiv__(self, other: Any) -> Dimension:
        return Dimension(None if self.value is None else self.value // int(other))

    def __str__(self) -> str:
        return "?" if self.value is None else str(self.value)


class Length(int):
    """A known length, with the `value` that TensorFlow's `Dimension` has."""

    __slots__ = ()

    @property
    def value(self) -> int:
        """The number itself."""
        return int(self)


class StaticShape(tuple[int | None, ...]):
    """`tensor.shape`: a tuple as NumPy's, None for an unknown length, with 1.0's methods.

    >>> shape = StaticShape((None, 784))
    >>> shape, shape.as_list(), shape[1].value
    ((None, 784), [None, 784], 784)
    """

    __slots__ = ()

    def __new__(cls, dims: Any) -> StaticShape:
        """The lengths of a tuple."""
        return super().__new__(cls, (n if n is None else Length(n) for n in dims))

    ndims = property(len)
    dims = property(lambda self: [Dimension(n) for n in self])

    def as_list(self) -> list[int | None]:
        """The lengths as ints and None."""
        return [n if n is None else int(n) for n in self]

    def is_fully_defined(self) -> bool:
        """Whether every length is known."""
        return None not in self

    def num_elements(self) -> int | None:
        """The product of the lengths, None where one is unknown."""
        return None if None in self else int(np.prod(self))

    def is_compatible_with(self, other: Any) -> bool:
        """Whether both could be the same shape."""
        return compatible(self, as_dims(other))

    def with_rank(self, rank: int) -> TensorShape:
        """This shape, known to have `rank` axes."""
        return TensorShape(self).with_rank(rank)


class TensorShape:
    """A possibly incomplete shape, as `tensor.get_shape()` answers it.

    >>> shape = TensorShape([None, 784])
    >>> print(shape, shape.ndims, shape[1].value, shape.is_fully_defined())
    (?, 784) 2 784 False
    >>> shape.merge_with([32, None]).as_list()
    [32, 784]
    """

    def __init__(self, shape: Any) -> None:
        self.dims_tuple = as_dims(shape)

    @property
    def ndims(self) -> int | None:
        """The number of axes, or None."""
        return None if self.dims_tuple is None else len(self.dims_tuple)

    @property
    def dims(self) -> list[Dimension] | None:
        """The lengths as `Dimension`s, or None."""
        return None if self.dims_tuple is None else [Dimension(n) for n in self.dims_tuple]

    def as_list(self) -> list[int | None]:
        """The lengths as ints and None."""
        if self.dims_tuple is None:
            raise ValueError("as_list() needs a known number of axes")
        return list(self.dims_tuple)

    def num_elements(self) -> int | None:
        """The product of the lengths, None where one is unknown."""
        return int(np.prod(self.dims_tuple)) if self.is_fully_defined() else None

    def is_fully_defined(self) -> bool:
        """Whether every length is known."""
        return is_full(self.dims_tuple)

    def is_compatible_with(self, other: Any) -> bool:
        """Whether both could be the same shape."""
        return compatible(self.dims_tuple, as_dims(other))

    def assert_is_compatible_with(self, other: Any) -> None:
        """Raise ValueError where the shapes contradict each other."""
        merged(self.dims_tuple, as_dims(other))

    def assert_has_rank(self, rank: int) -> None:
        """Raise ValueError unless the number of axes is `rank` or unknown."""
        self.with_rank(rank)

    def with_rank(self, rank: int) -> TensorShape:
        """This shape, known to have `rank` axes."""
        return self.merge_with((None,) * rank)

    def merge_with(self, other: Any) -> TensorShape:
        """What is known from both."""
        return TensorShape(merged(self.dims_tuple, as_dims(other)))

    def concatenate(self, other: Any) -> TensorShape:
        """The lengths of both, one after the other."""
        own, more = self.dims_tuple, as_dims(other)
        return TensorShape(None if own is None or more is None else own + more)

    def __len__(self) -> int:
        return len(self.as_list())

    def __iter__(self) -> Iterator[Dimension]:
        return iter([Dimension(n) for n in self.as_list()])

    def __getitem__(self, index: Any) -> Any:
        found = self.as_list()[index]
        return TensorShape(found) if isinstance(index, slice) else Dimension(found)

    def __eq__(self, other: object) -> bool:
        try:
            return self.dims_tuple == as_dims(other)
        except (TypeError, ValueError):
            return False

    def __hash__(self) -> int:
        return hash(self.dims_tuple)

    def __bool__(self) -> bool:
        return self.dims_tuple is not None

    def __str__(self) -> str:
        return "<unknown>" if self.dims_tuple is None else dims_text(self.dims_tuple)

    def __repr__(self) -> str:
        return f"TensorShape({self})"
