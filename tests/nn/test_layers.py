"""Layers, losses and initializers, as a training loop uses them."""

import numpy as np
import pytest
from scipy import stats

import autodiff as ad
from autodiff import nn, optim
from autodiff.core.ground.errors import ShapeError

DRAWN = {
    "normal": (lambda r, s: nn.normal(r, s, 1.0, 2.0), stats.norm(1.0, 2.0)),
    "truncated_normal": (
        lambda r, s: nn.truncated_normal(r, s, 1.0, 2.0),
        stats.truncnorm(-2, 2, 1.0, 2.0),
    ),
    "uniform": (lambda r, s: nn.uniform(r, s, -1.0, 3.0), stats.uniform(-1.0, 4.0)),
    "xavier_uniform": (nn.xavier_uniform, stats.uniform(-0.1, 0.2)),  # sqrt(6 / 600) = 0.1
    "xavier_normal": (nn.xavier_normal, stats.norm(0, (2 / 600) ** 0.5)),
    "he_normal": (nn.he_normal, stats.norm(0, 0.1)),
    "he_uniform": (nn.he_uniform, stats.uniform(-(0.03**0.5), 2 * 0.03**0.5)),
}


@pytest.mark.parametrize("name", DRAWN)
def test_drawn_from_the_distribution(name):
    initializer, expected = DRAWN[name]
    drawn = initializer(np.random.default_rng(0), (200, 400))
    assert drawn.shape == (200, 400)
    assert stats.kstest(drawn.ravel(), expected.cdf).pvalue > 0.01
    again = initializer(np.random.default_rng(0), (200, 400))
    assert np.array_equal(drawn, again)


def test_filled():
    rng = np.random.default_rng(0)
    assert nn.constant(rng, (2, 2), value=[1.0, 2.0]).tolist() == [[1.0, 2.0], [1.0, 2.0]]
    assert nn.zeros(rng, (2,)).tolist() == [0.0, 0.0]
    assert nn.ones(rng, (1, 2)).tolist() == [[1.0, 1.0]]
    assert rng.random() == np.random.default_rng(0).random()  # nothing was drawn
    assert nn.fans((7,)) == (7.0, 7.0)


def network(rng):
    return nn.Sequential((
        nn.Conv2D.init(rng, 1, 4, kernel=3, padding=1),
        nn.relu,
        lambda x: nn.max_pool2d(x, 2),
        nn.flatten,
        nn.LayerNorm.init(16 * 4),
        nn.Dense.init(rng, 16 * 4, 3),
    ))  # fmt: skip


def test_a_model_is_a_container_of_its_parameters():
    rng = np.random.default_rng(0)
    model = network(rng)
    x, labels = rng.normal(size=(12, 1, 8, 8)), np.arange(12) % 3

    def loss(model):
        return nn.softmax_cross_entropy(model(x), labels)

    gradient = ad.grad(loss)(model)
    assert isinstance(gradient.layers[0], nn.Conv2D)
    assert gradient.layers[0].W.shape == (4, 1, 3, 3)
    assert gradient.layers[1] is None
    ad.check_grad(loss, model)
    adam = optim.Adam(0.02)
    state, first = adam.init(model), loss(model)
    for _ in range(60):
        model, state = adam.update(model, ad.grad(loss)(model), state)
    assert model.layers[1] is nn.relu
    assert loss(model) < 0.05 * first


def test_an_op_in_a_container_is_a_constant():
    gradient = ad.grad(lambda p: p["f"](p["x"]))({"f": nn.relu, "x": 2.0})
    assert gradient == {"f": None, "x": 1.0}


def test_batch_norm_in_training_and_for_inference():
    rng = np.random.default_rng(0)
    layer, running = nn.BatchNorm.init(3), (np.zeros(3), np.ones(3))
    draw = lambda n: rng.normal([1.0, -2.0, 0.5], [1.0, 3.0, 0.1], size=(n, 3))
    for _ in range(400):
        x = draw(64)
        running = nn.moving_average(running, nn.moments(x), decay=0.95)
        y = layer(x)
        assert np.allclose(y.mean(axis=0), 0)
    x = draw(5000)
    assert np.allclose(layer(x, running), layer(x), atol=0.3)
    ad.check_grad(lambda layer, x: np.sum(np.sin(layer(x))), layer, x[:5])
    ad.check_grad(lambda layer, x: np.sum(np.sin(layer(x, running))), layer, x[:5])


