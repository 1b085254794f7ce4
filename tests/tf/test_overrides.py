"""Gradients of one's own by `RegisterGradient`, in the place of a type's rule."""

import numpy as np
import pytest

from autodiff.frontends import tensorflow as tf
from autodiff.frontends.tensorflow.graph.overrides import REGISTERED

X = np.array([1.4, -2.0, 3.0], "f4")
CT = np.array([1.0, 2.0, -3.0], "f4")


@pytest.fixture(autouse=True)
def graph():
    names = dict(REGISTERED)
    with tf.Graph().as_default() as graph:
        yield graph
    REGISTERED.clear()
    REGISTERED.update(names)


def slope(y, *xs):
    with tf.Session() as sess:
        return sess.run(tf.gradients(y * CT, list(xs)))


@pytest.mark.parametrize(("type", "step"), [("Sign", tf.sign), ("Floor", tf.floor)])
def test_a_step_is_learned_through(graph, type, step):
    x = tf.constant(X)
    with graph.gradient_override_map({type: "Identity"}):
        y = step(x)
    assert slope(y, x)[0].tolist() == CT.tolist()
    with tf.Session() as sess:
        assert sess.run(y).tolist() == sess.run(step(x)).tolist()


@pytest.mark.parametrize("inside", [True, False])
def test_guided_backpropagation(graph, inside):
    @tf.RegisterGradient("Guided")
    def guided(op, grad):
        own = tf.python.ops.gen_nn_ops._relu_grad(grad, op.outputs[0])
        return tf.where(grad > 0, own, tf.zeros_like(grad))

    x = tf.constant(X)
    with graph.gradient_override_map({"Relu": "Guided"}):
        y = tf.nn.relu(x)
        if inside:  # the block is still open
            assert slope(y, x)[0].tolist() == [1, 0, 0]
    assert slope(y, x)[0].tolist() == [1, 0, 0]
    assert slope(tf.nn.relu(x), x)[0].tolist() == [1, 0, -3]


def test_a_function_of_python_with_a_gradient(graph):
    @tf.RegisterGradient("Cubed")
    def cubed(op, grad):
        x, y = op.inputs
        return grad * 3 * x**2 * y, None

    x, y = tf.constant(X), tf.constant(X)
    with graph.gradient_override_map({"PyFunc": "Cubed"}):
        (z,) = tf.py_func(lambda x, y: np.array((x**3 * y).tolist(), "f4"), [x, y], [tf.float32])
    z.set_shape([3])
    (found,) = slope(z, x)
    assert np.allclose(found, CT * 3 * X**3)
    assert tf.gradients(z, y) == [None]


def test_the_innermost_block_counts_and_no_gradient_cuts(graph):
    tf.RegisterGradient("Half")(lambda op, grad: grad * 0.5)
    tf.NoGradient("Nothing")
    x = tf.constant(X)
    with graph.gradient_override_map({"Identity": "Half"}):
        with graph.gradient_override_map({"Identity": "Identity"}):
            y = tf.identity(x)
        z = tf.identity(y)
    assert slope(z, x)[0].tolist() == (CT * 0.5).tolist()
    with graph.gradient_override_map({"Identity": "Nothing"}):
        assert tf.gradients(tf.identity(x), x) == [None]


def test_what_is_wrong_is_said(graph):
    with (
        pytest.raises(LookupError, match="RegisterGradient"),
        graph.gradient_override_map({"Relu": "Never"}),
    ):
        pass
    tf.RegisterGradient("Three")(lambda op, grad: (grad, grad, grad))
    with pytest.raises(KeyError, match="another name"):
        tf.RegisterGradient("Three")(lambda op, grad: grad)
    x = tf.constant(X)
    with graph.gradient_override_map({"Relu": "Three"}):
        y = tf.nn.relu(x)
    with pytest.raises(ValueError, match="gives 3 values, and Relu has 1 inputs"):
        tf.gradients(y, x)
