"""What a user holds of a tensor: its data, its gradient, and its text.

An array that is handed out can be changed behind the graph's back, which `stale_data` notices; one
that is set makes a new equation, so that graphs made before keep the old numbers.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from autodiff.core.ground.errors import RuleError, UnsupportedError
from autodiff.core.ground.locations import here
from autodiff.core.ground.tracebacks import hidden
from autodiff.core.language.dispatch import ground
from autodiff.core.language.equation import Equation
from autodiff.core.reverse.backward import backward, kept_gradient
from autodiff.core.reverse.stale_data import hand_out

_ndarray = np.ndarray


class Held:
    """The data and the gradient of a tensor, read and set."""

    __slots__ = ()

    owner: Any
    node: Equation
    lower: Any

    @property
    def data(self) -> Any:
        """The plain value; that of a result is read-only, since rules may still read it."""
        value = ground(self)
        if value.__class__ is not _ndarray:
            return value
        if self.node.op is None:
            hand_out(self.node)
            return value
        view = value.view()
        view.flags.writeable = False
        return view

    @data.setter
    def data(self, value: Any) -> None:
        """Give a variable a new value; graphs made before keep the old one."""
        if self.node.op is not None:
            raise RuleError("only a variable's data can be set; this tensor is a result.")
        old = self.lower
        note = self.node.note
        if value is old:  # `w.data -= step` has changed the array itself
            self.node.note = {**(note or {}), "changed": here()}
        new = np.asarray(value, dtype=old.dtype)
        if new.shape != old.shape:
            raise RuleError(f"the new data has shape {new.shape}, the variable {old.shape}.")
        if note:
            note.pop("handed", None)
        self.node = Equation(new[()], note)  # type: ignore[misc]

    @property
    def grad(self) -> Any:
        """The gradient that the last `backward()` left here; None: not computed, or not kept."""
        return kept_gradient(self.node)

    @grad.setter
    def grad(self, value: Any) -> None:
        self.node.note = {**(self.node.note or {}), "grad": value}

    @hidden
    def backward(self, ct: Any = None, *, accumulate: bool = False, keep: bool = False) -> None:
        """Set `.grad` of every variable that this tensor depends on.

        A second call computes the same gradients again; it adds to `.grad` only with
        `accumulate=True`.  A tensor of more than one element needs the cotangent `ct`.  With
        `keep=True` the intermediate results get their `.grad` too.
        """
        if self.owner.level:
            raise UnsupportedError(
                "backward() is for tensors made with ad.Tensor(...); inside ad.grad(f) the "
                f"gradient comes from the transform. Return the loss instead.{here()}"
            )
        backward(self.node, ct, accumulate, keep)

    def __repr__(self) -> str:
        value = ground(self)
        body = (
            f"{value:g}"
            if value.__class__ is np.float64
            else np.array2string(np.asarray(value), separator=", ", prefix="Tensor(")
        )
        return f"Tensor({body})"
