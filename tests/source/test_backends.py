"""The back ends of `ad.compile`: the results of the function, by each of them, and its refusals."""

import re
import threading
import warnings

import numpy as np
import pytest

import autodiff as ad
from autodiff.check.compare import _random_like
from autodiff.check.samples import all_cases, draw
from autodiff.core.arguments.tree import flatten
from autodiff.core.language.registry import registry
from autodiff.source.compiled.backends import is_installed
from autodiff.source.compiled.rounding import close

BACKENDS = ["numpy", *(name for name in ("numba", "jax") if is_installed(name))]
needs_numba = pytest.mark.skipif(not is_installed("numba"), reason="numba is not installed")


def check_same(found, wanted):
    found, wanted = flatten(found), flatten(wanted)
    assert found[1] == wanted[1]
    for a, b in zip(found[0], wanted[0], strict=True):
        assert close(a, b)


def network(p, x, y):
    h = np.tanh(x @ p["W"] + p["b"])
    z = h @ p["V"]
    z = z - np.max(z, axis=1, keepdims=True)
    log = z - np.log(np.sum(np.exp(z), axis=1, keepdims=True))
    return -np.mean(log[np.arange(len(y)), y]) + np.sum(p["b"][1:] ** 2)


def parameters(seed, n=4):
    rng = np.random.default_rng(seed)
    p = {"W": rng.normal(size=(3, n)), "b": rng.normal(size=n), "V": rng.normal(size=(n, 3))}
    return p, rng.normal(size=(5, 3)), np.array([0, 1, 2, 1, 0])


@pytest.mark.parametrize("backend", BACKENDS)
@pytest.mark.parametrize("transform", [ad.value_and_grad, ad.hessian, None])
def test_the_results_of_the_function(backend, transform):
    f = transform(network) if transform else network
    fast = ad.compile(f, backend=backend)
    for seed in range(3):
        check_same(fast(*parameters(seed)), f(*parameters(seed)))
    assert fast.ran == backend, fast.reason
    assert fast.compilations == 1
    p, x, y = parameters(3)
    x = np.asfortranarray(x)
    check_same(fast(p, x, y), f(p, x, y))
    check_same(fast(p, x[::-1], y), f(p, x[::-1], y))


@pytest.mark.parametrize("backend", BACKENDS)
def test_results_are_the_callers_own(backend):
    f = ad.value_and_grad(lambda x, v: np.sum(np.tanh(x * v) ** 2) + np.sum(x))
    fast = ad.compile(f, backend=backend)
    x, v = np.arange(3000.0), np.ones(3000)
    fast(x, v)
    first = fast(x, v)
    kept = first[1].copy()
    second = fast(2 * x, v)
    assert np.array_equal(first[1], kept)
    second[1][:] = 7.0
    check_same(fast(x, v), f(x, v))
    assert not np.shares_memory(fast(x, v)[1], x)
    same = ad.compile(lambda x: (x, x.T, x[1:]), backend=backend)
    for _ in range(3):
        got = same(x)
    wanted = [np.shares_memory(part, x) for part in (x, x.T, x[1:])]
    assert backend == "jax" or [np.shares_memory(part, x) for part in got] == wanted


@pytest.mark.parametrize("backend", BACKENDS)
def test_branches_and_whole_numbers_are_checked(backend):
    def f(x):
        if np.sum(x) > 2.0:
            return np.sum(np.sin(x) * x) * 3.0
        return np.sum(np.cos(x) + x**2 * x[int(np.argmax(x))])

    fast = ad.compile(ad.grad(f), backend=backend)
    for x in (np.ones(4), np.zeros(4), np.arange(4.0), -np.arange(4.0), np.ones(4)):
        check_same(fast(x), ad.grad(f)(x))


@pytest.mark.parametrize("backend", BACKENDS)
def test_what_is_used_besides_the_arguments_is_read_anew(backend):
    data = np.arange(12.0).reshape(4, 3)

    def f(w):
        return np.sum(np.tanh(data @ w) * data.std())

    fast = ad.compile(ad.grad(f), backend=backend)
    fast(np.ones(3))
    data *= -0.3
    data[1] = 5.0
    check_same(fast(np.ones(3) / 9), ad.grad(f)(np.ones(3) / 9))
    assert fast.compilations == 1


