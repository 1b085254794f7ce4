"""Keras of early 2017: models are trained on digits, in its own words."""

import contextlib
import io

import numpy as np
import pytest
from sklearn.datasets import load_digits

from autodiff.frontends import tensorflow as tf
from autodiff.frontends.keras import callbacks, optimizers
from autodiff.frontends.keras.layers import (
    Activation,
    AveragePooling2D,
    BatchNormalization,
    Conv2D,
    Convolution2D,
    Dense,
    Dropout,
    Embedding,
    Flatten,
    Input,
    Lambda,
    MaxPooling2D,
    Reshape,
    merge,
)
from autodiff.frontends.keras.models import Model, Sequential
from autodiff.frontends.keras.utils import to_categorical

X, LABELS = load_digits(return_X_y=True)
X = X / 16.0
Y = to_categorical(LABELS)
TRAIN, TEST = slice(0, 1400), slice(1400, None)


@pytest.fixture(autouse=True)
def fresh_graph():
    tf.reset_default_graph()
    tf.set_random_seed(1)


def small():
    model = Sequential()
    model.add(Dense(output_dim=32, input_dim=64))
    model.add(Activation("relu"))
    model.add(Dense(output_dim=10))
    model.add(Activation("softmax"))
    return model


def test_the_example_of_the_documentation_learns_digits():
    model = small()
    model.compile(loss="categorical_crossentropy", optimizer="sgd", metrics=["accuracy"])
    before = model.evaluate(X[TEST], Y[TEST], verbose=0)
    history = model.fit(X[TRAIN], Y[TRAIN], nb_epoch=20, batch_size=16, verbose=0)
    loss, acc = model.evaluate(X[TEST], Y[TEST], batch_size=32, verbose=0)
    classes = model.predict_classes(X[TEST], batch_size=32)
    proba = model.predict_proba(X[TEST], batch_size=32)
    assert before[1] < 0.3
    assert acc > 0.85
    assert acc == pytest.approx(np.mean(classes == LABELS[TEST]), abs=1e-6)
    assert loss == pytest.approx(-np.mean(np.log(np.sum(proba * Y[TEST], -1))), rel=1e-5)
    assert history.epoch == list(range(20))
    assert set(history.history) == {"loss", "acc"}
    assert history.history["loss"][-1] < 0.5 * history.history["loss"][0]


def test_a_conv_net_with_dropout_and_batch_normalization():
    model = Sequential([
        Reshape((8, 8, 1), input_dim=64),
        Convolution2D(8, 3, 3, border_mode="same", activation="relu"),
        BatchNormalization(momentum=0.9),
        MaxPooling2D(pool_size=(2, 2)),
        Dropout(0.25),
        Flatten(),
        Dense(10, activation="softmax"),
    ])  # fmt: skip
    model.compile("adam", "sparse_categorical_crossentropy", metrics=["accuracy"])
    history = model.fit(X[TRAIN], LABELS[TRAIN], 32, 8, verbose=0, validation_split=0.1)
    assert set(history.history) == {"loss", "acc", "val_loss", "val_acc"}
    assert model.evaluate(X[TEST], LABELS[TEST], verbose=0)[1] > 0.85
    assert np.array_equal(model.predict(X[:50]), model.predict(X[:50]))  # no dropout here


def test_layers_give_the_numbers_of_numpy():
    x = np.random.default_rng(0).normal(size=(6, 8, 8, 2)).astype("f")
    model = Sequential(
        [AveragePooling2D(2, input_shape=(8, 8, 2)), Flatten(), Dense(3, activation="tanh")]
    )
    pooled = x.reshape(6, 4, 2, 4, 2, 2).mean((2, 4)).reshape(6, -1)
    W, b = model.get_weights()
    np.testing.assert_allclose(model.predict(x), np.tanh(pooled @ W + b), rtol=1e-5)


