"""Random smooth programs, rewritten with kinks that cancel, at points exactly on all of them.

Every value v of a program may be replaced by an identity such as max(v, c) + min(v, c) - c, where c
is the number that v has at the point: each replacement puts a kink there, and changes nothing.  So
the first and the second derivatives must be those of the program as it was, in every nesting.
"""

import warnings

import numpy as np
import pytest

import autodiff as ad


def _pair(v, c):
    return np.stack([v, c + 0 * v])


IDENTITIES = {
    "maximum and minimum": lambda v, c: np.maximum(v, c) + np.minimum(c, v) - c,
    "fmax and fmin": lambda v, c: np.fmax(c, v) + np.fmin(v, c) - c,
    "both parts": lambda v, c: c + np.maximum(v - c, 0) - np.maximum(c - v, 0),
    "part and modulus": lambda v, c: c + 2 * np.maximum(v - c, 0) - np.abs(v - c),
    "fabs and copysign": lambda v, c: v + np.fabs(v - c) - np.copysign(v - c, 1.0),
    "clips": lambda v, c: np.clip(v, c - 1, c) + (v - c + c).clip(c, c + 1) - c,
    "sorted": lambda v, c: np.sum(np.sort(_pair(v, c), axis=0), axis=0) - c,
    "partitioned": lambda v, c: 2 * np.mean(np.partition(_pair(v, c), 1, axis=0), axis=0) - c,
    "extremes": lambda v, c: np.max(_pair(v, c), axis=0) + np.amin(_pair(v, c), axis=0) - c,
    "median": lambda v, c: 2 * np.median(_pair(v, c), axis=0) - c,
    "range": lambda v, c: v + np.ptp(_pair(v, c), axis=0) - np.abs(v - c),
    "initial": lambda v, c: v + np.max(np.stack([v - c]), axis=0, initial=0.0) - np.maximum(v - c, 0),
    "square of |x|": lambda v, c: v + np.abs(v - c) ** 2 - (v - c) ** 2,
    "square of hypot": lambda v, c: v + np.hypot(v - c, 0.0) ** 2 - (v - c) ** 2,
    "square of a norm": lambda v, c: v + np.linalg.norm(v - c) ** 2 - np.sum((v - c) ** 2),
    "square of std": lambda v, c: v + 4 * np.std(_pair(v, c), axis=0) ** 2 - (v - c) ** 2,
    "squares of both parts": lambda v, c: (
        v + np.maximum(v - c, 0) ** 2 + np.minimum(v - c, 0) ** 2 - (v - c) ** 2
    ),
    "logistic loss": lambda v, c: (
        v + np.maximum(v - c, 0) + np.log1p(np.exp(-np.abs(v - c))) - np.logaddexp(0, v - c)
    ),
    "complex modulus": lambda v, c: v + np.abs((v - c) * (0.6 + 0.8j)) ** 2 - (v - c) ** 2,
}  # fmt: skip
UNARY = [np.sin, np.tanh, lambda v: np.exp(0.3 * v), lambda v: v**2, lambda v: v[::-1] * 0.7]
BINARY = [np.add, np.multiply, np.subtract, lambda a, b: a * np.cos(b)]


def draw_program(rng, names):
    """A random program of a vector as a list of steps, each with the identity that wraps it."""
    steps = []
    for k in range(int(rng.integers(2, 6))):
        wrap = str(rng.choice(names)) if rng.random() < 0.7 else None
        if k and rng.random() < 0.5:
            steps.append((BINARY[rng.integers(len(BINARY))], rng.integers(0, k + 1, 2), wrap))
        else:
            steps.append((UNARY[rng.integers(len(UNARY))], rng.integers(0, k + 1, 1), wrap))
    if not any(wrap for *_, wrap in steps):
        steps[0] = (*steps[0][:2], str(rng.choice(names)))
    return steps


def run(steps, x, levels=None):
    """The values of a program; with `levels`, the values at the point, rewritten."""
    values = [x]
    for k, (op, places, wrap) in enumerate(steps):
        v = op(*[values[i] for i in places])
        if levels is not None and wrap:
            v = IDENTITIES[wrap](v, levels[k])
        values.append(v)
    return values[1:]


def losses(seed, names):
    rng = np.random.default_rng(seed)
    x, weights = rng.normal(size=3), rng.normal(size=3)
    steps = draw_program(rng, names)
    levels = run(steps, x)
    smooth = lambda x: np.sum(run(steps, x)[-1] * weights)
    kinked = lambda x: np.sum(run(steps, x, levels)[-1] * weights)
    return smooth, kinked, x, rng.normal(size=3)


CASES = [(seed, list(IDENTITIES)) for seed in range(60)]
CASES += [(seed, [name]) for name in IDENTITIES for seed in (100, 101)]


@pytest.mark.parametrize(("seed", "names"), CASES)
@np.errstate(all="ignore")
def test_kinks_that_cancel_change_no_derivative(seed, names):
    smooth, kinked, x, v = losses(seed, names)
    with warnings.catch_warnings():
        warnings.simplefilter("error", ad.KinkWarning)
        close = lambda a, b: np.testing.assert_allclose(a, b, rtol=1e-7, atol=1e-8)
        first, second = ad.grad(smooth)(x), ad.hessian(smooth)(x)
        close(ad.grad(kinked)(x), first)
        close(ad.jvp(kinked, (x,), (v,))[1], first @ v)
        close(ad.hessian(kinked)(x), second)
        close(ad.hvp(kinked, x, v), second @ v)
        close(ad.jacobian(ad.grad(kinked), mode="reverse")(x), second)
        close(ad.grad(lambda x: np.sum(ad.grad(kinked)(x) * v))(x), second @ v)
        along = lambda t: kinked(x + t * v)
        for outer in (ad.grad, ad.derivative):
            for inner in (ad.grad, ad.derivative):
                close(outer(inner(along))(0.0), v @ second @ v)
