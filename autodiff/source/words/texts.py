"""A piece of an expression's text, and how tightly it binds: when an operand needs parentheses."""

from __future__ import annotations

from typing import NamedTuple

ATOM, POWER, UNARY, PRODUCT, SUM = 16, 14, 13, 12, 11
BINDING = {
    **dict.fromkeys(("<", "<=", ">", ">=", "==", "!="), 6),
    "|": 7, "^": 8, "&": 9, "<<": 10, ">>": 10, "+": SUM, "-": SUM,
    **dict.fromkeys(("*", "/", "//", "%", "@"), PRODUCT), "**": POWER,
}  # fmt: skip


class Text(NamedTuple):
    """An expression, and how tightly it binds."""

    text: str
    binding: int = ATOM

    def within(self, binding: int) -> str:
        """The text where an operand must bind at least so tightly."""
        return self.text if self.binding >= binding else f"({self.text})"
