"""What Keras' own examples of 2016 and 2017 write: modules as they were, layers along time, K."""

import numpy as np
import pytest

from autodiff.frontends import tensorflow as tf
from autodiff.frontends.keras import backend as K
from autodiff.frontends.keras import layers
from autodiff.frontends.keras.layers import recurrent
from autodiff.frontends.keras.models import Model, Sequential
from autodiff.frontends.keras.preprocessing.image import ImageDataGenerator
from autodiff.frontends.keras.preprocessing.sequence import pad_sequences
from autodiff.frontends.keras.preprocessing.text import Tokenizer
from autodiff.frontends.keras.utils.np_utils import to_categorical
from autodiff.frontends.keras.wrappers.scikit_learn import KerasClassifier
from autodiff.frontends.run import standing_in

rng = np.random.default_rng(4)
X = rng.normal(size=(6, 5, 3)).astype(np.float32)


def sigmoid_hard(x):
    return np.clip(0.2 * x + 0.5, 0, 1)


def along(name, weights, x):
    """Keras 1's formulas (keras/layers/recurrent.py of 1.1), gate by gate."""
    parts = [weights[i : i + 3] for i in range(0, len(weights), 3)]
    h = c = np.zeros((len(x), parts[0][0].shape[1]))
    found = []
    for time in range(x.shape[1]):
        own = [x[:, time] @ w + b for w, _, b in parts]
        of = [u for _, u, _ in parts]
        if name == "SimpleRNN":
            h = np.tanh(own[0] + h @ of[0])
        elif name == "GRU":
            z, r = (sigmoid_hard(own[i] + h @ of[i]) for i in (0, 1))
            h = z * h + (1 - z) * np.tanh(own[2] + (r * h) @ of[2])
        else:
            i, f, o = (sigmoid_hard(own[k] + h @ of[k]) for k in (0, 2, 3))
            c = f * c + i * np.tanh(own[1] + h @ of[1])
            h = o * np.tanh(c)
        found.append(h)
    return np.stack(found, 1)


@pytest.mark.parametrize("name", ["SimpleRNN", "GRU", "LSTM"])
def test_recurrent_layers_follow_kerass_formulas(name):
    layer = getattr(recurrent, name)(4, return_sequences=True, input_shape=(5, 3))
    model = Sequential([layer])
    model.set_weights([rng.normal(size=w.shape) for w in model.get_weights()])
    expected = along(name, model.get_weights(), X)
    np.testing.assert_allclose(model.predict(X), expected, rtol=1e-4, atol=1e-5)
    last = Sequential([getattr(recurrent, name)(4, input_dim=3, input_length=5)])
    last.set_weights(model.get_weights())
    np.testing.assert_allclose(last.predict(X), expected[:, -1], rtol=1e-4, atol=1e-5)
    back = Sequential([getattr(recurrent, name)(4, go_backwards=True, input_shape=(5, 3))])
    back.set_weights(model.get_weights())
    turned = along(name, model.get_weights(), X[:, ::-1])[:, -1]
    np.testing.assert_allclose(back.predict(X), turned, rtol=1e-4, atol=1e-5)


def test_a_stateful_layer_goes_on_until_it_is_reset():
    model = Sequential([recurrent.SimpleRNN(2, stateful=True, batch_input_shape=(6, 5, 3))])
    whole = along("SimpleRNN", model.get_weights(), np.concatenate([X, X], 1))
    np.testing.assert_allclose(model.predict(X, batch_size=6), whole[:, 4], rtol=1e-4, atol=1e-5)
    np.testing.assert_allclose(model.predict(X, batch_size=6), whole[:, 9], rtol=1e-4, atol=1e-5)
    model.reset_states()
    np.testing.assert_allclose(model.predict(X, batch_size=6), whole[:, 4], rtol=1e-4, atol=1e-5)
    with pytest.raises(ValueError, match="batch_input_shape"):
        Sequential([recurrent.GRU(2, stateful=True, input_shape=(5, 3))])


