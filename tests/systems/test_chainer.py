"""Chainer's style: the graph is recorded while Python runs; numbers as chainer 1.20 gave them."""

import numpy as np
import pytest

import autodiff as ad
from autodiff.frontends import chainer
from autodiff.frontends.chainer import Variable, gradient_check, optimizers
from autodiff.frontends.chainer import functions as F
from autodiff.frontends.chainer import links as L
from autodiff.frontends.chainer.checks import InvalidType
from autodiff.frontends.chainer.utils import type_check

A = np.array([-1.0, 0.0, 2.0, 2.0], np.float32)
KINKS = {
    # of 1.20.0 itself, at -1, 0, 2, 2
    "relu": (F.relu, [0, 0, 1, 1]),
    "leaky relu": (F.leaky_relu, [0.2, 1, 1, 1]),
    "elu": (F.elu, [np.exp(-1), 1, 1, 1]),
    "clip": (lambda x: F.clip(x, 0.0, 2.0), [0, 0, 0, 0]),
    "max": (F.max, [0, 0, 1, 1]),
    "maximum of two": (lambda x: F.maximum(x, x * 1), [1, 1, 1, 1]),
    "abs": (abs, [-1, 0, 1, 1]),
}


@pytest.mark.parametrize("name", KINKS)
def test_the_slope_at_kinks_and_ties_is_chainer_s(name):
    function, slopes = KINKS[name]
    x = Variable(A)
    F.sum(function(x)).backward()
    np.testing.assert_allclose(x.grad, slopes, rtol=1e-6)
    assert x.grad.dtype == np.float32


def test_a_window_s_first_largest_element_has_the_cotangent():
    x = Variable(np.ones((1, 1, 3, 3), np.float32))
    y = F.max_pooling_2d(x, 2)
    assert y.shape == (1, 1, 2, 2)  # what hangs over the end counts
    F.sum(y).backward()
    np.testing.assert_array_equal(x.grad[0, 0], [[1, 0, 1], [0, 0, 0], [1, 0, 1]])


def test_gradients_add_up_and_a_forgotten_clear_gives_nan():
    x = Variable(np.array([3.0]))
    for total in (6, 12):
        (x * x).backward()
        assert x.grad == total
    model = L.Linear(2, 1)
    F.sum(model(np.ones((1, 2), np.float32))).backward()
    assert np.isnan(model.W.grad).all()
    model.cleargrads()
    F.sum(model(np.ones((1, 2), np.float32))).backward()
    np.testing.assert_array_equal(model.W.grad, [[1, 1]])


def test_the_graph_is_that_of_this_run():
    def f(x):
        return F.exp(x) if x.data > 0 else x * x * x

    found = {}
    for value in (1.0, -1.0):
        x = Variable(np.array(value))
        y = f(x)
        y.backward()
        found[value] = (float(x.grad), ad.draw(y).outline())
    assert found[1.0][0] == pytest.approx(np.e)
    assert found[-1.0][0] == 3
    assert "exp" in found[1.0][1]
    assert "exp" not in found[-1.0][1]


def test_intermediate_gradients_are_kept_only_when_asked():
    x = Variable(np.array([2.0]))
    y = x * 3
    z = y * y
    z.backward()
    assert y.grad is None
    z.backward(retain_grad=True)
    assert y.grad == 12
    with pytest.raises(TypeError, match="needs its gradient first"):
        (Variable(np.ones(2)) * 2).backward()


def test_types_are_checked_and_the_function_is_named():
    logits = Variable(np.zeros((2, 3), np.float32))
    with pytest.raises(InvalidType, match=r"(?s)SoftmaxCrossEntropy.*int32.*int64.*astype"):
        F.softmax_cross_entropy(logits, np.array([0, 1]))
    with pytest.raises(InvalidType, match=r"float64 != float32"):
        L.Linear(3, 2)(Variable(np.zeros((1, 3))))
    with pytest.raises(InvalidType, match=r"_ \+ _"):
        logits + Variable(np.zeros((1, 3), np.float32))
    with pytest.raises(InvalidType, match=r"Actual: 4 != 3"):
        L.Linear(3, 2)(Variable(np.zeros((1, 4), np.float32)))
    with pytest.raises(TypeError, match="an array, and got list"):
        Variable([1.0])
    with pytest.raises(NotImplementedError):
        bool(logits)
    with pytest.raises(TypeError, match=r"F\.sin"):
        np.sin(logits)
    assert (logits + np.ones((2, 3))).dtype == np.float32


