"""`tf.contrib.crf`: the score of a whole row of tags, and how likely it is among all rows.

A row of tags scores the sum of `inputs[t, tag]` along the words, and of `transitions[tag, next]`
between them (a linear chain; Lafferty, McCallum and Pereira, 2001).  Its likelihood is its
exponential over the sum of those of all rows, which goes along the words in one fold.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from autodiff.frontends import tensorflow as tf
from autodiff.frontends.tensorflow.ground.renamed import missing


def _within(lengths: Any, x: Any) -> Any:
    """1 for the words of each row, 0 past its end."""
    longest = tf.shape(x)[1]
    return tf.cast(tf.sequence_mask(tf.cast(lengths, tf.int32), longest), x.dtype)


def crf_unary_score(tag_indices: Any, sequence_lengths: Any, inputs: Any) -> Any:
    """What the tags (batch, words) score by their words, of inputs (batch, words, tags)."""
    inputs = tf.convert_to_tensor(inputs)
    hot = tf.one_hot(tag_indices, inputs.dims[-1], dtype=inputs.dtype)
    return tf.reduce_sum(tf.reduce_sum(inputs * hot, 2) * _within(sequence_lengths, inputs), 1)


def crf_binary_score(tag_indices: Any, sequence_lengths: Any, transition_params: Any) -> Any:
    """What the tags score by what follows what."""
    table = tf.convert_to_tensor(transition_params)
    tags = tf.cast(tf.convert_to_tensor(tag_indices), tf.int32)
    places = tags[:, :-1] * table.dims[0] + tags[:, 1:]
    found = tf.gather(tf.reshape(table, [-1]), places)
    inside = tf.sequence_mask(tf.cast(sequence_lengths, tf.int32), tf.shape(tags)[1])
    return tf.reduce_sum(found * tf.cast(inside, table.dtype)[:, 1:], 1)


def crf_sequence_score(
    inputs: Any, tag_indices: Any, sequence_lengths: Any, transition_params: Any
) -> Any:
    """The score of each row of tags."""
    own = crf_unary_score(tag_indices, sequence_lengths, inputs)
    return own + crf_binary_score(tag_indices, sequence_lengths, transition_params)


def crf_log_norm(inputs: Any, sequence_lengths: Any, transition_params: Any) -> Any:
    """log of the sum of exp(score) over all rows of tags."""
    inputs, table = tf.convert_to_tensor(inputs), tf.convert_to_tensor(transition_params)
    along = tf.transpose(inputs, [1, 0, 2])
    times = tf.range(1, tf.shape(along)[0])
    lengths = tf.cast(tf.convert_to_tensor(sequence_lengths), tf.int32)

    def further(so_far: Any, word: Any) -> Any:
        row, time = word
        new = row + tf.reduce_logsumexp(tf.expand_dims(so_far, 2) + table, 1)
        found = tf.where(time < lengths, new, so_far)
        found.set_shape(so_far.dims)
        return found

    last = tf.foldl(further, (along[1:], times), along[0])
    return tf.reduce_logsumexp(last, 1)


def crf_log_likelihood(
    inputs: Any, tag_indices: Any, sequence_lengths: Any, transition_params: Any = None
) -> tuple[Any, Any]:
    """The log likelihood of each row of tags; and the transitions, a variable if not given."""
    inputs = tf.convert_to_tensor(inputs)
    if transition_params is None:
        count = inputs.dims[-1]
        transition_params = tf.get_variable("transitions", [count, count], inputs.dtype)
    score = crf_sequence_score(inputs, tag_indices, sequence_lengths, transition_params)
    return score - crf_log_norm(inputs, sequence_lengths, transition_params), transition_params


def viterbi_decode(score: Any, transition_params: Any) -> tuple[list[int], Any]:
    """The best tags for one row of scores (words, tags), arrays; and what they score.

    >>> viterbi_decode(np.array([[0.0, 1.0], [2.0, 0.0]]), np.array([[0.0, 0.0], [-3.0, 0.0]]))
    ([0, 0], np.float64(2.0))
    """
    score, table = np.asarray(score), np.asarray(transition_params)
    best, before = score[0], []
    for row in score[1:]:
        ways = best[:, None] + table
        before.append(ways.argmax(0))
        best = row + ways.max(0)
    tags = [int(best.argmax())]
    for place in reversed(before):
        tags.append(int(place[tags[-1]]))
    return tags[::-1], best.max()


def __getattr__(name: str) -> object:
    raise missing("tf.contrib.crf", name, globals())
