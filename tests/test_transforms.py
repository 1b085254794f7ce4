"""The transforms' contract: values, containers, dtypes, ownership, complex numbers, errors."""

import dataclasses
import warnings

import numpy as np
import pytest

import autodiff as ad


def loss(p, x):
    h = np.tanh(x @ p["W1"] + p["b1"])
    return np.mean((h @ p["W2"]) ** 2)


@pytest.fixture
def network():
    rng = np.random.default_rng(0)
    params = {"W1": rng.normal(size=(3, 4)), "b1": np.zeros(4), "W2": rng.normal(size=(4, 2))}
    return params, rng.normal(size=(5, 3))


def test_textbook_values():
    assert ad.grad(lambda x: x**3)(2.0) == 12.0
    assert ad.value_and_grad(np.exp)(0.0) == (1.0, 1.0)
    assert ad.derivative(lambda x: 1 / x)(2.0) == -0.25
    # Griewank & Walther, table 1.2: y = (sin(x1/x2) + x1/x2 - exp(x2)) * (x1/x2 - exp(x2))
    y = lambda a, b: (np.sin(a / b) + a / b - np.exp(b)) * (a / b - np.exp(b))
    assert y(1.5, 0.5) == pytest.approx(2.0166, abs=1e-4)
    assert ad.grad(y, (0, 1))(1.5, 0.5) == pytest.approx((3.0118, -13.7239), abs=1e-3)


def test_the_readme_network_in_every_mode(network):
    params, x = network
    ad.check_grad(loss, params, x, order=2)
    tangents = {name: np.ones_like(w) for name, w in params.items()}
    gradient = ad.grad(loss)(params, x)
    _, slope = ad.jvp(loss, (params, x), (tangents, np.zeros_like(x)))
    assert slope == pytest.approx(sum(np.sum(g) for g in gradient.values()), rel=1e-12)


def test_hvp_is_the_hessian_times_v():
    def rosenbrock(x):
        return np.sum(100 * (x[1:] - x[:-1] ** 2) ** 2 + (1 - x[:-1]) ** 2)

    rng = np.random.default_rng(1)
    x, v = rng.normal(size=6), rng.normal(size=6)
    h = ad.hessian(rosenbrock)(x)
    assert np.allclose(h, h.T)
    assert np.allclose(ad.hvp(rosenbrock, x, v), h @ v, rtol=1e-12)
    assert h[0, 0] == pytest.approx(1200 * x[0] ** 2 - 400 * x[1] + 2)
    assert h[0, 1] == pytest.approx(-400 * x[0])


def test_jacobian_modes_agree_and_have_the_stated_shape():
    a = np.random.default_rng(2).normal(size=(3, 4))
    f = lambda x: np.sin(a @ x)
    x = np.linspace(-1, 1, 4)
    expected = np.cos(a @ x)[:, None] * a
    for mode in ("auto", "forward", "reverse"):
        assert np.allclose(ad.jacobian(f, mode=mode)(x), expected, rtol=1e-13)
    both = ad.jacobian(lambda p: {"a": p["x"] * p["y"], "b": p["x"]})({"x": x, "y": 2.0})
    assert both["a"]["x"].shape == (4, 4)
    assert both["a"]["y"].shape == (4,)
    assert np.array_equal(both["b"]["x"], np.eye(4))
    assert np.array_equal(both["b"]["y"], np.zeros(4))
    h = ad.hessian(lambda p: p["a"] ** 2 * np.sum(p["b"]))({"a": 2.0, "b": np.ones(2)})
    assert h["a"]["a"] == 4.0
    assert isinstance(h["a"]["a"], float)
    with pytest.raises(ValueError, match="auto"):
        ad.jacobian(f, mode="sideways")


def test_blocks_of_several_arguments_are_in_the_order_of_the_arguments():
    def f(x, y):
        return x[0] ** 3 * y[1] + np.sum(y**2) * x[1]

    x, y = np.array([2.0, 3.0]), np.array([1.0, -1.0, 4.0])
    (xx, xy), (yx, yy) = ad.hessian(f, (0, 1))(x, y)
    assert (xx.shape, xy.shape, yx.shape, yy.shape) == ((2, 2), (2, 3), (3, 2), (3, 3))
    assert np.allclose(xy, [[0, 3 * x[0] ** 2, 0], 2 * y])
    assert np.array_equal(yx, xy.T)
    both = ad.jacobian(lambda x, y: {"p": x[0] * y, "s": np.sum(y)}, (0, 1))(x, y)
    assert [part.shape for part in both["p"]] == [(3, 2), (3, 3)]
    assert [part.shape for part in both["s"]] == [(2,), (3,)]


