"""`tf.contrib.seq2seq`: the loss of whole sequences in one tensor; decoders, and attention."""

# ruff: noqa: F401 (all that is imported here is a public name)

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from autodiff.core.ground.locations import here
from autodiff.frontends import tensorflow as tf
from autodiff.frontends.tensorflow.contrib.attention import (
    AttentionWrapper,
    AttentionWrapperState,
    BahdanauAttention,
    LuongAttention,
)
from autodiff.frontends.tensorflow.contrib.beams import (
    BeamSearchDecoder,
    BeamSearchDecoderOutput,
    BeamSearchDecoderState,
    FinalBeamSearchDecoderOutput,
)
from autodiff.frontends.tensorflow.contrib.decoding import (
    BasicDecoder,
    BasicDecoderOutput,
    CustomHelper,
    GreedyEmbeddingHelper,
    SampleEmbeddingHelper,
    TrainingHelper,
    dynamic_decode,
    tile_batch,
)
from autodiff.frontends.tensorflow.ground.renamed import missing

__path__: list[str] = []  # modules below it are found by `paths`


def sequence_loss(
    logits: Any,
    targets: Any,
    weights: Any,
    average_across_timesteps: bool = True,
    average_across_batch: bool = True,
    softmax_loss_function: Callable[..., Any] | None = None,
    name: str | None = None,
) -> Any:
    """The weighted cross-entropy of logits (batch, time, classes) and targets (batch, time).

    Averaged over time, the batch, or both.
    """
    logits, targets = tf.convert_to_tensor(logits), tf.convert_to_tensor(targets)
    if len(logits.dims or (0, 0, 0)) != 3:
        raise ValueError(f"sequence_loss takes logits (batch, time, classes).{here()}")
    weights = tf.convert_to_tensor(weights)
    with tf.name_scope(name or "sequence_loss"):
        if softmax_loss_function is None:
            entropy = tf.nn.sparse_softmax_cross_entropy_with_logits(logits, targets)
        else:
            entropy = softmax_loss_function(labels=targets, logits=logits)
        terms = entropy * weights
        if average_across_timesteps and average_across_batch:
            return tf.reduce_sum(terms) / (tf.reduce_sum(weights) + 1e-12)
        if average_across_batch:
            return tf.reduce_sum(terms, 0) / (tf.reduce_sum(weights, 0) + 1e-12)
        if average_across_timesteps:
            return tf.reduce_sum(terms, 1) / (tf.reduce_sum(weights, 1) + 1e-12)
        return terms


def __getattr__(name: str) -> object:
    raise missing("tf.contrib.seq2seq", name, globals())
