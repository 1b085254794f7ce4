"""Gradients as new expressions: `T.grad`, `Rop`, `Lop`, `jacobian`, `hessian`."""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from typing import Any

import numpy as np

from autodiff.core.ground.errors import AutodiffWarning
from autodiff.core.ground.locations import here, stacklevel
from autodiff.core.language.equation import Equation
from autodiff.core.language.kinds import constant, linear
from autodiff.frontends.common.backward import gradients, ones
from autodiff.frontends.common.options import only
from autodiff.frontends.common.written import write
from autodiff.frontends.theano.types import TensorType
from autodiff.frontends.theano.variables import Variable
from autodiff.frontends.theano.writing import apply_op, as_variable


class DisconnectedInputError(ValueError):
    """A gradient was asked with respect to what the cost is not computed from."""


def grad(
    cost: Any,
    wrt: Any,
    consider_constant: Sequence[Any] | None = None,
    disconnected_inputs: str = "raise",
    add_names: bool = True,
    known_grads: dict[Any, Any] | None = None,
    return_disconnected: str = "zero",
    null_gradients: str = "raise",
) -> Any:
    """d cost / d wrt, an expression for each of `wrt` (a list gives a list).

    `cost` is a scalar; instead of it, or beside it, `known_grads` gives the cotangents of some
    variables.  What the cost is not computed from raises DisconnectedInputError, or has zeros with
    `disconnected_inputs` "warn" or "ignore".
    """
    only(
        "T.grad", {"return_disconnected": return_disconnected, "null_gradients": null_gradients},
        return_disconnected="zero", null_gradients="raise",
    )  # fmt: skip
    if isinstance(wrt, set):
        raise TypeError(f"wrt is a set, which has no order. Give a list.{here()}")
    several = isinstance(wrt, list | tuple)
    sources = list(wrt) if several else [wrt]
    targets, starts = [], []
    if cost is not None:
        if cost.ndim:
            raise TypeError(
                f"cost must be a scalar. It is {cost.type}: write cost.mean() or cost.sum(), or "
                f"ask for T.jacobian.{here()}"
            )
        targets, starts = [cost.node], [ones(cost.node)]
    for variable, start in (known_grads or {}).items():
        targets.append(variable.node)
        starts.append(as_variable(start).node)
    for source in sources:
        if not isinstance(source, Variable):
            raise TypeError(f"wrt is {source!r:.60}, which is no variable.{here()}")
    cuts = {v.node for v in consider_constant or ()}
    found = gradients(targets, starts, [s.node for s in sources], lambda e: e in cuts)
    results = [
        Variable(ct)
        if ct is not None
        else _disconnected(cost, targets, source, disconnected_inputs)
        for ct, source in zip(found, sources, strict=True)
    ]
    return type(wrt)(results) if several else results[0]


def _disconnected(cost: Any, targets: list[Equation], source: Variable, mode: str) -> Variable:
    """Zeros for what has no derivative; an error where there is no path at all."""
    from autodiff.frontends.theano.tensor.basic import zeros_like

    if source.node not in _connected(targets) and mode != "ignore":
        message = (
            f"grad was asked with respect to {source}, which is not part of the computation of "
            f"the cost {cost}. An expression that was written anew (x.sum() twice) is another "
            f"variable. Give disconnected_inputs='ignore' for zeros.{here()}"
        )
        if mode == "raise":
            raise DisconnectedInputError(message)
        warnings.warn(message, AutodiffWarning, stacklevel=stacklevel())
    return zeros_like(source)


def _connected(targets: list[Equation]) -> set[Equation]:
    """What the targets are computed from by other ways than shapes and cuts."""
    seen, stack = set(targets), list(targets)
    while stack:
        node = stack.pop()
        if node.op is not None and node.op.name in ("shape", "disconnected_grad"):
            continue
        for parent in node.inputs:
            if parent.__class__ is Equation and parent not in seen:
                seen.add(parent)
                stack.append(parent)
    return seen


def Lop(f: Any, wrt: Any, eval_points: Any, **options: Any) -> Any:
    """eval_points @ df/dwrt: reverse mode."""
    fs = f if isinstance(f, list | tuple) else [f]
    points = eval_points if isinstance(eval_points, list | tuple) else [eval_points]
    return grad(None, wrt, known_grads=dict(zip(fs, points, strict=True)), **options)


