"""Decoders, helpers, attention and `raw_rnn`, beside the same steps by hand."""

import numpy as np
import pytest

from autodiff.frontends import tensorflow as tf

S = tf.contrib.seq2seq
RNG = np.random.default_rng(0)
X = RNG.normal(size=(3, 4, 2)).astype("f4")
LENGTHS = [4, 2, 3]


def ran(*fetches):
    with tf.Session() as sess:
        sess.run(tf.global_variables_initializer())
        return sess.run(fetches)


@pytest.fixture(autouse=True)
def graph():
    with tf.Graph().as_default():
        tf.set_random_seed(0)
        yield


@pytest.mark.parametrize("static", [True, False])
def test_a_training_decoder_is_dynamic_rnn_with_a_layer(static):
    x = tf.placeholder_with_default(X, X.shape if static else [None, None, 2])
    cell, layer = tf.contrib.rnn.GRUCell(5), tf.layers.Dense(6, name="words")
    start = cell.zero_state(3, tf.float32)
    decoder = S.BasicDecoder(cell, S.TrainingHelper(x, LENGTHS), start, layer)
    with tf.variable_scope("decoder"):
        found, state, lengths = S.dynamic_decode(
            decoder, impute_finished=True, scope=tf.get_variable_scope()
        )
    with tf.variable_scope("decoder", reuse=True):
        outputs, last = tf.nn.dynamic_rnn(cell, x, LENGTHS, start, scope=tf.get_variable_scope())
    words = layer(tf.reshape(outputs, [-1, 5]))
    assert len(tf.trainable_variables()) == 6
    assert layer.trainable_variables == [layer.kernel, layer.bias]  # made in the loop's body
    weights = tf.sequence_mask(lengths, 4, tf.float32)
    loss = S.sequence_loss(found.rnn_output, tf.zeros([3, 4], tf.int32), weights)
    slopes = tf.gradients(loss, tf.trainable_variables())
    same = tf.expand_dims(tf.sequence_mask(LENGTHS, 4, tf.float32), 2)
    other = tf.reshape(words, [3, 4, 6]) * same
    again = tf.gradients(
        S.sequence_loss(other, tf.zeros([3, 4], tf.int32), weights), tf.trainable_variables()
    )
    a, b, c, d, n, chosen, g, h = ran(
        found.rnn_output, other, state, last, lengths, found.sample_id, slopes, again
    )
    assert np.allclose(a, b, atol=1e-6)
    assert np.allclose(c, d, atol=1e-6)
    assert n.tolist() == LENGTHS
    assert (chosen[0] == a[0].argmax(-1)).all()
    for one, two in zip(g, h, strict=True):
        assert np.allclose(one, two, atol=1e-6)


def test_a_greedy_decoder_says_its_own_words_until_the_end():
    follows = np.array([1, 2, 3, 0, 4])  # after word i comes follows[i]
    table = np.eye(5, dtype="f4")

    class Next(tf.nn.rnn_cell.RNNCell):
        state_size, output_size = 1, 5

        def __call__(self, inputs, state, scope=None):
            return tf.matmul(inputs, tf.constant(table[follows])), state + 1

    cell = Next()
    helper = S.GreedyEmbeddingHelper(tf.constant(table), [0, 2, 4], 3)
    decoder = S.BasicDecoder(cell, helper, cell.zero_state(3, tf.float32))
    found, state, lengths = S.dynamic_decode(decoder, maximum_iterations=6)
    ids, last, n = ran(found.sample_id, state, lengths)
    assert ids[0, :3].tolist() == [1, 2, 3]
    assert ids[1, 0] == 3
    assert ids[2].tolist() == [4] * 6
    assert n.tolist() == [3, 1, 6]
    assert last.ravel().tolist() == [6, 6, 6]
    found, state, n = S.dynamic_decode(
        decoder, output_time_major=True, impute_finished=True, maximum_iterations=6, scope="again"
    )
    ids, last = ran(found.sample_id, state)
    assert ids[:, 1].tolist() == [3, 0, 0, 0, 0, 0]
    assert last.ravel().tolist() == [3, 1, 6]


def test_a_decoder_of_ones_own_says_what_its_steps_give():
    class Counting:
        output_dtype = property(lambda self: {"twice": np.float64, "row": (tf.int32,)})

        def initialize(self):
            return tf.constant([False, False]), tf.constant([1.0, 5.0], tf.float64), tf.constant(0)

        def step(self, time, inputs, state):
            outputs = {"twice": 2.0 * inputs, "row": (tf.fill([2], state),)}
            return outputs, state + 1, inputs + 1.0, tf.greater_equal(inputs, [3.0, 6.0])

    outputs, state, lengths = S.dynamic_decode(Counting())
    twice, row, last, n = ran(outputs["twice"], outputs["row"][0], state, lengths)
    assert twice.dtype == np.float64
    assert twice.tolist() == [[2, 4, 6], [10, 12, 14]]
    assert row.tolist() == [[0, 1, 2], [0, 1, 2]]
    assert (last, n.tolist()) == (3, [3, 2])


