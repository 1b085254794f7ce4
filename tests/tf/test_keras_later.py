"""Names of Keras 1 and 2 that fewer programs use, each beside its formula."""

import numpy as np
import pytest

from autodiff.frontends import keras
from autodiff.frontends import tensorflow as tf
from autodiff.frontends.keras import backend as K
from autodiff.frontends.keras import callbacks, constraints, initializers, layers, losses
from autodiff.frontends.keras.layers import Input
from autodiff.frontends.keras.models import Model, Sequential

RNG = np.random.default_rng(0)
STEPS = RNG.normal(size=(2, 5, 3)).astype("f4")
IMAGES = RNG.normal(size=(2, 5, 6, 2)).astype("f4")


@pytest.fixture(autouse=True)
def graph():
    with tf.Graph().as_default():
        tf.set_random_seed(0)
        yield


def through(layer, x, *more):
    arrays = [x, *more]
    inputs = [Input(shape=a.shape[1:]) for a in arrays]
    model = Model(inputs if more else inputs[0], layer(inputs if more else inputs[0]))
    return model.predict(arrays if more else x), layer


@pytest.mark.parametrize(
    ("layer", "wanted"),
    [
        (lambda: layers.ZeroPadding1D((1, 2)), np.pad(STEPS, [(0, 0), (1, 2), (0, 0)])),
        (lambda: layers.ZeroPadding1D(1), np.pad(STEPS, [(0, 0), (1, 1), (0, 0)])),
        (lambda: layers.Cropping1D((1, 2)), STEPS[:, 1:-2]),
        (lambda: layers.Cropping1D((1, 0)), STEPS[:, 1:]),
        (lambda: layers.SpatialDropout1D(0.5), STEPS),
    ],
)
def test_steps(layer, wanted):
    assert np.allclose(through(layer(), STEPS)[0], wanted)


@pytest.mark.parametrize(
    ("layer", "x"), [(layers.SpatialDropout1D, STEPS), (layers.SpatialDropout2D, IMAGES)]
)
def test_whole_features_are_dropped(layer, x):
    given = Input(shape=x.shape[1:])
    y = layer(0.5)(given)
    assert y.get_shape().as_list()[1:] == list(x.shape[1:])
    found = K.function([given, K.learning_phase()], [y])([x, 1])[0]
    share = (found / x).reshape(len(x), -1, x.shape[-1])
    assert np.allclose(share, share[:, :1], atol=1e-5)  # alike along the steps
    assert set(np.round(share, 3).ravel().tolist()) <= {0.0, 2.0}


def test_separable_convolution():
    layer = layers.SeparableConv2D(4, (3, 2), strides=(1, 1), padding="same", depth_multiplier=2)
    found, layer = through(layer, IMAGES)
    deep, mix, bias = layer.get_weights()
    assert (deep.shape, mix.shape, bias.shape) == ((3, 2, 2, 2), (1, 1, 4, 4), (4,))
    with tf.Session() as sess:
        wanted = sess.run(tf.nn.separable_conv2d(IMAGES, deep, mix, [1, 1, 1, 1], "SAME"))
    assert np.allclose(found, wanted + bias, atol=1e-5)


@pytest.mark.parametrize(
    ("layer", "wanted"),
    [(layers.Subtract, STEPS - STEPS[::-1]), (layers.Minimum, np.minimum(STEPS, STEPS[::-1]))],
)
def test_two_as_one(layer, wanted):
    assert np.allclose(through(layer(), STEPS, STEPS[::-1].copy())[0], wanted)


@pytest.mark.parametrize(
    ("of", "wanted"),
    [
        (lambda x: K.bias_add(x, K.constant([1.0, 2.0, 3.0])), STEPS + np.array([1, 2, 3])),
        (lambda x: K.cumsum(x, 1), STEPS.cumsum(1)),
        (lambda x: K.temporal_padding(x, 1), np.pad(STEPS, [(0, 0), (1, 1), (0, 0)])),
        (lambda x: K.cast(K.less_equal(x, 0.0), "float32"), STEPS <= 0),
        (lambda x: K.print_tensor(x, "x"), STEPS),
        (
            lambda x: K.batch_normalization(x, 0.5, 4.0, 1.0, 2.0, 0.0),
            (STEPS - 0.5) / 2 * 2 + 1,
        ),
        (lambda x: K.truncated_normal((2, 5, 3), stddev=0.0) + x, STEPS),
    ],
)
def test_backend(of, wanted):
    assert np.allclose(K.eval(of(K.variable(STEPS))), wanted, atol=1e-6)


def test_backend_of_images():
    x = K.variable(IMAGES)
    assert np.allclose(K.eval(K.resize_images(x, 2, 3)), IMAGES.repeat(2, 1).repeat(3, 2))
    framed = np.pad(IMAGES, [(0, 0), (1, 1), (2, 2), (0, 0)])
    assert np.allclose(K.eval(K.spatial_2d_padding(x, (1, 2))), framed)