def test_batch_normalization_follows_the_moments():
    x = np.random.default_rng(0).normal([3.0, -1.0], [2.0, 0.5], size=(2000, 2))
    model = Sequential([BatchNormalization(epsilon=1e-5, momentum=0.9, input_dim=2)])
    model.compile(optimizers.SGD(lr=0.0), "mse")
    model.fit(x, np.zeros_like(x), batch_size=100, nb_epoch=8, verbose=0)
    _, _, mean, variance = model.get_weights()
    np.testing.assert_allclose(mean, [3.0, -1.0], atol=0.15)
    np.testing.assert_allclose(variance, [4.0, 0.25], rtol=0.15)
    assert np.allclose(model.predict(x).mean(0), 0, atol=0.1)


def test_functional_models_share_layers():
    left, right = Input(shape=(4,)), Input(shape=(4,))
    shared = Dense(3)
    both = merge([shared(left), shared(right)], mode="concat")
    model = Model(input=[left, right], output=Dense(1)(both))
    assert model.count_params() == 4 * 3 + 3 + 6 + 1
    encoder = Model(left, shared(left))
    model.compile(optimizers.Adam(lr=0.02), "mse")
    rng = np.random.default_rng(0)
    a, b = rng.normal(size=(200, 4)), rng.normal(size=(200, 4))
    before = encoder.predict(a)
    history = model.fit([a, b], (a.sum(1) - b.sum(1))[:, None], nb_epoch=60, verbose=0)
    assert history.history["loss"][-1] < 0.3 * history.history["loss"][0]
    assert not np.allclose(encoder.predict(a), before)
    with pytest.raises(ValueError, match="has 2 inputs; got 1"):
        model.predict(a)


@pytest.mark.parametrize(
    ("mode", "expected"), [("sum", 5.0), ("mul", 6.0), ("ave", 2.5), ("max", 3.0)]
)
def test_merge(mode, expected):
    a, b = Input(shape=(2,)), Input(shape=(2,))
    model = Model([a, b], merge([a, b], mode=mode))
    assert model.predict([np.full((1, 2), 2.0), np.full((1, 2), 3.0)]).tolist() == [[expected] * 2]


def test_embedding():
    model = Sequential(
        [Embedding(20, 4, input_length=3), Flatten(), Dense(1, activation="sigmoid")]
    )
    model.compile("adam", "binary_crossentropy", ["accuracy"])
    words = np.random.default_rng(0).integers(0, 20, (400, 3))
    history = model.fit(words, (words[:, :1] < 10) * 1.0, nb_epoch=30, verbose=0)
    assert history.history["acc"][-1] > 0.95


@pytest.mark.parametrize("name", [*optimizers.BY_NAME])
def test_optimizers_by_name(name):
    model = small()
    model.compile(name, "mse")
    history = model.fit(X[:300], Y[:300], nb_epoch=4, verbose=0)
    assert history.history["loss"][-1] < history.history["loss"][0]


def test_decay_and_schedule():
    model = Sequential([Dense(1, bias=False, init="zero", input_dim=1)])
    model.compile(optimizers.SGD(lr=0.5, decay=1.0), "mse")
    x, y = np.ones((4, 1)), np.ones((4, 1))
    w = 0.0
    for step in range(3):
        model.train_on_batch(x, y)
        w -= 0.5 / (1 + step) * 2 * (w - 1)
        assert model.get_weights()[0][0, 0] == pytest.approx(w, rel=1e-6)
    plain = Sequential([Dense(1, bias=False, init="zero", input_dim=1)])
    plain.compile(optimizers.SGD(lr=9.0), "mse")
    plain.fit(
        x,
        y,
        nb_epoch=2,
        verbose=0,
        callbacks=[callbacks.LearningRateScheduler(lambda e: [0.25, 0.0][e])],
    )
    assert plain.get_weights()[0][0, 0] == 0.5


