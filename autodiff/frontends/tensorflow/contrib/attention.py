"""Attention of `tf.contrib.seq2seq`: a cell that at each step looks back at a whole memory.

`BahdanauAttention` compares by a small network, `LuongAttention` by products; `AttentionWrapper`
gives a cell the mean of the memory, weighted by the comparison, beside its own input.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np

from autodiff.core.ground.locations import here
from autodiff.frontends import tensorflow as tf
from autodiff.frontends.common.options import only
from autodiff.frontends.tensorflow.control.tensor_array import TensorArray


class Attention:
    """A memory (batch, time, width), and how a query is compared with its rows."""

    def __init__(
        self,
        num_units: int,
        memory: Any,
        memory_sequence_length: Any,
        probability_fn: Callable[[Any], Any] | None,
        score_mask_value: float | None,
        name: str,
    ) -> None:
        self.name = name
        memory = tf.convert_to_tensor(memory)
        self._within = None
        if memory_sequence_length is not None:
            length = tf.cast(tf.convert_to_tensor(memory_sequence_length), np.int32)
            self._within = tf.sequence_mask(length, tf.shape(memory)[1])
            memory = memory * tf.expand_dims(tf.cast(self._within, memory.dtype), 2)
        self.values = memory
        layer = tf.layers.Dense(num_units, name="memory_layer", use_bias=False)
        self.keys = layer(memory)
        self.alignments_size = memory.dims[1] or tf.shape(memory)[1]
        self._probability = probability_fn or tf.nn.softmax
        self._outside = -np.inf if score_mask_value is None else score_mask_value

    def score(self, query: Any) -> Any:
        """How well each row of the memory fits (batch, time)."""
        raise NotImplementedError

    def __call__(self, query: Any, previous_alignments: Any = None) -> Any:
        """The weights of the rows of the memory (batch, time)."""
        with tf.variable_scope(None, self.name):
            score = self.score(query)
            if self._within is not None:
                away = tf.cast(tf.fill(tf.shape(score), self._outside), score.dtype)
                score = tf.select(self._within, score, away)
            return self._probability(score)


class BahdanauAttention(Attention):
    """sum(v tanh(keys + query W)), as Bahdanau, Cho and Bengio (2014)."""

    def __init__(
        self,
        num_units: int,
        memory: Any,
        memory_sequence_length: Any = None,
        normalize: bool = False,
        probability_fn: Any = None,
        score_mask_value: float | None = None,
        name: str = "BahdanauAttention",
    ) -> None:
        self._units, self._normalize = num_units, normalize
        self._query = tf.layers.Dense(num_units, name="query_layer", use_bias=False)
        super().__init__(
            num_units, memory, memory_sequence_length, probability_fn, score_mask_value,
            "bahdanau_attention",
        )  # fmt: skip

    def score(self, query: Any) -> Any:
        """The small network's answer for each row."""
        found = self.keys + tf.expand_dims(self._query(query), 1)
        v = tf.get_variable("attention_v", [self._units], query.dtype)
        if self._normalize:
            start = np.sqrt(1.0 / self._units)
            g = tf.get_variable("attention_g", [], query.dtype, tf.constant_initializer(start))
            zero = tf.zeros_initializer()
            found = found + tf.get_variable("attention_b", [self._units], query.dtype, zero)
            v = g * v * tf.rsqrt(tf.reduce_sum(tf.square(v)))
        return tf.reduce_sum(v * tf.tanh(found), 2)


class LuongAttention(Attention):
    """query . keys, as Luong, Pham and Manning (2015); `scale` learns a factor."""

    def __init__(
        self,
        num_units: int,
        memory: Any,
        memory_sequence_length: Any = None,
        scale: bool = False,
        probability_fn: Any = None,
        score_mask_value: float | None = None,
        name: str = "LuongAttention",
    ) -> None:
        self._units, self._scale = num_units, scale
        super().__init__(
            num_units, memory, memory_sequence_length, probability_fn, score_mask_value,
            "luong_attention",
        )  # fmt: skip

    def score(self, query: Any) -> Any:
        """The product with each row."""
        if query.dims[-1] != self._units:
            raise ValueError(
                f"LuongAttention({self._units}) compares with outputs of a cell of the same size, "
                f"not {query.dims[-1]}.{here()}"
            )
        found = tf.reduce_sum(self.keys * tf.expand_dims(query, 1), 2)
        if self._scale:
            one = tf.ones_initializer()
            found = found * tf.get_variable("attention_g", [], query.dtype, one)
        return found


