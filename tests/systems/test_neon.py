"""Neon's style: op-trees computed on assignment, layers by columns; numbers of 1.8.1."""

import numpy as np
import pytest

import autodiff as ad
from autodiff.frontends.neon import data, layers
from autodiff.frontends.neon.backends import Autodiff, gen_backend
from autodiff.frontends.neon.callbacks.callbacks import Callback, Callbacks
from autodiff.frontends.neon.data import MNIST, ArrayIterator
from autodiff.frontends.neon.initializers import (
    Array,
    Constant,
    Gaussian,
    IdentityInit,
    Uniform,
    Xavier,
)
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
from autodiff.frontends.neon.transforms.transform import Transform


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
    assert be.iobuf((2, 3)).shape == (2, 12)  # steps are blocks of columns
    assert be.iobuf((1, 2, 3)).shape == (6, 4)
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


TREES = {
    "std": (lambda be, x, y: be.std(x) + y, lambda x, y: np.std(x) + y),
    "std of rows": (
        lambda be, x, y: be.std(x, axis=1) * y, lambda x, y: np.std(x, axis=1, keepdims=True) * y,
    ),
    "sig2": (lambda be, x, y: be.sig2(x + y), lambda x, y: 1 / (1 + 2.0 ** -(x + y))),
    "tanh2": (lambda be, x, y: be.tanh2(x * y), lambda x, y: np.tanh(x * y * np.log(2))),
    "argmin": (
        lambda be, x, y: x * y - be.argmin(x, axis=1),
        lambda x, y: x * y - np.argmin(ad.stop_gradient(x), axis=1).reshape(-1, 1),
    ),
    "a sum of all": (lambda be, x, y: be.sum(x * y), lambda x, y: np.sum(x * y).reshape(1, 1)),
}  # fmt: skip


@pytest.mark.parametrize("name", TREES)
def test_a_tree_has_the_shape_the_values_and_the_slopes_of_numpy(name):
    be = backend()
    rng = np.random.default_rng(2)
    values = [rng.normal(size=(3, 4)) for _ in range(2)]
    x, y = map(be.array, values)
    tree, by_numpy = TREES[name][0](be, x, y), TREES[name][1]
    expected, pullback = ad.vjp(by_numpy, *values)
    assert tree.shape == np.shape(expected)
    out = be.empty(tree.shape)
    out[:] = tree
    np.testing.assert_allclose(out.get(), expected, rtol=1e-12)
    derivative = Autodiff(tree, be)
    found = derivative.get_grad_asnumpyarray([x, y])
    for own, wanted in zip(found, pullback(np.ones(np.shape(expected)))):
        np.testing.assert_allclose(own, wanted, rtol=1e-10, atol=1e-12)
    derivative.cleanup()


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


def differences(layer, x, ct, h=1e-6):
    """The gradients of sum(ct * output) by the input and by the weights, by difference quotients."""

    def value():
        layer.kept = []
        return np.sum(ct * layer.fprop(x))

    found = []
    for array in (x, *(p.array for p, _, _ in layer.params())):
        slopes = np.zeros_like(array)
        for place in np.ndindex(array.shape):
            old = array[place]
            array[place] = old + h
            up = value()
            array[place] = old - h
            slopes[place] = (up - value()) / (2 * h)
            array[place] = old
        found.append(slopes)
    return found


GATES = {"activation": Tanh(), "gate_activation": Logistic()}
ALONG = {
    "Recurrent": (lambda: layers.Recurrent(3, Uniform(-0.5, 0.5), activation=Tanh()), (2, 4)),
    "LSTM": (lambda: layers.LSTM(3, Uniform(-0.5, 0.5), **GATES), (2, 4)),
    "GRU": (lambda: layers.GRU(3, Uniform(-0.5, 0.5), **GATES), (2, 4)),
    "RecurrentLast": (layers.RecurrentLast, (2, 4)),
    "RecurrentSum": (layers.RecurrentSum, (2, 4)),
    "RecurrentMean": (layers.RecurrentMean, (2, 4)),
    "Linear": (lambda: layers.Affine(2, Uniform(-0.5, 0.5))[0], (3, 4)),
    "Deconv": (lambda: layers.Deconv((3, 2, 2), Uniform(-0.5, 0.5), strides=2, padding=1)[0], (3, 2, 3)),
}  # fmt: skip


