"""What every traced value has in common: it behaves as a NumPy array in plain NumPy code.

NumPy hands its calls over by two protocols, `__array_ufunc__` (NEP 13) and
`__array_function__` (NEP 18); operators and methods go the same way.  What would silently drop
the derivative (`float(x)`, `np.array(x)`, `math.sin(x)`) refuses and says what to write.
"""

from __future__ import annotations

import operator
import sys
from collections.abc import Callable, Iterator
from types import FrameType
from typing import Any

import numpy as np

from autodiff.core.dispatch import NO_PARAMS, Trace, apply, ground, is_traced, tracer_classes
from autodiff.core.errors import DetachError, UnsupportedError
from autodiff.core.inplace import assign, update
from autodiff.core.op import describe, understood
from autodiff.core.registry import registry
from autodiff.core.source import here, locate


def call(function: Callable[..., Any], args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
    """Call a NumPy function on arguments of which some are traced."""
    composite = registry.composites.get(function)
    if composite is not None:
        return composite(*args, **(understood(function, composite, kwargs) if kwargs else kwargs))
    op = registry.by_function.get(function)
    if op is None and registry.load_more():
        return call(function, args, kwargs)
    if op is None:
        raise UnsupportedError(unsupported(function))
    kwargs.pop("out", None) if kwargs.get("out", 0) is None else None
    if kwargs.get("out") is not None:
        raise UnsupportedError(
            f"{describe(function)}(..., out=...) would overwrite an array that the derivative "
            f"may need. Write `y = {describe(function)}(...)` instead.{here()}"
        )
    arrays, params = op.bind(args, kwargs)
    for name, value in params.items():
        if is_traced(value):
            raise UnsupportedError(
                f"{describe(function)} can't be differentiated with respect to {name!r}. "
                f"Pass its plain value: {name}=ad.stop_gradient(...).{here()}"
            )
    return apply(op, arrays, params)


def unsupported(function: Callable[..., Any]) -> str:
    """The message for a NumPy function without a rule."""
    name = getattr(function, "__name__", "")
    return (
        f"{describe(function)} has no derivative rule in autodiff.{registry.suggest(name)} "
        "Write it with functions that have one (`autodiff ops` lists them), add a rule with "
        "ad.custom_op(f, vjp=...), or pass ad.stop_gradient(x) if its result may count as a "
        f"constant.{here()}"
    )


class Tracer:
    """Base of all traced values.

    A subclass keeps its `owner`, the trace it belongs to, and what lies one level below.
    """

    __slots__ = ()
    __array_priority__ = 1000.0
    owner: Trace

    def __init_subclass__(cls) -> None:
        tracer_classes.add(cls)

    @property
    def lower(self) -> Any:
        """The value one level down."""
        raise NotImplementedError

    @property
    def whole(self) -> Any:
        """The value one level down; of a batch, all of it."""
        return self.lower

    # -- NumPy's protocols -----------------------------------------------------------------

    def __array_ufunc__(self, ufunc: np.ufunc, method: str, *args: Any, **kwargs: Any) -> Any:
        if method == "__call__":
            if not kwargs:
                op = registry.by_function.get(ufunc)
                if op is not None and op.binder is None:
                    if len(args) == 1:
                        return self.owner.process(op, args, NO_PARAMS)
                    return apply(op, args)
            return _call_ufunc(ufunc, args, kwargs)
        function = registry.by_function.get((ufunc, method))
        if function is None and (ufunc, method) not in registry.composites:
            raise UnsupportedError(
                f"{describe(ufunc)}.{method} has no derivative rule in autodiff.{here()}"
            )
        return call((ufunc, method), args, kwargs)  # type: ignore[arg-type]

    def __array_function__(self, func: Any, types: Any, args: Any, kwargs: Any) -> Any:
        return call(func, args, kwargs)

    # -- what would silently drop the derivative -------------------------------------------

    def __array__(self, dtype: Any = None, copy: Any = None) -> Any:
        foreign = _who_asked(sys._getframe(1))
        if foreign:
            raise DetachError(foreign)
        raise DetachError(
            "a traced value can't be made into a plain array: its derivative would be lost. "
            "To build an array from traced values write np.stack([...]) or np.concatenate([...]); "
            "to assign into one, start from np.zeros_like(x) of a traced x or collect the parts "
            f"and stack them; for the plain value write x.data or ad.stop_gradient(x).{here()}"
        )

    def __float__(self) -> float:
        raise DetachError(_number_refusal("float", "the NumPy function"))

    def __int__(self) -> int:
        raise DetachError(_number_refusal("int", "np.floor"))

    __index__ = __int__

    def __complex__(self) -> complex:
        raise DetachError(_number_refusal("complex", "x + 0j"))

    def __round__(self, ndigits: int | None = None) -> Any:
        return np.round(self, ndigits or 0)

    def item(self, *args: Any) -> Any:
        """Refuses: a plain number carries no derivative."""
        raise DetachError(_number_refusal("x.item()", "x[...]"))

    def tolist(self) -> Any:
        """Refuses: plain numbers carry no derivative."""
        raise DetachError(_number_refusal("x.tolist()", "x itself"))

    # -- what depends on the value only ----------------------------------------------------

    @property
    def shape(self) -> tuple[int, ...]:
        """The shape of the value."""
        return np.shape(ground(self))

    @property
    def ndim(self) -> int:
        """The number of axes of the value."""
        return len(self.shape)

    @property
    def size(self) -> int:
        """The number of elements of the value."""
        return int(np.size(ground(self)))

    @property
    def dtype(self) -> np.dtype[Any]:
        """The dtype of the value."""
        return np.asarray(ground(self)).dtype

    @property
    def itemsize(self) -> int:
        """Bytes an element."""
        return self.dtype.itemsize

    @property
    def nbytes(self) -> int:
        """Bytes of the value."""
        return self.size * self.itemsize

    def __len__(self) -> int:
        if self.ndim == 0:
            raise TypeError(f"a traced number has no len().{here()}")
        return self.shape[0]

    def __iter__(self) -> Iterator[Any]:
        if self.ndim == 0:
            raise TypeError(f"a traced number can't be iterated over.{here()}")
        return iter([self[i] for i in range(self.shape[0])])

    def __bool__(self) -> bool:
        return bool(ground(self))

    def __format__(self, spec: str) -> str:
        value = ground(self)
        return format(value, spec) if np.ndim(value) == 0 else str(value)

    __hash__ = object.__hash__

    # -- the rest is NumPy's ---------------------------------------------------------------

    def __getitem__(self, index: Any) -> Any:
        return apply(registry.by_function[operator.getitem], (self,), {"index": index})

    def __setitem__(self, index: Any, value: Any) -> None:
        assign(self, index, value)

    @property
    def T(self) -> Any:
        """The transpose."""
        return np.transpose(self)

    @property
    def mT(self) -> Any:
        """The transpose of the last two axes."""
        return np.swapaxes(self, -1, -2)

    @property
    def real(self) -> Any:
        """The real part."""
        return np.real(self)

    @property
    def imag(self) -> Any:
        """The imaginary part."""
        return np.imag(self)

    def reshape(self, *shape: Any, order: Any = "C") -> Any:
        """`np.reshape`, with the shape as one tuple or as several ints."""
        if order != "C":
            return np.reshape(self, _spread(shape), order=order)
        return apply(registry.by_function[np.reshape], (self,), {"shape": _spread(shape)})

    def transpose(self, *axes: Any) -> Any:
        """`np.transpose`, with the axes as one tuple or as several ints."""
        return np.transpose(self, _spread(axes) if axes else None)

    def flatten(self, order: Any = "C") -> Any:
        """A copy of the elements in one dimension."""
        return np.copy(np.reshape(self, -1, order=order))

    def compress(self, condition: Any, axis: Any = None) -> Any:
        """`np.compress`: the slices where a 1-d condition holds."""
        return np.compress(condition, self, axis=axis)

    def sort(self, axis: Any = -1, kind: Any = None) -> None:
        """Sort in place, as NumPy's method does."""
        self[...] = np.sort(self, axis=axis, kind=kind)

    def fill(self, value: Any) -> None:
        """Set every element to one value, in place."""
        self[...] = value

    def __divmod__(self, other: Any) -> Any:
        return np.floor_divide(self, other), np.remainder(self, other)

    def __rdivmod__(self, other: Any) -> Any:
        return np.floor_divide(other, self), np.remainder(other, self)

    def astype(self, dtype: Any, **kwargs: Any) -> Any:
        """The value in another dtype (between floating point types only)."""
        return np.astype(self, dtype, **kwargs)  # type: ignore[call-overload]


def _who_asked(frame: FrameType | None) -> str:
    """The message for a NumPy or SciPy function that wants a plain array; '' for the user."""
    public = ""
    while frame is not None:
        package, _, rest = frame.f_globals.get("__name__", "").partition(".")
        if package not in ("numpy", "scipy"):
            break
        name, _, inside = frame.f_code.co_qualname.partition(".")
        wrapped: Any = frame.f_locals.get("f") if "<locals>" in inside else None
        if hasattr(wrapped, "__name__"):  # a decorator's wrapper stands for what it wraps
            name, rest, inside = wrapped.__name__, wrapped.__module__.partition(".")[2], ""
        if not name.startswith("_") and "<locals>" not in inside and not rest.startswith("_lib"):
            part = f"scipy.{rest.partition('.')[0]}" if package == "scipy" else "np"
            public = f"{part}.{name}"
        frame = frame.f_back
    if not public or frame is None:
        return ""
    place = locate(frame.f_code, frame.f_lasti)
    instead = registry.instead.get(
        public, "Of a list of traced values make one array first: write np.stack([...])."
    )
    return (
        f"{public} can't take a traced value: it is not handed over to other arrays, and would "
        f"lose the derivative. {instead}\n  at {place}"
    )


def _spread(args: tuple[Any, ...]) -> Any:
    return args[0] if len(args) == 1 else args


def _call_ufunc(ufunc: np.ufunc, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
    """A ufunc with keywords: `out`, `where` and `dtype` only in forms that change nothing."""
    out = kwargs.get("out")
    if isinstance(out, tuple) and len(out) == 1:
        kwargs["out"] = out[0]
        target = out[0]
        if is_traced(target):
            raise UnsupportedError(
                f"{describe(ufunc)}(..., out=y) with a traced y is not supported. "
                f"Write `y = {describe(ufunc)}(...)`.{here()}"
            )
        if any(is_traced(arg) for arg in args) and args and target is args[0]:
            raise DetachError(
                "a plain array can't be changed in place by a traced value: its derivative would "
                f"be lost. Write `a = a + b` instead of `a += b`.{here()}"
            )
    for name in ("where", "dtype", "casting", "order", "subok"):
        value = kwargs.get(name)
        if value is None or value is True:
            kwargs.pop(name, None)
    return call(ufunc, args, kwargs)


def _number_refusal(what: str, instead: str) -> str:
    return (
        f"{what} of a traced value would drop its derivative (math.sin and its kin ask for this "
        f"too). Use {instead} on the traced value, e.g. np.sin(x) for math.sin(x), or write "
        f"x.data where a plain number is wanted.{here()}"
    )


def _binary(function: Callable[..., Any]) -> tuple[Callable[..., Any], Callable[..., Any]]:
    by_function = registry.by_function

    def forward(self: Tracer, other: Any) -> Any:
        kind = other.__class__
        if kind in _plain_classes or (kind is self.__class__ and other.owner is self.owner):
            return self.owner.process(by_function[function], (self, other), NO_PARAMS)
        return apply(by_function[function], (self, _operand(other)))

    def reflected(self: Tracer, other: Any) -> Any:
        if other.__class__ in _plain_classes:
            return self.owner.process(by_function[function], (other, self), NO_PARAMS)
        return apply(by_function[function], (_operand(other), self))

    return forward, reflected


_plain_classes: set[type] = {float, int, bool, complex, np.ndarray, np.float64}


def _operand(other: Any) -> Any:
    """What may stand beside a traced value in an expression, as a number or an array."""
    if other.__class__ in tracer_classes or other.__class__ in _plain_classes:
        return other
    array = np.asarray(other)
    if array.dtype.kind not in "biufc":
        raise TypeError(
            f"a traced value and {type(other).__name__} ({other!r:.60}) can't be combined.{here()}"
        )
    return array[()]


def _in_place(function: Callable[..., Any], sign: str) -> Callable[..., Any]:
    def change(self: Tracer, other: Any) -> Any:
        return update(self, function, other, sign)

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
        setattr(Tracer, f"__{name}__", forward)
        setattr(Tracer, f"__r{name}__", reflected)
        setattr(Tracer, f"__i{name}__", _in_place(function, signs[name]))
    compare = ("less", "less_equal", "equal", "not_equal", "greater", "greater_equal")
    for name, ufunc in zip(("lt", "le", "eq", "ne", "gt", "ge"), compare, strict=True):
        setattr(Tracer, f"__{name}__", _method(getattr(np, ufunc)))
    for name, function in {"neg": np.negative, "pos": np.positive, "abs": np.absolute}.items():
        setattr(Tracer, f"__{name}__", _method(function))
    methods = (
        "sum mean var std max min prod cumsum cumprod argmax argmin argsort ravel squeeze "
        "swapaxes repeat take dot clip round trace diagonal any all conj copy nonzero "
        "searchsorted ptp conjugate choose argpartition"
    )
    for name in methods.split():
        setattr(Tracer, name, _method(getattr(np, name)))


def _method(function: Any) -> Callable[..., Any]:
    def method(self: Tracer, *args: Any, **kwargs: Any) -> Any:
        return call(function, (self, *args), kwargs)

    method.__name__ = function.__name__
    method.__doc__ = f"`{describe(function)}` of this value."
    return method


_install_operators()
