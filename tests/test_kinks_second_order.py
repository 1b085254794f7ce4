"""Second derivatives exactly at a kink: right where there is one, a warning where there is none."""

import inspect
import warnings

import numpy as np
import pytest

import autodiff as ad
from autodiff.core.ground.errors import KinkWarning
from autodiff.core.language.singular import beside_kinks
from autodiff.core.reverse import sweep
from tests.test_kinks import IDENTITIES

SMOOTH = {
    "square of a norm": (lambda x: np.linalg.norm(x) ** 2, np.zeros(2), 2 * np.eye(2)),
    "square of a root": (lambda x: np.sqrt(np.sum(x * x)) ** 2, np.zeros(2), 2 * np.eye(2)),
    "square of |x|": (lambda x: np.sum(np.abs(x) ** 2), np.array([0.0, 1.0]), 2 * np.eye(2)),
    "square of a modulus": (lambda x: np.abs(x[0] + 1j * x[1]) ** 2, np.zeros(2), 2 * np.eye(2)),
    "square of hypot": (lambda x: np.hypot(x[0], x[1]) ** 2, np.zeros(2), 2 * np.eye(2)),
    "square of a p-norm": (
        lambda x: np.linalg.norm(x, 3) ** 3, np.array([0.0, 1.0]), np.diag([0.0, 6.0])
    ),
    "square of std": (lambda x: np.std(x) ** 2, np.ones(2), [[0.5, -0.5], [-0.5, 0.5]]),
    "square of std, rounded": (
        lambda x: np.std(x) ** 2, np.full(3, 0.1), (np.eye(3) - 1 / 3) * 2 / 3
    ),
    "squares of norms": (
        lambda x: np.sum(np.linalg.norm(x.reshape(2, 2), axis=1) ** 2),
        np.array([0.0, 0.0, 3.0, 4.0]), 2 * np.eye(4),
    ),
    "logistic loss": (
        lambda x: np.sum(np.maximum(x, 0) + np.log1p(np.exp(-np.abs(x)))),
        np.zeros(2), np.eye(2) / 4,
    ),
    "log of a sum, kept stable": (
        lambda x: np.log(np.sum(np.exp(x - np.max(x)))) + np.max(x),
        np.zeros(2), [[0.25, -0.25], [-0.25, 0.25]],
    ),
    "squares of sorted numbers": (lambda x: np.sum(np.sort(x) ** 2), np.ones(3), 2 * np.eye(3)),
    "product of both extremes": (
        lambda x: np.max(x) * np.min(x), np.ones(2), [[0.0, 1.0], [1.0, 0.0]]
    ),
    "squares of both parts": (
        lambda x: np.sum(np.maximum(x, 0) ** 2 + np.minimum(x, 0) ** 2), np.zeros(2), 2 * np.eye(2)
    ),
    "clipped twice": (
        lambda x: np.sum((np.clip(x, -1, 0) + np.clip(x, 0, 1)) ** 3), np.array([0.0, 0.5]),
        np.diag([0.0, 3.0]),
    ),
    "table of a parabola": (
        lambda x: np.sum(np.interp(x, [-9.0, 1.0, 9.0], [-9.0, 1.0, 9.0]) ** 2), np.ones(2),
        2 * np.eye(2),
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", SMOOTH)
@np.errstate(all="ignore")
def test_smooth_functions_made_of_kinks_have_their_hessian_in_every_nesting(name):
    f, x, want = SMOOTH[name]
    want = np.asarray(want)
    close = lambda found, want: np.testing.assert_allclose(found, want, atol=1e-9)
    close(ad.hessian(f)(x), want)
    for mode in ("forward", "reverse"):
        close(ad.jacobian(ad.grad(f), mode=mode)(x), want)
    for v in (np.ones_like(x), np.arange(1.0, x.size + 1)):
        close(ad.hvp(f, x, v), want @ v)
        close(ad.grad(lambda y, v=v: np.sum(ad.grad(f)(y) * v))(x), want @ v)
        close(ad.vjp(ad.grad(f), x)[1](v)[0], want @ v)
        along = lambda t, v=v: f(x + t * v)
        for outer in (ad.grad, ad.derivative):
            for inner in (ad.grad, ad.derivative):
                close(outer(inner(along))(0.0), v @ want @ v)


@pytest.mark.parametrize("name", IDENTITIES)
def test_what_is_0_on_both_sides_has_second_derivative_0(name):
    f = IDENTITIES[name]
    for x in (-1.0, 0.0, 1.0, 2.0):
        for outer in (ad.grad, ad.derivative):
            for inner in (ad.grad, ad.derivative):
                found = outer(inner(lambda x: x**2 + f(x) ** 2 + f(x)))(x)
                np.testing.assert_allclose(found, 2.0, atol=1e-7)


def caught(work):
    """What work() answers, and the warnings of second derivatives at kinks."""
    with warnings.catch_warnings(record=True) as found:
        warnings.simplefilter("always")
        answer = work()
    return answer, [w for w in found if issubclass(w.category, KinkWarning)]


@pytest.mark.parametrize("outer", [ad.grad, ad.derivative])
@pytest.mark.parametrize("inner", [ad.grad, ad.derivative])
def test_a_kink_with_two_second_derivatives_warns_with_the_line_and_takes_the_mean(outer, inner):
    def squared_hinge(x):
        return np.maximum(x, 0) ** 2

    answer, found = caught(lambda: outer(inner(squared_hinge))(0.0))
    assert answer == 1.0
    line = inspect.getsourcelines(squared_hinge)[1] + 1
    assert {(w.filename, w.lineno) for w in found} == {(__file__, line)}
    assert "differ, and the answer is their mean" in str(found[0].message)
    assert "np.maximum(x, 0) ** 2" in str(found[0].message)
    assert caught(lambda: outer(inner(squared_hinge))(0.5)) == (2.0, [])
    assert caught(lambda: inner(squared_hinge)(0.0)) == (0.0, [])


@pytest.mark.parametrize("mode", [ad.grad, ad.derivative])
def test_a_gradient_that_jumps_warns_although_both_sides_are_flat(mode):
    for f in (
        np.abs,
        lambda x: np.maximum(x, 0),
        lambda x: np.clip(x, 0, 1),
        lambda x: ad.nn.relu(x),
    ):
        answer, found = caught(lambda f=f: mode(mode(lambda x: f(x) + x**2))(0.0))
        assert answer == 2.0
        assert "the slope jumps there" in str(found[0].message)


def test_lasso_and_its_kin_at_0():
    rng = np.random.default_rng(0)
    x, y = rng.normal(size=(12, 3)), rng.normal(size=12)
    for penalty in (lambda w: np.sum(np.abs(w)), np.linalg.norm, lambda w: np.linalg.norm(w, 1)):
        loss = lambda w, p=penalty: np.sum((x @ w - y) ** 2) / 2 + p(w)
        answer, found = caught(lambda loss=loss: ad.hessian(loss)(np.zeros(3)))
        assert found
        assert np.allclose(answer, x.T @ x) or penalty is np.linalg.norm


def test_an_infinite_second_derivative_warns():
    with np.errstate(all="ignore"):
        for f in (lambda x: np.sqrt(np.sum(x * x)), np.linalg.norm):
            assert caught(lambda f=f: ad.hessian(f)(np.zeros(2)))[1]
        _, found = caught(lambda: ad.hessian(lambda x: np.sqrt(np.sum(x * x)))(np.zeros(2)))
    assert "the square root at 0" in str(found[0].message)


@np.errstate(all="ignore")
def test_a_branch_that_is_not_taken_has_no_say():
    f = lambda x: np.sum(np.where(x > 0, np.sqrt(x), 0.0))
    answer, found = caught(lambda: ad.hessian(f)(np.array([-2.0, 0.0, 4.0])))
    np.testing.assert_allclose(answer, np.diag([0.0, 0.0, -1 / 32]))
    assert not found


def test_once_a_line():
    def loss(x):
        return np.sum(np.maximum(x, 0) ** 2)

    with warnings.catch_warnings(record=True) as found:
        warnings.simplefilter("default")
        for _ in range(5):
            ad.hessian(loss)(np.zeros(3))
            ad.hvp(loss, np.zeros(3), np.ones(3))
    assert len(found) == 1


def test_many_columns_take_the_tape_with_a_warning():
    x = np.zeros(300)
    penalty = lambda x: np.sum(ad.grad(lambda x: np.sum(np.abs(x) ** 2))(x))
    answer, found = caught(lambda: ad.grad(penalty)(x))
    assert np.all(answer == 0)
    assert "counts as constant" in str(found[0].message)
    assert "x**2 for np.abs(x)**2" in str(found[0].message)
    _, found = caught(lambda: ad.hvp(lambda x: np.sum(np.abs(x) ** 2), x, np.ones(300)))
    assert not found


QUIET = {
    "a relu of a relu": lambda x: np.sum(np.maximum(np.maximum(x - 1, 0), 0) ** 2),
    "named relus": lambda x: np.sum(ad.nn.relu(ad.nn.relu(x - 1)) ** 2),
    "pooling dead units": lambda x: np.sum(
        ad.ops.nn.max_pool2d(np.reshape(np.maximum(x[:4] - 1, 0), (1, 1, 2, 2)), 2) ** 2
    ) + np.sum(x**2),
    "max of a softmax": lambda x: np.log(
        np.sum(np.exp(z := x - np.max(x, axis=-1, keepdims=True)))
    ) - z[0],
    "a constant at the kink": lambda x: np.sum(x**2 * np.maximum(0.0, ad.stop_gradient(x * 0))),
    "masked": lambda x: np.sum(np.where(x == 0, 0.0, np.maximum(x, 0))) + np.sum(x**2),
    "a tie of copies": lambda x: np.sum(np.max(np.stack([x, x]), axis=0) ** 3),
}  # fmt: skip


@pytest.mark.parametrize("name", QUIET)
@pytest.mark.filterwarnings("ignore::autodiff.core.reverse.single_points.SinglePointWarning")
def test_a_kink_that_does_not_matter_is_silent(name):
    f, x = QUIET[name], np.zeros(4)
    for work in (
        lambda: ad.hessian(f)(x),
        lambda: ad.hvp(f, x, np.arange(4.0)),
        lambda: ad.grad(lambda x: np.sum(np.sin(ad.grad(f)(x))))(x),
    ):
        assert not caught(work)[1]


def test_the_eager_style_warns_at_once():
    x = ad.Tensor(0.0)
    y, found = caught(lambda: ad.grad(lambda x: np.abs(x) ** 2)(x))
    assert found
    y.backward()
    assert x.grad == 0.0


def test_containers_keywords_and_several_arguments():
    def f(p, scale=1.0, *, power=2):
        return scale * np.abs(p["a"]) ** power + p["b"] * scale

    point = {"a": 0.0, "b": 1.0}
    found = ad.hessian(f)(point, 3.0, power=2)
    assert found["a"]["a"] == 6.0
    found = ad.hessian(f, (0, 1))(point, 3.0)
    assert found[0]["a"][0]["a"] == 6.0
    assert found[0]["b"][1] == 1.0
    assert ad.hvp(f, point, {"a": 2.0, "b": 0.0})["a"] == 4.0


BENT = {
    "abs": np.abs, "maximum": lambda x: np.maximum(x, 0), "minimum": lambda x: np.minimum(x, 0),
    "clip": lambda x: np.clip(x, 0, 1), "relu": ad.nn.relu, "relu6": ad.ops.nn.relu6,
    "leaky_relu": ad.nn.leaky_relu, "sqrt of a square": lambda x: np.sqrt(x**2),
    "hypot": lambda x: np.hypot(x, 0.0), "max": lambda x: np.max(np.stack([x, 0 * x])),
}  # fmt: skip
AROUND = {
    "squared": lambda r, x: r**2, "times x": lambda r, x: r * x, "cubed": lambda r, x: r**3 + x**2,
    "sine of the square": lambda r, x: np.sin(r**2) + 3 * x**2,
}  # fmt: skip


@pytest.mark.parametrize("around", AROUND)
@pytest.mark.parametrize("name", BENT)
@np.errstate(all="ignore")
def test_every_nesting_gives_the_mean_of_both_sides_and_says_where_they_differ(name, around):
    f = lambda x: AROUND[around](BENT[name](x), x)
    after, before = (
        (f(2 * h) - 2 * f(h) + f(0.0)) / h**2 for h in (np.float64(1e-4), np.float64(-1e-4))
    )
    for outer in (ad.grad, ad.derivative):
        for inner in (ad.grad, ad.derivative):
            answer, found = caught(lambda o=outer, i=inner: o(i(f))(0.0))
            assert answer == pytest.approx((after + before) / 2, abs=1e-3), (outer, inner)
            assert bool(found) == (abs(after - before) > 1e-2), (outer, inner)


def test_third_derivatives_through_a_kink():
    f = lambda x: np.abs(x) ** 4 + x**3
    for a in (ad.grad, ad.derivative):
        for b in (ad.grad, ad.derivative):
            assert ad.derivative(a(b(f)))(0.0) == 6.0


def test_first_derivatives_do_not_look(monkeypatch):
    def looked(*args):
        raise AssertionError("looked for kinks")

    monkeypatch.setattr(beside_kinks, "places_of", looked)
    monkeypatch.setattr(sweep, "evaluated_at", looked)
    f = lambda x: np.sum(np.abs(x)) + np.linalg.norm(x) + np.max(x)
    x = np.zeros(3)
    ad.grad(f)(x), ad.jvp(f, (x,), (x,)), ad.jacobian(np.abs)(x), ad.vjp(f, x)[1](1.0)
    with pytest.raises(AssertionError, match="looked"):
        ad.hvp(f, x, x)


@pytest.mark.parametrize(
    "name", ["square of a norm", "logistic loss", "squares of sorted numbers", "clipped twice"]
)
def test_the_check_agrees_with_what_is_smooth(name):
    f, x, _ = SMOOTH[name]
    report = ad.check(f, x, order=2)
    assert report.passed, report
    assert "right" in report.sentence


@pytest.mark.parametrize("kind", ["a tie", "a jump of the slope"])
@pytest.mark.parametrize("value", [0, 1])
def test_a_kink_beside_a_limit_does_not_make_it_nan(kind, value):
    def singular(v):  # of rank 1: what forward mode takes for the limit is found by reverse mode
        d = np.stack([v, 2.0 * v, v])
        return np.linalg.svd(d, compute_uv=False)[0] if value else np.linalg.norm(d, 2)

    def f(v):
        kink = np.clip(v, v, None) if kind == "a tie" else np.abs(v - np.array([0.5, 1.5]))
        return np.sum(kink) + singular(v)

    v, t = np.array([0.5, 1.5]), np.array([1.0, -2.0])
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", KinkWarning)
        found = ad.hvp(f, v, t), ad.hessian(f)(v) @ t, ad.jvp(ad.grad(f), (v,), (t,))[1]
    slope = ad.grad(singular)
    wanted = (slope(v + 1e-5 * t) - slope(v - 1e-5 * t)) / 2e-5
    for one in found:
        assert one == pytest.approx(wanted, rel=1e-5, abs=1e-7)
    with pytest.warns(KinkWarning):
        ad.hvp(f, v, t)
