"""Theano's style: expressions with types, compiled to functions; numbers as Theano 0.9 gave them."""

import pickle
import warnings

import numpy as np
import pytest

import autodiff as ad
from autodiff.frontends import theano

T = theano.tensor
A = np.array([-1.0, 0.0, 2.0, 2.0])
KINKS = {
    # of 0.9.0 itself, at -1, 0, 2, 2
    "relu": (T.nnet.relu, [0, 0.5, 1, 1]),
    "leaky relu": (lambda x: T.nnet.relu(x, 0.2), [0.2, 0.6, 1, 1]),
    "abs": (abs, [-1, 0, 1, 1]),
    "max": (T.max, [0, 0, 1, 1]),
    "min": (T.min, [1, 0, 0, 0]),
    "maximum of a constant": (lambda x: T.maximum(x, 0.0), [0, 1, 1, 1]),
    "maximum of two": (lambda x: T.maximum(x, x * 1), [2, 2, 2, 2]),
    "minimum": (lambda x: T.minimum(x, 0.0), [1, 1, 0, 0]),
    "clip": (lambda x: T.clip(x, 0.0, 2.0), [0, 1, 1, 1]),
    "switch": (lambda x: T.switch(x > 0, x * x, -x), [-1, -1, 4, 4]),
}


@pytest.mark.parametrize("name", KINKS)
def test_the_slope_at_kinks_and_ties_is_theano_s(name):
    function, slopes = KINKS[name]
    v = T.dvector()
    gradient = theano.function([v], T.grad(function(v).sum(), v))
    np.testing.assert_allclose(gradient(A), slopes)


def test_every_tie_of_a_window_gets_the_cotangent():
    x = T.tensor4()
    pooled = T.signal.pool.pool_2d(x, (2, 2), ignore_border=True)
    gradient = theano.function([x], T.grad(pooled.sum(), x))
    np.testing.assert_array_equal(gradient(np.ones((1, 1, 2, 2))), np.ones((1, 1, 2, 2)))


def test_five_lines_with_the_numbers_of_theano():
    x, w = T.dmatrix(), theano.shared(np.ones((2, 3)))
    cost = T.sum(T.tanh(T.dot(x, w)))
    g = T.grad(cost, w)
    value, gradient = theano.function([x], [cost, g], updates=[(w, w - 0.1 * g)])(np.ones((1, 2)))
    assert value == pytest.approx(2.89208, abs=1e-5)
    np.testing.assert_allclose(gradient, np.full((2, 3), 0.0706508), atol=1e-7)
    np.testing.assert_allclose(w.get_value(), 1 - 0.1 * gradient)


def test_updates_read_the_old_values():
    a, b = theano.shared(1.0), theano.shared(2.0)
    swap = theano.function([], a + b, updates=[(a, b), (b, a)])
    assert swap() == 3
    assert (a.get_value(), b.get_value()) == (2.0, 1.0)


def test_an_update_must_have_the_same_type():
    w = theano.shared(np.zeros(3, "float32"), "w")
    x = T.dvector()
    g = T.grad(T.sum(w * x), w)
    with pytest.raises(TypeError, match="An update must have the same type"):
        theano.function([x], [], updates=[(w, w - 0.1 * g)])
    theano.function([x], [], updates=[(w, w - np.float32(0.1) * g)])([1.0, 2.0, 3.0])
    assert w.get_value().dtype == "float32"
    with pytest.raises(ValueError, match="two updates"):
        theano.function([], [], updates=[(w, w), (w, w)])


def test_a_variable_is_no_number():
    x = T.dvector("x")
    with pytest.raises(TypeError, match="do not support boolean operations"):
        bool(x.sum() > 0)
    assert bool(x)
    for wrong in (len, list, float, np.asarray):
        with pytest.raises(TypeError):
            wrong(x)
    with pytest.raises(TypeError, match=r"T\.dot"):
        np.dot(np.ones(2), x)
    assert theano.function([x], np.sin(x))([0.5]) == np.sin(0.5)


def test_inputs_are_checked_at_compile_time_and_at_the_call():
    x, y, w = T.dvector("x"), T.ivector("y"), theano.shared(1.0, "w")
    with pytest.raises(theano.UnusedInputError):
        theano.function([x, y], x.sum())
    assert theano.function([x, y], x.sum(), on_unused_input="ignore")([1.0], [2]) == 1
    with pytest.raises(theano.MissingInputError, match=r"input x .* needed by sum"):
        theano.function([], x.sum())
    with pytest.raises(TypeError, match="shared variable"):
        theano.function([w], w)
    f = theano.function([y], y * 2)
    assert f([0, 2]).tolist() == [0, 4]
    with pytest.raises(TypeError, match="Bad input argument"):
        f(np.array([0, 2]))  # int64 for an ivector
    with pytest.raises(TypeError, match="axes"):
        f(3)
    with pytest.raises(TypeError, match="Missing required input"):
        f()


