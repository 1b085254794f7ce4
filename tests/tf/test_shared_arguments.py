"""Layers whose common arguments are declared once: they are used, wherever they stand."""

import inspect
import unittest

import numpy as np
import pytest

import autodiff.frontends.tensorflow as tf
from autodiff.frontends import slim

rng = np.random.default_rng(0)
LOSSES = tf.GraphKeys.REGULARIZATION_LOSSES
IMAGES = rng.normal(size=(2, 5, 6, 2))
ROWS = rng.normal(size=(4, 3))


def run(build, given):
    """What a layer gives, and the values of its variables, by name."""
    x = tf.constant(given)
    y = build(x)
    with tf.Session() as sess:
        sess.run(tf.global_variables_initializer())
        known = tf.global_variables()
        return x, sess.run([y, *known]), [v.name for v in known]


@pytest.mark.parametrize(
    ("layer", "names"),
    [
        (
            lambda x: tf.layers.separable_conv2d(x, 3, 2, 1, "same", depth_multiplier=2),
            ["depthwise_kernel", "pointwise_kernel", "bias"],
        ),
        (
            lambda x: slim.separable_conv2d(x, 3, 2, 2, activation_fn=None),
            ["depthwise_weights", "pointwise_weights", "biases"],
        ),
    ],
    ids=["tf.layers", "slim"],
)
def test_separable_layers_are_the_product_of_their_variables(layer, names):
    x, (found, depth, point, bias), own = run(layer, IMAGES)
    assert [name.rpartition("/")[2] for name in own] == [f"{name}:0" for name in names]
    assert (depth.shape, point.shape) == ((2, 2, 2, 2), (1, 1, 4, 3))
    assert np.all(bias == 0)
    with tf.Session() as sess:
        wanted = tf.nn.separable_conv2d(
            x, tf.constant(depth), tf.constant(point), [1, 1, 1, 1], "SAME"
        )
        np.testing.assert_allclose(found, sess.run(wanted), atol=1e-12)


LAYERS = {
    "tf.layers.dense": (tf.layers.dense, ROWS, (5,)),
    "tf.layers.conv2d": (tf.layers.conv2d, IMAGES, (3, 2)),
    "tf.layers.conv2d_transpose": (tf.layers.conv2d_transpose, IMAGES, (3, 2)),
    "tf.layers.separable_conv2d": (tf.layers.separable_conv2d, IMAGES, (3, 2)),
    "slim.fully_connected": (slim.fully_connected, ROWS, (5,)),
    "slim.conv2d": (slim.conv2d, IMAGES, (3, 2)),
    "slim.conv2d_transpose": (slim.conv2d_transpose, IMAGES, (3, 2)),
    "slim.separable_conv2d": (slim.separable_conv2d, IMAGES, (3, 2, 1)),
}


def three(shape, dtype=None, **_):
    return np.full(shape, 3.0, dtype or float)


def settings(layer):
    """Each common argument, and what shows that it was used."""
    words = inspect.signature(layer).parameters
    for word in words:
        if word.endswith("_initializer"):
            yield word, three, lambda ys, names: any(np.all(v == 3) for v in ys[1:])
        if word.endswith("_regularizer"):
            yield word, tf.nn.l2_loss, lambda ys, names: bool(tf.get_collection(LOSSES))
        if word in ("activation", "activation_fn"):
            yield word, lambda y: 0 * y + 7.0, lambda ys, names: np.all(ys[0] == 7)
        if word in ("name", "scope"):
            yield word, "own", lambda ys, names: all(n.startswith("own/") for n in names)
        if word == "trainable":
            yield word, False, lambda ys, names: not tf.trainable_variables()
        if word == "use_bias":
            yield word, False, lambda ys, names: not any("bias" in n for n in names)
        if word == "normalizer_fn":
            yield word, lambda y: 0 * y + 7.0, lambda ys, names: np.all(ys[0] == 7)
        if word in ("variables_collections", "outputs_collections"):
            yield word, "mine", lambda ys, names: bool(tf.get_collection("mine"))


CASES = [(name, word) for name, (layer, *_) in LAYERS.items() for word, *_ in settings(layer)]


@pytest.mark.parametrize(("name", "word"), CASES)
def test_every_common_argument_is_used(name, word):
    layer, given, own = LAYERS[name]
    value, shows = next((v, shows) for w, v, shows in settings(layer) if w == word)
    _, ys, names = run(lambda x: layer(x, *own, **{word: value}), given)
    assert shows(ys, names)
    tf.reset_default_graph()
    _, ys, names = run(lambda x: layer(x, *own), given)
    assert not shows(ys, names), "a test that cannot fail"


