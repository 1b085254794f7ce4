"""Gradients in the graph are those of the engine, to the last bit or two."""

import numpy as np
import pytest

import autodiff as ad
from autodiff import ops
from autodiff.frontends import tensorflow as tf

rng = np.random.default_rng(3)
X, Y = rng.normal(size=(3, 4)), rng.normal(size=(3, 4))
P, V, M = np.abs(X) + 0.5, rng.normal(size=4), rng.normal(size=(4, 2))

CASES = {
    "add broadcast": (lambda x, v: x + v, X, V),
    "sub broadcast": (lambda x, v: v - x, X, V),
    "mul": (lambda x, y: x * y, X, Y),
    "mul column": (lambda x, y: x * y, X, X[:, :1]),
    "div": (lambda x, y: x / y, X, P),
    "pow": (lambda x, y: x**y, P, Y),
    "square by power": (lambda x: x**2, X),
    "same operand twice": (lambda x: x * x + x, X),
    "log exp": (lambda x: np.log(x) + np.exp(-x), P),
    "sqrt": (lambda x: np.sqrt(x), P),
    "tanh": (lambda x: np.tanh(x), X),
    "sigmoid": (lambda x: ops["sigmoid"](x), X),
    "relu": (lambda x: np.maximum(x, 0), X),
    "maximum of two": (lambda x, y: np.maximum(x, y), X, Y),
    "clip": (lambda x: np.clip(x, -0.5, 0.5), X),
    "abs at 0": (lambda x: np.abs(x), np.array([-1.0, 0.0, 2.0])),
    "where": (lambda x, y: np.where(x > 0, x * y, y), X, Y),
    "matmul": (lambda x, m: x @ m, X, M),
    "matmul vector": (lambda x, v: x @ v, X, V),
    "matmul batch": (lambda a, b: a @ b, rng.normal(size=(2, 3, 4)), M),
    "sum axis": (lambda x: x.sum(axis=0), X),
    "mean keepdims": (lambda x: x - np.mean(x, axis=1, keepdims=True), X),
    "max": (lambda x: x.max(axis=1), X),
    "prod": (lambda x: np.prod(x, axis=1), X),
    "std": (lambda x: np.std(x, axis=0), X),
    "logsumexp": (lambda x: ops["logsumexp"](x, axis=1), X),
    "softmax": (lambda x: ops["softmax"](x), X),
    "log_softmax": (lambda x: ops["log_softmax"](x), X),
    "reshape": (lambda x: np.reshape(x, (2, 6)) ** 2, X),
    "transpose": (lambda x: x.T**3, X),
    "slice": (lambda x: x[1:, ::2] ** 2, X),
    "row": (lambda x: x[1] * x[0], X),
    "fancy": (lambda x: x[np.array([0, 2, 0])] ** 2, X),
    "concatenate": (lambda x, y: np.concatenate([x, y], axis=1) ** 2, X, Y),
    "stack": (lambda x, y: np.stack([x, y]) ** 2, X, Y),
    "split": (lambda x: np.split(x, 2, axis=1)[0] * np.split(x, 2, axis=1)[1], X),
    "cumsum": (lambda x: np.cumsum(x, axis=1) ** 2, X),
    "einsum": (lambda x, m: np.einsum("ij,jk->k", x, m), X, M),
    "kron": (lambda x, m: np.kron(x, m), X, M),
    "pad": (lambda x: np.pad(x, 1) ** 2, X),
    "inv": (lambda a: np.linalg.inv(a), M.T @ M),
    "svd": (lambda a: np.linalg.svd(a, full_matrices=False)[1], M),
    "sort": (lambda x: np.sort(x, axis=1) * np.arange(4.0), X),
    "norm": (lambda x: np.linalg.norm(x), X),
}


