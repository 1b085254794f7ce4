"""Gradients against differences: `check_backward(F.tanh, x, gy)`, as chainer's own tests do."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from autodiff.core.ground.locations import here
from autodiff.frontends.chainer.link import Link
from autodiff.frontends.chainer.variable import Variable
from autodiff.frontends.common.options import only


def numerical_grad(
    f: Callable[[], Any], inputs: Any, grad_outputs: Any, eps: float = 1e-3
) -> list[Any]:
    """Central differences of <f(), grad_outputs> along each element of the input arrays."""
    grads = [np.zeros_like(x) for x in inputs]
    for x, grad in zip(inputs, grads, strict=True):
        for place in np.ndindex(x.shape):
            kept, found = x[place].copy(), []
            for moved in (kept + eps, kept - eps):
                x[place] = moved
                ys = [np.array(y) for y in f()]
                pairs = zip(ys, grad_outputs, strict=True)
                found.append(sum(np.sum(y * gy) for y, gy in pairs if gy is not None))
            x[place] = kept
            grad[place] = (found[0] - found[1]) / (2 * eps)
    return grads


def assert_allclose(x: Any, y: Any, atol: float = 1e-5, rtol: float = 1e-4, **o: Any) -> None:
    """Raise where two arrays differ."""
    only("assert_allclose", o, "verbose")
    np.testing.assert_allclose(x, y, rtol, atol)


def check_backward(
    func: Callable[..., Any], x_data: Any, y_grad: Any, params: Any = (), eps: float = 1e-3,
    atol: float = 1e-5, rtol: float = 1e-4, no_grads: Any = None, dtype: Any = None,
) -> None:  # fmt: skip
    """Raise where `backward` differs from differences, in the inputs or in `params`.

    `y_grad` is the gradient of the outputs, None for a loss.  Integers have no gradient, and the
    inputs where `no_grads` is True are asserted to have none.  The differences are computed in
    `dtype`, where one is given.

    >>> import autodiff.frontends.chainer.functions as F
    >>> check_backward(F.tanh, np.array([0.5, -1.0]), np.array([1.0, 2.0]))
    """
    arrays, kept = _several(x_data), _several(params)
    if isinstance(func, Link):
        func.zerograds()
    for param in kept:
        param.zerograd()
    xs = [Variable(x) for x in arrays]
    ys = _several(func(*xs))
    seeds = _several(np.ones_like(ys[0].data) if y_grad is None else y_grad)
    (start,) = [_weighted(ys, seeds)]
    start.backward()
    if dtype is not None and kept:
        raise ValueError(f"`dtype` is available only if `params` is empty.{here()}")
    moved = [x if dtype is None or x.dtype.kind != "f" else x.astype(dtype) for x in arrays]

    def again() -> list[Any]:
        return [y.data for y in _several(func(*map(Variable, moved)))]

    skipped = [x.dtype.kind != "f" for x in arrays] if no_grads is None else list(no_grads)
    pairs = [(p, p.data) for p in kept]
    for x, array, skip in zip(xs, moved, skipped, strict=True):
        if skip:
            assert x.grad is None, "an input of no_grads has a gradient"
        else:
            pairs.append((x, array))
    differences = numerical_grad(again, [array for _, array in pairs], seeds, eps)
    for (variable, _), near in zip(pairs, differences, strict=True):
        assert_allclose(near, variable.grad, atol, rtol)


def _weighted(ys: tuple[Any, ...], seeds: tuple[Any, ...]) -> Any:
    """The sum of outputs times their gradients, whose gradient is what is asked for."""
    import autodiff.frontends.chainer.functions as F

    terms = [F.sum(y * seed) for y, seed in zip(ys, seeds, strict=True) if seed is not None]
    total = terms[0]
    for term in terms[1:]:
        total = total + term
    return total


def _several(value: Any) -> tuple[Any, ...]:
    return tuple(value) if isinstance(value, tuple | list) else (value,)
