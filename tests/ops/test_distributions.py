"""SciPy's distributions at traced values: SciPy's own numbers and their differences say what is right."""

import numpy as np
import pytest

import autodiff as ad

scipy = pytest.importorskip("scipy")
stats = pytest.importorskip("scipy.stats")
from scipy.stats import _distr_params, beta, binom, multivariate_normal, norm, poisson  # noqa: E402

SLOW = {"levy_stable", "studentized_range", "ksone", "kstwo", "kstwobign"}
FOLLOWED_BY_NONE = {
    "crystalball", "dpareto_lognorm", "gausshyper",
    "genhalflogistic", "genhyperbolic",
    "geninvgauss", "irwinhall", "kappa4", "landau", "ncf", "nct", "ncx2", "pearson3",
    "recipinvgauss", "trapezoid", "truncpareto", "tukeylambda",
}  # fmt: skip
"""Continuous families whose density is compiled, or chosen by filling plain arrays."""
# since then it fills a plain array, too
if tuple(map(int, scipy.__version__.split(".")[:2])) >= (1, 18):
    FOLLOWED_BY_NONE.add("exponnorm")
ALL = [
    (name, shapes)
    for name, shapes in _distr_params.distcont
    if isinstance(name, str) and name not in SLOW and hasattr(stats, name)
]
FOLLOWED = [row for row in ALL if row[0] not in FOLLOWED_BY_NONE]
LOC, SCALE = 0.3, 1.4


def points(name, shapes):
    dist = getattr(stats, name)
    return dist, dist.ppf([0.3, 0.6], *shapes) * SCALE + LOC


def by_differences(f, values, place):
    h = 1e-6 * max(1.0, np.max(np.abs(values[place])))
    moved = [
        f(*[v + sign * h if i == place else v for i, v in enumerate(values)]) for sign in (1, -1)
    ]
    return (moved[0] - moved[1]) / (2 * h)


def is_right(f, values, traced):
    """Value and derivative by each traced argument, in both modes, against SciPy's function."""
    wanted = f(*values)
    for place in traced:

        def one(v, place=place):
            return f(*[v if i == place else other for i, other in enumerate(values)])

        value, pullback = ad.vjp(one, np.asarray(values[place], float))
        np.testing.assert_allclose(value, wanted, rtol=1e-9)
        slope = by_differences(f, values, place)
        size = np.broadcast_to(slope, np.shape(wanted))
        tangent = ad.jvp(
            one, (np.asarray(values[place], float),), (np.ones(np.shape(values[place])),)
        )[1]
        np.testing.assert_allclose(tangent, size, rtol=1e-3, atol=1e-6)
        found = pullback(np.ones(np.shape(wanted)))[0]
        np.testing.assert_allclose(np.sum(found), np.sum(size), rtol=1e-3, atol=1e-6)


@pytest.mark.parametrize("method", ["logpdf", "pdf"])
@pytest.mark.parametrize(("name", "shapes"), FOLLOWED, ids=[name for name, _ in FOLLOWED])
@pytest.mark.filterwarnings("ignore")
def test_densities_by_every_argument(name, shapes, method):
    dist, x = points(name, shapes)
    values = (x, *map(float, shapes), LOC, SCALE)
    is_right(getattr(dist, method), values, range(len(values)))


@pytest.mark.parametrize("name", sorted(FOLLOWED_BY_NONE))
@pytest.mark.filterwarnings("ignore")
def test_densities_that_cannot_be_followed_are_refused(name):
    shapes = dict(ALL)[name]
    dist, x = points(name, shapes)
    with pytest.raises(ad.AutodiffError, match=r"test_distributions\.py"):
        ad.grad(lambda v: np.sum(dist.logpdf((x - LOC) / SCALE * v, *[s * v for s in shapes])))(1.0)


