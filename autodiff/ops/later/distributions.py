"""SciPy's distributions at traced values: `scipy.stats.norm.logpdf(x, mu, s)` and its kin.

SciPy writes the standardized densities (`_logpdf`, `_pdf`, which a new distribution overrides) in
functions that are handed over; only what stands around them, the loc, the scale and the support,
makes plain arrays first.  So this is written anew here, once for all of them, and the density is
read from SciPy, or from `LOG_DENSITIES` where SciPy's own code can't be followed.  A cdf has the
density as its derivative, so that it needs no other code than SciPy's, as long as the shape
parameters are plain.  Formulas: Johnson, Kotz & Balakrishnan, Continuous Univariate Distributions.
"""

import numpy as np
from scipy import special, stats

from autodiff.core.language.dispatch import apply, ground, is_traced
from autodiff.core.language.kinds import elementwise
from autodiff.core.language.numpy_calls.teaching import teach
from autodiff.core.values.lists import of_lists
from autodiff.ops.arranging.indexing import scatter
from autodiff.ops.ground.arguments import shape_of
from autodiff.ops.later.multivariate import LOG_2PI


def _either(test, x, y, at):
    """x(at) where a test of plain numbers holds, else y(at); the other one sees a harmless 1."""
    test = ground(test)
    return np.where(test, x(np.where(test, at, 1.0)), y(np.where(test, 1.0, at)))


def _extreme(z, c):
    def general(c):
        return (1 / c - 1) * np.log(1 - c * z) - (1 - c * z) ** (1 / c)

    return _either(ground(c) == 0, lambda _: -z - np.exp(-z), general, c)


def _triangle(z, c):
    return np.log(2 * np.where(ground(z) < ground(c), z / c, (1 - z) / (1 - c)))


def _truncated_normal(z, a, b):
    low, high = np.where(ground(a) > 0, -b, a), np.where(ground(a) > 0, -a, b)
    return -(z**2 + LOG_2PI) / 2 - np.log(special.ndtr(high) - special.ndtr(low))


LOG_DENSITIES = {
    "burr": lambda z, c, d: np.log(c * d) - (c + 1) * np.log(z) - (d + 1) * np.log1p(z**-c),
    "cauchy": lambda z: -np.log(np.pi) - np.log1p(z**2),
    "cosine": lambda z: np.log1p(np.cos(z)) - LOG_2PI,
    "fisk": lambda z, c: np.log(c) + (c - 1) * np.log(z) - 2 * np.log1p(z**c),
    "genextreme": _extreme,
    "gengamma": lambda z, a, c: (
        np.log(np.abs(c)) + (c * a - 1) * np.log(z) - z**c - special.gammaln(a)
    ),
    "genpareto": lambda z, c: _either(
        ground(c) == 0, lambda _: -z, lambda c: -(1 + 1 / c) * np.log1p(c * z), c
    ),
    "gibrat": lambda z: -(np.log(z) ** 2 + LOG_2PI) / 2 - np.log(z),
    "lognorm": lambda z, s: -((np.log(z) / s) ** 2 + LOG_2PI) / 2 - np.log(s * z),
    "skewnorm": lambda z, a: np.log(2) - (z**2 + LOG_2PI) / 2 + special.log_ndtr(a * z),
    "t": lambda z, df: (
        special.gammaln((df + 1) / 2)
        - special.gammaln(df / 2)
        - np.log(df * np.pi) / 2
        - (df + 1) / 2 * np.log1p(z**2 / df)
    ),
    "triang": _triangle,
    "truncnorm": _truncated_normal,
    "vonmises": lambda z, k: k * (np.cos(z) - 1) - np.log(2 * np.pi * special.i0e(k)),
}
"""log f(z) of the standardized variable, by SciPy's names and shape parameters."""

DISTRIBUTIONS = {
    "poisson": lambda k, mu: special.gammaincc(k + 1, mu),
    "binom": lambda k, n, p: special.betaincc(k + 1, n - k, p),
    "bernoulli": lambda k, p: np.where(k < 1, 1 - p, 1.0),
}
"""The cdf of discrete variables below the end of their support, as a function of the parameters."""


def _family(dist):
    return type(dist).__name__.removesuffix("_gen")


def log_density(dist, z, shapes):
    """log f of the standardized variable, inside of the support."""
    own = LOG_DENSITIES.get(_family(dist))
    if own is not None:
        return own(z, *shapes)
    if type(dist)._logpdf is not stats.rv_continuous._logpdf:
        return dist._logpdf(z, *shapes)
    return np.log(dist._pdf(z, *shapes))


def density(dist, z, shapes):
    """f of the standardized variable, inside of the support."""
    if _family(dist) in LOG_DENSITIES or type(dist)._logpdf is not stats.rv_continuous._logpdf:
        return np.exp(log_density(dist, z, shapes))
    return dist._pdf(z, *shapes)


SLOPES = {
    "cdf": lambda ans, z, dist, shapes: density(dist, z, shapes),
    "sf": lambda ans, z, dist, shapes: -density(dist, z, shapes),
    "logcdf": lambda ans, z, dist, shapes: np.exp(log_density(dist, z, shapes) - ans),
    "logsf": lambda ans, z, dist, shapes: -np.exp(log_density(dist, z, shapes) - ans),
    "ppf": lambda ans, q, dist, shapes: 1 / density(dist, ans, shapes),
    "isf": lambda ans, q, dist, shapes: -1 / density(dist, ans, shapes),
}


