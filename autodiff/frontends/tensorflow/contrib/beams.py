"""Beam search: `BeamSearchDecoder` keeps the best few beginnings of a sentence at each step.

    start = tf.contrib.seq2seq.tile_batch(encoded, multiplier=width)
    decoder = tf.contrib.seq2seq.BeamSearchDecoder(cell, table, first, end, start, width, layer)
    outputs, state, lengths = tf.contrib.seq2seq.dynamic_decode(decoder, maximum_iterations=20)
    outputs.predicted_ids                     # (batch, time, width), the best first

A step is `chosen`: of all beginnings and all words that may follow, the `width` of the highest
score, log p / ((5 + length) / 6) ** length_penalty_weight (Wu et al., arXiv:1609.08144).  No
derivative flows through the choice.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from autodiff.core.ground.locations import here
from autodiff.frontends import tensorflow as tf
from autodiff.frontends.tensorflow.control.tensor_array import TensorArray
from autodiff.frontends.tensorflow.ground import nest


class BeamSearchDecoderState(NamedTuple):
    """The cell's states (batch, width, ...), and of each beginning what is known."""

    cell_state: Any
    log_probs: Any
    finished: Any
    lengths: Any


class BeamSearchDecoderOutput(NamedTuple):
    """What a step gives: the scores, the words, and which beginning each one continues."""

    scores: Any
    predicted_ids: Any
    parent_ids: Any


class FinalBeamSearchDecoderOutput(NamedTuple):
    """The sentences (batch, time, width), and the steps that they were found by."""

    predicted_ids: Any
    beam_search_decoder_output: Any


class BeamSearchDecoder:
    """A cell, a table of embeddings, and how many beginnings are kept; for `dynamic_decode`."""

    tracks_own_finished = True

    def __init__(
        self,
        cell: Any,
        embedding: Any,
        start_tokens: Any,
        end_token: Any,
        initial_state: Any,
        beam_width: int,
        output_layer: Any = None,
        length_penalty_weight: float = 0.0,
    ) -> None:
        table = embedding
        self._embed = (
            embedding if callable(embedding) else lambda ids: tf.nn.embedding_lookup(table, ids)
        )
        self._cell, self._layer, self._width = cell, output_layer, beam_width
        self._start = tf.cast(tf.convert_to_tensor(start_tokens), np.int32)
        self._end = tf.cast(tf.convert_to_tensor(end_token), np.int32)
        self._weight = length_penalty_weight
        self._batch, self._known = tf.shape(self._start)[0], self._start.dims[0]
        if any(isinstance(part, TensorArray) for part in nest.flatten(initial_state)):
            raise NotImplementedError(
                "BeamSearchDecoder does not keep alignment_history=True: make the AttentionWrapper "
                f"without it.{here()}"
            )
        self._state = nest.map_structure(self._apart, initial_state)

    @property
    def output_dtype(self) -> BeamSearchDecoderOutput:
        """The types of a step's outputs."""
        kinds = (self._float, np.dtype(np.int32), np.dtype(np.int32))
        return BeamSearchDecoderOutput(*kinds)

    @property
    def _float(self) -> np.dtype:
        return next(t.dtype for t in nest.flatten(self._state) if t.dtype.kind == "f")

    def _apart(self, t: Any) -> Any:
        """(batch * width, ...) as (batch, width, ...); what has no rows stays."""
        t = tf.convert_to_tensor(t)
        if not t.dims:
            return t
        rows = tf.stack([self._batch, self._width])
        found = tf.reshape(t, tf.concat(0, [rows, tf.shape(t)[1:]]))
        found.set_shape([self._known, self._width, *t.dims[1:]])
        return found

    def _together(self, t: Any) -> Any:
        """(batch, width, ...) as (batch * width, ...)."""
        if not t.dims:
            return t
        found = tf.reshape(t, tf.concat(0, [[-1], tf.shape(t)[2:]]))
        found.set_shape([None if self._known is None else self._known * self._width, *t.dims[2:]])
        return found

    def initialize(self, name: Any = None) -> tuple[Any, Any, Any]:
        """No beginning has ended; the first words' embeddings, `width` times; the first state."""
        dims = tf.stack([self._batch, self._width])
        blank = tf.fill(dims, False)
        blank.set_shape([self._known, self._width])
        zeros = tf.zeros_like(blank, dtype=np.int32)
        words = tf.expand_dims(self._start, 1) + zeros
        state = BeamSearchDecoderState(
            self._state, tf.cast(zeros, self._float), blank, zeros
        )  # fmt: skip
        return blank, self._embed(words), state

    def step(self, time: Any, inputs: Any, state: Any, name: Any = None) -> tuple[Any, ...]:
        """The output, the state, the next inputs, and which beginnings have ended."""
        merged = nest.map_structure(self._together, (inputs, state.cell_state))
        output, new = self._cell(*merged)
        output = output if self._layer is None else self._layer(output)
        logits = self._apart(output)
        dims = (self._known, self._width)
        kinds = (logits.dtype, np.int32, np.int32, logits.dtype, bool, np.int32)
        infos = [(dims, np.dtype(kind)) for kind in kinds]
        known = [logits, state.log_probs, state.finished, state.lengths, time, self._end]
        found = logits.owner.stage_call(
            chosen, known, {"weight": self._weight}, "beam_step", "BeamStep", infos, True
        )
        scores, words, parents, log_probs, finished, lengths = found
        new = nest.map_structure(lambda t: self._following(self._apart(t), parents), new)
        after = BeamSearchDecoderState(new, log_probs, finished, lengths)
        return BeamSearchDecoderOutput(scores, words, parents), after, self._embed(words), finished

    def _following(self, t: Any, parents: Any) -> Any:
        """The rows of the beginnings that were continued."""
        if not t.dims:
            return t
        first = tf.expand_dims(tf.range(self._batch) * self._width, 1)
        found = tf.gather(self._together(t), first + parents)
        found.set_shape(t.dims)
        return found

    def finalize(self, outputs: Any, final_state: Any, lengths: Any) -> tuple[Any, Any, Any]:
        """The sentences, gone back from their last words, and how long they are."""
        words, parents = outputs.predicted_ids, outputs.parent_ids
        infos = [(words.dims, words.dtype)]
        ids = words.owner.stage_call(
            traced_back, [words, parents, self._end], {}, "sentences", "GatherTree", infos
        )
        final = FinalBeamSearchDecoderOutput(ids, outputs)
        return final, final_state, final_state.lengths


