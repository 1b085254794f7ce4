"""Expressions as text and as pictures: `debugprint`, `pp`, `Print`, `pydotprint`."""

from __future__ import annotations

import sys
from typing import Any

import numpy as np

from autodiff.core.language.equation import Equation, history
from autodiff.core.language.kinds import linear
from autodiff.frontends.common.options import only
from autodiff.frontends.theano.variables import Variable
from autodiff.frontends.theano.writing import apply_op, as_variable


def debugprint(obj: Any, depth: int = -1, print_type: bool = False, file: Any = None) -> Any:
    """Print an expression, or a compiled function, as a tree; `file="str"` returns the text."""
    nodes = getattr(obj, "outputs", None) or (obj if isinstance(obj, list) else [obj])
    nodes = [n.node if isinstance(n, Variable) else n for n in nodes]
    ids: dict[Any, str] = {}
    lines: list[str] = []

    def letter(node: Any) -> tuple[str, bool]:
        new = node not in ids
        if new:
            count = len(ids)
            ids[node] = (
                chr(65 + count) if count < 26 else f"{chr(64 + count // 26)}{chr(65 + count % 26)}"
            )
        return ids[node], new

    def show(node: Any, indent: str) -> None:
        sign, new = letter(node)
        type = f" <{node.value}>" if print_type else ""
        lines.append(f"{indent}{_title(node)} [id {sign}]{type}")
        if new and (depth < 0 or indent.count("|") < depth):
            for parent in node.inputs:
                if parent.__class__ is Equation:
                    show(parent, f"{indent} |")

    for node in nodes:
        show(node, "")
    text = "\n".join(lines) + "\n"
    if file == "str":
        return text
    print(text, end="", file=file or sys.stdout)
    return None


def _title(node: Equation) -> str:
    if node.op is None:
        constant = (node.note or {}).get("constant")
        if constant is not None:
            return f"TensorConstant{{{constant}}}" if constant.size < 4 else "TensorConstant"
        return node.name or f"<{node.value}>"
    kind = {"elementwise": "Elemwise{%s}", "reduction": "Reduce{%s}"}.get(node.op.kind, "%s")
    return kind % node.op.name


INFIX = {"add": "+", "subtract": "-", "multiply": "*", "divide": "/", "power": "**"}


def pp(variable: Variable) -> str:
    """An expression as one line.

    >>> from autodiff.frontends.theano import tensor as T
    >>> x = T.dscalar("x")
    >>> pp(x**2 + 1)
    '((x ** TensorConstant{2}) + TensorConstant{1})'
    """

    def show(node: Any) -> str:
        if node.__class__ is not Equation:
            return str(node)
        if node.op is None:
            return _title(node)
        sign = INFIX.get(node.op.name)
        parts = [show(i) for i in node.inputs]
        if sign and len(parts) == 2:
            return f"({parts[0]} {sign} {parts[1]})"
        return f"{node.op.name}({', '.join(parts)})"

    return show(variable.node)


pprint = pp


class Print:
    """`Print("message")(x)` is x, and prints its value whenever a function computes it."""

    def __init__(self, message: str = "", attrs: Any = ("__str__",)) -> None:
        self.message, self.attrs = message, attrs

    def __call__(self, x: Any) -> Variable:
        """x, as a node that prints."""
        x = as_variable(x)

        def run(value: Any) -> Any:
            for name in self.attrs:
                found = getattr(np.asarray(value), name)
                print(self.message, name, "=", found() if callable(found) else found)
            return value

        op = linear(run, lambda ct, v: ct, name="Print", private=True)
        return apply_op(op, (x,), x.type)


def pydotprint(fct: Any, outfile: str = "graph.svg", **options: Any) -> None:
    """Write the picture of a function or an expression to a file."""
    only(
        "pydotprint",
        options,
        "compact",
        "format",
        "with_ids",
        "high_contrast",
        "cond_highlight",
        "colorCodes",
        "max_label_size",
        "scan_graphs",
        "var_with_name_simple",
        "print_output_file",
        "assert_nb_all_strings",
    )
    import autodiff as ad

    ad.draw(fct).save(outfile)


def subject(variable: Variable) -> Any:
    """What `ad.draw(x)` draws."""
    return subject_of_nodes(variable.name or "the expression", [variable.node])


def subject_of_nodes(title: str, outputs: list[Equation]) -> Any:
    """What `ad.draw` shows of equations that are not computed yet."""
    from autodiff.frontends.common.picture import written_subject

    return written_subject(title, history(outputs), outputs)


Variable.as_subject = lambda self, ran=None: subject(self)  # type: ignore[attr-defined]
