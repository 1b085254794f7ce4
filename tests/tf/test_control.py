"""Branches, loops and the order of running."""

import numpy as np
import pytest

import autodiff as ad
from autodiff.frontends import tensorflow as tf
from autodiff.frontends.tensorflow.ground.errors import GraphError, InvalidArgumentError


def run(fetches, feed=None):
    sess = tf.Session()
    sess.run(tf.initialize_all_variables())
    return sess.run(fetches, feed)


# -- branches ---------------------------------------------------------------------------------


def test_cond_runs_and_differentiates_the_branch_taken():
    x = tf.placeholder("float", [])
    w = tf.Variable(2.0)
    y = tf.cond(x > 0, lambda: w * x * x, lambda: w - x)
    grads = tf.gradients(y, [x, w])
    assert run([y, grads], {x: 3.0}) == [18.0, [12.0, 9.0]]
    assert run([y, grads], {x: -3.0}) == [5.0, [-1.0, 1.0]]


def test_cond_does_not_run_the_other_branch():
    seen = []

    def note(which):
        return lambda v: seen.append(which) or v

    x = tf.placeholder("float", [])
    y = tf.cond(
        x > 0,
        lambda: tf.py_func(note("positive"), [x], tf.float32),
        lambda: tf.py_func(note("negative"), [x], tf.float32),
    )
    run(y, {x: 1.0})
    assert seen == ["positive"]


def test_cond_on_tensors_of_outside_only():
    a, b = tf.constant(1.0), tf.constant(2.0)
    flag = tf.placeholder(tf.bool, [])
    y = tf.cond(flag, lambda: tf.add(a, b), lambda: tf.mul(a, b))
    assert "Add" not in [op.type for op in tf.get_default_graph().get_operations()]
    assert run(y, {flag: True}) == 3.0


def test_cond_with_dropout_keeps_one_mask_for_both_ways():
    x = tf.constant(np.ones(1000, np.float32))
    train = tf.placeholder(tf.bool, [])
    y = tf.cond(train, lambda: tf.nn.dropout(x, 0.5), lambda: x * 1.0)
    (g,) = tf.gradients(y, [x])
    kept, slope = run([y, g], {train: True})
    assert 0 < np.count_nonzero(kept) < 1000
    np.testing.assert_array_equal(kept, slope)


def test_cond_with_an_assignment_and_nested():
    v = tf.Variable(0.0)
    x = tf.placeholder("float", [])
    y = tf.cond(
        x > 0,
        lambda: tf.cond(x > 10, lambda: v.assign(100.0), lambda: v.assign_add(x)),
        lambda: tf.identity(v),
    )
    sess = tf.Session()
    sess.run(tf.initialize_all_variables())
    assert [sess.run(y, {x: value}) for value in (2.0, 3.0, -1.0, 11.0)] == [2.0, 5.0, 5.0, 100.0]


def test_cond_with_several_results_and_case():
    x = tf.placeholder("float", [])
    low, high = tf.cond(x < 0, lambda: (x, -x), lambda: (-x, x))
    sign = tf.case(
        [(x < 0, lambda: tf.constant(-1)), (x > 0, lambda: tf.constant(1))],
        default=lambda: tf.constant(0),
    )
    assert run([low, high, sign], {x: -2.0}) == [-2.0, 2.0, -1]
    assert run([low, high, sign], {x: 0.0}) == [0.0, 0.0, 0]


def test_cond_branches_must_agree():
    x = tf.placeholder("float", [])
    with pytest.raises(GraphError, match="float32 and int32"):
        tf.cond(x > 0, lambda: x, lambda: tf.constant(1))
    with pytest.raises(ValueError, match="return 1 and 2 values"):
        tf.cond(x > 0, lambda: x, lambda: (x, x))
    with pytest.raises(TypeError, match="needs a bool"):
        tf.cond(x, lambda: x, lambda: x)


def test_second_order_through_cond():
    x = tf.placeholder(tf.float64, [])
    y = tf.cond(x > 0, lambda: x**3, lambda: x)
    (g,) = tf.gradients(y, [x])
    (h,) = tf.gradients(g, [x])
    np.testing.assert_allclose(run([g, h], {x: 2.0}), [12.0, 12.0])