def chosen(
    logits: Any, log_probs: Any, finished: Any, lengths: Any, time: Any, end: Any, weight: float
) -> tuple[Any, ...]:
    """The best continuations of beginnings (batch, width): scores, words, which beginning, their
    log probabilities, whether they have ended, and how many words they have before the end.

    A beginning that has ended goes on with the end alone, at no cost.  At the first step all are
    alike, and one counts.

    >>> found = chosen(np.log([[[0.6, 0.3, 0.1]] * 2]), np.zeros((1, 2)), np.zeros((1, 2), bool),
    ...                np.zeros((1, 2), int), 0, 2, 0.0)
    >>> found[1].tolist(), np.exp(found[3]).round(2).tolist()
    ([[0, 1]], [[0.6, 0.3]])
    """
    batch, width, words = logits.shape
    top = logits.max(-1, keepdims=True)
    steps = logits - top - np.log(np.exp(logits - top).sum(-1, keepdims=True))
    ends = np.arange(words) == end
    steps = np.where(finished[..., None], np.where(ends, 0.0, -np.inf), steps)
    total = log_probs[..., None] + steps
    if time == 0:
        total[:, 1:] = -np.inf
    grown = lengths[..., None] + (~finished[..., None] & ~ends)
    scores = total / ((5.0 + grown) / 6.0) ** weight
    flat = scores.reshape(batch, -1)
    best = np.argsort(-flat, axis=1, kind="stable")[:, :width]

    def at(values: Any) -> Any:
        return np.take_along_axis(values.reshape(batch, -1), best, 1)

    parents, said = best // words, best % words
    over = np.take_along_axis(finished, parents, 1) | (said == end)
    kind, whole = logits.dtype, np.int32
    return (
        at(scores).astype(kind), said.astype(whole), parents.astype(whole),
        at(total).astype(kind), over, at(grown).astype(whole),
    )  # fmt: skip


def traced_back(words: Any, parents: Any, end: Any) -> Any:
    """The sentences (time, batch, width): each goes back by its parents; after an end only ends.

    >>> words, parents = np.array([[[1, 2]], [[3, 4]]]), np.array([[[0, 0]], [[1, 0]]])
    >>> traced_back(words, parents, 9)[:, 0].T.tolist()
    [[2, 3], [1, 4]]
    """
    found = np.empty_like(words)
    place = np.broadcast_to(np.arange(words.shape[2]), words.shape[1:])
    for t in reversed(range(len(words))):
        found[t] = np.take_along_axis(words[t], place, 1)
        place = np.take_along_axis(parents[t], place, 1)
    ended = np.cumsum(found == end, 0) > 0
    return np.where(ended, end, found).astype(words.dtype)
