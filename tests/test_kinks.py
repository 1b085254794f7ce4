"""One rule at kinks, the mean of the slopes on both sides, for every spelling; and the switch."""

import numpy as np
import pytest
import scipy.special

import autodiff as ad
from autodiff.core.language.singular.kinks import KinkError, Kinks

BOTH = (ad.grad, ad.derivative)
SPELLINGS = [
    lambda x: np.maximum(x, 0.0),
    lambda x: np.maximum(0.0, x),
    lambda x: np.fmax(x, 0.0),
    lambda x: np.clip(x, 0.0, 5.0),
    lambda x: np.clip(x, 0.0, None),
    lambda x: np.clip(x, a_min=0.0, a_max=np.inf),
    lambda x: -np.minimum(-x, 0.0),
    lambda x: -np.fmin(0, -x),
    lambda x: x.clip(0.0),
    lambda x: x.clip(min=0.0, max=2.0),
    lambda x: np.max(np.stack([x, 0.0])),
    lambda x: np.amax(np.stack([x, 0.0])),
    lambda x: np.stack([x, 0 * x]).max(),
    lambda x: np.max(np.stack([x]), initial=0.0),
    lambda x: np.sort(np.stack([x, 0.0]))[-1],
    lambda x: np.partition(np.stack([x, 0.0]), 1)[1],
    lambda x: np.quantile(np.stack([x, 0.0]), 1.0),
    lambda x: np.nanmax(np.stack([x, 0.0])),
    lambda x: np.maximum.reduce(np.stack([x, 0.0])),
    lambda x: np.maximum.accumulate(np.stack([x, 0.0]))[-1],
    lambda x: np.fmax.reduce(np.stack([x, 0.0])),
    lambda x: (x + np.abs(x)) / 2,
    lambda x: (x + np.fabs(x)) / 2,
    lambda x: (x + abs(x)) / 2,
    lambda x: (x + np.copysign(x, 1.0)) / 2,
    lambda x: (x + np.hypot(x, 0.0)) / 2,
    lambda x: (x + np.linalg.norm(np.stack([x, 0 * x]))) / 2,
    lambda x: (x + np.linalg.norm(np.stack([x]), 1)) / 2,
    lambda x: (x + np.linalg.norm(np.stack([x]), np.inf)) / 2,
    lambda x: (x + 2 * np.std(np.stack([x, 0.0]))) / 2,
    lambda x: (x + np.ptp(np.stack([x, 0.0]))) / 2,
    lambda x: np.interp(x, [-9.0, 0.0, 9.0], [0.0, 0.0, 9.0]),
]


def _slow_where(x):
    return np.where(x > 0, x, 0)


@pytest.mark.parametrize("f", SPELLINGS)
@pytest.mark.parametrize("mode", BOTH)
def test_every_spelling_of_the_positive_part_has_the_mean_of_its_slopes(f, mode):
    assert [mode(f)(x) for x in (-1.0, 0.0, 1.0)] == [0.0, 0.5, 1.0]


@pytest.mark.parametrize("mode", BOTH)
def test_a_branch_that_the_program_chooses_is_what_it_is(mode):
    assert mode(_slow_where)(0.0) == 0.0
    assert mode(lambda x: np.where(x >= 0, x, 0))(0.0) == 1.0
    assert mode(lambda x: x if x > 0 else 0 * x)(0.0) == 0.0


@pytest.mark.parametrize("mode", BOTH)
def test_named_activations_have_the_slope_of_their_flat_side(mode):
    nn = ad.ops.nn
    assert [mode(nn.relu)(x) for x in (-1.0, 0.0, 1.0)] == [0, 0, 1]
    assert [mode(nn.relu6)(x) for x in (-1.0, 0.0, 1.0, 6.0, 7.0)] == [0, 0, 1, 0, 0]
    assert [mode(nn.leaky_relu)(x) for x in (-1.0, 0.0, 1.0)] == [0.01, 0.01, 1]
    assert mode(lambda x: nn.leaky_relu(x, slope=0.3))(0.0) == 0.3
    for name in ("relu", "relu6", "leaky_relu"):
        assert f"{name} at 0" in str(ad.ops[name].kinks)


