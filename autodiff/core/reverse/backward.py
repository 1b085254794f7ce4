"""`backward()`: one sweep from an equation, its results kept with the variables."""

from __future__ import annotations

import warnings
from typing import Any

import numpy as np

from autodiff.core.ground.errors import (
    AutodiffWarning,
    DisconnectedError,
    MutationError,
    NonScalarError,
)
from autodiff.core.ground.locations import here, stacklevel
from autodiff.core.language.dispatch import Array, ground
from autodiff.core.language.equation import Equation, history
from autodiff.core.reverse.stale_data import is_stale
from autodiff.core.reverse.sweep import pull_back, where_cut


def backward(root: Equation, ct: Any, accumulate: bool, keep: bool) -> None:
    """Store the gradient of `root` with every variable that it depends on; see `Tensor`."""
    value = ground(root.value)
    start = np.float64(1.0) if ct is None and isinstance(value, float) else _seed(value, ct)
    program = history([root])
    variables = [equation for equation in program if equation.op is None or keep]
    for variable in variables:
        changed = variable.note and variable.note.get("changed")
        if changed or (variable.note and is_stale(variable, program)):
            name = f" {variable.name!r}" if variable.name else ""
            raise MutationError(
                f"the data of the variable{name} was changed in place after this tensor was "
                "computed from it, so its derivative can't be taken any more. Call backward() "
                f"before the change.{changed or here()}"
            )
    found = pull_back(program, {root: start}, variables, keep)
    if all(gradient is None for gradient in found):
        raise DisconnectedError(
            f"this tensor does not depend on any variable.{where_cut(program)}{here()}"
        )
    for variable, gradient in zip(variables, found, strict=True):
        store_gradient(variable, gradient, accumulate)
    if root.op is not None:
        store_gradient(root, start)


def _seed(value: Any, ct: Any) -> Any:
    """The cotangent that the sweep starts from: 1 of a number, else the one given."""
    shape = np.shape(value)
    if ct is None:
        if shape != ():
            raise NonScalarError(
                f"backward() starts from one number, but this tensor has shape {shape}. "
                "Reduce it first, e.g. y.sum().backward(), give a cotangent, "
                f"y.backward(np.ones(y.shape)), or ask for ad.jacobian / ad.vjp.{here()}"
            )
        if np.iscomplexobj(value):
            raise NonScalarError(
                "backward() starts from one real number, but this tensor is complex. Take "
                "np.real(y) or np.abs(y)**2 of it, or give the direction that is meant, "
                f"y.backward(1.0) for the real part and y.backward(1j) for the imaginary.{here()}"
            )
        ct = 1.0
    ct = np.asarray(ct, dtype=np.asarray(value).dtype)[()]
    if ct.dtype.kind == "c":
        ct = np.conj(ct)
    if ct.shape != shape:
        raise NonScalarError(f"the cotangent has shape {ct.shape}, the tensor {shape}.")
    return ct


def kept_gradient(node: Equation) -> Any:
    """The gradient that `backward` left with an equation; None where there is none.

    Of a result that a backward() has passed by, a warning says how it is kept.
    """
    if node.note and "grad" in node.note:
        return node.note["grad"]
    if node.op is None:
        return None
    variables = [equation for equation in history([node]) if equation.op is None]
    if any(variable.note and variable.note.get("grad") is not None for variable in variables):
        warnings.warn(
            "the .grad of a result is None: backward() keeps the gradients of variables (made by "
            f"ad.Tensor) only. Write y.backward(keep=True) to keep those on the way too.{here()}",
            AutodiffWarning,
            stacklevel=stacklevel(),
        )
    return None


def store_gradient(variable: Equation, gradient: Array | None, accumulate: bool = False) -> None:
    """Keep a gradient with its variable, in the public (ascent) convention."""
    if variable.note is None:
        variable.note = {}
    if gradient is not None and gradient.dtype.kind == "c":
        gradient = np.conj(gradient)
    old = variable.note.get("grad")
    if accumulate and old is not None:
        gradient = old if gradient is None else old + gradient
    variable.note["grad"] = gradient