@pytest.mark.parametrize("backend", BACKENDS)
def test_errors_are_those_of_the_function(backend):
    f = ad.grad(lambda x, i: np.sum(np.sqrt(x[i]) * np.exp(x[i])))
    fast = ad.compile(f, backend=backend)
    x, i = np.ones(50), np.arange(40)
    check_same(fast(x, i), f(x, i))
    with pytest.raises(IndexError, match="out of bounds"):
        fast(x, i + 11)
    check_same(fast(x, i - 40), f(x, i - 40))
    with np.errstate(all="ignore"):
        check_same(fast(x * 0, i), f(x * 0, i))
    assert fast.ran == ""


@pytest.mark.parametrize("backend", BACKENDS)
def test_changes_in_place(backend):
    def f(x, v):
        y = np.zeros((3, 4))
        y[0] = x
        y[1:, 1] = v[:2] * x[0]
        y[2] += y[0] * v[2]
        y[:, 3] *= 2.0
        z = y
        y = y + 1
        z[1] = 0.0
        return np.sum(z * y) + np.sum(z[:, ::2] ** 3)

    fast = ad.compile(ad.grad(f), backend=backend)
    rng = np.random.default_rng(1)
    for _ in range(3):
        x, v = rng.normal(size=4), rng.normal(size=3)
        check_same(fast(x, v), ad.grad(f)(x, v))

    def own(x):
        x *= 2.0
        return np.sum(x * x)

    fast = ad.compile(own, backend=backend)
    for _ in range(3):
        x = np.ones(100)
        assert fast(x) == 400.0
        assert x[0] == 2.0


@pytest.mark.parametrize("backend", BACKENDS)
def test_single_precision_stays(backend):
    f = ad.value_and_grad(lambda x: np.mean(np.tanh(2.0 * x) ** 2 / 3))
    fast = ad.compile(f, backend=backend)
    x = np.linspace(-1, 1, 100, dtype=np.float32)
    for _ in range(2):
        found = fast(x)
        assert found[0].dtype == found[1].dtype == np.float32
        check_same(found, f(x))


@pytest.mark.parametrize("backend", BACKENDS)
def test_it_composes(backend):
    def f(x):
        return np.sum(np.sin(x) ** 2 * np.cos(x))

    x = np.arange(3.0)
    fast = ad.compile(ad.grad(f), backend=backend)
    check_same(ad.jvp(fast, (x,), (x,)), ad.jvp(ad.grad(f), (x,), (x,)))
    check_same(ad.jacobian(fast)(x), ad.hessian(f)(x))
    outer = ad.compile(lambda x: fast(x) * 2, backend=backend)
    check_same(outer(x), 2 * ad.grad(f)(x))


@pytest.mark.parametrize("backend", BACKENDS)
def test_a_training_step(backend):
    from autodiff import optim

    def step(p, state, x, y):
        value, g = ad.value_and_grad(network)(p, x, y)
        p, state = optim.Adam(0.05).update(p, g, state)
        return value, p, state

    p, x, y = parameters(0)
    fast = ad.compile(step, backend=backend)
    try:
        state = optim.Adam(0.05).init(p)
    except AttributeError:
        pytest.skip("optimizers are of another style")
    own = other = (p, state)
    for _ in range(5):
        a, b = step(*own, x, y), fast(*other, x, y)
        check_same(b, a)
        own, other = a[1:], b[1:]