@pytest.mark.parametrize("name", ALONG)
def test_layers_along_time_and_the_transposed_convolution_against_differences(name):
    be = backend(2)
    make, shape = ALONG[name]
    layer = make()
    out = layer.configure(shape)
    layer.allocate()
    rng = np.random.default_rng(0)
    columns = be.bsz * (shape[1] if len(shape) == 2 else 1)
    x = rng.normal(size=(shape[0] if len(shape) == 2 else int(np.prod(shape)), columns))
    y = layer.fprop(x)
    assert y.shape == ((out[0], be.bsz * out[1]) if len(out) == 2 else (int(np.prod(out)), be.bsz))
    ct = rng.normal(size=y.shape)
    layer.kept = []
    layer.fprop(x)
    found = [layer.bprop(ct), *(g.array for _, g, _ in layer.params())]
    for own, measured in zip(found, differences(layer, x, ct), strict=True):
        np.testing.assert_allclose(own, measured, atol=1e-7)


def test_a_recurrent_layer_goes_on_where_it_ended_unless_it_is_reset():
    backend(2)
    x = np.random.default_rng(0).normal(size=(2, 8))
    for reset in (False, True):
        layer = layers.GRU(3, Uniform(-0.5, 0.5), reset_cells=reset, **GATES)
        layer.configure((2, 4))
        layer.allocate()
        first, second = layer.fprop(x), layer.fprop(x)
        assert np.array_equal(first, second) is reset


def test_text_goes_on_along_columns_and_targets_follow(tmp_path):
    be = backend(2)
    (tmp_path / "ptb.train.txt").write_text("abcdefghijklm")
    train = data.PTB(3, tmp_path).train_iter
    assert train.nbatches == 2
    batches = [[t.array.argmax(0).reshape(3, be.bsz) for t in pair] for pair in train]
    read = lambda a: ["".join(train.index_to_token[i] for i in row) for row in a.T]
    assert [read(x) for x, _ in batches] == [["abc", "ghi"], ["def", "jkl"]]
    assert [read(y) for _, y in batches] == [["bcd", "hij"], ["efg", "kla"]]
    with pytest.raises(FileNotFoundError, match="nothing is downloaded"):
        data.PTB(3, tmp_path).valid_iter


@pytest.mark.parametrize(
    "task", [lambda: data.CopyTask(4, 3), lambda: data.RepeatCopyTask(3, 2, 3)]
)
def test_a_task_gives_back_its_bits_after_the_stop_mark(task):
    be = backend(2)
    ticker = data.Ticker(task())
    x, (y, mask) = next(iter(ticker))
    x, y, mask = (t.array.reshape(len(t.array), -1, be.bsz) for t in (x, y, mask))
    (stop,) = np.flatnonzero(x[-1, :, 0])
    bits = x[: ticker.nin - 2, 1:stop]
    np.testing.assert_array_equal(y[: len(bits), stop + 1 : 2 * stop], bits)
    assert not (y * (1 - mask)).any()
    cost = layers.GeneralizedCostMask(CrossEntropyBinary())
    target = tuple(be.array(t.reshape(len(t), -1)) for t in (y, mask))
    guess = np.full(target[0].shape, 0.5)
    errors = cost.get_errors(guess, target)
    assert errors.shape == guess.shape
    assert not errors[target[1].array == 0].any()


def model_of(layers, inputs=3, seed=0):
    gen_backend("cpu", batch_size=5, rng_seed=seed, datatype=np.float64)
    model = Model(layers)
    model.initialize((inputs,))
    return model


def parameters(model):
    return [p for layer in model.layers for p in layer.params()]


def slopes(model, cost, x, t):
    """For each parameter the gradient that its layer has, and the differences of the sum."""
    model.bprop(cost.get_errors(model.fprop(x), t))
    kept = [gradient.array.copy() for _, gradient, _ in parameters(model)]
    for (param, _, _), own in zip(parameters(model), kept, strict=True):
        near = np.zeros_like(own)
        for place in np.ndindex(own.shape):
            start, found = param.array[place], []
            for moved in (start + 1e-6, start - 1e-6):
                param.array[place] = moved
                found.append(cost.get_cost(model.fprop(x), t))
            param.array[place] = start
            near[place] = (found[0] - found[1]) / 2e-6 * x.shape[1]  # a cost is a mean
        yield own, near


def a_tree(alphas=None):
    init, node = Gaussian(scale=0.5), layers.BranchNode(name=object())
    affine = lambda n: layers.Affine(n, init, activation=Tanh())
    paths = [[affine(4), node, affine(3), layers.Affine(2, init)], [node, affine(2)]]
    return layers.SingleOutputTree(paths, alphas=alphas)


