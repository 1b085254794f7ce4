"""Optimizers in the graph make the same steps as the pure rules, and learn."""

import numpy as np
import pytest

import autodiff as ad
from autodiff import optim
from autodiff.frontends import tensorflow as tf

START = np.array([[0.5, -1.0], [2.0, 0.1]])
TARGET = np.array([[1.0, 0.0], [0.0, -1.0]])
RULES = {
    "GradientDescent": (
        lambda: tf.train.GradientDescentOptimizer(0.1),
        optim.GradientDescent(0.1),
    ),
    "Momentum": (lambda: tf.train.MomentumOptimizer(0.1, 0.9), optim.Momentum(0.1, 0.9)),
    "Nesterov": (
        lambda: tf.train.MomentumOptimizer(0.1, 0.9, use_nesterov=True),
        optim.Momentum(0.1, 0.9, nesterov=True),
    ),
    "Adagrad": (
        lambda: tf.train.AdagradOptimizer(0.5),
        optim.Adagrad(0.5, initial=0.1, epsilon=0.0),
    ),
    "Adadelta": (
        lambda: tf.train.AdadeltaOptimizer(1.0),
        optim.Adadelta(1.0, rho=0.95, epsilon=1e-8),
    ),
    "RMSProp": (
        lambda: tf.train.RMSPropOptimizer(0.05, momentum=0.5),
        optim.RMSProp(0.05, 0.9, momentum=0.5, epsilon=1e-10, initial=1.0, inside=True),
    ),
    "Adam": (lambda: tf.train.AdamOptimizer(0.1), optim.Adam(0.1, hat=True)),
    "ProximalGradientDescent": (
        lambda: tf.train.ProximalGradientDescentOptimizer(0.1, 0.3, 0.2),
        optim.ProximalGradientDescent(0.1, l1=0.3, l2=0.2),
    ),
    "ProximalAdagrad": (
        lambda: tf.train.ProximalAdagradOptimizer(0.5, 0.2, 0.3, 0.1),
        optim.ProximalAdagrad(0.5, initial=0.2, l1=0.3, l2=0.1),
    ),
    "Ftrl": (
        lambda: tf.train.FtrlOptimizer(0.5, l1_regularization_strength=0.01),
        optim.Ftrl(0.5, l1=0.01),
    ),
}


def loss_of(w):
    return np.sum((w - TARGET) ** 2 * (1.0 + 0.1 * np.sin(w)))


@pytest.mark.parametrize("name", RULES)
def test_slide_training_same_steps_as_the_rule(name):
    make, rule = RULES[name]
    w = tf.Variable(START, name="w")
    step = tf.Variable(0, trainable=False)
    train = make().minimize(loss_of(w), global_step=step)
    sess = tf.Session()
    sess.run(tf.initialize_all_variables())
    p, state = START, rule.init(START)
    for _ in range(20):
        sess.run(train)
        p, state = rule.update(p, ad.grad(loss_of)(p), state)
    np.testing.assert_allclose(sess.run(w), p, rtol=1e-12)
    assert sess.run(step) == 20


def test_names_of_slots_and_operations():
    w = tf.Variable(START, name="w")
    optimizer = tf.train.AdamOptimizer()
    train = optimizer.minimize(loss_of(w))
    assert train.name == "Adam"
    assert optimizer.get_slot_names() == ["m", "v"]
    assert optimizer.get_slot(w, "m").name == "w/Adam:0"
    assert optimizer.get_slot(w, "v").name == "w/Adam_1:0"
    assert tf.trainable_variables() == [w]
    assert "Adam/update_w/ApplyAdam" in [op.name for op in w.graph.get_operations()]


def test_clipped_gradients_and_a_falling_rate():
    w = tf.Variable([3.0, -4.0])
    step = tf.Variable(0, trainable=False)
    rate = tf.train.exponential_decay(1.0, step, 1, 0.5, staircase=True)
    optimizer = tf.train.GradientDescentOptimizer(rate)
    pairs = optimizer.compute_gradients(tf.reduce_sum(tf.square(w)))
    clipped = [(np.clip(g, -1.0, 1.0), v) for g, v in pairs]
    train = optimizer.apply_gradients(clipped, global_step=step)
    sess = tf.Session()
    sess.run(tf.initialize_all_variables())
    seen = []
    for _ in range(3):
        sess.run(train)
        seen.append(sess.run(w).tolist())
    assert seen == [[2.0, -3.0], [1.5, -2.5], [1.25, -2.25]]


