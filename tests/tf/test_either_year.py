"""Arguments that 0.11 to 1.2, and Keras 1 and 2, have in other places or under other names."""

import numpy as np
import pytest

from autodiff.frontends import keras
from autodiff.frontends import tensorflow as tf
from autodiff.frontends.keras import backend as K
from autodiff.frontends.keras.layers import BatchNormalization, Dense, Input
from autodiff.frontends.keras.models import Model, Sequential

ROWS = np.arange(6, dtype="f4").reshape(2, 3)


@pytest.fixture(autouse=True)
def graph():
    with tf.Graph().as_default():
        yield


def ran(fetches):
    with tf.Session() as sess:
        sess.run(tf.global_variables_initializer())
        return sess.run(fetches)


@pytest.mark.parametrize(
    "build",
    [
        lambda: tf.reverse(tf.constant(ROWS), axis=[1])[:, ::-1],
        lambda: tf.concat(tf.constant(ROWS), 1),
        lambda: tf.concat(tf.constant(ROWS), axis=0),
        lambda: tf.concat(values=tf.constant(ROWS), axis=1),
        lambda: tf.concat(1, tf.constant(ROWS)),
        lambda: tf.accumulate_n([tf.constant(ROWS)], shape=[2, 3], tensor_dtype=tf.float32),
        lambda: tf.zeros_like(ROWS, optimize=False) + ROWS,
        lambda: tf.map_fn(lambda row: row, tf.constant(ROWS), infer_shape=True),
        lambda: tf.get_variable(
            "v", initializer=tf.constant(ROWS), caching_device="/cpu:0", partitioner=None
        ),
    ],
)
def test_later_arguments_are_read(build):
    assert (ran(build()) == ROWS).all()


@pytest.mark.parametrize(
    ("build", "wanted"),
    [
        (lambda kind: tf.shape(ROWS, out_type=kind), [2, 3]),
        (lambda kind: tf.size(ROWS, out_type=kind), 6),
        (lambda kind: tf.unique([7, 5, 7], out_idx=kind)[1], [0, 1, 0]),
        (lambda kind: tf.unique_with_counts([7, 5, 7], out_idx=kind)[2], [2, 1]),
        (lambda kind: tf.setdiff1d([7, 5, 7], [7], index_dtype=kind)[1], [1]),
    ],
)
@pytest.mark.parametrize("kind", [tf.int32, tf.int64])
def test_numbers_have_the_type_that_is_asked_for(build, wanted, kind):
    found = ran(build(kind))
    assert found.tolist() == wanted
    assert found.dtype == kind


def test_as_many_of_the_largest_as_a_tensor_says():
    values, places = tf.nn.top_k(tf.placeholder(tf.float32), tf.placeholder(tf.int32))
    assert values.dtype == tf.float32
    x, k = tf.placeholder(tf.float32, [None, 3]), tf.placeholder(tf.int32, [])
    values, places = tf.nn.top_k(x, k)
    with tf.Session() as sess:
        found = sess.run([values, places], {x: ROWS, k: 2})
    assert [part.tolist() for part in found] == [[[2, 1], [5, 4]], [[2, 1], [2, 1]]]


def test_what_is_no_input_size_is_what_follows_it_in_1_0():
    R = tf.contrib.rnn
    assert R.GRUCell(3, tf.nn.relu).activation is tf.nn.relu
    assert R.BasicRNNCell(3, tf.nn.relu).activation is tf.nn.relu
    assert R.BasicLSTMCell(3, 1.0, False).state_size == 6
    assert R.LSTMCell(3, True).peepholes is True
    assert R.BasicLSTMCell(3, 1.0, 4, False).state_size == 6  # 0.11's order
    assert R.GRUCell(3, activation=None).activation is tf.tanh


