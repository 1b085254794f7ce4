"""Control dependencies and variables across the borders of branches and loops."""

import numpy as np
import pytest

from autodiff.frontends import tensorflow as tf
from autodiff.frontends.tensorflow.ground.errors import GraphError, InvalidArgumentError

X = np.random.default_rng(0).normal(size=(2, 5, 1)).astype("f4")


@pytest.fixture(autouse=True)
def graph():
    with tf.Graph().as_default():
        yield


def session():
    sess = tf.Session()
    sess.run(tf.initialize_all_variables())
    return sess


class OfOnesOwn(tf.nn.rnn_cell.RNNCell):
    """h' = step(x, h), in a scope."""

    state_size = output_size = 3

    def __init__(self, step):
        self.step = step

    def __call__(self, inputs, state, scope=None):
        with tf.variable_scope(scope or "own"):
            new = self.step(inputs, state)
        return new, new


@pytest.mark.parametrize("taken", [True, False])
def test_a_branch_waits_for_what_was_built_outside(taken):
    v, x = tf.Variable(1.0), tf.placeholder(tf.float32, [])
    update = v.assign_add(x)  # reads a placeholder of outside, and runs whichever branch is taken

    def waiting():
        with tf.control_dependencies([update]):
            return tf.identity(v)

    y = tf.cond(tf.constant(taken), waiting, lambda: tf.constant(-1.0))
    sess = session()
    assert sess.run(y, {x: 2.0}) == (3.0 if taken else -1.0)
    assert sess.run(v) == 3.0


def test_an_assertion_outside_is_awaited_inside_and_the_derivative_flows():
    x = tf.placeholder(tf.float32, [])
    check = tf.Assert(x > 0, [x])

    def waiting():
        with tf.control_dependencies([check]):
            return x * 2

    y = tf.cond(x < 5, waiting, lambda: x)
    slope = tf.gradients(y, x)[0]
    assert session().run([y, slope], {x: 2.0}) == [4.0, 2.0]
    with pytest.raises(InvalidArgumentError, match="assertion failed"):
        session().run(y, {x: -2.0})


@pytest.mark.parametrize("training", [True, False])
def test_a_cell_with_averages_beside_a_branch(training):
    """The batch normalization of a recurrent cell, written by hand, as programs have it."""
    flag = tf.placeholder(tf.bool)

    def step(x, h):
        weights = tf.get_variable("W", [1, 3], initializer=tf.ones_initializer())
        mean = tf.get_variable("mean", [3], initializer=tf.zeros_initializer(), trainable=False)
        z = tf.matmul(x, weights) + h
        now, _ = tf.nn.moments(z, [0])
        update = tf.assign(mean, mean * 0.5 + now * 0.5)

        def batch():
            with tf.control_dependencies([update]):
                return z - now

        return tf.cond(flag, batch, lambda: z - mean)

    outputs, _ = tf.nn.dynamic_rnn(OfOnesOwn(step), tf.constant(X), dtype=tf.float32)
    slope = tf.gradients(outputs[0, 0, 0], tf.trainable_variables())[0]
    with tf.variable_scope("RNN/own", reuse=True):
        mean = tf.get_variable("mean", [3])
    sess = session()
    found, _ = sess.run([outputs, slope], {flag: training})
    h, last = np.zeros((2, 3)), np.zeros(3)
    for t in range(5):
        z = X[:, t] + h
        last = z.mean(0)
        h = z - last if training else z
    assert np.allclose(found[:, -1], h, atol=1e-5)
    # a variable is read at the start of a run: the last step's mean beside the old average
    assert np.allclose(sess.run(mean), last * 0.5, atol=1e-5)


@pytest.mark.parametrize("wait", ["group", "dependency"])
def test_what_is_outside_waits_for_what_is_inside_of_the_branch_taken(wait):
    """`UPDATE_OPS` of a layer in a branch, run by a train step outside."""
    v, x, inside = tf.Variable(1.0), tf.placeholder(tf.float32, []), []

    def updating():
        inside.append(v.assign_add(x * 2))
        return tf.constant(0.0)

    y = tf.cond(x > 0, updating, lambda: tf.constant(-1.0))
    if wait == "group":
        z = tf.group(*inside)
    else:
        with tf.control_dependencies(inside):
            z = y + 1
    sess = session()
    sess.run(z, {x: 1.0})
    assert sess.run(v) == 3.0
    sess.run(z, {x: -1.0})  # the other branch
    assert sess.run(v) == 3.0
    with pytest.raises(GraphError, match="built inside of a branch or loop"):
        sess.run(inside, {x: 1.0})


def test_what_is_awaited_two_borders_away_runs():
    v, x = tf.Variable(1.0), tf.placeholder(tf.float32, [])
    update, inside = v.assign_add(x), []

    def inner():
        with tf.control_dependencies([update]):
            inside.append(tf.assign(other, tf.identity(v)))
            return tf.identity(v)

    other = tf.Variable(0.0)
    y = tf.cond(x > 0, lambda: tf.cond(x > 1, inner, lambda: x), lambda: x)
    z = tf.group(*inside)
    sess = session()
    sess.run(z, {x: 2.0})
    assert sess.run([v, other]) == [3.0, 3.0]
    assert sess.run(y, {x: 2.0}) == 5.0


@pytest.mark.parametrize("written", ["get_variable", "function"])
def test_a_variable_in_a_loop_begins_with_another_ones_value(written):
    def step(x, h):
        first = tf.get_variable("first", [3], initializer=tf.constant_initializer(2.0))
        if written == "get_variable":
            second = tf.get_variable("second", initializer=first.initialized_value())
        else:
            second = tf.Variable(lambda: first.initialized_value())
        return h + first * second

    _, last = tf.nn.dynamic_rnn(OfOnesOwn(step), tf.constant(X), dtype=tf.float32)
    assert session().run(last).tolist() == [[20.0] * 3] * 2


def test_a_variable_that_begins_with_a_loops_own_value_says_so():
    def step(x, h):
        return h + tf.Variable(tf.reduce_sum(h, 0) * 0)

    with pytest.raises(GraphError, match="built inside of a branch or loop"):
        tf.nn.dynamic_rnn(OfOnesOwn(step), tf.constant(X), dtype=tf.float32)
