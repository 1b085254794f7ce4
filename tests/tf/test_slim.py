"""TF-Slim of early 2017: scopes for arguments, layers, losses; trained on digits."""

import numpy as np
import pytest
from sklearn.datasets import load_digits

from autodiff.frontends import slim
from autodiff.frontends import tensorflow as tf

IMAGES, LABELS = load_digits(return_X_y=True)
IMAGES = (IMAGES / 16.0).reshape(-1, 8, 8, 1).astype("f")


@pytest.fixture(autouse=True)
def fresh_graph():
    tf.reset_default_graph()
    tf.set_random_seed(1)


def network(images, training, reuse=None):
    settings = {"is_training": training, "decay": 0.9}
    with (
        tf.variable_scope("net", reuse=reuse),
        slim.arg_scope(
            [slim.conv2d, slim.fully_connected],
            weights_regularizer=slim.l2_regularizer(1e-3),
            normalizer_fn=slim.batch_norm,
            normalizer_params=settings,
        ),
    ):
        net = slim.repeat(images, 2, slim.conv2d, 8, [3, 3], scope="conv")
        net = slim.max_pool2d(net, [2, 2], scope="pool")
        net = slim.stack(slim.flatten(net), slim.fully_connected, [32, 16], scope="fc")
        net = slim.dropout(net, 0.8, is_training=training)
        return slim.fully_connected(net, 10, activation_fn=None, normalizer_fn=None, scope="logits")


def test_a_network_learns_digits():
    images = tf.placeholder("float", [None, 8, 8, 1])
    labels, training = tf.placeholder(tf.int32, [None]), tf.placeholder_with_default(False, [])
    logits = network(images, training)
    slim.losses.softmax_cross_entropy(logits, slim.one_hot_encoding(labels, 10))
    total = slim.losses.get_total_loss()
    step = tf.Variable(0, trainable=False)
    train_op = slim.learning.create_train_op(
        total, tf.train.AdamOptimizer(0.01), step, clip_gradient_norm=5.0
    )
    rng = np.random.default_rng(0)

    def feed(number):
        chosen = rng.integers(0, 1400, 64)
        return {images: IMAGES[chosen], labels: LABELS[chosen], training: True}

    with tf.Session() as sess:
        sess.run(tf.initialize_all_variables())
        losses = slim.learning.train(train_op, 120, sess, feed, progress=False)
        found = sess.run(logits, {images: IMAGES[1400:]})
        assert sess.run(step) == 120
    assert np.mean(losses[-10:]) < 0.3 * np.mean(losses[:3])
    assert np.mean(found.argmax(1) == LABELS[1400:]) > 0.9


def test_names_reuse_and_collections():
    x = tf.placeholder("float", [None, 8, 8, 1])
    network(x, False)
    names = [v.op.name for v in tf.trainable_variables()]
    assert names[:4] == [
        "net/conv/conv_1/weights", "net/conv/conv_1/BatchNorm/beta", "net/conv/conv_2/weights",
        "net/conv/conv_2/BatchNorm/beta",
    ]  # fmt: skip
    assert names[-2:] == ["net/logits/weights", "net/logits/biases"]
    assert len(slim.losses.get_regularization_losses()) == 5
    count = len(tf.all_variables())
    network(x, False, reuse=True)
    assert len(tf.all_variables()) == count


def test_arg_scope_nests_and_a_call_wins():
    @slim.add_arg_scope
    def layer(x, width=1, depth=1):
        return x, width, depth

    with slim.arg_scope([layer], width=2) as outer:
        assert layer(0) == (0, 2, 1)
        with slim.arg_scope([layer], depth=3):
            assert layer(0) == (0, 2, 3)
            assert layer(0, width=9) == (0, 9, 3)
        assert layer(0) == (0, 2, 1)
    assert layer(0) == (0, 1, 1)
    with slim.arg_scope(outer):
        assert layer(0) == (0, 2, 1)