# -- loops ------------------------------------------------------------------------------------


def test_while_loop_and_its_gradient():
    rng = np.random.default_rng(0)
    start, weight = rng.normal(size=3), rng.normal(size=(3, 3))

    def by_python(h, w):
        for _ in range(5):
            h = np.tanh(h @ w)
        return np.sum(h**2)

    h, w = tf.placeholder(tf.float64, [3]), tf.placeholder(tf.float64, [3, 3])
    _, last = tf.while_loop(
        lambda i, h: i < 5, lambda i, h: (i + 1, np.tanh(h @ w)), (tf.constant(0), h)
    )
    loss = tf.reduce_sum(last**2)
    found = run(tf.gradients(loss, [h, w]), {h: start, w: weight})
    for one, other in zip(found, ad.grad(by_python, (0, 1))(start, weight), strict=True):
        np.testing.assert_allclose(one, other, rtol=1e-12)


def test_while_loop_that_depends_on_values_and_grows():
    x = tf.placeholder("float", [])
    steps, last = tf.while_loop(
        lambda i, y: y < 100.0, lambda i, y: (i + 1, y * x), (tf.constant(0), tf.constant(1.0))
    )
    (g,) = tf.gradients(last, [x])
    assert run([steps, last, g], {x: 3.0}) == [5, 243.0, 405.0]

    grown = tf.while_loop(
        lambda v: tf.shape(v)[0] < 8,
        lambda v: tf.concat(0, [v, v]),
        [tf.constant([1.0])],
        shape_invariants=[[None]],
    )
    assert run(grown).tolist() == [1.0] * 8


def test_gradients_inside_a_loop():
    """Newton's method in the graph: the derivative is built inside of the loop's body."""
    target = tf.placeholder(tf.float64, [])

    def step(i, x):
        y = x * x - target
        return i + 1, x - y / tf.gradients(y, [x])[0]

    _, root = tf.while_loop(
        lambda i, x: i < 6, step, (tf.constant(0), tf.constant(1.0, tf.float64))
    )
    slope = tf.gradients(root, [target])[0]
    np.testing.assert_allclose(run([root, slope], {target: 2.0}), [2**0.5, 0.5 / 2**0.5], rtol=1e-9)


def test_gradients_inside_a_branch_with_respect_to_a_tensor_of_outside():
    x = tf.placeholder("float", [])
    y = tf.cond(x > 0, lambda: tf.gradients(x**3, [x])[0], lambda: tf.zeros([]))
    assert run([y, tf.gradients(y, [x])[0]], {x: 2.0}) == [12.0, 12.0]


def test_while_loop_refuses_what_changes():
    with pytest.raises(ValueError, match=r"enters .* with shape \(1,\) .* shape \(2,\)"):
        tf.while_loop(lambda v: True, lambda v: tf.concat(0, [v, v]), [tf.constant([1.0])])
    with pytest.raises(GraphError, match=r"int32 and is float32"):
        tf.while_loop(lambda i: i < 3, lambda i: tf.cast(i, tf.float32), [tf.constant(0)])


def test_scan_fold_and_map():
    xs = tf.placeholder("float", [None])
    totals = tf.scan(lambda a, x: a + x, xs)
    product = tf.foldl(lambda a, x: a * x, xs, initializer=tf.constant(1.0))
    squares = tf.map_fn(lambda x: x * x, xs)
    (g,) = tf.gradients(product, [xs])
    found = run([totals, product, squares, g], {xs: [1.0, 2.0, 4.0]})
    assert [np.asarray(f).tolist() for f in found] == [
        [1.0, 3.0, 7.0],
        8.0,
        [1.0, 4.0, 16.0],
        [8.0, 4.0, 2.0],
    ]


