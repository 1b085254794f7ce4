"""SciPy's densities of several variables at traced values: the normal one, and Dirichlet's."""

import numpy as np
from scipy import special, stats

from autodiff.core.language.dispatch import ground, is_traced
from autodiff.core.language.numpy_calls.teaching import teach
from autodiff.core.values.lists import of_lists
from autodiff.ops.ground.arguments import refuse, refuse_traced, shape_of

LOG_2PI = np.log(2 * np.pi)


def normal_log_density(x, mean=None, cov=1, allow_singular=False):
    """log f of the normal distribution of several variables, by Cholesky's factor of `cov`."""
    x, mean, cov = of_lists(x), of_lists(mean), of_lists(cov)
    x = x if is_traced(x) else np.asarray(x, float)
    dim = max(np.ndim(ground(mean)) and shape_of(mean)[0], shape_of(cov)[0] if shape_of(cov) else 1)
    cov = cov * np.eye(dim) if np.ndim(ground(cov)) < 2 else cov
    x = x[..., None] if dim == 1 and shape_of(x)[-1:] != (1,) else x
    away = x - (np.zeros(dim) if mean is None else mean)
    if allow_singular:
        _refuse_singular(ground(cov), dim)
    factor = np.linalg.cholesky(cov)
    z = np.linalg.solve(factor, np.reshape(away, (-1, dim)).T)
    distance = np.reshape(np.sum(z**2, axis=0), shape_of(away)[:-1])
    return -(distance + dim * LOG_2PI) / 2 - np.sum(np.log(np.diagonal(factor)))


def _refuse_singular(cov, dim):
    """Raise where a covariance has not full rank, as SciPy counts it."""
    of_scipy = stats.multivariate_normal(np.zeros(dim), cov, allow_singular=True)
    rank = int(of_scipy.cov_object.rank)
    if rank < dim:
        refuse(
            f"The normal density of a covariance of rank {rank} in {dim} dimensions",
            "It is 0 everywhere beside a subspace, so that it has no gradient. Write it for the "
            "coordinates in the subspace: w, v = np.linalg.eigh(cov); z = v[:, w > eps].T @ (x - "
            "mean).",
        )


def _normal(log):
    def traced(dist, x, mean=None, cov=1, allow_singular=False):
        found = normal_log_density(x, mean, cov, allow_singular)
        return found if log else np.exp(found)

    return traced


class FrozenNormal:
    """`scipy.stats.multivariate_normal(mean, cov)` of traced parameters."""

    def __init__(self, mean=None, cov=1, allow_singular=False, seed=None):
        self.mean, self.cov, self.allow_singular = mean, cov, allow_singular

    def logpdf(self, x):
        """log f(x)."""
        return normal_log_density(x, self.mean, self.cov, self.allow_singular)

    def pdf(self, x):
        """f(x)."""
        return np.exp(normal_log_density(x, self.mean, self.cov, self.allow_singular))


def _frozen_normal(log):
    def traced(frozen, x):
        found = normal_log_density(x, frozen.mean, frozen.cov, frozen.allow_singular)
        return found if log else np.exp(found)

    return traced


def _dirichlet(log):
    def traced(dist, x, alpha):
        refuse_traced("scipy.stats.dirichlet", x=x)
        x, alpha = np.asarray(x), of_lists(alpha)
        x = np.append(x, 1 - np.sum(x)) if x.shape[:1] != shape_of(alpha) else x
        found = np.sum(special.xlogy(alpha - 1, x.T).T, axis=0 if x.ndim > 1 else None)
        found = found + special.gammaln(np.sum(alpha)) - np.sum(special.gammaln(alpha))
        return found if log else np.exp(found)

    return traced


_normal_class = type(stats.multivariate_normal)


for _name, _log in (("logpdf", True), ("pdf", False)):
    teach(getattr(_normal_class, _name), _normal(_log))
    teach(getattr(type(stats.dirichlet), _name), _dirichlet(_log))
    teach(getattr(type(stats.multivariate_normal(np.zeros(1))), _name), _frozen_normal(_log))


teach(_normal_class.__call__, lambda dist, *args, **kwargs: FrozenNormal(*args, **kwargs))
