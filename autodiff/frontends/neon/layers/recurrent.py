"""Recurrent layers over (features, steps batch): the columns of one step stand side by side.

A layer is stateful unless `reset_cells`: a batch begins with the state in which the last one ended,
through which no error flows.  All weights are one matrix (inputs + outputs + 1, gates outputs).
"""

from __future__ import annotations

from typing import Any

import numpy as np

from autodiff.core.language.dispatch import ground
from autodiff.frontends.neon.layers.basic import FromRegistry, Layer


class Recurrent(FromRegistry):
    """h = activation(W_input x + W_recur h' + b)."""

    gates = 1
    states = 1

    def __init__(
        self, output_size: int, init: Any, init_inner: Any = None, activation: Any = None,
        reset_cells: bool = False, name: str = "Recurrent",
    ) -> None:  # fmt: skip
        assert activation is not None, f"missing activation function for {type(self).__name__}"
        self.nout, self.init, self.init_inner = output_size, init, init_inner or init
        self.activation, self.reset_cells, self.name = activation, reset_cells, name
        self.kept: list[Any] = []

    def configure(self, in_shape: Any) -> Any:
        """(features, steps) in, (outputs, steps) out."""
        self.in_shape = in_shape if len(in_shape) == 2 else (int(np.prod(in_shape)), 1)
        self.nin, self.steps = self.in_shape
        self.out_shape = (self.nout, self.steps)
        return self.out_shape

    def allocate(self) -> None:
        """The matrix: each gate is filled by itself, the bias is 0."""
        wide = self.gates * self.nout
        self.W = self.be.zeros((self.nin + self.nout + 1, wide))
        self.dW, self.states_of_rule = self.be.zeros(self.W.shape), []
        for part, init in zip(
            self._parts(self.W.array), (self.init, self.init_inner), strict=False
        ):
            for gate in range(self.gates):
                filled = self.be.zeros((self.nout, part.shape[1]))
                init.fill(filled)
                part[gate * self.nout : (gate + 1) * self.nout] = filled.array

    def params(self) -> list[Any]:
        """The one matrix."""
        return [(self.W, self.dW, self.states_of_rule)]

    def _parts(self, w: Any) -> tuple[Any, Any, Any]:
        wide = self.gates * self.nout
        own = np.reshape(w[: self.nin], (wide, self.nin))
        recur = np.reshape(w[self.nin : -1], (wide, self.nout))
        return own, recur, np.reshape(w[-1:], (wide, 1))

    def compute(self, x: Any, *params: Any) -> Any:
        """The outputs of all steps."""
        own, recur, bias = self._parts(params[0])
        size = np.shape(ground(x))[1] // self.steps
        zero = np.zeros((self.nout, size), self.W.dtype)
        fresh = self.reset_cells or not self.kept or self.kept[0].shape != zero.shape
        state = [zero] * self.states if fresh else list(self.kept)
        ahead, found = own @ x, []
        for t in range(self.steps):
            state = self.step(ahead[:, t * size : (t + 1) * size], state, recur, bias)
            found.append(state[0])
        self.kept = [np.array(ground(s)) for s in state]
        return np.concatenate(found, axis=1)

    def step(self, ahead: Any, state: list[Any], recur: Any, bias: Any) -> list[Any]:
        """The new states, the output first, from W_input x."""
        return [self.activation.fprop(recur @ state[0] + ahead + bias)]


class LSTM(Recurrent):
    """Gates i, f, o and candidate g, in this order: c = f c' + i g; h = o activation(c)."""

    gates = 4
    states = 2

    def __init__(
        self, output_size: int, init: Any, init_inner: Any = None, activation: Any = None,
        gate_activation: Any = None, reset_cells: bool = False, name: str = "LSTM",
    ) -> None:  # fmt: skip
        super().__init__(output_size, init, init_inner, activation, reset_cells, name)
        self.gate_activation = gate_activation

    def step(self, ahead: Any, state: list[Any], recur: Any, bias: Any) -> list[Any]:
        """h and c."""
        h, c = state
        n, ifog = self.nout, recur @ h + ahead + bias
        gates, g = self.gate_activation.fprop(ifog[: 3 * n]), self.activation.fprop(ifog[3 * n :])
        c = gates[n : 2 * n] * c + gates[:n] * g
        return [gates[2 * n :] * self.activation.fprop(c), c]


class GRU(LSTM):
    """Gates r, z and a candidate from r h': h = (1 - z) h' + z candidate."""

    gates = 3
    states = 1

    def step(self, ahead: Any, state: list[Any], recur: Any, bias: Any) -> list[Any]:
        """h."""
        (h,) = state
        n = self.nout
        rz = self.gate_activation.fprop(ahead[: 2 * n] + recur[: 2 * n] @ h + bias[: 2 * n])
        inner = recur[2 * n :] @ (rz[:n] * h) + ahead[2 * n :] + bias[2 * n :]
        return [(1 - rz[n:]) * h + rz[n:] * self.activation.fprop(inner)]


class _OverSteps(FromRegistry):
    """One column a sequence: what becomes of its steps."""

    def __init__(self, name: str = "") -> None:
        self.name = name or type(self).__name__

    def configure(self, in_shape: Any) -> Any:
        """(features, steps) in, features out."""
        self.in_shape, self.out_shape = in_shape, (in_shape[0],)
        return self.out_shape

    def steps(self, x: Any) -> Any:
        """(features, steps, batch)."""
        return np.reshape(x, (*self.in_shape, -1))


class RecurrentLast(_OverSteps):
    """The last step."""

    def compute(self, x: Any, *params: Any) -> Any:
        """Its columns."""
        return self.steps(x)[:, -1]


class RecurrentSum(_OverSteps):
    """The sum of the steps."""

    def compute(self, x: Any, *params: Any) -> Any:
        """Their sum."""
        return np.sum(self.steps(x), axis=1)


class RecurrentMean(_OverSteps):
    """The mean of the steps."""

    def compute(self, x: Any, *params: Any) -> Any:
        """Their mean."""
        return np.mean(self.steps(x), axis=1)


class LookupTable(Layer):
    """A column of the table for each word's number: (steps) in, (embedding, steps) out."""

    def __init__(
        self, vocab_size: int, embedding_dim: int, init: Any, update: bool = True,
        pad_idx: Any = None, name: str = "LookupTable",
    ) -> None:  # fmt: skip
        self.size, self.nout, self.init, self.update = vocab_size, embedding_dim, init, update
        self.pad, self.name = pad_idx, name

    def configure(self, in_shape: Any) -> Any:
        """As many steps as there are numbers in a column."""
        self.in_shape, self.out_shape = in_shape, (self.nout, int(in_shape[0]))
        return self.out_shape

    def allocate(self) -> None:
        """The table (words, embedding); the row of `pad_idx` is 0."""
        self._weights((self.size, self.nout), self.init)
        if self.pad is not None:
            self.W.array[self.pad] = 0

    def fprop(self, x: Any, inference: bool = False) -> Any:
        """Its rows as columns."""
        self.numbers = np.asarray(x, int).reshape(-1)
        return self.W.array[self.numbers].T

    def bprop(self, error: Any) -> Any:
        """The errors of all uses of a word, added up; none for the numbers."""
        self.dW.array[...] = 0
        if self.update:
            np.add.at(self.dW.array, self.numbers, error.T)
            if self.pad is not None:
                self.dW.array[self.pad] = 0
        return np.zeros((int(self.in_shape[0]), error.shape[1] // int(self.in_shape[0])))
