"""One MLP in every style of the lecture: same weights, same batches, the same losses to 1e-12.

x W1 + b1, tanh, W2 + b2, softmax, cross-entropy, and 50 steps of gradient descent, written as each
system's own programs write it; and what lesson 12 says about the styles, which is measured.
"""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

import autodiff as ad
import autodiff.frontends
from autodiff.examples.one_network import (
    SLIDE,
    STYLES,
    Problem,
    habits,
    measuring,
    pictures,
    programs,
    rates,
)
from autodiff.examples.one_network.branching import BRANCHES
from autodiff.examples.one_network.page import program

PROBLEM = Problem.small()


def losses(name, problem):
    step, _ = STYLES[name](problem)
    return np.array([float(step(*batch)) for batch in problem.batches])


@pytest.mark.parametrize("name", STYLES)
def test_one_network_has_the_same_losses_in_every_style(name):
    expected = list(PROBLEM.by_hand())
    np.testing.assert_allclose(losses(name, PROBLEM), expected, rtol=0, atol=1e-12)
    assert len(expected) == 50
    assert np.ptp(expected) > 0.05


def test_another_rate_is_another_curve():
    expected = list(PROBLEM.by_hand())
    found = losses("ad.grad", replace(PROBLEM, rate=PROBLEM.rate * 1.001))
    assert np.abs(found - expected).max() > 1e-6


def test_the_slide_names_ten_and_each_is_at_most_15_lines_of_python():
    assert len(SLIDE) == 10
    for name, style in STYLES.items():
        text = len(measuring.CAFFE.splitlines()) if name == "Caffe" else 0
        assert measuring.lines(style) - text <= 15, name
        assert len([x for x in program(name).splitlines() if x.strip()]) == measuring.lines(style)


def test_when_a_wrong_shape_is_seen():
    wrong = PROBLEM.with_wrong_weight(), PROBLEM.with_wrong_batch()
    found = {n: [measuring.outcome(s, p).when for p in wrong] for n, s in STYLES.items()}
    by_run = {name for name, (weight, _) in found.items() if weight == "run"}
    assert by_run == {"Theano", "chainer", "ad.grad", "ad.Tensor"}
    assert {batch for _, batch in found.values()} == {"run"}
    assert measuring.outcome(STYLES["Theano"], PROBLEM).when == "never"
    told = measuring.outcome(STYLES["neon"], wrong[1]).words
    assert "takes 6 features" in told
    assert "(7, 20)" in told
    told = measuring.outcome(STYLES["Torch"], wrong[1]).words
    assert "takes 6 numbers a row" in told
    assert "styles.py" in told


def test_what_becomes_of_an_if():
    found = {name: ask() for name, ask in BRANCHES.items()}
    assert {n for n, a in found.items() if a == "right"} == {
        "Torch",
        "chainer",
        "ad.grad",
        "ad.Tensor",
    }
    assert found["neon"] == "WRONG"
    assert found["TensorFlow"] == found["Theano"] == found["CNTK"] == "refused"


def test_every_style_has_a_picture_by_the_one_visualizer():
    shown = str(pictures(Problem.random(2, 2, 3, 2, 1, 0)))
    assert all(f"{name}:" in shown for name in STYLES)
    assert "tanh" in shown
    assert "<img" in pictures(PROBLEM, "neon")._repr_mimebundle_()["text/html"]
    assert "import" not in str(programs("Theano"))  # the imports are left out


def test_memory_of_a_step_is_that_of_a_few_layers():
    found = measuring.memory(Problem.random(1000, 50, 400, 10, 1, 0))
    assert max(found.values()) < 20, found
    assert min(found.values()) > 2, found


def test_slopes_where_calculus_leaves_them_open():
    found = {name: dict(zip(habits.QUESTIONS, row, strict=True)) for name, *row in habits.slopes()}
    assert found["Theano"]["relu'(0)"] == "0.5"
    assert {row["relu'(0)"] for name, row in found.items() if name != "Theano"} == {"0"}
    assert found["TensorFlow"]["maximum(x, y)"] == found["chainer"]["maximum(x, y)"] == "1, 0"
    assert found["CNTK"]["maximum(x, y)"] == "0, 1"
    assert found["plain NumPy"]["max(1, 1)"] == "0.5, 0.5"
    assert found["chainer"]["clip'(bound)"] == "0"
    assert found["Theano"]["clip'(bound)"] == "1"