def test_both_directions_and_every_step():
    model = Sequential(
        [layers.Bidirectional(layers.GRU(2, return_sequences=True), input_shape=(5, 3))]
    )
    model.add(layers.TimeDistributed(layers.Dense(4)))
    model.compile("rmsprop", "mse")
    assert model.predict(X).shape == (6, 5, 4)
    before = model.get_weights()
    model.fit(X, np.zeros((6, 5, 4)), nb_epoch=1, verbose=0)
    assert len(before) == 20
    assert all(not np.array_equal(a, b) for a, b in zip(before, model.get_weights(), strict=True))


def test_a_model_is_called_and_shares_its_weights():
    base = Sequential([layers.Dense(3, input_shape=(4,), activation="relu")])
    one, other = layers.Input(shape=(4,)), layers.Input(shape=(4,))
    distance = layers.Lambda(
        lambda v: K.sqrt(K.sum(K.square(v[0] - v[1]), axis=1, keepdims=True)),
        output_shape=lambda shapes: (shapes[0][0], 1),
    )([base(one), base(other)])
    model = Model([one, other], distance)
    assert len(model.trainable_weights) == 2
    a = rng.normal(size=(5, 4))
    np.testing.assert_allclose(model.predict([a, a]), 0, atol=1e-6)


def test_a_layer_that_changes_nothing_hides_no_layer_before_it():
    model = Sequential([layers.Dense(1, input_dim=3), layers.Activation("linear")])
    model.add(layers.Lambda(lambda x: x))
    assert len(model.layers) == 3
    model.compile("sgd", "mse")
    model.fit(np.ones((4, 3)), np.ones(4), nb_epoch=1, verbose=0)  # (n,) where (n, 1) is meant


def test_a_model_is_fitted_twice_and_frozen_when_it_is_compiled():
    model = Sequential([layers.Dense(2, input_dim=3)])
    model.compile("sgd", "mse")
    model.trainable = False
    before = model.get_weights()
    for _ in range(2):
        model.fit(X[:, 0], np.zeros((6, 2)), nb_epoch=1, verbose=0)
    assert not np.array_equal(before[0], model.get_weights()[0])
    model.compile("sgd", "mse")
    assert model.trainable_weights == []


def test_several_outputs_with_weights_of_their_losses():
    x = layers.Input(shape=(3,))
    one, other = layers.Dense(1, name="one")(x), layers.Dense(1, name="other")(x)
    model = Model(x, [one, other])
    model.compile("sgd", ["mse", "mae"], loss_weights=[1.0, 0.5])
    y = np.zeros((6, 1))
    total, first, second = model.evaluate(X[:, 0], [y, y], verbose=0)
    assert total == pytest.approx(first + 0.5 * second, rel=1e-5)
    assert model.metrics_names == ["loss", "one_loss", "other_loss"]
    assert [p.shape for p in model.predict(X[:, 0])] == [(6, 1), (6, 1)]


def test_weights_of_examples_and_classes():
    model = Sequential([layers.Dense(1, input_dim=1, bias=False)])
    model.compile("sgd", "mse")
    model.set_weights([np.ones((1, 1))])
    x, y = np.array([[1.0], [2.0]]), np.zeros(2)
    assert model.evaluate(x, y, verbose=0, sample_weight=[1.0, 0.0]) == pytest.approx(1.0)
    assert model.evaluate(x, y, verbose=0) == pytest.approx(2.5)


def test_spellings_of_keras_2():
    with standing_in("tensorflow"):
        from keras import initializers
        from keras.layers import Conv1D, Dense, GlobalMaxPooling1D
    model = Sequential()
    model.add(Conv1D(4, 3, padding="same", activation="relu", input_shape=(5, 3)))
    model.add(GlobalMaxPooling1D())
    start = initializers.RandomNormal(stddev=0.1)
    model.add(Dense(units=2, use_bias=False, kernel_initializer=start))
    model.compile("adam", "mse")
    model.fit(X, np.zeros((6, 2)), epochs=1, verbose=0)
    assert len(model.layers[-1].get_weights()) == 1


