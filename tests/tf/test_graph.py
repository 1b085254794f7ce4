"""Building: names, shapes, dtypes, errors at the line that builds the node."""

import time

import numpy as np
import pytest

import autodiff as ad
from autodiff import ops
from autodiff.core.ground.errors import DetachError, ShapeError, ValueNeededError
from autodiff.frontends import tensorflow as tf
from autodiff.frontends.tensorflow.ground.errors import GraphError


def shapes(*dims):
    return [tf.placeholder("float", d) for d in dims]


# -- names ------------------------------------------------------------------------------------


def test_names_are_made_unique_as_in_0_11():
    a = tf.placeholder("float")
    b = tf.placeholder("float", name="b")
    names = [t.name for t in (a, b, tf.mul(a, b), tf.mul(a, b), a * b, a * 2.0, -a, a / b, a[0:1])]
    assert names == [
        "Placeholder:0", "b:0", "Mul:0", "Mul_1:0", "mul:0", "mul_1:0", "Neg:0", "truediv:0",
        "StridedSlice:0",
    ]  # fmt: skip
    with tf.name_scope("scope"):
        assert tf.mul(a, b).name == "scope/Mul:0"
        with tf.name_scope("inner"):
            assert tf.mul(a, b, name="mine").name == "scope/inner/mine:0"
    with tf.name_scope("scope"):
        assert tf.mul(a, b).name == "scope_1/Mul:0"
    assert tf.constant(1.0).name == "Const:0"
    assert tf.Variable(1.0).name == "Variable:0"
    assert tf.Variable(1.0).name == "Variable_1:0"
    assert tf.Variable(1.0).initializer.name == "Variable_2/Assign"


def test_parts_of_several_results_are_numbered():
    left, right = np.split(tf.constant([1.0, 2.0]), 2)
    assert (left.name, right.name) == ("Split:0", "Split:1")
    assert left.op == right.op
    assert left.op.outputs == [left, right]


def test_nodes_are_found_by_name():
    x = tf.placeholder("float", name="x")
    y = tf.exp(x, name="y")
    graph = tf.get_default_graph()
    assert graph.get_tensor_by_name("y:0") is y
    assert graph.get_operation_by_name("y") == y.op
    assert y.op.inputs == [x]
    assert (y.op.type, y.op.name, y.graph) == ("Exp", "y", graph)
    assert tf.Session().run("y:0", {"x:0": 0.0}) == 1.0
    with pytest.raises(KeyError, match="Did you mean y"):
        graph.get_operation_by_name("yy")
    with pytest.raises(ValueError, match="'y:0'"):
        graph.get_tensor_by_name("y")


# -- shapes -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("dims", "build", "expected"),
    [
        ([(None, 3), (3,)], lambda x, y: x + y, (None, 3)),
        ([(None, 1), (1, None)], lambda x, y: x * y, (None, None)),
        ([None, (3,)], lambda x, y: x + y, None),
        ([(None, 3), (3, 4)], lambda x, y: x @ y, (None, 4)),
        ([(None, None), (3, 4)], lambda x, y: x @ y, (None, 4)),
        ([(5, None, 3), (3, 4)], lambda x, y: x @ y, (5, None, 4)),
        ([(None, 3)], lambda x: x.sum(axis=0), (3,)),
        ([(None, 3)], lambda x: np.mean(x, axis=1, keepdims=True), (None, 1)),
        ([None], lambda x: np.sum(x), ()),
        ([(None, 28, 28)], lambda x: np.reshape(x, (-1, 784)), (None, 784)),
        ([(4, 6)], lambda x: np.reshape(x, (3, -1)), (3, 8)),
        ([(None, 3)], lambda x: x.T, (3, None)),
        ([(None, 3)], lambda x: x[0], (3,)),
        ([(None, 3)], lambda x: x[:, 1:], (None, 2)),
        ([(None, 3)], lambda x: x[:2], (None, 3)),  # there may be one row only
        ([(None, 3)], lambda x: np.diagonal(x), (None,)),
        ([(None, 3)], lambda x: np.average(x, axis=0, weights=[0.2, 0.8]), (3,)),
        ([(None, 3)], lambda x: x[None, ..., 0], (1, None)),
        ([(None, 3), (None, 2)], lambda x, y: np.concatenate([x, y], axis=1), (None, 5)),
        ([(None, 3)], lambda x: x[x > 0], (None,)),
        ([(4, 3)], lambda x: x[x[:, 0] > 0], (None, 3)),
        ([(4, 3)], lambda x: np.linalg.svd(x)[1], (3,)),
        ([(3, 3)], lambda x: np.linalg.inv(x), (3, 3)),
        ([(None, 3, 3)], lambda x: np.linalg.det(x), (None,)),
        ([(None, 5)], lambda x: ops["softmax"](x), (None, 5)),
        ([(None, 5)], lambda x: np.argmax(x, axis=1), (None,)),
        ([(2, 3)], lambda x: np.kron(x, x), (4, 9)),
        ([(None, 3)], lambda x: np.pad(x, 1), (None, 5)),
    ],
)  # fmt: skip
def test_static_shapes(dims, build, expected):
    assert build(*shapes(*dims)).dims == expected


