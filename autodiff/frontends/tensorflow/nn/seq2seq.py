"""Sequences to sequences, `tf.nn.seq2seq` (1.0: `tf.contrib.legacy_seq2seq`): every step built.

Decoders go along lists of inputs (batch, width); a `loop_function(output, step)` gives the next
input instead, from what was said before.  The losses stand in `sequence_losses`.  (Sutskever et
al., arXiv:1409.3215; the attention is that of Vinyals et al., arXiv:1412.7449.)
"""

from __future__ import annotations

import copy
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from autodiff.core.ground.locations import here
from autodiff.frontends.tensorflow.control.flow import stop_gradient
from autodiff.frontends.tensorflow.ground import nest
from autodiff.frontends.tensorflow.nn.activations import softmax
from autodiff.frontends.tensorflow.nn.cell_wrappers import EmbeddingWrapper, OutputProjectionWrapper
from autodiff.frontends.tensorflow.nn.cells import RNNCell, linear
from autodiff.frontends.tensorflow.nn.dense import xw_plus_b
from autodiff.frontends.tensorflow.nn.lookup import embedding_lookup
from autodiff.frontends.tensorflow.nn.rnn import rnn
from autodiff.frontends.tensorflow.nn.sequence_losses import (
    model_with_buckets as model_with_buckets,
)
from autodiff.frontends.tensorflow.nn.sequence_losses import (
    sequence_loss as sequence_loss,
)
from autodiff.frontends.tensorflow.nn.sequence_losses import (
    sequence_loss_by_example as sequence_loss_by_example,
)
from autodiff.frontends.tensorflow.nn.windows import conv2d
from autodiff.frontends.tensorflow.ops.arrays import reshape, shape, zeros
from autodiff.frontends.tensorflow.ops.joining import concat
from autodiff.frontends.tensorflow.ops.math import tanh
from autodiff.frontends.tensorflow.ops.reductions import argmax, reduce_sum
from autodiff.frontends.tensorflow.variables.scopes import (
    get_variable,
    get_variable_scope,
    variable_scope,
)

Loop = Callable[[Any, int], Any] | None
Lists = Sequence[Any]


def _said(table: Any, projection: Any, learned: bool) -> Callable[[Any, int], Any]:
    """The loop function that looks up the class that was said last."""

    def loop(previous: Any, _: int) -> Any:
        if projection is not None:
            previous = xw_plus_b(previous, *projection)
        looked = embedding_lookup(table, argmax(previous, 1))
        return looked if learned else stop_gradient(looked)

    return loop


def rnn_decoder(
    decoder_inputs: Lists,
    initial_state: Any,
    cell: RNNCell,
    loop_function: Loop = None,
    scope: Any = None,
) -> tuple[list[Any], Any]:
    """(outputs, last state) of a cell along inputs, or along what `loop_function` makes of them."""
    state, outputs, previous = initial_state, [], None
    with variable_scope(scope or "rnn_decoder") as own:
        for place, x in enumerate(decoder_inputs):
            if loop_function is not None and previous is not None:
                with variable_scope("loop_function", reuse=True):
                    x = loop_function(previous, place)
            if place:
                own.reuse_variables()
            output, state = cell(x, state)
            outputs.append(output)
            if loop_function is not None:
                previous = output
    return outputs, state


def basic_rnn_seq2seq(
    encoder_inputs: Lists,
    decoder_inputs: Lists,
    cell: RNNCell,
    dtype: Any = np.float32,
    scope: Any = None,
) -> tuple[list[Any], Any]:
    """An encoder, and a decoder that begins with its last state; their weights differ."""
    with variable_scope(scope or "basic_rnn_seq2seq"):
        _, state = rnn(copy.copy(cell), encoder_inputs, dtype=dtype)
        return rnn_decoder(decoder_inputs, state, cell)


