"""Each line of the lecture about TensorFlow runs; the tests are named after the slides."""

import operator

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


@pytest.mark.parametrize("row", renamed.rows(), ids=lambda row: f"{row[0]} {row[1]}")
def test_the_table_of_names_is_true(row):
    old, new, changed = row
    earlier = operator.attrgetter(renamed.base(old))(tf)
    if not new.startswith("the same"):
        later = operator.attrgetter(renamed.base(new))(tf)
        if changed in ("the name", "the place"):
            assert earlier is later


@pytest.mark.parametrize(
    ("path", "told"),
    [
        ("nn.max_pol", "tf.nn has no 'max_pol' here. Did you mean max_pool"),
        ("nn.rnn_cell.LSTMCel", "Did you mean LSTMCell"),
        ("train.AdamOptimiser", "Did you mean AdamOptimizer"),
        ("python.ops.rnn_cell.GRUcell", "Did you mean GRUCell"),
        ("contrib.learn.Experiment", "frontends.keras"),
    ],
)
def test_a_name_that_is_not_here_says_what_to_write(path, told):
    with pytest.raises(AttributeError, match=told):
        operator.attrgetter(path)(tf)
