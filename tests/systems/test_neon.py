"""Neon's style: op-trees computed on assignment, layers by columns; numbers of 1.8.1."""

import numpy as np
import pytest

import autodiff as ad
from autodiff.frontends.neon.backends import Autodiff, gen_backend
from autodiff.frontends.neon.callbacks.callbacks import Callbacks
from autodiff.frontends.neon.data import MNIST, ArrayIterator
from autodiff.frontends.neon.initializers import Array, Constant, Gaussian, Xavier
from autodiff.frontends.neon.layers import Affine, Conv, GeneralizedCost, Pooling
from autodiff.frontends.neon.models import Model
from autodiff.frontends.neon.optimizers import (
    Adadelta,
    Adagrad,
    Adam,
    GradientDescentMomentum,
    RMSProp,
    Schedule,
)
from autodiff.frontends.neon.transforms import (
    CrossEntropyBinary,
    CrossEntropyMulti,
    Logistic,
    Misclassification,
    Rectlin,
    Softmax,
    SumSquared,
    Tanh,
)


def backend(size=4):
    return gen_backend("cpu", batch_size=size, rng_seed=0, datatype=np.float64)


def test_a_tree_is_computed_when_it_is_assigned():
    be = backend()
    x, w = be.array([[1.0, 2.0]]), be.array([[0.5], [1.0]])
    tree = be.tanh(w * x) + 1
    with pytest.raises(AttributeError):
        tree.get()
    t = be.empty((2, 2))
    t[:] = tree
    np.testing.assert_allclose(t.get(), np.tanh(w.get() * x.get()) + 1)
    x[:] = 0.0
    t[:] = tree
    assert (t.get() == 1).all()
    assert be.iobuf(10).shape == (10, 4)
    assert be.array([1, 2, 3]).shape == (3, 1)
    with pytest.raises(AssertionError, match="dot of"):
        be.dot(x, x)
    assert "tanh" in ad.draw(tree).outline()


def test_the_gradient_of_a_tree_against_the_engine_and_unused_tensors_have_zeros():
    be = backend()
    rng = np.random.default_rng(0)
    values = [rng.normal(size=(3, 3)) for _ in range(3)]
    x, y, z = map(be.array, values)
    tree = be.sum(be.tanh(be.dot(x, y)) / (1.5 + be.square(x)), axis=0) * be.max(y, axis=1)
    found = Autodiff(tree, be).get_grad_asnumpyarray([x, y, z])
    expected = ad.grad(
        lambda x, y: np.sum(
            np.sum(np.tanh(x @ y) / (1.5 + x**2), axis=0, keepdims=True)
            * np.max(y, axis=1, keepdims=True)
        ),
        (0, 1),
    )(*values[:2])
    np.testing.assert_allclose(found[0], expected[0])
    np.testing.assert_allclose(found[1], expected[1])
    assert not found[2].any()


def test_ties_of_trees_and_kinks_of_layers_are_neon_s():
    be = backend()
    x = be.array([[-1.0, 0.0, 2.0, 2.0]])
    slopes = lambda tree: Autodiff(tree, be).get_grad_asnumpyarray([x])[0][0].tolist()
    assert slopes(be.maximum(x, 0.0)) == [0, 1, 1, 1]
    assert slopes(be.max(x)) == [0, 0, 1, 1]
    assert slopes(be.absolute(x)) == [-1, 0, 1, 1]
    y = Rectlin().fprop(x.get())
    assert Rectlin().bprop(y)[0].tolist() == [0, 0, 1, 1]


def test_shortcuts_are_right_only_under_their_cost():
    t = np.array([[1.0, 0.0], [0.0, 1.0]])
    x = np.array([[0.3, -0.2], [0.1, 0.4]])
    for activation, cost in (
        (Softmax(), CrossEntropyMulti()),
        (Logistic(True), CrossEntropyBinary()),
    ):
        y = activation.fprop(x)
        own = cost.bprop(y, t) * activation.bprop(y)
        np.testing.assert_allclose(
            own, ad.grad(lambda x, a=activation, c=cost: np.sum(c(a.fprop(x), t)))(x)
        )
    y = Softmax().fprop(x)
    wrong = SumSquared().bprop(y, t) * Softmax().bprop(y)
    right = ad.grad(lambda x: np.sum(SumSquared()(Softmax().fprop(x), t)))(x)
    assert not np.allclose(wrong, right)
    with pytest.raises(ValueError, match="output shape to match targets"):
        CrossEntropyMulti()(y, t[:1])