def tied_rnn_seq2seq(
    encoder_inputs: Lists,
    decoder_inputs: Lists,
    cell: RNNCell,
    loop_function: Loop = None,
    dtype: Any = np.float32,
    scope: Any = None,
) -> tuple[list[Any], Any]:
    """The same with one set of weights for both."""
    with variable_scope("combined_tied_rnn_seq2seq"):
        own = scope or "tied_rnn_seq2seq"
        _, state = rnn(cell, encoder_inputs, dtype=dtype, scope=own)
        get_variable_scope().reuse_variables()
        return rnn_decoder(decoder_inputs, state, cell, loop_function, scope=own)


def embedding_rnn_decoder(
    decoder_inputs: Lists,
    initial_state: Any,
    cell: RNNCell,
    num_symbols: int,
    embedding_size: int,
    output_projection: Any = None,
    feed_previous: bool = False,
    update_embedding_for_previous: bool = True,
    scope: Any = None,
) -> tuple[list[Any], Any]:
    """`rnn_decoder` of class numbers, which a table makes rows."""
    with variable_scope(scope or "embedding_rnn_decoder"):
        table = get_variable("embedding", [num_symbols, embedding_size])
        loop = None
        if feed_previous:
            loop = _said(table, output_projection, update_embedding_for_previous)
        rows = [embedding_lookup(table, x) for x in decoder_inputs]
        return rnn_decoder(rows, initial_state, cell, loop)


def embedding_rnn_seq2seq(
    encoder_inputs: Lists,
    decoder_inputs: Lists,
    cell: RNNCell,
    num_encoder_symbols: int,
    num_decoder_symbols: int,
    embedding_size: int,
    output_projection: Any = None,
    feed_previous: bool = False,
    dtype: Any = np.float32,
    scope: Any = None,
) -> tuple[list[Any], Any]:
    """An encoder and a decoder of class numbers; without a projection the outputs are logits."""
    _refuse_tensor(feed_previous)
    with variable_scope(scope or "embedding_rnn_seq2seq"):
        encoder = EmbeddingWrapper(copy.copy(cell), num_encoder_symbols, embedding_size)
        _, state = rnn(encoder, encoder_inputs, dtype=dtype)
        if output_projection is None:
            cell = OutputProjectionWrapper(cell, num_decoder_symbols)
        return embedding_rnn_decoder(
            decoder_inputs, state, cell, num_decoder_symbols, embedding_size, output_projection,
            feed_previous,
        )  # fmt: skip


def _refuse_tensor(feed_previous: Any) -> None:
    if not isinstance(feed_previous, bool | np.bool_):
        raise TypeError(
            "feed_previous is True or False here: build the graph to train and the one to talk "
            f"with reuse=True, since a tensor would decide it in every run.{here()}"
        )