def test_volatile_variables_have_no_graph():
    x = Variable(np.ones((1, 2), np.float32), volatile="on")
    y = F.sum(L.Linear(2, 3)(x))
    assert y.creator is None
    y.backward()
    with pytest.raises(ValueError, match="ON and OFF flags cannot be mixed"):
        x + Variable(np.ones((1, 2), np.float32))
    with chainer.no_backprop_mode():
        assert (Variable(np.ones(1)) * 2).creator is None


def test_unchaining_forgets_the_history_and_frees_it():
    x = Variable(np.array([1.0]))
    y = x * 2
    z = y * 3
    z.unchain_backward()
    assert (z.node.inputs, y.creator) == ((), None)
    w = z * 5
    w.backward()
    assert x.grad is None
    assert z.grad == 5


def test_truncated_backpropagation_has_constant_memory():
    model = L.LSTM(2, 3)
    loss = 0
    for step in range(40):
        loss += F.sum(model(np.ones((1, 2), np.float32)))
        if step % 10 == 9:
            model.cleargrads()
            loss.backward()
            loss.unchain_backward()
            assert model.h.creator is None
            loss = 0
    assert np.isfinite(model.upward.W.grad).all()


def test_a_function_of_one_s_own_is_in_the_same_graph():
    class Split(chainer.Function):
        def forward(self, inputs):
            (x,) = inputs
            return np.minimum(x, 0), np.maximum(x, 0)

        def backward(self, inputs, grads):
            below, above = (0 if g is None else g for g in grads)
            return (np.where(inputs[0] < 0, below, above),)

    x = Variable(np.array([-2.0, 3.0]))
    low, high = Split()(x * 1.0)
    F.sum(low * 10 + high).backward()
    np.testing.assert_array_equal(x.grad, [10, 1])
    x.cleargrad()
    F.sum(Split()(x)[1]).backward()
    np.testing.assert_array_equal(x.grad, [0, 1])


def test_links_have_chainer_s_names_and_first_values():
    np.random.seed(0)
    model = chainer.Chain(l1=L.Linear(4, 3), l2=L.Linear(None, 2))
    np.testing.assert_allclose(model.l1.W.data[0, :2], [0.8820262, 0.2000786], rtol=1e-6)
    assert [name for name, _ in model.namedparams()] == ["/l1/W", "/l1/b", "/l2/b"]
    model.l2(model.l1(np.zeros((5, 4), np.float32)))
    assert model.l2.W.shape == (2, 3)
    model.extra = L.Linear(1, 1)  # an attribute is no child
    assert len(list(model.children())) == 2
    with pytest.raises(AttributeError, match="cannot register a new link l1"):
        model.add_link("l1", L.Linear(1, 1))
    copy = model.copy()
    assert copy.l1 is not model.l1
    assert copy.l1.W is model.l1.W


OPTIMIZERS = {
    # W[0, :2] after five steps on the same batch, of 1.20.0 itself
    "SGD": optimizers.SGD,
    "MomentumSGD": optimizers.MomentumSGD,
    "NesterovAG": optimizers.NesterovAG,
    "Adam": optimizers.Adam,
    "AdaGrad": optimizers.AdaGrad,
    "RMSprop": optimizers.RMSprop,
    "AdaDelta": optimizers.AdaDelta,
}


