"""The graph of a run as DOT text: variables in ovals, operations in boxes."""

from __future__ import annotations

from typing import Any

from autodiff.core.ground.locations import here
from autodiff.core.language.equation import Equation, history
from autodiff.frontends.chainer.variable import Variable
from autodiff.frontends.common.options import only


class ComputationalGraph:
    """What `dump` writes as DOT."""

    def __init__(self, program: list[Equation]) -> None:
        self.program = program

    def dump(self, format: str = "dot") -> str:
        """The text, for `dot -Tpng`."""
        lines = ["digraph graphname{rankdir=TB;"]
        for equation in self.program:
            number = equation.number
            shape = getattr(equation.value, "shape", ())
            dtype = getattr(equation.value, "dtype", "float64")
            label = f"{equation.name + ': ' if equation.name else ''}{shape}, {dtype}"
            lines.append(f'v{number} [label="{label}",shape="octagon"];')
            if equation.op is None:
                continue
            lines.append(f'f{number} [label="{equation.op.name}",shape="record"];')
            lines.append(f"f{number} -> v{number};")
            lines += [
                f"v{source.number} -> f{number};"
                for source in equation.inputs
                if source.__class__ is Equation
            ]
        return "\n".join([*lines, "}"])


def build_computational_graph(
    outputs: Any, remove_split: bool = True, **o: Any
) -> ComputationalGraph:
    """The graph behind a list of variables."""
    only("build_computational_graph", o, "variable_style", "function_style", "rankdir")
    if isinstance(outputs, Variable):
        raise TypeError(
            "build_computational_graph takes a list of variables; one alone would be taken apart "
            f"into its elements. Write [loss].{here()}"
        )
    return ComputationalGraph(history([v.node for v in outputs]))
