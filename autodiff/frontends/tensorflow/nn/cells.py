"""Recurrent cells, `tf.nn.rnn_cell` (1.0: `tf.contrib.rnn`): one step of a network with a state.

    output, new_state = cell(inputs, state)

A cell is built by being called: its weights are variables of the scope, `BasicLSTMCell/Linear/
Matrix` of the inputs and the state side by side.  Called again in the same scope it uses the same
weights.  A cell of one's own derives from `RNNCell`, with `state_size`, `output_size` and
`__call__(inputs, state, scope=None)`, or `call(inputs, state)` as later programs have it.
"""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable
from typing import Any, NamedTuple

from autodiff.core.ground.locations import here
from autodiff.frontends.common.options import only
from autodiff.frontends.tensorflow.graph.graph import get_default_graph
from autodiff.frontends.tensorflow.ground import nest
from autodiff.frontends.tensorflow.ground.shapes import TensorShape
from autodiff.frontends.tensorflow.nn.dense import bias_add
from autodiff.frontends.tensorflow.ops.arrays import zeros
from autodiff.frontends.tensorflow.ops.clipping import clip_by_value
from autodiff.frontends.tensorflow.ops.joining import concat, split
from autodiff.frontends.tensorflow.ops.math import matmul, sigmoid, tanh
from autodiff.frontends.tensorflow.variables.initializers import constant_initializer
from autodiff.frontends.tensorflow.variables.scopes import (
    get_variable,
    get_variable_scope,
    variable_scope,
)


def linear(
    args: Any, output_size: int, bias: bool, bias_start: float = 0.0, scope: str | None = None
) -> Any:
    """[a, b, ...] W + bias, for matrices a, b, ... (batch, width) side by side.

    The variables are `Matrix` and `Bias` in the scope, by default `Linear`.
    """
    given = nest.flatten(args)
    widths = []
    for x in given:
        dims = x.get_shape().as_list() if x.get_shape().ndims else []
        if len(dims) != 2 or dims[1] is None:
            raise ValueError(
                f"a recurrent cell takes rows (batch, width) of known width, and got "
                f"{x.name} of shape {x.get_shape()}.{here()}"
            )
        widths.append(dims[1])
    with variable_scope(scope or "Linear"):
        matrix = get_variable("Matrix", [sum(widths), output_size], dtype=given[0].dtype)
        product = matmul(given[0] if len(given) == 1 else concat(1, given), matrix)
        if not bias:
            return product
        start = constant_initializer(bias_start)
        own = get_variable("Bias", [output_size], dtype=given[0].dtype, initializer=start)
        return bias_add(product, own)


_linear = linear


def in_either_order(init: Callable[..., None]) -> Callable[..., None]:
    """1.0 left `input_size` out: what stands in its place, and is no number, is what follows it."""
    place = list(inspect.signature(init).parameters).index("input_size")

    @functools.wraps(init)
    def begin(*args: Any, **kwargs: Any) -> None:
        if len(args) > place and (callable(args[place]) or isinstance(args[place], bool)):
            args = (*args[:place], None, *args[place:])
        init(*args, **kwargs)

    return begin


class RNNCell:
    """Base of the cells; `state_size` and `output_size` are ints, or structures of them."""

    state_size: Any
    output_size: Any

    def __call__(self, inputs: Any, state: Any, scope: Any = None) -> tuple[Any, Any]:
        """(output, new state), with the weights in a scope called as the class."""
        built = self.__dict__.setdefault("_built", set())
        own = scope or type(self).__name__
        before = get_variable_scope().name
        place = own.name if hasattr(own, "name") else f"{before}/{own}" if before else own
        key = (id(get_default_graph().names), place)
        with variable_scope(own, reuse=True if key in built else None):
            built.add(key)
            return self.call(inputs, state)

    def call(self, inputs: Any, state: Any) -> tuple[Any, Any]:
        """One step, by a subclass."""
        raise NotImplementedError(f"{type(self).__name__} defines neither __call__ nor call")

    def zero_state(self, batch_size: Any, dtype: Any) -> Any:
        """A state of zeros for `batch_size` rows, which may be a tensor."""
        return nest.map_structure(
            lambda size: zeros([batch_size, *_lengths(size)], dtype), self.state_size
        )


def _lengths(size: Any) -> list[int]:
    return list(TensorShape(size).as_list())


class BasicRNNCell(RNNCell):
    """h' = activation([x, h] W + b), which is the output too.  (Elman, 1990.)"""

    @in_either_order
    def __init__(
        self,
        num_units: int,
        input_size: Any = None,
        activation: Callable[[Any], Any] | None = tanh,
        **more: Any,
    ) -> None:
        only("BasicRNNCell", more, "reuse", "name")
        self.state_size = self.output_size = num_units
        self.activation = activation or tanh

    def call(self, inputs: Any, state: Any) -> tuple[Any, Any]:
        """One step."""
        output = self.activation(linear([inputs, state], self.output_size, True))
        return output, output


