"""Products of matrices in a kernel: BLAS reads them where they lie, and adds them to a sum."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import Any

import numpy as np

from autodiff.source.compiled.kernels.geometry import (
    Elements,
    dense_steps,
    elements_of,
    size_of,
    steps_of,
)
from autodiff.source.compiled.kernels.kinds import UPDATES, is_fixed
from autodiff.source.compiled.kernels.loops import Loop
from autodiff.source.compiled.kernels.placing import Left, Placing
from autodiff.source.records.native import method
from autodiff.source.records.nodes import Node, value_of


@dataclass(frozen=True, slots=True)
class Matrix:
    """Where a matrix lies, or each of a stack of them: as BLAS is told it."""

    name: str
    first: int
    ahead: int
    """How far the next row is, or where it is turned the next column."""
    turned: bool
    stack: int
    """How far the next matrix is."""

    def told(self, number: str = "") -> str:
        """The arguments of an operand, of a matrix of the stack."""
        first = f"{self.first} + {number} * {self.stack}" if number and self.stack else self.first
        return f"{self.name}, {first}, {self.ahead}, {int(self.turned)}"


def leading(shape: tuple[int, ...], steps: tuple[int, ...]) -> tuple[int, bool] | None:
    """How far the next row is, or the next column of a turned matrix; None where BLAS has no word.

    >>> leading((2, 3), (5, 1)), leading((2, 3), (1, 2)), leading((2, 3), (6, 2))
    ((5, False), (2, True), None)
    """
    for turned, (rows, columns), (far, near) in (
        (False, shape, steps),
        (True, shape[::-1], steps[::-1]),
    ):
        if (near == 1 or columns == 1) and (rows == 1 or far >= columns):
            return (far if rows > 1 else columns), turned
    return None


def without_gaps(shape: tuple[int, ...]) -> tuple[int, bool, int]:
    """How matrices lie that are copied: row after row."""
    return shape[-1], False, shape[-2] * shape[-1] if len(shape) == 3 else 0


def added_products(placing: Placing, read: set[Node]) -> dict[Node, Node]:
    """The changes `sum += a @ b` by the products that nothing else reads.

    `read` are the values that something outside of the kernel reads.
    """
    uses = Counter(operand for node in placing.kinds for operand in node.operands)
    found: dict[Node, Node] = {}
    for number, group in enumerate(placing.groups):
        node = group.nodes[0]
        if group.kind != "effect" or node.call.kind != "update" or UPDATES[node.call.name] != "+":
            continue
        own, product = node.target, node.args[1]
        assert own is not None
        if product.__class__ is not Node or placing.kinds.get(product) != "product":
            continue
        if uses[product] > 1 or product in read or not same_matrices(own, product):
            continue
        between = placing.groups[placing.where[product] : number + 1]
        changed = {one.target.root for other in between for one in other.nodes if one.target}
        if not changed.intersection(one.root for one in product.operands):
            found[node] = product
    return found


def same_matrices(own: Node, product: Node) -> bool:
    """Whether BLAS can add a product of two matrices to what lies in memory here."""
    sizes = [np.ndim(value_of(one)) for one in (own, *product.args)]
    layout = own.value.shape, own.value.dtype
    same = sizes == [2, 2, 2] and layout == (product.value.shape, product.value.dtype)
    return same and is_by_rows(own)


def is_by_rows(node: Node) -> bool:
    """Whether the rows of a matrix lie one after another, without gaps."""
    place = elements_of(node)
    steps = steps_of(node.value) if place is None else place.steps
    return steps is not None and leading(node.value.shape, steps) == (node.value.shape[1], False)


class Products:
    """What a kernel writes for a product of matrices, of its names and elements."""

    parameters: dict[Node, str]
    flat: dict[Node, str]
    indent: int
    put: Any
    fresh: Any
    allocate: Any
    elements: Any
    constant: Any
    added: dict[Node, Node]

    def product(self, node: Node) -> None:
        """A product of matrices or of a matrix and a vector, by BLAS."""
        a, b = node.args
        x, y = value_of(a), value_of(b)
        if node in self.added.values():
            return  # at the place of the sum
        if not node.value.flags.c_contiguous:
            raise Left(node)
        out = self.allocate(node)
        if 1 in (x.ndim, y.ndim):
            self.put(f"np.dot({self.packed(a)}, {self.packed(b)}, {out})")
            return
        (m, k), n = x.shape[-2:], y.shape[-1]
        first, second = self.matrix(a), self.matrix(b)
        if node.value.ndim == 2:
            self.put(f"gemm({out}, 0, {m}, {n}, {k}, {first.told()}, {second.told()}, 0)")
            return
        own = self.fresh("i")
        self.put(f"for {own} in range({len(node.value)}):")
        operands = f"{first.told(own)}, {second.told(own)}"
        self.put(f"    gemm({out}, {own} * {m * n}, {m}, {n}, {k}, {operands}, 0)")

    def add_product(self, node: Node, out: str, first: int) -> None:
        """Add a product of matrices to one that lies at a place, without memory of its own."""
        (m, n), k = node.value.shape, value_of(node.args[0]).shape[1]
        a, b = (self.matrix(one).told() for one in node.args)
        self.put(f"gemm({out}, {first}, {m}, {n}, {k}, {a}, {b}, 1)")

    def matrix(self, operand: Any) -> Matrix:
        """A matrix or a stack of them where it lies; copied where BLAS can't read it there."""
        value = value_of(operand)
        name, place, array = self.elements(operand)
        shape = value.shape
        if place is None:
            own = self.fresh("a")
            self.put(f"{own} = np.full({value.size}, {name}, np.{value.dtype.name})")
            return Matrix(own, 0, *without_gaps(shape))
        if place.base.__class__ is not Node or (is_fixed(operand) and place.base is operand):
            return Matrix(self.constant(np.ascontiguousarray(array)), 0, *without_gaps(shape))
        found = leading(shape[-2:], place.steps[-2:])
        if found is None:
            return Matrix(self.copy(operand), 0, *without_gaps(shape))
        return Matrix(name, place.first, *found, place.steps[0] if len(shape) == 3 else 0)

    def packed(self, operand: Any) -> str:
        """An operand of a product with a vector: an array of its shape without gaps."""
        value = value_of(operand)
        name, place, array = self.elements(operand)
        if place is None:
            return f"np.full({value.shape}, {name}, np.{value.dtype.name})"
        base = place.base
        if base.__class__ is not Node or (is_fixed(operand) and base is operand):
            return self.constant(np.ascontiguousarray(array))
        size = size_of(place.shape)
        for turned in (False, True):
            shape = place.shape[::-1] if turned else place.shape
            steps = place.steps[::-1] if turned else place.steps
            dense = dense_steps(np.empty(shape, bool))
            if all(s == d or n == 1 for s, d, n in zip(steps, dense, shape)):
                flat = self.flattened(base, name)
                if flat is None:
                    break
                whole = place.first == 0 and size == np.size(base.value)
                text = flat if whole else f"{flat}[{place.first} : {place.first + size}]"
                text = f"{text}.reshape({shape})" if value.ndim > 1 else text
                return f"{text}.T" if turned and value.ndim == 2 else text
        out = self.copy(operand)
        return f"{out}.reshape({value.shape})" if value.ndim > 1 else out

    def copy(self, operand: Any) -> str:
        """The elements of an operand in a row of their own."""
        value = value_of(operand)
        packed = Node(method("copy"), (operand,), value=np.ascontiguousarray(value))
        packed.dynamic = True
        out = self.allocate(packed)
        loop = Loop(self, value.shape)
        text = loop.operand(operand)
        at = loop.place(Elements(packed, 0, dense_steps(packed.value), value.shape))
        loop.body.append(("update", out, at, text, "", value.dtype, operand))
        loop.write()
        return out

    def flattened(self, base: Node, name: str) -> str | None:
        """The elements of an array in one row, in the order of memory."""
        if base not in self.parameters:
            return name
        if base not in self.flat:
            if base.value.flags.c_contiguous:
                turned = name
            elif base.value.flags.f_contiguous:
                turned = f"{name}.T"
            else:
                return None
            own = self.flat[base] = self.fresh("f")
            self.put(f"{own} = {turned}.reshape({base.value.size})")
        return self.flat[base]
