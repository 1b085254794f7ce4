"""Functions that numba has compiled are differentiated as the Python functions they came from."""

import numpy as np
import pytest

import autodiff as ad

numba = pytest.importorskip("numba")
P, X = np.array([0.1, 0.2, 0.3]), np.array([0.5, -1.0, 2.0, 0.7])


@numba.njit
def bent(x):
    return x * x if x > 0 else -3 * x


@numba.njit
def filtered(p, x, out):
    for t in range(len(x)):
        out[t] = p[0] + bent(p[1] * x[t])
        if t > 0:
            out[t] += p[2] * out[t - 1]
    return out


@numba.njit
def made(x, power=3.0):
    out = np.zeros(x.shape)
    for i in range(x.size):
        out[i] = x[i] ** power
    return out


@numba.njit
def scaled(a, *rest):
    return a * rest[0] + rest[1] ** 2


@numba.njit(parallel=True)
def energy(x):
    total = 0.0
    for i in numba.prange(x.size):
        total += x[i] ** 2
    return total


PROGRAMS = {
    "fills what it is given": (lambda p, x: np.sum(filtered(p, x, np.empty(4)) ** 2), P, X),
    "makes an array, with a default": (lambda x: np.sum(made(x)), P),
    "keyword": (lambda x, k: np.sum(made(x, power=k)), P, 1.7),
    "many arguments": (lambda a, b: scaled(a, b, a * b), 2.0, 3.0),
    "parallel": (energy, P),
}


@pytest.mark.parametrize("name", PROGRAMS)
def test_compiled_functions_have_both_modes_and_second_order(name):
    f, *args = PROGRAMS[name]
    every = tuple(range(len(args)))
    report = ad.check(f, *args, order=2)
    assert report, str(report)
    value, want = ad.value_and_grad(f, every)(*args)
    assert value == pytest.approx(f(*args))
    with ad.Tape():
        tensors = [ad.Tensor(arg) for arg in args]
        f(*tensors).backward()
    for tensor, one in zip(tensors, want, strict=True):
        np.testing.assert_allclose(tensor.grad, one)
    for got in (ad.source(ad.grad(f, every), *args)(*args), ad.compile(ad.grad(f, every))(*args)):
        for one, other in zip(got, want, strict=True):
            np.testing.assert_allclose(one, other)
    assert "adjoint" in str(ad.draw(f, *args))


def test_plain_arguments_run_the_machine_code():
    before = len(bent.signatures)
    assert bent(2.0) == 4.0
    assert ad.grad(lambda x: bent(2.0) * x)(1.0) == 4.0
    assert len(bent.signatures) == max(before, 1)


@numba.vectorize
def squared(x):
    return x * x


@numba.stencil
def summed(a):
    return a[0] + a[1]


@numba.njit("f8(f8)")
def typed(x):
    return 2 * x


@numba.experimental.jitclass([("a", numba.f8)])
class Line:
    def __init__(self, a):
        self.a = a

    def at(self, x):
        return self.a * x


@pytest.mark.parametrize("f", [
    lambda x: np.sum(summed(x)), lambda x: typed(x[0]), lambda x: Line(2.0).at(x[0]),
    lambda x: Line(x[0]).at(2.0),
])  # fmt: skip
def test_what_has_no_python_function_is_refused(f):
    with pytest.raises(ad.DetachError, match=r"compiled by numba works on plain.*f\.py_func\(x\)"):
        ad.grad(f)(P)
    with pytest.raises(ad.UnsupportedError, match="squared has no derivative rule"):
        ad.grad(lambda x: np.sum(squared(x)))(P)
