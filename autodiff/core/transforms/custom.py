"""A user's own ops: `custom_op`, from any kind of rule, and `checkpoint`, which recomputes."""

from __future__ import annotations

import functools
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from autodiff.core.ground.errors import RuleError, UnsupportedError
from autodiff.core.ground.locations import here
from autodiff.core.inside.blanks import settled
from autodiff.core.language.dispatch import Array, Params, ground, is_traced
from autodiff.core.language.fitting import unbroadcast
from autodiff.core.language.kinds import elementwise, make_op
from autodiff.core.language.op import Op
from autodiff.core.transforms.forward import zero_like
from autodiff.core.transforms.record import Recorded, record

Rule = Callable[..., Any]


def custom_op(
    f: Rule,
    *,
    partials: Any = None,
    vjp: Rule | None = None,
    jvp: Rule | None = None,
    name: str | None = None,
    label: str | None = None,
) -> Op:
    """An op with the value of `f` and a derivative by your own rule, in both modes.

    `partials`: for an elementwise f, one rule or number an argument, `lambda ans, x, ...: dy/dx`.
    `vjp(ct, ans, *args)` returns a tuple of cotangents, one an argument (None: no derivative);
    `jvp(tangents, ans, *args)` the tangent of the result (None: zero), where `tangents` has None
    for arguments that do not vary.  From one of vjp and jvp the other follows where the rule is
    itself written in differentiable NumPy.  Arguments that are differentiated are positional,
    parameters are passed by keyword.  The rules' results are checked for number and shape.

    >>> import autodiff as ad
    >>> cube = ad.custom_op(lambda x: x**3, partials=lambda ans, x: 3 * x**2, name="cube")
    >>> x = np.array([1.0, 2.0])
    >>> ad.jvp(cube, (x,), (np.ones(2),))[1]
    array([ 3., 12.])
    """
    title = str(name or getattr(f, "__name__", "custom"))
    entry: dict[str, Any] = {"name": title, "label": label, "private": True}
    if partials is not None:
        if vjp is not None or jvp is not None:
            raise RuleError(f"custom_op {title}: give partials, or vjp and jvp, not both.")
        rules = partials if isinstance(partials, tuple | list) else (partials,)
        return elementwise(
            functools.partial(_closed, title, f),
            *rules,
            public=f,
            binder=functools.partial(_counted, title, len(rules)),
            **entry,
        )
    if vjp is None and jvp is None:
        raise RuleError(f"custom_op {title} needs a rule: partials=, vjp= or jvp=.")
    pull, pull_rule = (_checked_vjp, vjp) if vjp else (_vjp_from_jvp, jvp)
    push, push_rule = (_checked_jvp, jvp) if jvp else (_jvp_from_vjp, vjp)
    entry["public"] = f
    return make_op(
        functools.partial(_closed, title, f),
        "primitive",
        functools.partial(push, title, push_rule),
        no_single_rule,
        entry,
        arity=None,
        binder=_positional,
        joint_vjp=functools.partial(pull, title, pull_rule),
        why="a custom op",
    )


def _closed(name: str, f: Rule, *args: Any, **params: Any) -> Any:
    """f(*args), which must not depend on traced values that are not among its arguments."""
    ans = settled(f(*args, **params))
    refuse_closure(name, [ans])
    return ans


def refuse_closure(name: str, outputs: Sequence[Any]) -> None:
    """Raise if results computed from plain arguments are traced: f uses a value from outside."""
    if any(map(is_traced, outputs)):
        raise UnsupportedError(
            f"{name} uses a traced value from outside of its arguments, which its rule can't see. "
            f"Pass every value that is differentiated as a positional argument.{here()}"
        )


def _counted(name: str, count: int, *args: Any, **params: Any) -> Any:
    if len(args) != count:
        raise RuleError(f"{name} has {count} partials, but was called with {len(args)} arguments.")
    return args, params


def _positional(*args: Any, **params: Any) -> tuple[tuple[Any, ...], dict[str, Any]]:
    return args, params


