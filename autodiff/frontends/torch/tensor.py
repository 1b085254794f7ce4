"""`Tensor`: a view of a storage, with methods that change it in place and return it.

Indices and dimensions count from 1, ranges include their end, `*` is the product of matrices.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from autodiff.frontends.torch.changes import Changes, _sizes, generator
from autodiff.frontends.torch.indices import axis_of, place, places
from autodiff.frontends.torch.numbers import Numbers

_default: list[Any] = [np.float64]


def manualSeed(seed: int) -> None:
    """Start the random numbers anew (they are NumPy's, not Torch's)."""
    generator[0] = np.random.default_rng(int(seed))


def setdefaulttensortype(name: str) -> None:
    """The type of `Tensor(...)`: "torch.FloatTensor" or "torch.DoubleTensor"."""
    types = {"torch.FloatTensor": np.float32, "torch.DoubleTensor": np.float64}
    _default[0] = types[name]


def getdefaulttensortype() -> str:
    """Its name."""
    return "torch.FloatTensor" if _default[0] is np.float32 else "torch.DoubleTensor"


class Sizes(list[int]):
    """The lengths that `size()` gives: `Tensor(t.size())` has the shape of t, and not its lengths
    as numbers (Torch's LongStorage).
    """


class Tensor(Changes, Numbers):
    """Numbers with a shape; `Tensor(2, 3)` is not filled, `Tensor([[1, 2], [3, 4]])` is.

    >>> t = Tensor([[1, 2], [3, 4]])
    >>> t[1].mul(10), t
    (tensor([10., 20.]), tensor([[10., 20.],
           [ 3.,  4.]]))
    """

    dtype: Any = None
    __array_priority__ = 500.0

    def __init__(self, *sizes: Any) -> None:
        dtype = self.dtype or _default[0]
        if len(sizes) == 1 and isinstance(sizes[0], Tensor):
            self.a: Any = sizes[0].a.astype(dtype)
        elif len(sizes) == 1 and isinstance(sizes[0], Sizes):
            self.a = np.zeros(tuple(map(int, sizes[0])), dtype)
        elif len(sizes) == 1 and not isinstance(sizes[0], int | float):
            self.a = np.array(_nested(sizes[0]), dtype)
        else:
            self.a = np.zeros(tuple(map(int, sizes)), dtype)

    @classmethod
    def of(cls, array: Any) -> Tensor:
        """The tensor of an array, which it shares."""
        made = object.__new__(Tensor)
        made.a = array
        return made

    # -- looking ----------------------------------------------------------------------------------

    def dim(self) -> int:
        """The number of dimensions."""
        return self.a.ndim

    nDimension = dim

    def size(self, dimension: int | None = None) -> Any:
        """The lengths of all dimensions, or of one."""
        if dimension is None:
            return Sizes(self.a.shape)
        return self.a.shape[axis_of(dimension, self)]

    def nElement(self) -> int:
        """How many numbers there are."""
        return int(self.a.size)

    numel = nElement

    def type(self) -> str:
        """The name of the type."""
        return {"float32": "torch.FloatTensor", "int64": "torch.LongTensor"}.get(
            str(self.a.dtype), "torch.DoubleTensor"
        )

    def numpy(self) -> Any:
        """The array itself."""
        return self.a

    def __len__(self) -> int:
        return len(self.a)

    def __iter__(self) -> Iterator[Any]:
        return (self[i + 1] for i in range(len(self.a)))

    def __repr__(self) -> str:
        return f"tensor({np.array2string(self.a, separator=', ', prefix='tensor(')})"

    def __getitem__(self, index: Any) -> Any:
        if isinstance(index, Tensor):
            return Tensor.of(self.a[index.a.astype(bool)])
        found = self.a[places(index, self)]
        return Tensor.of(found) if np.ndim(found) else found

    def __setitem__(self, index: Any, value: Any) -> None:
        if isinstance(index, Tensor):
            self.a[index.a.astype(bool)] = value
            return
        value = value.a if isinstance(value, Tensor) else value
        self.a[places(index, self)] = value

    # -- other views of the same storage ---------------------------------------------------------

    def select(self, dimension: int, index: int) -> Any:
        """One slice along a dimension."""
        return Tensor.of(np.moveaxis(self.a, axis_of(dimension, self), 0)[place(index, self.a)])

    def narrow(self, dimension: int, start: int, size: int) -> Tensor:
        """`size` slices from `start` on."""
        index = [slice(None)] * self.a.ndim
        index[axis_of(dimension, self)] = slice(int(start) - 1, int(start) - 1 + int(size))
        return Tensor.of(self.a[tuple(index)])

    def sub(self, *ranges: int) -> Tensor:
        """Ranges, both ends included, of the first dimensions."""
        pairs = zip(ranges[::2], ranges[1::2], strict=True)
        return Tensor.of(self.a[tuple(slice(a - 1, b) for a, b in pairs)])

    def view(self, *sizes: Any) -> Tensor:
        """The same numbers in another shape."""
        return Tensor.of(self.a.reshape(_sizes(sizes)))

    def reshape(self, *sizes: Any) -> Tensor:
        """A copy in another shape."""
        return Tensor.of(self.a.reshape(_sizes(sizes)).copy())

    def t(self) -> Tensor:
        """The transpose of a matrix."""
        return Tensor.of(self.a.T)

    def transpose(self, one: int, two: int) -> Tensor:
        """Two dimensions exchanged."""
        return Tensor.of(np.swapaxes(self.a, axis_of(one, self), axis_of(two, self)))

    def squeeze(self, dimension: int | None = None) -> Any:
        """Dimensions of length 1 dropped; of one number the number."""
        axis = None if dimension is None else axis_of(dimension, self)
        found = np.squeeze(self.a, axis)
        return Tensor.of(found) if found.ndim else found[()]

    def expandAs(self, other: Tensor) -> Tensor:
        """Repeated to the shape of another."""
        return Tensor.of(np.broadcast_to(self.a, other.a.shape))

    def expand(self, *sizes: Any) -> Tensor:
        """Repeated to a shape."""
        return Tensor.of(np.broadcast_to(self.a, _sizes(sizes)))

    def clone(self) -> Tensor:
        """A copy."""
        return Tensor.of(self.a.copy())

    contiguous = clone

    def double(self) -> Tensor:
        """A copy in double precision."""
        return Tensor.of(self.a.astype(np.float64))

    def float(self) -> Tensor:
        """A copy in single precision."""
        return Tensor.of(self.a.astype(np.float32))

    def set(self, other: Tensor) -> Tensor:
        """Show another tensor's storage."""
        self.a = other.a
        return self


class FloatTensor(Tensor):
    """Single precision."""

    dtype = np.float32


class DoubleTensor(Tensor):
    """Double precision."""

    dtype = np.float64


class LongTensor(Tensor):
    """Whole numbers."""

    dtype = np.int64


class IntTensor(Tensor):
    """Whole numbers of 32 bits."""

    dtype = np.int32


UNARY = {
    "sqrt": np.sqrt, "exp": np.exp, "log": np.log, "tanh": np.tanh, "abs": np.abs, "sign": np.sign,
    "neg": np.negative, "sin": np.sin, "cos": np.cos, "floor": np.floor, "round": np.rint,
    "sigmoid": lambda x: 1 / (1 + np.exp(-x)),
}  # fmt: skip


def _install() -> None:
    for name, function in UNARY.items():

        def change(self: Any, *other: Any, function: Any = function) -> Any:
            self.a[...] = function(other[0].a if other else self.a)
            return self

        change.__doc__ = f"{name} of each number, in place."
        setattr(Tensor, name, change)
    comparisons = {"eq": np.equal, "ne": np.not_equal, "gt": np.greater, "lt": np.less,
                   "ge": np.greater_equal, "le": np.less_equal}  # fmt: skip
    for name, function in comparisons.items():

        def compare(self: Any, other: Any, function: Any = function) -> Any:
            return Tensor.of(function(self.a, getattr(other, "a", other)).astype(np.uint8))

        setattr(Tensor, name, compare)
    Tensor.pow = lambda self, p: self.copy(Tensor.of(self.a**p))  # type: ignore[attr-defined]
    Tensor.clamp = lambda self, lo, hi: self.copy(  # type: ignore[attr-defined]
        Tensor.of(np.clip(self.a, lo, hi))
    )


_install()


def _nested(value: Any) -> Any:
    if isinstance(value, Tensor):
        return value.a
    return [_nested(v) for v in value] if isinstance(value, list | tuple) else value