def test_layers_by_hand():
    x = np.random.default_rng(0).normal(size=(5, 4)).astype("f")
    y = slim.fully_connected(tf.constant(x), 3, scope="fc")
    n = slim.batch_norm(tf.constant(x), center=False)
    with tf.Session() as sess:
        sess.run(tf.initialize_all_variables())
        value, normalized, w = sess.run([y, n, tf.trainable_variables()[0]])
    np.testing.assert_allclose(value, np.maximum(x @ w, 0), rtol=1e-5, atol=1e-6)
    np.testing.assert_allclose(normalized, (x - x.mean(0)) / np.sqrt(x.var(0) + 0.001), rtol=1e-4)
    pooled = slim.avg_pool2d(tf.constant(IMAGES[:2]), [2, 2])
    assert np.allclose(tf.Session().run(pooled), IMAGES[:2].reshape(2, 4, 2, 4, 2, 1).mean((2, 4)))


def test_losses_collect_themselves():
    x, y = tf.constant([[1.0, -2.0]]), tf.constant([[0.0, 1.0]])
    found = [
        slim.losses.mean_squared_error(x, y),
        slim.losses.absolute_difference(x, y, weight=2.0),
        slim.losses.sigmoid_cross_entropy(x, y),
        slim.losses.sparse_softmax_cross_entropy(x, tf.constant([0])),
    ]
    own = tf.constant(10.0)
    slim.losses.add_loss(own)
    assert slim.losses.get_losses() == [*found, own]
    values = tf.Session().run([*found, slim.losses.get_total_loss()])
    expected = [5.0, 4.0, np.mean(np.log1p(np.exp([1.0, 2.0]))), np.log1p(np.exp(-3.0))]
    np.testing.assert_allclose(values[:4], expected, rtol=1e-5)
    assert values[4] == pytest.approx(sum(expected) + 10.0, rel=1e-5)
    assert tf.contrib.slim.conv2d is slim.conv2d


def test_says_what_to_write():
    with pytest.raises(ValueError, match="@add_arg_scope"), slim.arg_scope([print], end=""):
        pass
    with (
        pytest.raises(ValueError, match="no argument 'pading'; it has inputs"),
        slim.arg_scope([slim.conv2d], pading="SAME"),
    ):
        pass
    with pytest.raises(ValueError, match=r"takes rows"):
        slim.fully_connected(tf.constant(IMAGES[0, 0, 0]), 3)
    with pytest.raises(ValueError, match="no loss was collected"):
        slim.losses.get_total_loss()
    with pytest.raises(ValueError, match="predictions have shape"):
        slim.losses.mean_squared_error(tf.constant([1.0]), tf.constant([[1.0, 2.0]]))


def test_softmax_is_along_the_last_axis():
    x = np.arange(12.0).reshape(2, 2, 3)
    found = slim.softmax(tf.constant(x), scope="Predictions")
    assert found.op.name == "Predictions"
    np.testing.assert_allclose(tf.Session().run(found).sum(-1), np.ones((2, 2)))


def test_outputs_are_found_by_the_names_of_their_layers():
    with tf.Graph().as_default():
        x = tf.placeholder(tf.float32, [None, 8, 8, 1])
        layers = [slim.conv2d, slim.max_pool2d, slim.fully_connected, slim.dropout]
        with tf.variable_scope("net"), slim.arg_scope(layers, outputs_collections="ends"):
            net = slim.repeat(x, 2, slim.conv2d, 2, [3, 3], scope="conv")
            net = slim.max_pool2d(net, [2, 2], scope="pool")
            net = slim.dropout(slim.flatten(net), is_training=False, scope="drop")
            out = slim.fully_connected(net, 3, scope="logits")
        found = slim.utils.convert_collection_to_dict("ends")
        names = ["conv/conv_1", "conv/conv_2", "pool", "drop", "logits"]
        assert list(found) == [f"net/{name}" for name in names]
        assert found["net/logits"] is out
        slim.utils.convert_collection_to_dict("ends", clear_collection=True)
        assert not tf.get_collection("ends")
