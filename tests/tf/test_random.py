"""Random ops: distributions, seeds of graph and op as 0.11 documents them, and initializers."""

import numpy as np
import pytest
from scipy import stats

from autodiff.frontends import tensorflow as tf
from autodiff.frontends.tensorflow.variables import initializers

DRAWN = {
    "random_normal": (lambda **k: tf.random_normal([50_000], 1.0, 2.0, **k), stats.norm(1, 2)),
    "truncated_normal": (lambda **k: tf.truncated_normal([50_000], 1.0, 2.0, **k), stats.truncnorm(-2, 2, 1, 2)),
    "random_uniform": (lambda **k: tf.random_uniform([50_000], -1.0, 3.0, **k), stats.uniform(-1, 4)),
}  # fmt: skip


@pytest.mark.parametrize("name", DRAWN)
def test_distribution(name):
    build, expected = DRAWN[name]
    y = build(seed=3)
    value = tf.Session().run(y)
    assert value.dtype == np.float32
    assert stats.kstest(value, expected.cdf).pvalue > 0.01
    assert y.op.name == name


def test_integers():
    y = tf.random_uniform([10_000], 2, 5, dtype=tf.int64, seed=1)
    value = tf.Session().run(y)
    assert value.dtype == np.int64
    assert np.all(np.abs(np.bincount(value)[2:] / 10_000 - 1 / 3) < 0.03)
    assert sorted(set(value)) == [2, 3, 4]


def sequences(build, sessions=2, runs=2, **given):
    """What `runs` runs in each of several sessions draw."""
    with tf.Graph().as_default():
        if "graph_seed" in given:
            tf.set_random_seed(given["graph_seed"])
        nodes = [build(seed) for seed in given.get("seeds", (None,))]
        found = []
        for _ in range(sessions):
            with tf.Session() as sess:
                found.append([sess.run(nodes) for _ in range(runs)])
        return np.array(found)


def draw(seed):
    return tf.random_uniform([4], seed=seed)


def test_no_seed_differs_everywhere():
    found = sequences(draw)
    assert len({values.tobytes() for values in found.reshape(-1, 4)}) == 4


def test_op_seed_repeats_in_every_session():
    first, second = sequences(draw, seeds=(1, None))
    assert np.array_equal(first[:, 0], second[:, 0])
    assert not np.array_equal(first[0, 0], first[1, 0])  # a sequence, and not one number
    assert not np.array_equal(first[:, 1], second[:, 1])


def test_graph_seed_seeds_every_op_differently():
    first, second = sequences(draw, graph_seed=7, seeds=(None, None))
    assert np.array_equal(first, second)
    assert not np.array_equal(first[:, 0], first[:, 1])
    again = sequences(draw, graph_seed=7, seeds=(None, None))[0]
    other = sequences(draw, graph_seed=8, seeds=(None, None))[0]
    assert np.array_equal(first, again)
    assert not np.array_equal(first, other)


def test_both_seeds():
    both = sequences(draw, graph_seed=7, seeds=(1,))[0]
    assert np.array_equal(both, sequences(draw, graph_seed=7, seeds=(1,))[0])
    assert not np.array_equal(both, sequences(draw, graph_seed=8, seeds=(1,))[0])


def test_shapes_from_tensors_and_derivatives():
    x, scale = tf.placeholder("float", [None, 3]), tf.constant(2.0)
    noise = tf.random_normal(tf.shape(x), stddev=scale, seed=1)
    assert noise.get_shape().ndims == 2
    with tf.Session() as sess:
        value, slope = sess.run([noise, *tf.gradients(noise, scale)], {x: np.zeros((5, 3))})
    assert value.shape == (5, 3)
    assert slope == pytest.approx(value.sum() / 2, rel=1e-5)


def test_random_shuffle_and_its_gradient():
    x = tf.placeholder(tf.float64, [None, 2])
    y = tf.random_shuffle(x, seed=4)
    data = np.arange(20.0).reshape(10, 2)
    weights = np.arange(10.0)[:, None] * np.ones(2)
    (slope,) = tf.gradients(y * weights, x)
    with tf.Session() as sess:
        value, found = sess.run([y, slope], {x: data})
        again = sess.run(y, {x: data})
    assert sorted(value[:, 0]) == data[:, 0].tolist()
    assert not np.array_equal(value, data)
    assert not np.array_equal(value, again)
    np.testing.assert_array_equal(found[np.argsort(found[:, 0])], weights)
    np.testing.assert_array_equal(data[np.argsort(found[:, 0])], value)


def test_random_crop():
    image = np.arange(6 * 7 * 2.0).reshape(6, 7, 2)
    y = tf.random_crop(tf.constant(image), [3, 4, 2], seed=2)
    assert y.get_shape().as_list() == [3, 4, 2]
    corners = set()
    with tf.Session() as sess:
        for _ in range(200):
            part = sess.run(y)
            top, left = np.argwhere(image[..., 0] == part[0, 0, 0])[0]
            assert np.array_equal(part, image[top : top + 3, left : left + 4])
            corners.add((int(top), int(left)))
    assert len(corners) == 16