def test_argnums_and_keywords():
    f = lambda x, y, scale=1.0: x * y * scale
    assert ad.grad(f, 1)(2.0, 3.0) == 2.0
    assert ad.grad(f, (0, 1))(2.0, 3.0, scale=10.0) == (30.0, 20.0)
    assert ad.grad(f, -1)(2.0, 3.0) == 2.0
    assert ad.grad(f)(y=3.0, x=2.0) == 3.0
    with pytest.raises(ad.TreeError, match="argnums=5"):
        ad.grad(f, 5)(2.0, 3.0)


def test_containers_come_back_as_they_were():
    @dataclasses.dataclass
    class Layer:
        weights: np.ndarray
        activation: str
        width: int

    layer = Layer(np.array([1.0, 2.0]), "relu", 3)
    f = lambda p: np.sum(p["layers"][0].weights ** 2) * p["scale"][0] * p["layers"][0].width
    g = ad.grad(f)({"layers": [layer], "scale": (0.5, None), "flag": True})
    assert np.array_equal(g["layers"][0].weights, [3.0, 6.0])
    assert g["layers"][0].activation is None
    assert g["scale"] == (15.0, None)
    assert g["flag"] is None


def test_pullbacks_can_be_called_again():
    y, pullback = ad.vjp(lambda x, y: (x * y, np.sum(x)), np.array([1.0, 2.0]), 3.0)
    assert np.array_equal(y[0], [3.0, 6.0])
    for _ in range(2):
        ct_x, ct_y = pullback((np.array([1.0, 10.0]), 100.0))
        assert np.array_equal(ct_x, [103.0, 130.0])
        assert ct_y == 21.0
    with pytest.raises(ad.TreeError, match="shape"):
        pullback((np.ones(3), 1.0))


def test_dtypes_of_gradients_are_those_of_the_inputs():
    x = np.ones(3, np.float32)
    c = np.arange(3.0)
    assert ad.grad(lambda x: np.sum(x * c))(x).dtype == np.float32
    assert ad.grad(lambda x: np.sum(np.exp(x)))(x).dtype == np.float32
    assert ad.jvp(np.sin, (x,), (x,))[1].dtype == np.float32


def test_integers_are_promoted_with_a_note():
    with pytest.warns(ad.PromotionNote, match="float64"):
        assert ad.grad(lambda x: x**2)(3) == 6.0
    with pytest.warns(ad.PromotionNote):
        g = ad.grad(lambda x: np.sum(x**2))(np.array([1, 2]))
    assert g.dtype == np.float64
    assert np.array_equal(g, [2.0, 4.0])


def test_results_are_owned_copies():
    seed = np.ones(2)
    _, pullback = ad.vjp(lambda a, b: a + b, np.zeros(2), np.zeros(2))
    ct_a, ct_b = pullback(seed)
    ct_a += 5
    assert np.array_equal(ct_b, [1.0, 1.0])
    assert np.array_equal(seed, [1.0, 1.0])
    x = np.arange(4.0)
    g = ad.grad(lambda x: np.sum(x))(x)
    g += 1
    w = np.arange(3.0)
    g = ad.grad(lambda x: np.dot(x, w))(np.ones(3))
    g[:] = -1
    assert np.array_equal(w, [0.0, 1.0, 2.0])


def test_complex_gradients_ascend():
    f = lambda z: np.real(z * np.conj(z))
    assert ad.grad(f)(1 + 2j) == 2 + 4j
    z = np.array([1 + 2j, -0.5j])
    ad.check_grad(lambda z: np.sum(np.real(np.exp(z) * z)), z, order=2)
    a = np.random.default_rng(0).normal(size=(2, 2)) + 1j
    ad.check_grad(lambda z: np.fft.fft(a @ z), z)
    with pytest.raises(ad.NonScalarError, match="complex"):
        ad.grad(lambda z: z * z)(1j)
    assert ad.grad(f, convention="derivative")(1 + 2j) == 2 - 4j
    assert ad.grad(lambda z: z**3, holomorphic=True)(1 + 2j) == 3 * (1 + 2j) ** 2
    with pytest.raises(ValueError, match="ascent"):
        ad.grad(f, convention="sideways")