def test_shapes_in_a_run_fit_the_static_ones():
    x = tf.placeholder("float", [None, 3])
    y = np.concatenate([x[:, :1], x @ tf.constant(np.ones((3, 2), np.float32))], axis=1)
    assert y.dims == (None, 3)
    assert tf.Session().run(y, {x: np.ones((5, 3))}).shape == (5, 3)


def test_get_shape_answers_as_in_0_11():
    (x,) = shapes([None, 784])
    shape = x.get_shape()
    assert shape.as_list() == [None, 784]
    assert (shape.ndims, shape[1].value, int(shape[1])) == (2, 784, 784)
    assert not shape.is_fully_defined()
    x.set_shape([32, None])
    assert x.get_shape().as_list() == [32, 784]
    with pytest.raises(ValueError, match="not compatible"):
        x.set_shape([16, 784])


@pytest.mark.parametrize(
    ("dims", "build", "words"),
    [
        ([(2, 3), (2, 3)], lambda x, y: x @ y, "Did you mean to transpose the right one"),
        ([(2, 3), (4,)], lambda x, y: x + y, "Axes are aligned from the right"),
        ([(None, 3), (4, None)], lambda x, y: x @ y, r"\(3\) must equal the first axis"),
        ([(4, 6)], lambda x: np.reshape(x, (5, 5)), "reshape can't be applied"),
        ([(2, 3)], lambda x: x.sum(axis=2), "axis 2 is out of bounds"),
        ([(2, 3), (3, 3)], lambda x, y: np.concatenate([x, y], axis=1), "concatenate"),
        ([(3,)], lambda x: x[5], "out of bounds"),
    ],
)  # fmt: skip
def test_a_mismatch_is_raised_at_the_line_that_builds_the_node(dims, build, words):
    with pytest.raises((ShapeError, IndexError), match=words) as error:
        build(*shapes(*dims))
    assert "test_graph.py, line" in str(error.value)


# -- dtypes -----------------------------------------------------------------------------------


def test_float32_by_default_and_scalars_follow_the_tensor():
    x = tf.constant(2.0)
    assert x.dtype == tf.float32
    assert (x * 2).dtype == (1 - x).dtype == (x**2).dtype == tf.float32
    double = tf.constant(2.0, tf.float64)
    assert (double * 2).dtype == tf.float64
    assert tf.constant([1, 2]).dtype == tf.int32
    assert (x > 1).dtype == np.dtype(bool)
    assert tf.Session().run(x * 2 / 3).dtype == np.float32


def test_mixed_dtypes_are_refused_with_the_cast():
    with pytest.raises(GraphError, match=r"tf\.cast\(double, tf\.float32\)"):
        tf.constant(1.0) + tf.constant(np.ones(2), name="double")
    with pytest.raises(GraphError, match=r"tf\.cast\(whole, tf\.float32\)"):
        tf.constant([1, 2], name="whole") * tf.constant(1.0)
    with pytest.raises(TypeError, match=r"add can.t be applied to string and int"):
        tf.constant("a") + tf.constant(["b", "c"]) + 1
    with pytest.raises(TypeError, match="would lose its fractions as int32"):
        tf.constant(1) + 0.5


# -- what has no value yet --------------------------------------------------------------------


@pytest.mark.parametrize(
    ("use", "words"),
    [
        (lambda t: 1 if t > 0 else 2, r"tf\.cond"),
        (float, r"sess\.run"),
        (int, r"sess\.run"),
        (list, r"tf\.unpack"),
        (lambda t: np.array(t), r"tf\.pack"),
        (lambda t: t == 3.0, r"tf\.equal"),
        (lambda t: t.tolist(), r"sess\.run"),
    ],
)
def test_what_asks_for_a_value_refuses_with_the_fix(use, words):
    x = tf.placeholder("float", [], name="x")
    with pytest.raises((ValueNeededError, TypeError), match=words):
        use(x)


def test_assigning_into_a_tensor_is_refused():
    x = tf.placeholder("float", [3])
    with pytest.raises(TypeError, match="can't be assigned to"):
        x[0] = 1.0
    y = x
    y += 1.0
    assert y.op.type == "Add"


def test_tensors_are_keys_by_identity():
    x, y = shapes([], [])
    assert {x: 1, y: 2}[x] == 1
    assert x in [y, x]
    assert x not in [y]


def test_an_eager_tensor_can_not_enter_a_graph():
    with pytest.raises(DetachError, match=r"x\.data"):
        tf.constant(1.0) * ad.Tensor(2.0)


# -- graphs -----------------------------------------------------------------------------------


def test_tensors_of_two_graphs_do_not_mix():
    x = tf.placeholder("float", name="x")
    with tf.Graph().as_default():
        y = tf.placeholder("float", name="y")
        with pytest.raises(GraphError, match="belongs to another graph"):
            x + y
        with pytest.raises(GraphError, match="not a node of this session's graph"):
            tf.Session().run(x)


