"""`tf.layers.Dense` and its kin: names and values are those of TensorFlow 2.15's compat.v1."""

import numpy as np
import pytest

from autodiff.frontends import tensorflow as tf


def test_the_first_call_makes_variables_and_later_ones_use_them():
    with tf.Graph().as_default(), tf.Session() as sess:
        x = tf.ones([2, 3])
        one = tf.layers.Dense(4, tf.nn.relu, kernel_initializer=tf.ones_initializer())
        out = tf.layers.Dense(4, name="out", use_bias=False)
        with pytest.raises(AttributeError, match="no kernel; its first call makes"):
            _ = one.kernel
        with tf.variable_scope("s"):
            out.apply(out(one(x)))
            again = one(2 * x)
        tf.layers.Dense(2)(x)
        tf.layers.dense(x, 1)
        assert [v.op.name for v in tf.global_variables()] == [
            "s/dense/kernel", "s/dense/bias", "s/out/kernel", "dense/kernel", "dense/bias",
            "dense_1/kernel", "dense_1/bias",
        ]  # fmt: skip
        assert one.trainable_variables == [one.kernel, one.bias]
        sess.run(tf.global_variables_initializer())
        assert sess.run(again).tolist() == [[6.0] * 4] * 2


def test_layers_over_images_and_of_batches():
    with tf.Graph().as_default(), tf.Session() as sess:
        pooled = tf.layers.MaxPooling2D(2, 2)(tf.ones([1, 4, 4, 1]))
        conv = tf.layers.Conv2D(3, [2, 2], padding="same")
        assert conv(pooled).get_shape().as_list() == [1, 2, 2, 3]
        assert conv.kernel.get_shape().as_list() == [2, 2, 1, 3]
        norm = tf.layers.BatchNormalization()
        x = tf.ones([2, 3])
        norm(x, training=True)
        later = norm(2 * x, training=False)
        sess.run(tf.global_variables_initializer())
        assert sess.run(later)[0] == pytest.approx([1.999] * 3, abs=1e-5)
        assert len(tf.get_collection(tf.GraphKeys.UPDATE_OPS)) == 2


@pytest.mark.parametrize("optimizer", ["Adam", "SGD", tf.train.AdagradOptimizer, "given"])
def test_optimize_loss_takes_an_optimizer_by_name_by_class_or_as_it_is(optimizer):
    with tf.Graph().as_default(), tf.Session() as sess:
        w = tf.Variable(1.0)
        step = tf.train.get_or_create_global_step()
        given = tf.train.GradientDescentOptimizer(0.1) if optimizer == "given" else optimizer
        train = tf.contrib.layers.optimize_loss(w * w, step, 0.1, given)
        sess.run(tf.global_variables_initializer())
        sess.run(train)
        assert sess.run([w, step])[0] < 1
        assert sess.run(step) == 1


def test_an_initializer_may_be_given_as_its_class_and_variables_be_asked_by_scope():
    with tf.Graph().as_default(), tf.Session() as sess:
        for place in ("a", "b"):
            with tf.variable_scope(place):
                tf.layers.dense(tf.ones([2, 3]), 4, kernel_initializer=tf.random_normal_initializer)
        assert [v.op.name for v in tf.trainable_variables("b")] == [
            "b/dense/kernel",
            "b/dense/bias",
        ]
        assert tf.global_variables("a") == tf.trainable_variables(scope="a")
        sess.run(tf.global_variables_initializer())
        assert np.std(sess.run(tf.trainable_variables("a")[0])) > 0.3


def test_auto_reuse_finds_what_exists_and_makes_the_rest():
    with tf.Graph().as_default():
        for _ in range(2):
            with tf.variable_scope("net", reuse=tf.AUTO_REUSE):
                w = tf.get_variable("w", [2])
                with tf.variable_scope("inner"):
                    tf.layers.dense(tf.ones([1, 2]), 3, name="layer")
        assert len(tf.global_variables()) == 3
        assert tf.layers.dense(tf.ones([1, 2]), 3, name="out", reuse=tf.AUTO_REUSE) is not None
        with tf.variable_scope("net", reuse=True):
            assert tf.get_variable("w", [2]) is w
            with pytest.raises(ValueError, match="does not exist"):
                tf.get_variable("other", [2])
