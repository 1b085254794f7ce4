"""How PyTorch multiplies vectors and matrices, and counts."""

from __future__ import annotations

import numpy as np

from autodiff.source.languages.torch.operands import tensor
from autodiff.source.records.nodes import Node, named, value_of
from autodiff.source.words.expressions import Expressions, Special, letters
from autodiff.source.words.texts import ATOM, Text


def _tensordot(expressions: Expressions, node: Node) -> Text | None:
    axes = node.kwargs.get("axes", node.args[2] if len(node.args) > 2 else 2)
    if not isinstance(axes, int):
        axes = tuple([own] if isinstance(own, int) else list(own) for own in axes)
    shown = ", ".join(tensor(expressions, arg, node) for arg in node.args[:2])
    return Text(f"torch.tensordot({shown}, dims={axes})")


def _dot(expressions: Expressions, node: Node) -> Text | None:
    """`np.dot`, which for arrays of many axes is no `matmul`."""
    left, right = (tensor(expressions, one, node) for one in node.args)
    a, b = (np.ndim(value_of(one)) for one in node.args)
    if node.kwargs or len(node.args) != 2:
        return None
    if not a or not b:
        return Text(f"torch.mul({left}, {right})")
    if b > 2 or (a > 2 and b == 2):
        return Text(f"torch.tensordot({left}, {right}, dims=([{a - 1}], [{b - 2}]))")
    return Text(f"torch.matmul({left}, {right})")


def _of_vectors(name: str) -> Special:
    """A product of two arrays, as vectors."""

    def write(expressions: Expressions, node: Node) -> Text | None:
        if node.kwargs or len(node.args) != 2:
            return None
        shown = [tensor(expressions, one, node) for one in node.args]
        for place, one in enumerate(node.args):
            if np.ndim(value_of(one)) != 1:
                own = expressions.leaf(one).within(ATOM) if one.__class__ is Node else shown[place]
                shown[place] = f"{own}.reshape(-1)"
        return Text(f"torch.{name}({', '.join(shown)})")

    return write


def _einsum(expressions: Expressions, node: Node) -> Text | None:
    args = node.args if isinstance(node.args[0], str) else letters(node.args)
    first, *operands = args
    shown = ", ".join(tensor(expressions, one, node) for one in operands)
    return Text(f'torch.einsum("{first}", {shown})')


def _convolved(expressions: Expressions, node: Node) -> Text | None:
    """`np.convolve`, as a convolution of one channel, which PyTorch gives the filter turned."""
    given = named(node, "a", "v", "mode")
    a, v, mode = given["a"], given["v"], given.get("mode", "full")
    signal, weights = tensor(expressions, a, node), tensor(expressions, v, node)
    n, m = (np.size(value_of(one)) for one in (a, v))
    if n < m:
        signal, weights, n, m = weights, signal, m, n
    if mode == "same" and m % 2 == 0:
        return None
    padding = {"full": m - 1, "same": m // 2, "valid": 0}[mode]
    return Text(
        f"torch.nn.functional.conv1d({signal}.reshape(1, 1, -1), "
        f"torch.flip({weights}, (0,)).reshape(1, 1, -1), padding={padding}).reshape(-1)"
    )


def _counted(expressions: Expressions, node: Node) -> Text | None:
    return Text(f"torch.bincount({', '.join(expressions.leaf(arg).text for arg in node.args)})")


PRODUCTS: dict[str, Special] = {
    "np.dot": _dot, "dot": _dot, "np.vdot": _of_vectors("vdot"), "np.outer": _of_vectors("outer"),
    "np.tensordot": _tensordot, "np.einsum": _einsum, "np.convolve": _convolved,
    "np.bincount": _counted,
}  # fmt: skip