class AttentionWrapperState(NamedTuple):
    """The cell's state, what it attended to, and how."""

    cell_state: Any
    attention: Any
    time: Any
    alignments: Any
    alignment_history: Any = ()

    def clone(self, **changes: Any) -> AttentionWrapperState:
        """The same with some parts changed, the cell's state say."""
        return self._replace(**changes)


class AttentionWrapper(tf.nn.rnn_cell.RNNCell):
    """A cell whose input has beside it what was attended to at the step before."""

    def __init__(
        self,
        cell: Any,
        attention_mechanism: Attention,
        attention_layer_size: int | None = None,
        alignment_history: bool = False,
        cell_input_fn: Callable[[Any, Any], Any] | None = None,
        output_attention: bool = True,
        initial_cell_state: Any = None,
        name: str | None = None,
        **more: Any,
    ) -> None:
        only("AttentionWrapper", more)
        if isinstance(attention_mechanism, list | tuple):
            raise NotImplementedError(
                "AttentionWrapper takes one mechanism here, and a list of several is not known; "
                f"give one, AttentionWrapper(cell, BahdanauAttention(...)).{here()}"
            )
        self._cell, self._mechanism = cell, attention_mechanism
        self._size = attention_layer_size
        self._layer = None
        if attention_layer_size is not None:
            self._layer = tf.layers.Dense(
                attention_layer_size, name="attention_layer", use_bias=False
            )
        self._history, self._shows = alignment_history, output_attention
        self._input = cell_input_fn or (lambda x, attended: tf.concat(1, [x, attended]))
        self._initial, self._name = initial_cell_state, name or "attention_wrapper"

    @property
    def _attended(self) -> int:
        return int(self._size or self._mechanism.values.dims[-1])

    @property
    def output_size(self) -> Any:
        """The width of the output."""
        return self._attended if self._shows else self._cell.output_size

    @property
    def state_size(self) -> Any:
        """The sizes of the parts of the state."""
        size = self._mechanism.alignments_size
        return AttentionWrapperState(self._cell.state_size, self._attended, (), size, ())

    def zero_state(self, batch_size: Any, dtype: Any) -> AttentionWrapperState:
        """The state before the first step: nothing attended to."""
        first = self._initial
        if first is None:
            first = self._cell.zero_state(batch_size, dtype)
        return AttentionWrapperState(
            first, tf.zeros([batch_size, self._attended], dtype), tf.constant(0),
            tf.zeros([batch_size, self._mechanism.alignments_size], dtype),
            TensorArray(dtype, size=0, dynamic_size=True) if self._history else (),
        )  # fmt: skip

    def __call__(self, inputs: Any, state: Any, scope: Any = None) -> tuple[Any, Any]:
        """The output, and the state after a step."""
        with tf.variable_scope(scope or self._name):
            output, new = self._cell(self._input(inputs, state.attention), state.cell_state)
            weights = self._mechanism(output, state.alignments)
            rows = tf.expand_dims(weights, 2) * self._mechanism.values
            attended = tf.reduce_sum(rows, 1)
            if self._layer is not None:
                attended = self._layer(tf.concat(1, [output, attended]))
            history = state.alignment_history
            if self._history and not isinstance(history, TensorArray):
                raise NotImplementedError(
                    "alignment_history=True is kept in dynamic_decode; in another loop leave it "
                    f"out, and fetch the last state's alignments.{here()}"
                )
            if self._history:
                history = history.write(state.time, weights)
            after = AttentionWrapperState(new, attended, state.time + 1, weights, history)
        return attended if self._shows else output, after