def both(f, arrays, shapes=None):
    """The gradients of sum(f**2): by the engine, and by the graph fed with the same arrays."""

    def loss(*args):
        return np.sum(f(*args) ** 2)

    expected = ad.grad(loss, tuple(range(len(arrays))))(*arrays)
    shapes = shapes or [a.shape for a in arrays]
    fed = [tf.placeholder(tf.float64, shape) for shape in shapes]
    found = tf.gradients(loss(*fed), fed)
    with tf.Session() as sess:
        return expected, sess.run(found, dict(zip(fed, arrays, strict=True)))


@pytest.mark.parametrize("name", CASES)
def test_equal_to_the_engines(name):
    f, *arrays = CASES[name]
    for expected, found in zip(*both(f, arrays), strict=True):
        np.testing.assert_allclose(found, expected, rtol=1e-13)


@pytest.mark.parametrize("name", CASES)
def test_equal_with_unknown_lengths(name):
    f, *arrays = CASES[name]
    shapes = [(None, *a.shape[1:]) for a in arrays]
    for expected, found in zip(*both(f, arrays, shapes), strict=True):
        np.testing.assert_allclose(found, expected, rtol=1e-13)


@pytest.mark.parametrize("name", ["mul", "add broadcast", "matmul", "tanh", "mean keepdims", "max"])
def test_equal_with_unknown_rank(name):
    f, *arrays = CASES[name]
    for expected, found in zip(*both(f, arrays, [None] * len(arrays)), strict=True):
        np.testing.assert_allclose(found, expected, rtol=1e-13)


@pytest.mark.parametrize("name", CASES)
def test_second_order(name):
    f, *arrays = CASES[name]
    if name == "abs at 0":
        return
    each = tuple(range(len(arrays)))

    def loss(*args):
        return np.sum(f(*args) ** 3)

    def along(*args):
        return sum(np.sum(np.sin(g)) for g in ad.grad(loss, each)(*args))

    expected = ad.grad(along, each)(*arrays)
    fed = [tf.placeholder(tf.float64, a.shape) for a in arrays]
    first = tf.gradients(loss(*fed), fed)
    second = tf.gradients([np.sum(np.sin(g)) for g in first], fed)
    with tf.Session() as sess:
        found = sess.run(second, dict(zip(fed, arrays, strict=True)))
    for one, other in zip(expected, found, strict=True):
        np.testing.assert_allclose(other, one, rtol=1e-12, atol=1e-12)


def test_complex_gradients_ascend_as_the_engines():
    z = np.array([1 + 2j, 0.3 - 1j])

    def f(z):
        return np.real(np.sum(z * z * (1 + 2j)) * (2 - 1j))

    x = tf.placeholder(tf.complex128, [2])
    found = tf.Session().run(tf.gradients(f(x), [x]), {x: z})[0]
    np.testing.assert_allclose(found, ad.grad(f)(z), rtol=1e-14)


def test_strong_zero_stops_the_unused_branch():
    x = tf.placeholder(tf.float64, [3])
    y = np.sum(np.where(x > 0, np.log(np.where(x > 0, x, 0.0)), 0.0))
    (g,) = tf.gradients(y, [x])
    values = np.array([1.0, 0.0, 2.0])
    np.testing.assert_array_equal(tf.Session().run(g, {x: values}), [1.0, 0.0, 0.5])


def test_no_path_is_none_and_a_cut_too():
    x, z = tf.placeholder("float"), tf.placeholder("float")
    assert tf.gradients(x * 2, [z]) == [None]
    assert tf.gradients(tf.stop_gradient(x) * 2, [x]) == [None]


def test_of_an_intermediate_tensor_and_through_it():
    x = tf.placeholder("float")
    h = x * x
    gh, gx = tf.gradients(tf.exp(h), [h, x])
    found = tf.Session().run([gh, gx], {x: 1.0})
    np.testing.assert_allclose(found, [np.e, 2 * np.e], rtol=1e-6)


