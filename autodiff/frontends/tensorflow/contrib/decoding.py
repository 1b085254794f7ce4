"""Decoders of `tf.contrib.seq2seq`: a cell that runs until each row has ended.

    helper = tf.contrib.seq2seq.TrainingHelper(inputs, lengths)
    decoder = tf.contrib.seq2seq.BasicDecoder(cell, helper, state, output_layer)
    outputs, state, lengths = tf.contrib.seq2seq.dynamic_decode(decoder)

A helper says what the cell is given next: the target's next word, or what was said last.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np

from autodiff.frontends import tensorflow as tf
from autodiff.frontends.tensorflow.control.tensor_array import TensorArray
from autodiff.frontends.tensorflow.ground import nest


class BasicDecoderOutput(NamedTuple):
    """What a step gives: the cell's output, and the number chosen by it."""

    rnn_output: Any
    sample_id: Any


class TrainingHelper:
    """The inputs themselves, for as long as each row has some."""

    def __init__(
        self, inputs: Any, sequence_length: Any, time_major: bool = False, name: Any = None
    ) -> None:
        turn = (lambda t: t) if time_major else _turned
        self._inputs = nest.map_structure(lambda t: turn(tf.convert_to_tensor(t)), inputs)
        self._lengths = tf.cast(tf.convert_to_tensor(sequence_length), np.int32)
        self.batch_size = tf.shape(self._lengths)[0]

    def _at(self, time: Any) -> Any:
        def row(x: Any) -> Any:
            return tf.gather(x, tf.minimum(time, tf.shape(x)[0] - 1))

        return nest.map_structure(row, self._inputs)

    def initialize(self, name: Any = None) -> tuple[Any, Any]:
        """Which rows have ended already, and the first inputs."""
        return tf.equal(self._lengths, 0), self._at(tf.constant(0))

    def sample(self, time: Any, outputs: Any, state: Any, name: Any = None) -> Any:
        """The place of the largest output."""
        return _largest(outputs)

    def next_inputs(
        self, time: Any, outputs: Any, state: Any, sample_ids: Any, name: Any = None
    ) -> tuple[Any, Any, Any]:
        """Which rows have ended, the next inputs, and the state."""
        return tf.greater_equal(time + 1, self._lengths), self._at(time + 1), state


class GreedyEmbeddingHelper:
    """The embedding of what was said last, the most likely each time, until it is `end_token`."""

    def __init__(self, embedding: Any, start_tokens: Any, end_token: Any) -> None:
        table = embedding
        self._embed: Callable[[Any], Any] = (
            embedding if callable(embedding) else lambda ids: tf.nn.embedding_lookup(table, ids)
        )
        self._start = tf.cast(tf.convert_to_tensor(start_tokens), np.int32)
        self._end = tf.cast(tf.convert_to_tensor(end_token), np.int32)
        self.batch_size = tf.shape(self._start)[0]

    def initialize(self, name: Any = None) -> tuple[Any, Any]:
        """No row has ended, and the embedding of the first words."""
        return tf.fill([self.batch_size], False), self._embed(self._start)

    def sample(self, time: Any, outputs: Any, state: Any, name: Any = None) -> Any:
        """The place of the largest output."""
        return _largest(outputs)

    def next_inputs(
        self, time: Any, outputs: Any, state: Any, sample_ids: Any, name: Any = None
    ) -> tuple[Any, Any, Any]:
        """Which rows have ended, the embedding of what was said, and the state."""
        return tf.equal(sample_ids, self._end), self._embed(sample_ids), state


class SampleEmbeddingHelper(GreedyEmbeddingHelper):
    """The same, with words drawn by their chances."""

    def __init__(
        self, embedding: Any, start_tokens: Any, end_token: Any, seed: int | None = None
    ) -> None:
        super().__init__(embedding, start_tokens, end_token)
        self._seed = seed

    def sample(self, time: Any, outputs: Any, state: Any, name: Any = None) -> Any:
        """One place, drawn by the softmax of the outputs."""
        drawn = tf.multinomial(outputs, 1, self._seed)
        return tf.cast(tf.reshape(drawn, [-1]), np.int32)


class CustomHelper:
    """A helper made of three functions."""

    def __init__(self, initialize_fn: Any, sample_fn: Any, next_inputs_fn: Any) -> None:
        self._initialize, self._sample, self._next = initialize_fn, sample_fn, next_inputs_fn

    def initialize(self, name: Any = None) -> Any:
        """What the first function gives."""
        return self._initialize()

    def sample(self, time: Any, outputs: Any, state: Any, name: Any = None) -> Any:
        """What the second function gives."""
        return self._sample(time=time, outputs=outputs, state=state)

    def next_inputs(
        self, time: Any, outputs: Any, state: Any, sample_ids: Any, name: Any = None
    ) -> Any:
        """What the third function gives."""
        return self._next(time=time, outputs=outputs, state=state, sample_ids=sample_ids)


