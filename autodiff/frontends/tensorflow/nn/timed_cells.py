"""A cell that is open at its own hours: `PhasedLSTMCell` (Neil, Pfeiffer and Liu, 2016).

Its input is a pair (time, x), the time of each row (batch, 1).  Each unit has a period and a phase;
it takes a step in the first part of its period, `ratio_on` of it, and else only leaks.  So the
events of a row may come at any times.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from autodiff.core.ground.locations import here
from autodiff.frontends.common.options import only
from autodiff.frontends.tensorflow.control.flow import stop_gradient
from autodiff.frontends.tensorflow.nn.cells import LSTMStateTuple, RNNCell, linear
from autodiff.frontends.tensorflow.ops.arrays import cast
from autodiff.frontends.tensorflow.ops.choosing import select
from autodiff.frontends.tensorflow.ops.joining import split
from autodiff.frontends.tensorflow.ops.math import exp, less, mod, sigmoid, tanh
from autodiff.frontends.tensorflow.ops.random import random_uniform
from autodiff.frontends.tensorflow.variables.initializers import (
    constant_initializer,
    random_uniform_initializer,
)
from autodiff.frontends.tensorflow.variables.scopes import get_variable, variable_scope


class PhasedLSTMCell(RNNCell):
    """An LSTM with a gate of time: c = k c' + (1 - k) c, and h alike, k between 0 and 1.

    With r the share of its period that has gone by, k is 2 r / ratio_on while the gate opens,
    2 - 2 r / ratio_on while it closes, and then leak r.
    """

    def __init__(
        self,
        num_units: int,
        use_peepholes: bool = False,
        leak: float = 0.001,
        ratio_on: float = 0.1,
        trainable_ratio_on: bool = True,
        period_init_min: float = 1.0,
        period_init_max: float = 1000.0,
        **more: Any,
    ) -> None:
        only("PhasedLSTMCell", more, "reuse", "name")
        self.output_size, self.state_size = num_units, LSTMStateTuple(num_units, num_units)
        self.peepholes, self.leak = use_peepholes, leak
        self.ratio_on, self.learns_ratio = ratio_on, trainable_ratio_on
        self.periods = period_init_min, period_init_max

    def call(self, inputs: Any, state: Any) -> tuple[Any, Any]:
        """One step."""
        if not isinstance(inputs, list | tuple) or len(inputs) != 2:
            raise TypeError(
                "PhasedLSTMCell takes pairs (time, x), the time of shape (batch, 1): write "
                f"tf.nn.dynamic_rnn(cell, (times, x)).{here()}"
            )
        (time, x), (c, h), size = inputs, state, self.output_size
        with variable_scope("mask_gates"):
            seen = [x, h, c] if self.peepholes else [x, h]
            i, f = split(1, 2, sigmoid(linear(seen, 2 * size, True)))
        with variable_scope("new_input"):
            new_c = c * f + i * tanh(linear([x, h], size, True))
        with variable_scope("output_gate"):
            seen = [x, h, new_c] if self.peepholes else [x, h]
            new_h = tanh(new_c) * sigmoid(linear(seen, size, True))
        k = self._gate(time, x.dtype)
        new_c, new_h = k * new_c + (1.0 - k) * c, k * new_h + (1.0 - k) * h
        return new_h, LSTMStateTuple(new_c, new_h)

    def _gate(self, time: Any, dtype: Any) -> Any:
        size, (shortest, longest) = [self.output_size], self.periods

        def spread(shape: Any, dtype: Any = None) -> Any:
            ends = np.log([shortest, longest]).tolist()
            return exp(random_uniform(shape, *ends, dtype))

        period = get_variable("period", size, dtype, spread)
        start = random_uniform_initializer(0.0, period.initial_value)
        phase = get_variable("phase", size, dtype, start)
        on = get_variable(
            "ratio_on",
            size,
            dtype,
            constant_initializer(self.ratio_on),
            trainable=self.learns_ratio,
        )
        own = cast(period, time.dtype)
        since = time - cast(phase, time.dtype)
        past = stop_gradient(mod(since, own) - since) + since  # its slope along the time is 1
        r = cast(past / own, dtype)
        opens, closes = 2.0 * r / on, 2.0 - 2.0 * r / on
        k = select(less(r, on), closes, self.leak * r)
        return select(less(r, 0.5 * on), opens, k)
