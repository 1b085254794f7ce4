"""Modules whose three methods are written out by hand."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from autodiff.core.ground.locations import here
from autodiff.frontends.torch.nn.module import Module
from autodiff.frontends.torch.tensor import Tensor, _default


class Linear(Module):
    """x W^T + b, W of shape (outputs, inputs), all drawn within 1 / sqrt(inputs).

    >>> layer = Linear(3, 2)
    >>> layer.forward(Tensor([1, 2, 3])).size()
    [2]
    """

    def __init__(self, inputSize: int, outputSize: int, bias: bool = True) -> None:
        super().__init__()
        self.weight, self.gradWeight = (Tensor(outputSize, inputSize) for _ in "ab")
        if bias:
            self.bias, self.gradBias = Tensor(outputSize), Tensor(outputSize)
        self.reset()

    def reset(self, stdv: float | None = None) -> Linear:
        """Draw the parameters anew, with a deviation if one is given."""
        limit = stdv * math.sqrt(3) if stdv else 1 / math.sqrt(self.weight.size(2))
        for param in self.parameters()[0]:
            param.uniform(-limit, limit)
        return self

    def updateOutput(self, input: Tensor) -> Tensor:
        """x W^T + b, of a vector or of rows."""
        if input.dim() not in (1, 2):
            raise ValueError(f"input must be vector or matrix, not of size {input.size()}.{here()}")
        if input.a.shape[-1] != self.weight.a.shape[1]:
            raise ValueError(
                f"size mismatch: {self!r} takes {self.weight.a.shape[1]} numbers a row, and got an "
                f"input of size {input.size()}.{here()}"
            )
        y = input.a @ self.weight.a.T
        self.output = Tensor.of(y if self.bias is None else y + self.bias.a)
        return self.output

    def updateGradInput(self, input: Tensor, gradOutput: Tensor) -> Tensor:
        """gradOutput W."""
        self.gradInput = Tensor.of(gradOutput.a @ self.weight.a)
        return self.gradInput

    def accGradParameters(self, input: Tensor, gradOutput: Tensor, scale: Any = 1) -> None:
        """gradWeight += gradOutput^T x; gradBias += the sum of the rows."""
        x, g = np.atleast_2d(input.a), np.atleast_2d(gradOutput.a)
        self.gradWeight.a += scale * (g.T @ x)
        if self.bias is not None:
            self.gradBias.a += scale * g.sum(0)

    def __repr__(self) -> str:
        out, inputs = self.weight.size()
        return f"nn.Linear({inputs} -> {out})"


class CMul(Module):
    """x * w, element by element."""

    def __init__(self, *size: int) -> None:
        super().__init__()
        self.weight, self.gradWeight = Tensor(*size).fill(1), Tensor(*size)

    def updateOutput(self, input: Tensor) -> Tensor:
        """x w."""
        self.output = Tensor.of(input.a * self.weight.a)
        return self.output

    def updateGradInput(self, input: Tensor, gradOutput: Tensor) -> Tensor:
        """gradOutput w."""
        self.gradInput = Tensor.of(gradOutput.a * self.weight.a)
        return self.gradInput

    def accGradParameters(self, input: Tensor, gradOutput: Tensor, scale: Any = 1) -> None:
        """gradWeight += gradOutput x, summed over the batch."""
        found = gradOutput.a * input.a
        extra = tuple(range(found.ndim - self.weight.a.ndim))
        self.gradWeight.a += scale * found.sum(extra)


class Add(Module):
    """x + b."""

    def __init__(self, size: int) -> None:
        super().__init__()
        self.bias, self.gradBias = Tensor(size).uniform(-1 / math.sqrt(size), 0), Tensor(size)

    def updateOutput(self, input: Tensor) -> Tensor:
        """x + b."""
        self.output = Tensor.of(input.a + self.bias.a)
        return self.output

    def updateGradInput(self, input: Tensor, gradOutput: Tensor) -> Tensor:
        """gradOutput."""
        self.gradInput = Tensor.of(gradOutput.a.copy())
        return self.gradInput

    def accGradParameters(self, input: Tensor, gradOutput: Tensor, scale: Any = 1) -> None:
        """gradBias += the sum of the rows."""
        self.gradBias.a += scale * np.atleast_2d(gradOutput.a).sum(0)


class LookupTable(Module):
    """A row of the table for each index, which count from 1."""

    def __init__(self, nIndex: int, nOutput: int) -> None:
        super().__init__()
        self.weight, self.gradWeight = Tensor(nIndex, nOutput).normal(), Tensor(nIndex, nOutput)

    def updateOutput(self, input: Tensor) -> Tensor:
        """The rows."""
        self.output = Tensor.of(self.weight.a[input.a.astype(int) - 1])
        return self.output

    def updateGradInput(self, input: Tensor, gradOutput: Tensor) -> Tensor:
        """Indices have no gradient: zeros."""
        self.gradInput = Tensor.of(np.zeros(input.a.shape))
        return self.gradInput

    def accGradParameters(self, input: Tensor, gradOutput: Tensor, scale: Any = 1) -> None:
        """Each row's gradient is the sum of its uses."""
        np.add.at(self.gradWeight.a, input.a.astype(int) - 1, scale * gradOutput.a)