@pytest.mark.parametrize("method", ["cdf", "sf", "logcdf", "logsf", "ppf", "isf"])
@pytest.mark.parametrize(("name", "shapes"), FOLLOWED[::3], ids=[name for name, _ in FOLLOWED[::3]])
@pytest.mark.filterwarnings("ignore")
def test_cdfs_by_place_loc_and_scale(name, shapes, method):
    dist, x = points(name, shapes)
    first = np.array([0.3, 0.6]) if method in ("ppf", "isf") else x
    values = (first, *map(float, shapes), LOC, SCALE)
    is_right(getattr(dist, method), values, (0, len(values) - 2, len(values) - 1))


COMMON = [
    "norm",
    "t",
    "expon",
    "gamma",
    "beta",
    "laplace",
    "logistic",
    "lognorm",
    "cauchy",
    "uniform",
    "chi2",
    "weibull_min",
]


@pytest.mark.parametrize("name", COMMON)
def test_second_order_of_the_common_ones(name):
    shapes = dict(ALL)[name]
    dist, x = points(name, shapes)
    ad.check_grad(lambda x, s: np.sum(dist.logpdf(x, *shapes, LOC, s)), x, np.array(SCALE), order=2)
    ad.check_grad(lambda x: np.sum(dist.cdf(x, *shapes)), (x - LOC) / SCALE, order=2)


COUNTS = {
    "poisson": (2.3,), "binom": (5, 0.4), "bernoulli": (0.3,), "geom": (0.3,), "nbinom": (4, 0.4),
}  # fmt: skip


@pytest.mark.parametrize("method", ["pmf", "logpmf", "cdf", "logcdf", "sf", "logsf"])
@pytest.mark.parametrize("name", COUNTS)
def test_counts_by_their_parameters(name, method):
    if name == "nbinom" and "mf" not in method:
        pytest.skip("its cdf is compiled")
    f = getattr(getattr(stats, name), method)
    k = np.array([0, 1]) if name == "bernoulli" else np.array([1, 2, 3])
    k = k[:1] if method in ("logsf", "logcdf") else k
    values = (k, *COUNTS[name])
    is_right(f, values, [len(values) - 1])


def test_outside_of_the_support():
    x = np.array([-1.0, 0.5, 2.0, 7.0])
    for f in (
        lambda s: beta.logpdf(x / s, 2.0, 3.0),
        lambda s: beta.cdf(x, 2.0, 3.0, 0.0, s),
        lambda s: stats.uniform.pdf(x, 0.0, s),
        lambda s: stats.expon.logpdf(x, scale=s),
        lambda s: binom.pmf([-1, 2, 9, 2], 4, s / 4),
        lambda s: poisson.cdf([-1.0, 0.4, 2.5, 3.0], s),
    ):
        value, tangent = ad.jvp(f, (1.7,), (1.0,))
        np.testing.assert_allclose(value, f(1.7))
        with np.errstate(invalid="ignore"):
            right = np.nan_to_num((f(1.7 + 1e-6) - f(1.7 - 1e-6)) / 2e-6)
        np.testing.assert_allclose(tangent, right, rtol=1e-5, atol=1e-8)
    assert np.isnan(ad.value_and_grad(lambda s: norm.logpdf(0.3, 0.0, s))(-1.0)[0])


def test_as_users_call_it():
    data = np.array([0.3, 1.2, -0.4, 2.2])

    def likelihood(p):
        return -np.sum(norm(p[0], np.exp(p[1])).logpdf(data))

    p = np.array([0.2, 0.1])
    ad.check_grad(likelihood, p, order=2)
    ad.check_grad(lambda p: -np.sum(norm.logpdf(data, loc=p[0], scale=np.exp(p[1]))), p)
    ad.check_grad(lambda p: np.sum(norm.logpdf([p[0], p[1]])), p)
    mu, s = ad.Tensor(0.2), ad.Tensor(1.1)
    loss = -np.sum(stats.t.logpdf(data, 4.0, mu, s))
    loss.backward()
    right = ad.grad(lambda m, s: -np.sum(stats.t.logpdf(data, 4.0, m, s)), (0, 1))(0.2, 1.1)
    assert (mu.grad, s.grad) == right
    assert norm.logpdf(0.5, loc=0.2) == stats.norm(0.2).logpdf(0.5)  # plain calls are SciPy's


