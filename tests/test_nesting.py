"""Levels: nested differentiation, perturbation confusion, escape, exceptions, threads."""

import threading

import numpy as np
import pytest

import autodiff as ad


def forward(f):
    return ad.derivative(f)


def reverse(f):
    return ad.grad(f)


PAIRS = [(a, b) for a in (forward, reverse) for b in (forward, reverse)]
IDS = [f"{a.__name__}-over-{b.__name__}" for a, b in PAIRS]


@pytest.mark.parametrize(("outer", "inner"), PAIRS, ids=IDS)
def test_perturbations_are_not_confused(outer, inner):
    # d/dx [x * d/dy (x + y) at y = 1] = d/dx [x * 1] = 1; a confused engine says 2
    assert outer(lambda x: x * inner(lambda y: x + y)(1.0))(1.0) == 1.0
    # d/dx [x * d/dy (x * y)] = d/dx x**2 = 2x
    assert outer(lambda x: x * inner(lambda y: x * y)(5.0))(3.0) == 6.0


@pytest.mark.parametrize(("outer", "inner"), PAIRS, ids=IDS)
def test_the_inner_derivative_at_the_outer_variable(outer, inner):
    # d/dx [ d/dy (y**3 * x) at y = x ] = d/dx 3 x**3 = 9 x**2
    assert outer(lambda x: inner(lambda y: y**3 * x)(x))(2.0) == pytest.approx(36.0)


@pytest.mark.parametrize(("outer", "inner"), PAIRS, ids=IDS)
def test_second_derivatives(outer, inner):
    assert outer(inner(lambda x: x**4))(2.0) == pytest.approx(48.0)
    assert outer(inner(np.exp))(1.0) == pytest.approx(np.e)
    # the derivative of a linear function is constant, and that constant's derivative is zero
    assert outer(inner(lambda x: 3 * x))(2.0) == 0.0


def test_five_levels():
    f = np.sin
    for k in range(5):
        f = (ad.grad if k % 2 else ad.derivative)(f)
    assert f(0.3) == pytest.approx(np.cos(0.3))


def test_a_closure_over_an_eager_tensor():
    w = ad.Tensor(3.0)
    slope = ad.grad(lambda x: x**2 * w)(2.0)
    slope.backward()
    assert float(slope.data) == 12.0
    assert w.grad == 4.0


@pytest.mark.parametrize("transform", [forward, reverse])
def test_an_escaped_tracer_is_refused(transform):
    kept = []

    def leak(x):
        kept.append(x * 2)
        return x * x

    transform(leak)(3.0)
    with pytest.raises(ad.EscapedTracerError, match="after the differentiation"):
        transform(lambda y: y * kept[0])(2.0)
    with pytest.raises(ad.EscapedTracerError) as caught:
        kept[0] + 1
    if transform is reverse:
        assert "kept.append(x * 2)" in str(caught.value)


@pytest.mark.parametrize("transform", [forward, reverse])
def test_an_exception_leaves_nothing_behind(transform):
    def fails(x):
        x * 2
        raise KeyError("mine")

    with pytest.raises(KeyError, match="mine"):
        transform(fails)(1.0)
    assert transform(lambda x: x * transform(lambda y: x + y)(1.0))(1.0) == 1.0


def test_threads_do_not_see_each_other():
    results = {}

    def work(k):
        f = lambda x: np.sin(x * k) * x
        results[k] = [ad.grad(ad.derivative(f))(0.7) for _ in range(50)]

    threads = [threading.Thread(target=work, args=(k,)) for k in range(1, 6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for k, found in results.items():
        expected = 2 * k * np.cos(0.7 * k) - 0.7 * k * k * np.sin(0.7 * k)
        assert np.allclose(found, expected, rtol=1e-12)


def test_equations_of_a_traced_sweep_stem_from_the_lines_swept():
    def f(x):
        return np.sum(np.sin(x) ** 2)

    run = ad.core.transforms.record.record(ad.grad(f), (np.ones(2),), {}, (0,))
    made = [equation for equation in run.program if equation.op]
    assert {equation.location.function for equation in made} == {"f"}
    with ad.locations(False):
        quiet = ad.core.transforms.record.record(ad.grad(f), (np.ones(2),), {}, (0,))
    assert {equation.location for equation in quiet.program} == {None}


def test_a_blank_array_is_filled_by_any_mix_of_modes():
    def f(x):
        y = np.zeros_like(x)
        y[0] = x[0] ** 3
        for i in range(1, len(x)):
            y[i] = y[i - 1] * x[i]
        return np.sum(y)

    x, t = np.array([1.5, 2.0, -1.0]), np.array([1.0, 0.5, 2.0])
    along = {
        "forward": lambda f: lambda x: ad.jvp(f, (x,), (t,))[1],
        "reverse": lambda f: lambda x: ad.vjp(f, x)[1](1.0)[0] @ t,
    }
    found = [outer(inner(f))(x) for outer in along.values() for inner in along.values()]
    expected = t @ ad.hessian(lambda x: x[0] ** 3 * (1 + x[1] * (1 + x[2])))(x) @ t
    np.testing.assert_allclose(found, expected, rtol=1e-12)


def test_a_rule_that_cannot_see_a_closed_over_value_is_refused():
    square = ad.custom_op(lambda x: x * x, partials=lambda ans, x: 2 * x)
    assert ad.grad(lambda w: ad.checkpoint(lambda x: square(x) * x)(w))(2.0) == 12.0
    assert ad.grad(lambda w: ad.checkpoint(lambda p: p["x"] * p["w"])({"x": w, "w": w}))(2.0) == 4.0

    def closing(wrapped):
        return lambda w: wrapped(lambda x: x * x * w)(w)

    for wrapped in (
        ad.checkpoint,
        lambda f: ad.custom_op(f, vjp=lambda ct, ans, x: (2 * x * ct,)),
        lambda f: ad.custom_op(f, partials=lambda ans, x: 2 * x),
    ):
        for transform in (ad.grad, ad.derivative):
            with pytest.raises(ad.UnsupportedError, match=r"(?s)from outside.*test_nesting.py"):
                transform(closing(wrapped))(2.0)
    w = ad.Tensor(2.0)
    with pytest.raises(ad.UnsupportedError, match="from outside"):
        closing(ad.checkpoint)(w)


def test_a_custom_op_of_partials_takes_parameters_by_keyword():
    op = ad.custom_op(lambda x, n=2: x**n, partials=lambda ans, x, n=2: n * x ** (n - 1))
    assert ad.grad(op)(3.0) == 6.0
    assert ad.grad(lambda x: op(x, n=3))(3.0) == ad.derivative(lambda x: op(x, n=3))(3.0) == 27.0
    with pytest.raises(ad.RuleError, match="1 partials, but was called with 2"):
        ad.grad(lambda x: op(x, x))(3.0)


def test_the_tangent_of_a_complex_number_is_one_of_numpys():
    """`1j * np.float64(t)` is Python's own complex number, which has no index."""

    def f(x):
        return np.imag((x[0] ** 2 * 1j)[...]) ** 2

    x, t = np.array([1.5, 0.3]), np.array([1.0, 0.0])
    second = 12 * 1.5**2
    assert np.allclose(ad.grad(lambda x: ad.jvp(f, (x,), (t,))[1])(x), [second, 0])
    assert np.allclose(ad.jvp(lambda x: ad.jvp(f, (x,), (t,))[1], (x,), (t,))[1], second)
