"""The slides about TensorFlow, line by line; `autodiff/frontends/README.md` lists which is where."""

import re
from pathlib import Path

import numpy as np
import pytest

import autodiff as ad
from autodiff.frontends import tensorflow as tf

ROOT = Path(__file__).parents[2]
README = ROOT / "autodiff" / "frontends" / "README.md"


def run(fetches, feed=None):
    sess = tf.Session()
    sess.run(tf.initialize_all_variables())
    return sess.run(fetches, feed)


# -- TensorFlow: Main Idea --------------------------------------------------------------------


def test_variables_tensors_ops():
    w = tf.Variable(2.0, name="w")
    x = tf.placeholder("float", name="x")
    y = tf.mul(w, x, name="y")
    assert isinstance(y, tf.Tensor)
    assert isinstance(y.op, tf.Operation)
    assert (y.op.type, y.op.inputs, y.graph) == ("Mul", [w, x], tf.get_default_graph())


def test_numpy_like_syntax():
    def f(x):
        return np.mean((2 * x[1:] - x[:-1] ** 2) @ np.ones((3, 2)), axis=0)

    array = np.arange(12.0).reshape(4, 3)
    x = tf.placeholder(tf.float64, [None, 3])
    np.testing.assert_array_equal(run(f(x), {x: array}), f(array))


B = np.random.default_rng(0).random((2, 6, 6, 3))
LISTED = {
    "log": lambda x: tf.log(x),
    "matmul": lambda x: tf.matmul(tf.reshape(x, [12, 18]), tf.ones([18, 2])),
    "conv2d": lambda x: tf.nn.conv2d(x, tf.ones([3, 3, 3, 4]), [1, 1, 1, 1], "SAME"),
    "fft": lambda x: tf.real(tf.fft(tf.cast(x, tf.complex64))),
    "sum": lambda x: tf.reduce_sum(x, [1, 2]),
    "relu": lambda x: tf.nn.relu(x - 0.5),
    "sigmoid": lambda x: tf.sigmoid(x),
    "dropout": lambda x: tf.nn.dropout(x, 0.9, seed=1),
    "concat": lambda x: tf.concat(3, [x, x * x]),
    "split": lambda x: tf.split(1, 2, x)[1],
    "resize_bilinear": lambda x: tf.image.resize_bilinear(x, [9, 9]),
    "crop": lambda x: tf.image.crop_to_bounding_box(x, 1, 1, 3, 3),
    "random_saturation": lambda x: tf.image.random_saturation(x, 0.5, 1.5, seed=1),
    "batch_norm": lambda x: tf.nn.batch_normalization(
        x, *tf.nn.moments(x, [0, 1, 2]), None, None, 1e-3
    ),
    "softmax": lambda x: tf.nn.softmax(x),
}


@pytest.mark.parametrize("name", LISTED)
def test_each_listed_op_runs_and_has_a_gradient(name):
    x = tf.placeholder("float", [None, 6, 6, 3])
    y = LISTED[name](x)
    (g,) = tf.gradients(tf.reduce_sum(y * y), [x])
    value, slope = run([y, g], {x: B})
    assert y.get_shape().is_compatible_with(value.shape)
    assert slope.shape == B.shape
    assert np.all(np.isfinite(slope))
    assert np.any(slope)


def test_one_run_an_iteration_and_only_the_parts_needed():
    x, t = tf.placeholder("float", [None]), tf.placeholder("float", [None])
    w = tf.Variable(0.0)
    prediction = w * x
    loss = tf.reduce_mean(tf.square(prediction - t))
    train = tf.train.GradientDescentOptimizer(0.1).minimize(loss)
    sess = tf.Session()
    sess.run(tf.initialize_all_variables())
    for _ in range(50):
        sess.run(train, {x: [1, 2, 3], t: [2, 4, 6]})
    assert loss.op in sess.ran  # the step runs through it,
    assert sess.run(prediction, {x: [10]})[0] == pytest.approx(20.0, abs=1e-3)
    assert loss.op not in sess.ran  # a prediction does not, and needs no target


# -- TensorFlow: Input ------------------------------------------------------------------------


def test_placeholders_are_entry_points():
    x = tf.placeholder("float", [None, 2])
    y = tf.reduce_sum(x, 1)
    assert run(y, feed_dict := {x: [[1, 2], [3, 4]]}).tolist() == [3.0, 7.0]
    assert run(y, {**feed_dict, x: np.ones((5, 2))}).shape == (5,)


