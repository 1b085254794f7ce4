"""Whether a program hangs on how arrays lie in memory: then another order is refused.

`y.ravel()` shows the memory of y or is a copy of it, as the elements lie; where y is changed in
place that makes a difference, as it does where elements are asked for in the order of the memory.
"""

from __future__ import annotations

from autodiff.source.records.nodes import Node, leaves
from autodiff.source.records.shapes import MAKING

SHOWING = ("reshape", "ravel", "ascontiguousarray", "asfortranarray")
"""What shows the same memory or a copy of it, as the elements lie."""


def is_laid_out(node: Node) -> bool:
    """Whether a call makes an array that lies in memory in the same way for all inputs."""
    name = node.call.name.rpartition(".")[2]
    return name in MAKING or name == "bincount"


def hangs_on_layout(node: Node) -> bool:
    """Whether the order of elements in memory decides what a call makes, or whose memory it is."""
    name = node.call.name.rpartition(".")[2]
    roots = {one.root for one in (node, *node.operands)}
    if name in SHOWING and any(one.written and not is_laid_out(one) for one in roots):
        return True
    given = leaves((node.args[1:], node.kwargs))
    ordered = any(one.__class__ is str and one in "KA" for one in given)
    return ordered and not node.role and name in ("ravel", "reshape", "flatten")
