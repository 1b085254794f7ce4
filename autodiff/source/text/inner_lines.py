"""The functions inside of a written program: one for each op that is several calls of NumPy.

Such a function has no checks, no comments and no names of the user's, and needs nothing but what it
is given: an array that is too long to be written out is the program's argument by keyword, and the
function's by place.
"""

from __future__ import annotations

from typing import Protocol

import numpy as np

from autodiff.source.records.nodes import Node
from autodiff.source.rewriting.body import Body
from autodiff.source.words.expressions import Expressions
from autodiff.source.words.names import Names
from autodiff.source.words.texts import Text
from autodiff.source.words.wrapping import wrapped


class Program(Protocol):
    """What a function asks of the program that it is written into."""

    expressions: Expressions
    by_id: dict[int, str]
    """The arguments by keyword, by the arrays that they stand for."""

    def array(self, array: np.ndarray) -> Text:
        """A constant array: written out, or an argument by keyword."""

    def define(self, node: Node) -> tuple[str, list[str]]:
        """A function that the program defines, and the arguments by keyword that it takes."""

    def require(self, name: str) -> None:
        """Import what a name is of."""


class InnerLines:
    """The lines of a function for an op: no checks, no comments, no names of the user's."""

    def __init__(
        self, outer: Program, body: Body, args: dict[Node, Text], parameters: tuple[str, ...]
    ) -> None:
        self.lines: list[str] = []
        self.constants: dict[str, str] = {}
        """The parameters that stand for arrays of the program, and their names there."""
        self.outer = outer
        self.texts = dict(args)
        self.expressions = Expressions(self.texts, self.array, self.define)
        self.expressions.special.update(outer.expressions.special)
        self.expressions.lists = outer.expressions.lists
        self.names = Names([*parameters, "np"])
        self.write(body)

    def write(self, body: Body) -> None:
        """A line for what is used more than once, or long; all else stands where it is used."""
        uses = body.uses()
        for node in body.nodes:
            self.outer.require(node.call.name)
            text = self.expressions.call(node)
            if node is body.nodes[-1]:
                self.lines += wrapped(f"return {text.text}", 1)
            elif uses.get(node, 0) > 1 or len(text.text) > 40:
                name = next(self.names.numbered())
                self.lines += wrapped(f"{name} = {text.text}", 1)
                self.texts[node] = Text(name)
            else:
                self.texts[node] = text

    def array(self, array: np.ndarray) -> Text:
        """A constant array: written out, or one more parameter."""
        text = self.outer.array(array)
        return Text(self.parameter(text.text)) if id(array) in self.outer.by_id else text

    def define(self, node: Node) -> tuple[str, list[str]]:
        """A function that this one calls."""
        name, constants = self.outer.define(node)
        return name, [self.parameter(own) for own in constants]

    def parameter(self, constant: str) -> str:
        """The parameter that stands for an array of the program."""
        for own, known in self.constants.items():
            if known == constant:
                return own
        own = self.names.new("constant")
        self.constants[own] = constant
        return own
