"""Keras models as files and as text: what is read is what was written, and is fitted on."""

import json

import numpy as np
import pytest

from autodiff.frontends import tensorflow as tf
from autodiff.frontends.keras import Input, Model, Sequential, layers, optimizers
from autodiff.frontends.keras.callbacks import ModelCheckpoint
from autodiff.frontends.keras.constraints import maxnorm
from autodiff.frontends.keras.initializers import RandomNormal
from autodiff.frontends.keras.models import load_model, model_from_json
from autodiff.frontends.keras.regularizers import l1_l2, l2

IMAGE, STEPS, ROW = (6, 6, 2), (5, 3), (4,)
STACKS = {
    "dense": (ROW, lambda: [layers.Dense(3, activation="tanh", W_regularizer=l2(0.1))]),
    "keras 2": (
        ROW,
        lambda: [
            layers.Dense(
                units=3, use_bias=False, kernel_initializer=RandomNormal(stddev=2.0),
                kernel_regularizer=l1_l2(0.1, 0.2), kernel_constraint=maxnorm(1.0),
            )
        ],
    ),
    "norm": (ROW, lambda: [layers.BatchNormalization(momentum=0.5), layers.PReLU()]),
    "images": (
        IMAGE,
        lambda: [
            layers.Convolution2D(2, 3, 3, border_mode="same", subsample=(1, 1)),
            layers.LeakyReLU(0.1), layers.MaxPooling2D((2, 2)), layers.ZeroPadding2D(),
            layers.UpSampling2D((2, 2)), layers.Flatten(),
        ],
    ),
    "steps": (
        STEPS,
        lambda: [
            layers.Masking(0.5), layers.Bidirectional(layers.GRU(2, return_sequences=True)),
            layers.TimeDistributed(layers.Dense(2)), layers.LSTM(2, go_backwards=True),
        ],
    ),
    "shapes": (
        STEPS,
        lambda: [
            layers.Permute((2, 1)), layers.Reshape((15,)), layers.RepeatVector(2),
            layers.Conv1D(2, 2), layers.GlobalMaxPooling1D(),
        ],
    ),
}  # fmt: skip
OPTIMIZERS = {
    "sgd": lambda: optimizers.SGD(0.1, momentum=0.9, decay=0.1),
    "adam": lambda: optimizers.Adam(0.05, clipnorm=1.0),
    "rmsprop": lambda: "rmsprop",
}


@pytest.mark.parametrize("name", STACKS)
def test_a_model_that_is_read_gives_the_same_and_is_fitted_on(name, tmp_path):
    shape, make = STACKS[name]
    model = Sequential([layers.Activation("softsign", input_shape=shape), *make()])
    model.add(layers.Dense(1))
    rng = np.random.default_rng(0)
    x, y = rng.normal(size=(6, *shape)).astype("f"), rng.normal(size=6)
    which = list(OPTIMIZERS)[len(name) % 3]
    model.compile(OPTIMIZERS[which](), "mse", metrics=["mae"])
    for _ in range(2):
        model.train_on_batch(x, y)
    model.save(str(tmp_path / "model.h5"))
    before = [w.copy() for w in model.get_weights()]
    with tf.Graph().as_default():
        found = load_model(str(tmp_path / "model.h5"))
        np.testing.assert_array_equal(found.predict(x), model.predict(x))
        assert found.metrics_names == model.metrics_names
        assert [la.name for la in found.layers] == [la.name for la in model.layers]
        for _ in range(2):
            assert found.train_on_batch(x, y) == pytest.approx(model.train_on_batch(x, y), 1e-5)
        moved = list(zip(found.get_weights(), model.get_weights(), before, strict=True))
    for one, other, _ in moved:
        np.testing.assert_allclose(one, other, 1e-4, 1e-6)
    assert any(not np.allclose(one, old) for one, _, old in moved)


def test_shared_layers_stay_shared_in_text():
    one, other = Input(ROW), Input(ROW)
    shared = layers.Dense(2, activation="relu")
    joined = layers.merge([shared(one), shared(other)], mode="concat")
    model = Model([one, other], [layers.Dense(1)(joined), layers.Activation("tanh")(joined)])
    text = model.to_json()
    assert json.loads(text)["class_name"] == "keras.Model"
    again = model_from_json(text)
    assert again.count_params() == model.count_params() == 4 * 2 + 2 + 4 + 1
    again.set_weights(model.get_weights())
    x = np.random.default_rng(0).normal(size=(2, 3, 4))
    for a, b in zip(again.predict([*x]), model.predict([*x]), strict=True):
        np.testing.assert_array_equal(a, b)


class Scaled(layers.Layer):
    """A layer of a program, as the documentation of Keras writes one."""

    def __init__(self, by, **kwargs):
        self.by = by
        super().__init__(**kwargs)

    def call(self, x, mask=None):
        return x * self.by

    def get_config(self):
        return dict([*super().get_config().items(), ("by", self.by)])


def twice(x):
    return 2 * x


def test_what_keras_has_not_itself_is_handed_over():
    model = Sequential([Scaled(3.0, input_shape=ROW), layers.Activation(twice)])
    text = model.to_json()
    with pytest.raises(ValueError, match=r"'Scaled', which is none of Keras' own: .*Scaled"):
        model_from_json(text)
    found = model_from_json(text, custom_objects={"Scaled": Scaled, "twice": twice})
    np.testing.assert_array_equal(found.predict(np.ones((1, 4))), np.full((1, 4), 6.0))


def test_a_function_without_a_name_leaves_the_weights(tmp_path):
    path = str(tmp_path / "model.h5")
    model = Sequential([layers.Dense(2, input_dim=4), layers.Lambda(lambda x: x + 1)])
    with pytest.raises(ValueError, match=r"can't be written down.*write it with `def`"):
        model.to_json()
    with pytest.warns(UserWarning, match="has the weights only"):
        model.save(path)
    with pytest.raises(ValueError, match=r"has weights only, since .*load_weights"):
        load_model(path)
    kept = model.get_weights()
    model.set_weights([w + 1 for w in kept])
    model.load_weights(path)
    np.testing.assert_array_equal(model.get_weights()[0], kept[0])


def test_a_file_of_something_else_is_refused(tmp_path):
    path = tmp_path / "keras.h5"
    path.write_bytes(b"\x89HDF\r\n\x1a\n" + bytes(100))
    with pytest.raises(ValueError, match=r"safetensors and not HDF5: build the model"):
        load_model(str(path))
    model = Sequential([layers.Dense(1, input_dim=2)])
    model.save_weights(str(tmp_path / "weights"))
    with pytest.raises(ValueError, match="has weights only: build the model"):
        load_model(str(tmp_path / "weights"))


@pytest.mark.parametrize("weights_only", [False, True])
def test_the_checkpoints_of_a_fit_are_models(weights_only, tmp_path):
    model = Sequential([layers.Dense(1, input_dim=2)])
    model.compile("sgd", "mse")
    path = str(tmp_path / "at{epoch}")
    saving = ModelCheckpoint(path, save_weights_only=weights_only)
    model.fit(np.ones((4, 2)), np.ones(4), nb_epoch=2, verbose=0, callbacks=[saving])
    if weights_only:
        model.load_weights(path.format(epoch=1))
    else:
        found = load_model(path.format(epoch=1))
        np.testing.assert_array_equal(found.get_weights()[0], model.get_weights()[0])
