"""Calls as statements: which values get a line and a name, and which stand inside of another's.

A value has a line of its own where it is used more than once, where the user gave it a name, or
where it is the derivative of what has one; all else is written where it is used.
"""

from __future__ import annotations

import itertools
import sys
from collections.abc import Callable

import numpy as np

from autodiff.core.ground.errors import UnsupportedError
from autodiff.source.guards.helpers import HELPERS
from autodiff.source.records.nodes import Node
from autodiff.source.rewriting.body import Body, is_steady
from autodiff.source.rewriting.simplify import simplified_calls
from autodiff.source.text.inner_lines import InnerLines
from autodiff.source.text.lines import added_to, is_conversion, is_item, last_derivatives, long_sums
from autodiff.source.text.module import INDENT, Module
from autodiff.source.words.expressions import Expressions, is_cheap
from autodiff.source.words.literals import array_literal, constant
from autodiff.source.words.names import Names, line_of, same_code, user_name
from autodiff.source.words.texts import Text
from autodiff.source.words.wrapping import WIDTH, wrapped


class Statements:
    """Writes the calls of a body into a module, one after another."""

    def __init__(
        self,
        module: Module,
        body: Body,
        name_of: Callable[[np.ndarray], str | None],
    ) -> None:
        self.module, self.body, self.name_of = module, body, name_of
        self.names = Names([module.name, *module.parameters, *HELPERS])
        self.temporaries = self.names.numbered()
        self.texts: dict[Node, Text] = {}
        self.labels: dict[Node, str] = {}
        self.inlined: set[Node] = set()
        self.written: dict[Node, str] = {}
        """The lines that make the values with a line of their own."""
        self.by_id: dict[int, str] = {}
        self.expressions = Expressions(self.texts, self.array, self.define)
        self.last = {pair: added_to(node) for pair, node in last_derivatives(body).items()}
        self.parts: dict[tuple[str, Node], int] = {}
        self.uses = body.uses()
        self.given: dict[Node, str] = {}
        self.several_parts: dict[Node, dict[int, Node]] = {}
        for node in body.nodes:
            if node.call.kind == "part":
                self.several_parts.setdefault(node.args[0], {})[node.args[1]] = node
        self.line = ""
        self.reading = False
        """Whether the text is for a reader, and short names may be written again and again."""
        self.chained = long_sums(body, self.uses)

    def put(self, text: str) -> None:
        """One logical line."""
        self.module.logical.append(text)
        self.module.lines += wrapped(text, 1)

    def helper(self, name: str) -> str:
        """A helper's name; the module brings it along from now on."""
        self.module.helpers[name] = None
        return name

    def array(self, array: np.ndarray) -> Text:
        """A constant array: written out, or an argument by keyword."""
        wanted = self.name_of(array)
        literal = None if wanted else array_literal(array)
        if literal is not None:
            return Text(literal)
        if id(array) not in self.by_id:
            name = self.names.new(wanted or "constant")
            self.by_id[id(array)] = name
            self.module.captured[name] = array
        return Text(self.by_id[id(array)])

    def statement(self, node: Node) -> None:
        """Write a node down, or keep its text for the one place where it is used."""
        if node.target is not None:
            self.comment(node)
            self.put(self.effect(node))
            return
        if isinstance(node.value, tuple | list):
            self.several(node)
            return
        if node.call.kind == "part":
            return
        if not node.dynamic and is_steady(node):
            self.texts[node] = own = self.static(node)
            if len(own.text) > WIDTH and self.uses.get(node, 0) > 1:
                self.assign(node, next(self.temporaries), own)
            return
        self.require(node.call.name)
        if self.is_bound(node):
            self.bind(node)
            return
        text = self.composed(node, 0)
        self.texts[node] = text
        self.inlined.add(node)

    def static(self, node: Node) -> Text:
        """A value that depends on no input: written out, or as the call that makes it."""
        self.require(node.call.name)
        text, value = self.expressions.call(node), node.value
        if isinstance(value, np.ndarray):
            literal = array_literal(value)
            own = Text(literal) if literal is not None else text
        else:
            own = constant(value)
        return own if len(own.text) < len(text.text) else text

    def is_bound(self, node: Node) -> bool:
        """Whether a value gets a line of its own."""
        if not node.dynamic and not node.root.written:
            return False
        if node.root.written or any(one.root.written for one in node.operands):
            return True
        if is_cheap(node):
            return False
        if node in self.chained:
            return True
        if self.reading and is_item(node):
            return False
        if self.uses.get(node, 0) > 1:
            return True
        return self.is_named(node)

    def is_named(self, node: Node) -> bool:
        """Whether the user, or what it is the derivative of, has a name for a value."""
        mode, of = self.body.derivative_of.get(node, ("", None))
        return bool((not node.role and self.user_name(node)) or (mode and self.labels.get(of)))

    def user_name(self, node: Node) -> str:
        """The user's name of a value, looked up once."""
        if node not in self.given:
            self.given[node] = user_name(node)
        return self.given[node]

    def wanted(self, node: Node) -> str:
        """The name that a value should have, or ''."""
        mode, of = self.body.derivative_of.get(node, ("", None))
        if not node.role:
            own = self.user_name(node)
            if own or not mode:
                return own
        label = self.labels.get(of, "") if of is not None else ""
        if not label:
            return ""
        if self.last[mode, of] is node:
            return f"{mode}_{label}"
        self.parts[mode, of] = self.parts.get((mode, of), 0) + 1
        return f"{mode}_{label}_{self.parts[mode, of]}"

    def bind(self, node: Node) -> None:
        """Give a value a name and a line of its own."""
        wanted = self.wanted(node)
        text = self.composed(node, len(wanted) + 7)
        name = self.names.new(wanted) if wanted else next(self.temporaries)
        if is_conversion(node) and self.uses[node.args[0]] == 1:
            name = self.texts[node.args[0]].text  # x = np.float64(x)
            wanted = self.labels[node.args[0]]
        self.assign(node, name, text)
        if wanted or node.role == "":
            self.labels[node] = name

    def assign(self, node: Node, name: str, text: Text) -> None:
        """The line that gives a value its name."""
        line = f"{name} = {text.text}"
        self.comment(node, line)
        self.put(line)
        self.written[node] = line
        self.texts[node] = Text(name)
        self.inlined.discard(node)

    def composed(self, node: Node, width: int) -> Text:
        """The expression of a node, of which long parts get lines of their own."""
        while True:
            text = self.expressions.call(node)
            long = [
                one
                for one in node.operands
                if one in self.inlined and len(self.texts[one].text) > 16 and one.dynamic
            ]
            if len(text.text) + width <= WIDTH - 8 or not long:
                return text
            longest = max(long, key=lambda one: len(self.texts[one].text))
            self.assign(longest, next(self.temporaries), self.texts[longest])

    def define(self, node: Node) -> tuple[str, list[str]]:
        """A function that the program defines, for an op of several calls, and what else it takes.

        Arrays that are no short text are the program's by keyword, and the function's by place.
        """
        inner = node.inner
        assert inner is not None
        args = {arg: Text(name) for arg, name in zip(inner.given, inner.parameters)}
        body = simplified_calls(inner)
        written = InnerLines(self, body, args, inner.parameters)
        parameters = (*inner.parameters, *written.constants)
        text = "\n".join(written.lines)
        for number in itertools.count(1):
            name = node.call.name if number == 1 else f"{node.call.name}_{number}"
            known = self.module.functions.setdefault(name, (parameters, text))
            if known == (parameters, text):
                return name, list(written.constants.values())
        raise AssertionError

    def several(self, node: Node) -> None:
        """An op of several results: they are unpacked."""
        parts = self.several_parts.get(node, {})
        self.require(node.call.name)
        names = []
        for place in range(len(node.value)):
            part = parts.get(place)
            if part is None:
                names.append("_")
                continue
            wanted = self.wanted(part)
            name = self.names.new(wanted) if wanted else next(self.temporaries)
            self.texts[part] = Text(name)
            self.labels[part] = name
            names.append(name)
        line = (
            f"{', '.join(names)}{',' if len(names) == 1 else ''} = {self.composed(node, 20).text}"
        )
        self.comment(node, line)
        self.put(line)

    def effect(self, node: Node) -> str:
        """A statement that changes memory."""
        leaf, kind = self.expressions.leaf, node.call.kind
        if kind == "setitem":
            target, index, value = node.args
            return (
                f"{leaf(target).within(16)}[{self.expressions.index(index)}] = {leaf(value).text}"
            )
        if kind == "update item":
            target, index, value = node.args
            own = f"{leaf(target).within(16)}[{self.expressions.index(index)}]"
            return f"{own} {node.call.name} {leaf(value).text}"
        if kind == "update":
            return f"{leaf(node.args[0]).text} {node.call.name} {leaf(node.args[1]).text}"
        self.require(node.call.name)
        return self.expressions.call(node).text

    def require(self, name: str) -> None:
        """Import what a name is of."""
        module = name.partition(".")[0]
        if module == "math":
            self.module.imports["math"] = None
        elif module == "scipy":
            while name not in sys.modules:
                name = name.rpartition(".")[0]
            self.module.imports[name] = None
        elif module != "np" and "." in name:
            raise UnsupportedError(f"{name} is of a package that a program can't import by itself.")

    def comment(self, node: Node, line: str = "") -> None:
        """The user's line above what stems from it."""
        if not node.stack:
            return
        own = line_of(*node.stack[0])
        shown = f"# derivative of: {own}" if node.role else f"# {own}"
        if (node.role and node.origin is None) or not own:
            return
        if shown == self.line or same_code(own, line):
            self.line = self.line if shown == self.line else ""
            return
        self.line = shown
        if len(shown) > WIDTH - 4:
            shown = f"{shown[: WIDTH - 8]} ..."
        self.module.logical.append(shown)
        self.module.lines.append(INDENT + shown)