def test_regularizer_adds_to_the_loss():
    from autodiff.frontends.keras import l1, l2

    model = Sequential(
        [
            Dense(2, init="one", W_regularizer=l2(0.1), input_dim=3),
            Dense(1, W_regularizer=l1(1.0), init="one"),
        ]
    )
    model.compile("sgd", "mse")
    x = np.zeros((5, 3))
    assert model.evaluate(x, np.zeros((5, 1)), verbose=0) == pytest.approx(0.1 * 6 + 2.0)


def test_a_regularizer_by_its_name():
    model = Sequential([Dense(2, init="one", W_regularizer="l2", input_dim=3)])
    model.compile("sgd", "mse")
    assert model.evaluate(np.zeros((5, 3)), np.zeros((5, 2)), verbose=0) == pytest.approx(0.06)
    with pytest.raises(ValueError, match="the regularizer 'l3' is not known; choose from l1, l2"):
        Sequential([Dense(2, W_regularizer="l3", input_dim=3)])


def test_callbacks_history_early_stopping_and_checkpoints(tmp_path, capsys):
    seen = []
    model = small()
    model.compile("adam", "categorical_crossentropy", ["accuracy"])
    stop = callbacks.EarlyStopping("val_loss", min_delta=10.0, patience=1, verbose=1)
    best = callbacks.ModelCheckpoint(
        str(tmp_path / "w.{epoch:02d}"), save_best_only=True, save_weights_only=True
    )
    look = callbacks.LambdaCallback(on_epoch_end=lambda epoch, logs: seen.append(logs["val_acc"]))
    history = model.fit(
        X[:400],
        Y[:400],
        nb_epoch=20,
        validation_data=(X[TEST], Y[TEST]),
        verbose=0,
        callbacks=[stop, best, look],
    )
    assert stop.stopped_epoch == 2
    assert "epoch 3: val_loss gets no better, early stopping" in capsys.readouterr().out
    assert seen == history.history["val_acc"]
    saved = model.get_weights()
    loss = history.history["val_loss"][0]
    other = small()
    other.compile("adam", "categorical_crossentropy")
    other.load_weights(str(tmp_path / "w.00"))
    assert other.evaluate(X[TEST], Y[TEST], verbose=0) == pytest.approx(loss, rel=1e-5)
    other.set_weights(saved)
    assert all(np.array_equal(a, b) for a, b in zip(other.get_weights(), saved))
    with pytest.raises(ValueError, match=r"watches 'val_loss', but an epoch has only loss, acc"):
        model.fit(X[:50], Y[:50], nb_epoch=1, verbose=0, callbacks=[callbacks.EarlyStopping()])


def test_tensorboard_shows_the_history(tmp_path):
    from tensorboard.backend.event_processing.event_accumulator import EventAccumulator

    model = small()
    model.compile("sgd", "categorical_crossentropy", ["accuracy"])
    board = callbacks.TensorBoard(str(tmp_path))
    history = model.fit(X[:100], Y[:100], nb_epoch=3, verbose=0, callbacks=[board])
    found = EventAccumulator(str(tmp_path)).Reload()
    read = [(event.step, event.value) for event in found.Scalars("acc")]
    assert read == [(i, pytest.approx(v)) for i, v in enumerate(history.history["acc"])]
    assert any("dense_1" in node.name for node in found.Graph().node)


def test_the_seed_of_the_graph_repeats_a_whole_run():
    def losses(seed):
        with tf.Graph().as_default():
            tf.set_random_seed(seed)
            model = Sequential(
                [
                    Dense(16, input_dim=64, activation="relu"),
                    Dropout(0.5),
                    Dense(10, activation="softmax"),
                ]
            )
            model.compile("adam", "categorical_crossentropy")
            return model.fit(X[:200], Y[:200], nb_epoch=2, verbose=0).history["loss"]

    assert losses(3) == losses(3)
    assert losses(3) != losses(4)


