"""The kinds of operation, and how each derives both modes from one local derivative.

    kind         the author writes              jvp                       vjp
    elementwise  one partial per argument       sum of partial * tangent  partial * ct
    reduction    weight dy/dx, shaped like x    sum of weight * tangent   weight * ct, expanded
    linear       the transpose                  the op on the tangent     the transpose
    bilinear     a transpose per argument       op(tx, y) + op(x, ty)     the transpose asked for
    constant     nothing                        none                      none
    primitive    jvp and vjp                    as given                  as given

The idea of kinds is JAX's (`deflinear`, `defbilinear`); that of stating only the local
derivative is ChainRules.jl's `@scalar_rule`.  Cotangents are paired with tangents by
Re(sum(ct * t)), without a conjugate, so that no rule has to mention complex numbers.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterable
from typing import Any

import numpy as np

from autodiff.core.language.dispatch import Array, Params, apply, ground, is_traced
from autodiff.core.language.fitting import PLAIN, real_part, spread
from autodiff.core.language.numpy_calls.signatures import signature_of
from autodiff.core.language.op import Bound, Op
from autodiff.core.language.registry import registry
from autodiff.core.language.singular.finite import slope

_function = type(lambda: None)
_ndarray = np.ndarray
_float64 = np.float64
_add_reduce: Any = np.add.reduce
Rule = Callable[..., Any]
Partial = Rule | int | float | None


def elementwise(function: Rule, *partials: Partial, **entry: Any) -> Op:
    """An op y[i] = f(x[i], ...) of broadcast arguments, by one partial dy/dx per argument.

    A partial is a number, None (no derivative), or `lambda ans, x, ...: dy/dx`.  With
    `real=True` the result is real also of complex arguments: dy = Re(sum of partial * dx).
    """
    real = entry.pop("real", False)
    partials = tuple(_as_function(p) if callable(p) else p for p in partials)
    alone = len(partials) == 1

    def jvp(tangents: Any, ans: Array, primals: Any, params: Params) -> Array | None:
        total = None
        for tangent, partial in zip(tangents, partials):
            if tangent is None or partial is None:
                continue
            if partial.__class__ is not _function:
                term = tangent if partial == 1 else scaled(partial, tangent)
            elif params:
                term = slope(partial, ans, primals, params) * tangent
            else:
                try:
                    if alone:
                        term = partial(ans, primals[0]) * tangent
                    else:
                        term = partial(ans, *primals) * tangent
                except ZeroDivisionError:
                    term = slope(partial, ans, primals, params) * tangent
            total = term if total is None else total + term
        return real_part(total) if real else total

    def vjp(index: int, ct: Array, ans: Array, primals: Any, params: Params) -> Array | None:
        partial = partials[index]
        if partial.__class__ is not _function:
            # Of x nothing is read here: a plan whose sizes are not known yet has only a stand-in.
            if partial == 1:  # without a call
                return ct
            return None if partial is None else scaled(partial, ct)
        try:
            if params:
                return partial(ans, *primals, **params) * ct
            if alone:  # written out, since *primals would cost half as much again
                return partial(ans, primals[0]) * ct
            if len(primals) == 2:
                return partial(ans, primals[0], primals[1]) * ct
            return partial(ans, *primals) * ct
        except ZeroDivisionError:
            return slope(partial, ans, primals, params) * ct

    entry.setdefault("arity", len(partials))
    return make_op(
        function, "elementwise", jvp, vjp, entry, partials=partials, expand=lambda ct, x, params: ct
    )


def _as_function(rule: Rule) -> Rule:
    """A rule as a plain function, which the sweep can tell from a number at a glance."""
    return rule if rule.__class__ is _function else lambda *args, **params: rule(*args, **params)


def reduction(function: Rule, weight: Partial, **entry: Any) -> Op:
    """An op that sums over axes to first order: dy = sum(weight * dx), weight shaped like x.

    The weight is a number or `lambda ans, x, **params: ...`, called with `ans` expanded so
    that it broadcasts against `x`.  `axis` and `keepdims` are understood for every reduction;
    `real=True` is as for `elementwise`.
    """
    real = entry.pop("real", False)
    keywords = ("axis", "keepdims", *entry.pop("keywords", ()))
    axes = entry.pop("axes", None)
    is_rule = callable(weight)

    def reduced(params: Params) -> tuple[Any, bool]:
        return params.get("axis", axes), bool(params.get("keepdims", False))

    def expand(y: Array, x: Array, params: Params) -> Array:
        if y.__class__ is _float64:
            return y
        axis, keepdims = reduced(params)
        if keepdims or (y.ndim if y.__class__ is _ndarray else np.ndim(y)) == 0:
            return y
        ndim = x.ndim if x.__class__ is _ndarray else np.ndim(x)
        axis = tuple(range(ndim)) if axis is None else axis
        if y.__class__ is not _ndarray:
            return np.expand_dims(y, axis)
        shape = list(y.shape)
        for place in sorted([a % ndim for a in (axis if axis.__class__ is tuple else (axis,))]):
            shape.insert(place, 1)
        return y.reshape(shape)  # np.expand_dims, without its checks

    def local(ans: Array, x: Array, params: Params) -> Array:
        assert callable(weight)
        own = {name: value for name, value in params.items() if name != "keepdims"}
        return weight(expand(ans, x, params), x, **own)

    def jvp(tangents: Any, ans: Array, primals: Any, params: Params) -> Array | None:
        (tangent,), (x,) = tangents, primals
        axis, keepdims = reduced(params)
        if is_rule:
            tangent = local(ans, x, params) * tangent
        if real:
            tangent = real_part(tangent)
        if tangent.__class__ is _ndarray:
            total = _add_reduce(tangent, axis, keepdims=keepdims)
        else:
            total = np.sum(tangent, axis=axis, keepdims=keepdims)
        return total if is_rule else scaled(weight, total)

    def vjp(index: int, ct: Array, ans: Array, primals: Any, params: Params) -> Array | None:
        (x,) = primals
        ct = expand(ct, x, params)
        if is_rule:
            ct = local(ans, x, params) * ct
        elif weight != 1:
            ct = scaled(weight, ct)
        shape = x.shape if x.__class__ in PLAIN else np.shape(x)
        own = ct.shape if ct.__class__ in PLAIN else np.shape(ct)
        return ct if own == shape else spread(ct, shape)

    return make_op(
        function, "reduction", jvp, vjp, entry, keywords=keywords, partials=(weight,), expand=expand
    )


def linear(function: Rule, transpose: Rule, **entry: Any) -> Op:
    """An op with f(a*x + b*y) = a*f(x) + b*f(y), by its transpose.

    `transpose(ct, x, **params)` returns the cotangent of x; it may use the shape and dtype of x
    only.  With `arity=None` the op is jointly linear in any number of arguments, and the rule is
    `transpose(index, ct, *xs, **params)`.
    """
    joint = entry.get("arity", 1) is None

    def jvp(tangents: Any, ans: Array, primals: Any, params: Params) -> Array | None:
        if not joint:  # the one tangent that there is
            return apply(op, tuple(tangents), params)
        filled = [
            np.zeros_like(ground(x)) if t is None else t
            for t, x in zip(tangents, primals, strict=True)
        ]
        return apply(op, tuple(filled), params)

    def vjp(index: int, ct: Array, ans: Array, primals: Any, params: Params) -> Array | None:
        return (
            transpose(index, ct, *primals, **params) if joint else transpose(ct, *primals, **params)
        )

    op = make_op(function, "linear", jvp, vjp, entry, rules={"transpose": transpose})
    return op


def bilinear(function: Rule, left: Rule, right: Rule | None = None, **entry: Any) -> Op:
    """An op linear in each argument by itself, by one transpose per argument.

    `left(ct, x, y, **params)` returns the cotangent of x, `right` that of y.  With `arity=None`
    (einsum) there is one rule, `left(index, ct, *xs, **params)`.
    """
    many = entry.setdefault("arity", 2) is None

    def jvp(tangents: Any, ans: Array, primals: Any, params: Params) -> Array | None:
        total = None
        for index, tangent in enumerate(tangents):
            if tangent is None:
                continue
            term = apply(op, (*primals[:index], tangent, *primals[index + 1 :]), params)
            total = term if total is None else total + term
        return total

    def vjp(index: int, ct: Array, ans: Array, primals: Any, params: Params) -> Array | None:
        if many:
            return left(index, ct, *primals, **params)
        rule = right if index else left
        return rule(ct, *primals, **params) if rule else None

    rules = {"left": left} if right is None else {"left": left, "right": right}
    op = make_op(function, "bilinear", jvp, vjp, entry, rules=rules)
    return op


def constant(function: Rule, **entry: Any) -> Op:
    """An op without a derivative (comparisons, argmax, floor, ...): it works on the value."""
    entry.setdefault("arity", getattr(function, "nin", 1))
    if not isinstance(function, np.ufunc):
        binder = functools.partial(_bind_all, entry.get("public", function))
        entry.setdefault("binder", binder)
    entry.setdefault("binder", None)
    return make_op(function, "constant", lambda *_: None, lambda *_: None, entry)


def primitive(function: Rule, jvp: Rule, vjp: Rule, why: str, **entry: Any) -> Op:
    """An op with both modes by hand; `why` says why no other kind fits.

    `jvp(tangents, ans, *args, **params)` returns the tangent of `ans`, and
    `vjp(index, ct, ans, *args, **params)` the cotangent of one argument.
    """

    def push(tangents: Any, ans: Array, primals: Any, params: Params) -> Array | None:
        return jvp(tangents, ans, *primals, **params)

    def pull(index: int, ct: Array, ans: Array, primals: Any, params: Params) -> Array | None:
        return vjp(index, ct, ans, *primals, **params)

    return make_op(
        function, "primitive", push, pull, entry, why=why, rules={"jvp": jvp, "vjp": vjp}
    )


def composite(*functions: Any, result: str = "new") -> Callable[[Rule], Rule]:
    """Serve NumPy functions by plain code over other ops, without an op of their own.

    `result` says what NumPy hands back, see `values.results`: "new" memory, and a number where no
    axis is left; new memory, but always an "array"; or maybe a "view", whatever the code makes.
    """

    def register(code: Rule) -> Rule:
        for function in functions:
            registry.composites[function] = code
            registry.results[function] = result
        return code

    return register


def _bind_all(function: Rule, /, *args: Any, **kwargs: Any) -> Bound:
    """All arguments as given; traced ones by keyword come to their place in the signature."""
    if any(map(is_traced, kwargs.values())):
        for name in signature_of(function)[0][len(args) :]:
            if name not in kwargs:
                break
            args = (*args, kwargs.pop(name))
    return args, kwargs


def make_op(
    function: Rule, kind: str, jvp: Rule, vjp: Rule, entry: dict[str, Any], **derived: Any
) -> Op:
    """The record of an op, entered in the registry unless it is `private`."""
    public = entry.pop("public", function)
    also: Iterable[Any] = entry.pop("also", ())
    private = entry.pop("private", False)
    op = Op(
        name=entry.pop("name", None) or public.__name__,
        kind=kind,
        function=function,
        public=public,
        jvp=jvp,
        vjp=vjp,
        cases=tuple(entry.pop("cases", ())),
        **(derived | entry),
    )
    return op if private else registry.add(op, public, *also)


def scaled(factor: Any, value: Array) -> Array:
    """factor * value; a factor of 1 or -1 does not multiply."""
    if factor == 1:
        return value
    return -value if factor == -1 else factor * value
