"""The network as each system's own programs write it, in at most 15 lines.

Every style takes a `Problem` and gives `step(x, labels)`, which makes one step of gradient descent
and returns the loss before it, and `graph()`, what `ad.draw` is to draw.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

import autodiff as ad
from autodiff.examples.one_network.problem import Problem

Step = Callable[[Any, Any], Any]
Built = tuple[Step, Callable[[], Any]]


def functional(net: Problem) -> Built:
    """A function and its gradient."""

    def loss(params, x, labels):
        W1, b1, W2, b2 = params
        return ad.nn.softmax_cross_entropy(np.tanh(x @ W1 + b1) @ W2 + b2, labels)

    params = net.params

    def step(x, labels):
        value, grads = ad.value_and_grad(loss)(params, x, labels)
        params[:] = [p - net.rate * g for p, g in zip(params, grads, strict=True)]
        return value

    return step, lambda: loss([ad.Tensor(p) for p in params], *net.batches[0])


def eager(net: Problem) -> Built:
    """Values that remember."""
    W1, b1, W2, b2 = params = [ad.Tensor(p) for p in net.params]
    last = []

    def step(x, labels):
        loss = ad.nn.softmax_cross_entropy(np.tanh(x @ W1 + b1) @ W2 + b2, labels)
        loss.backward()
        for p in params:
            p.data = p.data - net.rate * p.grad
        last[:] = [loss]
        return loss.data

    return step, lambda: last[0]


def in_tensorflow(net: Problem) -> Built:
    """Build a graph, then run parts of it."""
    from autodiff.frontends import tensorflow as tf

    with tf.Graph().as_default():
        x = tf.placeholder(tf.float64, [None, net.inputs])
        t = tf.placeholder(tf.int64, [None])
        W1, b1, W2, b2 = (tf.Variable(p) for p in net.params)
        logits = tf.matmul(tf.tanh(tf.matmul(x, W1) + b1), W2) + b2
        loss = tf.reduce_mean(tf.nn.sparse_softmax_cross_entropy_with_logits(logits, t))
        train = tf.train.GradientDescentOptimizer(net.rate).minimize(loss)
        sess = tf.Session()
        sess.run(tf.initialize_all_variables())
    return lambda rows, labels: sess.run([loss, train], {x: rows, t: labels})[0], lambda: loss


def in_slim(net: Problem) -> Built:
    """A layer in a line, over the graph."""
    from autodiff.frontends import slim
    from autodiff.frontends import tensorflow as tf

    def layer(x, W, b, act):
        start = {"weights": tf.constant_initializer(W), "biases": tf.constant_initializer(b)}
        start = {f"{name}_initializer": own for name, own in start.items()}
        return slim.fully_connected(x, len(b), act, **start)

    with tf.Graph().as_default():
        x, t = tf.placeholder(tf.float64, [None, net.inputs]), tf.placeholder(tf.int64, [None])
        logits = layer(layer(x, net.W1, net.b1, tf.tanh), net.W2, net.b2, None)
        loss = tf.reduce_mean(tf.nn.sparse_softmax_cross_entropy_with_logits(logits, t))
        train = slim.learning.create_train_op(loss, tf.train.GradientDescentOptimizer(net.rate))
        sess = tf.Session()
        sess.run(tf.initialize_all_variables())
    return lambda rows, labels: sess.run([loss, train], {x: rows, t: labels})[0], lambda: loss


def in_keras(net: Problem) -> Built:
    """Layers, and a training loop that comes with them."""
    from autodiff.frontends import keras
    from autodiff.frontends import tensorflow as tf

    keras.backend.set_floatx("float64")
    with tf.Graph().as_default():
        model = keras.models.Sequential()
        model.add(keras.layers.Dense(net.hidden, activation="tanh", input_dim=net.inputs))
        model.add(keras.layers.Dense(net.classes, activation="softmax"))
        model.compile(keras.optimizers.SGD(lr=net.rate), "sparse_categorical_crossentropy")
        model.set_weights(net.params)
    keras.backend.set_floatx("float32")
    return lambda x, labels: model.train_on_batch(x, labels[:, None]), lambda: model.output


def in_theano(net: Problem) -> Built:
    """Write an expression, compile it."""
    from autodiff.frontends import theano

    T = theano.tensor
    x, t = T.dmatrix("x"), T.lvector("t")
    W1, b1, W2, b2 = params = [theano.shared(p) for p in net.params]
    p = T.nnet.softmax(T.dot(T.tanh(T.dot(x, W1) + b1), W2) + b2)
    cost = -T.mean(T.log(p)[T.arange(t.shape[0]), t])
    updates = [(w, w - net.rate * g) for w, g in zip(params, T.grad(cost, params), strict=True)]
    return theano.function([x, t], cost, updates=updates), lambda: cost


def in_caffe(net: Problem) -> Built:
    """A net is a text."""
    from google.protobuf import text_format

    from autodiff.frontends import caffe

    caffe.set_dtype(np.float64)
    file = text_format.Parse(CAFFE.format(net=net), caffe.proto.caffe_pb2.SolverParameter())
    solver = caffe.get_solver(file)
    blobs = [*solver.net.params["ip1"], *solver.net.params["ip2"]]
    for blob, value in zip(blobs, net.params, strict=True):
        blob.data[...] = value.T
    caffe.set_dtype(np.float32)

    def step(x, labels):
        solver.net.blobs["x"].data[...] = x
        solver.net.blobs["t"].data[...] = labels
        solver.step(1)
        return solver.losses[-1]

    return step, lambda: solver.net


def in_torch(net: Problem) -> Built:
    """Modules, each with its own backward."""
    from autodiff.frontends.torch import Tensor, nn, optim

    model = nn.Sequential().add(nn.Linear(net.inputs, net.hidden)).add(nn.Tanh())
    model.add(nn.Linear(net.hidden, net.classes)).add(nn.LogSoftMax())
    criterion, (flat, gradient) = nn.ClassNLLCriterion(), model.getParameters()
    for own, value in zip(model.parameters()[0], net.params, strict=True):
        own.copy(Tensor(value.T))

    def step(x, labels):
        def feval(_):
            gradient.zero()
            loss = criterion.forward(model.forward(Tensor(x)), Tensor(labels + 1))
            model.backward(Tensor(x), criterion.backward(model.output, Tensor(labels + 1)))
            return loss, gradient

        return optim.sgd(feval, flat, {"learningRate": net.rate})[1][0]

    return step, lambda: model


def in_mxnet(net: Problem) -> Built:
    """A symbol without shapes, bound to arrays."""
    from autodiff.frontends import mxnet as mx

    y = mx.sym.FullyConnected(mx.sym.Variable("data"), num_hidden=net.hidden, name="fc1")
    y = mx.sym.FullyConnected(mx.sym.tanh(y), num_hidden=net.classes, name="fc2")
    y = mx.sym.SoftmaxOutput(y, name="softmax")
    shape, kind = (net.rows, net.inputs), {"data": np.float64}
    e = y.simple_bind(mx.cpu(), data=shape, type_dict=kind)
    names = ["fc1_weight", "fc1_bias", "fc2_weight", "fc2_bias"]
    for name, value in zip(names, net.params, strict=True):
        e.arg_dict[name][:] = value.T

    def step(x, labels):
        (p,) = e.forward(is_train=True, data=x, softmax_label=labels)
        e.backward()
        for name in names:
            e.arg_dict[name][:] -= net.rate / net.rows * e.grad_dict[name]
        return -np.log(p.asnumpy()[np.arange(net.rows), labels]).mean()

    return step, lambda: y


def in_cntk(net: Problem) -> Built:
    """Functions that compose."""
    from autodiff.frontends import cntk

    x, t = (cntk.input_variable(n, dtype=np.float64) for n in (net.inputs, net.classes))
    W1, b1, W2, b2 = (cntk.parameter(init=p, dtype=np.float64) for p in net.params)
    z = cntk.times(cntk.tanh(cntk.times(x, W1) + b1), W2) + b2
    loss, wrong = cntk.cross_entropy_with_softmax(z, t), cntk.classification_error(z, t)
    rate = cntk.learning_rate_schedule(net.rate, cntk.UnitType.minibatch)
    trainer = cntk.Trainer(z, (loss, wrong), [cntk.sgd(z.parameters, rate)])

    def step(rows, labels):
        trainer.train_minibatch({x: rows, t: np.eye(net.classes)[labels]})
        return trainer.previous_minibatch_loss_average

    return step, lambda: loss


def in_chainer(net: Problem) -> Built:
    """The graph of this very run."""
    from autodiff.frontends import chainer
    from autodiff.frontends.chainer import functions as F

    model = chainer.Chain(l1=chainer.links.Linear(net.inputs, net.hidden))
    model.add_link("l2", chainer.links.Linear(net.hidden, net.classes))
    params = model.l1.W, model.l1.b, model.l2.W, model.l2.b
    for own, value in zip(params, net.params, strict=True):
        own.data = value.T.copy()
    optimizer, last = chainer.optimizers.SGD(net.rate), []
    optimizer.setup(model)

    def step(x, labels):
        z = model.l2(F.tanh(model.l1(chainer.Variable(x))))
        last[:] = [F.softmax_cross_entropy(z, labels.astype(np.int32))]
        model.cleargrads()
        last[0].backward()
        optimizer.update()
        return float(last[0].data)

    return step, lambda: last[0]


def in_neon(net: Problem) -> Built:
    """Layers over a backend; batches are columns."""
    from autodiff.frontends.neon import backends, initializers, layers, models, optimizers
    from autodiff.frontends.neon.transforms import CrossEntropyMulti, Softmax, Tanh

    backends.gen_backend("cpu", batch_size=net.rows, datatype=np.float64)
    W1, b1, W2, b2 = (initializers.Array(p.T) for p in net.params)
    model = models.Model([
        layers.Affine(net.hidden, W1, bias=b1, activation=Tanh()),
        layers.Affine(net.classes, W2, bias=b2, activation=Softmax()),
    ])  # fmt: skip
    model.initialize((net.inputs,))
    cost = layers.GeneralizedCost(CrossEntropyMulti())
    sgd = optimizers.GradientDescentMomentum(net.rate, 0.0)

    def step(x, labels):
        y, t = model.fprop(x.T), np.eye(net.classes)[:, labels]
        model.bprop(cost.get_errors(y, t))
        sgd.optimize(model.layers, 0)
        return cost.get_cost(y, t)

    return step, lambda: model


CAFFE = """base_lr: {net.rate} lr_policy: "fixed"
net_param {{ name: "one network" input: "x" input_shape {{ dim: {net.rows} dim: {net.inputs} }}
  input: "t" input_shape {{ dim: {net.rows} }}
  layer {{ name: "ip1" type: "InnerProduct" bottom: "x" top: "a"
    inner_product_param {{ num_output: {net.hidden} }} }}
  layer {{ name: "tanh" type: "TanH" bottom: "a" top: "h" }}
  layer {{ name: "ip2" type: "InnerProduct" bottom: "h" top: "z"
    inner_product_param {{ num_output: {net.classes} }} }}
  layer {{ name: "loss" type: "SoftmaxWithLoss" bottom: "z" bottom: "t" top: "loss" }} }}"""

SLIDE = {
    "TensorFlow": in_tensorflow, "Caffe": in_caffe, "Theano": in_theano, "Torch": in_torch,
    "mxnet": in_mxnet, "CNTK": in_cntk, "chainer": in_chainer, "neon": in_neon,
    "keras": in_keras, "tf-slim": in_slim,
}  # fmt: skip
"""In the order of the lecture's slides: four libraries, four others, two wrappers."""

STYLES: dict[str, Callable[[Problem], Built]] = {
    **SLIDE, "ad.grad": functional, "ad.Tensor": eager,
}  # fmt: skip
"""Those, and the two styles of this package."""