def test_start_of_the_sweep():
    x = tf.placeholder("float", [2])
    (g,) = tf.gradients(x * x, [x], grad_ys=[tf.constant([1.0, 10.0])])
    np.testing.assert_array_equal(tf.Session().run(g, {x: [1, 2]}), [2.0, 40.0])


def test_names_and_edges_of_the_backward_nodes():
    a, b = tf.placeholder("float", [], "a"), tf.placeholder("float", [], "b")
    ga, gb = tf.gradients(tf.mul(a, tf.log(b)), [a, b])
    assert (ga.op.name, ga.op.type) == ("gradients/Mul_grad", "MulGrad")
    assert [t.name for t in ga.op.inputs] == ["gradients/Fill:0", "Log:0"]  # not a itself
    assert [t.name for t in gb.op.inputs] == ["gradients/Mul_grad_1:0", "b:0"]


def test_memory_of_shapes_only():
    """The rule of a sum reads no value, so an update does not wait for one."""
    x = tf.placeholder("float", [2, 3])
    (g,) = tf.gradients(tf.reduce_sum(x), [x])
    assert [t.name for t in g.op.inputs] == ["gradients/Fill:0"]


def test_the_checker_agrees_and_rejects_a_wrong_rule():
    x = tf.placeholder(tf.float64, [2, 3])
    w = tf.Variable(np.arange(6.0).reshape(3, 2))
    right = tf.matmul(tf.sigmoid(x), w)
    cube = ad.custom_op(lambda x: x**3, partials=lambda ans, x: 2 * x**2, name="wrong cube")
    with tf.Session():
        shapes = ([2, 3], right, [2, 2])
        assert tf.test.compute_gradient_error(x, *shapes, init_targets=w.initializer) < 1e-6
        assert tf.test.compute_gradient_error(x, [2, 3], cube(x), [2, 3]) > 0.1


def test_ties_have_the_slopes_of_tensorflow():
    x, y = tf.constant([0.0, 1.0, 6.0, 7.0, -1.0]), tf.constant([0.0, 1.0, 6.0, 0.0, 0.0])
    wanted = {
        "maximum": (tf.maximum(x, y), [1, 1, 1, 1, 0], [0, 0, 0, 0, 1]),
        "minimum": (tf.minimum(x, y), [1, 1, 1, 0, 1], [0, 0, 0, 1, 0]),
        "clip": (tf.clip_by_value(x, 0.0, 6.0), [1, 1, 1, 0, 0], None),
        "clip by tensors": (tf.clip_by_value(y, x, x + 1), [0, 0, 0, 1, 0], [1, 1, 1, 0, 1]),
        "relu": (tf.nn.relu(x), [0, 1, 1, 1, 0], None),
        "relu6": (tf.nn.relu6(x), [0, 1, 0, 0, 0], None),
    }
    with tf.Session() as sess:
        for name, (z, of_x, of_y) in wanted.items():
            found = tf.gradients(z, [x, y])
            assert sess.run(found[0]).tolist() == of_x, name
            assert of_y is None or sess.run(found[1]).tolist() == of_y, name


@pytest.mark.parametrize(
    ("build", "expected"),
    [
        (lambda x: tf.reduce_mean(-x * 2.0), -2.0 / 12),
        (lambda x: tf.reduce_mean(tf.constant(1.0) - x), -1.0 / 12),
        (lambda x: tf.reduce_mean(tf.constant(np.ones(3, np.float32)) - x), -1.0 / 12),
    ],
)
def test_a_constant_slope_needs_no_size_of_a_placeholder_whose_batch_is_unknown(build, expected):
    x = tf.placeholder("float", [None, 3])
    rows = np.arange(12, dtype=np.float32).reshape(4, 3)
    (found,) = tf.Session().run(tf.gradients(build(x), [x]), {x: rows})
    np.testing.assert_allclose(found, np.full((4, 3), expected), rtol=1e-6)