def no_single_rule(*_: Any) -> None:
    """Stands where a rule for one argument would, in ops whose cotangents come together."""
    raise AssertionError("an op with a joint rule has no rule for a single argument")


def _checked_vjp(
    name: str, rule: Any, ct: Array, ans: Array, args: Sequence[Any], params: Params
) -> tuple[Any, ...]:
    found = rule(ct, ans, *args, **params)
    if not isinstance(found, tuple | list) or len(found) != len(args):
        got = f"{len(found)} of them" if isinstance(found, tuple | list) else type(found).__name__
        raise RuleError(
            f"the vjp of {name} must return a tuple of {len(args)} cotangents, one an argument "
            f"(None: no derivative); it returned {got}."
        )
    what = f"the vjp of {name}"
    return tuple(
        None if own is None else unbroadcast(_own_copy(own), np.shape(ground(arg)), what, place)
        for place, (own, arg) in enumerate(zip(found, args, strict=True))
    )


def _own_copy(value: Any) -> Any:
    """A copy of a plain array, so that a user's own buffer never becomes a gradient."""
    value = settled(value)
    return value.copy() if isinstance(value, np.ndarray) else value


def _checked_jvp(
    name: str, rule: Any, tangents: Sequence[Any], ans: Array, args: Sequence[Any], params: Params
) -> Array | None:
    tangent = settled(rule(tuple(tangents), ans, *args, **params))
    if tangent is not None and np.shape(ground(tangent)) != np.shape(ground(ans)):
        raise RuleError(
            f"the jvp of {name} returned a tangent of shape {np.shape(ground(tangent))} for a "
            f"result of shape {np.shape(ground(ans))}; they must be equal."
        )
    return tangent


def _vjp_from_jvp(
    name: str, rule: Any, ct: Array, ans: Array, args: Sequence[Any], params: Params
) -> tuple[Any, ...]:
    """Transpose the jvp, which is linear in the tangents, by a reverse sweep through it."""
    moving = [i for i, arg in enumerate(args) if _is_number(arg)]

    def pushed(*tangents: Any) -> Any:
        full: list[Any] = [None] * len(args)
        for i, tangent in zip(moving, tangents, strict=True):
            full[i] = tangent
        return _checked_jvp(name, rule, full, ans, args, params)

    zeros = tuple(zero_like(args[i]) for i in moving)
    run = _follow(name, "vjp", "jvp", lambda: record(pushed, zeros, {}, tuple(range(len(zeros)))))
    found = iter(run.transpose([ct], run.program))
    return tuple(next(found) if i in moving else None for i in range(len(args)))


def _jvp_from_vjp(
    name: str, rule: Any, tangents: Sequence[Any], ans: Array, args: Sequence[Any], params: Params
) -> Array | None:
    """Transpose the vjp, which is linear in the cotangent, by a reverse sweep through it."""

    def pulled(ct: Any) -> Any:
        found = _checked_vjp(name, rule, ct, ans, args, params)
        kept = [c for c, t in zip(found, tangents, strict=True) if t is not None and c is not None]
        return tuple(kept)

    run: Recorded = _follow(name, "jvp", "vjp", lambda: record(pulled, (zero_like(ans),), {}, (0,)))
    if not run.outputs:
        return None
    cts = rule(zero_like(ans), ans, *args, **params)
    kept = [t for c, t in zip(cts, tangents, strict=True) if t is not None and c is not None]
    return run.transpose(kept, run.program)[0]


def _follow(name: str, missing: str, given: str, attempt: Callable[[], Recorded]) -> Recorded:
    try:
        return attempt()
    except Exception as error:
        raise UnsupportedError(
            f"custom op {name} has no {missing}, and it can't be derived from its {given}, since "
            f"that rule is not itself differentiable: {error}\n  Pass {missing}=... too."
        ) from error


def _is_number(value: Any) -> bool:
    return np.asarray(ground(value)).dtype.kind in "fc"