def Rop(f: Any, wrt: Any, eval_points: Any) -> Any:
    """df/dwrt @ eval_points: forward mode, as the transpose of a transpose.

    The cotangent that reverse mode takes enters linearly, so differentiating by it leaves the
    product with the point (Townsend, "A new trick for calculating Jacobian vector products", 2017).
    """
    from autodiff.frontends.theano.tensor.basic import zeros_like

    xs = wrt if isinstance(wrt, list | tuple) else [wrt]
    points = eval_points if isinstance(eval_points, list | tuple) else [eval_points]
    fs = f if isinstance(f, list | tuple) else [f]
    results = []
    for one in fs:
        one = as_variable(one)
        ct = zeros_like(one)
        pulled = gradients([one.node], [ct.node], [x.node for x in xs])
        pairs = [(g, as_variable(p).node) for g, p in zip(pulled, points, strict=True) if g]
        if not pairs:
            raise DisconnectedInputError(f"{one} is not computed from {xs}.{here()}")
        (found,) = gradients([g for g, _ in pairs], [p for _, p in pairs], [ct.node])
        results.append(zeros_like(one) if found is None else Variable(found))
    return results if isinstance(f, list | tuple) else results[0]


def jacobian(expression: Any, wrt: Any, **options: Any) -> Any:
    """One row d expression[i] / d wrt for each element of a vector, by `scan` over i."""
    from autodiff.frontends.theano.scan_module import scan
    from autodiff.frontends.theano.tensor.basic import arange

    if isinstance(wrt, list | tuple):
        return [jacobian(expression, one, **options) for one in wrt]
    if expression.ndim == 0:
        return grad(expression, wrt, **options)
    if expression.ndim != 1:
        raise ValueError(f"T.jacobian takes a vector, and got {expression.type}.{here()}")
    rows, _ = scan(
        lambda i, y, x: grad(y[i], x, **options),
        sequences=arange(expression.shape[0]),
        non_sequences=[expression, wrt],
    )
    return rows


def hessian(cost: Any, wrt: Any, **options: Any) -> Any:
    """The second derivatives of a scalar by vectors."""
    if cost.ndim:
        raise TypeError(f"cost must be a scalar. It is {cost.type}.{here()}")
    if isinstance(wrt, list | tuple):
        return [hessian(cost, one, **options) for one in wrt]
    if wrt.ndim != 1:
        raise TypeError(f"T.hessian takes vectors, and {wrt} is {wrt.type}.{here()}")
    return jacobian(grad(cost, wrt, **options), wrt)


_cut = constant(lambda x: x, name="disconnected_grad", private=True, arity=1)
_zero = linear(lambda x: x, lambda ct, x: np.zeros_like(ct), name="zero_grad", private=True)


def disconnected_grad(x: Any) -> Variable:
    """x, which a gradient does not pass and is told to be disconnected."""
    x = as_variable(x)
    return apply_op(_cut, (x,), x.type)


def zero_grad(x: Any) -> Variable:
    """x, with gradient zero."""
    x = as_variable(x)
    return apply_op(_zero, (x,), x.type)


consider_constant = zero_grad


def _passing(name: str, change: Any) -> Any:
    """x, whose cotangent is changed on its way back."""

    def call(x: Any, *settings: Any) -> Variable:
        x = as_variable(x)
        op = linear(lambda v: v, lambda ct, v: change(ct, *settings), name=name, private=True)
        return Variable(write(op, [x.node], {}, x.type))

    call.__name__ = call.__qualname__ = name
    return call


grad_clip = _passing("grad_clip", np.clip)
grad_scale = _passing("grad_scale", np.multiply)


def verify_grad(
    fun: Any, pt: Sequence[Any], n_tests: int = 2, rng: Any = None, eps: float = 1e-6,
    rel_tol: float = 1e-4, abs_tol: float = 1e-4, **options: Any,
) -> None:  # fmt: skip
    """Raise where the gradient of `fun` differs from differences along random directions.

    That is by more than `abs_tol`, and by more than `rel_tol` of the slope, in one of `n_tests`.
    """
    only("verify_grad", options, "mode", "no_debug_ref", "out_type")
    from autodiff.frontends.theano.compiling import function
    from autodiff.frontends.theano.types import type_of
    from autodiff.frontends.theano.variables import variable

    rng = rng or np.random.RandomState(0)
    values = [np.asarray(p, float) for p in pt]
    xs = [variable(TensorType("float64", (False,) * type_of(v).ndim)) for v in values]
    out = fun(*xs)
    shape = function(xs, out)(*values).shape
    cost = (out * rng.uniform(size=shape)).sum()
    f, g = function(xs, cost), function(xs, grad(cost, xs))
    found = g(*values)
    for place, value in [*enumerate(values)] * n_tests:
        direction = rng.normal(size=value.shape)
        moved = [list(values), list(values)]
        moved[0][place], moved[1][place] = value + eps * direction, value - eps * direction
        slope = (f(*moved[0]) - f(*moved[1])) / (2 * eps)
        own = np.sum(found[place] * direction)
        if abs(slope - own) > max(abs_tol, rel_tol * abs(slope)):
            raise ValueError(
                f"verify_grad: along a random direction of argument {place} the gradient gives "
                f"{own:.8g}, finite differences {slope:.8g}."
            )
