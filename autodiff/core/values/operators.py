"""Operators and methods of a traced value: each is the NumPy function of its name."""

from __future__ import annotations

import operator
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import numpy as np

from autodiff.core.arguments.tree import as_array, refuse_own_arithmetic
from autodiff.core.ground.errors import DetachError, UnsupportedError
from autodiff.core.ground.locations import here
from autodiff.core.ground.refusals import refusal
from autodiff.core.ground.tracebacks import hide_frames
from autodiff.core.language.dispatch import NO_PARAMS, apply, ground, tracer_classes
from autodiff.core.language.numpy_calls.signatures import describe
from autodiff.core.language.registry import registry
from autodiff.core.values.flat import Flat
from autodiff.core.values.inplace import assign, update
from autodiff.core.values.lists import of_lists

if TYPE_CHECKING:
    from autodiff.core.values.typed import Typed
else:
    Typed = object


class Operators(Typed):
    """What NumPy code writes as `x + y`, `x[i]`, `x.T` or `x.sum()`."""

    __slots__ = ()

    def __getitem__(self: Any, index: Any) -> Any:
        try:
            op = registry.by_function[operator.getitem]
            return self.owner.process(op, (self,), {"index": index})
        except BaseException as error:
            hide_frames(error)
            raise

    def __setitem__(self: Any, index: Any, value: Any) -> None:
        try:
            assign(self, index, value)
        except BaseException as error:
            hide_frames(error)
            raise

    @property
    def T(self: Any) -> Any:
        """The transpose."""
        try:
            return self.owner.process(registry.by_function[np.transpose], (self,), NO_PARAMS)
        except BaseException as error:
            hide_frames(error)
            raise

    @property
    def mT(self: Any) -> Any:
        """The transpose of the last two axes."""
        return np.swapaxes(self, -1, -2)

    @property
    def real(self: Any) -> Any:
        """The real part; of real numbers the array itself, as NumPy has it."""
        return np.real(self)

    @real.setter
    def real(self: Any, value: Any) -> None:
        self[...] = value + 1j * np.imag(self) if self.dtype.kind == "c" else value

    @property
    def imag(self: Any) -> Any:
        """The imaginary part."""
        return np.imag(self)

    @imag.setter
    def imag(self: Any, value: Any) -> None:
        if self.dtype.kind != "c":
            raise TypeError(f"an array of real numbers has no imaginary part to set.{here()}")
        self[...] = np.real(self) + 1j * of_lists(value)

    @property
    def flat(self: Any) -> Flat:
        """The elements one after another, to read and to write."""
        return Flat(self)

    @flat.setter
    def flat(self: Any, value: Any) -> None:
        Flat(self).set_all(value)

    def reshape(self: Any, *shape: Any, order: Any = "C", copy: Any = None) -> Any:
        """`np.reshape`, with the shape as one tuple or as several ints."""
        if order != "C" or copy is not None:
            return np.reshape(self, _spread(shape), order=order, copy=copy)
        try:
            op = registry.by_function[np.reshape]
            return self.owner.process(op, (self,), {"shape": _spread(shape)})
        except BaseException as error:
            hide_frames(error)
            raise

    def transpose(self: Any, *axes: Any) -> Any:
        """`np.transpose`, with the axes as one tuple or as several ints."""
        return np.transpose(self, _spread(axes) if axes else None)

    def view(self: Any, *args: Any) -> Any:
        """The same values in the same memory; not as another dtype or class."""
        if args and isinstance(args[0], int | tuple):
            shape = ", ".join(map(str, args[0] if isinstance(args[0], tuple) else args))
            raise UnsupportedError(
                f"x.view({shape}) with a shape is PyTorch's. Write x.reshape({shape}).{here()}"
            )
        if args and args[0] is not np.ndarray:
            raise UnsupportedError(
                f"x.view({args[0]!r}) would read the numbers' bytes as something else, which has "
                f"no derivative. Write x.astype(...) for another dtype.{here()}"
            )
        return self[...]

    def copy(self: Any, order: Any = "C") -> Any:
        """A copy, row by row unless told otherwise; of a number the number itself."""
        return np.copy(self, order=order) if ground(self).__class__ is np.ndarray else self

    def __copy__(self: Any) -> Any:
        return np.copy(self)

    def conj(self: Any) -> Any:
        """The complex conjugate; of real numbers the array itself, as NumPy has it."""
        return np.conjugate(self) if self.dtype.kind == "c" else self

    conjugate = conj

    def flatten(self: Any, order: Any = "C") -> Any:
        """A copy of the elements in one dimension."""
        return np.copy(np.reshape(self, -1, order=order))

    def compress(self: Any, condition: Any, axis: Any = None) -> Any:
        """`np.compress`: the slices where a 1-d condition holds."""
        return np.compress(condition, self, axis=axis)

    def sort(self: Any, axis: Any = -1, kind: Any = None) -> None:
        """Sort in place, as NumPy's method does."""
        self[...] = np.sort(self, axis=axis, kind=kind)

    def fill(self: Any, value: Any) -> None:
        """Set every element to one value, in place."""
        self[...] = value

    def put(self: Any, indices: Any, values: Any, mode: Any = "raise") -> None:
        """`np.put`."""
        np.put(self, indices, values, mode=mode)

    def __divmod__(self: Any, other: Any) -> Any:
        return np.floor_divide(self, other), np.remainder(self, other)

    def __rdivmod__(self: Any, other: Any) -> Any:
        return np.floor_divide(other, self), np.remainder(other, self)

    def astype(self: Any, dtype: Any, **kwargs: Any) -> Any:
        """The value in another dtype (between floating point types only)."""
        return np.astype(self, dtype, **kwargs)