@pytest.mark.parametrize(
    ("schedule", "given", "at_25"),
    [
        ("exponential_decay", {"decay_steps": 10, "decay_rate": 0.5}, 0.5**2.5),
        ("exponential_decay", {"decay_steps": 10, "decay_rate": 0.5, "staircase": True}, 0.25),
        ("natural_exp_decay", {"decay_steps": 10, "decay_rate": 0.5}, np.exp(-1.25)),
        ("inverse_time_decay", {"decay_steps": 10, "decay_rate": 0.5}, 1 / 2.25),
        ("polynomial_decay", {"decay_steps": 50, "end_learning_rate": 0.5, "power": 2.0}, 0.625),
        ("polynomial_decay", {"decay_steps": 10, "end_learning_rate": 0.5}, 0.5),
    ],
)
def test_a_falling_rate_is_its_formula(schedule, given, at_25):
    step = tf.placeholder(tf.int64, [])
    rate = getattr(tf.train, schedule)(1.0, step, **given, name="rate")
    assert rate.name == "rate:0"
    value = tf.Session().run(rate, {step: 25})
    assert value.dtype == np.float32
    assert value == pytest.approx(at_25, rel=1e-6)


def test_a_rate_in_pieces():
    step = tf.placeholder(tf.int64, [])
    rate = tf.train.piecewise_constant(step, [10, 20], [1.0, 0.5, 0.25])
    seen = [tf.Session().run(rate, {step: at}) for at in (10, 11, 20, 21)]
    assert seen == [1.0, 0.5, 0.5, 0.25]


def test_a_falling_rate_without_its_arguments_says_which():
    with pytest.raises(
        TypeError, match=r"decay\(learning_rate, global_step, .*'decay_steps'.*\n  at"
    ):
        tf.train.exponential_decay(0.1, 3)


def test_loss_in_the_same_run_is_that_before_the_step():
    w = tf.Variable(4.0)
    loss = tf.square(w)
    train = tf.train.GradientDescentOptimizer(0.25).minimize(loss)
    sess = tf.Session()
    sess.run(tf.initialize_all_variables())
    assert sess.run([train, loss, w]) == [None, 16.0, 4.0]
    assert sess.run([loss, w]) == [4.0, 2.0]


def test_an_operation_has_no_result():
    w, step = tf.Variable(4.0), tf.Variable(0, trainable=False)
    train = tf.train.AdamOptimizer().minimize(tf.square(w), global_step=step)
    sess = tf.Session()
    assert sess.run([w.initializer, tf.initialize_all_variables()]) == [None, None]
    assert sess.run([train, w.op]) == [None, None]


def test_two_optimizers_see_the_same_values():
    w = tf.Variable(1.0)
    first = tf.train.GradientDescentOptimizer(0.1).minimize(tf.square(w))
    second = tf.train.GradientDescentOptimizer(0.1).minimize(tf.square(w))
    sess = tf.Session()
    sess.run(tf.initialize_all_variables())
    sess.run([first, second])
    np.testing.assert_allclose(sess.run(w), 1.0 - 0.2 - 0.2)


def test_only_the_variables_asked_for_move():
    a, b = tf.Variable(1.0, name="a"), tf.Variable(1.0, name="b")
    train = tf.train.GradientDescentOptimizer(0.5).minimize(a * b, var_list=[a])
    sess = tf.Session()
    sess.run(tf.initialize_all_variables())
    sess.run(train)
    assert sess.run([a, b]) == [0.5, 1.0]


def test_a_loss_without_variables_says_so():
    tf.Variable(1.0, name="unused")
    x = tf.placeholder("float", name="x")
    with pytest.raises(ValueError, match="depends on none of the variables unused"):
        tf.train.AdamOptimizer().minimize(x * x)


