"""The graph of a run as DOT text: variables in ovals, operations in boxes."""

from __future__ import annotations

from typing import Any

from autodiff.core.ground.locations import here
from autodiff.core.language.equation import Equation, history
from autodiff.frontends.chainer.variable import Variable


class ComputationalGraph:
    """What `dump` writes as DOT."""

    def __init__(self, program: list[Equation], rankdir: str = "TB") -> None:
        self.program, self.rankdir = program, rankdir

    def dump(self, format: str = "dot") -> str:
        """The text, for `dot -Tpng`."""
        if format != "dot":
            raise NotImplementedError(f"a graph is written as 'dot', not as {format!r}.{here()}")
        lines = [f"digraph graphname{{rankdir={self.rankdir};"]
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
    outputs: Any, remove_split: bool = True, variable_style: Any = None,
    function_style: Any = None, rankdir: str = "TB",
) -> ComputationalGraph:  # fmt: skip
    """The graph behind a list of variables, from the top (`rankdir`); the styles are not used."""
    if not remove_split:
        raise ValueError(f"remove_split=False is not supported: leave it out.{here()}")
    if isinstance(outputs, Variable):
        raise TypeError(
            "build_computational_graph takes a list of variables; one alone would be taken apart "
            f"into its elements. Write [loss].{here()}"
        )
    return ComputationalGraph(history([v.node for v in outputs]), rankdir)
