"""The optimizers take PyTorch's steps, to 1e-10 over 100 of them (PyTorch is optional)."""

import numpy as np
import pytest

import autodiff as ad
from autodiff import optim

torch = pytest.importorskip("torch")

PAIRS = {
    "descent": (optim.GradientDescent(0.02), lambda p: torch.optim.SGD(p, 0.02)),
    "momentum": (optim.Momentum(0.01, 0.8), lambda p: torch.optim.SGD(p, 0.01, 0.8)),
    "nesterov": (
        optim.Momentum(0.01, 0.8, nesterov=True),
        lambda p: torch.optim.SGD(p, 0.01, 0.8, nesterov=True),
    ),
    "adagrad": (optim.Adagrad(0.1), lambda p: torch.optim.Adagrad(p, 0.1)),
    "adagrad from 0.1": (
        optim.Adagrad(0.1, initial=0.1, epsilon=0.0),
        lambda p: torch.optim.Adagrad(p, 0.1, initial_accumulator_value=0.1, eps=0.0),
    ),
    "adadelta": (optim.Adadelta(), lambda p: torch.optim.Adadelta(p)),
    "rmsprop": (optim.RMSProp(0.02), lambda p: torch.optim.RMSprop(p, 0.02)),
    "rmsprop with momentum, centered": (
        optim.RMSProp(0.01, 0.9, momentum=0.5, epsilon=1e-3, centered=True),
        lambda p: torch.optim.RMSprop(p, 0.01, 0.9, 1e-3, momentum=0.5, centered=True),
    ),
    "adam": (optim.Adam(0.02), lambda p: torch.optim.Adam(p, 0.02)),
    "adam, other betas": (
        optim.Adam(0.02, 0.5, 0.9, 1e-3),
        lambda p: torch.optim.Adam(p, 0.02, (0.5, 0.9), 1e-3),
    ),
}
W = np.random.default_rng(0).normal(size=(4, 3))
X = np.random.default_rng(1).normal(size=(6, 4))


def paths(ours, make, steps=100):
    """Both ways down the same loss, as arrays (steps, 4, 3)."""
    gradient = ad.grad(lambda w: np.mean(np.tanh(X @ w) ** 2) + 0.1 * np.sum(w**4))
    w, state, own = W, ours.init(W), []
    parameter, their = torch.tensor(W, requires_grad=True), []
    theirs = make([parameter])
    x = torch.tensor(X)
    for _ in range(steps):
        w, state = ours.update(w, gradient(w), state)
        own.append(w)
        theirs.zero_grad()
        loss = torch.mean(torch.tanh(x @ parameter) ** 2) + 0.1 * torch.sum(parameter**4)
        loss.backward()
        theirs.step()
        their.append(parameter.detach().numpy().copy())
    return np.array(own), np.array(their)


@pytest.mark.parametrize("name", PAIRS)
def test_agrees_over_100_steps(name):
    own, theirs = paths(*PAIRS[name])
    np.testing.assert_allclose(own, theirs, rtol=0, atol=1e-10)
    assert np.max(np.abs(own[-1] - W)) > 1e-3


def test_the_stated_differences_are_differences():
    """TensorFlow's forms, which the docstrings tell from PyTorch's, are not the same numbers."""
    for ours, make in [
        (optim.Adam(0.02, epsilon=1e-3, hat=True), lambda p: torch.optim.Adam(p, 0.02, eps=1e-3)),
        (optim.RMSProp(0.02, inside=True, epsilon=1e-3),
         lambda p: torch.optim.RMSprop(p, 0.02, eps=1e-3)),
        (optim.RMSProp(0.02, initial=1.0), lambda p: torch.optim.RMSprop(p, 0.02)),
    ]:  # fmt: skip
        own, theirs = paths(ours, make, 10)
        assert np.max(np.abs(own - theirs)) > 1e-4


def test_clipping_as_torch():
    g = [np.array([3.0, -1.0]), np.array([2.0])]
    tensors = [torch.nn.Parameter(torch.zeros(len(a), dtype=torch.float64)) for a in g]
    for tensor, a in zip(tensors, g):
        tensor.grad = torch.tensor(a)
    norm = torch.nn.utils.clip_grad_norm_(tensors, 1.0)
    assert optim.global_norm(g) == pytest.approx(float(norm), abs=1e-14)
    for tensor, a in zip(tensors, optim.clip_by_global_norm(g, 1.0)):
        np.testing.assert_allclose(tensor.grad.numpy(), a, atol=1e-6)


def test_schedules_as_torch():
    parameter = [torch.nn.Parameter(torch.zeros(1))]
    for ours, make in [
        (optim.exponential_decay(0.1, 1, 0.9),
         lambda o: torch.optim.lr_scheduler.ExponentialLR(o, 0.9)),
        (optim.exponential_decay(0.1, 3, 0.5, staircase=True),
         lambda o: torch.optim.lr_scheduler.StepLR(o, 3, 0.5)),
        (optim.polynomial_decay(0.1, 6, end=0.0, power=2.0),
         lambda o: torch.optim.lr_scheduler.PolynomialLR(o, 6, 2.0)),
        (optim.cosine_decay(0.1, 9),
         lambda o: torch.optim.lr_scheduler.CosineAnnealingLR(o, 9)),
    ]:  # fmt: skip
        sgd = torch.optim.SGD(parameter, 0.1)
        scheduler = make(sgd)
        for step in range(9):
            assert float(ours(step)) == pytest.approx(sgd.param_groups[0]["lr"], abs=1e-12)
            sgd.step()
            scheduler.step()