def attention_decoder(
    decoder_inputs: Lists,
    initial_state: Any,
    attention_states: Any,
    cell: RNNCell,
    output_size: int | None = None,
    num_heads: int = 1,
    loop_function: Loop = None,
    dtype: Any = None,
    scope: Any = None,
    initial_state_attention: bool = False,
) -> tuple[list[Any], Any]:
    """`rnn_decoder` that looks back: at every step a mean of `attention_states`, weighted anew.

    The states are (batch, length, size); the weight of each is softmax(v . tanh(W state + U
    query)).
    """
    size = cell.output_size if output_size is None else output_size
    dims = attention_states.get_shape().as_list()
    if dims[1] is None or dims[2] is None:
        raise ValueError(f"attention_states needs length and width: {dims}.{here()}")
    length, width = dims[1], dims[2]
    with variable_scope(scope or "attention_decoder") as own:
        hidden = reshape(attention_states, [-1, length, 1, width])
        features, vs = [], []
        for head in range(num_heads):
            kernel = get_variable(f"AttnW_{head}", [1, 1, width, width])
            features.append(conv2d(hidden, kernel, [1, 1, 1, 1], "SAME"))
            vs.append(get_variable(f"AttnV_{head}", [width]))
        batch = shape(decoder_inputs[0])[0]

        def attend(query: Any) -> list[Any]:
            parts = nest.flatten(query)
            query = parts[0] if len(parts) == 1 else concat(1, parts)
            seen = []
            for head in range(num_heads):
                with variable_scope(f"Attention_{head}"):
                    y = reshape(linear(query, width, True), [-1, 1, 1, width])
                    scores = reduce_sum(vs[head] * tanh(features[head] + y), [2, 3])
                    weights = reshape(softmax(scores), [-1, length, 1, 1])
                    seen.append(reshape(reduce_sum(weights * hidden, [1, 2]), [-1, width]))
            return seen

        attentions = [zeros([batch, width], attention_states.dtype) for _ in range(num_heads)]
        state, outputs, previous = initial_state, [], None
        if initial_state_attention:
            attentions = attend(initial_state)
        for place, x in enumerate(decoder_inputs):
            if place:
                own.reuse_variables()
            if loop_function is not None and previous is not None:
                with variable_scope("loop_function", reuse=True):
                    x = loop_function(previous, place)
            merged = linear([x, *attentions], x.get_shape().as_list()[1], True)
            output, state = cell(merged, state)
            if place == 0 and initial_state_attention:
                with variable_scope(get_variable_scope(), reuse=True):
                    attentions = attend(state)
            else:
                attentions = attend(state)
            with variable_scope("AttnOutputProjection"):
                output = linear([output, *attentions], size, True)
            if loop_function is not None:
                previous = output
            outputs.append(output)
    return outputs, state


def embedding_attention_decoder(
    decoder_inputs: Lists,
    initial_state: Any,
    attention_states: Any,
    cell: RNNCell,
    num_symbols: int,
    embedding_size: int,
    num_heads: int = 1,
    output_size: int | None = None,
    output_projection: Any = None,
    feed_previous: bool = False,
    update_embedding_for_previous: bool = True,
    dtype: Any = None,
    scope: Any = None,
    initial_state_attention: bool = False,
) -> tuple[list[Any], Any]:
    """`attention_decoder` of class numbers, which a table makes rows."""
    with variable_scope(scope or "embedding_attention_decoder"):
        table = get_variable("embedding", [num_symbols, embedding_size])
        loop = None
        if feed_previous:
            loop = _said(table, output_projection, update_embedding_for_previous)
        rows = [embedding_lookup(table, x) for x in decoder_inputs]
        return attention_decoder(
            rows, initial_state, attention_states, cell, output_size, num_heads, loop,
            initial_state_attention=initial_state_attention,
        )  # fmt: skip


def embedding_attention_seq2seq(
    encoder_inputs: Lists,
    decoder_inputs: Lists,
    cell: RNNCell,
    num_encoder_symbols: int,
    num_decoder_symbols: int,
    embedding_size: int,
    num_heads: int = 1,
    output_projection: Any = None,
    feed_previous: bool = False,
    dtype: Any = np.float32,
    scope: Any = None,
    initial_state_attention: bool = False,
) -> tuple[list[Any], Any]:
    """`embedding_rnn_seq2seq` whose decoder looks back at the encoder's outputs."""
    _refuse_tensor(feed_previous)
    with variable_scope(scope or "embedding_attention_seq2seq"):
        encoder = EmbeddingWrapper(copy.copy(cell), num_encoder_symbols, embedding_size)
        outputs, state = rnn(encoder, encoder_inputs, dtype=dtype)
        rows = [reshape(output, [-1, 1, cell.output_size]) for output in outputs]
        size = None
        if output_projection is None:
            cell, size = OutputProjectionWrapper(cell, num_decoder_symbols), num_decoder_symbols
        return embedding_attention_decoder(
            decoder_inputs, state, concat(1, rows), cell, num_decoder_symbols, embedding_size,
            num_heads, size, output_projection, feed_previous,
            initial_state_attention=initial_state_attention,
        )  # fmt: skip
