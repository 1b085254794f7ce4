"""A body as a module: its arguments unpacked and checked, its statements, guards and results."""

from __future__ import annotations

import bisect
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

from autodiff.core.arguments.tree import Structure
from autodiff.core.ground.errors import UnsupportedError
from autodiff.source.loops.folding import folded
from autodiff.source.records.layout import hangs_on_layout
from autodiff.source.records.nodes import Guard, Node, value_of
from autodiff.source.records.running import Recording
from autodiff.source.rewriting.body import Body
from autodiff.source.text.module import Module
from autodiff.source.text.statements import Statements
from autodiff.source.words.literals import constant
from autodiff.source.words.names import line_of
from autodiff.source.words.texts import Text
from autodiff.source.words.wrapping import wrapped


class Writer(Statements):
    """Writes a body into a module; a subclass may write it for another system."""

    in_memory = True
    """Whether arrays lie in some order, and may share memory."""

    def __init__(
        self,
        recording: Recording,
        body: Body,
        name: str,
        like: list[Any],
        name_of: Callable[[np.ndarray], str | None],
        doc: str,
        checked: bool,
    ) -> None:
        super().__init__(Module(name, list(recording.names), doc=doc), body, name_of)
        self.recording, self.checked = recording, checked
        self.reading = checked
        self.guards: dict[int, list[Guard]] = {}
        self.finite: list[Node] = []
        pairs = zip(inputs_of(recording.nodes), inputs_of(body.nodes), strict=True)
        self.new = dict(pairs)
        asked = recording.layouts_asked or any(map(hangs_on_layout, body.nodes))
        self.by_layout = self.in_memory and asked
        self.arguments()
        self.outside()
        self.module.start = len(self.module.lines)
        self.module.heading = [*self.module.logical]
        self.module.logical.clear()
        self.statements()
        self.ending(like)

    def fold(self) -> bool:
        """Write equal repeated steps as loops; whether there are any."""
        module = self.module
        known = {self.texts[node].text for node in inputs_of(self.body.nodes) if node in self.texts}
        lines = folded(module.logical, known)
        module.lines[module.start :] = [
            row for depth, line in lines for row in wrapped(line, depth + 1)
        ]
        return any(depth for depth, _ in lines)

    def arguments(self) -> None:
        """Take the arguments apart, and check them."""
        checks: list[str] = []
        rows = zip(
            self.recording.names, self.recording.structures, self.recording.arguments, strict=True
        )
        for name, structure, own in rows:
            self.take(name, name, structure, iter(own), checks)
        for line in checks if self.checked else ():
            self.put(line)
        if not self.checked:
            self.module.helpers.clear()
        for line in self.apart() if self.in_memory else ():
            self.put(line)

    def apart(self) -> Iterator[str]:
        """The checks that an argument which the program changes shares no memory with another."""
        arrays = [one for one in self.recording.inputs if isinstance(one.value, np.ndarray)]
        nodes = [self.new[one.node] for one in arrays if one.node is not None]
        for one, node in zip(arrays, nodes):
            for second, other in zip(arrays, nodes):
                first = one.path < second.path or not other.written
                if node.written and node is not other and first:
                    a, b = self.texts[node].text, self.texts[other].text
                    said = quoted(f"{one.path}, which it changes, is not {second.path}")
                    yield f"{self.helper('expect')}(not np.may_share_memory({a}, {b}), {said})"

    def outside(self) -> None:
        """Name the arrays that the function uses besides its arguments, and check them."""
        for one in self.recording.captured:
            node = self.new[one]
            if node in self.uses:
                text = self.texts[node] = self.array(one.value)
                self.labels[node] = text.text
                if self.checked:
                    self.put(self.check(text.text, text.text, one.value))

    def take(
        self, text: str, label: str, structure: Structure | None, own: Iterator[Any], checks: Any
    ) -> None:
        """Unpack an argument into its leaves, and say what is expected of each."""
        if structure is None:
            leaf = next(own)
            if leaf.node is None:
                checks.append(self.expect_static(text, leaf.path, leaf.value))
                return
            node = self.new[leaf.node]
            self.texts[node] = Text(text)
            self.labels[node] = label
            checks.append(self.check(text, leaf.path, leaf.value))
            return
        keys = list(structure.keys)
        plain = [
            key if isinstance(key, str) and key.isidentifier() else f"{label}_{key}" for key in keys
        ]
        inner = [
            self.names.new(one) if child is None else ""
            for one, child in zip(plain, structure.children)
        ]
        inner = [one or self.names.new(p) for one, p in zip(inner, plain)]
        shown = ", ".join(constant(key).text for key in keys)
        left = f"{', '.join(inner)}{',' if len(inner) == 1 else ''} = " if inner else ""
        if self.checked:
            kind = structure.type.__name__
            said = "" if kind == "dict" else f"kind={quoted(kind)}"
            free = "" if self.in_memory or kind != "dict" else "ordered=False"  # jit sorts the keys
            parts = ", ".join(filter(None, (text, quoted(label), shown, said, free)))
            self.put(f"{left}{self.helper('parts')}({parts})")
        elif inner:
            plain = structure.type in (dict, list, tuple)
            each = [f"{text}[{constant(k).text}]" if plain else f"{text}.{k}" for k in keys]
            self.put(f"{left}{', '.join(each)}{',' if len(each) == 1 else ''}")
        for one, child in zip(inner, structure.children):
            self.take(one, one, child, own, checks)

    def check(self, text: str, path: str, value: Any) -> str:
        """The check of an array: shape and dtype, and how it lies in memory where that matters."""
        what = [text, quoted(path), str(np.shape(value)), quoted(dtype_name(value))]
        if self.by_layout and isinstance(value, np.ndarray) and value.ndim:
            what.append(str(value.strides))
        return f"{self.helper('check')}({', '.join(what)})"

    def expect_static(self, text: str, path: str, value: Any) -> str:
        """The check of an argument that is no array: it is part of the program."""
        expect, said = self.helper("expect"), quoted(f"{path} is {value!r}")
        if value is None or isinstance(value, bool):
            return f"{expect}({text} is {value}, {said})"
        if type(value) is int:
            return f"{expect}(type({text}) is int and {text} == {value}, {said})"
        if isinstance(value, str):
            return f"{expect}({text} == {constant(value).text}, {said})"
        if " at 0x" not in repr(value):
            return f"{expect}(repr({text}) == {quoted(repr(value))}, {said})"
        name = getattr(value, "__qualname__", type(value).__qualname__)
        own = f'getattr({text}, "__qualname__", type({text}).__qualname__)'
        return f"{expect}({own} == {quoted(name)}, {quoted(f'{path} is {name}')})"

    def statements(self) -> None:
        """Write every call, and each guard as soon as its value is known."""
        places = {node: place for place, node in enumerate(self.body.nodes)}
        numbers = [node.number for node in self.body.nodes]
        for guard in self.body.guards:
            if guard.kind == "finite":
                self.finite.append(guard.node)
                continue
            at = places[guard.node]
            if guard.node.root.written:
                at = max(at, bisect.bisect_left(numbers, guard.after) - 1)
            self.guards.setdefault(at, []).append(guard)
        for place, node in enumerate(self.body.nodes):
            if node.call.kind != "input":
                self.statement(node)
            for guard in self.guards.get(place, ()):
                self.guard(guard)

    def guard(self, guard: Guard) -> None:
        """Check that a decision comes out as it did."""
        text, value = self.expressions.leaf(guard.node), guard.expected
        if guard.kind == "truth":
            test = text.text if value else f"not {text.within(6 if text.binding > 6 else 16)}"
        elif guard.kind == "shape":
            test = f"np.shape({text.text}) == {value}"
        elif guard.kind == "number":
            whole = np.asarray(guard.node.value).dtype.kind in "iub"
            own = text.within(7) if whole else f"int({text.text})"
            test = f"{own} == {constant(value).text}"
        else:
            test = f"np.array_equal({text.text}, {self.array(value).text})"
        place = guard.stack[0] if guard.stack else None
        where = f"{line_of(*place)}" if place else "a decision of the derivative"
        said = {"truth": f"came out {value}", "number": f"was {value}", "shape": "had this shape"}
        what = f"{where:.50} ({said.get(guard.kind, 'these values')})"
        self.put(f"{self.helper('expect')}({test}, {quoted(what)})")

    def ending(self, like: list[Any]) -> None:
        """The return statement, and what must be finite by then."""
        outputs = []
        for out, wanted in zip(self.body.outputs, like, strict=True):
            fixed = out.__class__ is not Node or not (out.dynamic or out.root.written)
            number = isinstance(wanted, np.generic) and fixed
            text = constant(value_of(out), narrow=True) if number else self.expressions.leaf(out)
            if (
                wanted.__class__ in (float, complex)
                and value_of(out).__class__ is not wanted.__class__
            ):
                text = Text(f"{wanted.__class__.__name__}({text.text})")
            outputs.append(text.text)
        if self.finite:
            shown = dict.fromkeys(self.texts[node].text for node in self.finite)
            self.put(f"{self.helper('finite')}({', '.join(shown)})")
        self.put(f"return {self.built(self.recording.structure, iter(outputs), top=True)}")

    def built(self, structure: Structure | None, texts: Iterator[str], top: bool = False) -> str:
        """A container of results."""
        if structure is None:
            return next(texts)
        parts = [self.built(child, texts) for child in structure.children]
        if structure.type is tuple or structure.type.__module__.startswith("numpy."):
            inner = ", ".join(parts)
            return (
                inner
                if top and len(parts) > 1
                else f"({inner},)"
                if len(parts) == 1
                else f"({inner})"
            )
        if structure.type is list:
            return f"[{', '.join(parts)}]"
        if structure.type is dict:
            keys = (constant(key).text for key in structure.keys)
            return f"{{{', '.join(f'{key}: {part}' for key, part in zip(keys, parts))}}}"
        for name, own in zip(self.recording.names, self.recording.structures):
            path = where_like(own, structure, name)
            if path:
                shown = ", ".join(f"{k}={part}" for k, part in zip(structure.keys, parts))
                self.module.imports["copy"] = None
                return f"{self.helper('like')}({path}, {shown})"
        raise UnsupportedError(
            f"the result is a {structure.type.__name__} that the function made itself, which has "
            "no text. Return arrays, or a tuple, list or dict of them."
        )


def inputs_of(nodes: list[Node]) -> list[Node]:
    """The inputs among some nodes, in order."""
    return [node for node in nodes if node.call.kind == "input"]


def where_like(own: Structure | None, wanted: Structure, path: str) -> str:
    """Where in an argument a container of the wanted class and parts stands."""
    if own is None:
        return ""
    if own.type is wanted.type and own.keys == wanted.keys:
        return path
    for key, child in zip(own.keys, own.children):
        plain = own.type in (dict, list, tuple)
        found = where_like(child, wanted, f"{path}[{key!r}]" if plain else f"{path}.{key}")
        if found:
            return found
    return ""


def dtype_name(value: Any) -> str:
    """`float64`, or of Python's own numbers the name of the class."""
    return str(value.dtype) if hasattr(value, "dtype") else type(value).__name__


def quoted(text: str) -> str:
    """A string in double quotes."""
    escaped = text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
    return f"'{text}'" if '"' in text and "'" not in text and "\\" not in text else f'"{escaped}"'