def test_givens_substitute_and_equal_expressions_are_merged():
    x, w = T.dvector("x"), theano.shared(np.array([1.0, 2.0]))
    cost = T.sum(T.exp(x) * T.exp(x))
    f = theano.function([], [cost, T.sum(T.exp(x))], givens={x: w * 2})
    np.testing.assert_allclose(f()[0], np.sum(np.exp(2 * w.get_value()) ** 2))
    names = [node.op.name for node in f.maker.fgraph.toposort()]
    assert names.count("exp") == 1
    assert f.nodes_before > len(names)


def test_gradients_that_are_not_there():
    x, y = T.dscalar("x"), T.dscalar("y")
    with pytest.raises(theano.gradient.DisconnectedInputError, match="not part of the computation"):
        T.grad(x**2, y)
    with pytest.raises(TypeError, match="cost must be a scalar"):
        T.grad(T.dvector() ** 2, x)
    zero = T.grad(x**2, y, disconnected_inputs="ignore")
    assert theano.function([x, y], zero, on_unused_input="ignore")(1.0, 2.0) == 0
    through_int = T.grad(T.cast(T.cast(x, "int32"), "float64"), x)
    assert theano.function([x], through_int, on_unused_input="ignore")(2.5) == 0
    cut = T.grad(theano.gradient.disconnected_grad(x) * x, x)
    assert theano.function([x], cut)(3.0) == 3
    clipped = T.grad(theano.gradient.grad_clip(x, -1, 1) * 5, x)
    assert theano.function([x], clipped, on_unused_input="ignore")(3.0) == 1


def test_both_modes_and_second_order():
    v, u = T.dvector("v"), T.dvector("u")
    a, b = np.array([0.5, -1.0]), np.array([2.0, 3.0])
    y = T.tanh(v) * v.sum()
    expected = ad.jvp(lambda v: np.tanh(v) * np.sum(v), (a,), (b,))[1]
    np.testing.assert_allclose(theano.function([v, u], T.Rop(y, v, u))(a, b), expected)
    pulled = ad.vjp(lambda v: np.tanh(v) * np.sum(v), a)[1](b)[0]
    np.testing.assert_allclose(theano.function([v, u], T.Lop(y, v, u))(a, b), pulled)
    hessian = theano.function([v], T.hessian(y.sum(), v))(a)
    np.testing.assert_allclose(hessian, ad.hessian(lambda v: np.sum(np.tanh(v) * np.sum(v)))(a))
    jacobian = theano.function([v], T.jacobian(y, v))(a)
    np.testing.assert_allclose(jacobian, ad.jacobian(lambda v: np.tanh(v) * np.sum(v))(a))


def test_the_log_of_a_softmax_keeps_its_digits():
    x, y = T.dmatrix(), T.ivector()
    cost = -T.mean(T.log(T.nnet.softmax(x))[T.arange(y.shape[0]), y])
    f = theano.function([x, y], [cost, T.grad(cost, x)])
    value, gradient = f(np.array([[1000.0, 0.0]]), [1])
    assert value == 1000
    np.testing.assert_allclose(gradient, [[1.0, -1.0]])
    with pytest.raises(ValueError, match="y_i value out of bounds"):
        f(np.zeros((1, 2)), [-1])


def test_an_axis_broadcasts_only_if_its_type_says_so():
    x, column = T.dmatrix(), theano.shared(np.ones((3, 1)))
    with pytest.raises(ValueError, match="Input dimension mis-match"):
        theano.function([x], x + column)(np.ones((3, 2)))
    loose = theano.shared(np.ones((3, 1)), broadcastable=(False, True))
    assert theano.function([x], x + loose)(np.ones((3, 2))).shape == (3, 2)


def test_scan():
    xs, h, a = T.dmatrix(), T.dvector(), T.dmatrix()
    out, updates = theano.scan(
        lambda x, h, a: T.tanh(T.dot(h, a) + x), sequences=xs, outputs_info=h, non_sequences=a
    )
    assert not updates
    rng = np.random.default_rng(0)
    values = rng.normal(size=(4, 3)), rng.normal(size=3), rng.normal(size=(3, 3))

    def plain(xs, h, a):
        for x in xs:
            h = np.tanh(h @ a + x)
        return np.sum(h)

    f = theano.function([xs, h, a], [out[-1].sum(), *T.grad(out[-1].sum(), [xs, h, a])])
    value, *found = f(*values)
    assert value == pytest.approx(plain(*values))
    for own, expected in zip(found, ad.grad(plain, (0, 1, 2))(*values), strict=True):
        np.testing.assert_allclose(own, expected)


def test_scan_s_taps_ends_and_types():
    v, start = T.dvector(), T.dvector()
    out, _ = theano.scan(
        lambda a, b: a * 0.5 + b, outputs_info=[{"initial": start, "taps": [-2, -1]}], n_steps=4
    )
    f = theano.function([start], [out, T.grad(out.sum(), start)])
    np.testing.assert_allclose(f([1.0, 2.0])[0], [2.5, 3.5, 4.75, 6.5])
    np.testing.assert_allclose(f([1.0, 2.0])[1], [2.75, 7.25])
    pairs, _ = theano.scan(lambda a, b: a * b, sequences={"input": v, "taps": [0, 1]})
    np.testing.assert_allclose(theano.function([v], pairs)(A), [0, 0, 4])
    doubled, _ = theano.scan(
        lambda p: (p * 2, theano.scan_module.until(p > 50)),
        outputs_info=T.constant(1.0),
        n_steps=100,
    )
    assert theano.function([], doubled)().tolist() == [2, 4, 8, 16, 32, 64, 128]
    with pytest.raises(ValueError, match="When compiling the inner function of scan"):
        theano.scan(lambda x, h: h + x, sequences=v, outputs_info=T.constant(np.float32(1)))


