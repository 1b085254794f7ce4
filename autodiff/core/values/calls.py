"""NumPy's calls on traced values: which op or composite serves a function, or why none does."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from autodiff.core.ground.errors import DetachError, InPlaceError, UnsupportedError
from autodiff.core.ground.locations import here
from autodiff.core.language.dispatch import apply, ground, is_traced, tracer_classes
from autodiff.core.language.numpy_calls.signatures import describe, understood
from autodiff.core.language.registry import registry
from autodiff.core.values.inplace import assign, can_be_filled
from autodiff.core.values.results import handed_back

_MAKING = "zeros ones empty eye identity tri arange fromfunction fromiter frombuffer"
MAKING = frozenset([getattr(np, name) for name in _MAKING.split(" ")])
"""Functions that make an array of plain arguments; NumPy hands them over for their `like=`."""


def call(
    function: Callable[..., Any], args: tuple[Any, ...], kwargs: dict[str, Any], like: Any = None
) -> Any:
    """Call a NumPy function on arguments of which some are traced, or `like=` a traced one."""
    if "out" in kwargs and takes_traced(kwargs["out"]):
        out = kwargs.pop("out")
        return put_into(out, function(*args, **kwargs), describe(function))
    if "casting" in kwargs and kwargs.get("dtype") is None:
        del kwargs["casting"]  # it says what to refuse, and no result is another by it
    composite = registry.composites.get(function)
    if composite is not None:
        if kwargs:
            kwargs = understood(function, composite, kwargs)
        result = registry.results.get(function, "new")
        found = composite(*args, **kwargs)
        return found if result == "view" else handed_back(found, args, result)
    op = registry.by_function.get(function)
    if op is None and registry.load_more():
        return call(function, args, kwargs, like)
    if op is None:
        own = getattr(function, "__wrapped__", function)  # NumPy hands over what a name stands for
        traced = any(map(is_traced, (*args, *kwargs.values())))
        if not traced and not MAKING.isdisjoint((own, function)):
            return _made_like(like, own(*args, **kwargs))
        plain = [settled(arg) for arg in args]
        unchanged = all(new is old for new, old in zip(plain, args, strict=True))
        if unchanged or any(map(is_traced, plain)):
            raise UnsupportedError(unsupported(function))
        return function(*plain, **kwargs)
    if "out" in kwargs and kwargs.pop("out") is not None:
        raise UnsupportedError(
            f"{describe(function)}(..., out=...) would overwrite an array that the derivative "
            f"may need. Write `y = {describe(function)}(...)` instead.{here()}"
        )
    arrays, params = op.bind(args, kwargs)
    if params and not tracer_classes.isdisjoint(map(type, params.values())):
        params = _without_derivative(function, params)
    return apply(op, arrays, params)


def _made_like(like: Any, made: Any) -> Any:
    """A new array as one that traced values may be written into, whatever style it is made in."""
    if made.__class__ is not np.ndarray or made.dtype.kind not in "fc":
        return made
    order: Any = "F" if made.flags.fnc else "C"
    blank = np.zeros_like(like, dtype=made.dtype, order=order, shape=made.shape)
    assign(blank, ..., made)
    return blank


def _without_derivative(function: Callable[..., Any], params: dict[str, Any]) -> dict[str, Any]:
    """Parameters of which some are traced: their values, where nothing is lost by it."""
    for name, value in params.items():
        if is_traced(value) and value.carries_derivative:
            raise UnsupportedError(
                f"{describe(function)} can't be differentiated with respect to {name!r}. "
                f"Pass its plain value: {name}=ad.stop_gradient(...).{here()}"
            )
    return {name: ground(value) for name, value in params.items()}


def takes_traced(target: Any) -> bool:
    """Whether traced values may be written into this; a blank array becomes traced by it."""
    return is_traced(target) or can_be_filled(target)


def put_into(target: Any, value: Any, what: str, where: Any = True) -> Any:
    """`out=target` with a traced target: its elements become those of the value."""
    own, wanted = ground(value), ground(target)
    if wanted.__class__ is not np.ndarray or not np.can_cast(
        np.asarray(own).dtype, wanted.dtype, "same_kind"
    ):
        kind = f"array of {wanted.dtype}" if isinstance(wanted, np.ndarray) else "number"
        raise InPlaceError(
            f"{what}(..., out=y) can't put {np.asarray(own).dtype} into the {kind} y. "
            f"Write `y = {what}(...)`.{here()}"
        )
    if where is True:
        assign(target, ..., value)
    else:
        np.copyto(target, value, where=where)
    return target


def settled(arg: Any) -> Any:
    """The plain value of what carries no derivative, e.g. of `stop_gradient(x)`; else the same."""
    return ground(arg) if is_traced(arg) and not arg.carries_derivative else arg


def unsupported(function: Callable[..., Any]) -> str:
    """The message for a NumPy function without a rule."""
    name = getattr(function, "__name__", "")
    return (
        f"{describe(function)} has no derivative rule in autodiff.{registry.suggest(name)} "
        "Write it with functions that have one (`autodiff ops` lists them), add a rule with "
        "ad.custom_op(f, vjp=...), or pass ad.stop_gradient(x) if its result may count as a "
        f"constant.{here()}"
    )


def call_ufunc(ufunc: np.ufunc, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
    """A ufunc with keywords: `out`, `where` and `dtype` only in forms that change nothing."""
    out = kwargs.get("out")
    if isinstance(out, tuple) and len(out) == 1:
        kwargs["out"] = out[0]
        target = out[0]
        if takes_traced(target):
            where = kwargs.pop("where", True)
            del kwargs["out"]
            return put_into(target, ufunc(*args, **kwargs), describe(ufunc), where)
        if any(is_traced(arg) for arg in args) and args and target is args[0]:
            raise DetachError(
                "a plain array can't be changed in place by a traced value: its derivative would "
                f"be lost. Write `a = a + b` instead of `a += b`.{here()}"
            )
    if kwargs.get("out") is not None and is_constant(ufunc):
        return ufunc(*map(ground, args), **kwargs)
    for name in ("where", "dtype", "order", "subok"):
        value = kwargs.get(name)
        if value is None or value is True:
            kwargs.pop(name, None)
    return call(ufunc, args, kwargs)


def is_constant(function: Any) -> bool:
    """Whether a function has no derivative to lose, as a comparison has none."""
    op = registry.by_function.get(function)
    return op is not None and op.kind == "constant"