def _spread(args: tuple[Any, ...]) -> Any:
    return args[0] if len(args) == 1 else args


def _binary(function: Callable[..., Any]) -> tuple[Callable[..., Any], Callable[..., Any]]:
    by_function = registry.by_function

    def forward(self: Any, other: Any) -> Any:
        kind = other.__class__
        try:
            if kind in plain_classes or (kind is self.__class__ and other.owner is self.owner):
                return self.owner.process(by_function[function], (self, other), NO_PARAMS)
            return apply(by_function[function], (self, _operand(other)))
        except BaseException as error:
            hide_frames(error)
            raise

    def reflected(self: Any, other: Any) -> Any:
        try:
            if other.__class__ in plain_classes:
                return self.owner.process(by_function[function], (other, self), NO_PARAMS)
            return apply(by_function[function], (_operand(other), self))
        except BaseException as error:
            hide_frames(error)
            raise

    return forward, reflected


plain_classes: set[type] = {float, int, bool, complex, np.ndarray, np.float64}


def _operand(other: Any) -> Any:
    """What may stand beside a traced value in an expression, as a number or an array."""
    if other.__class__ in tracer_classes or other.__class__ in plain_classes:
        return other
    other = of_lists(other)
    if other.__class__ in tracer_classes:
        return other
    refuse_own_arithmetic(other, "the operand")
    if type(other).__module__.startswith("scipy.sparse"):
        raise DetachError(refusal("scipy.sparse"))
    array = as_array(other)
    if array.dtype.kind not in "biufc":
        raise TypeError(
            f"a traced value and {type(other).__name__} ({other!r:.60}) can't be combined.{here()}"
        )
    return array[()]


def _in_place(function: Callable[..., Any], sign: str) -> Callable[..., Any]:
    def change(self: Any, other: Any) -> Any:
        try:
            return update(self, function, other, sign)
        except BaseException as error:
            hide_frames(error)
            raise

    return change


def _install_operators() -> None:
    binary = {
        "add": np.add,
        "sub": np.subtract,
        "mul": np.multiply,
        "truediv": np.true_divide,
        "floordiv": np.floor_divide,
        "mod": np.remainder,
        "pow": np.power,
        "matmul": np.matmul,
    }
    signs = dict(zip(binary, ["+", "-", "*", "/", "//", "%", "**", "@"], strict=True))
    for name, function in binary.items():
        forward, reflected = _binary(function)
        setattr(Operators, f"__{name}__", forward)
        setattr(Operators, f"__r{name}__", reflected)
        setattr(Operators, f"__i{name}__", _in_place(function, signs[name]))
    compare = ("less", "less_equal", "equal", "not_equal", "greater", "greater_equal")
    for name, ufunc in zip(("lt", "le", "eq", "ne", "gt", "ge"), compare, strict=True):
        setattr(Operators, f"__{name}__", _comparison(getattr(np, ufunc)))
    for name, function in {"neg": np.negative, "pos": np.positive, "abs": np.absolute}.items():
        setattr(Operators, f"__{name}__", _method(function))
    methods = (
        "sum mean var std max min prod cumsum cumprod argmax argmin argsort ravel squeeze "
        "swapaxes repeat take dot clip round trace diagonal any all nonzero "
        "searchsorted ptp choose argpartition"
    )
    for name in methods.split():
        setattr(Operators, name, _method(getattr(np, name)))


def _comparison(function: np.ufunc) -> Callable[..., Any]:
    def compare(self: Any, other: Any) -> Any:
        try:
            return self.__array_ufunc__(function, "__call__", self, other)
        except BaseException as error:
            if isinstance(error, TypeError) and getattr(other, "__array_ufunc__", self) is None:
                return NotImplemented  # e.g. pytest.approx(2.0), which compares by itself
            hide_frames(error)
            raise

    return compare


def _method(function: Any) -> Callable[..., Any]:
    """The method that hands itself over by the protocol to which the function belongs."""
    if isinstance(function, np.ufunc):

        def method(self: Any, *args: Any, **kwargs: Any) -> Any:
            try:
                return self.__array_ufunc__(function, "__call__", self, *args, **kwargs)
            except BaseException as error:
                hide_frames(error)
                raise
    else:

        def method(self: Any, *args: Any, **kwargs: Any) -> Any:
            try:
                return self.__array_function__(function, (), (self, *args), kwargs)
            except BaseException as error:
                hide_frames(error)
                raise

    method.__name__ = function.__name__
    method.__doc__ = f"`{describe(function)}` of this value."
    return method


_install_operators()
