"""What every traced value has in common: it behaves as a NumPy array in plain NumPy code.

NumPy hands its calls over by two protocols, `__array_ufunc__` (NEP 13) and
`__array_function__` (NEP 18); operators and methods go the same way.  What would silently drop
the derivative (`float(x)`, `np.array(x)`, `math.sin(x)`) refuses and says what to write.
"""

from __future__ import annotations

import copy
import operator
import sys
from collections.abc import Callable, Iterator
from types import FrameType
from typing import Any

import numpy as np

from autodiff.core.ground.errors import DetachError, UnsupportedError
from autodiff.core.ground.locations import here
from autodiff.core.ground.refusals import is_only_looked_at, refusal
from autodiff.core.ground.tracebacks import hidden, hide_frames
from autodiff.core.language.dispatch import (
    NO_PARAMS,
    Trace,
    apply,
    ground,
    is_traced,
    tracer_classes,
    window_classes,
    worth_a_look,
)
from autodiff.core.language.numpy_calls.signatures import describe
from autodiff.core.language.registry import registry
from autodiff.core.values.absent import Size, install
from autodiff.core.values.array_api import Standard
from autodiff.core.values.calls import call, call_ufunc, put_into, takes_traced
from autodiff.core.values.inplace import reshape_in_place
from autodiff.core.values.operators import Operators

_ndarray = np.ndarray


