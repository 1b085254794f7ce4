"""Products of matrices in a kernel: by BLAS, which wants its operands without gaps."""

from __future__ import annotations

from typing import Any

import numpy as np

from autodiff.source.compiled.kernels.geometry import (
    Elements,
    dense_steps,
    size_of,
)
from autodiff.source.compiled.kernels.kinds import is_fixed
from autodiff.source.compiled.kernels.loops import Loop
from autodiff.source.compiled.kernels.placing import Left
from autodiff.source.records.native import method
from autodiff.source.records.nodes import Node, value_of


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

    def product(self, node: Node) -> None:
        """A product of matrices or of a matrix and a vector, by BLAS."""
        a, b = node.args
        x, y = value_of(a), value_of(b)
        out = self.allocate(node)
        if x.ndim <= 2 and y.ndim <= 2:
            shape = node.value.shape
            target = f"{out}.reshape({shape})" if len(shape) > 1 else out
            if not node.value.flags.c_contiguous:
                raise Left(node)
            self.put(f"np.dot({self.matrix(a)}, {self.matrix(b)}, {target})")
            return
        count, n, m = node.value.shape
        first, second = self.matrix(a), self.matrix(b)
        k = self.fresh("i")
        self.put(f"for {k} in range({count}):")
        self.indent += 1
        first, second = (
            f"{text}[{k}]" if v.ndim == 3 else text for text, v in ((first, x), (second, y))
        )
        own = f"{out}[{k} * {n * m} : {k} * {n * m} + {n * m}].reshape({(n, m)})"
        self.put(f"np.dot(np.ascontiguousarray({first}), np.ascontiguousarray({second}), {own})")
        self.indent -= 1

    def matrix(self, operand: Any) -> str:
        """An operand of BLAS: an array of its shape without gaps."""
        value = value_of(operand)
        name, place, array = self.elements(operand)
        if place is None:
            kind = f"np.{value.dtype.name}"
            return f"np.full({value.shape}, {name}, {kind})"
        base = place.base
        if base.__class__ is not Node or (is_fixed(operand) and base is operand):
            own = np.ascontiguousarray(array)
            return self.constant(own)
        size = size_of(place.shape)
        for axes in (tuple(range(value.ndim)), tuple(range(value.ndim))[::-1]):
            if value.ndim == 3 and axes[0]:
                axes = (0, 2, 1)
            shape = tuple([place.shape[axis] for axis in axes])
            steps = tuple([place.steps[axis] for axis in axes])
            dense, step = [], 1
            for n in reversed(shape):
                dense.insert(0, step)
                step *= n
            if all(s == d or n == 1 for s, d, n in zip(steps, dense, shape)):
                flat = self.flattened(base, name)
                if flat is None:
                    break
                whole = place.first == 0 and size == np.size(base.value)
                text = flat if whole else f"{flat}[{place.first} : {place.first + size}]"
                text = f"{text}.reshape({shape})" if value.ndim > 1 else text
                turned = axes != tuple(range(value.ndim))
                if turned:
                    text = f"{text}.T" if value.ndim == 2 else f"{text}.transpose({axes})"
                return text
        packed = Node(method("copy"), (operand,), value=np.ascontiguousarray(value))
        packed.dynamic = True
        out = self.allocate(packed)
        loop = Loop(self, value.shape)
        text = loop.operand(operand)
        at = loop.place(Elements(packed, 0, dense_steps(packed.value), value.shape))
        loop.body.append(("update", out, at, text, "", value.dtype, operand))
        loop.write()
        return f"{out}.reshape({value.shape})" if value.ndim > 1 else out

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
