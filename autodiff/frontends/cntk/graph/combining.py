"""`combine`: a function of several outputs, whose graph is that of all of them."""

from __future__ import annotations

from typing import Any

from autodiff.core.language.equation import history
from autodiff.frontends.cntk.graph.functions import Function, as_function, exchanged
from autodiff.frontends.common.written import replaced


class Combination(Function):
    """Several outputs over one graph; as an operand it is the first of them."""

    def __init__(self, parts: list[Function]) -> None:
        super().__init__(parts[0].node, parts[0].shape)
        self.parts = parts

    outputs = property(lambda self: list(self.parts))

    def _leaves(self, kind: str) -> list[Any]:
        nodes = history([part.node for part in self.parts])
        return [e.note["leaf"] for e in nodes if (e.note or {}).get("kind") == kind]

    def __call__(self, *args: Any, **named: Any) -> Function:
        """The same parameters over other inputs, for each output."""
        exchange = exchanged(self.arguments, args, named)
        nodes = replaced([part.node for part in self.parts], exchange)
        return Combination([Function(n, p.shape) for n, p in zip(nodes, self.parts, strict=True)])

    def eval(self, arguments: Any = None) -> Any:
        """The value of each output, by the output."""
        own = self.arguments
        given = arguments or {}
        given = given if isinstance(given, dict) else {own[0]: given}
        return {
            part: part.eval({k: v for k, v in given.items() if k in part.arguments})
            for part in self.parts
        }

    forward = eval


def combine(*operands: Any) -> Function:
    """One function with the outputs of all; that of one output is that one.

    >>> from autodiff.frontends import cntk as C
    >>> x = C.input_variable(1)
    >>> both = C.combine([x + 1, x * 2])
    >>> [value.ravel().tolist() for value in both.eval({x: [[3.0]]}).values()]
    [[4.0], [6.0]]
    """
    found = list(operands[0]) if isinstance(operands[0], list | tuple) else list(operands)
    parts = [part for operand in found for part in as_function(operand).outputs]
    return Combination(parts) if len(parts) > 1 else parts[0]
