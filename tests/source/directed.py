"""What the tests of written programs share: an op with directions, and the network of a classifier."""

import numpy as np

import autodiff as ad
from autodiff.check.compare import _random_like
from autodiff.check.samples import draw


def directed(op, one):
    """A case of an op: its arrays, the function, its pullback of one cotangent, and tangents."""
    rng = np.random.default_rng(7)
    arrays, f = draw(op, one, rng)
    ct = _random_like(f(*arrays), rng)
    tangents = tuple(_random_like(a, rng) for a in arrays)

    def pulled(*xs):
        return ad.vjp(f, *xs)[1](ct)

    return arrays, f, pulled, tangents


def network(p, x, y):
    """The mean cross-entropy of a hidden layer, bounded below, with a penalty on some biases."""
    h = np.tanh(x @ p["W1"] + p["b1"])
    z = np.maximum(h, 0.1) @ p["W2"]
    z = z - np.max(z, axis=1, keepdims=True)
    log = z - np.log(np.sum(np.exp(z), axis=1, keepdims=True))
    return -np.mean(log[np.arange(len(y)), y]) + np.sum(p["b1"][1:] ** 2)