def test_several_tensors_go_along_together():
    xs, ys = tf.placeholder("float", [None]), tf.placeholder("float", [None])
    products = tf.map_fn(lambda pair: pair[0] * pair[1], (xs, ys))
    both = tf.map_fn(lambda x: (x, tf.cast(x, tf.int32)), xs, dtype=(tf.float32, tf.int32))
    sums = tf.scan(lambda a, x: (a[0] + x, a[1] * x), xs, initializer=(0.0, 1.0))
    differences = tf.foldr(lambda a, x: x - a, xs)
    gradients = tf.gradients([tf.reduce_sum(products), sums[1]], [xs, ys])
    feed = {xs: [1.0, 2.0, 4.0], ys: [3.0, 5.0, 7.0]}
    found = run([products, *both, *sums, differences, *gradients], feed)
    assert [np.asarray(f).tolist() for f in found] == [
        [3.0, 10.0, 28.0], [1.0, 2.0, 4.0], [1, 2, 4], [1.0, 3.0, 7.0], [1.0, 2.0, 8.0],
        1.0 - (2.0 - 4.0), [3.0 + 11.0, 5.0 + 5.0, 7.0 + 2.0], [1.0, 2.0, 4.0],
    ]  # fmt: skip
    none = run([products, sums[0]], {xs: np.zeros(0), ys: np.zeros(0)})
    assert [part.shape for part in none] == [(0,), (0,)]


def test_a_gradient_inside_of_a_loop_with_respect_to_what_is_outside():
    """One step of descent on each task, and the derivative through it (Finn et al., 2017)."""
    w = tf.Variable([[1.0, 2.0], [3.0, 4.0]], dtype=tf.float64)
    tasks = tf.placeholder(tf.float64, [None, 4, 2])

    def adapted(x):
        (g,) = tf.gradients(tf.reduce_sum(tf.tanh(tf.matmul(x, w))), [w])
        return tf.reduce_sum(tf.tanh(tf.matmul(x, w - 0.1 * g)))

    losses = tf.map_fn(adapted, tasks)
    (found,) = tf.gradients(losses, [w])
    xs = np.random.default_rng(0).normal(size=(3, 4, 2))

    def expected(w):
        total = 0.0
        for x in xs:
            g = ad.grad(lambda w, x=x: np.sum(np.tanh(x @ w)))(w)
            total = total + np.sum(np.tanh(x @ (w - 0.1 * g)))
        return total

    start = np.array([[1.0, 2.0], [3.0, 4.0]])
    np.testing.assert_allclose(run(found, {tasks: xs}), ad.grad(expected)(start), rtol=1e-10)


def test_a_gradient_inside_of_a_loop_that_would_miss_a_way_is_refused():
    w = tf.Variable(2.0, name="w")
    outside = tf.square(w, name="outside")
    with pytest.raises(GraphError, match=r"miss the way through outside:0.*Build outside inside"):
        tf.cond(True, lambda: tf.gradients(w * outside, [w])[0], lambda: tf.constant(0.0))
    unused = tf.cond(
        True, lambda: tf.gradients(w * w, [w])[0] * tf.stop_gradient(outside), lambda: w
    )
    assert run(unused) == 16.0
    with tf.Graph().as_default():
        other = tf.constant(1.0)
    with pytest.raises(GraphError, match="another graph"):
        tf.gradients(w, other)


def test_a_variable_is_read_anew_inside_of_a_branch_or_loop_too():
    """Under control dependencies the value is the new one, and the derivative goes through."""
    v = tf.Variable(1.0)

    def after():
        with tf.control_dependencies([v.assign(5.0)]):
            return v * v

    def grown(i, total):
        with tf.control_dependencies([v.assign_add(1.0)]):
            return i + 1, total + v * v.read_value()

    branch = tf.cond(True, after, lambda: v)
    _, loop = tf.while_loop(lambda i, _: i < 3, grown, [0, 0.0])
    slopes = [tf.gradients(branch, v)[0], tf.gradients(loop, v)[0]]
    sess = tf.Session()
    sess.run(v.initializer)
    assert sess.run([branch, slopes[0], v.read_value()]) == [25.0, 10.0, 5.0]
    sess.run(v.initializer)
    assert sess.run([loop, slopes[1]]) == [4.0 + 9.0 + 16.0, 2.0 * (2 + 3 + 4)]


