"""One MLP in every style of the lecture: same weights, same batches, the same losses to 1e-12.

x W1 + b1, tanh, W2 + b2, softmax, cross-entropy, and 50 steps of gradient descent.  Each style is
written as its own programs write it; what a system sums over the batch is divided by the rate.
"""

import numpy as np
import pytest

import autodiff as ad
from autodiff.frontends import caffe, chainer, cntk, mxnet, theano, torch
from autodiff.frontends import tensorflow as tf

N, INPUTS, HIDDEN, CLASSES, RATE, STEPS = 20, 6, 8, 3, 0.5, 50
RNG = np.random.default_rng(0)
W1, B1 = RNG.normal(size=(INPUTS, HIDDEN)) * 0.5, RNG.normal(size=HIDDEN) * 0.1
W2, B2 = RNG.normal(size=(HIDDEN, CLASSES)) * 0.5, RNG.normal(size=CLASSES) * 0.1
BATCHES = [
    (RNG.normal(size=(N, INPUTS)), RNG.integers(0, CLASSES, size=N)) for _ in range(STEPS)
]  # fmt: skip
PARAMS = (W1, B1, W2, B2)


def copies():
    return [p.copy() for p in PARAMS]


def by_hand():
    w1, b1, w2, b2 = copies()
    for x, t in BATCHES:
        h = np.tanh(x @ w1 + b1)
        z = h @ w2 + b2
        z = z - z.max(1, keepdims=True)
        logs = z - np.log(np.exp(z).sum(1, keepdims=True))
        yield -logs[np.arange(N), t].mean()
        dz = (np.exp(logs) - np.eye(CLASSES)[t]) / N
        dh = dz @ w2.T * (1 - h * h)
        for p, g in ((w1, x.T @ dh), (b1, dh.sum(0)), (w2, h.T @ dz), (b2, dz.sum(0))):
            p -= RATE * g


def functional():
    def loss(params, x, t):
        w1, b1, w2, b2 = params
        return ad.nn.softmax_cross_entropy(np.tanh(x @ w1 + b1) @ w2 + b2, t)

    params = copies()
    for x, t in BATCHES:
        value, grads = ad.value_and_grad(loss)(params, x, t)
        params = [p - RATE * g for p, g in zip(params, grads, strict=True)]
        yield value


def eager():
    w1, b1, w2, b2 = params = [ad.Tensor(p) for p in PARAMS]
    for x, t in BATCHES:
        loss = ad.nn.softmax_cross_entropy(np.tanh(x @ w1 + b1) @ w2 + b2, t)
        loss.backward()
        yield loss.data
        for p in params:
            p.data = p.data - RATE * p.grad


def tensorflow():
    with tf.Graph().as_default(), tf.Session() as sess:
        x, t = tf.placeholder(tf.float64, [None, INPUTS]), tf.placeholder(tf.int64, [None])
        w1, b1, w2, b2 = (tf.Variable(p) for p in PARAMS)
        logits = tf.matmul(tf.tanh(tf.matmul(x, w1) + b1), w2) + b2
        loss = tf.reduce_mean(tf.nn.sparse_softmax_cross_entropy_with_logits(logits, t))
        step = tf.train.GradientDescentOptimizer(RATE).minimize(loss)
        sess.run(tf.initialize_all_variables())
        for rows, labels in BATCHES:
            yield sess.run([loss, step], {x: rows, t: labels})[0]


def slim():
    from autodiff.frontends import slim

    with tf.Graph().as_default(), tf.Session() as sess:
        x, t = tf.placeholder(tf.float64, [None, INPUTS]), tf.placeholder(tf.int64, [None])
        start = tf.constant_initializer
        h = slim.fully_connected(
            x, HIDDEN, tf.tanh, weights_initializer=start(W1), biases_initializer=start(B1)
        )
        logits = slim.fully_connected(
            h, CLASSES, None, weights_initializer=start(W2), biases_initializer=start(B2)
        )
        loss = tf.reduce_mean(tf.nn.sparse_softmax_cross_entropy_with_logits(logits, t))
        step = slim.learning.create_train_op(loss, tf.train.GradientDescentOptimizer(RATE))
        sess.run(tf.initialize_all_variables())
        for rows, labels in BATCHES:
            yield sess.run([loss, step], {x: rows, t: labels})[0]