MEANT = {
    "": "", "0": "0", "0.5": "0.5", "1": "1", "one half": "0.5", "every tie 1": "1, 1",
    "both 1": "1, 1", "shared equally": "0.5, 0.5", "one half each": "0.5, 0.5",
    "the left one": "1, 0", "the right one": "0, 1", "0 (`be.maximum`: 1)": "0",
}  # fmt: skip
"""What a cell of the page's table says, as numbers."""
COLUMNS = dict(zip(habits.QUESTIONS, (1, 2, 3, 4, 6), strict=True))


def test_the_page_s_table_of_conventions_is_what_is_computed():
    page = Path(autodiff.frontends.__file__).parent / "README.md"
    table = page.read_text(encoding="utf-8").partition("### Conventions at kinks and ties")[2]
    rows = [
        [cell.strip() for cell in line.strip("|").split("|")]
        for line in table.partition("###")[0].splitlines() if line.startswith("| ")
    ][2:]  # fmt: skip
    slopes = {name: dict(zip(habits.QUESTIONS, row, strict=True)) for name, *row in habits.slopes()}
    batch = rates.per_row()
    told = {row[0].replace("Torch7", "Torch").removesuffix(" here"): row for row in rows}
    assert set(told) == set(slopes) - {"TensorFlow"}
    for name, row in told.items():
        for question, column in COLUMNS.items():
            assert MEANT[row[column]] == slopes[name][question], (name, question)
        if name in batch and row[7] != "as written":
            mean = row[7].startswith(("mean", "/ N"))
            assert batch[name] == ("mean" if mean else "sum"), name


def test_where_the_rate_stands():
    found = {name: rule for name, _, _, rule in rates.two_steps()}
    assert "another rule" not in found.values()
    assert found["TensorFlow"] == "v = m v + g; W -= rate v"
    assert found["Torch"] != found["TensorFlow"]
    assert found["Caffe"] == found["mxnet"] == found["chainer"] == found["neon"] == found["keras"]


def test_sums_and_means_over_a_batch():
    found = rates.per_row()
    assert {n for n, a in found.items() if a == "mean"} == {"Caffe", "Torch", "chainer"}
    assert {n for n, a in found.items() if a == "sum"} == {"mxnet", "CNTK", "neon"}


def test_a_product_with_a_parameter_makes_no_copy_for_every_row():
    from autodiff.frontends import cntk

    x, w = cntk.input_variable(50, dtype=np.float64), cntk.parameter((50, 40), dtype=np.float64)
    rows = np.random.default_rng(0).normal(size=(300, 50))
    import tracemalloc

    tracemalloc.start()
    (slope,) = cntk.times(x, w).grad({x: rows}, [w])
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    np.testing.assert_allclose(slope, ad.grad(lambda w: np.sum(rows @ w))(w.value))
    assert peak < 20 * rows.nbytes


def test_keras_in_double_precision():
    from autodiff.frontends import keras
    from autodiff.frontends import tensorflow as tf

    keras.backend.set_floatx("float64")
    try:
        with tf.Graph().as_default():
            model = keras.models.Sequential([
                keras.layers.Embedding(5, 3, input_length=4), keras.layers.LSTM(3),
                keras.layers.Dropout(0.5), keras.layers.Dense(1),
            ])  # fmt: skip
            model.compile("adam", "mse")
            model.fit(np.ones((8, 4)), np.ones((8, 1)), nb_epoch=1, verbose=0)
            assert {w.dtype for w in model.get_weights()} == {np.dtype(np.float64)}
    finally:
        keras.backend.set_floatx("float32")
    with pytest.raises(ValueError, match="Unknown floatx"):
        keras.backend.set_floatx("int8")