@pytest.mark.parametrize("name", OPTIMIZERS)
def test_optimizers_go_downhill_and_say_when_they_are_not_set_up(name):
    optimizer = OPTIMIZERS[name]()
    with pytest.raises(AttributeError, match=r"optimizer\.setup\(model\)"):
        optimizer.update()
    np.random.seed(0)
    model = L.Classifier(L.Linear(4, 5))
    optimizer.setup(model)
    optimizer.add_hook(chainer.optimizer.WeightDecay(1e-4))
    optimizer.add_hook(chainer.optimizer.GradientClipping(5))
    x, t = np.eye(4, dtype=np.float32), np.arange(4, dtype=np.int32)
    losses = []
    for _ in range(30):
        optimizer.update(model, Variable(x), Variable(t))
        losses.append(float(model.loss.data))
    assert losses[-1] < losses[0]
    assert optimizer.t == 30


def test_first_steps_by_hand():
    def steps(optimizer):
        link = chainer.Link(w=(1,))
        link.w.data[...] = 1
        optimizer.setup(link)
        for _ in range(2):
            link.w.grad = np.ones(1, np.float32)
            optimizer.update()
        return float(link.w.data[0])

    assert steps(optimizers.MomentumSGD(0.1, 0.9)) == pytest.approx(1 - 0.1 - 0.19)
    assert steps(optimizers.NesterovAG(0.1, 0.9)) == pytest.approx(
        1 + (0.81 * -0.1 - 0.19) + (0.81 * -0.19 - 0.19)
    )
    assert steps(optimizers.Adam(0.1)) == pytest.approx(0.8, abs=1e-5)


def test_labels_of_minus_one_do_not_count():
    x = np.random.default_rng(0).normal(size=(3, 4)).astype(np.float32)
    t = np.array([0, 3, -1], np.int32)
    own = float(F.softmax_cross_entropy(Variable(x), t).data)
    two = float(F.softmax_cross_entropy(Variable(x[:2]), t[:2]).data)
    assert own == pytest.approx(two)
    batch = float(F.softmax_cross_entropy(Variable(x), t, normalize=False).data)
    assert batch == pytest.approx(two * 2 / 3)
    with pytest.raises(IndexError):
        F.softmax_cross_entropy(Variable(x), np.array([0, 3, 4], np.int32))


def test_the_trainer_with_its_extensions(tmp_path, capsys):
    np.random.seed(0)

    class Net(chainer.ChainList):
        def __call__(self, x):
            return self[1](F.relu(self[0](x)))

    model = L.Classifier(Net(L.Linear(None, 100), L.Linear(100, 10)))
    optimizer = optimizers.Adam(0.01)
    optimizer.setup(model)
    train, test = chainer.datasets.get_mnist()
    iterator = chainer.iterators.SerialIterator(train, 100)
    other = chainer.iterators.SerialIterator(test, 100, repeat=False, shuffle=False)
    updater = chainer.training.StandardUpdater(iterator, optimizer)
    trainer = chainer.training.Trainer(updater, (2, "epoch"), out=str(tmp_path))
    extensions = chainer.training.extensions
    trainer.extend(extensions.Evaluator(other, model))
    trainer.extend(extensions.dump_graph("main/loss"))
    trainer.extend(extensions.LogReport())
    trainer.extend(extensions.snapshot())
    trainer.extend(extensions.PrintReport(["epoch", "main/loss", "validation/main/accuracy"]))
    trainer.run()
    lines = capsys.readouterr().out.splitlines()
    assert len(lines) == 3
    assert float(lines[-1].split()[-1]) > 0.85
    assert "digraph" in (tmp_path / "cg.dot").read_text()
    before = model.predictor[0].W.data.copy()
    model.predictor[0].W.data[...] = 0
    chainer.serializers.load_npz(tmp_path / "snapshot_iter_30", trainer)
    np.testing.assert_array_equal(model.predictor[0].W.data, before)
    with pytest.raises(TypeError, match="list of variables"):
        chainer.computational_graph.build_computational_graph(model.loss)


