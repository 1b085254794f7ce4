"""`Torch`: the writer of modules for PyTorch."""

from __future__ import annotations

import re
from types import MappingProxyType
from typing import Any

import numpy as np

from autodiff.core.ground.errors import UnsupportedError
from autodiff.source.languages.elsewhere import Elsewhere
from autodiff.source.languages.torch.calls import SPECIAL
from autodiff.source.languages.torch.moving import places_of
from autodiff.source.languages.torch.operands import literal, stacked, tensor
from autodiff.source.records.nodes import Node, leaves, value_of
from autodiff.source.text.module import Module
from autodiff.source.words.texts import ATOM, Text

CHECK = '''
def check(value, name, shape, dtype):
    """Refuse another shape or dtype than this program was written for."""
    if type(value).__name__ == "ndarray":
        raise ValueError(f"{name} is an array of NumPy; give the tensor torch.as_tensor({name}).")
    found = str(getattr(value, "dtype", type(value).__name__)).removeprefix("torch.")
    if tuple(getattr(value, "shape", ())) != shape or found != dtype:
        raise ValueError(f"{name} is {found}; this program is for {dtype} {shape}.")
'''


def goes_back(index: Any) -> bool:
    """Whether an index has a slice with a negative step."""
    parts = index if isinstance(index, tuple) else (index,)
    return any(part.__class__ is slice and (part.step or 1) < 0 for part in parts)


class Torch(Elsewhere):
    """Writes for `torch`."""

    system = "PyTorch"
    special = MappingProxyType(SPECIAL)

    @staticmethod
    def given(array: Any) -> Any:
        """A tensor of the array's memory."""
        import torch

        return torch.as_tensor(array)

    def statement(self, node: Node) -> None:
        """Write a node down; PyTorch's elements are in C order only."""
        ordered = {"F", "A", "K"} & {
            arg for arg in leaves((node.args, node.kwargs)) if arg.__class__ is str
        }
        moving = node.call.name.removeprefix("np.") in ("reshape", "ravel", "flatten")
        if ordered and moving and node.args[0].__class__ is Node:
            own = np.asarray(node.args[0].value)
            if "F" in ordered or not own.flags.c_contiguous:
                raise UnsupportedError(
                    f"{node.call.name} in the order {ordered.pop()!r} has no text for PyTorch."
                )
        super().statement(node)

    def array(self, array: np.ndarray) -> Text:
        """A constant array: a tensor, or an argument by keyword."""
        found = super().array(array)
        return Text(literal(array)) if found.text.startswith("np.") else found

    def static(self, node: Node) -> Text:
        """A value that depends on no input."""
        if isinstance(node.value, np.ndarray) and node.value.size <= 64:
            return Text(literal(node.value))
        return super().static(node)

    def effect(self, node: Node) -> str:
        """A change in place, which PyTorch has too."""
        if node.call.name == "np.add.at":
            target, index, value = node.args
            parts = index if isinstance(index, tuple) else (index,)
            if any(part is None or part is Ellipsis for part in parts):
                raise UnsupportedError("np.add.at at np.newaxis or ... has no text for PyTorch.")
            places = ", ".join(places_of(self.expressions, parts, np.shape(value_of(target))))
            own, added = self.expressions.leaf(target).text, tensor(self.expressions, value)
            return f"{own}.index_put_(({places},), {added}, accumulate=True)"
        if node.call.name == "np.put_along_axis":
            target, places, value, axis = node.args
            own, index = (self.expressions.leaf(one) for one in (target, places))
            put = f"torch.broadcast_to({tensor(self.expressions, value)}, {index.text}.shape)"
            return f"{own.within(ATOM)}.scatter_({axis}, {index.text}, {put})"
        if len(node.args) > 1 and goes_back(node.args[1]):
            raise UnsupportedError("an index with a negative step has no text for PyTorch.")
        if node.call.kind == "setitem" and isinstance(node.args[2], tuple | list):
            target, index, value = node.args
            own = self.expressions.leaf(target).within(ATOM)
            return f"{own}[{self.expressions.index(index)}] = {stacked(self.expressions, value)}"
        return super(Elsewhere, self).effect(node)

    def translated(self) -> Module:
        """The module with PyTorch's names; what has none is refused."""
        module = self.module
        module.helper_texts["check"] = CHECK
        numbers = re.compile(r"\bnp\.(float64|float32|int64|bool_?)\(([^()]*)\)")
        module.rename(lambda line: numbers.sub(r"torch.tensor(\2, dtype=torch.\1)", line))
        text = "\n".join(line for line in module.lines if not line.lstrip().startswith("#"))
        text += "".join(body for _, body in module.functions.values())
        left = re.search(r"\b(np|scipy|math)\.[\w.]+", text.replace("np.inf", ""))
        if left is not None:
            raise UnsupportedError(f"{left[0]} has no text for PyTorch here.")
        module.rename(lambda line: line.replace("np.inf", 'float("inf")'))
        module.header = "import torch"
        return module
