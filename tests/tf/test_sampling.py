"""Losses over sampled classes: their values, their samples, and a word embedding that learns."""

import numpy as np
import pytest
from graphs import check_gradients, evaluate

from autodiff.frontends import tensorflow as tf

rng = np.random.default_rng(3)
W, B, X = rng.normal(size=(7, 4)), rng.normal(size=7), rng.normal(size=(5, 4))
LABELS = rng.integers(0, 7, (5, 1))


def given(sampled, true=1.0, other=1.0):
    """Candidates with the same expected count for all."""
    counts = np.full((5, 1), true), np.full(len(sampled), other)
    return (np.array(sampled), *(tf.constant(c) for c in counts))


def test_all_classes_as_candidates_give_the_full_softmax():
    def sampled(w, b, x):
        return tf.nn.sampled_softmax_loss(w, b, x, LABELS, 7, 7, sampled_values=given(range(7)))

    logits = X @ W.T + B
    full = np.log(np.sum(np.exp(logits), 1)) - np.take_along_axis(logits, LABELS, 1)[:, 0]
    np.testing.assert_allclose(evaluate(sampled, W, B, X, open_batch=False), full, rtol=1e-12)
    check_gradients(sampled, W, B, X, open_batch=False)


def test_nce_is_the_cross_entropy_of_true_and_sampled():
    def nce(w, b, x):
        return tf.nn.nce_loss(w, b, x, LABELS, 3, 7, sampled_values=given([1, 4, 6], 0.2, 0.5))

    true = np.take_along_axis(X @ W.T + B, LABELS, 1) - np.log(0.2)
    other = (X @ W.T + B)[:, [1, 4, 6]] - np.log(0.5)
    expected = np.log1p(np.exp(-true)).sum(1) + np.log1p(np.exp(other)).sum(1)
    np.testing.assert_allclose(evaluate(nce, W, B, X, open_batch=False), expected, rtol=1e-12)
    check_gradients(nce, W, B, X, open_batch=False)


@pytest.mark.parametrize("unique", [True, False])
@pytest.mark.parametrize("kind", ["log_uniform", "uniform"])
def test_candidates_come_as_often_as_they_say(kind, unique):
    sampler = getattr(tf.nn, f"{kind}_candidate_sampler")
    sampled, true, own = sampler(np.arange(20).reshape(-1, 1), 1, 8, unique, 20, seed=1)
    counts, expected = np.zeros(20), np.zeros(20)
    assert sampler.__name__ == f"{kind}_candidate_sampler"
    with tf.Session() as sess:
        for _ in range(1000):
            drawn, said, mine = sess.run([sampled, true, own])
            assert not unique or len(set(drawn)) == 8
            np.testing.assert_array_equal(mine, said[drawn, 0])
            counts += np.bincount(drawn, minlength=20) / 1000
            expected += said[:, 0] / 1000
    np.testing.assert_allclose(counts, expected, atol=0.12)  # three standard deviations
    assert counts.sum() == pytest.approx(8)


def test_an_embedding_of_words_learns_which_go_together():
    """Words 0-4 and 5-9 stand beside each other: skip-grams, as in TensorFlow's tutorial."""
    tf.set_random_seed(0)
    words, context = tf.placeholder(tf.int32, [None]), tf.placeholder(tf.int32, [None, 1])
    table = tf.Variable(tf.random_uniform([10, 4], -1.0, 1.0))
    weights = tf.Variable(tf.truncated_normal([10, 4], stddev=0.5))
    biases = tf.Variable(tf.zeros([10]))
    beside = tf.nn.embedding_lookup(table, words)
    loss = tf.reduce_mean(tf.nn.nce_loss(weights, biases, beside, context, 4, 10))
    train = tf.train.GradientDescentOptimizer(1.0).minimize(loss)
    generator = np.random.default_rng(0)
    with tf.Session() as sess:
        sess.run(tf.initialize_all_variables())
        for _ in range(300):
            a = generator.integers(0, 10, 64)
            b = a // 5 * 5 + generator.integers(0, 5, 64)
            sess.run(train, {words: a, context: b[:, None]})
        vectors, outputs = sess.run([tf.nn.l2_normalize(table, 1), weights])
    inside = (vectors @ outputs.T).argmax(1) // 5
    assert inside.tolist() == [0] * 5 + [1] * 5


def test_a_sample_of_one_s_own_serves_float64_too():
    loss = tf.nn.nce_loss(W, B, tf.constant(X), LABELS, 3, 7, remove_accidental_hits=True)
    with tf.Session() as sess:
        assert np.isfinite(sess.run(loss)).all()
    assert loss.dtype == tf.float64


def test_both_orders_of_the_arguments_are_read():
    tf.set_random_seed(3)
    drawn = tf.nn.uniform_candidate_sampler(LABELS, 1, 4, True, 7)
    both = [
        tf.nn.nce_loss(W, B, *pair, 4, 7, 1, sampled_values=drawn)
        for pair in ((X, LABELS), (LABELS, X))
    ]
    with tf.Session() as sess:
        one, other = sess.run(both)
        np.testing.assert_allclose(one, other)
    with pytest.raises(TypeError, match="with integer labels; got float64 and float64"):
        tf.nn.nce_loss(W, B, X, X, 3, 7)
    with pytest.raises(ValueError, match="9 different candidates can't be drawn of 7"):
        tf.nn.nce_loss(W, B, X, LABELS, 9, 7)