def in_theano():
    T = theano.tensor
    x, t = T.dmatrix("x"), T.lvector("t")
    w1, b1, w2, b2 = params = [theano.shared(p.copy()) for p in PARAMS]
    p = T.nnet.softmax(T.dot(T.tanh(T.dot(x, w1) + b1), w2) + b2)
    cost = -T.mean(T.log(p)[T.arange(t.shape[0]), t])
    updates = [(w, w - RATE * g) for w, g in zip(params, T.grad(cost, params), strict=True)]
    step = theano.function([x, t], cost, updates=updates)
    for rows, labels in BATCHES:
        yield step(rows, labels)


def in_torch():
    nn = torch.nn
    model = nn.Sequential().add(nn.Linear(INPUTS, HIDDEN)).add(nn.Tanh())
    model.add(nn.Linear(HIDDEN, CLASSES)).add(nn.LogSoftMax())
    for layer, (w, b) in ((1, (W1, B1)), (3, (W2, B2))):
        model.get(layer).weight.copy(torch.Tensor(w.T))
        model.get(layer).bias.copy(torch.Tensor(b))
    criterion = nn.ClassNLLCriterion()
    flat, gradient = model.getParameters()
    for rows, labels in BATCHES:
        inputs, targets = torch.Tensor(rows), torch.Tensor(labels + 1)

        def feval(_, inputs=inputs, targets=targets):
            gradient.zero()
            loss = criterion.forward(model.forward(inputs), targets)
            model.backward(inputs, criterion.backward(model.output, targets))
            return loss, gradient

        yield torch.optim.sgd(feval, flat, {"learningRate": RATE})[1][0]


def in_caffe(tmp_path):
    path = tmp_path / "net.prototxt"
    path.write_text(f"""
        layer {{ name: "in" type: "Input" top: "x" top: "t" input_param {{
                 shape {{ dim: {N} dim: {INPUTS} }} shape {{ dim: {N} }} }} }}
        layer {{ name: "ip1" type: "InnerProduct" bottom: "x" top: "ip1"
                 inner_product_param {{ num_output: {HIDDEN} }} }}
        layer {{ name: "tanh" type: "TanH" bottom: "ip1" top: "ip1" }}
        layer {{ name: "ip2" type: "InnerProduct" bottom: "ip1" top: "ip2"
                 inner_product_param {{ num_output: {CLASSES} }} }}
        layer {{ name: "loss" type: "SoftmaxWithLoss" bottom: "ip2" bottom: "t" top: "loss" }}
    """)
    caffe.set_dtype(np.float64)
    try:
        param = caffe.proto.caffe_pb2.SolverParameter(
            train_net=str(path), base_lr=RATE, lr_policy="fixed"
        )
        solver = caffe.get_solver(param)
        for name, (w, b) in (("ip1", (W1, B1)), ("ip2", (W2, B2))):
            solver.net.params[name][0].data[...] = w.T
            solver.net.params[name][1].data[...] = b
        for rows, labels in BATCHES:
            solver.net.blobs["x"].data[...] = rows
            solver.net.blobs["t"].data[...] = labels
            solver.step(1)
            yield solver.losses[-1]
    finally:
        caffe.set_dtype(np.float32)


def in_mxnet():
    S, nd = mxnet.sym, mxnet.nd
    net = S.FullyConnected(S.Variable("data"), num_hidden=HIDDEN, name="fc1")
    net = S.FullyConnected(S.Activation(net, act_type="tanh"), num_hidden=CLASSES, name="fc2")
    net = S.SoftmaxOutput(net, name="softmax")
    e = net.simple_bind(mxnet.cpu(), data=(N, INPUTS), type_dict={"data": np.float64})
    start = {"fc1_weight": W1.T, "fc1_bias": B1, "fc2_weight": W2.T, "fc2_bias": B2}
    for name, value in start.items():
        e.arg_dict[name][:] = nd.array(value, dtype=np.float64)
    sgd = mxnet.optimizer.create("sgd", learning_rate=RATE, rescale_grad=1 / N)
    update = mxnet.optimizer.get_updater(sgd)
    for rows, labels in BATCHES:
        (p,) = e.forward(is_train=True, data=rows, softmax_label=labels)
        yield -np.log(p.asnumpy()[np.arange(N), labels]).mean()
        e.backward()
        for name in start:
            update(name, e.grad_dict[name], e.arg_dict[name])