def test_embedding_rows_add_up():
    layer = nn.Embedding(np.arange(6.0).reshape(3, 2))
    gradient = ad.grad(lambda layer: np.sum(layer(np.array([2, 0, 2])) ** 2) / 2)(layer)
    assert gradient.table.tolist() == [[0.0, 1.0], [0.0, 0.0], [8.0, 10.0]]


def test_losses_by_hand_and_their_derivatives():
    rng = np.random.default_rng(0)
    x, z = rng.normal(size=(4, 3)), rng.random((4, 3))
    p = 1 / (1 + np.exp(-x))
    binary = -(z * np.log(p) + (1 - z) * np.log(1 - p))
    assert nn.sigmoid_cross_entropy(x, z) == pytest.approx(binary.mean())
    assert nn.mean_squared_error(x, z) == pytest.approx(np.mean((x - z) ** 2))
    for loss in (nn.sigmoid_cross_entropy, nn.mean_squared_error, nn.mean_absolute_error):
        ad.check_grad(loss, x, z)
    ad.check_grad(lambda x: nn.hinge(x, np.round(z)), x)
    assert np.allclose(ad.grad(nn.l2_loss)(x), x)
    big = np.array([-1e4, 1e4])
    assert ad.grad(nn.sigmoid_cross_entropy)(big, np.array([0.0, 0.0])).tolist() == [0.0, 0.5]


@pytest.mark.parametrize(
    "loss", [nn.mean_squared_error, nn.mean_absolute_error, nn.sigmoid_cross_entropy, nn.hinge]
)
def test_losses_do_not_broadcast(loss):
    with pytest.raises(ShapeError, match=r"\(3, 1\) and the targets \(3,\)"):
        loss(np.zeros((3, 1)), np.zeros(3))


def test_layers_say_what_does_not_fit():
    layer = nn.Dense.init(np.random.default_rng(0), 3, 2)
    with pytest.raises(ShapeError, match=r"takes 3 features.*got shape \(5, 4\)"):
        layer(np.ones((5, 4)))


def test_activations():
    x = np.array([-30.0, -1.0, 0.0, 3.0, 6.0, 1000.0])
    assert nn.relu6(x).tolist() == [0.0, 0.0, 0.0, 3.0, 6.0, 6.0]
    assert nn.elu(x) == pytest.approx([np.expm1(-30), np.expm1(-1), 0.0, 3.0, 6.0, 1000.0])
    slopes = ad.grad(lambda x: np.sum(nn.relu6(x)))(x)
    assert slopes.tolist() == [0.0, 0.0, 0.0, 1.0, 0.0, 0.0]
    with ad.kinks("right"):
        assert ad.grad(lambda x: np.sum(nn.relu6(x)))(x).tolist() == [0, 0, 1, 1, 0, 0]
    assert ad.grad(nn.elu)(0.0) == 1.0
    assert ad.grad(nn.elu)(-1e4) == 0.0


def test_resize_bilinear_by_hand():
    x = np.array([[0.0, 4.0]])
    assert nn.resize_bilinear(x, (1, 4), "top_left").tolist() == [[0.0, 2.0, 4.0, 4.0]]
    assert nn.resize_bilinear(x, (1, 4), "half_pixel").tolist() == [[0.0, 1.0, 3.0, 4.0]]
    assert nn.resize_bilinear(x, (1, 5), "corners").tolist() == [[0.0, 1.0, 2.0, 3.0, 4.0]]
    assert nn.resize_bilinear(x, (2, 1), "corners").tolist() == [[0.0], [0.0]]
    assert nn.resize_bilinear(np.float32([[1, 2]]), (2, 2)).dtype == np.float32
    with pytest.raises(ValueError, match="choose from corners"):
        nn.resize_bilinear(x, (1, 4), "middle")
