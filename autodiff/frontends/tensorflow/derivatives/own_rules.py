"""The backward part of a node that has a gradient of one's own: the function builds its nodes."""

from __future__ import annotations

from typing import Any

from autodiff.core.ground.locations import here
from autodiff.core.language.equation import Equation
from autodiff.core.language.registry import registry
from autodiff.core.reverse.sweep import Parts
from autodiff.frontends.tensorflow.graph.inputs import convert_to_tensor
from autodiff.frontends.tensorflow.graph.operation import Operation
from autodiff.frontends.tensorflow.graph.overrides import REGISTERED
from autodiff.frontends.tensorflow.graph.tensor import Tensor


def overridden(graph: Any, node: Equation, ct: Any) -> list[Tensor | None]:
    """The cotangents of all operands, by the function that was registered."""
    rule, op = REGISTERED[node.note["override"]], Operation(graph, node)
    if rule is None:
        return [None] * len(node.inputs)
    parts = list(ct) if isinstance(ct, Parts) else [ct]
    grads = [
        graph.stage(registry["zeros_like"], (output,)) if part is None else part.tensor
        for part, output in zip(parts, op.outputs, strict=True)
    ]
    answer = rule(op, *grads)
    answers = list(answer) if isinstance(answer, list | tuple) else [answer]
    links = node.note.get("links", 0)
    tensors = [i for i, one in enumerate(node.inputs) if one.__class__ is Equation and i >= links]
    places = tensors if len(answers) == len(tensors) else range(links, len(node.inputs))
    if len(answers) != len(places):
        raise ValueError(
            f"the gradient {node.note['override']!r} gives {len(answers)} values, and "
            f"{op.name} has {len(tensors)} inputs: one for each, None where there is no derivative."
            f"{here()}"
        )
    found: list[Tensor | None] = [None] * len(node.inputs)
    for place, one in zip(places, answers, strict=True):
        found[place] = None if one is None else convert_to_tensor(one)
    return found