def test_a_derivative_inside_of_a_branch_that_waits():
    v = tf.Variable(3.0)
    with tf.control_dependencies([v.assign_add(1.0)]):
        slope = tf.cond(True, lambda: tf.gradients(v * v, [v])[0], lambda: v)
    assert run(slope) == 8.0


def test_what_goes_along_fits():
    xs = tf.constant([1, 2, 3])
    with pytest.raises(GraphError, match=r"scan is given int32 to carry, and returns float32"):
        tf.scan(lambda a, x: tf.cast(a + x, tf.float32), xs)
    with pytest.raises(GraphError, match=r"returns int32, and dtype= says float32"):
        tf.map_fn(lambda x: x, xs, dtype=tf.float32)
    pair = tf.map_fn(lambda p: p[0] + p[1], (tf.placeholder("float"), tf.placeholder("float")))
    with pytest.raises(tf.errors.InvalidArgumentError, match=r"lengths \[2, 3\], not one"):
        run(pair, {pair.op.inputs[0]: [1.0, 2.0], pair.op.inputs[1]: [1.0, 2.0, 3.0]})


# -- order ------------------------------------------------------------------------------------


def test_control_dependencies_order_assignments_and_reads():
    v = tf.Variable(1.0)
    before = v * 10.0
    with tf.control_dependencies([v.assign_add(1.0)]):
        after = v * 10.0
        read = tf.identity(v)
    assert run([before, after, read]) == [10.0, 20.0, 2.0]


def test_gradient_through_a_read_under_control_dependencies():
    v = tf.Variable(3.0)
    with tf.control_dependencies([tf.no_op()]):
        y = v * v
    assert run(tf.gradients(y, [v])) == [6.0]


def test_group_tuple_and_no_op():
    a, b = tf.Variable(0.0), tf.Variable(0.0)
    both = tf.group(a.assign(1.0), b.assign(2.0))
    first, second = tf.tuple([a.assign_add(10.0), b.assign_add(10.0)])
    sess = tf.Session()
    sess.run(tf.initialize_all_variables())
    assert sess.run(both) is None
    assert sess.run([a, b]) == [1.0, 2.0]
    assert sess.run([first, second]) == [11.0, 12.0]


def test_print_tells_values_when_run(capsys):
    x = tf.placeholder("float", [None])
    y = tf.Print(x, [x, tf.shape(x)], message="x: ", first_n=1, summarize=2) * 2.0
    (g,) = tf.gradients(y, [x])
    sess = tf.Session()
    assert sess.run([y, g], {x: [1.0, 2.0, 3.0]})[1].tolist() == [2.0, 2.0, 2.0]
    sess.run(y, {x: [9.0]})
    assert capsys.readouterr().err == "x: [1.0 2.0...][3]\n"


def test_assert_stops_the_run():
    x = tf.placeholder("float", [])
    with tf.control_dependencies([tf.Assert(x > 0, [x])]):
        y = tf.sqrt(x)
    assert run(y, {x: 4.0}) == 2.0
    with pytest.raises(InvalidArgumentError, match="assertion failed"):
        run(y, {x: -4.0})


def test_check_numerics_finds_the_first_nan():
    x = tf.placeholder("float", [2])
    y = tf.check_numerics(tf.log(x), "log of x")
    (g,) = tf.gradients(y, [x])
    assert run(g, {x: [1.0, 2.0]}).tolist() == [1.0, 0.5]
    with pytest.raises(InvalidArgumentError, match="log of x: Log:0 has a NaN"):
        run(y, {x: [-1.0, 2.0]})


def test_placement_is_accepted():
    with tf.device("/gpu:0"):
        x = tf.constant(1.0)
    config = tf.ConfigProto(allow_soft_placement=True, gpu_options=tf.GPUOptions(allow_growth=True))
    assert tf.Session(config=config).run(x) == 1.0


def test_stop_gradient_cuts():
    x = tf.placeholder("float", [])
    y = x * tf.stop_gradient(x)
    assert run(tf.gradients(y, [x]), {x: 3.0}) == [3.0]