class BasicDecoder:
    """A cell, a helper, and a layer for the cell's outputs."""

    def __init__(
        self, cell: Any, helper: Any, initial_state: Any, output_layer: Any = None
    ) -> None:
        self._cell, self._helper, self._state = cell, helper, initial_state
        self._layer = output_layer

    @property
    def output_dtype(self) -> BasicDecoderOutput:
        """The types of a step's outputs: that of the state, and whole numbers."""
        first = tf.convert_to_tensor(nest.flatten(self._state)[0])
        return BasicDecoderOutput(first.dtype, np.dtype(np.int32))

    def initialize(self, name: Any = None) -> tuple[Any, Any, Any]:
        """Which rows have ended, the first inputs, the first state."""
        return (*self._helper.initialize(), self._state)

    def step(
        self, time: Any, inputs: Any, state: Any, name: Any = None
    ) -> tuple[Any, Any, Any, Any]:
        """The output, the state, the next inputs, and which rows have ended."""
        output, new = self._cell(inputs, state)
        output = output if self._layer is None else self._layer(output)
        chosen = self._helper.sample(time=time, outputs=output, state=new)
        ended, following, new = self._helper.next_inputs(
            time=time, outputs=output, state=new, sample_ids=chosen
        )
        return BasicDecoderOutput(output, chosen), new, following, ended


def dynamic_decode(
    decoder: Any,
    output_time_major: bool = False,
    impute_finished: bool = False,
    maximum_iterations: Any = None,
    parallel_iterations: int = 32,
    swap_memory: bool = False,
    scope: Any = None,
) -> tuple[Any, Any, Any]:
    """(outputs, last state, lengths) of a decoder, until all rows have ended or for so many steps.

    The outputs are (batch, time, ...), in the structure of the decoder's `output_dtype`.  With
    `impute_finished` they are zero past the end of a row, whose state then stays; else what the
    cell gives there.
    """
    with tf.variable_scope(scope, "decoder"):
        finished, inputs, state = decoder.initialize()
        finished = tf.convert_to_tensor(finished)
        state = nest.map_structure(_kept, state)
        most = maximum_iterations
        if most is not None:
            finished = tf.logical_or(finished, tf.greater_equal(0, most))
        lengths = tf.zeros_like(finished, dtype=np.int32)
        form = nest.map_structure(
            lambda dtype: TensorArray(dtype, size=0, dynamic_size=True), decoder.output_dtype
        )

        def going(time: Any, ended: Any, *rest: Any) -> Any:
            return tf.logical_not(tf.reduce_all(ended))

        def step(time: Any, ended: Any, x: Any, before: Any, written: Any, lengths: Any) -> Any:
            outputs, new, x, later = decoder.step(time, x, before)
            if not getattr(decoder, "tracks_own_finished", False):
                later = tf.logical_or(later, ended)
            if most is not None:
                later = tf.logical_or(later, tf.greater_equal(time + 1, most))
            stops = tf.logical_and(tf.logical_not(ended), later)
            lengths = tf.select(stops, tf.fill(tf.shape(lengths), time + 1), lengths)
            if impute_finished:
                outputs = nest.map_structure(
                    lambda o: tf.select(ended, tf.zeros_like(o), o), outputs
                )
                new = nest.map_structure(lambda n, o: _stays(ended, o, n), new, before)
            written = nest.map_structure(lambda a, o: a.write(time, o), written, outputs)
            return time + 1, later, x, new, written, lengths

        start = [tf.constant(0), finished, inputs, state, form, lengths]
        _, _, _, last, found, lengths = tf.while_loop(going, step, start)
        outputs = nest.map_structure(lambda a: a.stack(), found)
        if hasattr(decoder, "finalize"):
            ended = decoder.finalize(outputs, last, lengths)
            outputs, last, lengths = (*ended, lengths)[:3]
        if not output_time_major:
            outputs = nest.map_structure(_turned, outputs)
    return outputs, last, lengths


def tile_batch(t: Any, multiplier: int, name: str | None = None) -> Any:
    """Each row `multiplier` times, one after the other."""

    def tiled(x: Any) -> Any:
        x = tf.convert_to_tensor(x)
        rest = [1] * (len(x.dims) - 1)
        wide = tf.tile(tf.expand_dims(x, 1), [1, multiplier, *rest])
        found = tf.reshape(wide, tf.concat(0, [[-1], tf.shape(x)[1:]]))
        found.set_shape([None, *x.dims[1:]])
        return found

    return nest.map_structure(tiled, t)


def _kept(x: Any) -> Any:
    return x if isinstance(x, TensorArray) else tf.convert_to_tensor(x)


def _stays(ended: Any, old: Any, new: Any) -> Any:
    if isinstance(new, TensorArray) or not new.dims:
        return new
    found = tf.select(ended, old, new)
    found.set_shape(old.dims)
    return found


def _largest(outputs: Any) -> Any:
    return tf.cast(tf.argmax(outputs, -1), np.int32)


def _turned(x: Any) -> Any:
    rank = len(x.dims)
    return tf.transpose(x, [1, 0, *range(2, rank)])