class Reshape(Module):
    """Another shape of each example; whether the first dimension is a batch is guessed."""

    def __init__(self, *size: Any) -> None:
        super().__init__()
        given = size[0] if isinstance(size[0], list | tuple) else size
        self.size = [int(n) for n in given if not isinstance(n, bool)]
        self.batchMode = given[-1] if isinstance(given[-1], bool) else None

    def updateOutput(self, input: Tensor) -> Tensor:
        """The same numbers."""
        whole = input.nElement() == math.prod(self.size) and input.size(1) != 1
        batch = self.batchMode if self.batchMode is not None else not whole
        self.output = input.view(*([input.size(1)] if batch else []), *self.size)
        return self.output

    def updateGradInput(self, input: Tensor, gradOutput: Tensor) -> Tensor:
        """In the shape of the input."""
        self.gradInput = gradOutput.view(*input.size())
        return self.gradInput


class View(Reshape):
    """The same; -1 stands for what is left."""

    def updateOutput(self, input: Tensor) -> Tensor:
        """The same numbers."""
        if -1 in self.size:
            self.output = input.view(*self.size)
            return self.output
        count = math.prod(self.size)
        batch = input.nElement() // count
        self.output = input.view(*([batch] if batch > 1 else []), *self.size)
        return self.output


class Identity(Module):
    """The input."""

    def updateOutput(self, input: Any) -> Any:
        """x."""
        self.output = input
        return input

    def updateGradInput(self, input: Any, gradOutput: Any) -> Any:
        """gradOutput."""
        self.gradInput = gradOutput
        return gradOutput


class Dropout(Module):
    """Zero with probability p, the rest divided by 1 - p; the input itself in `evaluate()`."""

    def __init__(self, p: float = 0.5) -> None:
        super().__init__()
        if not 0 <= p < 1:
            raise ValueError(f"<Dropout> illegal percentage, must be 0 <= p < 1, not {p}.{here()}")
        self.p, self.noise = p, Tensor()

    def updateOutput(self, input: Tensor) -> Tensor:
        """x * noise."""
        if not self.train:
            self.output = input
            return input
        noise = Tensor.of(np.zeros(np.shape(input.a), _default[0])).bernoulli(1 - self.p)
        self.noise = noise.div(1 - self.p)
        self.output = Tensor.of(input.a * self.noise.a)
        return self.output

    def updateGradInput(self, input: Tensor, gradOutput: Tensor) -> Tensor:
        """gradOutput * noise."""
        self.gradInput = Tensor.of(gradOutput.a * self.noise.a) if self.train else gradOutput
        return self.gradInput


__all__ = ["Add", "CMul", "Dropout", "Identity", "Linear", "LookupTable", "Reshape", "View"]