def test_negative_sampling_and_the_tree_of_choices():
    np.random.seed(0)
    x, t = (
        Variable(np.random.normal(size=(3, 4)).astype(np.float32)),
        np.array([2, 0, -1], np.int32),
    )
    link = L.NegativeSampling(4, [5, 1, 3], 2)
    assert not link.W.data.any()
    link.W.data[...] = np.random.normal(size=(3, 4))
    link.share = np.array([0.0, 1.0, 0.0])  # so that every draw is word 1
    loss = link(x, t)
    f = x.data @ link.W.data.T
    soft = lambda v: np.logaddexp(0, v)
    expected = sum(soft(-f[i, w]) + 2 * soft(f[i, 1]) for i, w in ((0, 2), (1, 0)))
    assert float(loss.data) == pytest.approx(expected, rel=1e-5)
    link.cleargrads()
    loss.backward()
    slope = ad.grad(lambda W: np.sum(np.logaddexp(0, -W[2] @ x.data[0])))(link.W.data.astype(float))
    np.testing.assert_allclose(link.W.grad[2], slope[2], rtol=1e-5)
    tree = L.BinaryHierarchicalSoftmax.create_huffman_tree({0: 8, 1: 1, 2: 1, 3: 3})
    assert tree == (((1, 2), 3), 0)
    hsm = L.BinaryHierarchicalSoftmax(4, tree)
    assert hsm.W.data.shape == (3, 4)
    shares = [
        np.exp(-float(hsm(Variable(x.data[:1]), np.array([w], np.int32)).data)) for w in range(4)
    ]
    assert sum(shares) == pytest.approx(1, rel=1e-5)
    with pytest.raises(ValueError, match="two child nodes"):
        L.BinaryHierarchicalSoftmax(4, (0, 1, 2))


def draws(*shapes):
    rng = np.random.default_rng(0)
    return [rng.standard_normal(shape) for shape in shapes]


WITHOUT_PARAMETERS = {
    "unpooling_2d": (lambda x: F.unpooling_2d(x, 2), (2, 2, 3, 3)),
    "unpooling_2d that overlaps": (
        lambda x: F.unpooling_2d(x, 3, stride=2, pad=1, cover_all=False), (1, 2, 3, 3),
    ),
    "local_response_normalization": (
        lambda x: F.local_response_normalization(x, k=1, alpha=0.3), (1, 4, 2, 2),
    ),
    "maxout": (lambda x: F.maxout(x, 2), (2, 4, 3)),
    "copy": (F.copy, (3,)),
}  # fmt: skip


@pytest.mark.parametrize("name", WITHOUT_PARAMETERS)
def test_backward_against_differences_by_chainer_s_own_check(name):
    function, shape = WITHOUT_PARAMETERS[name]
    (x,) = draws(shape)
    (seed,) = draws(function(Variable(x)).shape)
    gradient_check.check_backward(function, x, seed)
    with pytest.raises(AssertionError):
        gradient_check.check_backward(lambda x: Wrong()(function(x)), x, seed)


class Wrong(chainer.Function):
    """The identity with twice its gradient."""

    def check_type_forward(self, in_types):
        type_check.expect(in_types.size() == 1, in_types[0].dtype.kind == "f")

    def forward(self, inputs):
        return (inputs[0].copy(),)

    def backward(self, inputs, grads):
        return (2 * grads[0],)


def test_a_function_s_own_conditions_are_checked():
    with pytest.raises(InvalidType, match="condition 1 of expect"):
        Wrong()(np.ones(1), np.ones(1))
    with pytest.raises(InvalidType, match="condition 2 of expect"):
        Wrong()(np.ones(1, int))


@pytest.mark.parametrize(
    "make",
    [
        lambda: L.GRU(3, 2),
        lambda: lambda h, x: L.Linear(3, 3)(h) + L.Linear(2, 3)(x),
    ],
)
def test_links_with_several_inputs_have_float32_outputs(make):
    h, x = (a.astype(np.float32) for a in draws((2, 3), (2, 2)))
    assert make()(h, x).dtype == np.float32