def test_reset_and_default_graphs():
    before = tf.get_default_graph()
    with tf.Graph().as_default() as inside:
        assert tf.get_default_graph() is inside
        with pytest.raises(AssertionError, match="inside"):
            tf.reset_default_graph()
    assert tf.get_default_graph() is before
    tf.reset_default_graph()
    assert tf.get_default_graph() is not before


def test_finalize_allows_no_more_nodes():
    x = tf.placeholder("float")
    x.graph.finalize()
    with pytest.raises(GraphError, match="the graph is finalized"):
        tf.exp(x)


def test_constants_are_kept_as_they_were():
    array = np.ones(3, np.float32)
    y = tf.constant([1.0, 2.0, 3.0]) * array
    array[:] = 100.0
    np.testing.assert_array_equal(tf.Session().run(y), [1.0, 2.0, 3.0])


@pytest.mark.timed
def test_ten_thousand_nodes_are_built_in_half_a_second():
    x = tf.placeholder("float", [10])
    y, start = x, time.perf_counter()
    for _ in range(5000):
        y = y * 2.0 + 1.0
    taken = time.perf_counter() - start
    assert len(x.graph.equations) == 10_001
    assert taken < 2.0  # 0.15 s on a free machine; the benchmark measures it


def test_the_program_of_a_graph_tells_constants_parameters_and_inputs():
    x = tf.placeholder("float", [2], name="x")
    w = tf.Variable(x * tf.constant(3.0, name="three"), name="w")
    lines = {line.split()[0]: line.split()[1] for line in str(w.graph.program).splitlines()}
    assert (lines["x"], lines["three"], lines["w"]) == ("input", "3", "parameter")


@pytest.mark.timed
def test_however_little_is_known_building_takes_no_longer_than_running():
    """A placeholder without a shape, as every dropout of 2016 has one."""
    keep, rows = tf.placeholder("float"), tf.placeholder(tf.int32)
    x, w = tf.placeholder("float", [None, 784]), tf.Variable(tf.zeros([784, 625]))
    start = time.perf_counter()
    h = tf.nn.dropout(x, keep)
    assert h.get_shape().as_list() == [None, 784]
    assert tf.matmul(h, w).get_shape().as_list() == [None, 625]
    assert tf.matmul(keep, w).get_shape().as_list() == [None, 625]
    for build in (lambda: tf.gather(w, rows), lambda: tf.batch_matmul(keep, keep)):
        assert build().get_shape().ndims is None
    assert time.perf_counter() - start < 5
    with pytest.raises(ValueError, match="keep_prob is one number"):
        tf.nn.dropout(x, tf.placeholder("float", [3]))


def test_parts_of_an_axis_whose_length_is_known_only_while_running():
    x = tf.placeholder("float", [None, 2])
    one, two = tf.split(0, 2, x)
    assert one.get_shape().as_list() == [None, 2]
    slope = tf.gradients(tf.reduce_sum(one) + 3 * tf.reduce_sum(two), x)[0]
    with tf.Session() as sess:
        found = sess.run([one, two, slope], {x: np.arange(8.0).reshape(4, 2)})
        np.testing.assert_allclose(np.concatenate(found[:2]), np.arange(8.0).reshape(4, 2))
        np.testing.assert_allclose(found[2][:, 0], [1, 1, 3, 3])
        with pytest.raises(tf.errors.InvalidArgumentError, match=r"length 3, .* not divisible"):
            sess.run(one, {x: np.ones((3, 2))})


def test_zeros_of_the_shape_of_a_tensor_know_what_is_known_of_it():
    x = tf.placeholder("float", [None, 3])
    assert tf.zeros(tf.shape(x)).get_shape().as_list() == [None, 3]
    assert tf.random_normal(tf.shape(x)).get_shape().as_list() == [None, 3]


def test_a_slice_of_a_known_size_has_it_wherever_it_begins():
    x = tf.placeholder("float", [None, 3])
    for begin in ([tf.placeholder(tf.int32, []), 0], [1, 0]):
        part = tf.slice(x, begin, [2, 2])
        assert part.get_shape().as_list() == [2, 2]
        assert len(tf.unpack(part)) == 2


def test_a_table_of_one_row_says_nothing_of_how_many_rows_are_taken():
    row, some = tf.Variable(tf.zeros([1, 4])), tf.placeholder(tf.int32, [None])
    many = tf.placeholder(tf.int32, [None, None])
    taken = tf.gather(row, some), tf.gather(row, many), tf.gather_nd(row, tf.expand_dims(some, 1))
    assert [t.get_shape().as_list() for t in taken] == [[None, 4], [None, None, 4], [None, 4]]
    slope = tf.convert_to_tensor(tf.gradients(tf.square(taken[0] + 1), row)[0])
    with tf.Session() as sess:
        sess.run(tf.initialize_all_variables())
        assert sess.run(slope, {some: [0, 0, 0]}).tolist() == [[6.0] * 4]
