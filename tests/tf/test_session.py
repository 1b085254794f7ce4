"""Running: fetches, feeds, states, and errors that teach."""

import threading
import warnings

import numpy as np
import pytest

from autodiff.frontends import tensorflow as tf
from autodiff.frontends.tensorflow.ground.errors import (
    FailedPreconditionError,
    GraphError,
    GrowingGraphWarning,
    InvalidArgumentError,
    OutOfRangeError,
)

# -- feeds ------------------------------------------------------------------------------------


def test_a_missing_feed_is_named_with_the_path_that_needs_it():
    x, bias = tf.placeholder("float", [2], name="x"), tf.placeholder("float", name="bias")
    with tf.name_scope("loss"):
        loss = tf.reduce_sum(tf.square(x) + bias)
    with pytest.raises(InvalidArgumentError) as error:
        tf.Session().run(loss, {x: [1, 2]})
    message = str(error.value)
    assert "loss/Sum <- loss/add <- bias" in message
    assert "feed_dict={bias: ...}" in message
    assert "test_session.py, line" in message


def test_feeds_are_cast_and_checked():
    x = tf.placeholder("float", [None, 3], name="x")
    n = tf.placeholder(tf.int32, [], name="n")
    flag = tf.placeholder(tf.bool, [])
    sess = tf.Session()
    assert sess.run(x, {x: [[1, 2, 3]]}).dtype == np.float32
    assert sess.run(n, {n: 3.0}).dtype == np.int32
    with pytest.raises(InvalidArgumentError, match="would lose its fractions"):
        sess.run(n, {n: 3.5})
    with pytest.raises(InvalidArgumentError, match="does not fit into int32"):
        sess.run(n, {n: 2**40})
    with pytest.raises(InvalidArgumentError, match="does not fit into bool"):
        sess.run(flag, {flag: 2})
    with pytest.raises(InvalidArgumentError, match=r"shape \(3,\), but .* write x\[None\]"):
        sess.run(x, {x: [1, 2, 3]})
    with pytest.raises(InvalidArgumentError, match=r"shape \(1, 2\)"):
        sess.run(x, {x: [[1, 2]]})
    with pytest.raises(TypeError, match="a feed is a value"):
        sess.run(x, {x: x})
    with pytest.raises(TypeError, match="keys of feed_dict"):
        sess.run(x, {3: [[1, 2, 3]]})


def test_a_feed_is_not_kept_and_a_result_is_nobody_elses():
    x = tf.placeholder("float", [2])
    v = tf.Variable([0.0, 0.0])
    keep = v.assign(x)
    array = np.array([1.0, 2.0], np.float32)
    sess = tf.Session()
    sess.run(tf.initialize_all_variables())
    fetched = sess.run([keep, tf.identity(x), v, tf.constant([5.0])], {x: array})
    array[:] = 100.0
    for result in fetched:
        result[...] = -1.0
    np.testing.assert_array_equal(sess.run(v), [1.0, 2.0])


# -- fetches ----------------------------------------------------------------------------------


def test_what_can_not_be_fetched_says_why():
    x = tf.placeholder("float")
    sess = tf.Session()
    with pytest.raises(TypeError, match="a value already"):
        sess.run([np.ones(2)])
    with pytest.raises(TypeError, match="a gradient that does not exist"):
        sess.run(tf.gradients(x, [tf.constant(1.0)]))
    sess.close()
    with pytest.raises(RuntimeError, match="closed"):
        sess.run(x, {x: 1.0})


def test_an_op_that_fails_names_its_node_and_line():
    x = tf.placeholder("float", [None])
    y = tf.placeholder("float", [None])
    with pytest.raises(InvalidArgumentError) as error:
        tf.Session().run(x * y, {x: np.ones(2), y: np.ones(3)})
    assert "node mul (Mul) failed" in str(error.value)
    assert "shapes (2,) and (3,)" in str(error.value)
    assert "test_session.py, line" in str(error.value)


def test_only_the_last_use_keeps_a_value():
    """A long chain is run in the memory of a few arrays."""
    x = tf.placeholder("float", [1000])
    y = x
    for _ in range(50):
        y = y + 1.0
    plan_of = tf.Session()
    assert plan_of.run(y, {x: np.zeros(1000)})[0] == 50.0
    (plan,) = plan_of._plans.values()
    values = plan.run(plan_of.state, {x.node: np.zeros(1000, np.float32)})
    assert sum(isinstance(v, np.ndarray) for v in values) == 2  # the feed and the result


