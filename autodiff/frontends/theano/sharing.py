"""Shared variables: the only state.  A function reads them, and changes them by its updates."""

from __future__ import annotations

import copy
from typing import Any

import numpy as np

from autodiff.core.ground.locations import here
from autodiff.frontends.common.options import only
from autodiff.frontends.common.written import source
from autodiff.frontends.theano.types import TensorType
from autodiff.frontends.theano.variables import Variable


class SharedVariable(Variable):
    """A variable with a value that outlives calls: `get_value`, `set_value`."""

    def __init__(self, value: Any, type: Any, name: str | None = None) -> None:
        self.storage = [value]
        super().__init__(source(name, type, value=lambda: self.storage[0], role="parameter"))
        self.node.note["shared"] = self  # type: ignore[index]
        self.default_update: Any = None
        self.downcast: bool | None = None

    def get_value(self, borrow: bool = False, return_internal_type: bool = False) -> Any:
        """The value; with `borrow` the array itself, of which a change is seen by functions."""
        return self.storage[0] if borrow else copy.deepcopy(self.storage[0])

    def set_value(self, value: Any, borrow: bool = False) -> None:
        """Another value of the same type."""
        if isinstance(self.type, TensorType):
            value = self.type.filter(value, f"{self} (set_value)", self.downcast)
        self.storage[0] = value if borrow else copy.deepcopy(value)


def shared(
    value: Any,
    name: str | None = None,
    strict: bool = False,
    allow_downcast: bool | None = None,
    broadcastable: tuple[bool, ...] | None = None,
    borrow: bool = False,
    **options: Any,
) -> SharedVariable:
    """A shared variable whose type is that of its first value.

    No axis is broadcastable unless `broadcastable` says so, also where its length is 1.  With
    `borrow` the array is not copied; with `allow_downcast` a later value may lose digits.  A Python
    int is an int64; what is no array of numbers (a list, a random state) is kept as it is.
    """
    only("shared", options, "target")
    if isinstance(value, Variable):
        raise TypeError(
            f"theano.shared takes a value, and {value} is an expression. Write "
            f"theano.shared({value}.eval()).{here()}"
        )
    plain = isinstance(value, np.ndarray | np.generic | int | float | bool)
    if not plain or np.asarray(value).dtype.kind == "O":
        return SharedVariable(value, "Generic", name)
    array = np.asarray(value) if borrow else np.array(value)
    axes = (False,) * array.ndim if broadcastable is None else tuple(broadcastable)
    made = SharedVariable(array, TensorType(str(array.dtype), axes), name)
    made.downcast = allow_downcast
    return made
