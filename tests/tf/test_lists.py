"""A list with tensors stands wherever a tensor does: TensorFlow packs it."""

import numpy as np
import pytest

from autodiff.frontends import tensorflow as tf

A, B = np.arange(6.0).reshape(2, 3) / 7, np.ones((2, 3)) / 3

CALLS = {
    "transpose": lambda x: tf.transpose(x, (1, 0, 2)),
    "reshape": lambda x: tf.reshape(x, [-1, 3]),
    "reduce_sum": lambda x: tf.reduce_sum(x, 0),
    "reduce_max": lambda x: tf.reduce_max(x, 1),
    "relu": tf.nn.relu,
    "softmax": tf.nn.softmax,
    "exp": tf.exp,
    "mul": lambda x: tf.mul(x, 2.0),
    "tensor * list": lambda x: tf.constant(2.0, tf.float64) * x,
    "list - tensor": lambda x: x - tf.constant(2.0, tf.float64),
    "matmul": lambda x: tf.matmul(x, np.ones((2, 3, 2))),
    "squeeze": lambda x: tf.squeeze(tf.expand_dims(x, 0)),
    "shape": tf.shape,
    "argmax": lambda x: tf.argmax(x, 2),
    "gather": lambda x: tf.gather(x, [1]),
    "tile": lambda x: tf.tile(x, [1, 2, 1]),
    "cast": lambda x: tf.cast(x, tf.float32),
    "clip": lambda x: tf.clip_by_value(x, 0.1, 0.5),
    "identity": tf.identity,
    "pad": lambda x: tf.pad(x, [[0, 0], [1, 1], [0, 0]]),
    "concat": lambda x: tf.concat(0, [x, x]),
    "equal": lambda x: tf.equal(x, 0.0),
}


@pytest.mark.parametrize("kind", [list, tuple])
@pytest.mark.parametrize("name", CALLS)
def test_a_list_is_packed(name, kind):
    with tf.Graph().as_default(), tf.Session() as sess:
        a, b = tf.constant(A), tf.constant(B)
        found, wanted = sess.run([CALLS[name](kind([a, b])), CALLS[name](tf.pack([a, b]))])
        np.testing.assert_array_equal(found, wanted)


def test_lists_in_lists_and_their_gradient():
    with tf.Graph().as_default(), tf.Session() as sess:
        a, b = tf.constant(2.0), tf.constant(3.0)
        y = tf.matmul([[a, 1.0], [b, a]], [[a], [b]])
        assert sess.run(y).tolist() == [[7.0], [12.0]]
        assert sess.run(tf.gradients(y, [a, b])) == [4.0 + 6.0, 1.0 + 4.0]
