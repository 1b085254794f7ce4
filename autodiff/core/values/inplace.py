"""In-place changes with NumPy's exact meaning: `y[i] = v`, `y += 1`, views included.

Recorded values never change.  A change makes a new value by an ordinary operation and rebinds
the traced array to it; what shares memory in NumPy is rebound too: a change of a view is written
back to its base, and the live views of a changed array are taken afresh.  Each of them keeps its
layout, by which NumPy decides whether a later `ravel` or `reshape` is a view or a copy.  A variable
can't be changed, since that would change the caller's array.
"""

from __future__ import annotations

import weakref
from collections.abc import Callable
from typing import Any

import numpy as np

from autodiff.core.ground.errors import InPlaceError
from autodiff.core.ground.locations import here
from autodiff.core.language.dispatch import Array, apply, ground, is_traced, tracer_classes
from autodiff.core.language.kinds import linear
from autodiff.core.language.op import Op, case
from autodiff.core.language.registry import registry

_ndarray = np.ndarray

REARRANGING = frozenset(
    ["reshape", "ravel", "transpose", "swapaxes", "moveaxis", "expand_dims", "squeeze", "flip"]
)
"""View ops whose transpose puts every element back where it came from."""


class Alias:
    """What shares memory with a traced array: the base it is a view of, and its own views."""

    __slots__ = ("op", "params", "parent", "views")

    def __init__(self, parent: Any = None, op: Op | None = None, params: Any = None) -> None:
        self.parent = parent
        self.op = op
        self.params = params
        self.views: list[weakref.ref[Any]] = []

    def live(self) -> list[Any]:
        """The views that somebody still holds."""
        found = [(ref, ref()) for ref in self.views]
        self.views = [ref for ref, view in found if view is not None]
        return [view for _, view in found if view is not None]


def note_view(parent: Any, view: Any, op: Op, params: Any) -> None:
    """Remember that `view` shares its memory with `parent`, if it does."""
    value = view.lower
    if value.__class__ in tracer_classes:
        value = ground(value)
    if value.__class__ is not _ndarray or not is_traced(parent):
        return
    base = ground(parent)
    if value.flags.owndata and value is not base:
        return
    if base.__class__ is not _ndarray or not np.may_share_memory(value, base):
        return
    view.alias = Alias(parent, op, params)
    if parent.alias is None:
        parent.alias = Alias()
    parent.alias.views.append(weakref.ref(view))


# -- the operation of assignment ------------------------------------------------------------


def _assigned(old: Array, value: Array, index: Any) -> Array:
    new = np.array(old)
    new[index] = value
    return new


def _assign_transpose(place: int, ct: Array, old: Array, value: Array, index: Any) -> Array:
    if place == 0:
        return apply(assign_op, (ct, 0.0), {"index": index})
    part = ct[index]
    winners = _last_written(np.shape(ground(old)), index)
    return part if winners is None else part * winners


def _last_written(shape: tuple[int, ...], index: Any) -> Array | None:
    """1 where an assigned element stays, 0 where a later one overwrites it; None: all stay."""
    places = np.arange(int(np.prod(shape))).reshape(shape)[index]
    if np.unique(places).size == places.size:
        return None
    order = np.arange(places.size).reshape(places.shape)
    last = np.zeros(int(np.prod(shape)), int)
    last[places] = order
    return np.equal(last[places], order).astype(float)


assign_op = linear(
    _assigned,
    _assign_transpose,
    name="assign",
    label="{} with [{index}] = {}",
    arity=None,
    keywords=("index",),
    binder=lambda old, value, index: ((old, value), {"index": index}),
    cases=(
        case((4,), (), index=1),
        case((3, 4), (4,), index=(slice(1, None),)),
        case((4,), (3,), index=np.array([0, 2, 0])),
        case((3, 2), (), index=np.array([[True, False]] * 3)),
    ),
)


def _laid_out(x: Array, axes: tuple[int, ...]) -> Array:
    inner = np.ascontiguousarray(np.transpose(x, axes)).reshape([np.shape(x)[a] for a in axes])
    return np.transpose(inner, np.argsort(axes))


laid_out = linear(
    _laid_out,
    lambda ct, x, axes: ct,
    name="laid_out",
    label="{}",
    keywords=("axes",),
    cases=(case((2, 3), axes=(1, 0)),),
)
"""The same values, the axes lying in memory in the given order, the widest step first."""


def _layout(value: Any) -> tuple[type, tuple[int, ...]]:
    """Whether a value is an array or a number, and the steps along its axes that matter."""
    value = ground(value)
    pairs = zip(value.strides, value.shape, strict=True)
    return value.__class__, tuple(step if n > 1 else 0 for step, n in pairs)