def in_cntk():
    x, y = (cntk.input_variable(n, dtype=np.float64) for n in (INPUTS, CLASSES))
    w1, b1, w2, b2 = (cntk.parameter(init=p, dtype=np.float64) for p in PARAMS)
    z = cntk.times(cntk.tanh(cntk.times(x, w1) + b1), w2) + b2
    loss = cntk.cross_entropy_with_softmax(z, y)
    rate = cntk.learning_rate_schedule(RATE, cntk.UnitType.minibatch)
    trainer = cntk.Trainer(
        z, (loss, cntk.classification_error(z, y)), [cntk.sgd(z.parameters, rate)]
    )
    for rows, labels in BATCHES:
        trainer.train_minibatch({x: rows, y: np.eye(CLASSES)[labels]})
        yield trainer.previous_minibatch_loss_average


def in_chainer():
    F, L = chainer.functions, chainer.links
    model = chainer.Chain(l1=L.Linear(INPUTS, HIDDEN), l2=L.Linear(HIDDEN, CLASSES))
    for link, (w, b) in ((model.l1, (W1, B1)), (model.l2, (W2, B2))):
        link.W.data, link.b.data = w.T.copy(), b.copy()
    optimizer = chainer.optimizers.SGD(RATE)
    optimizer.setup(model)
    for rows, labels in BATCHES:
        h = F.tanh(model.l1(chainer.Variable(rows)))
        loss = F.softmax_cross_entropy(model.l2(h), labels.astype(np.int32))
        yield float(loss.data)
        model.cleargrads()
        loss.backward()
        optimizer.update()


def in_neon():
    from autodiff.frontends.neon.backends import gen_backend
    from autodiff.frontends.neon.initializers import Array
    from autodiff.frontends.neon.layers import Affine, GeneralizedCost
    from autodiff.frontends.neon.models import Model
    from autodiff.frontends.neon.optimizers import GradientDescentMomentum
    from autodiff.frontends.neon.transforms import CrossEntropyMulti, Softmax, Tanh

    gen_backend("cpu", batch_size=N, datatype=np.float64)
    model = Model([
        Affine(HIDDEN, Array(W1.T), bias=Array(B1), activation=Tanh()),
        Affine(CLASSES, Array(W2.T), bias=Array(B2), activation=Softmax()),
    ])  # fmt: skip
    model.initialize((INPUTS,))
    cost, sgd = GeneralizedCost(CrossEntropyMulti()), GradientDescentMomentum(RATE, 0.0)
    for rows, labels in BATCHES:
        y, t = model.fprop(rows.T), np.eye(CLASSES)[:, labels]
        yield cost.get_cost(y, t)
        model.bprop(cost.get_errors(y, t))
        sgd.optimize(model.layers, 0)


STYLES = {
    "functional": functional, "eager": eager, "tensorflow": tensorflow, "slim": slim,
    "theano": in_theano, "caffe": in_caffe, "torch": in_torch, "mxnet": in_mxnet, "cntk": in_cntk,
    "chainer": in_chainer, "neon": in_neon,
}  # fmt: skip


@pytest.mark.parametrize("name", STYLES)
def test_one_network_has_the_same_losses_in_every_style(name, tmp_path):
    style = STYLES[name]
    losses = list(style(tmp_path) if name == "caffe" else style())
    expected = list(by_hand())
    assert len(losses) == STEPS
    np.testing.assert_allclose(np.array(losses, float), expected, rtol=0, atol=1e-12)
    assert np.ptp(expected) > 0.05


def test_another_rate_is_another_curve(monkeypatch):
    expected = list(by_hand())
    monkeypatch.setitem(globals(), "RATE", RATE * 1.001)
    assert np.abs(np.array(list(functional())) - expected).max() > 1e-6
