"""`Recorded`: what a recorded function is given for an array or a number.

It behaves as its value does, and whatever is done to it is taken down.  To the engine it is a plain
array (`x.__class__ is np.ndarray`), no tracer: the transforms go the ways they always go.  What
would leave NumPy, `bool(x)`, `int(x)` or `a[x]`, is answered and guarded: the program holds where
the answer is the same.  `float(x)` is refused, since a number that changes with every input would
be frozen.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from typing import Any

import numpy as np

from autodiff.core.ground.errors import DetachError, UnsupportedError
from autodiff.core.ground.locations import here
from autodiff.core.inside.callers import is_users
from autodiff.core.language.dispatch import tracer_classes
from autodiff.core.language.numpy_calls.signatures import describe
from autodiff.core.values import ledger
from autodiff.core.values.inplace import in_shape
from autodiff.source.records.answers import Answers, answered
from autodiff.source.records.native import GETITEM, SETITEM, Flags, method, plain, pretended
from autodiff.source.records.nodes import Call, Node, Wrapped, leaves
from autodiff.source.records.operators import install
from autodiff.source.records.recorder import Recorder
from autodiff.source.records.sizes import measured

KNOWN: frozenset[Any] = frozenset(
    (
        np.shape, np.ndim, np.size, np.may_share_memory, np.shares_memory, np.result_type,
        np.can_cast, np.iscomplexobj, np.isrealobj, np.common_type, np.min_scalar_type,
        np.array2string, np.array_repr, np.array_str, np.broadcast_shapes,
    )
)  # fmt: skip
"""Functions that look at shapes and dtypes only, which a program of fixed shapes need not ask."""


SIZES = (np.shape, np.size)


CHANGING: dict[Any, int] = {
    np.copyto: 0, np.put: 0, np.place: 0, np.putmask: 0, np.fill_diagonal: 0, np.put_along_axis: 0,
}  # fmt: skip
"""Functions that change one of their arguments."""


BOOKS = ledger.__file__
"""Where the engine keeps whole numbers about the elements of arrays, which are no part of it."""


class Recorded(Answers, Wrapped):
    """A value whose use is taken down."""

    __slots__ = ("recorder",)
    __array_priority__ = 2000.0
    recorder: Recorder

    def __init__(self, recorder: Recorder, node: Node) -> None:
        self.recorder = recorder
        self.node = node

    @property
    def __class__(self) -> type:  # type: ignore[override]
        return pretended(self.node.value.__class__)

    # -- what is known without a look at the values --------------------------------------------

    @property
    def shape(self) -> tuple[int, ...]:
        """The shape, which a program fixes."""
        return measured(np.shape(self.node.value), self.recorder.sizes)

    @shape.setter
    def shape(self, shape: Any) -> None:
        in_shape(self.node.value, shape)
        self.node = self.reshape(shape).node

    @property
    def ndim(self) -> int:
        """The number of axes."""
        return np.ndim(self.node.value)

    @property
    def size(self) -> int:
        """The number of elements."""
        return measured(np.size(self.node.value), self.recorder.sizes)

    dtype = property(lambda self: self.node.value.dtype)
    itemsize = property(lambda self: self.node.value.itemsize)
    nbytes = property(lambda self: self.node.value.nbytes)
    base = property(lambda self: self.node.value.base)
    ctypes = property(lambda self: self.node.value.ctypes)

    @property
    def strides(self) -> tuple[int, ...]:
        """The steps in memory."""
        self._ask_layout()
        return tuple(self.node.value.strides)

    @property
    def flags(self) -> Any:
        """The flags, which can't be changed."""
        self._ask_layout()
        return Flags(self.node.value.flags)

    def _ask_layout(self) -> None:
        if asked_by_user(("flags", "strides")):
            self.recorder.layouts_asked = True

    def __len__(self) -> int:
        return len(self.node.value)

    def __iter__(self) -> Iterator[Any]:
        if self.ndim == 0:
            raise TypeError("iteration over a 0-d array")
        return (self[place] for place in range(len(self)))

    def __repr__(self) -> str:
        self._show()
        return repr(self.node.value)

    def __str__(self) -> str:
        self._show()
        return str(self.node.value)

    def __format__(self, spec: str) -> str:
        self._show()
        return format(self.node.value, spec)

    def _show(self) -> None:
        if asked_by_user(("__repr__", "__str__", "__format__")) and not self._frozen():
            self.recorder.shown = True

    def __hash__(self) -> int:
        if not is_users(sys._getframe(1)) or isinstance(self.node.value, np.ndarray):
            return object.__hash__(self)
        if np.asarray(self.node.value).dtype.kind in "iub":
            return hash(self._answer("number", int(self.node.value)))
        return hash(self.node.value) if self._frozen() else hash(self._refuse("hash(x)"))

    # -- NumPy's protocols ---------------------------------------------------------------------

    def __array_ufunc__(self, ufunc: np.ufunc, method: str, *args: Any, **kwargs: Any) -> Any:
        out = kwargs.get("out", ())
        if any(type(one) in tracer_classes for one in (*args, *out)):
            return NotImplemented
        name = describe(ufunc)
        if method != "__call__":
            name, function = f"{name}.{method}", getattr(ufunc, method)
        else:
            function = ufunc
        call = Call("function", name, function)
        if method == "at":
            self.recorder.act(call, changeable(args[0], name), args, kwargs)
            return None
        targets = [one for one in out if one is not None]
        if not targets:
            return self.recorder.call(call, args, kwargs)
        if len(targets) > 1:
            raise UnsupportedError(f"{name} with several out=... can't be written out.{here()}")
        if type(targets[0]) is not Recorded and type(targets[0]) is not np.ndarray:
            del kwargs["out"]  # an array that the engine lets become traced
            targets[0][...] = self.recorder.call(call, args, kwargs)
            return targets[0]
        kwargs["out"] = targets[0]
        self.recorder.act(call, changeable(targets[0], name), args, kwargs)
        return targets[0]

    def __array_function__(self, function: Any, types: Any, args: Any, kwargs: Any) -> Any:
        if any(kind in tracer_classes for kind in types):
            return NotImplemented
        books = sys._getframe(1).f_code.co_filename == BOOKS
        if function in KNOWN or (books and function is np.empty_like):
            found = function(*plain(args), **plain(kwargs))
            return measured(found, self.recorder.sizes) if function in SIZES else found
        call = Call("function", describe(function), function)
        if function in CHANGING:
            place = CHANGING[function]
            self.recorder.act(call, changeable(args[place], call.name), args, kwargs)
            return None
        if kwargs.get("out") is not None:
            self.recorder.act(call, changeable(kwargs["out"], call.name), args, kwargs)
            return kwargs["out"]
        return answered(self.recorder, self.recorder.call(call, args, kwargs))

    # -- copies ---------------------------------------------------------------------------------

    def __copy__(self) -> Any:
        return self.copy()  # type: ignore[attr-defined]

    def __deepcopy__(self, memo: Any = None) -> Any:
        return self.copy() if self.ndim else self  # type: ignore[attr-defined]

    def __reduce__(self) -> Any:
        raise UnsupportedError(f"a recorded value can't be pickled.{here()}")

    # -- indexing, and changes in place --------------------------------------------------------

    def __getitem__(self, index: Any) -> Any:
        if any(type(one) in tracer_classes for one in leaves(index)):
            return NotImplemented
        return self.recorder.call(GETITEM, (self, index))

    def __setitem__(self, index: Any, value: Any) -> None:
        if any(type(one) in tracer_classes for one in leaves((index, value))):
            raise UnsupportedError(
                "a value that is differentiated can't be written into an array that is not. "
                f"Make the array of the traced values, np.stack([...]).{here()}"
            )
        if same_memory(self, index, value):
            return  # `y[i] += v` writes y[i] itself back
        self.recorder.act(SETITEM, self, (self, index, value))

    def __contains__(self, value: Any) -> bool:
        return bool((self == value).any())

    def reshape(self, *shape: Any, **kwargs: Any) -> Any:
        """The method of arrays."""
        return self.recorder.call(method("reshape"), (self, *shape), kwargs)

    @property
    def flat(self) -> Any:
        """The elements in one row."""
        return self.reshape(-1)


def asked_by_user(names: tuple[str, ...]) -> bool:
    """Whether the user's code asks, by itself or through functions of these names."""
    frame: Any = sys._getframe(3)
    while frame is not None and frame.f_code.co_name in names and not is_users(frame):
        frame = frame.f_back
    return frame is not None and is_users(frame)


def changeable(target: Any, name: str) -> Any:
    """What is to be changed, which must be recorded: a plain array would be changed only once."""
    if type(target) is not Recorded:
        raise DetachError(
            f"{name} would write a recorded value into a plain array that the program can't see. "
            "Make the array inside of the function with np.zeros(...) and its kin, or write "
            f"`y = ...` instead.{here()}"
        )
    return target


def same_memory(target: Recorded, index: Any, value: Any) -> bool:
    """Whether a value is the very view that is assigned to."""
    if type(value) is not Recorded or not isinstance(value.node.value, np.ndarray):
        return False
    own = value.node.value
    if value.node.root is not target.node.root:
        return False
    part = target.node.value[plain(index)]
    return (
        isinstance(part, np.ndarray)
        and part.shape == own.shape
        and part.strides == own.strides
        and part.__array_interface__["data"] == own.__array_interface__["data"]
    )


install(Recorded)