def test_run_metadata_has_what_ran_and_every_value():
    x = tf.placeholder("float", name="x")
    y = tf.exp(x * 2.0)
    metadata = tf.RunMetadata()
    tf.Session().run(y, {x: 0.5}, run_metadata=metadata)
    assert [op.name for op in metadata.ran] == ["mul", "Exp"]
    np.testing.assert_allclose(sorted(metadata.values.values()), [0.5, 1.0, np.e], rtol=1e-6)


# -- variables --------------------------------------------------------------------------------


def test_two_sessions_are_independent():
    v = tf.Variable(0.0)
    one, two = tf.Session(), tf.Session()
    for sess in (one, two):
        sess.run(tf.initialize_all_variables())
    one.run(v.assign(5.0))
    assert (one.run(v), two.run(v)) == (5.0, 0.0)


def test_an_uninitialized_variable_is_named_with_what_to_run():
    w = tf.Variable(1.0, name="w")
    with pytest.raises(
        FailedPreconditionError, match=r"(?s)variable w .*read by mul.*initialize_all"
    ):
        tf.Session().run(w * 2.0)
    assert tf.Session().run(tf.report_uninitialized_variables()).tolist() == ["w"]
    assert not tf.Session().run(tf.is_variable_initialized(w))


def test_variables_that_start_from_others():
    a = tf.Variable(tf.random_normal([3]))
    b = tf.Variable(a.initialized_value() * 2.0)
    sess = tf.Session()
    sess.run(tf.initialize_all_variables())
    np.testing.assert_allclose(sess.run(b), 2 * sess.run(a))


def test_assignments():
    v = tf.Variable([1.0, 2.0], name="v")
    sess = tf.Session()
    sess.run(v.initializer)
    assert sess.run(v.assign_add([1.0, 1.0])).tolist() == [2.0, 3.0]
    assert sess.run(tf.assign_sub(v, [2.0, 2.0])).tolist() == [0.0, 1.0]
    v.load([7.0, 8.0], sess)
    assert v.eval(session=sess).tolist() == [7.0, 8.0]
    with pytest.raises(InvalidArgumentError, match=r"shape \(3,\) can't be assigned .* v of shape"):
        sess.run(v.assign(tf.placeholder_with_default([1.0, 2.0, 3.0], None)))
    counter = tf.Variable(0)
    sess.run(counter.initializer)
    up = counter.count_up_to(2)
    assert [sess.run(up), sess.run(up)] == [0, 1]
    with pytest.raises(OutOfRangeError, match="limit 2"):
        sess.run(up)


def test_a_variable_is_an_operand_like_any_other():
    v = tf.Variable([[1.0, 4.0]])
    sess = tf.Session()
    sess.run(v.initializer)
    assert sess.run(np.sqrt(v)[0, 1] + v[0, 0]) == 3.0
    assert sess.run(v * 2.0, {v: [[10.0, 20.0]]}).tolist() == [[20.0, 40.0]]


# -- scopes -----------------------------------------------------------------------------------


def test_reuse_errors_say_what_to_write():
    with tf.variable_scope("net"):
        tf.get_variable("w", [2, 3])
        with pytest.raises(ValueError, match=r"(?s)net/w exists already.*reuse=True"):
            tf.get_variable("w", [2, 3])
    with tf.variable_scope("net", reuse=True):
        with pytest.raises(ValueError, match=r"net/v does not exist.*Did you mean net/w"):
            tf.get_variable("v", [2, 3])
        with pytest.raises(ValueError, match=r"can't be shared as one of shape \(3, 3\)"):
            tf.get_variable("w", [3, 3])
    with pytest.raises(ValueError, match="must be known"):
        tf.get_variable("unknown")


def test_nested_scopes_inherit():
    three = tf.constant_initializer(3.0)
    with tf.variable_scope("outer", initializer=three) as outer, tf.variable_scope("inner"):
        v = tf.get_variable("v", [2])
    with tf.variable_scope(outer, reuse=True), tf.variable_scope("inner"):
        assert tf.get_variable("v", [2]) is v
    with tf.variable_scope(None, default_name="conv") as one:
        pass
    with tf.variable_scope(None, default_name="conv") as two:
        pass
    assert (v.name, one.name, two.name) == ("outer/inner/v:0", "conv", "conv_1")
    sess = tf.Session()
    sess.run(tf.initialize_all_variables())
    assert sess.run(v).tolist() == [3.0, 3.0]


def test_collections():
    w = tf.get_variable("w", [2], regularizer=lambda v: tf.reduce_sum(tf.square(v)))
    hidden = tf.Variable(1.0, trainable=False, collections=["mine"])
    tf.add_to_collection("losses", w)
    assert tf.get_collection(tf.GraphKeys.TRAINABLE_VARIABLES) == [w]
    assert tf.get_collection("mine") == [hidden]
    assert tf.get_collection("losses", scope="w") == [w]
    assert len(tf.get_collection(tf.GraphKeys.REGULARIZATION_LOSSES)) == 1
    assert tf.all_variables() == [w]


