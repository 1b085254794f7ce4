"""Keras masks: steps that are padding move no state, and count in no loss and no metric.

A row with padding, anywhere, has to give what the same row gives without it.
"""

import numpy as np
import pytest

from autodiff.frontends.keras import Input, Model, Sequential, layers

LAYERS = {
    "SimpleRNN": lambda **kw: layers.SimpleRNN(3, **kw),
    "GRU": lambda **kw: layers.GRU(3, **kw),
    "LSTM": lambda **kw: layers.LSTM(3, **kw),
    "backwards": lambda **kw: layers.LSTM(3, go_backwards=True, **kw),
    "both ways": lambda **kw: layers.Bidirectional(layers.GRU(3, **kw)),
}


def padded(rng, rows, steps):
    """Words 1 .. 4 with zeros among them, and each row without its zeros."""
    words = rng.integers(1, 5, (rows, steps)) * (rng.random((rows, steps)) < 0.6)
    words[:, 1] = 2  # no row is empty
    return words, [row[row > 0][None] for row in words]


@pytest.mark.parametrize("name", LAYERS)
@pytest.mark.parametrize("deep", [False, True], ids=["one layer", "two layers"])
def test_padding_anywhere_changes_nothing(name, deep):
    words, alone = padded(np.random.default_rng(len(name)), 6, 5)
    table = layers.Embedding(5, 2, mask_zero=True)
    first = "GRU" if name == "backwards" else name  # Keras hands its mask on as it was, not turned
    below = [LAYERS[first](return_sequences=True), layers.Dropout(0.5)] if deep else []
    x = Input((None,), dtype="int32")
    y = table(x)
    for layer in [*below, LAYERS[name](), layers.Dense(1)]:
        y = layer(y)
    model = Model(x, y)
    together = model.predict(words)
    for row, own in zip(together, alone, strict=True):
        np.testing.assert_allclose(row, model.predict(own)[0], 1e-5, 1e-7)


def test_the_loss_is_the_mean_over_the_steps_that_count():
    rng = np.random.default_rng(0)
    x = rng.normal(size=(4, 5, 2)).astype("f")
    counts = rng.random((4, 5)) < 0.5
    counts[0, 0] = True
    x[~counts] = 7.0
    y = rng.normal(size=(4, 5, 1)).astype("f")
    model = Sequential([layers.Masking(7.0, input_shape=(5, 2)), layers.Dense(1)])
    model.compile("sgd", "mse", metrics=["mae"])
    off = (model.predict(x) - y)[..., 0]
    loss, error = model.evaluate(x, y, verbose=0)
    assert loss == pytest.approx(np.mean(off[counts] ** 2), rel=1e-5)
    assert error == pytest.approx(np.mean(np.abs(off[counts])), rel=1e-5)


def test_merged_steps_count_where_they_count_in_all():
    a, b = (layers.Masking(input_shape=(4, 2)) for _ in range(2))
    one, other = Input((4, 2)), Input((4, 2))
    summed = layers.merge([a(one), b(other)], mode="sum")
    model = Model([one, other], layers.SimpleRNN(2)(summed))
    rng = np.random.default_rng(1)
    x, y = rng.normal(size=(2, 1, 4, 2)).astype("f")
    x[0, 1] = 0
    y[0, 3] = 0
    whole = Model([one, other], model.layers[-1](layers.merge([one, other], mode="sum")))
    kept = [0, 2]  # what is left of four steps, in a network that takes two
    short = Input((2, 2))
    of_two = Model(short, model.layers[-1](short))
    found = model.predict([x, y])
    np.testing.assert_allclose(found, of_two.predict((x + y)[:, kept]), 1e-5, 1e-7)
    assert not np.allclose(found, whole.predict([x, y]))


def test_a_layer_that_can_not_leave_steps_out_says_so():
    model = Sequential([layers.Embedding(5, 2, input_length=3, mask_zero=True)])
    with pytest.raises(TypeError, match=r"flatten_1 does not support masking.*mask_zero=True"):
        model.add(layers.Flatten())


def test_a_layer_of_the_program_is_handed_the_mask():
    class Mean(layers.Layer):
        supports_masking = True

        def call(self, x, mask=None):
            from autodiff.frontends.keras import backend as K

            counts = K.expand_dims(K.cast(mask, K.floatx()), -1)
            return K.sum(x * counts, axis=1) / K.sum(counts, axis=1)

        def compute_mask(self, x, mask=None):
            return None

    words = np.array([[0, 1, 2], [3, 0, 0]])
    model = Sequential([layers.Embedding(5, 2, input_length=3, mask_zero=True), Mean()])
    table = model.get_weights()[0]
    np.testing.assert_allclose(
        model.predict(words), [(table[1] + table[2]) / 2, table[3]], rtol=1e-5
    )


def test_a_layer_of_the_program_gets_the_shapes_of_all_its_inputs():
    class Weighted(layers.Layer):
        def build(self, input_shape):
            self.shapes = input_shape
            self.w = self.add_weight("w", (input_shape[0][-1], input_shape[1][-1]), "one")

        def call(self, x):
            from autodiff.frontends.keras import backend as K

            return K.dot(x[0], self.w) + x[1]

    one, other, layer = Input((3,)), Input((2,)), Weighted()
    model = Model([one, other], layer([one, other]))
    assert layer.shapes == [(None, 3), (None, 2)]
    found = model.predict([np.ones((1, 3)), np.zeros((1, 2))])
    np.testing.assert_array_equal(found, [[3, 3]])
