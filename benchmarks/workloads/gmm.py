"""ADBench's Gaussian mixture objective, from its formula.

The log-likelihood of n points under k Gaussians in d dimensions, each given by a weight alpha,
a mean, and a lower triangular Q with exp(q) on its diagonal (so that the inverse covariance is
Q^T Q), plus a Wishart prior on the Q (Srajer, Kukelova and Fitzgibbon, "A Benchmark of Selected
Algorithmic Differentiation Tools on Some Problems in Computer Vision and Machine Learning",
2018, section 3.1).
"""

import math
from dataclasses import replace

import numpy as np

from benchmarks.workload import Workload

GAMMA, M = 1.0, 0


def build(rng, points, dimensions, components):
    """The points, and the parameters: weights, means, and d logs then d (d - 1) / 2 of each Q."""
    d, k = dimensions, components
    params = [
        rng.normal(size=k),
        rng.random((k, d)),
        rng.normal(size=(k, d + d * (d - 1) // 2)) * 0.5,
    ]
    return rng.normal(size=(points, d)), params


def triangle(d):
    """Where each element of a Q comes from: its place in (0, the elements below the diagonal).

    The elements are stored column by column, as in ADBench's files.
    """
    table = np.zeros((d, d), int)
    columns, rows = np.triu_indices(d, 1)
    table[rows, columns] = np.arange(1, len(rows) + 1)
    return table


def log_gamma_distribution(a, p):
    """The logarithm of the multivariate gamma function, a constant of the objective."""
    terms = (math.lgamma(a + 0.5 * (1 - j)) for j in range(1, p + 1))
    return 0.25 * p * (p - 1) * math.log(math.pi) + sum(terms)


def constant(n, d, k, gamma=GAMMA, m=M):
    """The part of the objective that does not depend on the parameters."""
    freedom = d + m + 1
    prior = freedom * d * (math.log(gamma) - 0.5 * math.log(2)) - log_gamma_distribution(
        0.5 * freedom, d
    )
    return -0.5 * n * d * math.log(2 * math.pi) - k * prior


def objective(kit, points, k, gamma=GAMMA, m=M):
    """The objective as a function of the list of parameters."""
    xp = kit.xp
    n, d = points.shape
    table, diagonal = kit.array(triangle(d)), kit.array(np.eye(d))
    zeros, offset = kit.array(np.zeros((k, 1))), constant(n, d, k, gamma, m)
    points = kit.array(points)

    def f(params):
        alphas, means, q = params
        logs, lower = q[:, :d], q[:, d:]
        scales = xp.exp(logs)
        Q = xp.concatenate([zeros, lower], axis=1)[:, table] + scales[:, :, None] * diagonal
        sums = xp.sum(logs, axis=1)
        centred = points - means[:, None, :]
        whitened = xp.matmul(centred, xp.swapaxes(Q, 1, 2))
        scores = (alphas + sums)[:, None] - 0.5 * xp.sum(whitened * whitened, axis=2)
        likelihood = xp.sum(kit.logsumexp(scores, 0)) - n * kit.logsumexp(alphas, 0)
        prior = 0.5 * gamma**2 * (xp.sum(scales * scales) + xp.sum(lower * lower))
        return offset + likelihood + prior - m * xp.sum(sums)

    return f


def by_hand(inputs):
    """The objective and its gradient by hand."""
    points, (alphas, means, q) = inputs
    (n, d), k = points.shape, len(alphas)
    below, offset = np.nonzero(triangle(d).T), constant(n, d, k)

    def call():
        logs, lower = q[:, :d], q[:, d:]
        scales = np.exp(logs)
        Q = np.zeros((k, d, d))
        Q[:, below[1], below[0]] = lower
        Q[:, range(d), range(d)] = scales
        centred = points - means[:, None, :]
        whitened = centred @ Q.transpose(0, 2, 1)
        shares = np.einsum("kni,kni->kn", whitened, whitened)
        shares *= -0.5
        shares += (alphas + logs.sum(axis=1))[:, None]
        top = shares.max(axis=0)
        shares -= top
        np.exp(shares, out=shares)
        total = shares.sum(axis=0)
        shares /= total
        weights = np.exp(alphas - alphas.max())
        value = (
            offset
            + np.log(total).sum()
            + top.sum()
            - n * (np.log(weights.sum()) + alphas.max())
            + 0.5 * GAMMA**2 * (np.vdot(scales, scales) + np.vdot(lower, lower))
            - M * logs.sum()
        )
        owned = shares.sum(axis=1)
        whitened *= shares[:, :, None]
        ct_Q = whitened.transpose(0, 2, 1) @ centred
        ct_means = (whitened.sum(axis=1)[:, None, :] @ Q)[:, 0]
        ct_q = np.empty_like(q)
        ct_q[:, :d] = (GAMMA**2 * scales - ct_Q[:, range(d), range(d)]) * scales
        ct_q[:, :d] += owned[:, None] - M
        ct_q[:, d:] = GAMMA**2 * lower - ct_Q[:, below[1], below[0]]
        return value, [owned - n * weights / weights.sum(), ct_means, ct_q]

    return call


def gradient_in(kit, inputs):
    """The gradient in a library."""
    points, params = inputs
    return kit.gradient(objective(kit, points, len(params[0])), params)


MISSED_SMALL = (
    "27 operations on arrays of at most 10,000 elements, each with an object, a "
    "check and a new array for what the hand-written version does in place or in "
    "one einsum"
)
MISSED = "arrays of 2 MB that the hand-written version uses again, which are new memory here"

SMALL_MIXTURE = Workload(
    name="gmm-small",
    title="GMM of ADBench, d = 2, K = 5",
    build=build,
    sizes={"points": 1000, "dimensions": 2, "components": 5},
    small={"points": 7, "dimensions": 2, "components": 3},
    by_hand=by_hand,
    in_library=gradient_in,
    target=2.4,
    compiled=0.55,
    missed=MISSED_SMALL,
)

WORKLOADS = (
    SMALL_MIXTURE,
    replace(
        SMALL_MIXTURE,
        name="gmm",
        title="GMM of ADBench, d = 10, K = 25",
        sizes={"points": 1000, "dimensions": 10, "components": 25},
        small={"points": 7, "dimensions": 3, "components": 2},
        target=1.7,
        compiled=0.85,
        missed=MISSED,
    ),
)
