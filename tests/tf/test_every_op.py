"""Every op of the registry, in a graph: value, gradient and second derivative of the engine.

This is also the proof that a backward node reads enough: what its rule does not look at is
replaced by zeros there.
"""

import warnings

import numpy as np
import pytest

import autodiff as ad
from autodiff.check.samples import all_cases, draw
from autodiff.core.ground.errors import UnsupportedError
from autodiff.core.language.registry import registry
from autodiff.frontends import tensorflow as tf

CASES = list(all_cases(registry))
EAGER_ONLY = {
    "assign": "an assignment into a tensor: graphs have none",
    "part": "made by ops with several results",
    "held": "made by transforms",
    **dict.fromkeys(
        ["eig", "eigvals", "roots", "logm", "sqrtm"], "real or complex depending on the values"
    ),
}


OPEN = {"lstsq", "unique"}
"""Ops whose results have lengths that depend on the values."""


def combined(answer, rng):
    """A scalar that depends on every element of every result, nonlinearly."""
    parts = answer if isinstance(answer, tuple | list) else [answer]
    total = 0.0
    for part in parts:
        if part is not None and part.dtype.kind == "c":
            part = np.real(part) + 0.5 * np.imag(part)
        if part is not None and part.dtype.kind == "f":
            weight = rng.uniform(0.5, 1.5, size=np.shape(part)) if rng else 1.0
            total = total + np.sum(np.sin(part) * weight)
    return total


@pytest.mark.parametrize("f", [np.linalg.eig, np.linalg.eigvals])
def test_a_dtype_that_depends_on_values_is_refused(f):
    x = tf.placeholder(tf.float64, [3, 3])
    with pytest.raises(UnsupportedError, match="real or complex depending on the values"):
        f(x)


@pytest.mark.parametrize(
    ("op", "one"), CASES, ids=[f"{op.name}-{i}" for i, (op, _) in enumerate(CASES)]
)
def test_in_a_graph_as_in_the_engine(op, one):
    if op.name in EAGER_ONLY:
        pytest.skip(EAGER_ONLY[op.name])
    if op.name == "copy" and one.params:
        pytest.skip("how an array lies in memory is not known before it is there")
    rng = np.random.default_rng(7)
    weighted = op.name not in OPEN
    arrays, call = draw(op, one, rng)
    arrays = [np.asarray(a, float) if np.asarray(a).dtype.kind != "c" else a for a in arrays]
    where = tuple(range(len(arrays)))

    def loss(*values):
        return combined(call(*values), np.random.default_rng(3) if weighted else None)

    def slope(*values):
        return sum(np.sum(np.cos(np.real(g))) for g in ad.grad(loss, where)(*values))

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        expected = loss(*arrays)
        first = ad.grad(loss, where)(*arrays)
        second = ad.grad(slope, where)(*arrays)
        fed = [tf.placeholder(a.dtype, a.shape) for a in arrays]
        target = loss(*fed)
        grads = [g for g in tf.gradients(target, fed)]
        total = sum(np.sum(np.cos(np.real(g))) for g in grads if g is not None)
        again = tf.gradients(total, fed) if isinstance(total, tf.Tensor) else [None] * len(fed)
        with tf.Session() as sess:
            got = sess.run(
                [target, [g for g in grads if g is not None], [g for g in again if g is not None]],
                dict(zip(fed, arrays, strict=True)),
            )
    np.testing.assert_allclose(got[0], expected, rtol=1e-12)
    compare(grads, got[1], first)
    compare(again, got[2], second, 1e-9)


def compare(tensors, values, expected, tolerance=1e-12):
    """None in the graph stands for a zero of the engine."""
    left = iter(values)
    for tensor, right in zip(tensors, expected, strict=True):
        found = np.zeros_like(right) if tensor is None else next(left)
        np.testing.assert_allclose(found, right, rtol=tolerance, atol=tolerance)