class GRUCell(RNNCell):
    """r, u = sigmoid([x, h] W + 1); c = tanh([x, r h] V + b); h' = u h + (1 - u) c.

    (Cho et al., arXiv:1406.1078.)
    """

    @in_either_order
    def __init__(
        self,
        num_units: int,
        input_size: Any = None,
        activation: Callable[[Any], Any] | None = tanh,
        kernel_initializer: Any = None,
        **more: Any,
    ) -> None:
        only("GRUCell", more, "reuse", "name")
        self.initializer = kernel_initializer
        self.state_size = self.output_size = num_units
        self.activation = activation or tanh

    def call(self, inputs: Any, state: Any) -> tuple[Any, Any]:
        """One step."""
        size = self.output_size
        with variable_scope("Gates", initializer=self.initializer):
            r, u = split(1, 2, linear([inputs, state], 2 * size, True, 1.0))
            r, u = sigmoid(r), sigmoid(u)
        with variable_scope("Candidate", initializer=self.initializer):
            c = self.activation(linear([inputs, r * state], size, True))
        new = u * state + (1.0 - u) * c
        return new, new


class LSTMStateTuple(NamedTuple):
    """The state of an LSTM: what it remembers, and what it last said."""

    c: Any
    h: Any

    @property
    def dtype(self) -> Any:
        """The dtype of both."""
        return self.c.dtype


class BasicLSTMCell(RNNCell):
    """i, j, f, o = [x, h] W + b;  c' = c sigmoid(f + forget_bias) + sigmoid(i) tanh(j);
    h' = tanh(c') sigmoid(o), which is the output.  (Zaremba et al., arXiv:1409.2329.)
    """

    @in_either_order
    def __init__(
        self,
        num_units: int,
        forget_bias: float = 1.0,
        input_size: Any = None,
        state_is_tuple: bool = True,
        activation: Callable[[Any], Any] | None = tanh,
        **more: Any,
    ) -> None:
        only("BasicLSTMCell", more, "reuse", "name")
        self.output_size, self.forget_bias = num_units, forget_bias
        self.state_is_tuple, self.activation = state_is_tuple, activation or tanh
        self.state_size = LSTMStateTuple(num_units, num_units) if state_is_tuple else 2 * num_units

    def call(self, inputs: Any, state: Any) -> tuple[Any, Any]:
        """One step."""
        c, h = state if self.state_is_tuple else split(1, 2, state)
        i, j, f, o = split(1, 4, linear([inputs, h], 4 * self.output_size, True))
        c = c * sigmoid(f + self.forget_bias) + sigmoid(i) * self.activation(j)
        h = self.activation(c) * sigmoid(o)
        return h, LSTMStateTuple(c, h) if self.state_is_tuple else concat(1, [c, h])


class LSTMCell(RNNCell):
    """The LSTM with peepholes from c to the gates, clipping of c, and a projection of h.

    (Sak et al., 2014.)  Without any of them it is `BasicLSTMCell`.
    """

    @in_either_order
    def __init__(
        self,
        num_units: int,
        input_size: Any = None,
        use_peepholes: bool = False,
        cell_clip: float | None = None,
        initializer: Any = None,
        num_proj: int | None = None,
        proj_clip: float | None = None,
        num_unit_shards: int = 1,
        num_proj_shards: int = 1,
        forget_bias: float = 1.0,
        state_is_tuple: bool = True,
        activation: Callable[[Any], Any] | None = tanh,
        **more: Any,
    ) -> None:
        only("LSTMCell", more, "reuse", "name")
        if not isinstance(use_peepholes, bool | None):
            raise TypeError(f"LSTMCell: use_peepholes is True or False.{here()}")
        self.units, self.peepholes, self.cell_clip = num_units, use_peepholes, cell_clip
        self.initializer, self.projected, self.proj_clip = initializer, num_proj, proj_clip
        self.forget_bias, self.state_is_tuple = forget_bias, state_is_tuple
        self.activation = activation or tanh
        self.output_size = num_proj or num_units
        sizes = LSTMStateTuple(num_units, self.output_size)
        self.state_size = sizes if state_is_tuple else sum(sizes)

    def call(self, inputs: Any, state: Any) -> tuple[Any, Any]:
        """One step."""
        c, h = state if self.state_is_tuple else split(state, list(self._sizes()), 1)
        with variable_scope(get_variable_scope(), initializer=self.initializer):
            i, j, f, o = split(1, 4, linear([inputs, h], 4 * self.units, True))
            look = self._peephole if self.peepholes else (lambda name, c: 0.0)
            f, i = f + self.forget_bias + look("W_F_diag", c), i + look("W_I_diag", c)
            c = c * sigmoid(f) + sigmoid(i) * self.activation(j)
            if self.cell_clip is not None:
                c = clip_by_value(c, -self.cell_clip, self.cell_clip)
            h = sigmoid(o + look("W_O_diag", c)) * self.activation(c)
            if self.projected is not None:
                h = linear(h, self.projected, False, scope="Projection")
                if self.proj_clip is not None:
                    h = clip_by_value(h, -self.proj_clip, self.proj_clip)
        return h, LSTMStateTuple(c, h) if self.state_is_tuple else concat(1, [c, h])

    def _sizes(self) -> tuple[int, int]:
        return self.units, self.output_size

    def _peephole(self, name: str, c: Any) -> Any:
        return get_variable(name, [self.units], dtype=c.dtype) * c
