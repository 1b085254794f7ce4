"""What a table of Torch7's optimizers says is what they do: settings that once had no effect.

The truth is what the sources of `torch/optim` say.
"""

import numpy as np
import pytest

from autodiff.frontends.torch import Tensor, optim

START = np.array([1.0, -2.0, 0.5])
SCALES = np.array([1.0, 4.0, 0.25])
EACH = Tensor(np.array([0.5, 1.0, 2.0]))
SETTINGS = {
    "sgd": {"learningRate": 0.1, "learningRateDecay": 0.5, "weightDecay": 0.1, "momentum": 0.9,
            "weightDecays": EACH, "learningRates": EACH},
    "adam": {"learningRate": 0.1, "learningRateDecay": 0.5, "beta1": 0.5, "beta2": 0.5,
             "epsilon": 0.1, "weightDecay": 0.1},
    "adagrad": {"learningRate": 0.1, "learningRateDecay": 0.5, "weightDecay": 0.1},
    "rmsprop": {"learningRate": 0.1, "alpha": 0.5, "epsilon": 0.1, "weightDecay": 0.1,
                "initialMean": 0.5},
    "adadelta": {"rho": 0.5, "eps": 0.1, "weightDecay": 0.1},
    "nag": {"learningRate": 0.1, "learningRateDecay": 0.5, "weightDecay": 0.1, "momentum": 0.5,
            "learningRates": EACH},
}  # fmt: skip
"""The words that the sources read, with another value than theirs."""


def bowl(x):
    """Half the sum of scaled squares, and its gradient."""
    return 0.5 * float(SCALES @ (x.a * x.a)), Tensor(SCALES * x.a)


def after(name, config, steps=3, state=None):
    """Where an optimizer is after some calls."""
    x = Tensor(START.copy())
    for _ in range(steps):
        getattr(optim, name)(bowl, x, config, state)
    return x.a


@pytest.mark.parametrize(("name", "word"), [(n, w) for n, words in SETTINGS.items() for w in words])
def test_every_word_of_a_table_has_an_effect(name, word):
    assert not np.array_equal(after(name, {}), after(name, {word: SETTINGS[name][word]}))


@pytest.mark.parametrize("momentum", [0, 0.9])
def test_each_element_has_its_own_rate_and_decay(momentum):
    config = {"learningRate": 0.1, "learningRates": EACH, "weightDecays": EACH}
    x, v = START.copy(), None
    for _ in range(3):
        g = SCALES * x + EACH.a * x
        v = g if v is None else momentum * v + (1 - momentum) * g
        x = x - 0.1 * EACH.a * (v if momentum else g)
    assert np.allclose(after("sgd", {**config, "momentum": momentum}), x)


@pytest.mark.parametrize("kept", ["config", "state"])
def test_lbfgs_goes_on_where_the_last_call_ended(kept):
    table = {"learningRate": 0.5}
    whole = after("lbfgs", {**table, "maxIter": 6, "maxEval": 99}, steps=1)
    config, state = ({**table, "maxIter": 1}, None) if kept == "config" else (None, {})
    x = Tensor(START.copy())
    for _ in range(6):
        optim.lbfgs(bowl, x, config or {**table, "maxIter": 1}, state)
    assert np.allclose(x.a, whole)
    forgetful = Tensor(START.copy())
    for _ in range(6):
        optim.lbfgs(bowl, forgetful, {**table, "maxIter": 1})
    assert not np.allclose(forgetful.a, whole)


@pytest.mark.parametrize(("most", "asked"), [({}, 1), ({"maxIter": 2}, 2)])
def test_the_loss_after_the_last_step_is_not_asked_for(most, asked):
    x = Tensor(START.copy())
    _, losses, count = optim.lbfgs(bowl, x, {"maxIter": 1, "maxEval": 9, **most})
    assert count == len(losses) == asked


def test_a_gradient_counts_as_the_sum_of_its_elements():
    x = Tensor(START.copy())
    total = np.abs(SCALES * START).sum()
    for bound, moves in ((total * 1.01, False), (total * 0.99, True)):
        optim.lbfgs(bowl, x, {"tolFun": bound, "maxIter": 1})
        assert (x.a != START).any() == moves


@pytest.mark.parametrize("c2", [0.9, 0.1, 0.01])
def test_a_search_obeys_the_conditions_asked_for(c2):
    steps = []

    def search(feval, x, t, d, f, g, gtd, options):
        found = optim.lswolfe(feval, x, t, d, f, g, gtd, options)
        steps.append((found[1].a @ d.a, gtd, found[3]))
        return found

    x = Tensor(START.copy())
    config = {"maxIter": 1, "lineSearch": search, "lineSearchOptions": {"c2": c2, "maxIter": 60}}
    optim.lbfgs(bowl, x, config)
    ((slope, before, t),) = steps
    assert abs(slope) <= -c2 * before
    assert np.allclose(x.a, START - t * SCALES * START)


@pytest.mark.parametrize("most", [1, 3])
def test_a_search_asks_as_often_as_allowed(most):
    x, d = Tensor(START.copy()), Tensor(-SCALES * START)
    f, g = bowl(x)
    options = {"maxIter": most, "c2": 1e-9}
    found = optim.lswolfe(bowl, x, 1e3, d, f, g, float(g.a @ d.a), options)
    assert found[4] == most + 1
    assert np.allclose(x.a, START + found[3] * d.a)