IDENTITIES = {
    "x": lambda x: np.maximum(x, 0) + np.minimum(x, 0) - x,
    "|x|": lambda x: np.maximum(x, 0) - np.minimum(x, 0) - np.abs(x),
    "larger and smaller": lambda x: np.maximum(x, 1.0) + np.minimum(1.0, x) - x - 1,
    "by |x - y|": lambda x: np.maximum(x, 1.0) - (x + 1 + np.abs(x - 1)) / 2,
    "relu - relu": lambda x: np.maximum(x, 0) - np.maximum(-x, 0) - x,
    "clip of clip": lambda x: np.clip(x, -1, 0) + np.clip(x, 0, 1) - np.clip(x, -1, 1),
    "soft threshold": lambda x: (
        np.sign(x) * np.maximum(np.abs(x) - 1, 0) - np.maximum(x - 1, 0) + np.maximum(-x - 1, 0)
    ),
    "pinball": lambda x: (
        np.maximum(0.3 * x, -0.7 * x) - 0.3 * np.maximum(x, 0) + 0.7 * np.minimum(x, 0)
    ),
    "triangle": lambda x: (
        np.maximum(0, np.minimum(x, 2 - x)) - np.interp(x, [0.0, 1.0, 2.0], [0.0, 1.0, 0.0])
    ),
    "sorted sum": lambda x: np.sum(np.sort(np.stack([x, 1.0, 0.0]))) - x - 1,
    "mid of three": lambda x: np.median(np.stack([x, 0.0, 1.0])) - np.clip(x, 0, 1),
    "range": lambda x: np.ptp(np.stack([x, 0.0])) - np.abs(x),
    "deviation": lambda x: 2 * np.std(np.stack([x, 1.0])) - np.abs(x - 1),
    "logistic": lambda x: (
        np.maximum(x, 0) + np.log1p(np.exp(-np.abs(x))) - np.logaddexp(0, x)
    ),
    "hinge": lambda x: np.maximum(0, 1 - x) - (1 - x + np.abs(1 - x)) / 2,
}  # fmt: skip


@pytest.mark.parametrize("name", IDENTITIES)
def test_what_is_0_on_both_sides_is_0_at_the_kink(name):
    f = IDENTITIES[name]
    for x in (-2.0, -1.0, -0.5, 0.0, 0.5, 1.0, 2.0):
        assert abs(f(x)) < 1e-15
        for mode in BOTH:
            assert abs(mode(lambda x: f(x) + 0 * x)(x)) < 1e-15


def test_equal_bounds_of_clip_share_and_x_does_not_count():
    for x, wanted in ((0.0, (0, 0.5, 0.5)), (1.0, (0, 0.5, 0.5)), (2.0, (0, 0, 1))):
        assert ad.grad(np.clip, (0, 1, 2))(x, 1.0, 1.0) == wanted


@pytest.mark.parametrize("z", [0.0, 1.0])
@pytest.mark.parametrize("mode", BOTH)
def test_the_stable_logistic_loss_at_logit_0(mode, z):
    loss = lambda x: np.maximum(x, 0) - x * z + np.log1p(np.exp(-np.abs(x)))
    assert mode(loss)(0.0) == 0.5 - z


def test_logistic_regression_starts_at_0():
    rng = np.random.default_rng(0)
    x, z = rng.normal(size=(20, 3)), rng.integers(0, 2, 20)

    def stable(w):
        a = x @ w
        return np.sum(np.maximum(a, 0) - a * z + np.log1p(np.exp(-np.abs(a))))

    def smooth(w):
        return np.sum(np.logaddexp(0, x @ w) - z * (x @ w))

    np.testing.assert_allclose(ad.grad(stable)(np.zeros(3)), ad.grad(smooth)(np.zeros(3)))


# -- the registry's kinks ---------------------------------------------------------------------