def test_random_variables_are_drawn_once_a_call():
    streams = T.shared_randomstreams.RandomStreams(234)
    u = streams.uniform((2, 2))
    f, frozen = theano.function([], u), theano.function([], u, no_default_updates=True)
    first = f()
    assert not np.array_equal(first, f())
    np.testing.assert_array_equal(frozen(), frozen())
    assert not theano.function([], u + u - 2 * u)().any()
    again = T.shared_randomstreams.RandomStreams(234).uniform((2, 2))
    np.testing.assert_array_equal(theano.function([], again)(), first)


def test_a_loop_with_draws_has_the_gradient_of_what_it_drew():
    streams = T.shared_randomstreams.RandomStreams(1)
    p = T.dscalar("p")
    out, updates = theano.scan(
        lambda s, p: s * p + streams.normal(()), outputs_info=T.constant(np.float64(1.0)),
        non_sequences=p, n_steps=3,
    )  # fmt: skip
    f = theano.function([p], [out, T.grad(out[-1], p)], updates=updates)
    states, slope = f(0.5)
    noise = states - 0.5 * np.array([1.0, *states[:-1]])
    expected = ad.derivative(lambda p: ((1.0 * p + noise[0]) * p + noise[1]) * p + noise[2])(0.5)
    assert slope == pytest.approx(expected)
    assert not np.array_equal(f(0.5)[0], states)


def test_test_values_tell_a_wrong_shape_where_it_is_written():
    theano.config.compute_test_value = "raise"
    try:
        x, w = T.dmatrix("x"), theano.shared(np.ones((4, 2)))
        x.tag.test_value = np.ones((5, 3))
        with pytest.raises(ValueError, match=r"\(5, 3\), \(4, 2\)"):
            T.dot(x, w)
    finally:
        theano.config.compute_test_value = "off"


def test_a_wrong_shape_at_a_call_names_the_line_that_wrote_it():
    x, w = T.dmatrix("x"), theano.shared(np.ones((4, 2)))
    f = theano.function([x], T.dot(x, w))
    with pytest.raises(ValueError, match=r"(?s)\(5, 3\) and \(4, 2\).*T\.dot\(x, w\)"):
        f(np.ones((5, 3)))


def test_expressions_are_saved_with_their_weights():
    x, w = T.dmatrix("x"), theano.shared(np.eye(2) * 3, "w")
    p = T.nnet.softmax(T.dot(x, w))[:, ::-1]
    x2, w2, p2 = pickle.loads(pickle.dumps((x, w, p)))
    value = np.array([[0.1, 0.2]])
    f, g = theano.function([x], p), theano.function([x2], p2)
    np.testing.assert_array_equal(f(value), g(value))
    w2.set_value(np.zeros((2, 2)))
    np.testing.assert_array_equal(g(value), [[0.5, 0.5]])


def test_text_and_picture(capsys):
    x = T.dscalar("x")
    y = x**2 + 1
    assert theano.pp(y) == "((x ** TensorConstant{2}) + TensorConstant{1})"
    theano.printing.debugprint(y)
    assert capsys.readouterr().out.splitlines()[0] == "Elemwise{add} [id A]"
    assert "x**2" in ad.draw(y).outline()
    assert ad.draw(theano.function([x], T.grad(y, x), name="slope")).outline()


def test_a_pool_without_ignore_border_is_told():
    x = T.tensor4()
    with pytest.warns(ad.AutodiffWarning, match="ignore_border"):
        T.signal.pool.pool_2d(x, (2, 2))
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        found = T.signal.pool.pool_2d(x, (2, 2), ignore_border=False)
    assert theano.function([x], found)(np.ones((1, 1, 3, 3))).shape == (1, 1, 2, 2)


def test_a_mode_is_accepted():
    x = T.dscalar()
    mode = theano.Mode(linker="cvm", optimizer="fast_run")
    assert theano.function([x], x * 2, mode=mode)(3.0) == 6


def test_one_of_two_expressions_and_its_slope():
    from autodiff.frontends.theano.ifelse import ifelse

    x = T.vector("x")
    y, z = ifelse(T.gt(x.sum(), 0), [x * x, x], [T.log(x), -x])
    run = theano.function([x], [y, z, T.grad(y.sum(), x)])
    assert [v.tolist() for v in run([1.0, 3.0])] == [[1, 9], [1, 3], [2, 6]]
    with pytest.raises(TypeError, match="switch is for arrays"):
        ifelse(x, x, x)
