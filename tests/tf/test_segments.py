"""Segments, moments in two steps, and the later cross entropy: values and gradients of TensorFlow."""

import numpy as np
import pytest

from autodiff.frontends import tensorflow as tf

X = [[1.0, 2.0], [1.0, -3.0], [4.0, 5.0], [2.0, 2.0]]
IDS = [0, 0, 1, 3]
SOME = [0, 2, 3], [0, 0, 1]
CASES = {
    "sum": (
        lambda x: tf.segment_sum(x, IDS), [[2, -1], [4, 5], [0, 0], [2, 2]],
        [[4, -2], [4, -2], [8, 10], [4, 4]],
    ),
    "mean": (
        lambda x: tf.segment_mean(x, IDS), [[1, -0.5], [4, 5], [0, 0], [2, 2]],
        [[1, -0.5], [1, -0.5], [8, 10], [4, 4]],
    ),
    "prod": (
        lambda x: tf.segment_prod(x, IDS), [[1, -6], [4, 5], [1, 1], [2, 2]],
        [[2, 36], [2, -24], [8, 10], [4, 4]],
    ),
    "max": (
        lambda x: tf.segment_max(x, IDS), [[1, 2], [4, 5], [0, 0], [2, 2]],
        [[1, 4], [1, 0], [8, 10], [4, 4]],
    ),
    "min": (
        lambda x: tf.segment_min(x, IDS), [[1, -3], [4, 5], [0, 0], [2, 2]],
        [[1, 0], [1, -6], [8, 10], [4, 4]],
    ),
    "unsorted max": (
        lambda x: tf.gather(tf.unsorted_segment_max(x, [2, 0, 2, 2], 4), [0, 2]),
        [[1, -3], [4, 5]], [[0, 0], [2, -6], [8, 10], [0, 0]],
    ),
    "sparse mean": (
        lambda x: tf.sparse_segment_mean(x, *SOME), [[2.5, 3.5], [2, 2]],
        [[2.5, 3.5], [0, 0], [2.5, 3.5], [4, 4]],
    ),
    "sparse sum": (
        lambda x: tf.sparse_segment_sum(x, *SOME), [[5, 7], [2, 2]],
        [[10, 14], [0, 0], [10, 14], [4, 4]],
    ),
    "sparse sqrt_n": (
        lambda x: tf.sparse_segment_sqrt_n(x, *SOME), [[3.53553, 4.94975], [2, 2]],
        [[5, 7], [0, 0], [5, 7], [4, 4]],
    ),
    "weighted variance": (
        lambda x: tf.nn.weighted_moments(x, [0], tf.constant([[1.0], [2.0], [0.0], [1.0]]))[1],
        [0.1875, 6.25], [[-0.0469, 15.625], [-0.0938, -31.25], [0, 0], [0.1406, 15.625]],
    ),
    "cross entropy, of labels too": (
        lambda x: tf.nn.softmax_cross_entropy_with_logits_v2(labels=tf.nn.softmax(2 * x), logits=x),
        [0.43246, 0.01949, 0.43246, 0.69315],
        [[0.3111, -0.3111], [-0.0008, 0.0008], [0.3111, -0.3111], [0, 0]],
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", CASES)
def test_value_and_gradient(case):
    make, value, slope = CASES[case]
    with tf.Graph().as_default(), tf.Session() as sess:
        x = tf.constant(X)
        y = make(x)
        found = sess.run([y, tf.convert_to_tensor(tf.gradients(tf.square(y), x)[0])])
    assert np.allclose(found[0], value, atol=1e-5)
    assert np.allclose(found[1], slope, atol=1e-4)


@pytest.mark.parametrize("shift", [None, [1.0, 0.5]])
def test_moments_in_two_steps(shift):
    with tf.Graph().as_default(), tf.Session() as sess:
        given = None if shift is None else tf.constant(shift)
        sums = tf.nn.sufficient_statistics(tf.constant(X), [0], given)
        assert sess.run(sums[0]) == 4
        assert sess.run(sums[1]).tolist() == ([8, 6] if shift is None else [4, 4])
        mean, variance = sess.run(tf.nn.normalize_moments(*sums))
    assert mean.tolist() == [2, 1.5]
    assert variance.tolist() == [1.5, 8.25]


def test_means_of_integers_are_integers_and_shapes_come_together():
    with tf.Graph().as_default(), tf.Session() as sess:
        assert sess.run(tf.segment_mean([1, 2, 4], [0, 0, 1])).tolist() == [1, 4]
        shapes = sess.run(tf.shape_n([tf.constant(X), tf.constant(X)[0]]))
        assert [s.tolist() for s in shapes] == [[4, 2], [2]]
