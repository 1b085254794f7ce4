"""Convolution and pooling over volumes, against PyTorch and differences."""

import numpy as np
import pytest

from autodiff.frontends import keras
from autodiff.frontends import tensorflow as tf

RNG = np.random.default_rng(0)
X = RNG.normal(size=(2, 5, 6, 7, 3))
W = RNG.normal(size=(3, 2, 3, 3, 4))


@pytest.fixture(autouse=True)
def fresh_graph():
    tf.reset_default_graph()


def first(x):
    return np.moveaxis(x, -1, 1)


def same(length, kernel, stride):
    total = max((-(-length // stride) - 1) * stride + kernel - length, 0)
    return total // 2, total - total // 2


def framed(torch, x, kernel, strides, value):
    pads = [p for n, k, s in list(zip(x.shape[2:], kernel, strides, strict=True))[::-1]
            for p in same(n, k, s)]  # fmt: skip
    return torch.nn.functional.pad(x, pads, value=value)


@pytest.mark.parametrize("padding", ["SAME", "VALID"])
@pytest.mark.parametrize("strides", [(1, 1, 1), (2, 1, 3)])
def test_values_and_gradients_are_torchs(padding, strides):
    torch = pytest.importorskip("torch")
    over = torch.nn.functional
    x, w = tf.placeholder(tf.float64, [None, *X.shape[1:]]), tf.constant(W)
    steps, block = [1, *strides, 1], [1, 2, 3, 2, 1]
    results = [tf.nn.conv3d(x, w, steps, padding), tf.nn.max_pool3d(x, block, steps, padding),
               tf.nn.avg_pool3d(x, block, steps, padding)]  # fmt: skip
    losses = [tf.reduce_sum(tf.sin(y)) for y in results]
    found = tf.Session().run([results, [tf.gradients(y, x)[0] for y in losses],
                              tf.gradients(losses[0], w)[0]], {x: X})  # fmt: skip

    tx = torch.tensor(first(X).copy(), requires_grad=True)
    tw = torch.tensor(np.moveaxis(W, (3, 4), (1, 0)).copy(), requires_grad=True)
    kernel, size = W.shape[:3], tuple(block[1:4])
    wide = padding == "SAME"
    into = (lambda k, v: framed(torch, tx, k, strides, v)) if wide else (lambda k, v: tx)
    count = framed(torch, torch.ones_like(tx), size, strides, 0.0) if wide else torch.ones_like(tx)
    theirs = [
        over.conv3d(into(kernel, 0.0), tw, stride=strides),
        over.max_pool3d(into(size, -np.inf), size, strides),
        over.avg_pool3d(into(size, 0.0), size, strides) / over.avg_pool3d(count, size, strides),
    ]
    for y, own, slope, node in zip(theirs, found[0], found[1], results, strict=True):
        assert own.shape == (2, *node.get_shape().as_list()[1:])
        np.testing.assert_allclose(first(own), y.detach().numpy(), rtol=1e-6, atol=1e-9)
        (gradient,) = torch.autograd.grad(torch.sin(y).sum(), tx, retain_graph=True)
        np.testing.assert_allclose(first(slope), gradient.numpy(), rtol=1e-6, atol=1e-9)
    (gradient,) = torch.autograd.grad(torch.sin(theirs[0]).sum(), tw)
    np.testing.assert_allclose(np.moveaxis(found[2], (3, 4), (1, 0)), gradient, atol=1e-9)


def test_of_a_tie_the_first_has_the_slope():
    x = tf.constant(np.ones((1, 2, 2, 2, 1)))
    slope = tf.gradients(tf.nn.max_pool3d(x, [1, 2, 2, 2, 1], [1, 1, 1, 1, 1], "VALID"), x)[0]
    assert tf.Session().run(slope).ravel().tolist() == [1, 0, 0, 0, 0, 0, 0, 0]


@pytest.mark.parametrize(
    ("build", "told"),
    [
        (lambda x: tf.nn.conv3d(x, W, [1, 2, 2, 1], "SAME"), "one entry for each axis of a volume"),
        (lambda x: tf.nn.conv3d(x[..., 0], W, [1] * 5, "SAME"), "takes volumes"),
        (lambda x: tf.nn.conv3d(x, W[..., :2, :], [1] * 5, "SAME"), "have 3 channels"),
        (lambda x: tf.nn.conv3d(x, W[..., 0], [1] * 5, "SAME"), "a filter is"),
        (lambda x: tf.nn.avg_pool3d(x, [1, 9, 1, 1, 1], [1] * 5, "VALID"), "larger than the vol"),
        (lambda x: tf.nn.max_pool3d(x, [1] * 5, [1] * 5, "SAME", "NCDHW"), "NDHWC"),
    ],
)
def test_says_what_to_write(build, told):
    with pytest.raises(ValueError, match=told):
        build(tf.constant(X))


def test_layers_over_volumes():
    x = tf.placeholder(tf.float32, [None, 4, 6, 6, 2])
    h = tf.layers.conv3d(x, 3, (3, 3, 3), padding="same", activation=tf.nn.relu, name="c")
    h = tf.layers.max_pooling3d(h, (2, 2, 2), 2)
    h = tf.layers.average_pooling3d(h, 2, (1, 1, 1))
    assert h.get_shape().as_list() == [None, 1, 2, 2, 3]
    sizes = {v.op.name: v.get_shape().as_list() for v in tf.all_variables()}
    assert sizes == {"c/kernel": [3, 3, 3, 2, 3], "c/bias": [3]}


def test_keras_has_layers_over_volumes():
    layers = keras.layers
    model = keras.models.Sequential()
    model.add(layers.Convolution3D(2, 3, 3, 3, border_mode="same", subsample=(1, 2, 2),
                                   dim_ordering="tf", input_shape=(4, 6, 6, 1)))  # fmt: skip
    model.add(layers.MaxPooling3D((2, 1, 1), dim_ordering="tf"))
    model.add(layers.AveragePooling3D((1, 3, 3), dim_ordering="tf"))
    model.add(layers.Flatten())
    model.add(layers.Dense(1))
    model.compile("sgd", "mse")
    x, y = RNG.normal(size=(8, 4, 6, 6, 1)), RNG.normal(size=(8, 1))
    assert model.layers[2].output_shape == (None, 2, 1, 1, 2)
    assert (model.input_shape, model.output_shape) == ((None, 4, 6, 6, 1), (None, 1))
    losses = [model.train_on_batch(x, y) for _ in range(5)]
    assert losses[-1] < losses[0]
    assert model.layers[0].get_weights()[0].shape == (3, 3, 3, 1, 2)
