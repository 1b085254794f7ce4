"""The text of a kernel: groups of calls as loops over memory, for numba.

`ok`, the first result, is False where the kernel does not hold: an index out of its range, a result
that is not finite.  Then the function itself is called, with its errors, warnings and strict rules.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from autodiff.source.compiled.kernels.elementwise import FLOATS, literal, operands_of
from autodiff.source.compiled.kernels.geometry import (
    Elements,
    base_of,
    dense_steps,
    elements_of,
    indexed,
    memory_order,
    steps_of,
)
from autodiff.source.compiled.kernels.kinds import UPDATES, gathered, is_fixed, is_plain, pieces_of
from autodiff.source.compiled.kernels.loops import Loop
from autodiff.source.compiled.kernels.placing import Group, Left, Placing
from autodiff.source.compiled.kernels.products import Products, added_products
from autodiff.source.records.nodes import Node, value_of


class Kernel(Products):
    """Writes the groups of a placing as one function."""

    def __init__(self, placing: Placing, exports: list[Node], finite: set[Node]) -> None:
        self.placing, self.exports, self.finite = placing, exports, finite
        self.parameters: dict[Node, str] = {}
        self.constants: dict[int, tuple[str, np.ndarray]] = {}
        self.names: dict[Node, str] = {}
        self.flat: dict[Node, str] = {}
        self.lines: list[str] = []
        self.indent = 1
        self.counter = 0
        self.scope = 0
        self.watched = 0
        self.checked: set[Node] = set()
        self.added = added_products(placing, {*exports, *finite})
        for node in exports:
            if isinstance(node.value, np.ndarray):
                placing.stored.add(node)
        for number, group in enumerate(placing.groups):
            self.scope = number + 1
            self.group(group)
        self.ending()

    # -- names ------------------------------------------------------------------------------------

    def put(self, line: str) -> None:
        """One line at the present depth."""
        self.lines.append("    " * self.indent + line)

    def fresh(self, letter: str = "v") -> str:
        """A new name."""
        self.counter += 1
        return f"{letter}{self.counter}"

    def variable(self, base: Node) -> str:
        """The array, or the number, in a variable: made here, or a parameter."""
        if base in self.names:
            return self.names[base]
        if is_fixed(base):
            return self.constant(np.asarray(base.value))
        if base in self.placing.where and self.placing.kinds[base] != "view":
            raise Left(base)
        if base not in self.parameters:
            self.parameters[base] = self.fresh("p")
        self.names[base] = self.parameters[base]
        return self.names[base]

    def constant(self, array: np.ndarray) -> str:
        """A constant array, which is a parameter too."""
        known = self.constants.get(id(array))
        if known is None:
            known = self.constants[id(array)] = (self.fresh("c"), array)
        return known[0]

    # -- elements ---------------------------------------------------------------------------------

    def elements(self, operand: Any) -> tuple[str, Elements | None, Any]:
        """Where an operand is: a variable and its elements, or the text of one number."""
        value = value_of(operand)
        if is_fixed(operand):
            array = np.asarray(value)
            first = array.reshape(-1)[0]
            if array.ndim == 0 or array.tobytes() == np.full(array.shape, first).tobytes():
                return literal(value if array.ndim == 0 else first), None, array
            array = array if operand.__class__ is Node else np.ascontiguousarray(array)
            steps = steps_of(array)
            if steps is None:
                raise Left(operand)
            place = Elements(operand, 0, steps, array.shape)
            return self.constant(array), place, array
        if not isinstance(value, np.ndarray):
            return self.variable(operand), None, value
        own = elements_of(operand)
        inside = self.placing.where
        if own is None or (own.base is operand and operand not in inside):
            steps = steps_of(value)  # of NumPy's making, perhaps with gaps
            if steps is None or operand in inside:
                raise Left(operand)
            own = Elements(operand, 0, steps, value.shape)
        return self.variable(own.base), own, value

    # -- groups -----------------------------------------------------------------------------------

    def group(self, group: Group) -> None:
        """The lines of a group."""
        if group.kind == "loop":
            self.loop(group.shape, group.nodes)
        elif group.kind == "make":
            self.make(group.nodes[0])
        elif group.kind == "effect":
            self.effect(group.nodes[0])
        elif group.kind == "join":
            node = group.nodes[0]
            out = self.allocate(node)
            for index, piece in pieces_of(node) or ():
                self.assigned(Elements(node, 0, dense_steps(node.value), node.value.shape), out,
                              node.value, index, piece, "")  # fmt: skip
        else:
            self.product(group.nodes[0])

    def allocate(self, node: Node, filled: str = "") -> str:
        """A new array for a value."""
        name = self.names[node] = self.fresh("a")
        dtype = f"np.{np.asarray(node.value).dtype.name}".replace("np.bool", "np.bool_")
        size = np.size(node.value)
        make = f"np.empty({size}, {dtype})" if not filled else f"np.full({size}, {filled}, {dtype})"
        self.put(f"{name} = {make}")
        return name

    def make(self, node: Node) -> None:
        """A new array of one number, which is filled later."""
        value, name = node.value, node.call.name
        if name == "np.full":
            self.allocate(node, literal(np.asarray(node.args[1], value.dtype)[()]))
        elif "empty" in name:
            self.allocate(node)
        else:
            self.allocate(node, literal(value.dtype.type("ones" in name)))

    def loop(self, shape: tuple[int, ...], nodes: list[Node]) -> None:
        """A loop over a shape."""
        Loop(self, shape).run(nodes)

    def assigned(
        self, target: Elements, out: str, array: np.ndarray, index: Any, value: Any, sign: str
    ) -> None:
        """`target[index] = value`, or with a sign `target[index] += value`."""
        part = indexed(array, index)
        assert part is not None
        steps = steps_of(part)
        assert steps is not None
        own = steps_of(array)
        gap = (part.__array_interface__["data"][0] - array.__array_interface__["data"][0]) // (
            part.itemsize
        )
        if own != target.steps:
            probe = np.lib.stride_tricks.as_strided(
                np.empty(1, array.dtype), array.shape,
                [step * array.itemsize for step in target.steps],
            )  # fmt: skip
            seen = indexed(probe, index)
            assert seen is not None
            steps = tuple([s // seen.itemsize for s in seen.strides])
            gap = (seen.__array_interface__["data"][0] - probe.__array_interface__["data"][0]) // (
                seen.itemsize
            )
        place = Elements(target.base, target.first + gap, steps, part.shape)
        self.scope = 1000 + self.counter
        loop = Loop(self, part.shape)
        text = loop.operand(value)
        at = loop.place(place)
        loop.body.append(("update", out, at, text, sign, array.dtype, value))
        loop.write()

    def effect(self, node: Node) -> None:
        """A change in place."""
        assert node.target is not None
        out, place, _ = self.elements(node.target)
        if place is None or node.target.root.call.kind == "input":
            raise Left(node)
        self.refuse_overlap(node)
        kind, name, args = node.call.kind, node.call.name, node.args
        whole = (Ellipsis,)
        array = node.target.value
        if node in self.added:
            self.add_product(self.added[node], out, place.first)
        elif kind == "update":
            self.assigned(place, out, array, whole, args[1], UPDATES[name])
        elif kind in ("setitem", "update item") and is_plain(args[1]):
            sign = UPDATES[name] if kind == "update item" else ""
            self.assigned(place, out, array, args[1], args[2], sign)
        elif kind == "setitem" or name == "np.add.at":
            self.scattered(node, place, out, "" if kind == "setitem" else "+")
        else:
            loop = Loop(self, array.shape)
            texts = [loop.operand(one) for one in operands_of(node) or ()]
            at = loop.place(place)
            loop.body.append(("compute", node, texts))
            loop.body.append(("update", out, at, None, "", array.dtype, node))
            loop.write()

    def refuse_overlap(self, node: Node) -> None:
        """Leave to NumPy what reads the memory that it changes, but for the very elements."""
        assert node.target is not None
        for operand in node.operands:
            if operand is node.target or operand.root is not node.target.root:
                continue
            same = elements_of(operand) == elements_of(node.target)
            if not same or node.call.kind in ("setitem", "update item"):
                raise Left(node)

    def scattered(self, node: Node, target: Elements, out: str, sign: str) -> None:
        """`target[places] = values` at places that are data."""
        _, index, value = node.args
        assert node.target is not None
        found = gathered(node.target.value, index)
        assert found is not None
        arrays, axis, rank = found
        shape = node.target.value[
            tuple([slice(None)] * axis + [np.asarray(value_of(one)) for one in arrays])
        ].shape
        loop = Loop(self, shape)
        text = loop.operand(value)
        at = loop.gathered(node.target.value, target, arrays, axis, rank)
        loop.body.append(("update", out, at, text, sign, node.target.value.dtype, value))
        loop.write()

    # -- the end ----------------------------------------------------------------------------------

    def watch(self, text: str) -> None:
        """Let `ok` turn False where a number is not finite."""
        self.watched += 1
        self.put(f"wrong = plus(wrong, {text} * 0.0)")

    def ending(self) -> None:
        """Look at what was not looked at in a loop, and return."""
        for node in sorted(self.finite - self.checked, key=lambda one: one.number):
            value = node.value
            if np.asarray(value).dtype not in FLOATS:
                continue
            if not isinstance(value, np.ndarray):
                self.watch(self.names[node])
                continue
            name = self.names[base_of(node) or node]
            self.watch(f"np.dot({name}, {name})")
        found = ["(wrong == 0.0) & (not out_of_range)"]
        for node in self.exports:
            name = self.names[node]
            if isinstance(node.value, np.ndarray) and not node.value.ndim:
                name = f"{name}[0]"
            elif isinstance(node.value, np.ndarray):
                order = memory_order(node.value)
                shape = tuple([node.value.shape[axis] for axis in order])
                text = f"{name}.reshape({shape})" if node.value.ndim != 1 else name
                if order != sorted(order):
                    back = tuple([order.index(axis) for axis in range(len(order))])
                    text = f"{text}.transpose({back})"
                name = text
            found.append(name)
        self.put(f"return ({', '.join(found)},)")

    def text(self, name: str) -> str:
        """The function under a name."""
        names = [*self.parameters.values(), *(name for name, _ in self.constants.values())]
        head = [
            '@njit(error_model="numpy")',
            f"def {name}({', '.join(names)}):",
            "    wrong, out_of_range = 0.0, False",
        ]
        return "\n".join([*head, *self.lines])
