"""Where TensorFlow and Keras choose otherwise than the engine does, the front ends choose as they do.

The numbers are those of tf.compat.v1 (2.21) and of the formulas in keras/optimizers.py of 1.1.
"""

import numpy as np
import pytest

from autodiff import optim
from autodiff.frontends import tensorflow as tf
from autodiff.frontends.keras import optimizers
from autodiff.frontends.keras.layers import Dense, Embedding, Flatten
from autodiff.frontends.keras.models import Sequential


def slope_of(function, value):
    with tf.Graph().as_default(), tf.Session() as sess:
        x = tf.constant(value, tf.float32)
        return sess.run(tf.gradients(function(x), x)[0])


@pytest.mark.parametrize(
    ("function", "expected"),
    [
        (lambda x: tf.maximum(x, 0.0), [0, 1, 1]),
        (lambda x: tf.maximum(0.0, x), [0, 0, 1]),
        (lambda x: tf.minimum(x, 0.0), [1, 1, 0]),
        (lambda x: tf.clip_by_value(x, -1.0, 1.0), [1, 1, 1]),
        (lambda x: tf.clip_by_value(x, 0.0, 6.0), [0, 1, 1]),
        (tf.sign, [0, 0, 0]),
        (tf.nn.relu, [0, 0, 1]),
        (tf.abs, [-1, 0, 1]),
        (lambda x: tf.reduce_max(tf.abs(x)), [-0.5, 0, 0.5]),
    ],
)
def test_slopes_at_ties(function, expected):
    np.testing.assert_array_equal(slope_of(function, [-1.0, 0.0, 1.0]), expected)


# -- gradients of tables are rows -------------------------------------------------------------


def test_the_gradient_of_a_table_is_rows():
    table = tf.Variable(np.arange(8.0, dtype=np.float32).reshape(4, 2))
    looked = tf.nn.embedding_lookup(table, tf.constant([[1, 3], [1, 0]]))
    slope = tf.gradients(tf.reduce_sum(tf.square(looked)), table)[0]
    assert isinstance(slope, tf.IndexedSlices)
    assert slope.values.get_shape().as_list() == [4, 2]
    with tf.Session() as sess:
        sess.run(tf.initialize_all_variables())
        found, dense = sess.run([slope, tf.convert_to_tensor(slope)])
        assert found.indices.tolist() == [1, 3, 1, 0]
        np.testing.assert_allclose(found.values[:, 0], [4, 12, 4, 0])
        np.testing.assert_allclose(dense[:, 0], [0, 8, 0, 12])
        assert found.dense_shape.tolist() == [4, 2]


def test_rows_that_meet_a_dense_gradient_become_dense():
    table = tf.Variable(np.ones((3, 2), np.float32))
    loss = tf.reduce_sum(tf.gather(table, [1])) + tf.reduce_sum(table * 2.0)
    slope = tf.gradients(loss, table)[0]
    assert not isinstance(slope, tf.IndexedSlices)
    with tf.Session() as sess:
        sess.run(tf.initialize_all_variables())
        np.testing.assert_allclose(sess.run(slope)[:, 0], [2, 3, 2])


ROWS = {  # the table after steps with the rows (1, 1 and 0, 1), (2 and 2, 2), (0, 3 and 1, 0)
    "GradientDescent": lambda: tf.train.GradientDescentOptimizer(0.1),
    "Momentum": lambda: tf.train.MomentumOptimizer(0.1, 0.9),
    "Nesterov": lambda: tf.train.MomentumOptimizer(0.1, 0.9, use_nesterov=True),
    "Adagrad": lambda: tf.train.AdagradOptimizer(0.1),
    "Adadelta": lambda: tf.train.AdadeltaOptimizer(1.0),
    "RMSProp": lambda: tf.train.RMSPropOptimizer(0.1, momentum=0.5),
    "Ftrl": lambda: tf.train.FtrlOptimizer(0.1, l1_regularization_strength=0.05),
}


@pytest.mark.parametrize("name", ROWS)
def test_an_optimizer_moves_the_rows_that_were_looked_up_and_no_others(name):
    table = tf.Variable(np.full((4, 1), 0.2, np.float32))
    ids = tf.placeholder(tf.int32, [None])
    optimizer = ROWS[name]()
    train = optimizer.minimize(tf.reduce_sum(tf.square(tf.gather(table, ids))))
    with tf.Session() as sess:
        sess.run(tf.initialize_all_variables())
        slots = [optimizer.get_slot(table, slot) for slot in optimizer.get_slot_names()]
        for rows in ([1, 1], [2], [1]):
            before = sess.run([table, *slots])
            sess.run(train, {ids: rows})
            for old, new in zip(before, sess.run([table, *slots]), strict=True):
                others = [i for i in range(4) if i not in rows]
                np.testing.assert_array_equal(old[others], new[others])
                if new is not before[0] and name not in ("Adadelta",):
                    assert old.shape == new.shape
            assert not np.array_equal(before[0][rows], sess.run(table)[rows])


