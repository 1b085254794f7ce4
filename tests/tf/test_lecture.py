"""Each line of the lecture about TensorFlow runs; the tests are named after the slides."""

import operator
import re

import numpy as np
import pytest

from autodiff import cli
from autodiff.frontends import tensorflow as tf
from autodiff.frontends.tensorflow.ground import renamed


def test_slide_example():
    a = tf.placeholder("float")
    b = tf.placeholder("float")
    c = tf.get_variable("my_var", shape=(1), initializer=tf.constant_initializer(5))

    y = tf.mul(a, tf.log(b)) + c

    sess = tf.Session()
    sess.run(tf.initialize_all_variables())
    found = sess.run(y, feed_dict={a: 3, b: 3})
    assert str(found) == "[8.295837]"
    assert found.dtype == np.float32


def test_slide_example_by_the_command_line(capsys, tmp_path):
    assert cli.main(["lecture", "--figures", str(tmp_path)]) == 0
    printed = capsys.readouterr().out
    assert printed.startswith(
        "Constructing Graph\nCreating Session\nInitializing Variables\nRunning Graph\n[8.295837]\n"
    )
    assert "executed: my_var, Log, Mul, add" in printed
    assert "dy/da = 1.0986" in printed
    assert {path.name for path in tmp_path.iterdir()} == {
        "slide_graph.svg", "slide_run.svg", "slide_gradients.svg",
    }  # fmt: skip


def test_slide_main_idea_runs_only_the_part_that_is_needed():
    x = tf.placeholder("float", name="x")
    wanted, other = tf.exp(x, name="wanted"), tf.log(x, name="other")
    sess = tf.Session()
    assert sess.run(wanted, {x: 0.0}) == 1.0
    assert [op.name for op in sess.ran] == ["wanted"]
    assert other.op not in sess.ran


def test_slide_input_feeds_any_tensor():
    x = tf.placeholder("float", name="x")
    h = tf.log(x, name="h")
    sess = tf.Session()
    assert sess.run(h * 2, {h: 3.0}) == 6.0
    assert [op.name for op in sess.ran] == ["mul"]


def test_slide_misc_pull_values_out():
    x = tf.placeholder("float", [None, 2])
    h = tf.square(x)
    loss = tf.reduce_sum(h)
    values = tf.Session().run({"h": h, "more": [loss, (x, "Sum:0")]}, {x: [[1, 2]]})
    np.testing.assert_array_equal(values["h"], [[1, 4]])
    assert values["more"][0] == values["more"][1][1] == 5.0


def test_slide_misc_get_shape():
    x = tf.placeholder("float", [None, 784])
    w = tf.get_variable("w", [784, 10])
    y = tf.matmul(x, w)
    assert y.get_shape().as_list() == [None, 10]
    assert str(y.get_shape()) == "(?, 10)"


def test_slide_misc_interactive_session():
    sess = tf.InteractiveSession()
    v = tf.Variable(2.0)
    v.initializer.run()
    assert (v * tf.constant(4.0)).eval() == 8.0
    sess.close()
    with pytest.raises(ValueError, match="no session"):
        v.eval()


def test_slide_misc_scoping_and_reusing():
    def layer(x):
        with tf.variable_scope("layer"):
            return x * tf.get_variable("w", [], initializer=tf.constant_initializer(3.0))

    with tf.variable_scope("net") as scope:
        one = layer(tf.constant(1.0))
        scope.reuse_variables()
        two = layer(tf.constant(2.0))
    assert [v.name for v in tf.trainable_variables()] == ["net/layer/w:0"]
    assert (one.name, two.name) == ("net/layer/mul:0", "net/layer_1/mul:0")
    sess = tf.Session()
    sess.run(tf.initialize_all_variables())
    assert sess.run([one, two]) == [3.0, 6.0]


def _names(text):
    """The tf. names that a cell of the table calls: `train.SummaryWriter(folder)` has one."""
    return re.findall(r"((?:\w+\.)*\w+)(?:\(|$|,)", text.partition(" = ")[0])[:1]


@pytest.mark.parametrize("row", renamed.rows(), ids=lambda row: row[0])
def test_the_table_of_names_is_true(row):
    def known(path):
        return all(True for _ in [operator.attrgetter(path)(tf)])

    old, new, ours = row
    assert known(_names(old)[0])
    later = _names(new)
    if ours == "both" and "the same" not in new:
        assert known(later[0])
    elif ours == "as 0.11" and later and later != _names(old) and "keepdims" not in new:
        with pytest.raises(AttributeError):
            known(later[0])


@pytest.mark.parametrize(
    ("path", "told"),
    [
        ("nn.max_pol", "tf.nn has no 'max_pol' here. Did you mean max_pool"),
        ("nn.rnn_cell", r"h = tf.tanh\(tf.matmul"),
        ("train.AdamOptimiser", "Did you mean AdamOptimizer"),
        ("app", "argparse"),
        ("logging.info", "import logging"),
        ("contrib.learn", "frontends.keras"),
        ("contrib.slim.get_variables", "get_collection"),
    ],
)
def test_a_name_that_is_not_here_says_what_to_write(path, told):
    with pytest.raises(AttributeError, match=told):
        operator.attrgetter(path)(tf)


@pytest.mark.parametrize("name", sorted(renamed.BY_NUMPY))
def test_numpy_functions_named_instead_take_tensors(name):
    package, _, path = renamed.BY_NUMPY[name].partition(".")
    if package == "np" and not hasattr(np, path.partition(".")[0]):
        pytest.skip(f"this NumPy has no {path}")
    function = operator.attrgetter(path)(np if package == "np" else pytest.importorskip("scipy"))
    x = tf.constant(np.array([[2.0, 1.0, 0.5], [1.0, 3.0, 0.2], [0.5, 0.2, 4.0]]))
    args = {"einsum": ("ij,jk->ik", x, x)}.get(name, (x,))
    args = (x, x) if name in ("cross", "meshgrid", "tensordot", "matrix_solve_ls") else args
    with tf.Session() as sess:
        found, expected = (
            function(*args),
            function(*(a if isinstance(a, str) else sess.run(a) for a in args)),
        )
        parts = (
            list(zip(found, expected)) if isinstance(found, tuple | list) else [(found, expected)]
        )
        for one, other in parts:
            np.testing.assert_allclose(sess.run(one), other, rtol=1e-12, atol=1e-15)


def test_a_later_name_is_answered_with_the_earlier_one():
    with pytest.raises(AttributeError, match=r"TensorFlow 1\.0.*tf\.initialize_all_variables"):
        tf.global_variables_initializer()