def test_data_in_and_out_costs_a_copy_but_values_inside_do_not():
    """ "Taking data in and out of TensorFlow tends to slow": what stays in the graph is not copied."""
    x = tf.placeholder(tf.float64, [1000])
    inside = tf.identity(tf.identity(x))
    array = np.zeros(1000)
    metadata = tf.RunMetadata()
    sess = tf.Session()
    out = sess.run(inside, {x: array}, run_metadata=metadata)
    kept = [v for v in metadata.values.values() if isinstance(v, np.ndarray)]
    assert all(np.shares_memory(v, array) for v in kept)
    assert not np.shares_memory(out, array)


# -- TensorFlow: Training ---------------------------------------------------------------------


@pytest.mark.parametrize(
    "make",
    [
        lambda: tf.train.MomentumOptimizer(0.05, 0.9),
        lambda: tf.train.AdagradOptimizer(0.5),
        lambda: tf.train.AdamOptimizer(0.1),
    ],
    ids=["Momentum", "Adagrad", "Adam"],
)
def test_feed_in_a_tensor_to_be_minimized(make):
    w = tf.Variable([3.0, -2.0])
    loss = tf.reduce_sum(tf.square(w - 1.0))
    optimizer = make()
    assert isinstance(optimizer, tf.train.Optimizer)
    train = optimizer.minimize(loss)
    sess = tf.Session()
    sess.run(tf.initialize_all_variables())
    for _ in range(200):
        sess.run(train)
    assert sess.run(loss) < 1e-3


# -- TensorFlow: Misc -------------------------------------------------------------------------


@pytest.mark.parametrize(
    "index",
    [
        np.s_[0], np.s_[-1, ::-1], np.s_[..., 1:], np.s_[:, None, 2], np.s_[[0, 2, 0]],
        np.s_[np.array([True, False, True])], np.s_[[0, 1], [1, 2]], np.s_[1:, [0, 0]],
    ],
    ids=str,
)  # fmt: skip
def test_advanced_slicing_is_supported_here(index):
    """0.11 refused most of these; here an index means what it means in NumPy."""
    array = np.arange(12.0).reshape(3, 4)
    x = tf.placeholder(tf.float64, [None, 4])
    (g,) = tf.gradients(tf.reduce_sum(x[index] ** 2), [x])
    value, slope = run([x[index], g], {x: array})
    np.testing.assert_array_equal(value, array[index])
    np.testing.assert_array_equal(slope, ad.grad(lambda x: np.sum(x[index] ** 2))(array))


def test_slicing_by_a_mask_or_a_place_that_is_computed():
    x = tf.placeholder(tf.float64, [None])
    i = tf.placeholder(tf.int32, [])
    found = run([x[x > 1], x[i], x[i:], x[tf.argmax(x, 0)]], {x: [1, 3, 2], i: 1})
    assert [np.asarray(f).tolist() for f in found] == [[3.0, 2.0], 3.0, [3.0, 2.0], 3.0]


# -- TensorFlow: Docs -------------------------------------------------------------------------


def test_the_docs_are_at_hand():
    for name in ("Session", "Variable", "gradients", "placeholder", "while_loop", "matmul"):
        assert len(getattr(tf, name).__doc__) > 30


# -- the list itself --------------------------------------------------------------------------


def named_in_the_list():
    """(file, test) for every test that the list names; a name alone is of the file before it."""
    files = {path.name: path for path in ROOT.glob("tests/**/test_*.py")}
    form = re.compile(r"(?:tests/[\w/]*?)?(test_\w+\.py)?(?:::)?(test_\w+)?(?:\[.*\])?")
    here = files["test_input.py"]
    words = re.sub(r"```.*?```", "", README.read_text(encoding="utf-8"), flags=re.DOTALL)
    for text in re.findall(r"`([^`]*)`", words):
        found = form.fullmatch(text)
        if found is None or not text:
            assert not text.startswith(("test_", "tests/tf", "::")), text
            continue
        here = files[found[1]] if found[1] else here
        yield here, found[2]


def test_every_test_that_the_list_names_is_there():
    named = list(named_in_the_list())
    assert len(named) >= 50
    for file, name in named:
        places = [file, ROOT / "tests" / "tf" / "test_input.py"]
        assert not name or any(f"def {name}(" in p.read_text(encoding="utf-8") for p in places), (
            name
        )
