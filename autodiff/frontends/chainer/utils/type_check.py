"""Conditions on the arrays of a user's own `Function`: `type_check.expect(in_types[0].ndim == 2)`.

    def check_type_forward(self, in_types):
        type_check.expect(in_types.size() == 1, in_types[0].dtype.kind == "f")

Chainer built expressions here that it printed when they failed; these are Python's own values,
and the message leads to the line.
"""

from __future__ import annotations

from typing import Any

from autodiff.frontends.chainer.checks import InvalidType

__all__ = ["InvalidType", "Types", "Variable", "eval", "expect"]


class Types(tuple[Any, ...]):
    """The inputs' arrays; `size()` is how many there are."""

    def size(self) -> int:
        """The number of inputs."""
        return len(self)


def expect(*conditions: Any) -> None:
    """Raise InvalidType where a condition does not hold."""
    for number, condition in enumerate(conditions, 1):
        if not condition:
            raise InvalidType("check_type_forward", f"condition {number} of expect", f"{condition}")


def eval(value: Any) -> Any:
    """The value: there are no expressions."""
    return value


def Variable(value: Any, name: str) -> Any:
    """The value: there are no expressions."""
    return value