def test_a_decoder_has_the_type_of_its_state():
    cell = tf.contrib.rnn.GRUCell(5)
    x, start = tf.constant(X, tf.float64), cell.zero_state(3, tf.float64)
    found, _, _ = S.dynamic_decode(S.BasicDecoder(cell, S.TrainingHelper(x, LENGTHS), start))
    (value,) = ran(found.rnn_output)
    assert (value.dtype, value.shape) == (np.float64, (3, 4, 5))


def soft(x):
    e = np.exp(x - x.max(-1, keepdims=True))
    return e / e.sum(-1, keepdims=True)


@pytest.mark.parametrize("kind", ["bahdanau", "normalized", "luong", "scaled"])
def test_attention_is_its_formula(kind):
    memory, query = RNG.normal(size=(3, 4, 6)).astype("f4"), RNG.normal(size=(3, 5)).astype("f4")
    if kind in ("bahdanau", "normalized"):
        mechanism = S.BahdanauAttention(5, memory, LENGTHS, normalize=kind == "normalized")
    else:
        mechanism = S.LuongAttention(5, memory, LENGTHS, scale=kind == "scaled")
    weights = mechanism(tf.constant(query), None)
    names = [v.op.name for v in tf.trainable_variables()]
    found, *values = ran(weights, *tf.trainable_variables())
    v = dict(zip(names, values, strict=True))
    inside = np.arange(4) < np.array(LENGTHS)[:, None]
    keys = (memory * inside[..., None]) @ v["memory_layer/kernel"]
    if kind in ("luong", "scaled"):
        score = np.einsum("btu,bu->bt", keys, query)
    else:
        asked = query @ v["bahdanau_attention/query_layer/kernel"]
        along = v["bahdanau_attention/attention_v"]
        if kind == "normalized":
            along = along / np.linalg.norm(along) * v["bahdanau_attention/attention_g"]
        score = np.tanh(keys + asked[:, None]) @ along
    assert np.allclose(found, soft(np.where(inside, score, -np.inf)), atol=1e-6)


def test_a_cell_with_attention_in_both_loops():
    memory = tf.constant(RNG.normal(size=(3, 4, 6)).astype("f4"))
    mechanism = S.LuongAttention(5, memory)
    cell = S.AttentionWrapper(
        tf.contrib.rnn.GRUCell(5), mechanism, attention_layer_size=7, alignment_history=True
    )
    assert cell.output_size == 7
    decoder = S.BasicDecoder(cell, S.TrainingHelper(X, LENGTHS), cell.zero_state(3, tf.float32))
    found, state, _ = S.dynamic_decode(decoder)
    seen = state.alignment_history.stack()
    with tf.variable_scope("other"):
        compared = S.BahdanauAttention(5, memory)
    plain = S.AttentionWrapper(
        tf.contrib.rnn.GRUCell(5), compared, output_attention=False,
        initial_cell_state=tf.ones([3, 5]),
    )  # fmt: skip
    outputs, last = tf.nn.dynamic_rnn(plain, tf.constant(X), dtype=tf.float32, scope="plain")
    slopes = tf.gradients(tf.reduce_sum(found.rnn_output), tf.trainable_variables("decoder"))
    assert all(s is not None for s in slopes)
    a, b, c, d, _ = ran(found.rnn_output, seen, outputs, last.alignments, slopes)
    assert a.shape == (3, 4, 7)
    assert b.shape == (4, 3, 4)
    assert b.sum(-1) == pytest.approx(np.ones((4, 3)))
    assert c.shape == (3, 4, 5)
    assert d.sum(-1) == pytest.approx(np.ones(3))
    rows = ran(S.tile_batch(memory, 2))[0]
    assert rows.shape == (6, 4, 6)
    assert (rows[0] == rows[1]).all()


def test_alignments_are_kept_in_dynamic_decode_alone():
    mechanism = S.LuongAttention(5, tf.ones([3, 4, 6]))
    cell = S.AttentionWrapper(tf.contrib.rnn.GRUCell(5), mechanism, alignment_history=True)
    with pytest.raises(NotImplementedError, match="is kept in dynamic_decode"):
        tf.nn.dynamic_rnn(cell, tf.constant(X), dtype=tf.float32)


def test_raw_rnn_does_what_dynamic_rnn_does():
    cell = tf.contrib.rnn.BasicLSTMCell(5)
    inputs = tf.transpose(tf.constant(X), [1, 0, 2])

    def loop_fn(time, output, state, loop):
        after = cell.zero_state(3, tf.float32) if output is None else state
        following = tf.gather(inputs, tf.minimum(time, 3))
        return time >= LENGTHS, following, after, output, None

    with tf.variable_scope("a") as scope:
        found, state, loop = tf.nn.raw_rnn(cell, loop_fn, scope=scope)
    with tf.variable_scope("a", reuse=True) as scope:
        outputs, last = tf.nn.dynamic_rnn(
            cell, tf.constant(X), LENGTHS, dtype=tf.float32, scope=scope
        )
    assert loop is None
    a, b, c, d = ran(found.stack(), outputs, state.c, last.c)
    assert np.allclose(a.swapaxes(0, 1), b, atol=1e-6)
    assert np.allclose(c, d, atol=1e-6)
