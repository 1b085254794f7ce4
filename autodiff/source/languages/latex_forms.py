"""Functions that have a notation of their own on a board: roots, absolute values, sums, cases."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from autodiff.source.records.nodes import Node
from autodiff.source.words.texts import POWER, PRODUCT, Text


def within(text: Text, binding: int) -> str:
    """An operand in brackets that grow with it, where it binds less tightly."""
    return text.text if text.binding >= binding else f"\\left({text.text}\\right)"


INDEXED = 15
"""How tightly a symbol with an index binds: it may have a power, and no other index."""
Form = Callable[[Any, Node], "Text | None"]


def _around(left: str, right: str) -> Form:
    def write(board: Any, node: Node) -> Text | None:
        return Text(f"{left}{board.leaf(node.args[0]).text}{right}")

    return write


def _sum(word: str) -> Form:
    def write(board: Any, node: Node) -> Text | None:
        axis = node.kwargs.get("axis", node.args[1] if len(node.args) > 1 else None)
        if node.call.name.endswith(".reduce"):
            axis = 0 if axis is None else axis
        below = f"_{{\\text{{axis }} {board.leaf(axis).text}}}" if axis is not None else ""
        own = within(board.leaf(node.args[0]), PRODUCT)
        return Text(f"{word}{below} {own}", PRODUCT) if word == "\\sum" else None

    return write


def _chosen(board: Any, node: Node) -> Text | None:
    if len(node.args) != 3:
        return None
    condition, one, other = (board.leaf(arg).text for arg in node.args)
    return Text(
        f"\\begin{{cases}} {one} & \\text{{if }} {condition} \\\\ "
        f"{other} & \\text{{else}} \\end{{cases}}",
        1,
    )


def _power(exponent: str) -> Form:
    def write(board: Any, node: Node) -> Text | None:
        circle = "\\odot " if np.ndim(board.value(node.args[0])) else ""
        return Text(f"{within(board.leaf(node.args[0]), INDEXED)}^{{{circle}{exponent}}}", POWER)

    return write


def _itself(board: Any, node: Node) -> Text | None:
    return board.texts.get(node.args[0]) if len(node.args) == 1 else None


FORMS: dict[str, Form] = {
    "sqrt": _around("\\sqrt{", "}"), "absolute": _around("\\left|", "\\right|"),
    "abs": _around("\\left|", "\\right|"), "floor": _around("\\left\\lfloor ", "\\right\\rfloor"),
    "ceil": _around("\\left\\lceil ", "\\right\\rceil"), "sum": _sum("\\sum"),
    "reduce": _sum("\\sum"), "where": _chosen, "square": _power("2"), "reciprocal": _power("-1"),
    "float64": _itself, "asarray": _itself, "copy": _itself, "array": _itself,
}  # fmt: skip
"""Functions with a notation of their own."""