def test_a_distribution_of_the_users_own():
    class Ramp(stats.rv_continuous):
        def _pdf(self, x, k):
            return (k + 1) * x**k

    ramp = Ramp(a=0.0, b=1.0, name="ramp", shapes="k")
    is_right(ramp.logpdf, (np.array([0.3, 0.8]), 1.5), (0, 1))


MEAN = np.array([0.3, -0.2])
COV = np.array([[1.4, 0.3], [0.3, 0.8]])


@pytest.mark.parametrize(
    "x", [np.array([0.5, 0.1]), np.array([[0.5, 0.1], [1.0, -1.0], [0.2, 2.0]])]
)
@pytest.mark.parametrize("method", ["logpdf", "pdf"])
def test_normal_of_several_variables(x, method):
    f = getattr(multivariate_normal, method)
    np.testing.assert_allclose(ad.vjp(lambda m: f(x, m, COV), MEAN)[0], f(x, MEAN, COV))
    symmetric = lambda c: (c + c.T) / 2
    ad.check_grad(lambda x, m, c: f(x, m, symmetric(c)), x, MEAN, COV)
    ad.check_grad(lambda x, m: getattr(multivariate_normal(m, COV), method)(x), x, MEAN)
    frozen = multivariate_normal(MEAN, COV)
    ad.check_grad(lambda x: getattr(frozen, method)(x), x)


def test_normal_of_several_variables_in_short_forms():
    x = np.array([0.5, 0.1, -0.3])
    for f in (
        lambda s: multivariate_normal.logpdf(x, np.zeros(3), s * np.eye(3)),
        lambda s: multivariate_normal.logpdf(x, np.zeros(3), s),
        lambda s: multivariate_normal.logpdf(x, np.zeros(3), np.ones(3) * s),
        lambda s: multivariate_normal.logpdf(x * s),
        lambda s: multivariate_normal.logpdf(x, 0.5, s),
        lambda s: multivariate_normal.logpdf(np.stack([s]), None, COV),
    ):
        np.testing.assert_allclose(ad.vjp(f, 0.8)[0], f(0.8))
        ad.check_grad(f, 0.8)
    alpha = np.array([1.5, 2.0, 0.7])
    for x in ([0.2, 0.5, 0.3], [0.2, 0.5], np.array([[0.2, 0.5], [0.5, 0.3], [0.3, 0.2]])):
        f = lambda a, x=x: stats.dirichlet.logpdf(x, a)
        np.testing.assert_allclose(ad.vjp(f, alpha)[0], f(alpha))
        ad.check_grad(f, alpha)


def test_a_singular_covariance_is_served_where_it_has_full_rank_and_refused_where_not():
    full, flat = np.array([[1.0, 0.3], [0.3, 2.0]]), np.ones((2, 2))
    normal, x = stats.multivariate_normal, np.array([0.2, 0.5])
    for density in (
        lambda m, cov: normal.logpdf([0.1, 0.1], m, cov, allow_singular=True),
        lambda m, cov: normal(m, cov, allow_singular=True).logpdf([0.1, 0.1]),
        lambda m, cov: normal([0.0, 0.0], cov, allow_singular=True).pdf(m),
    ):
        ad.check_grad(lambda m, f=density: f(m, full), x, order=2)
        for transform in (lambda f: ad.grad(f)(x), lambda f: ad.jvp(f, (x,), (x,))):
            with pytest.raises(ad.UnsupportedError, match="rank 1 in 2 dimensions"):
                transform(lambda m, f=density: f(m, flat))
    w, v = np.linalg.eigh(flat)
    along = v[:, w > 1e-9]
    written = lambda m: stats.norm.logpdf(
        (along.T @ (np.array([0.1, 0.1]) - m))[0], scale=np.sqrt(2)
    )
    m = np.array([0.3, 0.3])
    np.testing.assert_allclose(written(m), normal.logpdf([0.1, 0.1], m, flat, allow_singular=True))
    ad.check_grad(written, m)