def test_layers_against_the_engine():
    backend(3)
    init = Gaussian(scale=0.5)
    model = Model([
        Conv((2, 2, 3), init, bias=Constant(0.1), activation=Tanh()),
        Pooling(2),
        Affine(2, init, batch_norm=True, activation=Tanh()),
    ])  # fmt: skip
    model.initialize((1, 5, 5))
    assert [type(layer).__name__ for layer in model.layers[:3]] == [
        "Convolution",
        "Bias",
        "Activation",
    ]
    x = np.random.default_rng(0).normal(size=(25, 3))
    model.fprop(x)
    error = np.random.default_rng(1).normal(size=(2, 3))
    back = model.bprop(error)
    step = 1e-6
    for place in ((0, 0), (7, 1), (24, 2)):
        moved = []
        for sign in (1, -1):
            near = x.copy()
            near[place] += sign * step
            moved.append(np.sum(error * model.fprop(near)))
        assert back[place] == pytest.approx((moved[0] - moved[1]) / (2 * step), rel=1e-4)
    assert len(Affine(2, init)) == 1  # no bias at all


def test_xavier_of_a_linear_layer_counts_outputs_if_local():
    backend()
    assert np.abs(Xavier(local=True).values((3, 300))).max() > 0.9
    assert np.abs(Xavier(local=False).values((3, 300))).max() <= 0.1


@pytest.mark.parametrize(
    ("optimizer", "first"),
    [
        (GradientDescentMomentum(0.1, 0.9), 0.9),
        (GradientDescentMomentum(0.1, 0.9, nesterov=True), 0.81),
        (GradientDescentMomentum(0.1, 0.0, wdecay=0.5), 0.85),
        (Adam(learning_rate=0.1), 0.9),
        (Adagrad(learning_rate=0.1, epsilon=0.0), 0.9),
        (RMSProp(learning_rate=0.1, epsilon=0.0), 1 - 0.1 / np.sqrt(0.05)),
        (Adadelta(epsilon=0.0), 1.0),
        (GradientDescentMomentum(1.0, 0.0, gradient_clip_value=0.25), 0.75),
    ],
)
def test_optimizers_divide_by_the_batch(optimizer, first):
    backend(4)
    model = Model(Affine(1, Array(np.ones((1, 1)))))
    model.initialize((1,))
    model.fprop(np.ones((1, 4)))
    model.bprop(np.ones((1, 4)))  # a sum of 4 over the batch, a mean of 1
    optimizer.optimize(model.layers, 0)
    assert model.layers[0].W.get()[0, 0] == pytest.approx(first)


def test_a_schedule_counts_epochs():
    assert Schedule([2, 4], 0.5).get_learning_rate(1.0, 4) == 0.25
    assert Schedule(2, 0.5).get_learning_rate(1.0, 5) == 0.25


def test_the_last_batch_wraps_and_the_next_epoch_begins_later():
    backend(2)
    data = ArrayIterator(np.arange(3.0)[:, None], np.arange(3), nclass=3)
    epochs = [[x.get()[0].tolist() for x, _ in data] for _ in range(2)]
    assert epochs == [[[0, 1], [2, 0]], [[1, 2]]]
    with pytest.raises(AttributeError, match="nclass"):
        ArrayIterator(np.ones((4, 1)), np.ones(4))
    with pytest.raises(ValueError, match="less than a batch"):
        ArrayIterator(np.ones((1, 1)))


def test_a_model_is_fitted(capsys, tmp_path):
    gen_backend("cpu", batch_size=50, rng_seed=0)
    data = MNIST()
    train, valid = data.train_iter, data.valid_iter
    init = Gaussian(scale=0.01)
    model = Model([Affine(32, init, activation=Rectlin()), Affine(10, init, activation=Softmax())])
    callbacks = Callbacks(model, eval_set=valid, eval_freq=1)
    model.fit(
        train, GeneralizedCost(CrossEntropyMulti()), GradientDescentMomentum(0.1, 0.9), 4, callbacks
    )
    assert callbacks.history[-1] < callbacks.history[0]
    error = model.eval(valid, Misclassification())
    assert error < 0.2
    assert "Eval cost" in capsys.readouterr().out
    assert model.get_outputs(valid).shape == (297, 10)
    model.save_params(str(tmp_path / "p"))
    model.layers[0].W.fill(0)
    model.load_params(str(tmp_path / "p"))
    assert model.eval(valid, Misclassification()) == error
