"""Why an operation gave NaN or infinity, and the rewrite that cures it.

The reason is read off the op, its operands at the element, and the equations around it: an exp
that overflows inside 1 / (1 + exp(-x)) is not an overflow to a student, but a naive sigmoid.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np

from autodiff.core.language.dispatch import ground
from autodiff.core.language.equation import Equation

LOGS = ("log", "log2", "log10", "log1p")
EXPS = ("exp", "exp2", "expm1", "sinh", "cosh")


class Reason(NamedTuple):
    """The class of a reason, in words, and what to write instead."""

    name: str
    cure: str


def safe_where(call: str, what: str = "ok") -> str:
    """The double where: a safe argument inside, the choice outside; `call` has x for it.

    >>> safe_where("np.log(x)", "x > 0").split(": ")[1]
    'np.where(x > 0, np.log(np.where(x > 0, x, 1.0)), other).'
    """
    inner = call.replace("(x", f"(np.where({what}, x, 1.0)").replace(
        "x**", f"np.where({what}, x, 1.0)**"
    )
    return f"Give it a safe argument inside the choice: np.where({what}, {inner}, other)."


def reason_of_value(
    equation: Equation, given: Sequence[Any], users: Mapping[Equation, list[Equation]]
) -> Reason:
    """Why finite operands gave a value that is not finite."""
    op = equation.op
    name = op.name if op else ""
    x = given[0] if given else None
    if name in ("divide", "reciprocal"):
        return _of_division(equation, given)
    if name in LOGS:
        return _of_log(equation, x, name)
    if name in EXPS:
        return _of_exp(equation, users)
    if name == "sqrt":
        return Reason("the square root of a negative number", safe_where("np.sqrt(x)", "x > 0"))
    if name in ("power", "float_power"):
        return _of_power(given)
    if name in ("arcsin", "arccos", "arctanh", "arccosh"):
        inside = "x >= 1" if name == "arccosh" else "-1 < x < 1"
        return Reason(
            f"{name} outside of its domain ({inside})",
            "Clip the argument into the domain first, e.g. np.clip(x, -1, 1), where only rounding "
            "has left it.",
        )
    if name in ("remainder", "fmod", "floor_divide"):
        return Reason(
            "a division by 0", "Give the divisor a safe value: np.where(abs(y) > 1e-12, y, 1.0)."
        )
    if name in ("inv", "solve", "det", "slogdet"):
        return Reason(
            "a singular matrix", "Add a small multiple of the identity, or use np.linalg.lstsq."
        )
    if name in ("mean", "var", "std"):
        return Reason(
            f"0/0: the {name} of too few elements (an empty array or mask, or no more than ddof)",
            "Look at the shape before: x[mask] may be empty, and ddof=1 needs two elements.",
        )
    return Reason(
        "an overflow: the result is larger than float64 can hold (1.8e308)",
        "Work with logarithms, or scale the values down before this line.",
    )


def _of_division(equation: Equation, given: Sequence[Any]) -> Reason:
    top, bottom = (given if len(given) == 2 else (1.0, given[0])) if given else (1.0, 0.0)
    cure = (
        "Give the divisor a safe value inside, and choose outside: "
        "ok = abs(y) > 1e-12; np.where(ok, x / np.where(ok, y, 1.0), 0.0)."
    )
    if bottom == 0:
        return Reason("0/0" if top == 0 else "a division by 0", cure)
    return Reason("an overflow in a division by a tiny number", cure)


def _of_log(equation: Equation, x: Any, name: str) -> Reason:
    makers = _chain_up(equation)
    at_zero = x == (-1 if name == "log1p" else 0)
    what = "log of 0" if at_zero else "log of a negative number"
    if at_zero and (makers[:1] == ["softmax"] or makers[:2] == ["divide", "exp"]):
        return Reason(
            "log(softmax(x)), whose softmax has underflowed to 0",
            "Write ad.ops.nn.log_softmax(x), which never forms the softmax.",
        )
    naive = makers[:3] == ["divide", "add", "exp"] or makers[:3] == ["reciprocal", "add", "exp"]
    if at_zero and (makers[:1] == ["sigmoid"] or naive):
        return Reason(
            "log(sigmoid(x)), whose sigmoid has underflowed to 0",
            "Write -ad.ops.nn.softplus(-x).",
        )
    if at_zero and makers[:2] == ["sum", "exp"]:
        return Reason(
            "log(sum(exp(x))), whose terms have all underflowed to 0",
            "Write ad.ops.nn.logsumexp(x), which shifts by the largest first.",
        )
    return Reason(what, safe_where(f"np.{name}(x)", "x > -1" if name == "log1p" else "x > 0"))


def _of_exp(equation: Equation, users: Mapping[Equation, list[Equation]]) -> Reason:
    name = equation.op.name if equation.op else ""
    after = _chain_down(equation, users)
    if "log1p" in after[:1] or after[:2] == ["add", "log"]:
        return Reason(
            "log(1 + exp(x)), whose exp overflows",
            "Write ad.ops.nn.softplus(x), or np.logaddexp(0, x).",
        )
    if after[:2] in (["add", "divide"], ["add", "reciprocal"]) or after[:2] == ["add", "power"]:
        return Reason(
            "the naive sigmoid 1 / (1 + exp(-x)), whose exp overflows",
            "Write ad.ops.nn.sigmoid(x).",
        )
    if after[:2] == ["sum", "log"]:
        return Reason(
            "the naive log(sum(exp(x))), whose exp overflows", "Write ad.ops.nn.logsumexp(x)."
        )
    if "sum" in after and "divide" in after:
        return Reason(
            "the naive softmax exp(x) / sum(exp(x)), whose exp overflows",
            "Write ad.ops.nn.softmax(x), which shifts by the largest first.",
        )
    limit = {"exp2": 1024, "exp": 709.78, "expm1": 709.78}.get(name, 710.4)
    return Reason(
        f"an overflow: {name} of more than {limit:.6g} is larger than float64 can hold",
        "Work with the logarithm of the result, or scale the argument down before this line.",
    )


def _of_power(given: Sequence[Any]) -> Reason:
    base, exponent = given if len(given) == 2 else (given[0], 0.0)
    if base == 0:
        return Reason("0 to a negative power", safe_where("x**p", "abs(x) > 1e-12"))
    if np.isreal(base) and base < 0 and exponent != np.round(exponent):
        return Reason(
            "a negative number to a power that is not whole",
            "Take np.abs(x)**p, with np.sign(x) in front if the sign matters.",
        )
    return Reason(
        "an overflow: the power is larger than float64 can hold",
        "Work with logarithms, p * np.log(x), or scale x down.",
    )


def reason_of_slope(equation: Equation, given: Sequence[Any]) -> Reason:
    """Why a rule gave an infinite or NaN derivative although all values are finite."""
    op = equation.op
    name = op.name if op else ""
    x = given[0] if given else None
    if name == "sqrt" and x == 0:
        if _chain_up(equation)[:1] == ["sum"]:
            cure = "For a length write np.linalg.norm(x), whose derivative at 0 is 0."
        else:
            cure = safe_where("np.sqrt(x)", "x > 0")
        return Reason("the square root has an infinite slope at 0", cure)
    if name == "cbrt" and x == 0:
        return Reason(
            "the cube root has an infinite slope at 0", safe_where("np.cbrt(x)", "abs(x) > 1e-12")
        )
    if name in ("power", "float_power") and x == 0:
        return Reason(
            "x**p with p < 1 has an infinite slope at 0", safe_where("x**p", "abs(x) > 1e-12")
        )
    if name in ("arcsin", "arccos", "arccosh", "arctanh") and x is not None:
        return Reason(
            f"{name} has an infinite slope at the end of its domain",
            "Keep the argument a little inside: np.clip(x, -1 + 1e-12, 1 - 1e-12).",
        )
    if name == "arctan2":
        return Reason(
            "the angle of (0, 0) has no derivative",
            "Keep the point away from (0, 0), or choose the angle there with np.where.",
        )
    if name in ("divide", "reciprocal", *LOGS):
        return Reason(
            "an overflow: the slope 1/x at a tiny x is larger than float64 can hold",
            "Keep the argument away from 0: np.maximum(x, 1e-300).",
        )
    return Reason(
        "the local derivative is too large for float64, or is 0 * infinity",
        "Look at the operands of this op: rescale them, or keep them off this point.",
    )


LINES = ("getitem", "reshape", "expand_dims", "squeeze", "mean", "negative", "multiply", "subtract")
"""Ops that may stand between the parts of a naive formula."""


def _chain_up(equation: Equation, steps: int = 5) -> list[str]:
    """The names of the ops that made the first operand, nearest first."""
    names: list[str] = []
    for _ in range(steps):
        source = next((i for i in equation.inputs if i.__class__ is Equation), None)
        if source is None or source.op is None:
            break
        equation = source
        if equation.op is not None and equation.op.name not in LINES:
            names.append(equation.op.name)
    return names


def _chain_down(equation: Equation, users: Mapping[Equation, list[Equation]]) -> list[str]:
    """The names of the ops that use a value and their users, nearest first, at most three deep."""
    names: list[str] = []
    level = [equation]
    for _ in range(3):
        level = [user for one in level for user in users.get(one, [])][:20]
        names += [user.op.name for user in level if user.op and user.op.name not in LINES]
    return list(dict.fromkeys(names))


def operands_at(equation: Equation, element: tuple[int, ...]) -> list[Any]:
    """The operands of an elementwise op at one element of its result."""
    shape = np.shape(ground(equation.value))
    found = []
    for primal in equation.primals:
        plain = np.asarray(ground(primal))
        try:
            found.append(np.broadcast_to(plain, shape)[element])
        except (ValueError, IndexError):
            found.append(plain.flat[0] if plain.size == 1 else np.nan)
    return found