def test_gru_against_differences_and_with_a_state_of_its_own():
    h, x, seed = draws((2, 3), (2, 2), (2, 3))
    cell = L.GRU(3, 2)
    for param in cell.params():
        param.data = param.data.astype(float)
    gradient_check.check_backward(cell, (h, x), seed, tuple(cell.params()))
    stateful = L.StatefulGRU(2, 3)
    stateful.copyparams(cell)
    for param in stateful.params():
        param.data = param.data.astype(float)
    first = stateful(x)
    np.testing.assert_allclose(first.data, cell(np.zeros((2, 3)), x).data, atol=1e-6)
    np.testing.assert_allclose(stateful(x).data, cell(first, x).data, atol=1e-6)
    stateful.reset_state()
    assert stateful.h is None


def test_before_1_5_links_were_functions_and_a_chain_was_a_function_set():
    model = chainer.FunctionSet(l1=F.Linear(3, 2))
    model.l2 = F.EmbedID(5, 3)
    assert [name for name, _ in model.namedparams()] == ["/l1/W", "/l1/b", "/l2/W"]
    assert [p.shape for p in model.parameters] == [(2, 3), (2,), (5, 3)]
    other = model.copy()
    other.copy_parameters_from([2 * p for p in model.parameters])
    np.testing.assert_array_equal(model.parameters[0], other.parameters[0])  # copies share them
    optimizer = optimizers.SGD()
    optimizer.setup(model.collect_parameters())
    optimizer.zero_grads()
    F.sum(model.l1(model.l2(np.array([1], np.int32)))).backward()
    norm = optimizer.compute_grads_norm()
    optimizer.clip_grads(norm / 2)
    assert optimizer.compute_grads_norm() == pytest.approx(norm / 2)


def test_blocks_of_convolutions():
    x = draws((1, 2, 6, 6))[0].astype(np.float32)
    assert L.Inception(2, 1, 2, 3, 1, 2, 2)(x).shape == (1, 8, 6, 6)
    assert L.MLPConvolution2D(2, (3, 4), 3)(x).shape == (1, 4, 4, 4)
    parameter = L.Parameter(np.ones((2, 3), np.float32))
    parameter.cleargrads()
    F.sum(parameter()).backward()
    np.testing.assert_array_equal(parameter.W.grad, np.ones((2, 3)))


def test_hdf5_files(tmp_path):
    pytest.importorskip("h5py")
    model, other = L.Linear(3, 2), L.Linear(3, 2)
    chainer.serializers.save_hdf5(tmp_path / "model.h5", model)
    chainer.serializers.load_hdf5(tmp_path / "model.h5", other)
    np.testing.assert_array_equal(model.W.data, other.W.data)


@pytest.mark.parametrize(("transa", "transb"), [(False, False), (True, False), (False, True)])
@pytest.mark.parametrize("ndims", [(2, 2), (2, 3), (3, 2), (3, 3)])
def test_batch_matmul_takes_rows_for_columns(ndims, transa, transb):
    """As 1.20 documents it: an array (N, n) is N matrices (n, 1)."""
    n, k, m = 4, 3, 2
    left, right = (k, m) if transa else (m, k), (m, k) if transb else (k, m)
    if ndims[0] == 2:
        left = (k if transa else m, 1)
    if ndims[1] == 2:
        right = (m if transb else k, 1)
    (inner_left, inner_right) = left[0 if transa else 1], right[1 if transb else 0]
    if inner_left != inner_right:
        right = (right[0], inner_left) if transb else (inner_left, right[1])
        if ndims[1] == 2 and right[1] != 1:
            pytest.skip("the shapes of columns do not meet")
    a, b = draws((n, *left), (n, *right))
    rows = [x[:, :, 0] if d == 2 else x for x, d in zip((a, b), ndims, strict=True)]
    got = F.batch_matmul(Variable(rows[0]), Variable(rows[1]), transa, transb)
    turn = lambda x, t: np.swapaxes(x, 1, 2) if t else x
    np.testing.assert_allclose(got.data, turn(a, transa) @ turn(b, transb))
