"""An argument is used, or refused by its name: what would change a result is never dropped.

The truth of the values is NumPy's or PyTorch's.
"""

import numpy as np
import pytest

from autodiff.frontends import chainer, cntk, keras, mxnet, theano
from autodiff.frontends import tensorflow as tf
from autodiff.frontends import torch as torch7
from autodiff.frontends.chainer import functions as F
from autodiff.frontends.chainer import links as L
from autodiff.frontends.keras.preprocessing.image import ImageDataGenerator
from autodiff.frontends.mxnet.ground.errors import MXNetError
from autodiff.frontends.neon.backends import gen_backend
from autodiff.frontends.neon.data import CIFAR10, MNIST
from autodiff.frontends.theano import tensor as T

X = np.random.default_rng(0).normal(size=(2, 3, 7, 6)).astype(np.float32)
W = np.random.default_rng(1).normal(size=(4, 3, 2, 2)).astype(np.float32)
TABLE = np.arange(12.0, dtype=np.float32).reshape(3, 4) ** 1.5


def test_windows_with_gaps_are_torchs():
    torch = pytest.importorskip("torch")
    theirs = torch.nn.functional.conv2d(torch.tensor(X), torch.tensor(W), dilation=(2, 3)).numpy()
    assert np.allclose(F.convolution_2d(X, W, dilate=(2, 3)).data, theirs, atol=1e-5)
    x, w = T.tensor4("x", "float32"), T.tensor4("w", "float32")
    y = T.nnet.conv2d(x, w, filter_flip=False, filter_dilation=(2, 3))
    assert np.allclose(theano.function([x, w], y)(X, W), theirs, atol=1e-5)
    symbol = mxnet.sym.Convolution(
        mxnet.sym.Variable("data"), kernel=(2, 2), num_filter=4, dilate=(2, 3), no_bias=True,
        name="c",
    )  # fmt: skip
    assert symbol.infer_shape(data=X.shape)[1] == [theirs.shape]
    bound = symbol.bind(
        mxnet.cpu(), {"data": mxnet.nd.array(X), "c_weight": mxnet.nd.array(W)}
    ).forward()
    assert np.allclose(bound[0].asnumpy(), theirs, atol=1e-5)


@pytest.mark.parametrize("axis", [None, 0, (0, 1)])
def test_theano_variance_with_degrees_of_freedom(axis):
    x = T.matrix("x")
    for name in ("var", "std"):
        found = theano.function([x], getattr(T, name)(x, axis, ddof=1))(TABLE)
        assert np.allclose(found, getattr(np, name)(TABLE, axis, ddof=1), rtol=1e-5)


@pytest.mark.parametrize("axis", [None, 0, 1])
def test_chainers_average_has_weights(axis):
    weights = np.float32([1, 2, 3, 4])[: TABLE.shape[axis]] if axis is not None else TABLE + 1
    found = F.average(chainer.Variable(TABLE), axis, weights=chainer.Variable(weights))
    assert np.allclose(found.data, np.average(TABLE, axis, weights), rtol=1e-5)


def test_a_normalization_without_scale_has_none_to_train():
    link = L.BatchNormalization(3, use_gamma=False)
    assert sorted(name for name, _ in link.namedparams()) == ["/beta"]
    plain, scaled = link(X).data, L.BatchNormalization(3)(X).data
    assert np.allclose(plain, scaled)
    module = torch7.nn.BatchNormalization(4, 1e-5, 0.1, False)
    assert not module.parameters()[0]
    found = module.forward(torch7.Tensor(TABLE)).a
    assert np.allclose(found, (TABLE - TABLE.mean(0)) / np.sqrt(TABLE.var(0) + 1e-5), atol=1e-5)


