"""The reference table of the registry, written by the rules themselves."""

from __future__ import annotations

import inspect

from autodiff.core.language.display.table import table as text_table
from autodiff.core.language.numpy_calls.signatures import describe
from autodiff.core.language.op import Op
from autodiff.core.language.registry import registry
from autodiff.core.values.symbol import write_partial


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


def modes_text(op: Op) -> str:
    """Which modes the op has: both, but for constants."""
    return "–" if op.kind == "constant" else "forward, reverse"


def domain_text(op: Op) -> str:
    """Where the op's arguments are drawn from in the tests, which is inside its domain."""
    return ", ".join(f"{low:g} .. {high:g}" for low, high in op.domain)


HEADER = ("name", "function", "kind", "local derivative", "modes", "kinks", "tried on")


def rows() -> list[tuple[str, ...]]:
    """A row an op, in the order of the page: differentiable ones first, by name."""
    return [
        (
            op.name,
            public_name(op),
            op.kind,
            derivative_text(op),
            modes_text(op),
            str(op.kinks),
            domain_text(op),
        )
        for op in sorted(registry, key=lambda op: (op.kind == "constant", op.name))
    ]


def public_name(op: Op) -> str:
    """The function that calls the op, as a student writes it."""
    name = describe(op.public)
    return name if "." in name else f"ops[{op.name!r}]"


SHORT = ("name", "kind", "local derivative", "kinks")
"""The columns that a narrow terminal has room for; one op by its name has all of them."""


def table(name: str | None = None, width: int | None = None) -> str:
    """Every op, or one: name, function, kind, local derivative, modes, behaviour at kinks.

    With a `width` no line is longer; in the table of all ops four columns must do then.

    >>> print(table("tanh"))
    name  function  kind         local derivative  modes             kinks  tried on
    ----  --------  -----------  ----------------  ----------------  -----  --------
    tanh  np.tanh   elementwise  ∂x = 1 - ans**2   forward, reverse
    """
    chosen = [row for row in rows() if name in (None, row[0])]
    if width is None or name is not None:
        return text_table(HEADER, chosen, width=width)
    kept = [HEADER.index(column) for column in SHORT]
    return text_table(SHORT, [tuple(row[k] for k in kept) for row in chosen], width=width)


def markdown() -> str:
    """The reference page as Markdown.

    >>> print(markdown().splitlines()[2])
    | name | function | kind | local derivative | modes | kinks | tried on |
    """
    lines = [HEADER, ("---",) * len(HEADER), *rows()]
    cells = ("| " + " | ".join(cell.replace("|", "\\|") for cell in line) + " |" for line in lines)
    return "\n".join(("# The operations", "", *cells, ""))


def html() -> str:
    """The reference page as one self-contained HTML page."""
    from html import escape

    head = "".join(f"<th>{name}</th>" for name in HEADER)
    body = "\n".join(
        "<tr>" + "".join(f"<td>{escape(cell)}</td>" for cell in row) + "</tr>" for row in rows()
    )
    style = "body{font:15px sans-serif;margin:2em}td,th{text-align:left;padding:.2em .8em}"
    return (
        "<!doctype html><html lang=en><meta charset=utf-8><title>autodiff: the operations</title>"
        f"<style>{style}tr:nth-child(even){{background:#8881}}:root{{color-scheme:light dark}}"
        f"</style><h1>The operations</h1><table><tr>{head}</tr>\n{body}</table></html>\n"
    )
