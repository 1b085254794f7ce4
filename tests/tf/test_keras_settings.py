"""What a program of Keras asks for is what it gets: settings that once had no effect.

The truth is NumPy's, or what Keras' sources say.
"""

import numpy as np
import pytest

from autodiff.frontends import tensorflow as tf
from autodiff.frontends.keras import backend as K
from autodiff.frontends.keras import initializers
from autodiff.frontends.keras.callbacks import TensorBoard
from autodiff.frontends.keras.datasets import boston_housing, files, imdb, mnist, reuters
from autodiff.frontends.keras.layers import Dense
from autodiff.frontends.keras.models import Sequential


@pytest.fixture(autouse=True)
def fresh():
    """A graph of its own."""
    K.clear_session()


@pytest.mark.parametrize("name", ["Orthogonal", "glorot_uniform", "he_normal", "RandomNormal"])
def test_a_seed_draws_the_same_numbers_again(name):
    make = getattr(initializers, name)
    draw = lambda seed: K.eval(tf.Variable(make(seed=seed)([3, 3])).initialized_value())
    assert np.allclose(draw(1), draw(1))
    assert not np.allclose(draw(1), draw(2))


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("draw", [K.random_normal, K.random_uniform, K.random_binomial])
def test_what_is_drawn_has_the_dtype_asked_for(draw, dtype):
    assert K.eval(draw((2, 3), dtype=dtype)).dtype == dtype


def one_layer():
    """A model of one layer."""
    model = Sequential([Dense(2, input_dim=3)])
    model.compile("sgd", "mse")
    return model


@pytest.mark.parametrize("way", ["save", "save_weights"])
def test_a_file_is_written_again_only_where_that_is_allowed(tmp_path, way):
    model, path = one_layer(), str(tmp_path / "file")
    save = getattr(model, way)
    save(path, overwrite=False)
    save(path)
    with pytest.raises(FileExistsError, match="overwrite=False"):
        save(path, overwrite=False)


@pytest.mark.parametrize("graph", [True, False])
def test_the_graph_is_in_the_event_file_where_asked(tmp_path, graph):
    board = TensorBoard(str(tmp_path), write_graph=graph)
    x = np.ones((4, 3))
    one_layer().fit(x, x[:, :2], nb_epoch=1, verbose=0, callbacks=[board])
    (file,) = tmp_path.iterdir()
    assert (b"MatMul" in file.read_bytes()) == graph


def written(path, data):
    """A data set in a file of a program's own."""
    x = np.arange(20)
    if data in (imdb, reuters):
        x = np.empty(20, object)
        x[:] = [[i, i + 1] for i in range(20)]
    names = {"x": x, "y": np.arange(20)} if data is not mnist else {
        f"{kind}_{part}": np.arange(20) for kind in "xy" for part in ("train", "test")
    }  # fmt: skip
    if data is imdb:
        names = {f"{kind}_{part}": names[kind] for kind in "xy" for part in ("train", "test")}
    np.savez(path, **names)
    return str(path)


@pytest.mark.parametrize("data", [mnist, boston_housing, imdb, reuters])
def test_a_data_set_is_read_where_the_path_says(tmp_path, data):
    (_, y), (_, y_test) = data.load_data(written(tmp_path / "own.npz", data))
    assert sorted({*y, *y_test}) == list(range(20))
    with pytest.raises(files.DataError, match=r"other\.npz"):
        data.load_data(str(tmp_path / "other.npz"))


@pytest.mark.parametrize("data", [boston_housing, imdb, reuters])
def test_examples_are_shuffled_by_the_seed(tmp_path, data):
    path = written(tmp_path / "own.npz", data)
    first, again, other = (data.load_data(path, seed=seed)[0] for seed in (1, 1, 2))
    assert (first[1] == again[1]).all()
    assert not (first[1] == other[1]).all()
    if data is imdb:  # each example keeps its label: 1 marks the start, ranks begin at 3
        assert [x[1] - 3 for x in first[0]] == first[1].tolist()


@pytest.mark.parametrize(
    ("call", "name"),
    [
        (lambda: one_layer().load_weights("file", by_name=True), "by_name"),
        (lambda: K.placeholder((2, 3), sparse=True), "sparse"),
        (lambda: TensorBoard(write_images=True), "write_images"),
        (lambda: K.pool2d(K.zeros((1, 4, 4, 1)), (2, 2), pool_mode="sum"), "pool_mode='sum'"),
    ],
)
def test_what_would_change_a_result_is_refused_by_its_name(call, name):
    with pytest.raises((TypeError, ValueError), match=name):
        call()
