"""No argument is dropped: what a front end does not know, and what asks for something, is refused."""

import ast
from pathlib import Path

import numpy as np
import pytest

import autodiff.frontends
from autodiff.frontends import keras, slim
from autodiff.frontends import tensorflow as tf
from autodiff.frontends.keras import backend as K

ROOT = Path(autodiff.frontends.__file__).parent
FILES = [p for own in ("tensorflow", "keras", "slim") for p in sorted((ROOT / own).rglob("*.py"))]


def swallowing(text, where):
    """Functions that take any argument by name and look at none of them, but to refuse all."""
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.FunctionDef) and node.args.kwarg is not None:
            name = node.args.kwarg.arg
            used = any(isinstance(n, ast.Name) and n.id == name for n in ast.walk(node))
            if not used and not isinstance(node.body[-1], ast.Raise):
                yield f"{where}:{node.lineno} {node.name}(**{name})"


def test_no_function_drops_what_it_is_given():
    found = [
        one
        for path in FILES
        for one in swallowing(path.read_text(encoding="utf-8"), path.relative_to(ROOT))
    ]
    assert found == []


def test_one_that_did_would_be_found():
    text = "def f(x, **_):\n    return x\n\ndef g(**more):\n    return more\n"
    assert [*swallowing(text, "x.py")] == ["x.py:1 f(**_)"]


CASES = {
    "GRUCell": lambda: tf.contrib.rnn.GRUCell(3, bias_initializer=tf.ones_initializer()),
    "DropoutWrapper": lambda: tf.contrib.rnn.DropoutWrapper(
        tf.contrib.rnn.GRUCell(3), variational_recurrent=True
    ),
    "batch_norm": lambda: slim.batch_norm(tf.zeros([2, 3]), renorm=True),
    "fit_generator": lambda: model().fit_generator(iter([]), 1, 1, class_weight={0: 2.0}),
    "as_string": lambda: tf.as_string([1.5], scientific=True),
}


def model():
    made = keras.Sequential([keras.Dense(1, input_dim=2)])
    made.compile("sgd", "mse")
    return made


@pytest.mark.parametrize("name", CASES)
def test_what_would_change_the_result_is_named(name):
    with pytest.raises(TypeError, match=rf"{name}: \w+= is not supported here, and leaving it out"):
        CASES[name]()


def test_what_changes_nothing_is_taken():
    tf.contrib.rnn.GRUCell(3, reuse=True)
    slim.batch_norm(tf.zeros([2, 3]), renorm=False)


def test_a_gru_begins_with_the_kernels_that_are_asked_for():
    with tf.Graph().as_default(), tf.Session() as sess:
        cell = tf.contrib.rnn.GRUCell(2, kernel_initializer=tf.constant_initializer(0.5))
        cell(tf.zeros([1, 3]), tf.zeros([1, 2]))
        sess.run(tf.global_variables_initializer())
        values = {v.op.name.rpartition("/")[2]: sess.run(v) for v in tf.trainable_variables()}
    assert (values["Matrix"] == 0.5).all()


@pytest.mark.parametrize("spelling", ["padding", "border_mode"])
def test_the_backend_reads_both_spellings(spelling):
    x, kernel = np.ones((1, 4, 4, 1), "f"), np.ones((3, 3, 1, 1), "f")
    with tf.Graph().as_default():
        way = {spelling: "same"}
        assert K.eval(K.conv2d(K.constant(x), K.constant(kernel), **way)).shape == (1, 4, 4, 1)
        first = K.pool2d(K.constant(x.reshape(1, 1, 4, 4)), (3, 3), data_format="channels_first")
        assert K.eval(first).shape == (1, 1, 2, 2)
