"""Recurrent cells along time, against NumPy by hand; static, dynamic, both ways, with lengths."""

import numpy as np
import pytest

from autodiff.frontends import tensorflow as tf

BATCH, TIME, WIDTH, SIZE = 3, 4, 2, 5
rng = np.random.default_rng(7)
X = rng.normal(size=(BATCH, TIME, WIDTH)).astype(np.float32)
LENGTHS = [4, 2, 0]


def sigmoid(x):
    return 1 / (1 + np.exp(-x))


def lstm(x, state, w, b):
    c, h = state
    i, j, f, o = np.split(np.concatenate([x, h], 1) @ w + b, 4, 1)
    c = c * sigmoid(f + 1) + sigmoid(i) * np.tanh(j)
    return np.tanh(c) * sigmoid(o), (c, np.tanh(c) * sigmoid(o))


def gru(x, h, wg, bg, wc, bc):
    r, u = np.split(sigmoid(np.concatenate([x, h], 1) @ wg + bg), 2, 1)
    new = u * h + (1 - u) * np.tanh(np.concatenate([x, r * h], 1) @ wc + bc)
    return new, new


def basic(x, h, w, b):
    new = np.tanh(np.concatenate([x, h], 1) @ w + b)
    return new, new


CELLS = {
    "BasicLSTMCell": (lstm, (np.zeros((BATCH, SIZE)),) * 2),
    "LSTMCell": (lstm, (np.zeros((BATCH, SIZE)),) * 2),
    "GRUCell": (gru, np.zeros((BATCH, SIZE))),
    "BasicRNNCell": (basic, np.zeros((BATCH, SIZE))),
}


def along(step, x, state, weights, lengths):
    outputs = []
    for time in range(x.shape[1]):
        output, new = step(x[:, time], state, *weights)
        going = (time < np.array(lengths))[:, None]
        outputs.append(np.where(going, output, 0))
        pick = lambda n, o: np.where(going, n, o)  # noqa: B023
        state = tuple(map(pick, new, state)) if isinstance(state, tuple) else pick(new, state)
    return np.stack(outputs, 1), state


@pytest.mark.parametrize("name", CELLS)
@pytest.mark.parametrize("lengths", [None, LENGTHS], ids=["full", "lengths"])
@pytest.mark.parametrize("known", [True, False], ids=["known", "open"])
def test_static_and_dynamic_agree_with_numpy(name, lengths, known):
    step, zero = CELLS[name]
    x = tf.placeholder("float", X.shape if known else [None, None, WIDTH])
    with tf.variable_scope("own", initializer=tf.random_uniform_initializer(-1, 1, seed=1)) as own:
        cell = getattr(tf.nn.rnn_cell, name)(SIZE)
        found = [tf.nn.dynamic_rnn(cell, x, lengths, dtype=tf.float32)]
        if known:
            own.reuse_variables()
            outputs, state = tf.nn.rnn(
                cell, tf.unpack(x, axis=1), dtype=tf.float32, sequence_length=lengths
            )
            found.append((tf.pack(outputs, axis=1), state))
    shape = [BATCH if known or lengths else None, TIME if known else None, SIZE]
    assert found[0][0].get_shape().as_list() == shape
    slopes = [tf.gradients(tf.reduce_sum(out * out), tf.trainable_variables()) for out, _ in found]
    with tf.Session() as sess:
        sess.run(tf.initialize_all_variables())
        weights = sess.run(tf.trainable_variables())
        expected, last = along(step, X, zero, weights, lengths or [TIME] * BATCH)
        for outputs, state in sess.run(found, {x: X}):
            np.testing.assert_allclose(outputs, expected, rtol=1e-4, atol=1e-5)
            np.testing.assert_allclose(np.array(state), np.array(last), rtol=1e-4, atol=1e-5)
        if known:
            one, other = sess.run(slopes, {x: X})
            for a, b in zip(one, other, strict=True):
                np.testing.assert_allclose(a, b, rtol=1e-4, atol=1e-5)
        names = [v.op.name for v in tf.trainable_variables()]
        kind = "Gates/Linear" if name == "GRUCell" else "Linear"
        assert names[0] == f"own/RNN/{name}/{kind}/Matrix"


def test_both_ways():
    x = tf.constant(X)
    fw, bw = tf.nn.rnn_cell.GRUCell(SIZE), tf.nn.rnn_cell.GRUCell(SIZE)
    (ahead, back), (last, first) = tf.nn.bidirectional_dynamic_rnn(
        fw, bw, x, [4, 2, 1], dtype=tf.float32
    )
    with tf.Session() as sess:
        sess.run(tf.initialize_all_variables())
        ahead, back, last, first = sess.run([ahead, back, last, first])
        np.testing.assert_allclose(ahead[0, 3], last[0])
        np.testing.assert_allclose(ahead[1, 1], last[1])
        np.testing.assert_allclose(back[:, 0], first)
        assert not back[1, 2:].any()


def test_cells_above_each_other_with_dropout_and_one_set_of_weights_each():
    cell = tf.nn.rnn_cell.GRUCell(SIZE)
    cell = tf.nn.rnn_cell.DropoutWrapper(
        cell, output_keep_prob=tf.placeholder_with_default(1.0, [])
    )
    deep = tf.nn.rnn_cell.MultiRNNCell([cell] * 2)
    outputs, state = tf.nn.dynamic_rnn(deep, tf.constant(X), dtype=tf.float32)
    assert len(tf.trainable_variables()) == 8
    with tf.Session() as sess:
        sess.run(tf.initialize_all_variables())
        found, (_, upper) = sess.run([outputs, state])
        np.testing.assert_allclose(found[:, -1], upper)


