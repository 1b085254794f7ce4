"""`ExponentialMovingAverage`: shadows that follow variables, or other tensors, slowly."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from autodiff.core.ground.locations import here
from autodiff.core.language.abstract import dims_text
from autodiff.frontends.common.options import taking
from autodiff.frontends.tensorflow.control.flow import group
from autodiff.frontends.tensorflow.graph.inputs import convert_to_tensor
from autodiff.frontends.tensorflow.graph.operation import Operation
from autodiff.frontends.tensorflow.graph.tensor import Tensor
from autodiff.frontends.tensorflow.ground.shapes import is_full
from autodiff.frontends.tensorflow.ops.math import minimum
from autodiff.frontends.tensorflow.variables.initialization import (
    all_variables,
    moving_average_variables,
    trainable_variables,
)
from autodiff.frontends.tensorflow.variables.variables import (
    GraphKeys,
    Variable,
)


class ExponentialMovingAverage:
    """shadow <- decay * shadow + (1 - decay) * value, whenever the operation of `apply` runs.

    With `num_updates`, the number of steps so far, the decay is at most
    (1 + num_updates) / (10 + num_updates), so that the average moves faster at the start.  The
    shadow of a variable starts at its initial value, that of another tensor at 0.

    >>> from autodiff.frontends import tensorflow as tf
    >>> with tf.Graph().as_default(), tf.Session() as sess:
    ...     w = tf.Variable(1.0)
    ...     ema = tf.train.ExponentialMovingAverage(0.9)
    ...     with tf.control_dependencies([w.assign(2.0)]):
    ...         update = ema.apply([w])
    ...     sess.run(tf.initialize_all_variables())
    ...     sess.run(update)
    ...     print(sess.run(ema.average(w)))
    1.1
    """

    @taking(off="zero_debias")
    def __init__(
        self, decay: Any, num_updates: Any = None, name: str = "ExponentialMovingAverage"
    ) -> None:
        self.decay = decay
        self.num_updates = num_updates
        self.name = name
        self._shadows: dict[Tensor, Variable] = {}

    def apply(self, var_list: Sequence[Tensor] | None = None) -> Operation:
        """An operation that moves the shadows (default: of all trainable variables).

        The values are read when it runs, after what it depends on.
        """
        values = trainable_variables() if var_list is None else list(var_list)
        if not values:
            raise ValueError(f"there is nothing to average.{here()}")
        for value in values:
            if value.dtype.kind != "f":
                raise TypeError(f"an average needs floats; {value.name} is {value.dtype}.{here()}")
            if value in self._shadows:
                raise ValueError(f"the average of {value.name} is applied already.{here()}")
            self._shadows[value] = self._shadow(value)
            if isinstance(value, Variable):
                value.graph.add_to_collection(GraphKeys.MOVING_AVERAGE_VARIABLES, value)
        with values[0].graph.name_scope(self.name) as scope:
            decay = self._decay_now()
            steps = [
                shadow.assign_sub((shadow - value) * (1.0 - decay))
                for value, shadow in ((v, self._shadows[v]) for v in values)
            ]
            return group(*steps, name=scope)

    def average(self, var: Tensor) -> Variable | None:
        """The shadow of a variable or tensor; None where `apply` was not given it."""
        return self._shadows.get(var)

    def average_name(self, var: Tensor) -> str:
        """The name under which the shadow of a variable or tensor is saved."""
        shadow = self._shadows.get(var)
        return f"{var.op.name}/{self.name}" if shadow is None else shadow.op.name

    def variables_to_restore(
        self, moving_avg_variables: Sequence[Variable] | None = None
    ) -> dict[str, Variable]:
        """What a `Saver` takes to restore the averages into the variables themselves."""
        averaged = moving_avg_variables
        if averaged is None:
            averaged = [*trainable_variables(), *moving_average_variables()]
        names = {self.average_name(v): v for v in dict.fromkeys(averaged)}
        others = [v for v in all_variables() if v not in averaged and v.op.name not in names]
        return names | {v.op.name: v for v in others}

    def _shadow(self, value: Tensor) -> Variable:
        name = f"{value.op.name}/{self.name}"
        if isinstance(value, Variable):
            return Variable(value.initialized_value(), trainable=False, name=name)
        if not is_full(value.dims):
            raise ValueError(
                f"the average of {value.name} needs its shape, and only {dims_text(value.dims)} is "
                f"known. Write {value.op.name}.set_shape([...]).{here()}"
            )
        return Variable(np.zeros(value.dims, value.dtype), trainable=False, name=name)

    def _decay_now(self) -> Any:
        if self.num_updates is None:
            return self.decay
        count = convert_to_tensor(self.num_updates).astype(np.float32)
        return minimum(self.decay, (1.0 + count) / (10.0 + count))