def a_sum():
    init = Gaussian(scale=0.5)
    side = [layers.Affine(3, init, activation=Tanh()), layers.Affine(3, init)]
    return [layers.MergeSum([side, [layers.SkipNode()]]), layers.Affine(2, init)]


TWO = layers.Multicost([layers.GeneralizedCost(SumSquared())] * 2, weights=[1, 0.5])


@pytest.mark.parametrize(
    ("make", "cost"), [(a_tree, TWO), (a_sum, layers.GeneralizedCost(SumSquared()))]
)
def test_paths_beside_each_other_against_differences(make, cost):
    rng = np.random.default_rng(0)
    x, t = rng.standard_normal((3, 5)), rng.standard_normal((2, 5))
    found = list(slopes(model_of(make()), cost, x, t))
    assert len(found) == (4 if cost is TWO else 3)
    for own, near in found:
        np.testing.assert_allclose(own, near, rtol=1e-5, atol=1e-8)


def test_alphas_scale_what_a_path_hands_down_and_not_its_own_gradients():
    rng = np.random.default_rng(1)
    x, t = rng.standard_normal((3, 5)), rng.standard_normal((2, 5))
    grads = {}
    for alpha in (0.0, 0.25, 1.0):
        found = list(slopes(model_of(a_tree([1, alpha])), TWO, x, t))
        grads[alpha] = [own for own, _ in found]
    trunk, *rest = zip(*(grads[a] for a in (0.0, 0.25, 1.0)), strict=True)
    np.testing.assert_allclose(trunk[1], trunk[0] + 0.25 * (trunk[2] - trunk[0]))
    assert np.abs(trunk[2] - trunk[0]).max() > 1e-3
    for same in rest:
        np.testing.assert_array_equal(same[0], same[2])


def test_in_use_a_single_output_tree_is_its_trunk():
    model = model_of(a_tree())
    x = np.ones((3, 5))
    np.testing.assert_array_equal(model.fprop(x, inference=True), model.fprop(x)[0])


class MySoftmax(Transform):
    """Written over the backend, as the course's exercise has it."""

    def __call__(self, x):
        e = self.be.exp(x - self.be.max(x, axis=0))
        return e / self.be.sum(e, axis=0)

    def bprop(self, x):
        return 1


def test_an_activation_of_a_program_s_own():
    outputs = {}
    for activation in (MySoftmax(), Softmax()):
        model = model_of([layers.Affine(4, Gaussian(), activation=activation)])
        x = np.random.default_rng(0).standard_normal((3, 5))
        outputs[type(activation)] = model.fprop(x), model.bprop(np.ones((4, 5)))
    for own, built in zip(*outputs.values(), strict=True):
        np.testing.assert_allclose(own, built, rtol=1e-6)


def test_a_callback_of_a_program_s_own_is_called(capsys):
    class Note(Callback):
        def __init__(self, log):
            super().__init__(epoch_freq=2)
            self.log = log

        def on_epoch_end(self, callback_data, model, epoch):
            self.log.append(epoch)

    log = []
    gen_backend("cpu", batch_size=4)
    data = ArrayIterator(np.ones((8, 3)), np.arange(8) % 2, 2)
    model = Model([layers.Affine(2, IdentityInit(), activation=Softmax())])
    callbacks = Callbacks(model)
    callbacks.add_callback(Note(log))
    cost = layers.GeneralizedCost(CrossEntropyMulti())
    model.fit(data, cost, GradientDescentMomentum(0.1, 0.9), 4, callbacks)
    assert log == [1, 3]


def test_training_ends_where_a_function_of_the_evaluation_cost_says_so():
    gen_backend("cpu", batch_size=4)
    data = ArrayIterator(np.ones((8, 3)), np.arange(8) % 2, 2)
    model = Model([layers.Affine(2, IdentityInit(), activation=Softmax())])
    callbacks = Callbacks(model, eval_set=data, eval_freq=1)
    callbacks.add_early_stop_callback(lambda state, cost: ((state or 0) + 1, state == 1))
    cost = layers.GeneralizedCost(CrossEntropyMulti())
    model.fit(data, cost, GradientDescentMomentum(0.1, 0.9), 9, callbacks)
    assert len(callbacks.history) == 2


