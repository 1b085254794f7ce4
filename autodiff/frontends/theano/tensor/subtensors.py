"""`x[i]`, and arrays with some elements set anew: `set_subtensor(x[i], y)`.

An index may hold variables anywhere; a variable can't be changed, so `set_subtensor` makes
another one.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from autodiff.core.ground.locations import here
from autodiff.frontends.common.options import only
from autodiff.frontends.theano.types import TensorType, upcast
from autodiff.frontends.theano.variables import Variable
from autodiff.frontends.theano.writing import apply_code, as_variable
from autodiff.ops.networks import nn


class Slot:
    """Where a variable stood in an index."""

    def __init__(self, place: int) -> None:
        self.place = place

    def __eq__(self, other: Any) -> bool:
        return isinstance(other, Slot) and other.place == self.place

    def __hash__(self) -> int:
        return hash(("slot", self.place))


def split(index: Any) -> tuple[tuple[Any, ...], list[Variable]]:
    """An index as a template with slots, and the variables that stood there."""
    found: list[Variable] = []

    def take(part: Any) -> Any:
        if isinstance(part, slice):
            return slice(*(take(p) for p in (part.start, part.stop, part.step)))
        if isinstance(part, Variable):
            found.append(part)
            return Slot(len(found) - 1)
        return np.asarray(part) if isinstance(part, list) else part

    parts = index if isinstance(index, tuple) else (index,)
    return tuple(take(p) for p in parts), found


def put(template: tuple[Any, ...], values: Any) -> tuple[Any, ...]:
    """The plain index, with values in the slots."""

    def give(part: Any) -> Any:
        if isinstance(part, slice):
            return slice(*(give(p) for p in (part.start, part.stop, part.step)))
        if isinstance(part, Slot):
            value = np.asarray(values[part.place])
            return int(value) if value.ndim == 0 and value.dtype.kind in "iu" else value
        return part

    return tuple(give(p) for p in template)


def type_of_index(x: Variable, template: tuple[Any, ...], found: list[Variable]) -> TensorType:
    """The type of x[index]."""
    taken = sum(1 for p in template if p is not None and p is not Ellipsis)
    rest = list(x.broadcastable)
    axes: list[bool] = []
    advanced, at = 0, None
    for part in template:
        if part is None:
            axes.append(True)
        elif part is Ellipsis:
            count = len(x.broadcastable) - taken
            axes += rest[:count]
            rest = rest[count:]
        elif not rest:
            raise ValueError(f"too many indices for {x.type}.{here()}")
        elif isinstance(part, slice):
            full = part == slice(None)
            axes.append(rest.pop(0) and full)
        else:
            ndim = found[part.place].ndim if isinstance(part, Slot) else np.ndim(part)
            mask = (found[part.place].dtype if isinstance(part, Slot) else "") == "bool"
            for _ in range(ndim if mask else 1):
                rest.pop(0)
            if ndim:
                at = len(axes) if at is None else at
                advanced = max(advanced, 1 if mask else ndim)
    if at is not None:
        axes[at:at] = [False] * advanced
    return TensorType(x.dtype, (*axes, *rest))


def _subtensor(x: Any, *values: Any, template: Any, labels: bool) -> Any:
    index = put(template, values)
    if labels:
        refuse_labels(index[1], np.shape(x)[1])
    return x[index if len(index) > 1 else index[0]]


def subtensor(x: Any, index: Any) -> Variable:
    """x[index]."""
    x = as_variable(x)
    template, found = split(index)
    type = type_of_index(x, template, found)
    labels = x.node.op is nn.log_softmax and len(found) == 2 == len(template)

    settings = {"template": template, "labels": labels}
    made = apply_code("subtensor", _subtensor, (x, *found), type, **settings)
    made.node.note = {**(made.node.note or {}), "index": (x, template, found)}
    return made


def refuse_labels(labels: Any, classes: int) -> None:
    """Raise where a label is no class: an index of -1 would be the last one, silently."""
    if labels.size and not 0 <= labels.min() <= labels.max() < classes:
        raise ValueError(
            f"y_i value out of bounds: labels {labels.min()} .. {labels.max()} for classes "
            f"0 .. {classes - 1}."
        )


def _changed(name: str, change: Callable[..., Any]) -> Callable[..., Variable]:
    def call(x: Variable, y: Any, **options: Any) -> Variable:
        only("T.set_subtensor", options, "inplace", "tolerate_inplace_aliasing")
        parts = (x.node.note or {}).get("index") if isinstance(x, Variable) else None
        if parts is None:
            raise TypeError(f"T.{name}(x[index], y) takes a part of a variable, not {x}.{here()}")
        whole, template, found = parts
        y = as_variable(y)
        type = TensorType(upcast([whole.type, y.type]), whole.broadcastable)
        return apply_code(name, change, (whole, y, *found), type, template=template)

    call.__name__ = call.__qualname__ = name
    call.__doc__ = f"Another array: x with `{name.partition('_')[0]}` done to the part x[index]."
    return call


def _set(x: Any, new: Any, *values: Any, template: Any) -> Any:
    copy = x + np.zeros_like(new, shape=())
    copy[put(template, values)] = new
    return copy


def _add(x: Any, new: Any, *values: Any, template: Any) -> Any:
    copy = x + np.zeros_like(new, shape=())
    np.add.at(copy, put(template, values), new)
    return copy


set_subtensor = _changed("set_subtensor", _set)
inc_subtensor = _changed("inc_subtensor", _add)
