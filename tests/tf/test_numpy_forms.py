"""Every calling form of NumPy that the engine differentiates, in a graph, with open lengths too."""

import sys
import warnings
from pathlib import Path

import numpy as np
import pytest

import autodiff as ad
from autodiff.core.arguments.tree import flatten
from autodiff.core.ground.errors import AutodiffError
from autodiff.frontends import tensorflow as tf

sys.path.insert(0, str(Path(__file__).parents[1] / "ops"))
from recipes import BEYOND_REALS, FAMILIES, WRITING

CALLS = {
    f"{name}-{number}": call
    for family in FAMILIES.values()
    for name, calls in family.items()
    for number, call in enumerate(calls)
    if name not in WRITING
    and f"{name}-{number}" != "copysign-3"  # has no derivative at all
    and all(np.asarray(a).dtype.kind in "fc" for a in call[1:])
}
REFUSED = {
    "eig": "real or complex depending on the values",
    "eigvals": "real or complex depending on the values",
    **dict.fromkeys(BEYOND_REALS, "real or complex depending on the values"),
    "poly": "did not return an iterable",  # NumPy's own dispatch iterates over the argument
    "roots": "did not return an iterable",
    "stack-1": r"tf\.unpack",
    "vectorize": "",
    "as_strided": "not computed yet|is complex",  # strides are of an array that is there
}
OPEN_REFUSED = {
    "unstack-0": "the number of results depends on a length",
}


def scalar(answer):
    total = 0.0
    for part in flatten(answer)[0]:
        dtype = getattr(part, "dtype", None)
        if dtype is not None and dtype.kind == "c":
            part = np.real(part) + 0.5 * np.imag(part)
        if dtype is not None and dtype.kind in "fc":
            total = total + np.sum(np.sin(part))
    return total


def words_of(table, name):
    return next((w for k, w in table.items() if name.rpartition("-")[0] == k or name == k), None)


@pytest.mark.parametrize("length", ["known", "open"])
@pytest.mark.parametrize("name", CALLS)
def test_in_a_graph_as_in_the_engine(name, length):
    f, *arrays = CALLS[name]
    arrays = [np.asarray(a) for a in arrays]

    def loss(*values):
        return scalar(f(*values))

    dims = [a.shape if length == "known" else (*[None] * a.ndim,)[:1] + a.shape[1:] for a in arrays]
    fed = [tf.placeholder(a.dtype, d) for a, d in zip(arrays, dims, strict=True)]
    words = words_of(REFUSED, name)
    if words is None and length == "open":
        words = words_of(OPEN_REFUSED, name)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        if words is not None:
            with pytest.raises((AutodiffError, TypeError, ValueError), match=words):
                loss(*fed)
            return
        value = loss(*arrays)
        slopes = ad.grad(loss, tuple(range(len(arrays))))(*arrays)
        target = loss(*fed)
        grads = tf.gradients(target, fed)
        found = tf.Session().run(
            [target, [g for g in grads if g is not None]], dict(zip(fed, arrays))
        )
    np.testing.assert_allclose(found[0], value, rtol=1e-10, atol=1e-12)
    rest = iter(found[1])
    for grad, slope in zip(grads, slopes, strict=True):
        own = np.zeros_like(slope) if grad is None else next(rest)
        np.testing.assert_allclose(own, slope, rtol=1e-9, atol=1e-11)


@pytest.mark.parametrize(
    "change",
    [
        lambda y: np.fill_diagonal(y, 0.0), lambda y: np.put(y, [0], 1.0),
        lambda y: np.copyto(y, np.ones((3, 3))), lambda y: np.add.at(y, [0], 1.0),
        lambda y: np.place(y, np.eye(3) > 0, 1.0), lambda y: y.sort(), lambda y: y.fill(0.0),
        lambda y: y.__setitem__(0, 1.0),
    ],
)  # fmt: skip
def test_what_changes_an_array_in_place_is_refused(change):
    y = tf.placeholder(tf.float64, [3, 3]) * 2.0
    with pytest.raises(TypeError, match=r"can't be (changed|assigned to)"):
        change(y)


@pytest.mark.parametrize("name", ["sqrt", "log", "arcsin"])
def test_roots_of_complex_numbers_have_one_dtype(name):
    z = np.array([-2.0 + 1e-3j, 0.3 - 1j])
    fed = tf.placeholder(np.complex128, [2])
    found = tf.Session().run(getattr(np.emath, name)(fed), {fed: z})
    np.testing.assert_allclose(found, getattr(np.emath, name)(z), rtol=1e-12)