def test_not_a_scalar():
    with pytest.raises(ad.NonScalarError, match=r"shape \(2,\).*ad.jacobian"):
        ad.grad(lambda x: x * 2)(np.ones(2))
    with pytest.raises(ad.NonScalarError, match="tuple of 2 values"):
        ad.grad(lambda x: (x, x))(1.0)
    with pytest.raises(ad.NonScalarError, match="one number"):
        ad.derivative(np.sum)(np.ones(2))


def test_disconnected_is_not_zero():
    with pytest.raises(ad.DisconnectedError, match="does not depend on x"):
        ad.grad(lambda x: 5.0)(2.0)
    with pytest.raises(ad.DisconnectedError, match=r"cut at: floor.*test_transforms.py"):
        ad.grad(lambda x: np.floor(x) * 2.0)(2.5)
    with pytest.raises(ad.DisconnectedError, match="cut at: stop_gradient"):
        ad.grad(lambda x: ad.stop_gradient(x) * 2.0)(2.5)
    with pytest.raises(ad.DisconnectedError, match="cut at: argmax"):
        ad.grad(lambda x: np.array([1.0, 2.0])[np.argmax(x)])(np.ones(2))
    with pytest.raises(ad.DisconnectedError):
        ad.derivative(lambda x: 5.0)(2.0)
    assert ad.grad(lambda x: x * 0.0)(2.0) == 0.0
    with pytest.warns(ad.DisconnectedWarning, match=r"p\['unused'\]: its gradient is 0"):
        g = ad.grad(lambda p: p["used"] ** 2)({"used": 1.0, "unused": np.ones(2)})
    assert np.array_equal(g["unused"], [0.0, 0.0])
    assert ad.jvp(lambda x: 5.0, (2.0,), (1.0,)) == (5.0, 0.0)


def test_an_unused_branch_gives_no_nan():
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        f = lambda x: np.sum(np.where(x > 0, np.sqrt(x), 0.0))
        assert np.array_equal(ad.grad(f)(np.array([0.0, 4.0])), [0.0, 0.25])
        g = lambda x: np.sum(np.where(x > 0, np.log(x), x))
        assert np.array_equal(ad.grad(g)(np.array([-1.0, 2.0])), [1.0, 0.5])
        h = lambda x: np.sum(np.where(x < 700, np.exp(x), 0.0))
        assert np.array_equal(ad.grad(h)(np.array([0.0, 800.0])), [1.0, 0.0])
        _, t = ad.jvp(f, (np.array([0.0, 4.0]),), (np.array([0.0, 1.0]),))
        assert t == 0.25


def test_custom_ops_in_both_modes():
    x = np.array([1.0, 2.0, 3.0])
    by_partials = ad.custom_op(
        lambda x, y: x * y + x, partials=(lambda ans, x, y: y + 1, lambda ans, x, y: x)
    )
    by_vjp = ad.custom_op(lambda x, y: x * y + x, vjp=lambda ct, ans, x, y: (ct * (y + 1), ct * x))

    def tangent(tangents, ans, x, y):
        tx, ty = tangents
        return (0 if tx is None else tx * (y + 1)) + (0 if ty is None else ty * x)

    by_jvp = ad.custom_op(lambda x, y: x * y + x, jvp=tangent)
    for op in (by_partials, by_vjp, by_jvp):
        ad.check_grad(op, x, x[::-1].copy(), order=2)
        assert np.array_equal(ad.grad(lambda x, op=op: np.sum(op(x, 2.0)))(x), [3.0, 3.0, 3.0])


def test_custom_rules_are_checked():
    x = np.ones(3)
    wrong_shape = ad.custom_op(np.sum, vjp=lambda ct, ans, x: (np.ones(7),), name="total")
    with pytest.raises(ad.RuleError, match=r"total returned shape \(7,\) for argument 0.*\(3,\)"):
        ad.grad(wrong_shape)(x)
    wrong_count = ad.custom_op(lambda x, y: x * y, vjp=lambda ct, ans, x, y: (ct,), name="pair")
    with pytest.raises(ad.RuleError, match="tuple of 2 cotangents"):
        ad.grad(wrong_count)(1.0, 2.0)
    opaque = ad.custom_op(
        lambda x: x * x, vjp=lambda ct, ans, x: (float(ct) * 2 * x,), name="opaque"
    )
    assert ad.grad(opaque)(3.0) == 6.0
    with pytest.raises(ad.UnsupportedError, match="opaque has no jvp"):
        ad.jvp(opaque, (3.0,), (1.0,))
    with pytest.raises(ad.RuleError, match="needs a rule"):
        ad.custom_op(np.sin)
    buffer = np.ones(3)
    shared = ad.custom_op(np.sum, vjp=lambda ct, ans, x: (buffer,))
    gradient = ad.grad(shared)(x)
    gradient[:] = 0
    assert np.array_equal(buffer, np.ones(3))