def test_multinomial():
    logits = np.log([[0.1, 0.2, 0.7], [0.5, 0.5, 1e-9]])
    value = tf.Session().run(tf.multinomial(tf.constant(logits), 20_000, seed=5))
    assert value.shape == (2, 20_000)
    for row, p in zip(value, np.exp(logits)):
        np.testing.assert_allclose(np.bincount(row, minlength=3) / 20_000, p, atol=0.02)


def test_dropout():
    x, keep = tf.placeholder(tf.float64, [None, 100]), tf.placeholder(tf.float64)
    y = tf.nn.dropout(x, keep, seed=1)
    (slope,) = tf.gradients(y, x)
    data = np.ones((50, 100))
    with tf.Session() as sess:
        value, found = sess.run([y, slope], {x: data, keep: 0.25})
        assert set(np.unique(value)) == {0.0, 4.0}
        assert np.mean(value > 0) == pytest.approx(0.25, abs=0.03)
        np.testing.assert_array_equal(found, value)
        assert not np.array_equal(value, sess.run(y, {x: data, keep: 0.25}))
        np.testing.assert_array_equal(sess.run(y, {x: data, keep: 1.0}), data)
    rows = tf.nn.dropout(tf.ones([6, 8]), 0.5, noise_shape=[6, 1], seed=2)
    assert all(len(set(row)) == 1 for row in tf.Session().run(rows))
    assert tf.nn.dropout(x, 1.0) is x


def test_random_images_stay_in_their_bounds():
    image = tf.constant(np.random.default_rng(0).random((5, 5, 3)).astype("f"))
    bright = tf.image.random_brightness(image, 0.2, seed=1) - image
    flipped = tf.image.random_flip_left_right(image, seed=1)
    saturated = tf.image.random_saturation(image, 0.5, 0.6, seed=1)
    contrast = tf.image.random_contrast(image, 0.5, 0.6, seed=1)
    with tf.Session() as sess:
        seen = [sess.run([bright, flipped, saturated, contrast, image]) for _ in range(30)]
    deltas = [found[0] for found in seen]
    assert all(np.ptp(delta) < 1e-6 and abs(delta[0, 0, 0]) <= 0.2 for delta in deltas)
    assert len({round(float(delta[0, 0, 0]), 5) for delta in deltas}) > 20
    original = seen[0][4]
    flips = [np.array_equal(found[1], original[:, ::-1]) for found in seen]
    assert 5 < sum(flips) < 25
    spread = lambda x: np.ptp(x, axis=-1)
    assert all(np.all(spread(f[2]) <= 0.601 * spread(original)) for f in seen)
    assert all(0.499 < np.std(f[3][..., 0]) / np.std(original[..., 0]) < 0.601 for f in seen)


FILLED = {
    "constant": (tf.constant_initializer(3.0), lambda v: np.all(v == 3)),
    "zeros": (tf.zeros_initializer, lambda v: np.all(v == 0)),
    "zeros called": (tf.zeros_initializer(), lambda v: np.all(v == 0)),
    "ones": (tf.ones_initializer, lambda v: np.all(v == 1)),
    "normal": (tf.random_normal_initializer(1.0, 0.1, seed=1), stats.norm(1, 0.1)),
    "truncated": (tf.truncated_normal_initializer(0.0, 0.1, seed=1), stats.truncnorm(-2, 2, 0, 0.1)),
    "uniform": (tf.random_uniform_initializer(-2.0, 2.0, seed=1), stats.uniform(-2, 4)),
    "unit scaling": (tf.uniform_unit_scaling_initializer(seed=1), stats.uniform(-0.1, 0.2)),
    "xavier": (initializers.xavier_initializer(seed=1), stats.uniform(-0.1, 0.2)),
    "he": (initializers.he_initializer(seed=1), stats.truncnorm(-2, 2, 0, (2.6 / 300) ** 0.5)),
    "xavier normal": (
        initializers.xavier_initializer(uniform=False, seed=1), stats.truncnorm(-2, 2, 0, (1.3 / 300) ** 0.5)
    ),
    "by outputs": (
        initializers.variance_scaling_initializer(1.0, "FAN_OUT", True, seed=1), stats.uniform(-0.1, 0.2)
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", FILLED)
def test_initializer(name):
    initializer, expected = FILLED[name]
    v = tf.get_variable("v", [300, 300], initializer=initializer)
    sess = tf.Session()
    sess.run(tf.initialize_all_variables())
    value = sess.run(v)
    assert value.dtype == np.float32
    if callable(expected):
        assert expected(value)
    else:
        assert stats.kstest(value.ravel(), expected.cdf).pvalue > 0.01


def test_default_initializer_keeps_the_variance():
    w = tf.get_variable("w", [400, 300])
    x = tf.random_normal([200, 400], seed=1)
    tf.set_random_seed(0)
    sess = tf.Session()
    sess.run(tf.initialize_all_variables())
    assert np.std(sess.run(tf.matmul(x, w))) == pytest.approx(1.0, abs=0.05)
