"""Neural-network ops against loops and textbook formulas."""

import functools

import numpy as np
import pytest

import autodiff as ad
from autodiff.ops.networks import nn


def conv_by_loops(x, w, stride, padding):
    (sh, sw), (ph, pw) = stride, padding
    x = np.pad(x, ((0, 0), (0, 0), (ph, ph), (pw, pw)))
    n, _, H, W = x.shape
    o, _, kh, kw = w.shape
    out = np.zeros((n, o, (H - kh) // sh + 1, (W - kw) // sw + 1))
    for i, j in np.ndindex(out.shape[2:]):
        window = x[:, :, i * sh : i * sh + kh, j * sw : j * sw + kw]
        out[:, :, i, j] = np.einsum("nckl,ockl->no", window, w)
    return out


@pytest.mark.parametrize("stride", [(1, 1), (2, 1), (3, 2)])
@pytest.mark.parametrize("padding", [(0, 0), (1, 2)])
def test_conv2d(stride, padding):
    rng = np.random.default_rng(0)
    x, w = rng.normal(size=(2, 3, 6, 7)), rng.normal(size=(4, 3, 3, 2))
    conv = lambda x, w: nn.conv2d(x, w, stride, padding)
    assert np.allclose(conv(x, w), conv_by_loops(x, w, stride, padding))
    ad.check_grad(conv, x, w)


def test_conv2d_second_order():
    rng = np.random.default_rng(1)
    x, w = rng.normal(size=(1, 2, 4, 4)), rng.normal(size=(2, 2, 3, 3))
    ad.check_grad(lambda x, w: np.sum(np.tanh(nn.conv2d(x, w, padding=1)) ** 2), x, w, order=2)


def test_conv2d_says_what_does_not_fit():
    with pytest.raises(ValueError, match="same C"):
        nn.conv2d(np.ones((1, 2, 4, 4)), np.ones((1, 3, 2, 2)))
    with pytest.raises(ValueError, match="larger"):
        nn.conv2d(np.ones((1, 1, 2, 2)), np.ones((1, 1, 3, 3)))


@pytest.mark.parametrize("pool", [nn.max_pool2d, nn.avg_pool2d])
def test_pooling(pool):
    x = np.random.default_rng(2).permutation(60.0 * np.arange(1, 61) / 60).reshape(1, 2, 6, 5)
    best = np.max if pool is nn.max_pool2d else np.mean
    for size, stride in (((2, 2), None), ((3, 2), (1, 2))):
        got = pool(x, size, stride)
        sh, sw = stride or size
        for i, j in np.ndindex(got.shape[2:]):
            window = x[:, :, i * sh : i * sh + size[0], j * sw : j * sw + size[1]]
            assert np.allclose(got[:, :, i, j], best(window, axis=(2, 3)))
        ad.check_grad(functools.partial(pool, size=size, stride=stride), x)
    assert pool(x, 2, padding=1).shape == (1, 2, 4, 3)


def test_stable_where_naive_formulas_overflow():
    assert nn.sigmoid(np.array([-1000.0, 0.0, 1000.0])).tolist() == [0.0, 0.5, 1.0]
    assert ad.grad(lambda x: np.sum(nn.sigmoid(x)))(np.array([-1000.0, 0.0])).tolist() == [
        0.0,
        0.25,
    ]
    assert nn.softplus(np.array([-1000.0, 1000.0])).tolist() == [0.0, 1000.0]
    big = np.array([1e3, -1e3, 0.0])
    assert nn.logsumexp(big) == 1000.0
    assert np.allclose(nn.log_softmax(big), [0.0, -2000.0, -1000.0])
    g = ad.grad(lambda z: nn.softmax_cross_entropy(z, np.array([1])))(big[None])
    assert np.allclose(g, [[1.0, -1.0, 0.0]])


def test_softmax_cross_entropy_with_labels_and_with_probabilities():
    rng = np.random.default_rng(3)
    z, labels = rng.normal(size=(5, 4)), np.array([0, 3, 1, 1, 2])
    hot = np.eye(4)[labels]
    assert nn.softmax_cross_entropy(z, labels) == pytest.approx(nn.softmax_cross_entropy(z, hot))
    expected = (nn.softmax(z) - hot) / 5
    assert np.allclose(ad.grad(nn.softmax_cross_entropy)(z, labels), expected)
    assert np.allclose(ad.grad(nn.softmax_cross_entropy)(z, hot), expected)
    ad.check_grad(nn.softmax_cross_entropy, z, rng.random((5, 4)), order=2)
    with pytest.raises(ValueError, match=r"labels must be 0 \.\. 3"):
        nn.softmax_cross_entropy(z, np.array([0, 1, 2, 3, 4]))
    with pytest.raises(ValueError, match="do not fit"):
        nn.softmax_cross_entropy(z, np.array([0, 1]))


def test_dropout_takes_its_randomness_from_the_generator():
    x = np.ones((50, 40))
    out, pullback = ad.vjp(lambda x: nn.dropout(x, 0.25, np.random.default_rng(0)), x)
    again = nn.dropout(x, 0.25, np.random.default_rng(0))
    assert np.array_equal(out, again)
    assert set(np.unique(out)) == {0.0, 1 / 0.75}
    assert out.mean() == pytest.approx(1.0, abs=0.05)
    assert np.array_equal(pullback(np.ones_like(x))[0], out)
    with pytest.raises(ValueError, match="rate"):
        nn.dropout(x, 1.0, np.random.default_rng(0))
