"""Where the learning rate stands, and what a loss does with the rows of a batch, by measuring.

two_steps()     # from 0, gradient 1, momentum 1/2, rate 0.1 and then 0.2
per_row()       # the gradient of one row's logits, among 1 row and among 2
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

RATES, MOMENTUM = (0.1, 0.2), 0.5
WHERE = {
    (-0.1, -0.4): "v = m v + g; W -= rate v",
    (-0.1, -0.35): "v = m v + rate g; W -= v",
    (-0.1, -0.3): "v = m v + (1 - m) g, first v = g",
    (-0.05, -0.175): "v = m v + (1 - m) rate g",
}
"""What two steps tell about the rule, in which m is the momentum."""


def in_tensorflow() -> Iterator[float]:
    """`tf.train.MomentumOptimizer`."""
    from autodiff.frontends import tensorflow as tf

    with tf.Graph().as_default(), tf.Session() as sess:
        w, rate = tf.Variable(np.zeros(1)), tf.placeholder(tf.float64, [])
        step = tf.train.MomentumOptimizer(rate, MOMENTUM).minimize(tf.reduce_sum(w))
        sess.run(tf.initialize_all_variables())
        for r in RATES:
            sess.run(step, {rate: r})
            yield sess.run(w)[0]


def in_caffe() -> Iterator[float]:
    """A solver whose file doubles the rate after each step."""
    from google.protobuf import text_format

    from autodiff.frontends import caffe

    solver = caffe.get_solver(text_format.Parse(
        f'base_lr: {RATES[0]} lr_policy: "step" gamma: 2 stepsize: 1 momentum: {MOMENTUM} '
        'net_param { input: "x" input_shape { dim: 1 dim: 1 } layer { name: "w" bottom: "x" '
        'type: "InnerProduct" top: "y" loss_weight: 1 inner_product_param { num_output: 1 '
        'bias_term: false } } }', caffe.proto.caffe_pb2.SolverParameter()))  # fmt: skip
    solver.net.blobs["x"].data[...] = 1
    for _ in RATES:
        solver.step(1)
        yield solver.net.params["w"][0].data.item()


def in_torch() -> Iterator[float]:
    """`optim.sgd`, whose dampening is the momentum unless told."""
    from autodiff.frontends.torch import Tensor, optim

    w, state = Tensor([0.0]), {"momentum": MOMENTUM}
    for r in RATES:
        optim.sgd(lambda _: (0.0, Tensor([1.0])), w, {"learningRate": r}, state)
        yield w.a[0]


def in_mxnet() -> Iterator[float]:
    """`mx.optimizer`."""
    from autodiff.frontends import mxnet as mx

    rule = mx.optimizer.create("sgd", learning_rate=RATES[0], momentum=MOMENTUM)
    w, update = mx.nd.zeros((1,)), mx.optimizer.get_updater(rule)
    for r in RATES:
        rule.lr = r
        update(0, mx.nd.ones((1,)), w)
        yield w.asscalar()


def in_cntk() -> Iterator[float]:
    """`momentum_sgd`, of unit gain unless told."""
    from autodiff.frontends import cntk

    w = cntk.parameter(init=np.zeros(1), dtype=np.float64)
    rates = cntk.learning_rate_schedule(list(RATES), cntk.UnitType.minibatch, epoch_size=1)
    learner = cntk.momentum_sgd([w], rates, cntk.momentum_schedule(MOMENTUM))
    for _ in RATES:
        learner.update([np.ones(1)], 1)
        yield w.value[0]


def in_chainer() -> Iterator[float]:
    """`optimizers.MomentumSGD`."""
    from autodiff.frontends import chainer

    link, rule = chainer.Link(w=(1,)), chainer.optimizers.MomentumSGD(RATES[0], MOMENTUM)
    link.w.data = np.zeros(1)
    rule.setup(link)
    for r in RATES:
        rule.lr, link.w.grad = r, np.ones(1)
        rule.update()
        yield link.w.data[0]


def in_neon() -> Iterator[float]:
    """`GradientDescentMomentum` with a schedule."""
    from autodiff.frontends.neon.backends import gen_backend
    from autodiff.frontends.neon.optimizers import GradientDescentMomentum, Schedule

    gen_backend("cpu", batch_size=1)
    rule = GradientDescentMomentum(RATES[0], MOMENTUM, schedule=Schedule([1], [RATES[1]]))
    w, states = np.zeros(1), []
    for epoch in range(len(RATES)):
        w = rule.moved(w, np.ones(1), states, epoch)
        yield w[0]


def in_keras() -> Iterator[float]:
    """`optimizers.SGD`, whose lr is a variable."""
    from autodiff.frontends import keras
    from autodiff.frontends import tensorflow as tf

    with tf.Graph().as_default():
        rule = keras.optimizers.SGD(lr=RATES[0], momentum=MOMENTUM)
        layer = keras.layers.Dense(1, init="zero", bias=False, input_dim=1)
        model = keras.models.Sequential([layer])
        model.compile(rule, lambda target, y: y)
        for r in RATES:
            keras.backend.set_value(rule.lr, r)
            model.train_on_batch(np.ones((1, 1)), np.zeros((1, 1)))
            yield model.get_weights()[0].item()


MOMENTA: dict[str, Callable[[], Iterator[float]]] = {
    "TensorFlow": in_tensorflow, "Caffe": in_caffe, "Torch": in_torch, "mxnet": in_mxnet,
    "CNTK": in_cntk, "chainer": in_chainer, "neon": in_neon, "keras": in_keras,
}  # fmt: skip
"""Theano has no optimizers: there the rule is what the program writes."""


def two_steps() -> list[tuple[str, ...]]:
    """A row per system: W after one step and after two, and the rule that this is."""
    rows = []
    for name, steps in MOMENTA.items():
        found = tuple(round(float(w), 6) for w in steps())
        rows.append((name, *(f"{w:g}" for w in found), WHERE.get(found, "another rule")))
    return rows


def _caffe_row(x: Any) -> Any:
    from google.protobuf import text_format

    from autodiff.frontends import caffe

    net = caffe.Net(text_format.Parse(
        f'force_backward: true input: "x" input_shape {{ dim: {len(x)} dim: 2 }} '
        f'input: "t" input_shape {{ dim: {len(x)} }} layer {{ name: "loss" bottom: "x" '
        'bottom: "t" type: "SoftmaxWithLoss" top: "loss" }',
        caffe.proto.caffe_pb2.NetParameter()), caffe.TRAIN)  # fmt: skip
    net.forward()
    net.backward()
    return net.blobs["x"].diff


def _torch_row(x: Any) -> Any:
    from autodiff.frontends.torch import Tensor, nn

    own, criterion, labels = nn.LogSoftMax(), nn.ClassNLLCriterion(), Tensor(np.ones(len(x)))
    criterion.forward(own.forward(Tensor(x)), labels)
    return own.backward(Tensor(x), criterion.backward(own.output, labels)).a


def _mxnet_row(x: Any) -> Any:
    from autodiff.frontends import mxnet as mx

    e = mx.sym.SoftmaxOutput(mx.sym.Variable("x"), name="softmax").simple_bind(x=x.shape)
    e.forward(is_train=True)
    e.backward()
    return e.grad_dict["x"].asnumpy()


def _cntk_row(x: Any) -> Any:
    from autodiff.frontends import cntk

    z, t = cntk.input_variable(2, needs_gradient=True), cntk.input_variable(2)
    loss = cntk.cross_entropy_with_softmax(z, t)
    return np.reshape(loss.grad({z: x, t: np.eye(2)[[0] * len(x)]}, [z])[0], x.shape)


def _chainer_row(x: Any) -> Any:
    from autodiff.frontends.chainer import Variable
    from autodiff.frontends.chainer import functions as F

    own = Variable(x)
    F.softmax_cross_entropy(own, np.zeros(len(x), np.int32)).backward()
    return own.grad


def _neon_row(x: Any) -> Any:
    from autodiff.frontends.neon.backends import gen_backend
    from autodiff.frontends.neon.transforms import CrossEntropyMulti, Softmax

    gen_backend("cpu", batch_size=len(x))
    y = Softmax().fprop(x.T)
    return (CrossEntropyMulti().bprop(y, np.eye(2)[:, [0] * len(x)]) * Softmax().bprop(y)).T


LOSSES: dict[str, Callable[[Any], Any]] = {
    "Caffe": _caffe_row, "Torch": _torch_row, "mxnet": _mxnet_row, "CNTK": _cntk_row,
    "chainer": _chainer_row, "neon": _neon_row,
}  # fmt: skip
"""The systems whose loss decides it; in the others a program writes a sum or a mean."""


def per_row() -> dict[str, str]:
    """ "mean" or "sum": what a row's gradient becomes when a second row is there."""
    found = {}
    for name, gradient in LOSSES.items():
        alone, beside = (np.asarray(gradient(np.zeros((n, 2))))[0] for n in (1, 2))
        found[name] = {0.5: "mean", 1.0: "sum"}.get(float(beside[0] / alone[0]), "?")
    return found