POINTS = {
    "absolute": [((np.array([-1.0, 0.0, 2.0]),), {})],
    "fabs": [((np.array([-1.0, 0.0, 2.0]),), {})],
    "copysign": [((np.array([0.0, -0.0, 2.0]), np.array([1.0, -1.0, -1.0])), {})],
    "maximum": [((np.array([1.0, 2.0, 3.0]), np.array([1.0, 3.0, 3.0])), {}), ((np.zeros(2), 0.0), {})],
    "minimum": [((np.array([1.0, 2.0, 3.0]), np.array([[1.0], [3.0]])), {})],
    "fmax": [((np.array([1.0, 2.0, 3.0]), np.array([1.0, 3.0, 3.0])), {})],
    "fmin": [((np.array([1.0, 2.0, 3.0]), np.array([1.0, 3.0, 3.0])), {})],
    "clip": [((np.array([-1.0, 0.0, 2.0, 3.0]), -1.0, 2.0), {}), ((np.array([0.0, 2.0]), 1.0, 1.0), {})],
    "hypot": [((np.array([0.0, 3.0]), np.array([0.0, 0.0])), {})],
    "norm": [((np.zeros(3),), {}), ((np.array([[0.0, 0.0], [3.0, 4.0]]),), {"axis": (1,)})],
    "power_norm": [((np.array([0.0, 1.0]),), {"ord": 1}), ((np.zeros(2),), {"ord": 3})],
    "std": [((np.full(3, 0.1),), {}), ((np.array([[0.3] * 3, [1.0, 2.0, 4.0]]),), {"axis": 1})],
    "max": [((np.array([1.0, 3.0, 3.0]),), {}), ((np.array([1.0, 2.0]),), {"initial": 2.0})],
    "min": [((np.array([[1.0, 3.0, 1.0], [0.0, 2.0, 4.0]]),), {"axis": 1})],
    "sort": [((np.array([2.0, 1.0, 2.0]),), {"axis": -1})],
    "partition": [((np.array([2.0, 1.0, 2.0, 5.0]),), {"axis": -1, "kth": 2})],
    "block_max": [((np.array([[[[1.0, 3.0, 0.0, 0.5], [3.0, 2.0, 0.2, 0.1]]]]),), {"size": (2, 2)})],
    "max_pool_channels_last": [
        ((np.array([1.0, 3.0, 3.0, 0.0]).reshape(1, 1, 4, 1),),
         {"kernel": (1, 3), "strides": (1, 1), "padding": "VALID"})
    ],
    "i0e": [((np.array([0.0, 1.0]),), {})],
    "i1e": [((np.array([0.0, 1.0]),), {})],
    "ive": [((1.0, np.array([0.0, 1.0])), {})],
}  # fmt: skip
"""Calls of every op with kinks, at one of them."""
OTHERWISE = {
    "relu", "relu6", "leaky_relu",  # the flat side, see above
    "sqrt", "cbrt",  # infinitely steep
    "unique",  # as many results as there are different values: has no slopes there
}  # fmt: skip
SIDE = 2**-20


def _slopes(op, args, params, place, element, ct):
    """<ct, op> before and behind one element of one argument, as slopes."""
    base = np.sum(ct * op.function(*args, **params))
    found = []
    for step in (-SIDE, SIDE):
        moved = [np.array(a, float) for a in args]
        moved[place][element] += step
        found.append((np.sum(ct * op.function(*moved, **params)) - base) / step)
    return found


def _summed(ct, shape):
    """A cotangent summed over the axes along which its argument was broadcast."""
    ct = np.broadcast_to(ct, np.broadcast_shapes(np.shape(ct), shape))
    extra = ct.ndim - len(shape)
    wide = [extra + i for i, n in enumerate(shape) if n == 1 != ct.shape[extra + i]]
    return np.reshape(np.sum(ct, axis=(*range(extra), *wide)), shape)


def test_every_kink_of_the_registry_has_a_point():
    scipy.special.i0e(ad.Tensor(1.0))
    kinked = {op.name for op in ad.ops if isinstance(op.kinks, Kinks)}
    assert kinked == set(POINTS) | OTHERWISE


@pytest.mark.parametrize("name", POINTS)
def test_the_derivative_at_a_kink_is_the_mean_of_both_slopes(name):
    scipy.special.i0e(ad.Tensor(1.0))
    op = ad.ops[name]
    bent = 0
    for args, params in POINTS[name]:
        args = tuple(np.asarray(a, float)[()] for a in args)
        ans = op.function(*args, **params)
        bent += np.sum(op.kinks.at(op, ans, args, params))
        ct = np.random.default_rng(1).normal(size=np.shape(ans))
        for place, arg in enumerate(args):
            try:
                got = op.vjp(place, ct, ans, args, params)
            except ad.UnsupportedError:  # along the order of a Bessel function
                continue
            if got is None:
                continue
            got = _summed(got, np.shape(arg))
            for element in np.ndindex(np.shape(arg)):
                left, right = _slopes(op, args, params, place, element, ct)
                np.testing.assert_allclose(got[element], (left + right) / 2, atol=1e-5)
                t = [np.zeros(np.shape(a))[()] for a in args]
                t[place] = np.array(t[place])
                t[place][element] = 1.0
                t = tuple(own if k == place else None for k, own in enumerate(t))
                ahead = np.sum(ct * op.jvp(t, ans, args, params))
                np.testing.assert_allclose(ahead, got[element], atol=1e-12)
    assert bent


# -- the switch -------------------------------------------------------------------------------