def test_mxnets_dense_layer_over_the_last_axis():
    data = mxnet.nd.array(X)
    weight = mxnet.nd.array(np.arange(12).reshape(2, 6))
    found = mxnet.nd.FullyConnected(data, weight, num_hidden=2, no_bias=True, flatten=False)
    assert np.allclose(found.asnumpy(), X @ weight.asnumpy().T, rtol=1e-4)
    symbol = mxnet.sym.FullyConnected(mxnet.sym.Variable("data"), num_hidden=2, flatten=False)
    assert symbol.infer_shape(data=X.shape)[0] == [X.shape, (2, 6), (2,)]
    assert mxnet.nd.arange(1, 3, repeat=2).asnumpy().tolist() == [1, 1, 2, 2]


def test_cntk_counts_the_best_few_and_takes_arguments_by_name():
    z, y = cntk.input_variable(3, name="z"), cntk.input_variable(3, name="y")
    scores, labels = np.float32([[3, 2, 1], [1, 2, 3]]), np.float32([[0, 1, 0], [1, 0, 0]])
    found = cntk.classification_error(z, y, topN=2).eval({z: scores, y: labels})
    assert np.ravel(found).tolist() == [0, 1]
    turned = (z - y)(y=z * 0.0)
    assert np.allclose(np.squeeze(turned.eval({z: scores})), scores)
    with pytest.raises(TypeError, match="there is no argument 'x'; there are z, y"):
        (z - y)(x=z)


def test_keras_merges_by_a_function_with_arguments():
    one = keras.layers.Input((2,))
    half = keras.layers.merge([one, one], lambda x, share: x[0] * share, arguments={"share": 0.5})
    with tf.Session() as session:
        assert session.run(half, {one: [[2.0, 4.0]]}).tolist() == [[1.0, 2.0]]


@pytest.mark.parametrize(
    ("call", "named"),
    [
        (lambda: F.softmax_cross_entropy(TABLE, np.int32([0, 1, 2]), reduce="no"), "reduce"),
        (lambda: F.softmax_cross_entropy(TABLE, np.int32([0]), class_weight=TABLE[0]), "class_w"),
        (lambda: L.LSTM(2, 3, forget_bias_init=1), "forget_bias_init"),
        (lambda: L.Convolution2D(1, 2, 3, groups=2), "groups"),
        (lambda: chainer.dataset.concat_examples([TABLE], padding=0), "padding"),
        (lambda: cntk.layers.LSTM(3, use_peepholes=True), "use_peepholes"),
        (lambda: cntk.layers.Convolution((2, 2), 3, sequential=True), "sequential"),
        (lambda: cntk.times(np.eye(2), np.eye(2), output_rank=2), "output_rank"),
        (lambda: T.grad(T.scalar("x"), [], return_disconnected="None"), "return_disconnected"),
        (lambda: T.nnet.conv2d(X, W, num_groups=3), "num_groups"),
        (lambda: mxnet.nd.Reshape(mxnet.nd.array(X), shape=(6, -1), reverse=True), "reverse"),
    ],
)
def test_what_is_not_there_is_refused_by_name(call, named):
    with pytest.raises(TypeError, match=f"{named}.*is not supported here, and leaving it out"):
        call()


def test_a_slope_that_is_learned_is_not_taken_for_a_fixed_one():
    with pytest.raises(MXNetError, match="leaky or elu here, not 'prelu'"):
        mxnet.nd.LeakyReLU(mxnet.nd.array(X), act_type="prelu")


def test_a_variable_of_mxnet_has_its_own_rate_decay_and_start():
    mx = mxnet
    still = mx.sym.Variable("still_weight", lr_mult=0.0, init=mx.init.Constant(2.0))
    decayed = mx.sym.Variable("b", attr={"__wd_mult__": "3"}, init=mx.init.Constant(1.0))
    fc = mx.sym.FullyConnected(
        mx.sym.Variable("data"), weight=still, bias=decayed, num_hidden=2, name="fc"
    )
    module = mx.mod.Module(mx.sym.MakeLoss(fc * 0.0), label_names=None)
    module.bind(data_shapes=[("data", (4, 3))])
    module.init_params(mx.init.Uniform(0.1))
    settings = {"learning_rate": 0.5, "wd": 0.1, "rescale_grad": 1.0}
    module.init_optimizer(optimizer="sgd", optimizer_params=settings)
    batch = mx.io.DataBatch([mx.nd.ones((4, 3))], None)
    module.forward(batch, is_train=True)
    module.backward()
    module.update()
    found = {name: array.asnumpy() for name, array in module.get_params()[0].items()}
    assert np.allclose(found["still_weight"], 2.0)
    assert np.allclose(found["b"], 1.0 - 0.5 * 0.1 * 3)