def test_a_cell_of_one_s_own_in_either_form():
    class Counter(tf.nn.rnn_cell.RNNCell):
        state_size = output_size = 1

        def __call__(self, inputs, state, scope=None):
            return state + 1, state + 1

    class Later(tf.contrib.rnn.RNNCell):
        state_size = output_size = 1

        def call(self, inputs, state):
            return state + 1, state + 1

    for cell in (Counter(), Later()):
        outputs, _ = tf.nn.dynamic_rnn(cell, tf.constant(X), dtype=tf.float32)
        with tf.Session() as sess:
            np.testing.assert_allclose(sess.run(outputs)[0, :, 0], [1, 2, 3, 4])


def test_what_is_wrong_is_said():
    cell = tf.nn.rnn_cell.GRUCell(SIZE)
    with pytest.raises(ValueError, match="needs an initial_state, or the dtype"):
        tf.nn.dynamic_rnn(cell, tf.constant(X))
    with pytest.raises(TypeError, match=r"tf.unpack\(x, axis=1\)"):
        tf.nn.rnn(cell, tf.constant(X), dtype=tf.float32)
    with pytest.raises(ValueError, match="expand_dims"):
        tf.nn.dynamic_rnn(cell, tf.constant(X[0]), dtype=tf.float32)
    with pytest.raises(ValueError, match="of known width"):
        cell(tf.placeholder("float", [None, None]), tf.zeros([1, SIZE]))


def test_sequence_losses():
    logits = [tf.constant(rng.normal(size=(2, 3)).astype(np.float32)) for _ in range(2)]
    targets, weights = [[0, 1], [2, 0]], [[1.0, 1.0], [1.0, 0.0]]
    each = tf.nn.seq2seq.sequence_loss_by_example(
        logits, [tf.constant(t) for t in targets], [tf.constant(w) for w in weights]
    )
    whole = tf.contrib.seq2seq.sequence_loss(
        tf.pack(logits, axis=1), np.transpose(targets), np.transpose(weights).astype(np.float32)
    )
    with tf.Session() as sess:
        values, found, total = sess.run([logits, each, whole])
        logs = [-np.log(np.exp(v) / np.exp(v).sum(1, keepdims=True)) for v in values]
        a = np.array([[logs[t][b, targets[t][b]] for t in range(2)] for b in range(2)])
        np.testing.assert_allclose(found, [a[0].mean(), a[1, 0]], rtol=1e-5)
        np.testing.assert_allclose(total, (a.sum() - a[1, 1]) / 3, rtol=1e-5)


@pytest.mark.parametrize("peepholes", [True, False])
def test_a_phased_cell_is_open_at_its_hours(peepholes):
    """By hand in NumPy: gates, then the share of each unit's period that has gone by."""
    rng = np.random.default_rng(1)
    x, times = rng.normal(size=(2, 6, 3)), np.cumsum(rng.uniform(0, 2, (2, 6, 1)), 1)
    with tf.Graph().as_default():
        cell = tf.contrib.rnn.PhasedLSTMCell(4, peepholes, 0.01, 0.4, period_init_max=5.0)
        pair = (tf.constant(times), tf.constant(x))
        outputs, (last_c, last_h) = tf.nn.dynamic_rnn(cell, pair, dtype=tf.float64)
        known = tf.global_variables()
        slopes = tf.gradients(outputs, tf.trainable_variables())
        with tf.Session() as sess:
            sess.run(tf.global_variables_initializer())
            found, c_end, h_end, slopes, *values = sess.run(
                [outputs, last_c, last_h, slopes, *known]
            )
    own = {v.op.name.split("PhasedLSTMCell/")[1]: a for v, a in zip(known, values, strict=True)}
    c, h = np.zeros((2, 4)), np.zeros((2, 4))
    assert ((own["period"] >= 1) & (own["period"] <= 5)).all()
    assert ((own["phase"] >= 0) & (own["phase"] <= own["period"])).all()

    def gate(name, *parts):
        matrix, bias = own[f"{name}/Linear/Matrix"], own[f"{name}/Linear/Bias"]
        return np.concatenate(parts, 1) @ matrix + bias

    def sigmoid(z):
        return 1 / (1 + np.exp(-z))

    for t in range(6):
        see = [x[:, t], h, c] if peepholes else [x[:, t], h]
        i, f = np.split(sigmoid(gate("mask_gates", *see)), 2, 1)
        new_c = c * f + i * np.tanh(gate("new_input", x[:, t], h))
        see = [x[:, t], h, new_c] if peepholes else [x[:, t], h]
        new_h = np.tanh(new_c) * sigmoid(gate("output_gate", *see))
        share = np.mod(times[:, t] - own["phase"], own["period"]) / own["period"]
        on = own["ratio_on"]
        k = np.where(share < on, 2 - 2 * share / on, 0.01 * share)
        k = np.where(share < on / 2, 2 * share / on, k)
        c, h = k * new_c + (1 - k) * c, k * new_h + (1 - k) * h
        assert np.allclose(found[:, t], h, atol=1e-6)
    assert np.allclose([c_end, h_end], [c, h], atol=1e-6)
    assert all(np.isfinite(one).all() for one in slopes)


def test_a_phased_cell_says_that_it_takes_a_pair():
    with tf.Graph().as_default(), pytest.raises(TypeError, match=r"pairs \(time, x\)"):
        tf.nn.dynamic_rnn(tf.contrib.rnn.PhasedLSTMCell(4), tf.zeros([2, 3, 4]), dtype=tf.float32)
