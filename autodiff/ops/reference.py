"""The reference table of the registry, written by the rules themselves."""

from __future__ import annotations

import inspect

from autodiff.core.op import Op, describe
from autodiff.core.program import table as text_table
from autodiff.core.registry import registry
from autodiff.core.symbol import write_partial


def argument_names(op: Op) -> list[str]:
    """The names of an op's differentiable arguments, as its first written partial has them."""
    for rule in op.partials:
        if callable(rule):
            return list(inspect.signature(rule).parameters)[1 : 1 + (op.arity or 1)]
    return ["x", "y", "z"][: op.arity or 1]


def derivative_text(op: Op) -> str:
    """The local derivative as a formula: `1 - ans**2`, or the kind of rule it has."""
    if op.kind == "elementwise":
        names = argument_names(op)
        formulas = [write_partial(partial, names, "ans") or "–" for partial in op.partials]
        return ",  ".join(f"∂{n} = {f}" for n, f in zip(names, formulas, strict=False))
    return {
        "reduction": "sum of weight * dx",
        "linear": "the op itself; transposed in reverse",
        "bilinear": "op(dx, y) + op(x, dy)",
        "constant": "none (works on the value)",
        "primitive": op.why,
    }[op.kind]


def table() -> str:
    """Every op: name, NumPy function, kind, local derivative, behaviour at kinks.

    >>> print(table().splitlines()[0].split())
    ['name', 'function', 'kind', 'local', 'derivative', 'kinks']
    """
    rows = [
        (op.name, describe(op.public), op.kind, derivative_text(op), op.kinks)
        for op in sorted(registry, key=lambda op: (op.kind == "constant", op.name))
    ]
    return text_table(("name", "function", "kind", "local derivative", "kinks"), rows)