def test_weighted_cross_entropy_knows_the_logits_by_the_variables():
    logits, targets = tf.Variable([0.3, -2.0]), tf.constant([1.0, 0.0])
    first = tf.nn.weighted_cross_entropy_with_logits(logits, targets, 2.0)
    later = tf.nn.weighted_cross_entropy_with_logits(targets, logits, 2.0)
    by_name = tf.nn.weighted_cross_entropy_with_logits(
        targets=targets, logits=logits, pos_weight=2.0
    )
    one, two, three = ran([first, later, by_name])
    wanted = [2 * np.log(1 + np.exp(-0.3)), np.log(1 + np.exp(-2.0))]
    for found in (one, two, three):
        assert np.allclose(found, wanted)


def test_an_argument_that_asks_for_more_is_named():
    with pytest.raises(TypeError, match="get_variable: partitioner= is not supported"):
        tf.get_variable("v", [2], partitioner=lambda shape, dtype: [1])
    with pytest.raises(TypeError, match="Dense: shape= is not supported"):
        Dense(3, shape=(2,))


def test_a_centered_mean_of_squares():
    w = tf.Variable(1.0)
    step = tf.train.RMSPropOptimizer(0.1, 0.5, epsilon=0.1, centered=True).minimize(w * 3)
    with tf.Session() as sess:
        sess.run(tf.global_variables_initializer())
        sess.run(step)
        # mean square 0.5 + 4.5, less the square of the mean gradient 1.5
        assert np.isclose(sess.run(w), 1 - 0.1 * 3 / np.sqrt(5 - 2.25 + 0.1))


@pytest.mark.parametrize("loss", ["binary_crossentropy", "categorical_crossentropy"])
def test_the_backends_cross_entropy_knows_the_output_by_the_variables(loss):
    own = getattr(K, loss)
    answers = []
    for order in (lambda y, p: own(p, y), lambda y, p: own(y, p)):  # Keras 1's, Keras 2's
        model = Sequential([Dense(2, activation="softmax", input_dim=3, init="one")])
        model.compile("sgd", lambda y, p, order=order: K.mean(order(y, p)))
        answers.append(model.train_on_batch(ROWS, np.array([[1.0, 0.0], [0.0, 1.0]])))
    assert np.allclose(answers, np.log(2))


@pytest.mark.parametrize(
    "given",
    [{"scale": False}, {"center": False}, {"gamma_regularizer": keras.regularizers.l2(0.5)}, {}],
)
def test_batch_normalization_with_what_keras_2_added(given):
    x = Input(shape=(3,))
    layer = BatchNormalization(**given)
    y = layer(x)
    assert len(layer.trainable_weights) == 2 - (len(given) and "gamma_regularizer" not in given)
    model = Model(x, y)
    model.compile("sgd", "mse")
    found = model.train_on_batch(ROWS, ROWS * 0)
    assert np.isclose(found, 1 + (1.5 if "gamma_regularizer" in given else 0), atol=2e-3)


def test_batch_normalization_by_the_place_of_its_axis():
    assert BatchNormalization(1).axis == 1
    later = BatchNormalization(1, 0.9, 1e-5)
    assert (later.axis, later.momentum, later.epsilon) == (1, 0.9, 1e-5)
    earlier = BatchNormalization(1e-5, 0, 1)
    assert (earlier.axis, earlier.momentum, earlier.epsilon) == (1, 0.99, 1e-5)


def test_weights_of_examples_and_classes_stand_in_either_order():
    def after(*weights):
        model = Sequential([Dense(1, input_dim=3, init="one")])
        model.compile("sgd", "mse")
        return model.train_on_batch(ROWS, np.zeros((2, 1)), *weights)

    examples = np.array([1.0, 0.0])
    assert after(None, examples) == after(examples)
    assert after(examples) != after()


def test_a_module_of_the_name_of_its_function_is_called_as_it():
    ops = tf.contrib.framework.python.ops if hasattr(tf.contrib.framework, "python") else None
    found = ops or __import__(
        "autodiff.frontends.tensorflow.contrib.framework.python.ops", fromlist=["arg_scope"]
    )
    with found.arg_scope([tf.contrib.layers.fully_connected], activation_fn=None):
        y = tf.contrib.layers.fully_connected(tf.constant(-np.eye(2, dtype="f4")), 3)
    assert y.op.type != "Relu"
    with found.arg_scope.arg_scope([tf.contrib.layers.fully_connected], activation_fn=None):
        pass
