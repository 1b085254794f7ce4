"""What stands for what in a function: next values for shared variables, givens for variables."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from autodiff.core.ground.locations import here
from autodiff.core.language.equation import Equation
from autodiff.frontends.theano.sharing import SharedVariable
from autodiff.frontends.theano.types import TensorType
from autodiff.frontends.theano.variables import Variable
from autodiff.frontends.theano.writing import as_variable


def pairs_of(updates: Any) -> list[tuple[SharedVariable, Variable]]:
    """The updates as pairs, one for each shared variable."""
    items = updates.items() if hasattr(updates, "items") else (updates or [])
    found: dict[SharedVariable, Variable] = {}
    for shared, new in items:
        if not isinstance(shared, SharedVariable):
            raise TypeError(
                f"an update is of a shared variable, and {shared!r:.60} is none.{here()}"
            )
        if shared in found:
            raise ValueError(f"this shared variable has two updates: {shared}.{here()}")
        found[shared] = as_variable(new)
    return list(found.items())


def refuse_misfits(pairs: Sequence[tuple[SharedVariable, Variable]]) -> None:
    """Refuse an update of another type than its variable's."""
    for shared, new in pairs:
        if shared.type == "Generic" or not isinstance(new.type, TensorType):
            continue
        axes = zip(shared.broadcastable, new.broadcastable, strict=False)
        fits = shared.ndim == new.ndim and all(b or not a for a, b in axes)
        if shared.dtype != new.dtype or not fits:
            raise TypeError(
                f"An update must have the same type as the original shared variable: {shared} is "
                f"{shared.type}, and its update {new.type}. If the difference is the dtype, cast "
                f"it: T.cast(update, {shared.dtype!r}); a learning rate of 0.1 is a float64 unless "
                f"config.floatX is 'float32'.{here()}"
            )


def givens_of(givens: Any) -> list[tuple[Any, Any]]:
    """The givens as pairs."""
    return list(givens.items() if hasattr(givens, "items") else (givens or []))


def given_for(old: Any, new: Any) -> Equation:
    """The equation that stands for a variable."""
    made = as_variable(new)
    if made.dtype != old.dtype or made.ndim != old.ndim:
        if isinstance(new, Variable):
            raise TypeError(
                f"givens: {old} is {old.type}, and {made.type} can't stand for it.{here()}"
            )
        made = as_variable(old.type.filter(new, f"{old} in givens"))
    return made.node
