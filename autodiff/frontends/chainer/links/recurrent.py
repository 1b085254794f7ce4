"""Cells along time: LSTM, and GRU with and without a state of its own."""

from __future__ import annotations

from typing import Any

import numpy as np

import autodiff.frontends.chainer.functions as F
from autodiff.frontends.chainer.initializers import initializer_of
from autodiff.frontends.chainer.link import Chain, Link
from autodiff.frontends.chainer.links.basic import Linear
from autodiff.frontends.chainer.variable import Variable, array_of
from autodiff.frontends.common.options import only


class LSTM(Chain):
    """LSTM with a state of its own: `reset_state` forgets it."""

    def __init__(self, in_size: int | None, out_size: int, **options: Any) -> None:
        only("L.LSTM", options)
        super().__init__(
            upward=Linear(in_size, 4 * out_size, initialW=0),
            lateral=Linear(out_size, 4 * out_size, initialW=0, nobias=True),
        )
        self.state_size = out_size
        if in_size is not None:
            self._fill()
        self.reset_state()

    def _fill(self) -> None:
        """Draw the weights gate by gate."""
        for start in range(0, 4 * self.state_size, self.state_size):
            for link in (self.lateral, self.upward):
                initializer_of(None)(link.W.data[start : start + self.state_size])

    def reset_state(self) -> None:
        """Forget cell and output."""
        self.c = self.h = None

    def set_state(self, c: Any, h: Any) -> None:
        """Take a cell and an output."""
        self.c, self.h = c, h

    def __call__(self, x: Any) -> Variable:
        """The output of one more step."""
        if self.upward.has_uninitialized_params:
            self.upward._initialize_params(x.size // x.shape[0])
            self._fill()
        gates = self.upward(x)
        if self.h is not None:
            gates = gates + self.lateral(self.h)
        if self.c is None:
            zeros = np.zeros((array_of(x).shape[0], self.state_size), gates.dtype)
            self.c = Variable(zeros, volatile="auto")
        self.c, self.h = F.lstm(self.c, gates)
        return self.h


class GRU(Chain):
    """h' = (1 - z) h + z tanh(W x + U (r h)), with gates r and z: `gru(h, x)`, without a state."""

    def __init__(
        self, n_units: int, n_inputs: int | None = None, init: Any = None, inner_init: Any = None,
        bias_init: Any = 0,
    ) -> None:  # fmt: skip
        def gates(letter: str, inputs: int, start: Any) -> dict[str, Link]:
            names = (f"{letter}_r", f"{letter}_z", letter)
            made = {"initialW": start, "initial_bias": bias_init}
            return {name: Linear(inputs, n_units, **made) for name in names}

        inputs = n_units if n_inputs is None else n_inputs
        super().__init__(**gates("W", inputs, init), **gates("U", n_units, inner_init))

    def __call__(self, h: Any, x: Any) -> Variable:
        """The next h."""
        r = F.sigmoid(self.W_r(x) + self.U_r(h))
        z = F.sigmoid(self.W_z(x) + self.U_z(h))
        return (1 - z) * h + z * F.tanh(self.W(x) + self.U(r * h))


class StatefulGRU(GRU):
    """The same with an h of its own: `reset_state` forgets it."""

    def __init__(
        self, in_size: int, out_size: int, init: Any = None, inner_init: Any = None,
        bias_init: Any = 0,
    ) -> None:  # fmt: skip
        super().__init__(out_size, in_size, init, inner_init, bias_init)
        self.reset_state()

    def reset_state(self) -> None:
        """Forget h."""
        self.h = None

    def set_state(self, h: Any) -> None:
        """Take an h."""
        self.h = h

    def __call__(self, x: Any) -> Variable:  # type: ignore[override]
        """The output of one more step."""
        if self.h is None:
            z = F.sigmoid(self.W_z(x))
            self.h = z * F.tanh(self.W(x))
        else:
            self.h = super().__call__(self.h, x)
        return self.h