def test_progress_and_summary(capsys):
    model = small()
    model.compile("sgd", "categorical_crossentropy", ["accuracy"])
    model.fit(X[:64], Y[:64], nb_epoch=1, verbose=1)
    assert "epoch 1/1: 100%" in capsys.readouterr().err
    model.fit(X[:64], Y[:64], epochs=1, verbose=2)
    assert "epoch 1/1  loss: " in capsys.readouterr().out
    with contextlib.redirect_stdout(io.StringIO()) as shown:
        model.summary()
    assert "dense_1 (Dense)" in shown.getvalue()
    assert "2,410 weights" in shown.getvalue()


def test_spellings_of_keras_2():
    model = Sequential([
        Conv2D(filters=4, kernel_size=(3, 2), strides=2, padding="same", input_shape=(8, 8, 1)),
        Dropout(rate=0.5), Lambda(lambda x: x * 2), Flatten(), Dense(units=3),
    ])  # fmt: skip
    assert model.predict(np.ones((2, 8, 8, 1))).shape == (2, 3)
    assert Conv2D(4, (3, 3)).kernel == Conv2D(4, 3, 3).kernel == (3, 3)


def test_a_model_is_a_graph_that_can_be_differentiated():
    model = small()
    slopes = tf.gradients(model.output[:, 3], model.inputs[0])[0]
    found = model.backend.run(slopes, {model.inputs[0]: X[:2]})
    away = 1e-3 * np.random.default_rng(0).normal(size=(2, 64))
    change = (model.predict(X[:2] + away) - model.predict(X[:2] - away))[:, 3] / 2
    np.testing.assert_allclose(np.sum(found * away, 1), change, rtol=1e-2)
    assert {"dense_1/W", "dense_2/MatMul"} <= {
        op.name for op in model.output.graph.get_operations()
    }


def compiled(loss="categorical_crossentropy"):
    model = small()
    model.compile("sgd", loss)
    return model


WRONG = {
    "no input shape": (lambda: Sequential([Dense(3)]), ValueError, "input_shape="),
    "activation": (lambda: Activation("rely"), ValueError, "'rely' is not known; choose from linear, relu"),
    "loss": (lambda: small().compile("sgd", "crossentropy"), ValueError, "the loss 'crossentropy'"),
    "optimizer": (lambda: small().compile("sdg", "mse"), ValueError, "one of sgd, rmsprop"),
    "metric": (lambda: small().compile("sgd", "mse", ["f1"]), ValueError, "'f1' is not known"),
    "not compiled": (lambda: small().fit(X, Y), RuntimeError, r"model.compile\("),
    "class numbers": (lambda: compiled().fit(X, LABELS), ValueError, "to_categorical"),
    "features": (lambda: compiled().predict(X[:, :5]), ValueError, r"input_1 takes shape \(\?, 64\)"),
    "lengths": (lambda: compiled().fit(X, Y[:10]), ValueError, "1797, 10 examples"),
    "dense on images": (lambda: Sequential([Dense(3, input_shape=(8, 8, 1))]), ValueError, r"Flatten\(\)"),
    "conv on rows": (lambda: Sequential([Convolution2D(3, 2, 2, input_dim=64)]), ValueError, "Reshape"),
    "two spellings": (lambda: Dense(3, units=4), TypeError, "output_dim or units, exactly one"),
    "arrays": (lambda: Dense(3)(X), TypeError, "called on tensors"),
    "no layer": (
        lambda: Model(x := Input(shape=(3,)), tf.nn.relu(Dense(2)(x))), ValueError, "Lambda"
    ),
    "weights": (lambda: small().set_weights([1.0]), ValueError, "has 4 weights; got 1"),
    "callback": (lambda: callbacks.LambdaCallback(on_epoch=print), TypeError, "on_epoch_end"),
}  # fmt: skip


@pytest.mark.parametrize("name", WRONG)
def test_says_what_to_write(name):
    call, error, message = WRONG[name]
    with pytest.raises(error, match=message):
        call()