def test_backend_of_variables():
    x, y = K.random_normal_variable((2, 3), 0.0, 0.0), K.random_uniform_variable((3,), 1.0, 1.0)
    assert K.get_variable_shape(x) == (2, 3)
    K.batch_set_value([(x, np.ones((2, 3))), (y, np.full(3, 7.0))])
    assert K.get_value(y).tolist() == [7, 7, 7]
    K.get_session().run(K.update_sub(x, K.constant(np.full((2, 3), 0.25))))
    assert K.get_value(x).tolist() == [[0.75] * 3] * 2
    given = Input(shape=(3,))
    assert K.is_keras_tensor(layers.Dense(2)(given))
    assert not K.is_keras_tensor(x)


def test_sparse_cross_entropy_in_either_order():
    model = Sequential([layers.Dense(3, activation="softmax", input_dim=2)])
    model.compile("sgd", lambda y, p: K.sparse_categorical_crossentropy(y, p))
    rows, labels = RNG.normal(size=(4, 2)), np.array([[0], [2], [1], [1]])
    p = model.predict(rows)
    found = model.train_on_batch(rows, labels)
    assert np.isclose(found, -np.log(p[np.arange(4), labels[:, 0]]).mean(), atol=1e-5)


def test_losses():
    true, said = np.eye(3, dtype="f4"), RNG.normal(size=(3, 3)).astype("f4") * 3
    with tf.Session() as sess:
        hinge, log = sess.run([f(true, said) for f in (losses.categorical_hinge, losses.logcosh)])
    wrong = np.where(true > 0, 0, said).max(1)
    assert np.allclose(hinge, np.maximum(wrong - said.diagonal() + 1, 0), atol=1e-5)
    assert np.allclose(log, np.log(np.cosh(said - true)).mean(1), atol=1e-5)


@pytest.mark.parametrize(
    ("name", "variance"),
    [("glorot_normal", 2 / 300), ("he_uniform", 2 / 100), ("lecun_uniform", 1 / 100),
     ("lecun_normal", 1 / 100), ("by outputs", 3 / 200), ("by both", 3 / 150)],
)  # fmt: skip
def test_initializers(name, variance):
    make = getattr(initializers, name, None) or (
        lambda seed: initializers.VarianceScaling(
            3.0, "fan_out" if name == "by outputs" else "fan_avg", seed=seed
        )
    )
    values = K.eval(make(seed=1)([100, 200]))
    assert np.isclose(values.var(), variance, rtol=0.05)


def test_what_else_keras_2_calls_otherwise():
    w = K.variable(np.full((4, 1), 2.0))
    assert np.isclose(np.linalg.norm(K.eval(constraints.max_norm(max_value=3.0)(w))), 3.0)
    model = keras.Sequential([layers.Dense(1, input_dim=3)])
    model.compile("sgd", "mse")
    bad = np.full((4, 3), np.nan)
    stop = callbacks.TerminateOnNaN()
    seen = model.fit(bad, np.zeros((4, 1)), epochs=5, verbose=0, callbacks=[stop])
    assert len(seen.epoch) == 1


@pytest.fixture
def channels_first():
    K.set_image_dim_ordering("th")
    yield
    K.set_image_dim_ordering("tf")


FIRST = np.moveaxis(IMAGES, -1, 1).copy()


def test_a_bias_stands_where_the_order_says(channels_first):
    bias = np.arange(1.0, 1.0 + FIRST.shape[1], dtype="f")
    added = K.bias_add(K.variable(FIRST), K.constant(bias))
    assert np.allclose(K.eval(added), FIRST + bias[:, None, None])
    other = K.bias_add(K.variable(IMAGES), K.constant(bias), data_format="channels_last")
    assert np.allclose(K.eval(other), IMAGES + bias)


@pytest.mark.parametrize("how", ["set", "said"])
def test_whole_channels_are_dropped_where_they_stand_first(how, request):
    said = {"data_format": "channels_first"} if how == "said" else {}
    if how == "set":
        request.getfixturevalue("channels_first")
    given = Input(shape=FIRST.shape[1:])
    y = layers.SpatialDropout2D(0.5, **said)(given)
    found = K.function([given, K.learning_phase()], [y])([FIRST, 1])[0]
    share = (found / FIRST).reshape(*FIRST.shape[:2], -1)
    assert np.allclose(share, share[..., :1], atol=1e-5)


def test_the_kernels_of_a_separable_convolution_have_penalties_of_their_own():
    own = {"depthwise_regularizer": "l2", "pointwise_constraint": "nonneg"}
    layer = through(layers.SeparableConv2D(4, 3, **own), IMAGES)[1]
    assert len(layer.losses) == 1
    assert [variable.op.name for variable, _ in layer.constraints] == [layer.pointwise.op.name]
    with pytest.raises(ValueError, match="has two kernels"):
        layers.SeparableConv2D(4, 3, kernel_regularizer="l2")