# -- pitfalls ---------------------------------------------------------------------------------


def test_a_graph_that_grows_in_a_loop_warns_once_with_the_line():
    x = tf.placeholder("float", [])
    sess = tf.Session()

    def loop():
        for _ in range(30):
            sess.run(-x, {x: 1.0})

    with pytest.warns(GrowingGraphWarning, match=r"(?s)before 10 runs.*sess\.run\(-x") as caught:
        loop()
    assert len(caught) == 1


def test_building_between_runs_does_not_warn():
    x = tf.placeholder("float", [])
    sess = tf.Session()
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        y = x
        for _ in range(5):
            y = y + 1.0
            sess.run(y, {x: 1.0})


CELL = """
x = tf.placeholder("float", [2], name="x")
w = tf.get_variable("w", [2])
parts = [tf.placeholder("float") for _ in range(2)]
y = x * w
"""


def test_a_notebook_cell_that_is_run_again_finds_what_it_made():
    def run_cell(source, file):
        space = {"tf": tf}
        exec(compile(source, file, "exec"), space)
        return space

    cell = "/tmp/ipykernel_1/2.py"
    first, second = run_cell(CELL, cell), run_cell(CELL, cell)
    assert second["x"] is first["x"]
    assert second["w"] is first["w"]
    assert second["parts"] == first["parts"]
    assert first["parts"][0] is not first["parts"][1]
    with pytest.raises(ValueError, match="w exists already"):  # another cell of the same text
        run_cell(CELL, "/tmp/ipykernel_1/3.py")
    with pytest.raises(ValueError, match=r"start anew call tf\.reset_default_graph"):
        run_cell(CELL.replace('"w", [2]', '"w", [3]'), cell)  # the cell was edited


def test_a_cell_that_calls_a_function_of_another_cell_can_be_run_again():
    space = {"tf": tf}

    def run_cell(source, file):
        exec(compile(source, f"/tmp/ipykernel_1/{file}.py", "exec"), space)

    define = 'def layer(n):\n    return tf.get_variable("w", [n])'
    run_cell(define, 1)
    run_cell("first = layer(2)", 2)
    old = space["first"]
    run_cell("first = layer(2)", 2)
    run_cell(define, 1)
    run_cell("first = layer(2)", 2)
    assert space["first"] is old
    for twice in ("other = layer(2)", "tf.reset_default_graph(); a = layer(2); b = layer(2)"):
        with pytest.raises(ValueError, match="w exists already"):
            run_cell(twice, 3)


def test_a_module_that_makes_a_variable_twice_is_an_error_still():
    source = compile('tf.get_variable("w", [2])', "train.py", "exec")
    exec(source, {"tf": tf})
    with pytest.raises(ValueError, match="exists already"):
        exec(source, {"tf": tf})


# -- threads ----------------------------------------------------------------------------------


def test_sessions_and_graphs_of_a_thread_are_its_own():
    v = tf.Variable(0.0)
    sess = tf.Session()
    sess.run(tf.initialize_all_variables())
    up = v.assign_add(1.0)
    seen = []

    def work():
        seen.append(tf.get_default_session())
        for _ in range(50):
            sess.run(up)

    with sess.as_default():
        threads = [threading.Thread(target=work) for _ in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert tf.get_default_session() is sess
    assert sess.run(v) == 200.0
    assert seen == [None] * 4


def test_a_session_of_another_graph_says_which():
    with tf.Graph().as_default() as graph:
        x = tf.constant(1.0)
    assert tf.Session(graph=graph).run(x) == 1.0
    with pytest.raises(GraphError, match=r"tf\.Session\(graph=Const\.graph\)"):
        tf.Session().run(x)


def test_a_state_is_fed_as_the_structure_that_it_is():
    with tf.Graph().as_default(), tf.Session() as sess:
        cell = tf.nn.rnn_cell.MultiRNNCell([tf.nn.rnn_cell.BasicLSTMCell(2)] * 2)
        state = cell.zero_state(1, tf.float32)
        total = tf.add_n([part for pair in state for part in pair])
        ones = sess.run(state)
        fed = tuple(tf.nn.rnn_cell.LSTMStateTuple(c + 1, [[2.0, 3.0]]) for c, _ in ones)
        assert sess.run(total, {state: fed}).tolist() == [[6.0, 8.0]]
        with pytest.raises(ValueError, match=r"a structure of 2 values like it; got \(LSTMState"):
            sess.run(total, {state: ones[:1]})
