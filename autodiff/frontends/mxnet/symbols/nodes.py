"""The equations of a symbol: a variable, or an op of the table over outputs of others.

An equation's note says what the engine does not ask for: the op's entry and settings, and which
output of each parent is read.
"""

from __future__ import annotations

from typing import Any

from autodiff.core.language.equation import Equation
from autodiff.frontends.common.written import code_op, source, write
from autodiff.frontends.mxnet.table.entries import Entry


def variable(name: str, **note: Any) -> Equation:
    """An input, whose array comes when the symbol is bound."""
    untold = dict.fromkeys(("shape", "init", "lr_mult", "wd_mult"))
    return source(name, None, **{"from": [], **untold, **note})


def applied(
    entry: Entry, parents: list[tuple[Equation, int]], settings: dict[str, Any], name: str
) -> Equation:
    """An op over outputs of other equations."""
    outputs = settings.get("num_outputs", 1) if entry.outputs == 0 else entry.outputs
    made = write(code_op(entry.name, entry.run), [p for p, _ in parents], {}, None)
    made.note = {
        "name": name, "entry": entry, "settings": settings, "from": parents, "outputs": outputs,
    }  # fmt: skip
    return made


def output_name(node: Equation, place: int) -> str:
    """The name of one of its outputs."""
    if node.op is None:
        return str(node.name)
    several = node.note.get("outputs", 1) > 1
    return f"{node.name}_output{place if several else ''}"