def test_momentum_by_rows_as_in_tensorflow():
    table, ids = tf.Variable(tf.ones([3, 1])), tf.placeholder(tf.int32, [None])
    looked = tf.nn.embedding_lookup(table, ids)
    train = tf.train.MomentumOptimizer(0.1, 0.9).minimize(tf.reduce_sum(looked))
    with tf.Session() as sess:
        sess.run(tf.initialize_all_variables())
        sess.run(train, {ids: [1]})
        sess.run(train, {ids: [2]})
        np.testing.assert_allclose(sess.run(table).ravel(), [1, 0.9, 0.9], rtol=1e-6)


def test_adam_moves_every_row():
    table, ids = tf.Variable(tf.ones([3, 1])), tf.placeholder(tf.int32, [None])
    train = tf.train.AdamOptimizer(0.1).minimize(tf.reduce_sum(tf.gather(table, ids)))
    with tf.Session() as sess:
        sess.run(tf.initialize_all_variables())
        sess.run(train, {ids: [1]})
        between = sess.run(table)
        sess.run(train, {ids: [2]})
        assert sess.run(table)[1] < between[1] < 1


def test_clipping_by_the_norm_of_all_leaves_rows_rows():
    table = tf.Variable(np.full((3, 1), 2.0, np.float32))
    slope = tf.gradients(tf.reduce_sum(tf.square(tf.gather(table, [0, 0]))), table)
    (clipped,), norm = tf.clip_by_global_norm(slope, 1.0)
    assert isinstance(clipped, tf.IndexedSlices)
    with tf.Session() as sess:
        sess.run(tf.initialize_all_variables())
        np.testing.assert_allclose(sess.run(norm), 32**0.5, rtol=1e-6)
        np.testing.assert_allclose(sess.run(clipped.values).ravel(), [0.5**0.5] * 2, rtol=1e-6)


# -- Keras' own formulas ----------------------------------------------------------------------


FIRST = {"adagrad": 0.01, "rmsprop": 0.001 / 0.1**0.5, "adamax": 0.002, "sgd": 0.001}


@pytest.mark.parametrize("name", FIRST)
def test_the_first_step_of_kerass_optimizers(name):
    model = Sequential([Dense(1, input_dim=1, bias=False)])
    model.compile(loss="mse", optimizer=name)
    model.set_weights([np.ones((1, 1))])
    model.train_on_batch(np.ones((1, 1)), np.array([[0.95]]))
    moved = 1 - model.get_weights()[0][0, 0]
    np.testing.assert_allclose(moved, FIRST[name], rtol=1e-3)


def test_kerass_velocity_has_the_rate_inside():
    model = Sequential([Dense(1, input_dim=1, bias=False)])
    model.compile(loss="mse", optimizer=optimizers.SGD(lr=0.1, momentum=0.5))
    model.set_weights([np.ones((1, 1))])
    p, m = 1.0, 0.0
    for rate in (0.1, 0.01, 0.1):
        model.set_lr(rate)
        model.train_on_batch(np.ones((1, 1)), np.zeros((1, 1)))
        m = 0.5 * m - rate * 2 * p
        p += m
        np.testing.assert_allclose(model.get_weights()[0][0, 0], p, rtol=1e-5)


def test_keras_clips_by_the_norm_of_all_and_by_value():
    for clip, expected in (({"clipnorm": 1.0}, 0.1), ({"clipvalue": 0.5}, 0.05)):
        model = Sequential([Dense(1, input_dim=1, bias=False)])
        model.compile(loss="mse", optimizer=optimizers.SGD(lr=0.1, **clip))
        model.set_weights([np.full((1, 1), 3.0)])
        model.train_on_batch(np.ones((1, 1)), np.zeros((1, 1)))
        np.testing.assert_allclose(3 - model.get_weights()[0][0, 0], expected, rtol=1e-5)


def test_kerass_momentum_rolls_on_in_rows_that_are_not_looked_up():
    """Keras writes g * lr with whole arrays, so that its embeddings are dense."""
    model = Sequential([Embedding(3, 1, input_length=1), Flatten()])
    model.compile(loss="mse", optimizer=optimizers.SGD(lr=0.1, momentum=0.9))
    model.set_weights([np.ones((3, 1))])
    rule, p = optim.Momentum(0.1, 0.9, inside=True), np.ones(3)
    state = rule.init(p)
    for row in (1, 2):
        model.train_on_batch(np.array([[row]]), np.zeros((1, 1)))
        p, state = rule.update(p, 2 * p * (np.arange(3) == row), state)
    np.testing.assert_allclose(model.get_weights()[0].ravel(), p, rtol=1e-5)


@pytest.mark.parametrize("dtype", [tf.float64, tf.int32])
def test_labels_take_the_dtype_of_the_logits(dtype):
    z = np.array([[1.0, 2.0, 0.5]], np.float32)
    logits = tf.placeholder(tf.float32, [None, 3])
    labels = tf.placeholder(dtype, [None, 3])
    loss = tf.nn.softmax_cross_entropy_with_logits(logits=logits, labels=labels)
    assert loss.dtype == tf.float32
    found = tf.Session().run(loss, {logits: z, labels: [[0, 1, 0]]})
    np.testing.assert_allclose(found, np.log(np.exp(z).sum()) - 2.0, rtol=1e-6)
