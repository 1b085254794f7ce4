"""The optimizers of first order, by the rules of `autodiff.optim` where the formula is the same."""

from __future__ import annotations

from typing import Any

import numpy as np

from autodiff import optim
from autodiff.core.ground.locations import here

Table = Any


def _get(table: Table, name: str, default: Any) -> Any:
    found = table.get(name)
    return default if found is None else found


def sgd(feval: Any, x: Any, config: Table = None, state: Table = None) -> tuple[Any, list[Any]]:
    """x -= rate v, with v = momentum v + (1 - dampening) g; dampening is the momentum by default.

    `config`: learningRate 1e-3, learningRateDecay, weightDecay, momentum, dampening, nesterov; and
    factors of each element: learningRates, and weightDecays where there is no weightDecay.  With a
    decay the gradient itself is changed.  Returns x and {loss before the step}.
    """
    config = {} if config is None else config
    state = config if state is None else state
    rate, decay = _get(config, "learningRate", 1e-3), _get(config, "learningRateDecay", 0)
    mom = _get(config, "momentum", 0)
    damp, nesterov = _get(config, "dampening", mom), _get(config, "nesterov", False)
    if nesterov and (mom <= 0 or damp != 0):
        raise ValueError(f"Nesterov momentum requires a momentum and zero dampening.{here()}")
    count = _get(state, "evalCounter", 0)
    loss, df = feval(x)
    _decayed(df, x, config)
    if mom:
        v = _get(state, "dfdx", None)
        v = df.clone() if v is None else v.mul(mom).add(1 - damp, df)
        state["dfdx"] = v
        step = df.clone().add(mom, v) if nesterov else v
    else:
        step = df
    x.add(-rate / (1 + count * decay), _by_element(step, config))
    state["evalCounter"] = count + 1
    return x, [loss]


def _decayed(df: Any, x: Any, config: Table) -> None:
    """Add the weights to their gradient, times one decay, or each times its own."""
    single, each = _get(config, "weightDecay", 0), _get(config, "weightDecays", None)
    if single:
        df.add(single, x)
    elif each is not None:
        df.a[...] += each.a * x.a


def _by_element(step: Any, config: Table) -> Any:
    """A step, each element times its own rate where there are `learningRates`."""
    each = _get(config, "learningRates", None)
    return step if each is None else step.clone().cmul(each)


def _by_rule(
    make: Any, feval: Any, x: Any, config: Table, state: Table, default: float, epsilon: float,
    start: float = 0.0,
) -> tuple[Any, list[Any]]:  # fmt: skip
    """One step of an optimizer of `autodiff.optim`, its slots kept in the state."""
    config = {} if config is None else config
    state = config if state is None else state
    loss, df = feval(x)
    weights = _get(config, "weightDecay", 0)
    if weights:
        df.add(weights, x)
    count = _get(state, "t", 0)
    rate = _get(config, "learningRate", default)
    rate /= 1 + count * _get(config, "learningRateDecay", 0)
    rule = make(rate, _get(config, "epsilon", epsilon), config)
    slots = [_get(state, name, None) for name in rule.slots]
    values = [
        np.full_like(x.a, own + start) if slot is None else slot
        for slot, own in zip(slots, rule.slots.values(), strict=True)
    ]
    new, *values = rule.rule(x.a, df.a, rate, count + 1, *values)
    x.a[...] = new
    for name, value in zip(rule.slots, values, strict=True):
        state[name] = value
    state["t"] = count + 1
    return x, [loss]


def adam(feval: Any, x: Any, config: Table = None, state: Table = None) -> tuple[Any, list[Any]]:
    """Adam: learningRate 1e-3, beta1 0.9, beta2 0.999, epsilon 1e-8 beside the root of v."""

    def make(rate: float, eps: float, c: Any) -> optim.Optimizer:
        return optim.Adam(rate, _get(c, "beta1", 0.9), _get(c, "beta2", 0.999), eps, hat=True)

    return _by_rule(make, feval, x, config, state, 1e-3, 1e-8)


def adagrad(feval: Any, x: Any, config: Table = None, state: Table = None) -> tuple[Any, list[Any]]:
    """Adagrad: learningRate 1e-3, 1e-10 beside the root."""

    def make(rate: float, eps: float, c: Any) -> optim.Optimizer:
        return optim.Adagrad(rate, epsilon=eps)

    return _by_rule(make, feval, x, config, state, 1e-3, 1e-10)


def rmsprop(feval: Any, x: Any, config: Table = None, state: Table = None) -> tuple[Any, list[Any]]:
    """RMSProp: learningRate 1e-2, alpha 0.99, epsilon 1e-8 beside the root, initialMean 0."""

    def make(rate: float, eps: float, c: Any) -> optim.Optimizer:
        return optim.RMSProp(rate, _get(c, "alpha", 0.99), epsilon=eps)

    start = _get({} if config is None else config, "initialMean", 0.0)
    return _by_rule(make, feval, x, config, state, 1e-2, 1e-8, start)


def adadelta(
    feval: Any, x: Any, config: Table = None, state: Table = None
) -> tuple[Any, list[Any]]:
    """Adadelta: rho 0.9, eps 1e-6."""

    def make(rate: float, eps: float, c: Any) -> optim.Optimizer:
        return optim.Adadelta(1.0, _get(c, "rho", 0.9), _get(c, "eps", eps))

    return _by_rule(make, feval, x, config, state, 1.0, 1e-6)


def nag(feval: Any, x: Any, config: Table = None, state: Table = None) -> tuple[Any, list[Any]]:
    """Nesterov's: x moves along the momentum first, and the gradient is taken there."""
    config = {} if config is None else config
    state = config if state is None else state
    rate, mom = _get(config, "learningRate", 1e-3), _get(config, "momentum", 0.9)
    count = _get(state, "evalCounter", 0)
    v = _get(state, "dfdx", None)
    if v is not None:
        x.add(mom, v)
    loss, df = feval(x)
    _decayed(df, x, config)
    df = _by_element(df, config)
    clr = rate / (1 + count * _get(config, "learningRateDecay", 0))
    v = df.clone().mul(0) if v is None else v.mul(mom)
    x.add(-clr, df)
    state["dfdx"] = v.add(-clr, df)
    state["evalCounter"] = count + 1
    return x, [loss]