@pytest.mark.parametrize("backend", BACKENDS)
def test_threads(backend):
    f = ad.value_and_grad(lambda x: np.sum(np.tanh(x @ x.T) * np.sin(x @ x.T)))
    fast = ad.compile(f, backend=backend)
    fast(np.eye(20))
    wrong = []

    def work(seed):
        rng = np.random.default_rng(seed)
        for _ in range(20):
            x = rng.normal(size=(20, 20)) / 9
            try:
                check_same(fast(x), f(x))
            except AssertionError:
                wrong.append(seed)

    threads = [threading.Thread(target=work, args=(seed,)) for seed in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not wrong


@needs_numba
def test_what_kernels_can_not_do_is_numpys():
    def f(a, b):
        s = np.tanh(a @ a.T) + 3 * np.eye(3)
        y = np.linalg.solve(s, b) * np.cos(b)
        return np.sum(y * y) + np.sum(np.sort(b, axis=None) * np.sin(np.arange(6.0)) ** 2)

    rng = np.random.default_rng(0)
    fast = ad.compile(ad.value_and_grad(f), backend="numba")
    for _ in range(3):
        args = rng.normal(size=(3, 3)), rng.normal(size=(3, 2))
        check_same(fast(*args), ad.value_and_grad(f)(*args))
    assert fast.ran in ("numba", "numpy")


@needs_numba
def test_a_sine_of_a_large_number():
    fast = ad.compile(lambda x: np.sin(x) * np.cos(x) + x * 0, backend="numba")
    fast(np.ones(2000))
    check_same(fast(np.full(2000, 1e9)), np.sin(np.full(2000, 1e9)) * np.cos(1e9))


@needs_numba
def test_products_of_turned_and_cut_matrices():
    def f(x, w):
        pieces = np.tanh(x).reshape(4, 6, 5).transpose(1, 0, 2)
        turned = np.swapaxes(pieces, 1, 2) @ w.T
        return np.sum(np.tanh(w @ pieces) * np.swapaxes(turned, 1, 2)) + np.sum(
            w[1:, ::2] @ w.T[::2]
        )

    for dtype in (np.float64, np.float32):
        rng = np.random.default_rng(2)
        x, w = rng.normal(size=(4, 30)).astype(dtype), rng.normal(size=(3, 4)).astype(dtype)
        fast = ad.compile(ad.value_and_grad(f), backend="numba")
        for _ in range(2):
            check_same(fast(x, w), ad.value_and_grad(f)(x, w))
        assert fast.ran == "numba", fast.reason
        assert "gemm(" in str(fast.source)


@needs_numba
def test_elementary_functions_are_in_the_loops_however_often_they_are_used():
    def f(x):
        for _ in range(6):
            x = np.tanh(x[1:]) + np.log(np.exp(x[:-1]) + 1.0)
        return x

    fast = ad.compile(f, backend="numba")
    x = np.linspace(-1.0, 1.0, 300)
    check_same(fast(x), f(x))
    check_same(fast(x), f(x))
    assert fast.ran == "numba", fast.reason
    (text,) = fast.source.space["kernel_1"].inspect_llvm().values()
    own = re.search(r"^define[^\n]*kernel_1[^\n]*{\n(.*?)^}", text, re.DOTALL | re.MULTILINE)[1]
    assert "fdiv" in own
    assert not [line for line in own.splitlines() if " call " in line and "maths" in line]


@needs_numba
def test_elementary_functions_to_two_units():
    from autodiff.source.compiled.kernels import maths

    rng = np.random.default_rng(0)
    special = np.array([0.0, -0.0, np.inf, -np.inf, np.nan, 1e-310, 5e-324, 1e308, -1e308, 1, -1])
    wide = np.concatenate([rng.normal(size=2000) * 10.0 ** rng.integers(-8, 3, 2000), special])
    with np.errstate(all="ignore"):
        for name in ("exp", "tanh", "log", "log1p", "sin", "cos"):
            x = wide if name not in ("sin", "cos") else wide[np.abs(wide) < 1e5]
            found = np.array([getattr(maths, name)(one) for one in x])
            wanted = getattr(np, name)(x)
            good = np.isfinite(wanted)
            assert np.array_equal(np.isnan(found), np.isnan(wanted)), name
            assert np.array_equal(found[~good], wanted[~good], equal_nan=True)
            error = np.abs(found - wanted)[good] / np.spacing(np.abs(wanted[good]))
            assert np.max(np.where(np.abs(wanted[good]) < 1e-9, 0, error)) <= 2.0, name


registry.meet()
SOME = list(all_cases(registry))[::80]


@pytest.mark.parametrize("backend", BACKENDS[1:])
@pytest.mark.parametrize(("op", "one"), SOME, ids=[op.name for op, _ in SOME])
def test_ops(op, one, backend):
    arrays, f = draw(op, one, np.random.default_rng(7))
    ct = _random_like(f(*arrays), np.random.default_rng(1))

    def pulled(*xs):
        return ad.vjp(f, *xs)[1](ct)

    fast = ad.compile(pulled, backend=backend)
    others = draw(op, one, np.random.default_rng(11))[0]
    for given in (arrays, arrays, others):
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            check_same(fast(*given), pulled(*given))


def test_auto_takes_what_is_faster(monkeypatch):
    from autodiff.source.compiled import cache

    monkeypatch.setattr(cache, "WORTH", 0.0)

    def f(x):
        for _ in range(20):
            x = np.tanh(np.sin(x) * 1.5) + 0.25
        return np.sum(x)

    fast = ad.compile(ad.grad(f))
    for seed in range(4):
        x = np.random.default_rng(seed).normal(size=10)
        check_same(fast(x), ad.grad(f)(x))
    assert fast.ran == ("numba" if is_installed("numba") else "numpy")


def test_what_is_not_installed_is_said(monkeypatch):
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    with pytest.raises(ImportError, match=r"pip install 'autodiff-toolkit\[compile\]'"):
        ad.compile(network, backend="numba")
