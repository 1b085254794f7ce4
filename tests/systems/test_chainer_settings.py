"""What a program of chainer asks for is what it gets: settings that once had no effect.

The truth is PyTorch's, or what chainer's sources say.
"""

import numpy as np
import pytest

from autodiff.frontends import chainer
from autodiff.frontends.chainer import functions as F
from autodiff.frontends.chainer import initializers
from autodiff.frontends.chainer import links as L
from autodiff.frontends.chainer.gradient_check import check_backward

RNG = np.random.default_rng(0)
IMAGES = RNG.normal(size=(2, 3, 7, 6)).astype(np.float32)
ROWS = np.arange(12.0, dtype=np.float32).reshape(3, 4) ** 1.5


@pytest.mark.parametrize("volatile", ["off", "on"])
def test_chainer_s_fixed_normalization_goes_back_to_its_mean_and_variance(volatile):
    torch = pytest.importorskip("torch")
    starts = [RNG.uniform(1, 2, 3).astype(np.float32) for _ in range(4)]
    own = [chainer.Variable(a, volatile=volatile) for a in (IMAGES, *starts)]
    y = F.fixed_batch_normalization(*own)
    x, gamma, beta, mean, var = (torch.tensor(a, requires_grad=True) for a in (IMAGES, *starts))
    wide = lambda a: a[:, None, None]
    theirs = wide(gamma) * (x - wide(mean)) / torch.sqrt(wide(var) + 2e-5) + wide(beta)
    assert np.allclose(y.data, theirs.detach().numpy(), atol=1e-5)
    if volatile == "off":
        F.sum(y * y).backward()
        (theirs**2).sum().backward()
        for ours, other in zip(own, (x, gamma, beta, mean, var), strict=True):
            assert np.allclose(ours.grad, other.grad.numpy(), rtol=1e-3, atol=1e-3)


def test_chainer_s_normalization_without_scale_is_evaluated_too():
    link = L.BatchNormalization(3, use_gamma=False, use_beta=False, initial_gamma=5)
    found = link(chainer.Variable(IMAGES, volatile="on"), test=True)
    assert np.allclose(found.data, IMAGES / np.sqrt(2e-5), rtol=1e-4)
    scaled = L.BatchNormalization(3, initial_gamma=np.float32([1, 2, 3]), initial_beta=7)
    assert scaled.gamma.data.tolist() == [1, 2, 3]
    assert scaled.beta.data.tolist() == [7, 7, 7]


@pytest.mark.parametrize("kind", ["Normal", "GlorotUniform", "HeNormal", "One", "Zero"])
def test_chainer_s_parameters_have_their_initializer_s_dtype_and_scale(kind):
    start = getattr(initializers, kind)(dtype=np.float64)
    assert L.Linear(4, 3, initialW=start).W.dtype == np.float64
    drawn = {}
    for scale in (1, 4):
        np.random.seed(0)
        drawn[scale] = L.Linear(4, 3, wscale=scale, initialW=start).W.data
    assert np.allclose(drawn[4], 2 * drawn[1])
    assert (L.Linear(4, 3, wscale=4, initialW=1.5).W.data == 3).all()


@pytest.mark.parametrize(("extra", "pad"), [((0, 0), 0), ((0, 1), 0), ((1, 1), 1), ((1, 0), 2)])
def test_chainer_s_deconvolution_has_the_size_asked_for(extra, pad):
    torch = pytest.importorskip("torch")
    size = [2 * (n - 1) + 3 - 2 * pad + e for n, e in zip((7, 6), extra, strict=True)]
    link = L.Deconvolution2D(3, 2, 3, stride=2, pad=pad, outsize=size)
    theirs = torch.nn.functional.conv_transpose2d(
        torch.tensor(IMAGES), torch.tensor(link.W.data), torch.tensor(link.b.data), 2, pad, extra
    )
    assert np.allclose(link(chainer.Variable(IMAGES)).data, theirs.numpy(), atol=1e-5)


@pytest.mark.parametrize(("ndim", "shape"), [(1, (784,)), (2, (28, 28)), (3, (3, 28, 28))])
def test_chainer_s_digits_have_three_colours_where_asked(ndim, shape):
    train, _ = chainer.datasets.get_mnist(withlabel=False, ndim=ndim, rgb_format=ndim == 3)
    assert train[0].shape == shape
    if ndim == 3:
        plain, _ = chainer.datasets.get_mnist(withlabel=False, ndim=3)
        assert (train == plain).all()


def test_chainer_s_check_passes_over_what_has_no_gradient_and_counts_in_the_dtype_asked_for():
    x, t, ones = RNG.normal(size=(3, 2, 4))
    check_backward(lambda x, t: x * t.data, (x, t), ones, no_grads=[False, True])
    with pytest.raises(AssertionError, match="no_grads"):
        check_backward(lambda x, t: x * t, (x, t), ones, no_grads=[False, True])
    seen = []
    check_backward(
        lambda x: seen.append(x.dtype) or F.tanh(x), ROWS * 0.1, np.ones_like(ROWS),
        dtype=np.float64,
    )  # fmt: skip
    assert set(seen[1:]) == {np.dtype(np.float64)}


def test_a_volatile_parameter_of_chainer_is_not_learned():
    link = L.Parameter(ROWS)
    assert F.sum(link()).creator is not None
    assert F.sum(link("on")).creator is None


def test_chainer_s_graph_runs_the_way_asked():
    y = chainer.Variable(ROWS) * 2
    graph = chainer.computational_graph.build_computational_graph([y], rankdir="LR")
    assert "rankdir=LR" in graph.dump()


@pytest.mark.parametrize(
    ("call", "name"),
    [
        (lambda: F.convolution_2d(IMAGES, IMAGES, cover_all=True), "cover_all"),
        (lambda: F.hinge(ROWS, np.int32([0, 1, 2]), "L3"), "L3"),
        (lambda: chainer.datasets.get_mnist(ndim=4), "ndim"),
        (lambda: chainer.computational_graph.build_computational_graph([], False), "remove_split"),
        (
            lambda: chainer.computational_graph.build_computational_graph([]).dump("png"),
            "png",
        ),
    ],
)  # fmt: skip
def test_what_would_change_a_result_is_refused_by_its_name(call, name):
    with pytest.raises((TypeError, ValueError, NotImplementedError, RuntimeError), match=name):
        call()
