"""`theano.ifelse`: one of two expressions, by a condition that is a single number.

Theano computes only the one that is asked for; here both are, so that time is what differs.
"""

from __future__ import annotations

from typing import Any

from autodiff.core.ground.locations import here
from autodiff.frontends.theano import tensor as T
from autodiff.frontends.theano.writing import as_variable


def ifelse(condition: Any, then_branch: Any, else_branch: Any, name: str | None = None) -> Any:
    """`then_branch` where the condition is not 0; lists are chosen whole.

    >>> from autodiff.frontends import theano
    >>> x = T.scalar("x")
    >>> theano.function([x], ifelse(T.gt(x, 0), x, x * x))(-3.0).item()
    9.0
    """
    choice = as_variable(condition)
    if choice.ndim:
        raise TypeError(f"the condition is one number; T.switch is for arrays.{here()}")
    if not isinstance(then_branch, list | tuple):
        return T.switch(choice, then_branch, else_branch)
    if len(then_branch) != len(else_branch):
        raise ValueError(
            f"the branches have {len(then_branch)} and {len(else_branch)} parts.{here()}"
        )
    pairs = zip(then_branch, else_branch, strict=True)
    return [T.switch(choice, one, other) for one, other in pairs]