relu = ad.ops.nn.relu
ELEMENTWISE = [relu, *SPELLINGS[:5], lambda x: x.clip(0.0)]


@pytest.mark.parametrize("f", ELEMENTWISE)
@pytest.mark.parametrize(
    ("choice", "slope"), [("zero", 0.0), ("half", 0.5), ("left", 0.0), ("right", 1.0)]
)
@pytest.mark.parametrize("mode", BOTH)
def test_the_switch_moves_every_spelling(f, choice, slope, mode):
    with ad.kinks(choice):
        assert mode(f)(0.0) == slope
        assert mode(f)(1.0) == 1.0
        assert mode(f)(-1.0) == 0.0
    assert mode(f)(0.0) == (0.0 if f is relu else 0.5)


@pytest.mark.parametrize(
    ("choice", "slope"), [("stated", 0), ("zero", 0), ("half", 0), ("left", -1), ("right", 1)]
)
def test_the_absolute_value(choice, slope):
    with ad.kinks(choice):
        for f in (np.abs, np.fabs, abs, lambda x: np.copysign(x, 2.0)):
            assert ad.grad(f)(0.0) == slope
            assert ad.grad(f)(-3.0) == -1.0


def test_the_upper_bound_of_clip_and_minimum():
    for choice, slope in (
        ("stated", 0.5), ("zero", 0.0), ("left", 1.0), ("right", 0.0), ("half", 0.5),
    ):  # fmt: skip
        with ad.kinks(choice):
            assert ad.grad(lambda x: np.clip(x, 0.0, 5.0))(5.0) == slope
            assert ad.grad(lambda x: np.minimum(x, 5.0))(5.0) == slope


def test_raise_names_both_slopes_and_the_line():
    def f(x):
        return np.abs(x)

    with ad.kinks("raise"):
        assert ad.grad(f)(2.0) == 1.0
        with pytest.raises(KinkError, match="-1 on the left and 1 on the right"):
            ad.grad(f)(0.0)
    with pytest.raises(ValueError, match="choose from"):
        ad.kinks("sideways").__enter__()


def test_a_zero_factor_stops_an_infinite_one_in_both_modes():
    with np.errstate(all="ignore"):
        for f in (lambda x: np.sqrt(0.0 * x), lambda x: np.sqrt(x**2), lambda x: np.sqrt(x) ** 2):
            assert ad.grad(f)(0.0) == 0.0
            assert ad.derivative(f)(0.0) == 0.0
        assert ad.grad(np.sqrt)(0.0) == np.inf


# -- equal numbers ----------------------------------------------------------------------------


@pytest.mark.parametrize("value", [0.1, 0.3, 1e-300, 1e300, -7.7, 0.0])
@pytest.mark.parametrize("n", [2, 3, 10, 1000])
@pytest.mark.parametrize("dtype", [np.float64, np.float32])
def test_the_deviation_of_equal_numbers_has_derivative_0(value, n, dtype):
    if dtype is np.float32 and value == 1e300:
        value = 1e30
    x = np.full((n, 2), value, dtype)
    x[:, 1] = np.arange(n)
    with np.errstate(all="ignore"):
        for f in (
            lambda x: np.std(x, axis=0),
            lambda x: np.nanstd(x, 0, ddof=1),
            lambda x: np.std(x.T, 1),
        ):
            found = ad.vjp(f, x)[1](np.ones(2, dtype))[0]
            assert np.all(found[:, 0] == 0)
            assert np.any(found[:, 1] != 0)
            assert ad.jvp(f, (x,), (np.ones_like(x),))[1][0] == 0
        assert np.all(ad.grad(np.std)(x[:, 0]) == 0)
        noise = 10 * np.finfo(dtype).eps
        assert np.all(np.abs(ad.grad(np.var)(x[:, 0])) <= noise * abs(value))
        away = lambda x: np.linalg.norm(x - np.mean(x))
        assert np.all(np.abs(ad.grad(away)(x[:, 0])) <= 10 * n * noise)


def test_numbers_that_differ_keep_their_deviation():
    x = np.array([1.7e9, 1.7e9 + 0.125, 1.7e9 + 0.25])
    np.testing.assert_allclose(ad.grad(np.std)(x), [-(6**-0.5), 0, 6**-0.5], atol=1e-6)
    mask = np.array([True, True, False])
    assert np.all(ad.grad(lambda x: np.std(x, where=mask))(np.array([0.1, 0.1, 5.0])) == 0)
    assert np.all(ad.grad(lambda x: np.std(x * (1 + 2j)))(np.full(3, 0.1)) == 0)