def test_checkpoint_recomputes_and_agrees():
    runs = []

    def block(p, x):
        runs.append(1)
        return np.tanh(p["w"] * x), p["w"] * 2

    def through(f):
        def total(p, x):
            a, b = f(p, x)
            return np.sum(a * b)

        return total

    p, x = {"w": np.array([0.5, -0.3])}, np.array([1.0, 2.0])
    plain = ad.grad(through(block))(p, x)
    assert len(runs) == 1
    checked = ad.grad(through(ad.checkpoint(block)))(p, x)
    assert len(runs) == 3
    assert np.allclose(plain["w"], checked["w"], rtol=1e-15)
    ad.check_grad(through(ad.checkpoint(block)), p, x, order=2)


def test_checkpoint_keeps_no_intermediate_values():
    def deep(x):
        for _ in range(50):
            x = np.sin(x)
        return x

    run = ad.core.transforms.record.record(
        lambda x: np.sum(ad.checkpoint(deep)(x)), (np.ones(4),), {}, (0,)
    )
    assert len(run.program) <= 4


def test_what_is_recorded_for_a_rule_keeps_its_pairing_for_complex_numbers():
    """A rule pairs ct with t by Re(sum(ct * t)); only the public gradient has a conjugate."""
    z, t = np.array([1 + 2j, 0.3 - 1j]), np.array([0.5 - 1j, 2j])

    def square(z):
        return z * z * (1 + 2j)

    def total(f):
        return lambda z: np.real(np.sum(f(z)) * (2 - 1j))

    by_vjp = ad.custom_op(square, vjp=lambda ct, ans, z: (2 * z * (1 + 2j) * ct,))
    by_jvp = ad.custom_op(square, jvp=lambda ts, ans, z: 2 * z * (1 + 2j) * ts[0])
    for f in (ad.checkpoint(square), by_vjp, by_jvp):
        np.testing.assert_allclose(ad.grad(total(f))(z), ad.grad(total(square))(z))
        np.testing.assert_allclose(
            ad.jvp(f, (z,), (t,))[1], ad.jvp(square, (z,), (t,))[1], rtol=1e-12
        )


@pytest.mark.parametrize("shape", [(3, 4), (70, 80, 2), (2, 3000), (5000,)])
def test_reductions_spread_their_cotangent_over_large_and_small_arrays(shape):
    x = np.random.default_rng(0).normal(size=shape)
    for axis in (None, 0, -1):
        _, pullback = ad.vjp(lambda x, axis=axis: np.sum(x * x, axis=axis), x)
        ct = np.random.default_rng(1).normal(size=np.shape(np.sum(x, axis=axis)))
        spread = ct if axis is None else np.expand_dims(ct, axis)
        np.testing.assert_allclose(pullback(ct)[0], 2 * x * spread, rtol=1e-14)
        (plain,) = ad.vjp(lambda x, axis=axis: np.sum(x, axis=axis), x)[1](ct)
        plain *= 2.0  # the gradient is an array of its own
        np.testing.assert_array_equal(plain, np.broadcast_to(2.0 * spread, shape))


def test_what_does_not_move_has_a_zero_tangent_of_its_shape_beside_equal_singular_values():
    x = np.array([[0.6, 1.1, -0.5], [0.6, 1.1, -0.5]])  # of rank 1: jvp goes by reverse mode
    loss = lambda x, y: np.linalg.norm(x, 2) + y.sum() + y[0, 0] ** 2
    y = np.ones((2, 2))
    directions = (np.ones((2, 3)), np.ones((2, 2)))
    for argnums, wanted in (((0, 1), [[2.0, 0.0], [0.0, 0.0]]), ((1,), [[2.0, 0.0], [0.0, 0.0]])):
        _, slopes = ad.jvp(ad.grad(loss, argnums=argnums), (x, y), directions)
        np.testing.assert_allclose(slopes[-1], wanted)
    plain = lambda x, y: np.linalg.norm(x, 2) + y.sum()
    _, slopes = ad.jvp(ad.grad(plain, argnums=(0, 1)), (x, y), directions)
    np.testing.assert_array_equal(slopes[1], np.zeros((2, 2)))