def test_an_initialization_of_one_s_own_with_a_name():
    from autodiff.frontends.keras.initializations import normal

    model = Sequential()
    model.add(
        layers.Dense(2, init=lambda shape, name: normal(shape, scale=0.001, name=name), input_dim=3)
    )
    assert abs(model.get_weights()[0]).max() < 0.1


def test_a_batch_of_fixed_size_is_that_of_a_step_and_not_of_all_data():
    model = Sequential([recurrent.GRU(2, stateful=True, batch_input_shape=(3, 5, 3))])
    assert model.predict(X, batch_size=3).shape == (6, 2)


def test_constraints_hold_after_each_step():
    model = Sequential([layers.Dense(2, input_dim=3, W_constraint="nonneg")])
    model.compile(loss="mse", optimizer="sgd")
    model.fit(X[:, 0], -np.ones((6, 2)), nb_epoch=3, verbose=0)
    assert (model.get_weights()[0] >= 0).all()


def test_batches_of_a_generator():
    images = rng.random((8, 4, 4, 1))
    model = Sequential(
        [layers.Flatten(input_shape=(4, 4, 1)), layers.Dense(2, activation="softmax")]
    )
    model.compile("sgd", "categorical_crossentropy", metrics=["accuracy"])
    made = ImageDataGenerator(horizontal_flip=True, width_shift_range=0.2, seed=1)
    batches = made.flow(images, to_categorical([0, 1] * 4), batch_size=4)
    history = model.fit_generator(batches, samples_per_epoch=8, nb_epoch=2, verbose=0)
    assert len(history.history["acc"]) == 2
    model.fit_generator(batches, steps_per_epoch=2, epochs=1, verbose=0)
    with pytest.raises(ValueError, match="rotation"):
        ImageDataGenerator(rotation_range=10)


def test_what_comes_before_a_model():
    assert pad_sequences([[1, 2, 3], [4]], 2).tolist() == [[2, 3], [0, 4]]
    words = Tokenizer(nb_words=3)
    words.fit_on_texts(["a b a", "a c"])
    assert words.word_index == {"a": 1, "b": 2, "c": 3}
    assert words.texts_to_sequences(["c a b"]) == [[1, 2]]
    assert words.sequences_to_matrix([[1, 1, 2]], "count").tolist() == [[0, 2, 1]]


def test_the_wrapper_of_scikit_learn():
    def build(width=4):
        model = Sequential(
            [layers.Dense(width, input_dim=2), layers.Dense(2, activation="softmax")]
        )
        model.compile("sgd", "categorical_crossentropy")
        return model

    found = KerasClassifier(build, width=3, nb_epoch=1, verbose=0)
    found.fit(rng.normal(size=(6, 2)), np.array([3, 5, 3, 5, 3, 5]))
    assert set(found.predict(rng.normal(size=(4, 2)))) <= {3, 5}
    assert found.predict_proba(np.zeros((1, 2))).shape == (1, 2)


def test_functions_of_arrays():
    x = K.placeholder(shape=(None, 2))
    y = K.function([x, K.learning_phase()], [K.sum(x, axis=1), K.in_train_phase(x * 2, x)])
    total, same = y([np.array([[1.0, 2.0]]), 0])
    assert total.tolist() == [3.0]
    assert same.tolist() == [[1.0, 2.0]]
    assert y([np.array([[1.0, 2.0]]), 1])[1].tolist() == [[2.0, 4.0]]
    v = K.variable(np.ones(2))
    K.set_value(v, [3.0, 4.0])
    assert K.get_value(v).tolist() == [3.0, 4.0]


def test_what_is_not_here_says_so():
    with pytest.raises(AttributeError, match="keras has no 'applicationz'"):
        _ = tf and __import__("autodiff.frontends.keras", fromlist=["keras"]).applicationz


