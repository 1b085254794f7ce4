"""Containers: modules one after the other, or side by side."""

from __future__ import annotations

from typing import Any

import numpy as np

from autodiff.frontends.torch.nn.module import Module
from autodiff.frontends.torch.tensor import Tensor


class Container(Module):
    """Modules in a list: `add` returns the container, `get(1)` is the first."""

    def __init__(self) -> None:
        super().__init__()
        self.modules: list[Module] = []

    def add(self, module: Module) -> Any:
        """Append a module."""
        self.modules.append(module)
        return self

    def get(self, index: int) -> Module:
        """A module by number, from 1."""
        return self.modules[int(index) - 1]

    def size(self) -> int:
        """How many there are."""
        return len(self.modules)

    def parameters(self) -> Any:
        """Those of all modules."""
        found = [m.parameters() for m in self.modules]
        return [p for ps, _ in found for p in ps], [g for _, gs in found for g in gs]

    def training(self) -> None:
        """All modules too."""
        self.train = True
        for module in self.modules:
            module.training()

    def evaluate(self) -> None:
        """All modules too."""
        self.train = False
        for module in self.modules:
            module.evaluate()

    def listModules(self) -> list[Module]:
        """This, and all in it."""
        return [self, *(m for own in self.modules for m in own.listModules())]

    def reset(self, stdv: float | None = None) -> Any:
        """Draw all parameters anew."""
        for module in self.modules:
            if hasattr(module, "reset"):
                module.reset(stdv)
        return self

    def __repr__(self) -> str:
        lines = [f"nn.{type(self).__name__} {{"]
        lines += [f"  ({i}): {m!r}".replace("\n", "\n  ") for i, m in enumerate(self.modules, 1)]
        return "\n".join([*lines, "}"])


class Sequential(Container):
    """Each module on the output of the one before."""

    def updateOutput(self, input: Any) -> Any:
        """From the first to the last."""
        for module in self.modules:
            input = module.updateOutput(input)
        self.output = input
        return input

    def updateGradInput(self, input: Any, gradOutput: Any) -> Any:
        """From the last to the first."""
        for place in range(len(self.modules) - 1, -1, -1):
            before = self.modules[place - 1].output if place else input
            gradOutput = self.modules[place].updateGradInput(before, gradOutput)
        self.gradInput = gradOutput
        return gradOutput

    def accGradParameters(self, input: Any, gradOutput: Any, scale: Any = 1) -> None:
        """Each from what `updateGradInput` left with the next."""
        for place in range(len(self.modules) - 1, -1, -1):
            before = self.modules[place - 1].output if place else input
            self.modules[place].accGradParameters(before, gradOutput, scale)
            gradOutput = self.modules[place].gradInput


class ConcatTable(Container):
    """Each module on the same input: a list of outputs."""

    def updateOutput(self, input: Any) -> Any:
        """The outputs."""
        self.output = [m.updateOutput(input) for m in self.modules]
        return self.output

    def updateGradInput(self, input: Any, gradOutput: Any) -> Any:
        """The sum of the modules' gradients."""
        pairs = zip(self.modules, gradOutput, strict=True)
        found = [m.updateGradInput(input, g) for m, g in pairs]
        self.gradInput = Tensor.of(sum(f.a for f in found))
        return self.gradInput

    def accGradParameters(self, input: Any, gradOutput: Any, scale: Any = 1) -> None:
        """Each its own."""
        for module, grad in zip(self.modules, gradOutput, strict=True):
            module.accGradParameters(input, grad, scale)


class ParallelTable(Container):
    """The first module on the first input, and so on."""

    def updateOutput(self, input: Any) -> Any:
        """The outputs."""
        self.output = [m.updateOutput(x) for m, x in zip(self.modules, input, strict=True)]
        return self.output

    def updateGradInput(self, input: Any, gradOutput: Any) -> Any:
        """The gradients, one an input."""
        rows = zip(self.modules, input, gradOutput, strict=True)
        self.gradInput = [m.updateGradInput(x, g) for m, x, g in rows]
        return self.gradInput

    def accGradParameters(self, input: Any, gradOutput: Any, scale: Any = 1) -> None:
        """Each its own."""
        for module, x, grad in zip(self.modules, input, gradOutput, strict=True):
            module.accGradParameters(x, grad, scale)


class Concat(ConcatTable):
    """Each module on the same input, the outputs joined along a dimension."""

    def __init__(self, dimension: int) -> None:
        super().__init__()
        self.dimension = int(dimension)

    def _parts(self, gradOutput: Any) -> list[Tensor]:
        lengths = [m.output.size(self.dimension) for m in self.modules]
        places = np.cumsum(lengths)[:-1]
        return [Tensor.of(p) for p in np.split(gradOutput.a, places, self.dimension - 1)]

    def updateOutput(self, input: Any) -> Any:
        """The outputs side by side."""
        found = [m.updateOutput(input).a for m in self.modules]
        self.output = Tensor.of(np.concatenate(found, self.dimension - 1))
        return self.output

    def updateGradInput(self, input: Any, gradOutput: Any) -> Any:
        """The sum of the modules' gradients."""
        return super().updateGradInput(input, self._parts(gradOutput))

    def accGradParameters(self, input: Any, gradOutput: Any, scale: Any = 1) -> None:
        """Each its own."""
        super().accGradParameters(input, self._parts(gradOutput), scale)


class CAddTable(Module):
    """The sum of a list of tensors."""

    def updateOutput(self, input: Any) -> Any:
        """The sum."""
        self.output = Tensor.of(sum(x.a for x in input))
        return self.output

    def updateGradInput(self, input: Any, gradOutput: Any) -> Any:
        """The same for each."""
        self.gradInput = [gradOutput.clone() for _ in input]
        return self.gradInput


class CMulTable(Module):
    """The product of the inputs, element by element."""

    def updateOutput(self, input: Any) -> Any:
        """x1 x2 ..."""
        self.output = input[0].clone()
        for other in input[1:]:
            self.output.cmul(other)
        return self.output

    def updateGradInput(self, input: Any, gradOutput: Any) -> Any:
        """For each input the product of the others."""
        self.gradInput = []
        for place in range(len(input)):
            grad = gradOutput.clone()
            for other, x in enumerate(input):
                if other != place:
                    grad.cmul(x)
            self.gradInput.append(grad)
        return self.gradInput


class JoinTable(Module):
    """A list of tensors joined along a dimension."""

    def __init__(self, dimension: int) -> None:
        super().__init__()
        self.dimension = int(dimension)

    def updateOutput(self, input: Any) -> Any:
        """Side by side."""
        self.output = Tensor.of(np.concatenate([x.a for x in input], self.dimension - 1))
        return self.output

    def updateGradInput(self, input: Any, gradOutput: Any) -> Any:
        """The parts."""
        places = np.cumsum([x.size(self.dimension) for x in input])[:-1]
        parts = np.split(gradOutput.a, places, self.dimension - 1)
        self.gradInput = [Tensor.of(p) for p in parts]
        return self.gradInput


__all__ = [
    "CAddTable",
    "CMulTable",
    "Concat",
    "ConcatTable",
    "Container",
    "JoinTable",
    "ParallelTable",
    "Sequential",
]
