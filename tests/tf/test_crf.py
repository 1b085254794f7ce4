"""Rows of tags, beside all of them one by one."""

import itertools

import numpy as np
import pytest

from autodiff.frontends import tensorflow as tf

RNG = np.random.default_rng(5)
SCORES, TABLE = RNG.normal(size=(3, 4, 3)), RNG.normal(size=(3, 3))
TAGS, LENGTHS = RNG.integers(0, 3, (3, 4)), np.array([4, 2, 1])


def score_of(scores, tags):
    follows = sum(TABLE[a, b] for a, b in itertools.pairwise(tags))
    return sum(scores[t, tag] for t, tag in enumerate(tags)) + follows


def all_rows(row):
    rows = itertools.product(range(3), repeat=int(LENGTHS[row]))
    return {tags: score_of(SCORES[row], tags) for tags in rows}


@pytest.mark.parametrize("known", [True, False])
def test_the_likelihood_is_a_share_of_all_rows(known):
    with tf.Graph().as_default(), tf.Session() as sess:
        x = tf.placeholder_with_default(SCORES, SCORES.shape if known else [None, None, 3])
        table = tf.constant(TABLE)
        likely, _ = tf.contrib.crf.crf_log_likelihood(x, TAGS, LENGTHS, table)
        slopes = tf.gradients(likely, [x, table])
        found, (by_x, by_table) = sess.run([likely, slopes])
    share = np.zeros_like(SCORES)
    for row in range(3):
        every = all_rows(row)
        total = np.log(sum(np.exp(s) for s in every.values()))
        own = tuple(TAGS[row, : LENGTHS[row]])
        assert np.isclose(found[row], every[own] - total)
        for tags, score in every.items():  # the slope: what is there less what is expected
            for t, tag in enumerate(tags):
                share[row, t, tag] += (tags == own) - np.exp(score - total)
    assert np.allclose(by_x, share)
    assert np.isclose(by_table.sum(), 0)  # as many steps are expected as there are


def test_the_best_row():
    for row in range(3):
        every = all_rows(row)
        tags, score = tf.contrib.crf.viterbi_decode(SCORES[row, : LENGTHS[row]], TABLE)
        assert tuple(tags) == max(every, key=every.get)
        assert np.isclose(score, max(every.values()))


def test_transitions_are_learned_where_none_are_given():
    with tf.Graph().as_default(), tf.Session() as sess:
        likely, table = tf.contrib.crf.crf_log_likelihood(tf.constant(SCORES), TAGS, LENGTHS)
        step = tf.train.AdamOptimizer(0.1).minimize(-tf.reduce_mean(likely))
        sess.run(tf.global_variables_initializer())
        before = sess.run(likely).mean()
        for _ in range(20):
            sess.run(step)
        assert sess.run(likely).mean() > before
        assert table.op.name == "transitions"