@pytest.mark.parametrize("name", LAYERS)
def test_a_word_that_a_layer_has_not_is_told_with_its_name(name):
    layer, given, own = LAYERS[name]
    with pytest.raises(TypeError, match=rf"^{layer.__name__}\(\) got an unexpected .*'widht'"):
        layer(tf.constant(given), *own, widht=3)


def test_by_place_the_common_arguments_follow_the_layers_own():
    assert list(inspect.signature(slim.conv2d).parameters)[:8] == [
        "inputs", "num_outputs", "kernel_size", "stride", "padding", "data_format", "rate",
        "activation_fn",
    ]  # fmt: skip
    assert list(inspect.signature(tf.layers.separable_conv2d).parameters)[3:9] == [
        "strides", "padding", "data_format", "dilation_rate", "depth_multiplier", "activation",
    ]  # fmt: skip


def test_slim_and_contrib_have_the_same_layers():
    from autodiff.frontends.slim import layers

    for name in layers.__all__:
        assert getattr(slim, name) is getattr(tf.contrib.layers, name) is getattr(layers, name)


def test_a_models_numbers_are_counted(capsys):
    slim.conv2d(tf.constant(IMAGES.astype("f")), 4, 3, scope="conv")
    assert slim.model_analyzer.analyze_vars(slim.get_model_variables(), True) == (76, 304)
    assert "conv/weights:0 (float32 3x3x2x4) [72, bytes: 288]" in capsys.readouterr().out
    graph = tf.get_default_graph()
    assert slim.model_analyzer.analyze_ops(graph) == sum(
        np.prod(out.dims)
        for o in graph.get_operations()
        for out in o.outputs
        if out.dims is not None
    )


def test_a_test_case_may_reset_its_graph():
    class Own(tf.test.TestCase):
        def test_reset(self):
            before = tf.get_default_graph()
            tf.reset_default_graph()
            assert tf.get_default_graph() is not before
            with self.test_session() as sess:
                assert tf.constant(1.0).graph is sess.graph is tf.get_default_graph()
            self.assertItemsEqual([1, 2], [2, 1])

    result = unittest.TestResult()
    Own("test_reset").run(result)
    assert result.wasSuccessful(), result.errors + result.failures


RATES = {
    "tf.layers.conv2d": lambda x, r, s=1: tf.layers.conv2d(x, 3, 2, s, dilation_rate=r),
    "tf.layers.separable": lambda x, r, s=1: tf.layers.separable_conv2d(
        x, 3, 2, s, dilation_rate=r
    ),
    "slim.conv2d": lambda x, r, s=1: slim.conv2d(x, 3, 2, s, "VALID", rate=r, activation_fn=None),
    "slim.separable": lambda x, r, s=1: slim.separable_conv2d(
        x, 3, 2, 1, s, "VALID", rate=r, activation_fn=None
    ),
    "slim.depthwise": lambda x, r, s=1: slim.separable_conv2d(
        x, None, 2, 1, s, "VALID", rate=r, activation_fn=None
    ),
}


@pytest.mark.parametrize("name", RATES)
@pytest.mark.parametrize("rate", [(1, 2), (2, 1), (2, 3)])
def test_a_rate_along_each_axis_takes_pixels_that_stand_so_apart(name, rate):
    _, (found, kernel, *rest), _ = run(lambda x: RATES[name](x, rate), IMAGES)
    rows, columns = 5 - rate[0], 6 - rate[1]
    wanted = 0
    for i in range(2):
        for j in range(2):
            part = IMAGES[:, i * rate[0] :, j * rate[1] :][:, :rows, :columns]
            wanted = wanted + (
                part * kernel[i, j, :, 0] if kernel.shape[-1] == 1 else part @ kernel[i, j]
            )
    if kernel.shape[-1] == 1 and len(rest) == 2:
        wanted = wanted @ rest[0][0, 0]
    np.testing.assert_allclose(found, wanted, atol=1e-12)


@pytest.mark.parametrize("name", RATES)
def test_a_rate_beside_strides_is_refused(name):
    with pytest.raises(ValueError, match="do not go together"):
        RATES[name](tf.constant(IMAGES), 2, 2)
