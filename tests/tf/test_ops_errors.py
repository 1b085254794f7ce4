"""Wrong arguments: the message says what to write."""

import numpy as np
import pytest

from autodiff.frontends import tensorflow as tf

WRONG = {
    "concat without an axis": (lambda x: tf.concat([x, x], tf.constant([1.5])), TypeError, "needs the axis as a number"),
    "reverse of both": (lambda x: tf.reverse(x, [True, 1]), TypeError, "one bool for each axis"),
    "sizes": (lambda x: tf.split(x, [1, 1], 1), ValueError, "add up to 2, and axis 1 has length 3"),
    "uneven split": (lambda x: tf.split(1, 2, x), ValueError, "length 3, which is not divisible"),
    "unpack the batch": (lambda x: tf.unpack(x), ValueError, "not known while"),
    "reshape to None": (lambda x: tf.reshape(x, [None, 3]), ValueError, "-1, not None"),
    "tile": (lambda x: tf.tile(x, [2]), ValueError, "1 entries, but the tensor has 2 axes"),
    "pad mode": (lambda x: tf.pad(x, [[0, 0], [1, 1]], "ZERO"), ValueError, "CONSTANT, REFLECT"),
    "matmul of a vector": (lambda x: tf.matmul(x, tf.zeros([3])), ValueError, r"tf.expand_dims\(v, 1\)"),
    "matmul shapes": (lambda x: tf.matmul(x, tf.zeros([4, 2])), ValueError, r"\(None, 3\).*\(4, 2\)|\(\?, 3\)"),
    "mean of booleans": (lambda x: tf.reduce_mean(x > 0), TypeError, r"tf.reduce_mean\(tf.cast\(x, tf.float32\)\)"),
    "both axes": (lambda x: tf.reduce_sum(x, 0, axis=1), ValueError, "give one"),
    "softmax loss swapped": (
        lambda x: tf.nn.softmax_cross_entropy_with_logits(tf.placeholder(tf.int32, [None, 3]), x), TypeError, "swapped"
    ),
    "softmax loss of integers": (
        lambda x: tf.nn.softmax_cross_entropy_with_logits(x, tf.placeholder(tf.float32, [None])), ValueError, "tf.one_hot"
    ),
    "sparse loss swapped": (
        lambda x: tf.nn.sparse_softmax_cross_entropy_with_logits(tf.placeholder(tf.int32, [None]), x), TypeError, "swapped"
    ),
    "sparse loss one-hot": (
        lambda x: tf.nn.sparse_softmax_cross_entropy_with_logits(x, tf.placeholder(tf.int32, [None, 3])), ValueError, "class numbers"
    ),
    "one_hot of floats": (lambda x: tf.one_hot(x, 3), TypeError, r"tf.cast\(labels, tf.int32\)"),
    "gather by floats": (lambda x: tf.gather(x, [0.5]), TypeError, "needs integers"),
    "bias": (lambda x: tf.nn.bias_add(x, tf.zeros([4])), ValueError, "has 3 channels, but the bias has 4"),
    "keep_prob": (lambda x: tf.nn.dropout(x, 0), ValueError, r"in \(0, 1\]"),
    "fft of reals": (lambda x: tf.fft(x), TypeError, r"tf.complex\(x, tf.zeros_like\(x\)\)"),
    "one image": (lambda x: tf.image.resize_bilinear(tf.zeros([5, 5, 3]), [2, 2]), ValueError, r"tf.expand_dims\(image, 0\)"),
    "crop outside": (
        lambda x: tf.image.crop_to_bounding_box(tf.zeros([5, 5, 3]), 3, 0, 3, 3), ValueError, "rows 3:6.*5 x 5"
    ),
    "random_crop": (lambda x: tf.random_crop(tf.zeros([5, 5, 3]), [6, 5, 3]), ValueError, "does not fit"),
    "saturation of grey": (lambda x: tf.image.adjust_saturation(tf.zeros([5, 5, 1]), 2.0), ValueError, "grayscale_to_rgb"),
    "saturation bounds": (lambda x: tf.image.random_saturation(tf.zeros([5, 5, 3]), 2, 1), ValueError, "lower < upper"),
    "uniform integers": (lambda x: tf.random_uniform([2], dtype=tf.int32), ValueError, "needs maxval"),
    "normal integers": (lambda x: tf.random_normal([2], dtype=tf.int32), TypeError, "draws floats"),
}  # fmt: skip


@pytest.mark.parametrize("name", WRONG)
def test_says_what_to_write(name):
    build, error, message = WRONG[name]
    with pytest.raises(error, match=message) as caught:
        build(tf.placeholder("float", [None, 3]))
    assert "test_ops_errors.py, line" in str(caught.value)


def test_swapped_logits_and_labels_are_recognised():
    labels = tf.placeholder("float", [None, 3])
    logits = tf.matmul(labels, tf.Variable(np.eye(3, dtype="f")))
    for loss in (tf.nn.softmax_cross_entropy_with_logits, tf.nn.sigmoid_cross_entropy_with_logits):
        loss(logits, labels)
        with pytest.raises(ValueError, match="the two are swapped"):
            loss(labels, logits)


def test_dtypes_are_not_converted_silently():
    x = tf.constant(np.ones(3))
    with pytest.raises(ValueError, match=r"tf.cast\(Const, tf.float32\)"):
        tf.mul(x, tf.constant(1.0))


def test_a_label_that_is_no_class_is_refused_when_it_runs():
    labels = tf.placeholder(tf.int32, [None])
    loss = tf.nn.sparse_softmax_cross_entropy_with_logits(tf.zeros([2, 3]), labels)
    with tf.Session() as sess:
        for wrong in (3, -1):
            with pytest.raises(
                tf.errors.InvalidArgumentError, match=f"label {wrong} is none of 3 classes, 0 to 2"
            ):
                sess.run(loss, {labels: [0, wrong]})
        np.testing.assert_allclose(sess.run(loss, {labels: [0, 2]}), np.log([3.0, 3.0]), rtol=1e-6)


MISTAKES = {
    "a branch that is no function": (lambda: tf.cond(True, 1, 2), TypeError, "lambda: a, lambda: b"),
    "a loop variable alone": (
        lambda: tf.while_loop(lambda i: i < 3, lambda i: i + 1, tf.constant(0, name="i")),
        TypeError, r"write \[i\]",
    ),
    "assigning to a constant": (
        lambda: tf.assign(tf.constant(1.0), 2.0), TypeError, "only a tf.Variable keeps a value"
    ),
    "assigning another shape": (
        lambda: tf.Variable([1.0, 2.0], name="v").assign(tf.ones([3])), ValueError,
        r"v has shape \(2,\), and takes no value of shape \(3,\)",
    ),
    "float row numbers": (
        lambda: tf.nn.embedding_lookup(tf.ones([3, 2]), tf.constant([0.0])), TypeError, "tf.to_int32"
    ),
    "a number for a name": (lambda: tf.mul(1.0, 2.0, 3.0), TypeError, "3.0 is not a name"),
    "uneven rows": (lambda: tf.constant([[1], [1, 2]]), ValueError, "rows differ in length"),
    "a shape for a dtype": (lambda: tf.zeros(2, 3), TypeError, r"3 is no dtype.*\n  at test_ops_errors"),
    "a tensor for a feed": (
        lambda: tf.Session().run(tf.ones([2]), tf.ones([2])), TypeError, r"dict.*sess.run\(\[a, b\]\)"
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", MISTAKES)
def test_a_mistake_says_what_to_write(name):
    mistake, kind, told = MISTAKES[name]
    with pytest.raises(kind, match=told):
        mistake()