def test_classes_may_be_padded_and_options_of_callbacks_are_there():
    from autodiff.frontends.neon.util.argparser import NeonArgparser

    args = NeonArgparser(__doc__).parse_args(["-b", "cpu", "-z", "10"])
    assert args.callback_args["save_path"] is None
    _, target = next(iter(data.CIFAR10(pad_classes=True).train_iter))
    assert target.shape == (16, 10)
    Callbacks(Model([]), **args.callback_args)


@pytest.mark.parametrize("merge", ["stack", "depth", "recurrent"])
@pytest.mark.parametrize("several", [True, False])
def test_paths_side_by_side_against_differences(merge, several):
    gen_backend("cpu", batch_size=3, rng_seed=0, datatype=np.float64)
    rng = np.random.default_rng(1)
    shape = (2, 4) if merge == "recurrent" else (2,)
    init = Array(rng.normal(size=(2, 2)))
    paths = [layers.Sequential([layers.Affine(2, init, activation=Tanh())]) for _ in range(2)]
    kind = layers.MergeMultistream if several else layers.MergeBroadcast
    merged = kind(paths, merge=merge, alphas=[1.0, 1.0])
    whole = merged.configure([shape, shape] if several else shape)
    merged.allocate()
    assert whole == {"stack": (16,) if len(shape) > 1 else (4,), "depth": (4,),
                     "recurrent": (2, 8)}[merge]  # fmt: skip
    columns = 3 * int(np.prod(shape[1:]))
    xs = [rng.normal(size=(2, columns)) for _ in range(2 if several else 1)]
    given = xs if several else xs[0]
    y = merged.fprop(given)
    assert y.shape == ((2, 2 * columns) if merge == "recurrent" else (4, columns))
    ct = rng.normal(size=y.shape)
    found = merged.bprop(ct)
    found = found if several else [found]
    for place, x in enumerate(xs):
        for index in np.ndindex(x.shape):
            sides = []
            for step in (1e-6, -1e-6):
                moved = [v.copy() for v in xs]
                moved[place][index] += step
                sides.append(np.sum(ct * merged.fprop(moved if several else moved[0])))
            slope = (sides[0] - sides[1]) / 2e-6
            assert found[place][index] == pytest.approx(slope, abs=1e-6)
    with pytest.raises(ValueError, match="merge is one of stack"):
        kind(paths, merge="sum")


def test_a_model_of_two_inputs_is_fitted_and_its_best_state_saved(tmp_path):
    gen_backend("cpu", batch_size=10, rng_seed=0)
    rng = np.random.default_rng(2)
    a, b = rng.normal(size=(40, 3)), rng.normal(size=(40, 2))
    labels = (a[:, 0] + b[:, 0] > 0).astype(int)
    data = ArrayIterator([a, b], labels, nclass=2, lshape=[(3,), (2,)])
    init = Gaussian(scale=0.5)
    paths = [layers.Sequential([layers.Affine(4, init, activation=Tanh())]) for _ in range(2)]
    model = Model([layers.MergeMultistream(paths, merge="stack"),
                   layers.Affine(2, init, activation=Softmax())])  # fmt: skip
    callbacks = Callbacks(
        model, eval_set=data, eval_freq=1, save_path=str(tmp_path / "last"), serialize=10
    )
    callbacks.add_save_best_state_callback(tmp_path / "best")
    cost = layers.GeneralizedCost(CrossEntropyMulti())
    model.fit(data, cost, GradientDescentMomentum(0.5, 0.9), 20, callbacks)
    assert model.eval(data, Misclassification()) < 0.2
    best, found = callbacks.best_cost, model.fprop([np.ones((3, 10)), np.ones((2, 10))], True)
    model.fit(data, cost, GradientDescentMomentum(50.0, 0.0), 1, None)
    model.load_params(tmp_path / "last")
    again = model.fprop([np.ones((3, 10)), np.ones((2, 10))], True)
    np.testing.assert_allclose(again, found, rtol=1e-5)
    model.load_params(tmp_path / "best")
    assert np.mean([cost.get_cost(model.fprop(x, True), t) for x, t in data]) == pytest.approx(best)
    other = Model([layers.MergeMultistream([layers.Sequential([layers.Affine(4, init,
                   activation=Tanh())]) for _ in range(2)], merge="stack"),
                   layers.Affine(2, init, activation=Softmax())])  # fmt: skip
    other.load_params(tmp_path / "last")  # before it knows the shape of its data
    other.initialize(data)
    again = other.fprop([np.ones((3, 10)), np.ones((2, 10))], True)
    np.testing.assert_allclose(again, found, rtol=1e-5)