@pytest.mark.parametrize("train", ["Module", "FeedForward"])
def test_mxnets_callbacks_see_the_evaluation_too(train):
    rows = mxnet.io.NDArrayIter(np.ones((6, 2)), np.zeros(6), 2)
    hidden = mxnet.sym.FullyConnected(mxnet.sym.Variable("data"), num_hidden=2, name="fc")
    net, seen = mxnet.sym.SoftmaxOutput(hidden, name="softmax"), []
    told = {
        "eval_batch_end_callback": lambda p: seen.append(("batch", p.epoch, p.nbatch)),
        "eval_end_callback": [lambda p: seen.append(("end", p.epoch, p.nbatch))],
    }
    if train == "Module":
        mxnet.mod.Module(net).fit(rows, rows, num_epoch=2, **told)
    else:
        mxnet.model.FeedForward(net, num_epoch=2).fit(rows, eval_data=rows, **told)
    one = [("batch", 0, 0), ("batch", 0, 1), ("batch", 0, 2), ("end", 0, 3)]
    assert seen == one + [(kind, 1, place) for kind, _, place in one]


@pytest.mark.parametrize("data", [MNIST, CIFAR10])
def test_neons_images_are_scaled_as_asked(data):
    gen_backend(batch_size=10)
    ends = {
        (normalize, symmetric): (float(X.min()), float(X.max()))
        for normalize in (True, False)
        for symmetric in (True, False)
        for X in [data(normalize=normalize, sym_range=symmetric).train_iter.X]
    }
    assert ends == {
        (True, False): (0, 1), (False, False): (0, 255),
        (True, True): (-1, 1), (False, True): (-1, 509),
    }  # fmt: skip


@pytest.mark.parametrize("size", [(), (3,), (2, 2)])
def test_theano_draws_as_many_permutations_as_asked(size):
    streams = T.shared_randomstreams.RandomStreams(seed=1)
    drawn = streams.permutation(size=size, n=5)
    assert drawn.ndim == len(size) + 1
    found = theano.function([], drawn)()
    assert found.shape == (*size, 5)
    assert np.array_equal(np.sort(found, -1), np.broadcast_to(np.arange(5), found.shape))
    assert len({tuple(row) for row in found.reshape(-1, 5)}) == np.prod(size, dtype=int)


@pytest.mark.parametrize("kind", ["uniform", "normal"])
def test_mxnets_orthogonal_matrices_are_orthogonal_and_of_their_own_draw(kind):
    drawn = {}
    for asked in ("uniform", "normal"):
        mxnet.random.seed(0)
        made = mxnet.nd.zeros((3, 5))
        mxnet.init.Orthogonal(2.0, asked)("w_weight", made)
        drawn[asked] = made.asnumpy()
    assert np.allclose(drawn[kind] @ drawn[kind].T, 4 * np.eye(3), atol=1e-5)
    assert not np.allclose(drawn["uniform"], drawn["normal"])


@pytest.mark.parametrize(
    ("call", "name"),
    [
        (lambda: mxnet.init.Orthogonal(rand_type="gauss"), "rand_type"),
        (lambda: mxnet.model.FeedForward(None, epoch_size=3), "epoch_size"),
        (lambda: T.tile(T.matrix(), (2, 2), ndim=3), "ndim"),
        (lambda: ImageDataGenerator().fit(X, augment=True), "augment"),
        (
            lambda: cntk.ops.batch_normalization(
                cntk.input_variable(3), *[cntk.parameter(3)] * 4, spatial=False,
                blend_time_constant=2,
            ),
            "blend_time_constant",
        ),
    ],
)  # fmt: skip
def test_what_would_change_a_result_is_refused_by_its_name(call, name):
    with pytest.raises((TypeError, ValueError), match=name):
        call()
