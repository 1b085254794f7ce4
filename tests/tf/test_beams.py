"""Beam search, beside all sentences one by one; names for looking into a run."""

import itertools

import numpy as np
import pytest

from autodiff.frontends import tensorflow as tf
from autodiff.frontends.slim import utils

S = tf.contrib.seq2seq
RNG = np.random.default_rng(3)
WORDS, END, STEPS = 4, 2, 3
FOLLOWS = RNG.normal(size=(WORDS, WORDS)).astype("f4") * 2
"""What may follow each word, before the softmax."""


class Follows(tf.nn.rnn_cell.RNNCell):
    """Says what it is given, and counts its steps."""

    state_size, output_size = 1, WORDS

    def __call__(self, inputs, state, scope=None):
        return inputs, state + 1


def search(width, weight=0.0, batch=2, layer=None, table=FOLLOWS, cell=None):
    with tf.Graph().as_default(), tf.Session() as sess:
        tf.set_random_seed(0)
        start = S.tile_batch(
            tf.placeholder_with_default(np.zeros((batch, 1), "f4"), [None, 1]), width
        )
        decoder = S.BeamSearchDecoder(
            cell or Follows(), tf.constant(table), [0, 1][:batch], END, start, width, layer, weight
        )
        outputs, state, lengths = S.dynamic_decode(decoder, maximum_iterations=STEPS)
        sess.run(tf.global_variables_initializer())
        return sess.run([outputs, state, lengths])


def sentences(first, weight):
    """All sentences of at most STEPS words, with their scores, the best first."""
    chances = FOLLOWS - np.log(np.exp(FOLLOWS).sum(1, keepdims=True))
    found = {}
    for words in itertools.product(range(WORDS), repeat=STEPS):
        total, before, count = 0.0, first, 0
        said = []
        for word in words:
            total += chances[before, word]
            said.append(word)
            if word == END:
                break
            before, count = word, count + 1
        padded = tuple(said) + (END,) * (STEPS - len(said))
        found[padded] = total / ((5 + count) / 6) ** weight
    return sorted(found.items(), key=lambda item: -item[1])


@pytest.mark.parametrize("weight", [0.0, 1.0])
def test_a_wide_beam_finds_the_best_of_all(weight):
    outputs, state, lengths = search(30, weight)
    for row, first in enumerate([0, 1]):
        best = sentences(first, weight)[:8]
        ids = outputs.predicted_ids[row].T
        assert [tuple(one) for one in ids[:8]] == [words for words, _ in best]
        scores = outputs.beam_search_decoder_output.scores[row, -1, :8]
        assert np.allclose(scores, [score for _, score in best], atol=1e-5)
        counts = [list(words).index(END) if END in words else STEPS for words, _ in best]
        assert lengths[row, :8].tolist() == counts
    assert state.finished.shape == (2, 30)


def test_a_beam_of_one_is_greedy():
    outputs, state, _ = search(1)
    for row, word in enumerate([0, 1]):
        said = []
        for _ in range(STEPS):
            word = END if word == END and said else int(FOLLOWS[word].argmax())
            said.append(word)
        assert outputs.predicted_ids[row, :, 0].tolist()[: len(said)] == said
    assert state.cell_state.shape == (2, 1, 1)


def test_states_follow_their_beginnings():
    """A cell whose state is the sum of its words so far ends with that of each sentence."""

    class Sums(tf.nn.rnn_cell.RNNCell):
        state_size, output_size = 1, WORDS

        def __call__(self, inputs, state, scope=None):
            number, logits = inputs[:, :1], inputs[:, 1:]
            return logits, state * 10 + number

    table = np.concatenate([np.arange(WORDS, dtype="f4")[:, None], FOLLOWS], 1)
    outputs, state, _ = search(5, table=table, cell=Sums())
    for row, first in enumerate([0, 1]):
        for beam in range(5):
            words = [first, *outputs.predicted_ids[row, :-1, beam]]
            if END not in words[1:]:
                assert state.cell_state[row, beam, 0] == int("".join(map(str, words)))


def test_with_attention_and_a_layer():
    with tf.Graph().as_default(), tf.Session() as sess:
        memory = S.tile_batch(tf.constant(RNG.normal(size=(2, 6, 5)).astype("f4")), 3)
        cell = S.AttentionWrapper(tf.contrib.rnn.GRUCell(5), S.LuongAttention(5, memory), 4)
        table = tf.get_variable("table", [7, 3])
        decoder = S.BeamSearchDecoder(
            cell, table, tf.fill([2], 1), 0, cell.zero_state(6, tf.float32), 3,
            tf.layers.Dense(7),
        )  # fmt: skip
        outputs, _, lengths = S.dynamic_decode(decoder, maximum_iterations=4)
        sess.run(tf.global_variables_initializer())
        ids, lengths = sess.run([outputs.predicted_ids, lengths])
    assert ids.shape[0] == 2
    assert ids.shape[2] == 3
    assert lengths.shape == (2, 3)


def test_the_choice_with_a_history_of_attention_is_refused():
    with tf.Graph().as_default():
        memory = S.tile_batch(tf.zeros([2, 6, 5]), 3)
        attention = S.LuongAttention(5, memory)
        cell = S.AttentionWrapper(tf.contrib.rnn.GRUCell(5), attention, 4, alignment_history=True)
        with pytest.raises(NotImplementedError, match="alignment_history"):
            S.BeamSearchDecoder(
                cell, tf.zeros([7, 3]), [1, 1], 0, cell.zero_state(6, tf.float32), 3
            )


def test_a_choice_that_is_known_while_building_builds_one_branch():
    with tf.Graph().as_default(), tf.Session() as sess:
        assert utils.smart_cond(True, lambda: "one", lambda: "other") == "one"
        x = tf.placeholder(tf.bool, [])
        y = utils.smart_cond(x, lambda: tf.constant(1), lambda: tf.constant(2))
        assert sess.run(y, {x: False}) == 2


def test_what_looks_into_a_run_says_what_there_is_instead():
    debugger = tf.python.debug
    assert debugger.has_inf_or_nan(None, [1.0, np.nan])
    with pytest.raises(NotImplementedError, match="check_numerics"):
        debugger.LocalCLIDebugWrapperSession(None)
    with pytest.raises(NotImplementedError, match="time whole runs"):
        tf.python.client.timeline.Timeline(step_stats=tf.RunMetadata().step_stats)
