"""Images with the channels first, Theano's order: the same numbers as with the channels last."""

import numpy as np
import pytest

from autodiff.frontends.keras import Sequential, layers
from autodiff.frontends.keras import backend as K
from autodiff.frontends.keras.preprocessing.image import (
    ImageDataGenerator,
    array_to_img,
    img_to_array,
)

MADE = {
    "conv": lambda **order: layers.Convolution2D(
        4, 3, 2, border_mode="same", subsample=(2, 1), activation="relu", **order
    ),
    "transposed": lambda **order: layers.Conv2DTranspose(2, 3, strides=(2, 2), **order),
    "max": lambda **order: layers.MaxPooling2D((2, 3), border_mode="same", **order),
    "mean": lambda **order: layers.AveragePooling2D((2, 2), strides=(1, 1), **order),
    "global max": lambda **order: layers.GlobalMaxPooling2D(**order),
    "global mean": lambda **order: layers.GlobalAveragePooling2D(**order),
    "frame": lambda **order: layers.ZeroPadding2D((1, 2), **order),
    "crop": lambda **order: layers.Cropping2D(((1, 0), (2, 1)), **order),
    "larger": lambda **order: layers.UpSampling2D((2, 3), **order),
    "norm": lambda **order: layers.BatchNormalization(axis=1 if order else -1),
}


@pytest.fixture
def channels_first():
    K.set_image_dim_ordering("th")
    yield
    K.set_image_dim_ordering("tf")


def fitted(layer, x, weights=None):
    """What a layer gives, while training and after, and how a step changes its weights."""
    layer.input_shape = x.shape[1:]
    model = Sequential([layer])
    model.compile("sgd", "mse")
    if weights:
        model.set_weights(weights)
    before, y = model.get_weights(), model.predict(x)
    loss = (model.train_on_batch if before else model.test_on_batch)(x, np.zeros_like(y))
    return before, y, loss, model.get_weights()


@pytest.mark.parametrize("how", ["dim_ordering", "data_format", "set"])
@pytest.mark.parametrize("name", MADE)
def test_the_numbers_are_the_same_in_both_orders(name, how):
    x = np.random.default_rng(1).normal(size=(3, 5, 6, 2)).astype("f")
    before, y, loss, after = fitted(MADE[name](), x)
    order = {"dim_ordering": "th", "data_format": "channels_first", "set": None}[how]
    try:
        if order is None:
            K.set_image_data_format("channels_first")
            assert K.image_dim_ordering() == "th"
        kwargs = {how: order} if order else {}
        made = layers.BatchNormalization(axis=1) if name == "norm" else MADE[name](**kwargs)
        _, turned, own_loss, own_after = fitted(made, x.transpose(0, 3, 1, 2), before)
    finally:
        K.set_image_data_format("channels_last")
    if y.ndim == 4:
        turned = turned.transpose(0, 2, 3, 1)
    np.testing.assert_allclose(turned, y, 1e-5, 1e-6)
    assert own_loss == pytest.approx(loss, rel=1e-5)
    for a, b in zip(own_after, after, strict=True):
        np.testing.assert_allclose(a, b, 1e-4, 1e-6)


def test_layers_along_steps_do_not_turn(channels_first):
    x = np.random.default_rng(1).normal(size=(3, 5, 2)).astype("f")
    model = Sequential([layers.Conv1D(3, 2, input_shape=(5, 2)), layers.MaxPooling1D(2)])
    model.add(layers.GlobalMaxPooling1D())
    assert model.predict(x).shape == (3, 3)


def test_pictures_and_batches_of_them(channels_first):
    image = np.random.default_rng(1).integers(0, 256, (3, 4, 5)).astype("f")
    np.testing.assert_array_equal(img_to_array(array_to_img(image, scale=False)), image)
    batches = ImageDataGenerator(horizontal_flip=True, seed=0, preprocessing_function=lambda x: -x)
    found = next(batches.flow(np.stack([image] * 8), batch_size=8))
    assert found.shape == (8, 3, 4, 5)
    flipped = [np.array_equal(one, -image[:, :, ::-1]) for one in found]
    assert {*flipped} == {True, False}
    assert all(f or np.array_equal(one, -image) for f, one in zip(flipped, found, strict=True))


def test_batches_go_on_and_begin_again_in_the_words_of_keras():
    images, labels = np.arange(20.0).reshape(5, 2, 2, 1), np.arange(5)
    batches = ImageDataGenerator().flow(images, labels, batch_size=2, shuffle=False)
    assert (len(batches), batches.n, batches.batch_size) == (3, 5, 2)
    seen = [batches.next()[1].tolist() for _ in range(4)]
    assert seen == [[0, 1], [2, 3], [4], [0, 1]]
    batches.reset()
    assert next(batches)[1].tolist() == [0, 1]
    assert [y.tolist() for _, (_, y) in zip(range(2), batches)] == [[2, 3], [4]]


def test_what_is_none_of_the_orders_says_so():
    with pytest.raises(ValueError, match=r"tf, channels_last, th, channels_first, not 'theano'"):
        layers.Convolution2D(2, 3, 3, dim_ordering="theano")
    with pytest.raises(ValueError, match=r"fill_mode is one of nearest, wrap, and 'reflect'"):
        ImageDataGenerator(fill_mode="reflect")