class Tracer(Standard, Operators):
    """Base of all traced values.

    A subclass keeps its `owner`, the trace it belongs to, and what lies one level below.
    """

    __slots__ = ()
    __array_priority__ = 1000.0
    owner: Trace

    def __init_subclass__(cls) -> None:
        tracer_classes.add(cls)
        worth_a_look.add(cls)

    @property
    def lower(self) -> Any:
        """The value one level down."""
        raise NotImplementedError

    @property
    def whole(self) -> Any:
        """The value one level down; of a batch, all of it."""
        return self.lower

    @property
    def carries_derivative(self) -> bool:
        """Whether anything would be lost if this became a plain value."""
        below = self.lower
        return not self.owner.closed or (is_traced(below) and below.carries_derivative)

    def moves(self, places: Any) -> bool:
        """Whether any of some elements changes along what this trace differentiates by."""
        return False

    @property
    def shift(self) -> Any:
        """How far to go beside a kink: only forward mode knows, see `language.beside_kinks`."""
        below = self.lower
        return below.shift if is_traced(below) else None

    def again(self) -> Any:
        """The same value as another object, which a change of this one does not reach."""
        return self

    # -- copies ----------------------------------------------------------------------------

    def by_hand(self) -> tuple[type, tuple[Any, ...]] | None:
        """Class and arguments that make this value anew; None where a history hangs on it."""
        return None

    def __deepcopy__(self, memo: Any = None) -> Any:
        """A copy as of an array, through which the derivative passes; of a variable a new one."""
        made = self.by_hand()
        if made is not None:
            return made[0](*copy.deepcopy(made[1], memo))
        return np.copy(self, order="K") if ground(self).__class__ is np.ndarray else self

    __copy__ = __deepcopy__

    def __reduce__(self) -> Any:
        made = self.by_hand()
        if made is None and not self.carries_derivative:
            return np.asarray(ground(self))[()].__reduce__()
        if made is None:
            raise UnsupportedError(
                "a traced value can't be pickled (saved, or sent to another process), since its "
                "history would be cut off. Take its plain value, y.data; for a copy with its "
                f"derivative write y.copy().{here()}"
            )
        return made

    # -- NumPy's protocols -----------------------------------------------------------------

    def __array_ufunc__(self, ufunc: np.ufunc, method: str, *args: Any, **kwargs: Any) -> Any:
        try:
            if method == "__call__":
                if not kwargs:
                    op = _by_function.get(ufunc)
                    if op is not None and op.binder is None:
                        # Often nothing else is traced, so that there is no trace to choose.
                        if len(args) == 1 or (
                            len(args) == 2 and args[args[0] is self].__class__ not in tracer_classes
                        ):
                            return self.owner.process(op, args, NO_PARAMS)
                        return apply(op, args)
                elif "out" in kwargs:
                    value = self.updated(ufunc, args, kwargs, sys._getframe(1))
                    if value is not None:
                        return value
                return call_ufunc(ufunc, args, kwargs)
            if kwargs.get("out") and takes_traced(kwargs["out"][0]):
                (out,) = kwargs.pop("out")
                found = getattr(ufunc, method)(*args, **kwargs)
                return put_into(out, found, f"{describe(ufunc)}.{method}")
            function = registry.by_function.get((ufunc, method))
            if function is None and (ufunc, method) not in registry.composites:
                raise UnsupportedError(
                    f"{describe(ufunc)}.{method} has no derivative rule in autodiff.{here()}"
                )
            return call((ufunc, method), args, kwargs)  # type: ignore[arg-type]
        except BaseException as error:
            hide_frames(error)
            raise

    def __array_function__(self, func: Any, types: Any, args: Any, kwargs: Any) -> Any:
        try:
            return call(func, args, kwargs, self)
        except BaseException as error:
            hide_frames(error)
            raise

    # -- what would silently drop the derivative -------------------------------------------

    def _plain(self, asked: str) -> Any:
        """The plain value for a conversion, where nothing can be lost by it; else the refusal."""
        frame = sys._getframe(3)  # beyond the conversion and what hides it
        if self.carries_derivative and not is_only_looked_at(frame):
            raise DetachError(refusal(frame=frame, asked=asked))
        return ground(self)

    stand_in: Callable[[Any, FrameType, Any], Any]
    """What `A.dot(x)` of a plain A is given in place of this; see `inside.products`."""

    take_over: Callable[[Any, FrameType], Any]
    """What a write of this into a plain array is given; see `inside.sole_owners`."""

    updated: Callable[[np.ufunc, Any, dict[str, Any], FrameType], Any]
    """What the variable of `a += x` of a plain `a` is given; see `inside.updates`."""

    @hidden
    def __array__(self, dtype: Any = None, copy: Any = None) -> Any:
        if self.carries_derivative:
            given = self.stand_in(self, sys._getframe(2), dtype)
            if given is not None:
                return given
            given = self.take_over(self, sys._getframe(2))
            if given is not None:
                return np.array(given, dtype=dtype)
        return np.array(self._plain("np.asarray"), dtype=dtype)

    @hidden
    def __float__(self) -> float:
        if self.carries_derivative:
            given = self.take_over(self, sys._getframe(2))
            if given is not None:
                return float(given)
        return float(self._plain("float"))

    @hidden
    def __int__(self) -> int:
        return int(self._plain("int"))

    @hidden
    def __index__(self) -> int:
        return operator.index(self._plain("a[i]"))

    @hidden
    def __complex__(self) -> complex:
        return complex(self._plain("complex"))

    def __floor__(self) -> int:
        return int(np.floor(self))

    def __ceil__(self) -> int:
        return int(np.ceil(self))

    def __trunc__(self) -> int:
        return int(np.trunc(self))

    def __round__(self, ndigits: int | None = None) -> Any:
        return np.round(self, ndigits or 0)

    @hidden
    def item(self, *args: Any) -> Any:
        """The one element, or that of a place: traced, as long as a derivative could be lost.

        In the eager style, which has no end, it is refused then.
        """
        if not self._is_inside():
            return np.asarray(self._plain("x.item()")).item(*args)
        place = args[0] if len(args) == 1 and isinstance(args[0], tuple) else args
        if not place and self.size != 1:
            raise ValueError("can only convert an array of size 1 to a Python scalar")
        if len(place) == 1:
            place = np.unravel_index(place[0], self.shape)
        return _pythons(self[tuple(place) or (0,) * self.ndim])

    @hidden
    def tolist(self) -> Any:
        """Nested lists of the elements: traced, as long as a derivative could be lost.

        In the eager style, which has no end, it is refused then.
        """
        if not self._is_inside():
            return np.asarray(self._plain("x.tolist()")).tolist()
        return [row.tolist() for row in self] if self.ndim else _pythons(self)

    def _is_inside(self) -> bool:
        """Whether a derivative could be lost that is being taken inside of a transform."""
        below = self
        while is_traced(below):
            if below.__class__ not in window_classes and below.owner.level > 0:
                return self.carries_derivative
            below = below.lower
        return False

    @hidden
    def as_integer_ratio(self) -> tuple[int, int]:
        """What Python's `statistics` and `fractions` ask of a number."""
        return float(self._plain("float")).as_integer_ratio()

    # -- what depends on the value only ----------------------------------------------------

    @property
    def shape(self) -> tuple[int, ...]:
        """The shape of the value."""
        value = ground(self)
        return value.shape if value.__class__ is _ndarray else np.shape(value)

    @shape.setter
    def shape(self, shape: Any) -> None:
        reshape_in_place(self, shape)

    @property
    def ndim(self) -> int:
        """The number of axes of the value."""
        return len(self.shape)

    @property
    def size(self) -> int:
        """The number of elements of the value."""
        return Size(np.size(ground(self)))

    @property
    def dtype(self) -> np.dtype[Any]:
        """The dtype of the value."""
        value = ground(self)
        return value.dtype if value.__class__ is _ndarray else np.asarray(value).dtype

    @property
    def itemsize(self) -> int:
        """Bytes an element."""
        return self.dtype.itemsize

    @property
    def flags(self) -> Any:
        """How the value lies in memory; what it says of a traced array can't be set."""
        return np.asarray(ground(self)).flags

    @property
    def strides(self) -> tuple[int, ...]:
        """Bytes from one element to the next along each axis, as the value lies in memory."""
        return np.asarray(ground(self)).strides

    @property
    def nbytes(self) -> int:
        """Bytes of the value."""
        return self.size * self.itemsize

    @hidden
    def __len__(self) -> int:
        if self.ndim == 0:
            raise TypeError(f"a traced number has no len().{here()}")
        return self.shape[0]

    @hidden
    def __iter__(self) -> Iterator[Any]:
        if self.ndim == 0:
            raise TypeError(f"a traced number can't be iterated over.{here()}")
        return (self[i] for i in range(self.shape[0]))  # a change in the loop is seen

    def __bool__(self) -> bool:
        return bool(ground(self))

    def __format__(self, spec: str) -> str:
        value = ground(self)
        return format(value, spec) if np.ndim(value) == 0 else str(value)

    __hash__ = object.__hash__


def _pythons(number: Any) -> Any:
    """A traced number in double precision, as Python's own numbers are."""
    wide = {"e": np.float64, "f": np.float64, "F": np.complex128}.get(number.dtype.char)
    return number if wide is None else number.astype(wide)


install(Tracer)

_by_function = registry.by_function
