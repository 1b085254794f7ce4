r"""Small programs as formulas, with the numbers beside: what one writes on a board.

A product of elements is written with a circled dot, a product of matrices without a sign, the
derivative of the result y by a value h as dy/dh, a tangent of h with a dot over it.

>>> import numpy as np
>>> import autodiff as ad
>>> print(ad.source(lambda x: np.sin(x) * x, 2.0, to="latex"))
\begin{aligned}
y &= \sin\left(x\right) \, x &&= 1.82
\end{aligned}
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import numpy as np

from autodiff.core.ground.errors import UnsupportedError
from autodiff.source.languages.latex_forms import FORMS, INDEXED, within
from autodiff.source.records.nodes import Node, changed
from autodiff.source.records.running import Recording
from autodiff.source.rewriting.body import Body
from autodiff.source.text.lines import is_conversion
from autodiff.source.text.module import Module
from autodiff.source.text.statements import Statements
from autodiff.source.text.writer import inputs_of
from autodiff.source.words.expressions import is_flipped
from autodiff.source.words.notation import (
    digit,
    digits,
    is_small,
    matrix,
    numbers,
    operator,
    symbol,
    times,
)
from autodiff.source.words.texts import ATOM, BINDING, POWER, PRODUCT, UNARY, Text

MOST = 40
"""A program of more formulas is not for a board."""
RELATIONS = {"<": "<", "<=": "\\le", ">": ">", ">=": "\\ge", "==": "=", "!=": "\\ne"}


class Formulas:
    """A program as LaTeX: typeset in a notebook; `.save("f.tex")` writes a document."""

    def __init__(self, name: str, rows: list[str], doc: str) -> None:
        self.name, self.doc = name, doc
        self.rows = rows
        self.text = "\\begin{aligned}\n" + " \\\\\n".join(rows) + "\n\\end{aligned}"

    def __str__(self) -> str:
        return self.text

    def __repr__(self) -> str:
        return f"<{self.name} in {len(self.rows)} formulas; print it, save it>"

    def _repr_latex_(self) -> str:
        return f"$$\n{self.text}\n$$"

    _repr_markdown_ = _repr_latex_

    def save(self, path: str | Path) -> Path:
        """Write a document that LaTeX compiles as it stands."""
        path = Path(path)
        doc = re.sub(r"([_&%#])", r"\\\1", self.doc)
        lines = [
            r"\documentclass{article}", r"\usepackage{amsmath, amssymb}", r"\begin{document}",
            rf"\noindent {doc}", r"\[", self.text, r"\]", r"\end{document}",
        ]  # fmt: skip
        path.write_text("\n".join(lines) + "\n", encoding="utf-8")
        return path


class Board:
    """Writes a body as formulas."""

    def __init__(self, recording: Recording, body: Body, name: str, of: str) -> None:
        self.recording, self.body = recording, body
        self.of = of if "y" in recording.names else "y"
        """What the result is called: y, as in the drawings, or where y is given as f is called."""
        self.naming = Statements(Module(name, list(recording.names)), body, lambda _: None)
        self.texts: dict[Node, Text] = {}
        self.values: dict[Node, Any] = {}
        self.rows: list[str] = []
        self.shown: dict[Node, str] = {}
        self._inputs()
        for node in body.nodes:
            self.statement(node)
        for place, out in enumerate(body.outputs):
            self.result(place, out)

    def _inputs(self) -> None:
        pairs = zip(inputs_of(self.recording.nodes), inputs_of(self.body.nodes), strict=True)
        new = dict(pairs)
        for argument in self.recording.inputs:
            assert argument.node is not None
            self._given(new[argument.node], argument.path, argument.value)
        for one in self.recording.captured:
            self._given(new[one], one.call.name, one.value)

    def _given(self, node: Node, path: str, value: Any) -> None:
        inner = re.sub(r"^.*?\[['\"]([A-Za-z]\w*)['\"]\]$", r"\1", path)  # p['W'] is W
        label = re.sub(r"\W+", "_", inner).strip("_")
        self.naming.labels[node] = label
        self.texts[node] = Text(symbol(label), INDEXED)
        self.values[node] = value

    # -- rows ------------------------------------------------------------------------------------

    def statement(self, node: Node) -> None:
        """One call: a row of its own, or a part of another's."""
        if node.call.kind == "input":
            return
        if node.target is not None or isinstance(node.value, tuple | list):
            raise UnsupportedError(
                f"{node.call.name} changes an array in place or has several results, for which "
                "there is no formula. Write the program with to='numpy'."
            )
        if is_conversion(node):
            self.values[node] = self.values[node.args[0]]
            self.texts[node] = self.texts[node.args[0]]
            self.naming.labels[node] = self.naming.labels[node.args[0]]
            return
        args, kwargs = changed((node.args, node.kwargs), self.value)
        self.values[node] = node.call.function(*args, **kwargs)
        text = self.expression(node) if node.dynamic else self.leaf(self.values[node])
        if self.naming.is_bound(node) and node.dynamic:
            wanted = self.naming.wanted(node)
            name = self.naming.names.new(wanted) if wanted else next(self.naming.temporaries)
            if wanted or not node.role:
                self.naming.labels[node] = name
            shown = self.named(node, name)
            self.row(shown, text, self.values[node])
            self.shown[node] = shown
            self.texts[node] = Text(shown, POWER if "frac" in shown else INDEXED)
        else:
            self.texts[node] = text

    def value(self, leaf: Any) -> Any:
        """The value of a leaf of the arguments."""
        return self.values[leaf] if leaf.__class__ is Node else leaf

    def named(self, node: Node, name: str) -> str:
        """The name of a row: of a derivative as a fraction, of a tangent with a dot."""
        mode, of = self.body.derivative_of.get(node, ("", None))
        label = self.naming.labels.get(of, "") if of is not None else ""
        if not label or (not node.role and self.naming.user_name(node)):
            return symbol(name)
        last = self.naming.last.get((mode, of)) is node
        part = "" if last else name.rpartition("_")[2]
        if mode == "t":
            return f"\\dot{{{symbol(label)}}}" + (f"_{{({part})}}" if part else "")
        own = self.derivative(label)
        return f"\\left({own}\\right)_{{{part}}}" if part else own

    def row(self, name: str, text: Text, value: Any) -> None:
        """One formula."""
        self.rows.append(f"{name} &= {text.text} &&{numbers(value)}")
        if len(self.rows) > MOST:
            raise UnsupportedError(
                f"this program has more than {MOST} formulas; LaTeX is for small ones. Take fewer "
                "steps or layers, or to='numpy', where repeated steps are a loop."
            )

    def result(self, place: int, out: Any) -> None:
        """What comes out, where no row is called so."""
        if out.__class__ is not Node:
            return
        mode, of = self.body.derivative_of.get(out, ("", None))
        label = self.naming.labels.get(of, "") if of is not None else ""
        if mode == "d" and label:
            name = self.derivative(label)
        elif mode == "t" and label:
            name = f"\\dot{{{symbol(label)}}}"
        elif out in self.shown:
            return
        else:
            name = symbol(self.of) if len(self.body.outputs) == 1 else f"r_{{{place + 1}}}"
        if name not in self.shown.values():
            self.row(name, self.texts[out], self.values[out])
            self.shown[out] = name

    def derivative(self, label: str) -> str:
        """The derivative of the result by a value."""
        space = " " if len(self.of) == 1 else "\\,"
        return f"\\frac{{\\mathrm{{d}}{space}{symbol(self.of)}}}{{\\mathrm{{d}} {symbol(label)}}}"

    # -- expressions -----------------------------------------------------------------------------

    def leaf(self, arg: Any) -> Text:
        """An operand."""
        if arg.__class__ is Node:
            return self.texts[arg]
        if isinstance(arg, np.ndarray) and arg.size and np.all(arg == arg.flat[0]):
            return self.leaf(arg.flat[0])
        if isinstance(arg, np.ndarray):
            return Text(matrix(arg) if is_small(arg) else f"C_{{{times(arg.shape)}}}")
        if isinstance(arg, tuple) and len(arg) == 1:
            return self.leaf(arg[0])
        if isinstance(arg, list | tuple):
            return Text(f"\\left({', '.join(self.leaf(part).text for part in arg)}\\right)")
        if isinstance(arg, bool | np.bool_) or arg is None or isinstance(arg, str):
            return Text(f"\\text{{{arg}}}")
        if isinstance(arg, int | float | np.generic):
            text = digits(arg)
            return Text(text, UNARY if text.startswith("-") else ATOM)
        return Text(f"\\text{{{getattr(arg, '__name__', arg)}}}".replace("_", "\\_"))

    def expression(self, node: Node) -> Text:
        """The formula of a call."""
        kind, name, args = node.call.kind, node.call.name, node.args
        plain = name.rpartition(".")[2]
        if kind == "operator" and len(args) == 2:
            return self.binary(name, *args)
        if (kind == "operator" and name == "-") or plain == "negative":
            return Text(f"-{within(self.leaf(args[0]), UNARY + 1)}", UNARY)
        if kind == "op":
            return self.folded(node)
        if plain in FORMS:
            found = FORMS[plain](self, node)
            if found is not None:
                return found
        if kind == "getitem":
            return Text(f"{within(self.leaf(args[0]), ATOM)}_{{{self.index(args[1])}}}")
        if kind == "attribute" or (plain == "transpose" and is_flipped(node)):
            raised = {"T": "^{\\top}", "mT": "^{\\top}", "transpose": "^{\\top}"}.get(plain)
            if raised:
                return Text(f"{within(self.leaf(args[0]), INDEXED)}{raised}", POWER)
        shown = [self.leaf(arg).text for arg in args]
        shown += [f"\\text{{{key}}}={self.leaf(arg).text}" for key, arg in node.kwargs.items()]
        return Text(f"{operator(plain)}\\left({', '.join(shown)}\\right)")

    def binary(self, sign: str, left: Any, right: Any) -> Text:
        """Two operands and a sign."""
        one, other = self.leaf(left), self.leaf(right)
        if sign == "*" and is_column(left) and np.ndim(self.value(right)) == 1:
            column = within(self.leaf(left.args[0]), POWER)
            return Text(f"{column} \\otimes {within(other, PRODUCT + 1)}", PRODUCT)
        if sign == "/":
            return Text(f"\\frac{{{one.text}}}{{{other.text}}}", PRODUCT)
        if sign == "**":
            circle = "\\odot " if np.ndim(self.value(left)) else ""
            return Text(f"{within(one, INDEXED)}^{{{circle}{other.text}}}", POWER)
        own = BINDING[sign]
        if sign == "*":
            both = np.ndim(self.value(left)) and np.ndim(self.value(right))
            between = " \\odot " if both else " \\cdot " if digit(other.text) else " \\, "
        elif sign == "@":
            between = " \\, "
        else:
            between = f" {RELATIONS.get(sign, sign)} ".replace("%", "\\bmod").replace("&", "\\land")
        last = f"\\left({other.text}\\right)" if other.text.startswith("-") else ""
        return Text(f"{within(one, own)}{between}{last or within(other, own + (sign != '+'))}", own)

    def index(self, index: Any) -> str:
        """What stands below: whole numbers and ranges."""
        if isinstance(index, tuple):
            return ", ".join(self.index(part) for part in index)
        if isinstance(index, slice):
            ends = ["" if e is None else self.leaf(e).text for e in (index.start, index.stop)]
            return ":".join(ends) if any(ends) else ":"
        if index is None:
            return "\\text{new}"
        return "\\ldots" if index is Ellipsis else self.leaf(index).text

    def folded(self, node: Node) -> Text:
        """An op of several calls, by its name."""
        shown = ", ".join(self.leaf(arg).text for arg in node.args)
        return Text(f"{operator(node.call.name)}\\left({shown}\\right)")


def is_column(value: Any) -> bool:
    """Whether this is a vector with a new last axis, `x[:, None]`."""
    if value.__class__ is not Node or value.call.kind != "getitem":
        return False
    index = value.args[1]
    return np.ndim(value.args[0].value) == 1 and index in ((..., None), (slice(None), None))
