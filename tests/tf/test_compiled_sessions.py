"""A session with a back end gives what a session without one gives, and refuses what it refuses."""

import numpy as np
import pytest

from autodiff.frontends import tensorflow as tf


def network(keep):
    x = tf.placeholder(tf.float32, [None, 6], name="x")
    y = tf.placeholder(tf.int64, [None], name="y")
    draw = np.random.default_rng(3)
    W1 = tf.Variable(draw.normal(size=(6, 8)).astype("f"))
    b1 = tf.Variable(np.zeros(8, "f"))
    W2 = tf.Variable(draw.normal(size=(8, 3)).astype("f"))
    h = tf.nn.relu(tf.matmul(x, W1) + b1)
    h = h if keep == 1 else tf.nn.dropout(h, keep, seed=5)
    losses = tf.nn.sparse_softmax_cross_entropy_with_logits(labels=y, logits=tf.matmul(h, W2))
    return x, y, tf.reduce_mean(losses), [W1, b1, W2]


def trained(backend, optimizer, keep=1, sizes=(5, 5, 4, 5)):
    """The losses and variables of some steps, the last on fewer examples."""
    with tf.Graph().as_default():
        x, y, loss, variables = network(keep)
        step = optimizer().minimize(loss)
        draw = np.random.default_rng(1)
        with tf.Session(backend=backend) as session:
            session.run(tf.global_variables_initializer())
            losses = [
                session.run(
                    [loss, step],
                    {x: draw.normal(size=(n, 6)), y: draw.integers(0, 3, n)},
                )[0]
                for n in sizes
            ]
            return [*losses, *session.run(variables)], dict(session._stages)


OPTIMIZERS = {
    "descent": lambda: tf.train.GradientDescentOptimizer(0.1),
    "momentum": lambda: tf.train.MomentumOptimizer(0.1, 0.9),
    "adam": lambda: tf.train.AdamOptimizer(0.01),
}


@pytest.mark.parametrize("keep", [1, 0.5])
@pytest.mark.parametrize("optimizer", OPTIMIZERS)
def test_training_is_the_same_to_the_last_bit(optimizer, keep):
    wanted, none = trained(None, OPTIMIZERS[optimizer], keep)
    found, plans = trained("numpy", OPTIMIZERS[optimizer], keep)
    assert all(a.tobytes() == b.tobytes() for a, b in zip(found, wanted, strict=True))
    compiled = [stage for plan in plans.values() for stage in plan.stages if stage.gives]
    assert not none
    assert any(stage.function.ran == "numpy" for stage in compiled)


def test_numba():
    pytest.importorskip("numba")
    wanted, _ = trained(None, OPTIMIZERS["adam"])
    found, _ = trained("numba", OPTIMIZERS["adam"], sizes=(5, 5, 4, 5))
    for a, b in zip(found, wanted, strict=True):
        np.testing.assert_allclose(a, b, rtol=1e-5, atol=1e-6)


@pytest.mark.parametrize(
    "label", [pytest.param(7, id="no such class"), pytest.param(-1, id="below")]
)
def test_errors_are_those_of_a_session(label):
    said = []
    for backend in (None, "numpy"):
        with tf.Graph().as_default():
            x, y, loss, _ = network(1)
            with tf.Session(backend=backend) as session:
                session.run(tf.global_variables_initializer())
                feed = np.ones((2, 6))
                session.run(loss, {x: feed, y: [0, 1]})
                with pytest.raises(tf.errors.InvalidArgumentError) as error:
                    session.run(loss, {x: feed, y: [0, label]})
                said.append(str(error.value).partition("\n")[0])
    assert said[0] == said[1]


def test_assignments_keep_their_order():
    """What is read after an assignment is its value, in each back end."""
    for backend in (None, "numpy"):
        with tf.Graph().as_default():
            v = tf.Variable(np.ones(2, "f"))
            twice = tf.assign(v, 2 * v)
            with tf.control_dependencies([twice]):
                total = tf.reduce_sum(v.read_value() * 3)
            with tf.Session(backend=backend) as session:
                session.run(tf.global_variables_initializer())
                found = [float(session.run(total)) for _ in range(3)]
        assert found == [12, 24, 48]


def test_the_users_own_code_runs_once():
    calls = []

    def noted(a):
        calls.append(1)
        return a * 2

    with tf.Graph().as_default():
        y = tf.py_func(noted, [tf.constant([1.0, 2.0])], tf.float32) + 1
        with tf.Session(backend="numpy") as session:
            assert session.run(y).tolist() == [3, 5]
    assert len(calls) == 1


def test_an_unknown_backend():
    with pytest.raises(ValueError, match="choose from"):
        tf.Session(backend="cuda")