def _of_scipy(method, dist, z, shapes):
    """SciPy's own value; some of its functions take arrays with an axis only."""
    shape = np.broadcast_shapes(np.shape(z), *map(np.shape, shapes))
    values = [np.atleast_1d(np.asarray(value, float)) for value in (z, *shapes)]
    return np.reshape(getattr(dist, f"_{method}")(*values), shape)[()]


OPS = {
    method: elementwise(
        lambda z, dist, shapes, method=method: _of_scipy(method, dist, z, shapes),
        slope,
        name=f"distribution_{method}",
        keywords=("dist", "shapes"),
        private=True,
    )
    for method, slope in SLOPES.items()
}
"""What has the density for its derivative, or its inverse."""


def _of_standardized(method, dist, z, shapes):
    if method == "logpdf":
        return log_density(dist, z, shapes)
    if method == "pdf":
        return density(dist, z, shapes)
    if not any(map(is_traced, shapes)):
        return apply(OPS[method], (z,), {"dist": dist, "shapes": tuple(shapes)})
    if method.startswith("log"):
        return np.log(_of_standardized(method[3:], dist, z, shapes))
    return getattr(dist, f"_{method}")(z, *shapes)


def inside_only(inside, f, plain, *values):
    """f of the values where `inside` holds, the plain values elsewhere; f sees no others."""
    shape = np.broadcast_shapes(np.shape(inside), *map(shape_of, values))
    inside = np.broadcast_to(np.asarray(inside, bool), shape)
    if inside.all():
        return f(*values)
    full = [np.broadcast_to(value, shape) for value in values]
    if not inside.any():
        return np.where(True, plain, sum(full))
    found = f(*[value[inside] for value in full])
    return np.where(inside, scatter(found, np.nonzero(inside), shape), plain)


def _plain(dist, method, args, kwds):
    kwds = {name: ground(of_lists(value)) for name, value in kwds.items()}
    return getattr(dist, method)(*(ground(of_lists(arg)) for arg in args), **kwds)


def _continuous(method):
    def traced(dist, x, *args, **kwds):
        plain = _plain(dist, method, (x, *args), kwds)
        shapes, loc, scale = dist._parse_args(*map(of_lists, args), **kwds)
        x, loc, scale = map(of_lists, (x, loc, scale))
        plain_shapes = tuple(map(ground, shapes))
        good = dist._argcheck(*plain_shapes) & (ground(scale) > 0)
        if method in ("ppf", "isf"):
            inside = good & (ground(x) > 0) & (ground(x) < 1)

            def standard(q, loc, scale, *shapes):
                return _of_standardized(method, dist, q, shapes) * scale + loc
        else:
            base = (ground(x) - ground(loc)) / ground(scale)
            mask = dist._support_mask if "pdf" in method else dist._open_support_mask
            inside = good & mask(base, *plain_shapes)

            def standard(x, loc, scale, *shapes):
                found = _of_standardized(method, dist, (x - loc) / scale, shapes)
                if method == "logpdf":
                    return found - np.log(scale)
                return found / scale if method == "pdf" else found

        return inside_only(inside, standard, plain, x, loc, scale, *shapes)

    return traced


def _discrete(method):
    def traced(dist, k, *args, **kwds):
        plain = _plain(dist, method, (k, *args), kwds)
        shapes, loc, _ = dist._parse_args(*map(of_lists, args), **kwds)
        k = np.asarray(ground(of_lists(k))) - ground(of_lists(loc))
        if not any(map(is_traced, shapes)):
            return plain
        plain_shapes = tuple(map(ground, shapes))
        low, high = dist._get_support(*plain_shapes)
        good = dist._argcheck(*plain_shapes)
        if "pmf" in method:
            inside = good & (low <= k) & (k <= high) & (np.floor(k) == k)
        else:
            k = np.floor(k)
            inside = good & (low <= k) & (k < high)

        def standard(k, *shapes):
            return _of_counts(method, dist, k, shapes)

        return inside_only(inside, standard, plain, k, *shapes)

    return traced


def _of_counts(method, dist, k, shapes):
    if "pmf" in method:
        logarithm = type(dist)._logpmf is not stats.rv_discrete._logpmf
        found = dist._logpmf(k, *shapes) if logarithm else dist._pmf(k, *shapes)
        if method == "logpmf":
            return found if logarithm else np.log(found)
        return np.exp(found) if logarithm else found
    below = DISTRIBUTIONS.get(_family(dist), dist._cdf)(k, *shapes)
    value = below if "cdf" in method else 1 - below
    return np.log(value) if "log" in method else value


for _method in ("pdf", "logpdf", *SLOPES):
    teach(getattr(stats.rv_continuous, _method), _continuous(_method))
for _method in ("pmf", "logpmf", "cdf", "logcdf", "sf", "logsf"):
    teach(getattr(stats.rv_discrete, _method), _discrete(_method))
