"""Batched seeds: every op's Jacobian by batches equals the one by single passes."""

import numpy as np
import pytest

import autodiff as ad
from autodiff.check.samples import all_cases, draw
from autodiff.core.arguments.tree import flatten
from autodiff.core.batch.batching import KIND_RULES, RULES, BatchTrace
from autodiff.core.language.dispatch import apply
from autodiff.core.language.registry import registry
from autodiff.core.transforms import jacobians

CASES = list(all_cases(registry))


@pytest.mark.parametrize("mode", ["forward", "reverse"])
@pytest.mark.parametrize(
    ("op", "one"), CASES, ids=[f"{op.name}-{i}" for i, (op, _) in enumerate(CASES)]
)
def test_batches_agree_with_single_passes(op, one, mode, monkeypatch):
    arrays, f = draw(op, one, np.random.default_rng(3))
    argnums = tuple(range(len(arrays)))
    batched = flatten(ad.jacobian(f, argnums, mode=mode)(*arrays))[0]
    monkeypatch.setattr(jacobians, "CHUNK", 1)
    single = flatten(ad.jacobian(f, argnums, mode=mode)(*arrays))[0]
    for b, s in zip(batched, single, strict=True):
        np.testing.assert_allclose(b, s, rtol=1e-11, atol=1e-12)


def test_every_rule_belongs_to_an_op():
    assert set(RULES) <= set(registry.by_name)
    assert set(KIND_RULES) <= {op.kind for op in registry}


def test_a_hessian_of_100_variables_takes_few_passes(monkeypatch):
    calls = []
    original = BatchTrace.one_by_one
    monkeypatch.setattr(
        BatchTrace, "one_by_one", lambda *a: (calls.append(a[1].name), original(*a))[1]
    )

    def rosenbrock(x):
        return np.sum(100 * (x[1:] - x[:-1] ** 2) ** 2 + (1 - x[:-1]) ** 2)

    x = np.linspace(-1, 1, 100)
    h = ad.hessian(rosenbrock)(x)
    assert calls == []
    d = np.append(1200 * x[:-1] ** 2 - 400 * x[1:] + 2, 0) + np.append(0, np.full(99, 200.0))
    assert np.allclose(np.diag(h), d)
    assert np.allclose(np.diag(h, 1), -400 * x[:-1])


def test_infinite_entries_do_not_spoil_the_rest():
    with np.errstate(all="ignore"):
        for mode in ("forward", "reverse"):
            j = ad.jacobian(np.sqrt, mode=mode)(np.array([0.0, 4.0]))
            assert j.tolist() == [[np.inf, 0.0], [0.0, 0.25]]


@pytest.mark.parametrize("mode", ["forward", "reverse"])
def test_unit_seeds_take_no_matrix_until_something_mixes_them(mode, monkeypatch):
    rng = np.random.default_rng(4)
    A, x = rng.normal(size=(3, 3)), rng.normal(size=3)
    monkeypatch.setattr(np, "diag", None)  # which would make the matrix of the seeds
    j = ad.jacobian(lambda x: np.tanh(A @ np.sin(x)), mode=mode)(x)
    y = np.tanh(A @ np.sin(x))
    np.testing.assert_allclose(j, (1 - y**2)[:, None] * A * np.cos(x), rtol=1e-13)


@pytest.mark.parametrize("mode", ["forward", "reverse"])
@pytest.mark.parametrize("bad", [np.inf, np.nan])
def test_unit_seeds_lose_no_infinity(mode, bad, monkeypatch):
    A = np.array([[1.0, bad, 2.0], [0.0, 1.0, 3.0], [4.0, 5.0, 0.0]])
    with np.errstate(all="ignore"):
        f = ad.jacobian(lambda x: A @ (x * np.array([1.0, 0.0, 2.0])), mode=mode)
        batched = f(np.ones(3))
        monkeypatch.setattr(jacobians, "CHUNK", 1)
        np.testing.assert_array_equal(batched, f(np.ones(3)))


def test_only_what_leads_to_the_result_is_pushed_forward():
    pushed = []

    def rule(tangents, ans, x):
        pushed.append(np.shape(x))
        return 2 * x * tangents[0]

    square = ad.custom_op(lambda x: x**2, jvp=rule)

    def f(x):
        square(x)  # its result goes nowhere
        return np.sin(x)

    x = np.array([1.0, 2.0])
    assert np.allclose(ad.jacobian(f, mode="forward")(x), np.diag(np.cos(x)))
    assert pushed == []
    ad.jacobian(square, mode="forward")(x)
    assert pushed


NUMBER_OPS = [op for op in registry if "axis" in op.keywords and op.arity == 1]


def test_numbers_have_no_axis_of_their_own():
    """NumPy takes axis 0 and -1 for a number; a batch of numbers has an axis that is not theirs."""
    tried = set()
    for op in NUMBER_OPS:
        for axis in (0, -1):
            for more in ({}, {"keepdims": True}):
                params = {"axis": axis, **more}
                try:
                    value = op.function(np.float64(0.63), **params)
                except (TypeError, ValueError, IndexError):
                    continue  # NumPy does not, or not with keepdims
                if op.kind == "constant" or op.multiple:
                    continue

                def f(x, op=op, params=params):
                    return apply(op, (x[0] * x[1],), params) * 1.0

                x = np.array([0.7, 0.9])
                forward, reverse = (ad.jacobian(f, mode=mode)(x) for mode in ("forward", "reverse"))
                assert forward.shape == (*np.shape(value), 2), op.name
                np.testing.assert_allclose(forward, reverse, atol=1e-15, err_msg=op.name)
                tried.add(op.name)
    assert len(tried) > 10
    assert {"cumsum", "max", "sum"} <= tried