def test_losses_that_are_added_to_a_model_stand_alone_or_beside_others():
    from autodiff.frontends.keras import backend as K
    from autodiff.frontends.keras.layers import Dense, Input, InputLayer
    from autodiff.frontends.keras.models import Model, Sequential

    x = Input(shape=(3,))
    y = Dense(2, kernel_initializer="ones", use_bias=False)(x)
    model = Model(x, y)
    with pytest.raises(ValueError, match=r"needs a loss, or model.add_loss"):
        model.compile("sgd")
    with pytest.raises(ValueError, match=r"write K.mean\(loss\)"):
        model.add_loss(K.sum(y, axis=-1))
    model.add_loss(K.mean(K.square(y)))
    model.compile("sgd")
    data = np.ones((4, 3))
    assert model.evaluate(data, None, verbose=0) == pytest.approx(9)
    found = model.fit(data, epochs=3, shuffle=True, validation_data=(data, None), verbose=0)
    assert found.history["loss"][0] == pytest.approx(9)
    assert found.history["val_loss"][-1] < 9

    both = Model(x, y)
    both.add_loss(2 * K.mean(y))
    both.compile("sgd", "mse")
    before = model.predict(data).mean()
    assert both.evaluate(data, np.zeros((4, 2)), verbose=0) == pytest.approx(before**2 + 2 * before)

    first = Sequential([InputLayer(batch_input_shape=(1, 5)), Dense(2)])
    assert first.predict(np.ones((1, 5))).shape == (1, 2)


def test_a_layer_of_ones_own_in_the_words_of_keras_2():
    from autodiff.frontends.keras import backend as K
    from autodiff.frontends.keras.engine.topology import Layer
    from autodiff.frontends.keras.models import Sequential

    class Scaled(Layer):
        def build(self, input_shape):
            self.factor = self.add_weight(shape=[input_shape[-1]], initializer="ones", name="f")
            super().build(input_shape)

        def call(self, x):
            self.add_loss(K.sum(self.factor))
            return x * self.factor

    model = Sequential([Scaled(input_shape=(3,))])
    model.compile("sgd", "mse")
    assert model.evaluate(np.ones((2, 3)), np.ones((2, 3)), verbose=0) == pytest.approx(3)


def test_constants_of_the_backend_have_the_float_type_of_keras():
    from autodiff.frontends.keras import backend as K

    assert K.constant(np.ones(3)).dtype == K.constant(1).dtype == np.float32
    assert K.constant([1, 2], dtype="int32").dtype == np.int32


def test_products_of_examples_with_fewer_axes_and_maps_of_the_backend():
    from autodiff.frontends.keras import backend as K

    rng = np.random.default_rng(0)
    x, w = rng.normal(size=(2, 3, 4)).astype("f4"), rng.normal(size=(2, 3, 5, 4)).astype("f4")
    found = K.eval(K.batch_dot(K.constant(x), K.constant(w), [2, 3]))  # a capsule's prediction
    assert np.allclose(found, np.einsum("nid,niod->nio", x, w), atol=1e-5)
    same = K.eval(K.batch_dot(K.constant(x), K.constant(x), [2, 2]))
    assert np.allclose(same, x @ x.swapaxes(1, 2), atol=1e-5)
    doubled = K.eval(K.map_fn(lambda row: 2 * row, K.constant(x)))
    assert np.allclose(doubled, 2 * x)
    assert np.allclose(K.eval(K.foldl(lambda a, b: a + b, K.constant(x))), x.sum(0), atol=1e-6)
    assert np.allclose(K.eval(K.foldr(lambda a, b: a - b, K.constant(x))), x[1] - x[0], atol=1e-6)
    rows = K.one_hot(K.constant([0, 2], dtype="int32"), num_classes=3)
    assert K.eval(rows).tolist() == [[1, 0, 0], [0, 0, 1]]


def test_metrics_are_given_for_each_output_by_name():
    from autodiff.frontends.keras.layers import Dense, Input
    from autodiff.frontends.keras.models import Model

    x = Input(shape=(3,))
    model = Model(x, [Dense(2, name="one")(x), Dense(1, name="two")(x)])
    model.compile("sgd", "mse", metrics={"one": "accuracy", "two": ["mae"]})
    assert [n for n in model.metrics_names if "loss" not in n] == [
        "one_acc",
        "two_mean_absolute_error",
    ]
    with pytest.raises(ValueError, match=r"metrics of \['three'\]; the outputs are"):
        model.compile("sgd", "mse", metrics={"three": "accuracy"})
