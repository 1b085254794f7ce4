"""What is known of a value before it is computed: its shape and its dtype, and nothing else.

A front end that builds a graph first has nothing more to show for a node.  Rules and binders may
look at the shape and the dtype; whoever asks for the numbers gets `ValueNeededError`.
"""

from __future__ import annotations

from typing import Any, NoReturn

import numpy as np

from autodiff.core.ground.errors import ValueNeededError
from autodiff.core.ground.locations import here

Dims = tuple[int | None, ...] | None
"""A shape of which some lengths (None), or even the number of axes (None alone), are unknown."""


class Abstract:
    """A value that is not computed: `dims` with None for an unknown length, and its dtype.

    >>> Abstract((None, 10), np.dtype(np.float32))
    float32 (?, 10)
    """

    __slots__ = ("dims", "dtype", "name")

    def __init__(self, dims: Dims, dtype: np.dtype[Any], name: str = "") -> None:
        self.dims = dims
        self.dtype = dtype
        self.name = name

    @property
    def shape(self) -> tuple[int, ...]:
        """The shape, where every length is known."""
        if self.dims is None or None in self.dims:
            self.refuse("its shape")
        return self.dims  # type: ignore[return-value]

    @property
    def ndim(self) -> int:
        """The number of axes, where it is known."""
        if self.dims is None:
            self.refuse("the number of its axes")
        return len(self.dims)

    @property
    def size(self) -> int:
        """The number of elements, where the shape is known."""
        return int(np.prod(self.shape))

    def refuse(self, what: str = "its value") -> NoReturn:
        """Raise the error for what only the computed value could answer."""
        raise ValueNeededError(
            f"{self.name or 'a value'} ({self}) is not computed yet, but {what} is asked for."
            f"{here()}"
        )

    def _ask(self, *_: Any, **__: Any) -> NoReturn:
        self.refuse()

    def __array_function__(self, function: Any, types: Any, args: Any, kwargs: Any) -> Any:
        """`np.shape(x)`, `np.ndim(x)` and `np.size(x)` are answered, as far as they are known."""
        name = _QUERIES.get(function)
        return getattr(self, name) if name else self.refuse()

    __array__ = __array_ufunc__ = __bool__ = __float__ = __int__ = _ask
    __index__ = __complex__ = __len__ = __iter__ = __getitem__ = __contains__ = _ask
    __eq__ = __ne__ = __lt__ = __le__ = __gt__ = __ge__ = _ask
    __add__ = __radd__ = __sub__ = __rsub__ = __mul__ = __rmul__ = __neg__ = __abs__ = _ask
    __truediv__ = __rtruediv__ = __pow__ = __rpow__ = __matmul__ = __rmatmul__ = __invert__ = _ask
    __and__ = __or__ = __rand__ = __ror__ = __floordiv__ = __mod__ = _ask
    __hash__ = None  # type: ignore[assignment]

    def __str__(self) -> str:
        return f"{self.dtype} {dims_text(self.dims)}"

    __repr__ = __str__


_QUERIES: dict[Any, str] = {np.shape: "shape", np.ndim: "ndim", np.size: "size"}


def dims_text(dims: Dims) -> str:
    """A shape as text, `?` for what is unknown.

    >>> dims_text((None, 3)), dims_text((5,)), dims_text(None)
    ('(?, 3)', '(5,)', '(unknown shape)')
    """
    if dims is None:
        return "(unknown shape)"
    return str(tuple(dims)).replace("None", "?")