def test_an_mlp_learns_xor():
    x = tf.placeholder("float", [None, 2])
    t = tf.placeholder("float", [None, 1])
    rng = np.random.default_rng(1)
    w1 = tf.Variable(rng.normal(size=(2, 8)).astype(np.float32))
    b1 = tf.Variable(np.zeros(8, np.float32))
    w2 = tf.Variable(rng.normal(size=(8, 1)).astype(np.float32))
    y = tf.matmul(tf.tanh(tf.matmul(x, w1) + b1), w2)
    loss = tf.reduce_mean(tf.square(y - t))
    train = tf.train.AdamOptimizer(0.05).minimize(loss)
    feed = {x: [[0, 0], [0, 1], [1, 0], [1, 1]], t: [[0], [1], [1], [0]]}
    sess = tf.Session()
    sess.run(tf.initialize_all_variables())
    for _ in range(300):
        sess.run(train, feed)
    assert sess.run(loss, feed) < 1e-3


# -- averages ---------------------------------------------------------------------------------


def test_moving_averages_follow_and_can_be_restored(tmp_path):
    w = tf.Variable([4.0, -4.0], name="w")
    step = tf.Variable(0, trainable=False, name="step")
    train = tf.train.GradientDescentOptimizer(0.25).minimize(tf.nn.l2_loss(w), step)
    ema = tf.train.ExponentialMovingAverage(0.9, num_updates=step)
    with tf.control_dependencies([train]):
        update = ema.apply([w])
    average = ema.average(w)
    assert average.op.name == ema.average_name(w) == "w/ExponentialMovingAverage"
    assert tf.moving_average_variables() == tf.trainable_variables() == [w]
    sess = tf.Session()
    sess.run(tf.initialize_all_variables())
    value = shadow = np.array([4.0, -4.0])
    for count in range(1, 6):
        sess.run(update)
        decay = min(0.9, (1 + count) / (10 + count))
        value = 0.75 * value
        shadow = decay * shadow + (1 - decay) * value
        np.testing.assert_allclose(sess.run(average), shadow, rtol=1e-6)
    assert tf.train.global_step(sess, step) == 5
    path = tf.train.Saver().save(sess, str(tmp_path / "model"))
    tf.train.Saver(ema.variables_to_restore()).restore(sess, path)
    np.testing.assert_allclose(sess.run(w), shadow, rtol=1e-6)
    assert sess.run(step) == 5


def test_moving_averages_of_moments_inside_a_branch():
    x, training = tf.placeholder("float", [None, 2]), tf.placeholder("bool", [])
    mean, _ = tf.nn.moments(x, [0])
    ema = tf.train.ExponentialMovingAverage(0.5)

    def updated():
        with tf.control_dependencies([ema.apply([mean])]):
            return tf.identity(mean)

    used = tf.cond(training, updated, lambda: ema.average(mean))
    sess = tf.Session()
    sess.run(tf.initialize_all_variables())
    rows = np.array([[1.0, 2.0], [3.0, 6.0]])
    assert sess.run(used, {x: rows, training: False}).tolist() == [0.0, 0.0]
    assert sess.run(used, {x: rows, training: True}).tolist() == [2.0, 4.0]
    assert sess.run(used, {x: rows, training: False}).tolist() == [1.0, 2.0]


def test_what_can_not_be_averaged_is_named():
    w, count = tf.Variable(1.0, name="w"), tf.Variable(1, name="count")
    ema = tf.train.ExponentialMovingAverage(0.9)
    ema.apply([w])
    for value, text in (
        (w, "average of w:0 is applied already"),
        (count, "count:0 is int32"),
        (tf.placeholder("float", [None], name="x"), r"average of x:0 needs its shape"),
    ):
        with pytest.raises((ValueError, TypeError), match=text):
            ema.apply([value])


def test_one_variable_alone_and_a_step_that_is_none():
    v, w = tf.Variable(1.0, name="v"), tf.Variable(1.0, name="w")
    optimizer = tf.train.GradientDescentOptimizer(0.25)
    train = optimizer.minimize(v * v * w, var_list=v)
    sess = tf.Session()
    sess.run(tf.initialize_all_variables())
    sess.run(train)
    assert sess.run([v, w]) == [0.5, 1.0]
    with pytest.raises(TypeError, match=r"global_step is the variable .* got 3"):
        optimizer.minimize(v * v, global_step=3)
