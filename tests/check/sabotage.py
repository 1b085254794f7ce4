"""Rules made wrong by one part in 100,000, to see the checker say no."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from autodiff.core.language.op import Op
from autodiff.core.reverse.sweep import Parts


def off(value: Any) -> Any:
    """A rule's result, a hundred-thousandth too large."""
    if value is None:
        return None
    if isinstance(value, tuple | list):
        made = Parts if isinstance(value, Parts) else tuple
        return made(map(off, value))
    return value * 1.00001


def field_of(op: Op, mode: str) -> str:
    """The field with the rule of an op that a mode uses."""
    if mode == "forward":
        return "jvp"
    return "add_vjp" if op.add_vjp else "joint_vjp" if op.joint_vjp else "vjp"


@contextmanager
def sabotaged(op: Op, mode: str) -> Iterator[None]:
    """Inside the block the op's rule for one mode is off."""
    field = field_of(op, mode)
    rule = getattr(op, field)

    def wrong(*args: Any) -> Any:
        if field == "add_vjp":
            total, ct, params = args
            return rule(total, off(ct), params)
        return off(rule(*args))

    object.__setattr__(op, field, wrong)
    try:
        yield
    finally:
        object.__setattr__(op, field, rule)
