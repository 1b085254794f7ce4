"""Convolution and pooling against loops over pixels, SAME and VALID as TensorFlow pads."""

import itertools

import numpy as np
import pytest
from graphs import check_gradients, evaluate

from autodiff.frontends import tensorflow as tf

rng = np.random.default_rng(2)


def framed(x, kernel, strides, padding, fill):
    """The padded image and the number of windows, by the formulas of TensorFlow's documentation."""
    counts, widths = [], []
    for length, k, s in zip(x.shape[1:3], kernel, strides):
        if padding == "VALID":
            counts.append(int(np.ceil((length - k + 1) / s)))
            widths.append((0, 0))
        else:
            counts.append(int(np.ceil(length / s)))
            total = max((counts[-1] - 1) * s + k - length, 0)
            widths.append((total // 2, total - total // 2))
    return np.pad(x, ((0, 0), *widths, (0, 0)), constant_values=fill), counts


def by_loops(x, kernel, strides, padding, window, fill=0.0):
    padded, counts = framed(x, kernel, strides, padding, fill)
    rows = []
    for i, j in itertools.product(*map(range, counts)):
        part = padded[
            :,
            i * strides[0] : i * strides[0] + kernel[0],
            j * strides[1] : j * strides[1] + kernel[1],
        ]
        rows.append(window(part))
    return np.stack(rows, 1).reshape(len(x), *counts, -1)


SHAPES = [
    ((5, 6), (3, 3), (1, 1)), ((5, 6), (2, 3), (1, 1)), ((6, 5), (3, 2), (2, 2)), ((7, 7), (1, 1), (2, 3)),
    ((4, 4), (2, 2), (2, 2)), ((7, 4), (3, 3), (3, 2)), ((5, 5), (2, 2), (2, 2)),
]  # fmt: skip
every = pytest.mark.parametrize(
    ("size", "kernel", "strides", "padding"),
    [(*shape, padding) for shape in SHAPES for padding in ("SAME", "VALID")],
)


def quad(pair):
    return [1, *pair, 1]


@every
def test_conv2d(size, kernel, strides, padding):
    x, w = rng.normal(size=(2, *size, 2)), rng.normal(size=(*kernel, 2, 3))
    build = lambda x, w: tf.nn.conv2d(x, w, quad(strides), padding)
    expected = by_loops(
        x, kernel, strides, padding, lambda part: np.einsum("nijc,ijco->no", part, w)
    )
    np.testing.assert_allclose(evaluate(build, x, w, open_batch=False), expected, atol=1e-12)
    check_gradients(build, x, w, open_batch=False)


@every
def test_pools(size, kernel, strides, padding):
    x = rng.permutation(float(np.prod(size)) * 6 * np.linspace(1, 2, int(np.prod(size)) * 6))
    x = x.reshape(3, *size, 2)
    for pool, window, fill in (
        (tf.nn.max_pool, lambda part: part.max((1, 2)), -np.inf),
        (tf.nn.avg_pool, lambda part: np.nanmean(part, (1, 2)), np.nan),
    ):
        build = lambda x, pool=pool: pool(x, quad(kernel), quad(strides), padding)
        expected = by_loops(x, kernel, strides, padding, window, fill)
        np.testing.assert_allclose(evaluate(build, x), expected, atol=1e-12)
        check_gradients(build, x)


def test_of_ties_the_first_has_the_slope_and_nan_stays():
    x = tf.placeholder(tf.float64, [1, 3, 3, 1])
    slope = tf.gradients(tf.nn.max_pool(x, quad((2, 2)), quad((1, 1)), "VALID"), x)[0]
    blocks = tf.gradients(tf.nn.max_pool(x, quad((3, 3)), quad((3, 3)), "VALID"), x)[0]
    largest = tf.nn.max_pool(x, quad((2, 2)), quad((1, 1)), "SAME")
    ones, hole = np.ones((1, 3, 3, 1)), np.ones((1, 3, 3, 1))
    hole[0, 0, 0, 0] = np.nan
    with tf.Session() as sess:
        expected = np.outer([1, 1, 0], [1, 1, 0])  # as compat.v1
        np.testing.assert_allclose(sess.run(slope, {x: ones})[0, ..., 0], expected)
        expected = np.outer([1, 0, 0], [1, 0, 0])
        np.testing.assert_allclose(sess.run(blocks, {x: ones})[0, ..., 0], expected)
        value = sess.run(largest, {x: hole})[0, ..., 0]
    assert np.isnan(value[0, 0])
    assert np.isnan(value).sum() == 1


@pytest.mark.parametrize("padding", ["SAME", "VALID"])
def test_sizes_that_are_known_only_while_running(padding):
    x, w = rng.normal(size=(2, 5, 6, 2)), rng.normal(size=(3, 2, 2, 4))
    known = evaluate(lambda x, w: tf.nn.conv2d(x, w, quad((2, 1)), padding), x, w, open_batch=False)
    with tf.Graph().as_default(), tf.Session() as sess:
        images = tf.placeholder(tf.float64, [None, None, None, 2])
        y = tf.nn.conv2d(images, w, quad((2, 1)), padding)
        pooled = tf.nn.max_pool(y, quad((2, 2)), quad((2, 2)), padding)
        found, small, slope = sess.run([y, pooled, *tf.gradients(pooled, images)], {images: x})
    np.testing.assert_allclose(found, known, atol=1e-13)
    assert small.shape[1] == (2 if padding == "SAME" else 1)
    assert slope.shape == x.shape


def test_depthwise_and_separable():
    x, w = rng.normal(size=(2, 5, 5, 2)), rng.normal(size=(3, 3, 2, 2))
    point = rng.normal(size=(1, 1, 4, 3))
    build = lambda x, w: tf.nn.depthwise_conv2d(x, w, quad((1, 1)), "SAME")
    alone = [
        evaluate(
            lambda x, w: tf.nn.conv2d(x, w, quad((1, 1)), "SAME"),
            x[..., c : c + 1],
            w[:, :, c : c + 1],
        )
        for c in range(2)
    ]
    np.testing.assert_allclose(evaluate(build, x, w), np.concatenate(alone, -1), atol=1e-12)
    check_gradients(build, x, w)
    mixed = evaluate(
        lambda x, w, p: tf.nn.separable_conv2d(x, w, p, quad((1, 1)), "SAME"),
        x,
        w,
        point,
        open_batch=False,
    )
    np.testing.assert_allclose(mixed, np.concatenate(alone, -1) @ point[0, 0], atol=1e-12)


@pytest.mark.parametrize("padding", ["SAME", "VALID"])
def test_conv2d_transpose_is_the_transpose(padding):
    """<conv2d(x), y> = <x, conv2d_transpose(y)> for every x and y."""
    x, w = rng.normal(size=(2, 6, 5, 3)), rng.normal(size=(3, 2, 3, 4))
    forward = evaluate(
        lambda x, w: tf.nn.conv2d(x, w, quad((2, 2)), padding), x, w, open_batch=False
    )
    y = rng.normal(size=forward.shape)
    build = lambda y, w: tf.nn.conv2d_transpose(y, w, [2, 6, 5, 3], quad((2, 2)), padding)
    back = evaluate(build, y, w, open_batch=False)
    assert np.sum(forward * y) == pytest.approx(np.sum(x * back), rel=1e-12)
    check_gradients(build, y, w, open_batch=False)


WRONG = {
    "strides": (lambda x: tf.nn.conv2d(x, np.ones((3, 3, 3, 1), "f"), [2, 2], "SAME"), r"strides=\[1, 2, 2, 1\]"),
    "one stride": (lambda x: tf.nn.max_pool(x, 2, 2, "SAME"), r"ksize=\[1, 2, 2, 1\]"),
    "padding": (lambda x: tf.nn.max_pool(x, [1, 2, 2, 1], [1, 2, 2, 1], "same"), '"SAME" or "VALID", not \'same\''),
    "channels": (lambda x: tf.nn.conv2d(x, np.ones((3, 3, 1, 1), "f"), [1, 1, 1, 1], "SAME"), "have 3 channels.*takes 1"),
    "flat": (lambda x: tf.nn.conv2d(tf.reshape(x, [-1, 192]), np.ones((3, 3, 1, 1), "f"), [1, 1, 1, 1], "SAME"), r"tf.reshape\(x, \[-1, height"),
    "filter": (lambda x: tf.nn.conv2d(x, np.ones((3, 3), "f"), [1, 1, 1, 1], "SAME"), "rows, columns, channels in"),
    "too small": (lambda x: tf.nn.avg_pool(x, [1, 9, 9, 1], [1, 1, 1, 1], "VALID"), 'padding="SAME" would frame'),
    "layout": (lambda x: tf.nn.avg_pool(x, [1, 2, 2, 1], [1, 2, 2, 1], "SAME", "NCHW"), r"tf.transpose\(x, \[0, 2, 3, 1\]\)"),
}  # fmt: skip


@pytest.mark.parametrize("name", WRONG)
def test_says_what_to_write(name):
    build, message = WRONG[name]
    with pytest.raises(ValueError, match=message) as caught:
        build(tf.placeholder("float", [None, 8, 8, 3]))
    assert "test_windows.py" in str(caught.value)