# -- changing a traced array ----------------------------------------------------------------


def of_lists(value: Any) -> Any:
    """Nested lists of numbers as one array, of which some may be traced; else the value itself."""
    if value.__class__ is not list and value.__class__ is not tuple:
        return value
    parts = [of_lists(part) for part in value]
    return np.stack(parts) if any(map(is_traced, parts)) else np.asarray(value)


def assign(target: Any, index: Any, value: Any) -> None:
    """`target[index] = value` for a traced target."""
    value = of_lists(value)
    alias = getattr(value, "alias", None) if is_traced(value) else None
    if alias is not None and alias.parent is target and _same_index(alias, index):
        return  # `y[a:b] *= v` assigns the view y[a:b] to itself: it is written back already
    if ground(target).__class__ is not _ndarray:
        raise InPlaceError(f"a traced number has no elements to assign to.{here()}")
    refuse_variable(target, "y[...] = v")
    write(target, apply(assign_op, (target, value), {"index": index}), "y[...] = v")


def _same_index(alias: Alias, index: Any) -> bool:
    """Whether a view was taken by this very index; what is no number or slice is another."""
    if alias.op is None or alias.op.name != "getitem":
        return False
    pairs = [
        part if part.__class__ is tuple else (part,) for part in (alias.params["index"], index)
    ]
    return len(pairs[0]) == len(pairs[1]) and all(
        a.__class__ is b.__class__ and a.__class__ is not _ndarray and a == b
        for a, b in zip(*pairs, strict=True)
    )


def update(target: Any, function: Callable[..., Any], other: Any, sign: str) -> Any:
    """`target += other` and its kin; returns the changed target."""
    new = apply(registry.by_function[function], (target, other))
    shape = np.shape(ground(target))
    if ground(target).__class__ is not _ndarray:
        return new  # numbers are immutable: here `y += 1` means `y = y + 1` in NumPy too
    refuse_variable(target, f"y {sign}= v")
    if np.shape(ground(new)) != shape:
        raise InPlaceError(
            f"y {sign}= v can't change the shape {shape} of y to {np.shape(ground(new))}. "
            f"Write `y = y {sign} v`.{here()}"
        )
    own, wanted = ground(new).dtype, ground(target).dtype
    if own != wanted:
        if not np.can_cast(own, wanted, "same_kind"):
            raise InPlaceError(
                f"y {sign}= v would make a {own} of y, which is {wanted}. "
                f"Write `y = y {sign} v`.{here()}"
            )
        new = new.astype(wanted)
    write(target, new, f"y {sign}= v")
    return target


def refuse_variable(target: Any, what: str) -> None:
    """Raise if the change would reach a variable, which belongs to the caller."""
    root, chain = target, [target]
    while root.alias is not None and root.alias.parent is not None:
        if root.alias.op.name not in REARRANGING | {"getitem"}:
            raise InPlaceError(
                f"`{what}` on a view made by {root.alias.op.name} is not supported. "
                f"Copy it first: `y = y.copy()`.{here()}"
            )
        root = root.alias.parent
        chain.append(root)
    if root.is_variable:
        view = " (or on a view of it, such as a row or a reshape)" if len(chain) > 1 else ""
        raise InPlaceError(
            f"`{what}` on the variable itself{view} would change the caller's array, at which the "
            f"derivative is taken. Work on a copy, `y = x.copy()`, or write `x = x + v`.{here()}"
        )


def write(target: Any, new: Any, what: str, origin: Any = None) -> None:
    """Rebind `target` to the value `new`, write it back to its base, refresh its views."""
    if new.__class__ is not target.__class__ or new.owner is not target.owner:
        raise InPlaceError(
            f"`{what}` mixes two differentiations: y belongs to an outer one, v to an inner one. "
            f"Make y inside the inner function, or write `y = y + v`.{here()}"
        )
    layout = _layout(target)
    target.rebind(new)
    alias = target.alias
    if alias is None or alias.parent is None:
        if _layout(new) != layout:
            axes = tuple(np.argsort(np.abs(layout[1]))[::-1].tolist())
            target.rebind(apply(laid_out, (target,), {"axes": axes}))
        if alias is None:
            return
    elif alias.parent is not origin:
        parent = alias.parent
        if alias.op.name == "getitem":
            back = apply(assign_op, (parent, target), {"index": alias.params["index"]})
        else:
            back = alias.op.rules["transpose"](target, parent, **alias.params)
        write(parent, back, what, origin=target)
        if _layout(new) != layout:
            target.rebind(apply(alias.op, (parent,), alias.params))
    for view in alias.live():
        if view is not origin:
            afresh = apply(view.alias.op, (target,), view.alias.params)
            write(view, afresh, what, origin=target)
