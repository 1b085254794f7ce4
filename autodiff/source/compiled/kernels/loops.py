"""One loop of a kernel: what it reads, computes and stores, as text.

An element is loaded from its place, a number of steps from the first; the steps are written as
numbers.  The axes of a loop are those of its shape, put together where all steps allow it.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from autodiff.source.compiled.kernels.elementwise import FLOATS, formula, literal, operands_of
from autodiff.source.compiled.kernels.geometry import (
    Elements,
    collapsed,
    dense_steps,
    elements_of,
    indexed,
    size_of,
)
from autodiff.source.compiled.kernels.kinds import REDUCTIONS, axes_of, gathered, summed
from autodiff.source.compiled.kernels.placing import Left
from autodiff.source.records.nodes import Node, value_of

STARTS = {"sum": "0.0", "mean": "0.0", "max": "-math.inf", "min": "math.inf", "prod": "1.0",
          "any": "False", "all": "True"}  # fmt: skip
STEPS = {
    "sum": "plus({0}, {1})", "mean": "plus({0}, {1})", "prod": "{0} * {1}", "any": "{0} | {1}",
    "max": "({1} if ({1} > {0}) | ({1} != {1}) else {0})", "all": "{0} & {1}",
    "min": "({1} if ({1} < {0}) | ({1} != {1}) else {0})",
}  # fmt: skip


class Loop:
    """One loop: what it reads, computes and stores, put into lines when all is known."""

    def __init__(self, kernel: Any, shape: tuple[int, ...]) -> None:
        self.kernel, self.shape = kernel, shape
        self.rows: list[tuple[int, ...]] = []
        self.registers: dict[Node, str] = {}
        self.body: list[Any] = []
        self.loads: dict[Any, str] = {}
        self.writes: list[str] = []
        self.accumulators: list[Any] = []
        self.scope = kernel.scope

    # -- what is read -----------------------------------------------------------------------------

    def row(self, steps: tuple[int, ...]) -> int:
        """The number of a row of steps, one for each axis of the loop."""
        self.rows.append(steps)
        return len(self.rows) - 1

    def place(self, elements: Elements, shape: tuple[int, ...] | None = None) -> Any:
        """Where the elements of an array are in this loop."""
        return elements.first, self.row(elements.along(shape or self.shape)), ""

    def operand(self, operand: Any) -> str:
        """The text of an operand's element."""
        if operand.__class__ is Node and operand in self.registers:
            return self.registers[operand]
        name, elements, _ = self.kernel.elements(operand)
        if elements is None:
            return name
        key = (name, elements.first, elements.steps, elements.shape)
        if key not in self.loads:
            own = self.loads[key] = self.kernel.fresh()
            self.body.append(("load", own, name, self.place(elements)))
        return self.loads[key]

    def gathered(
        self, array: np.ndarray, source: Elements, arrays: list[Any], axis: int, rank: int
    ) -> Any:
        """The place of an element that index arrays say."""
        terms = []
        before = self.shape[:axis]
        after = self.shape[axis + rank :]
        for number, one in enumerate(arrays):
            own = value_of(one)
            n, step = array.shape[axis + number], source.steps[axis + number]
            k = self.kernel.fresh("k")
            if one.__class__ is Node and one in self.registers and not before and not after:
                text = self.registers[one]
            else:
                name, elements, _ = self.kernel.elements(one)
                if elements is None:
                    text = name
                else:
                    middle = self.shape[axis : axis + rank]
                    row = (*[0] * len(before), *elements.along(middle), *[0] * len(after))
                    text = self.kernel.fresh()
                    self.body.append(("load", text, name, (elements.first, self.row(row), "")))
            self.body.append(("index", k, text, n))
            terms.append(f"{k} * {step}")
            del own
        steps = source.steps
        row = (*steps[:axis], *[0] * rank, *steps[axis + len(arrays) :])
        return source.first, self.row(row), " + ".join(terms)

    # -- what is computed -------------------------------------------------------------------------

    def run(self, nodes: list[Node]) -> None:
        """A group of calls."""
        kinds = self.kernel.placing.kinds
        for node in nodes:
            kind = kinds[node]
            if kind == "reduce":
                self.reduce(node)
                continue
            if kind == "each":
                self.each(node)
            elif kind == "element":
                source, index = node.args
                part = indexed(source.value, index)
                elements = elements_of(source, part)
                if elements is None or part is None:
                    raise Left(node)
                name = self.kernel.variable(elements.base)
                own = self.registers[node] = self.kernel.fresh()
                self.body.append(("load", own, name, self.place(elements)))
            else:
                source, index = node.args
                found = gathered(source.value, index)
                name, elements, _ = self.kernel.elements(source)
                if elements is None or found is None:
                    raise Left(node)
                at = self.gathered(source.value, elements, *found)
                own = self.registers[node] = self.kernel.fresh()
                self.body.append(("load", own, name, at))
            self.keep(node)
        self.write()

    def each(self, node: Node) -> None:
        """One element of a call."""
        if node.call.name == "np.full":
            texts, operands = [self.operand(node.args[1])], (node.args[1],)
        else:
            operands = operands_of(node) or ()
            texts = [self.operand(one) for one in operands]
        self.body.append(("compute", node, texts))
        self.registers[node] = self.kernel.fresh()

    def keep(self, node: Node) -> None:
        """Store a value that others read, and look whether it is finite."""
        kernel, value = self.kernel, node.value
        own = self.registers[node]
        if not isinstance(value, np.ndarray):
            kernel.names[node] = own
        elif node in kernel.placing.stored:
            name = kernel.allocate(node)
            steps = Elements(node, 0, dense_steps(value), value.shape)
            self.writes.append(name)
            self.body.append(("store", name, self.place(steps), own))
        if node in kernel.finite:
            kernel.checked.add(node)
            if np.asarray(value).dtype in FLOATS:
                self.body.append(("watch", own))

    def reduce(self, node: Node) -> None:
        """A sum over some axes, or another reduction."""
        name, x, value = node.call.name, node.args[0], node.value
        own = REDUCTIONS.get(name, "sum")
        axes: tuple[int, ...] | None
        if name == "np.einsum":
            x, axes = summed(node) or (None, None)
            text = self.operand(x)
        elif name in REDUCTIONS:
            axes = axes_of(node)
            text = self.operand(x)
        else:
            ndim = np.ndim(value_of(x))
            axes = (ndim - 1,) if ndim > np.ndim(value_of(node.args[1])) else tuple(range(ndim))
            text = f"{self.operand(x)} * {self.operand(node.args[1])}"
        if axes is None:
            raise Left(node)
        number = self.kernel.fresh("s")
        result = None
        steps = [0] * len(self.shape)
        if isinstance(value, np.ndarray):
            dense = iter(
                step
                for step, axis in zip(dense_steps(value), range(value.ndim))
                if not (value.ndim == len(self.shape) and axis in axes)
            )
            steps = [0 if axis in axes else next(dense) for axis in range(len(self.shape))]
            result = self.kernel.allocate(node)
            self.writes.append(result)
        else:
            self.kernel.names[node] = number
        row = self.row(tuple(steps))
        entry = (
            node,
            own,
            text,
            number,
            result,
            row,
            size_of(self.shape) // max(np.size(value), 1),
        )
        self.accumulators.append(entry)
        self.body.append(("reduce", entry))

    # -- the lines --------------------------------------------------------------------------------

    def write(self) -> None:
        """Put the loop."""
        put = self.kernel.put
        sizes, rows = collapsed(self.shape, self.rows)
        variables = [self.kernel.fresh("i") for _ in sizes]
        most = len(self.writes)

        def at(place: Any) -> str:
            first, row, more = place
            terms = [f"{v} * {s}" if s != 1 else v for v, s in zip(variables, rows[row]) if s]
            terms += [more] if more else []
            return " + ".join([*terms, *([str(first)] if first or not terms else [])])

        def marks(name: str) -> str:
            own = self.writes.index(name) + 1 if name in self.writes else 0
            return f"{self.scope}, {own}, {most}"

        depths = {}
        for entry in self.accumulators:
            node, own, _, number, result, row, _ = entry
            nonzero = [depth for depth, step in enumerate(rows[row]) if step]
            kept = nonzero == list(range(len(nonzero)))  # else the total is met again and again
            depths[number] = len(nonzero) if kept else len(sizes)
            if result is not None and sizes and depths[number] == len(sizes):
                self.fill(node, start_of(entry), result)
        for depth in range(len(sizes) + 1):
            for entry in self.accumulators:
                if depths[entry[3]] == depth and (depth < len(sizes) or not sizes):
                    put(f"{entry[3]} = {start_of(entry)}")
            if depth < len(sizes):
                put(f"for {variables[depth]} in range({sizes[depth]}):")
                self.kernel.indent += 1
        for kind, *own in self.body:
            self.line(kind, own, at, marks, depths, len(sizes))
        for depth in range(len(sizes), -1, -1):
            if depth < len(sizes):
                self.kernel.indent -= 1
            for entry in self.accumulators:
                if depths[entry[3]] == depth and (depth < len(sizes) or not sizes):
                    self.finish(entry, at, marks)
        for node, how, _, number, result, _, count in self.accumulators:
            if how == "mean" and sizes and depths[number] == len(sizes):
                i = self.kernel.fresh("i")
                put(f"for {i} in range({np.size(node.value)}):")
                put(f"    {result}[{i}] /= {count}")
        self.kernel.names.update(
            {n: t for n, t in self.registers.items() if not isinstance(n.value, np.ndarray)}
        )

    def fill(self, node: Node, start: str, result: str) -> None:
        """Set an array of totals to where they start."""
        i = self.kernel.fresh("i")
        self.kernel.put(f"for {i} in range({np.size(node.value)}):")
        self.kernel.put(f"    {result}[{i}] = {start}")

    def line(
        self, kind: str, own: list[Any], at: Callable[[Any], str], marks: Callable[[str], str],
        depths: dict[str, int], most: int,
    ) -> None:  # fmt: skip
        """One statement inside of the loop."""
        put = self.kernel.put
        if kind == "load":
            name, array, place = own
            put(f"{name} = load({array}, {at(place)}, {marks(array)})")
        elif kind == "compute":
            node, texts = own
            kind_of_result = np.asarray(node.value).dtype if node.target is None else (
                node.target.value.dtype
            )  # fmt: skip
            found = formula(node, kind_of_result, texts)
            if found is None:
                raise Left(node)
            if node.target is None:
                put(f"{self.registers[node]} = {found}")
            else:
                self.registers[node] = self.kernel.fresh()
                put(f"{self.registers[node]} = {found}")
        elif kind == "store":
            array, place, text = own
            put(f"store({array}, {at(place)}, {text}, {marks(array)})")
        elif kind == "watch":
            self.kernel.watch(own[0])
        elif kind == "index":
            k, text, n = own
            put(f"{k} = np.int64({text})")
            put(f"{k} = {k} + {n} if {k} < 0 else {k}")
            put(f"out_of_range |= ({k} < 0) | ({k} >= {n})")
            put(f"{k} = {k} if ({k} >= 0) & ({k} < {n}) else 0")
        elif kind == "update":
            array, place, text, sign, dtype, value = own
            if text is None:
                text = self.registers[value]
            else:
                from_kind = np.asarray(value_of(value)).dtype
                text = text if from_kind == dtype else f"{dtype.name}({text})"
            where = at(place)
            if sign:
                text = f"load({array}, {where}, {self.scope}, 0, 0) {sign} {text}"
            put(f"store({array}, {where}, {text}, {self.scope}, 0, 0)")
        else:
            (_, how, text, number, result, row, _) = entry = own[0]
            if depths[number] == most and most:
                where = at((0, row, ""))
                before = f"load({result}, {where}, {marks(result)})"
                put(f"{number} = {text}")
                after = STEPS[how].format(before, number)
                put(f"store({result}, {where}, {after}, {marks(result)})")
            else:
                value = self.kernel.fresh()
                put(f"{value} = {text}")
                put(f"{number} = {STEPS[how].format(number, value)}")
            del entry

    def finish(self, entry: Any, at: Callable[[Any], str], marks: Callable[[str], str]) -> None:
        """What becomes of a total when its loop is over."""
        node, how, _, number, result, row, count = entry
        dtype = np.asarray(node.value).dtype
        text = number
        if how == "mean":
            text = f"{text} / {count}"
        if dtype == np.float32:
            text = f"float32({text})"
        if result is None:
            self.kernel.put(f"{number} = {text}") if text != number else None
        else:
            where = at((0, row, ""))
            self.kernel.put(f"store({result}, {where}, {text}, {marks(result)})")


def start_of(entry: Any) -> str:
    """The text of where a total starts."""
    node, how = entry[:2]
    dtype = np.asarray(node.value).dtype
    if dtype.kind == "i" and how in ("max", "min"):
        ends = np.iinfo(dtype)
        return literal(ends.min if how == "max" else ends.max)
    return STARTS[how]
