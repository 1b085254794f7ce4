"""The systems of the lecture, one after the other, on one expression: sum(tanh(x w)).

Each computes the value and the derivative by w in its own style, from x = (1, 1) and w of ones
(2, 3): 2.892083 and 0.070651.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from autodiff.core.language.display.table import table

X, W = np.ones((1, 2)), np.ones((2, 3))
Answer = tuple[Any, Any]


def in_tensorflow() -> Answer:
    """Define, then run."""
    from autodiff.frontends import tensorflow as tf

    with tf.Graph().as_default(), tf.Session() as sess:
        x, w = tf.constant(X), tf.constant(W)
        y = tf.reduce_sum(tf.tanh(tf.matmul(x, w)))
        return tuple(sess.run([y, *tf.gradients(y, [w])]))


def in_caffe() -> Answer:
    """Layers, which pass data and diff."""
    from google.protobuf import text_format

    from autodiff.frontends import caffe

    net = caffe.Net(text_format.Parse(
        'input: "x" input_shape { dim: 1 dim: 2 } '
        'layer { name: "ip" type: "InnerProduct" bottom: "x" top: "ip" inner_product_param '
        '{ num_output: 3 bias_term: false weight_filler { value: 1 } } } '
        'layer { name: "tanh" type: "TanH" bottom: "ip" top: "y" }',
        caffe.proto.caffe_pb2.NetParameter()), caffe.TRAIN)  # fmt: skip
    y = net.forward(x=X)["y"]
    net.backward(start="tanh", y=1)
    return y.sum(), net.params["ip"][0].diff.T


def in_theano() -> Answer:
    """An expression, compiled."""
    from autodiff.frontends import theano

    T = theano.tensor
    x, w = T.dmatrix("x"), theano.shared(W, "w")
    y = T.sum(T.tanh(T.dot(x, w)))
    return tuple(theano.function([x], [y, T.grad(y, w)])(X))


def in_torch() -> Answer:
    """Modules with hand-written backward."""
    from autodiff.frontends.torch import Tensor, nn

    layer = nn.Linear(2, 3, False)
    layer.weight.fill(1)
    model = nn.Sequential().add(layer).add(nn.Tanh())
    y = model.forward(Tensor(X))
    model.zeroGradParameters()
    model.backward(Tensor(X), Tensor(1, 3).fill(1))
    return y.sum(), layer.gradWeight.a.T


def in_mxnet() -> Answer:
    """Symbols, bound to arrays."""
    from autodiff.frontends import mxnet as mx

    S = mx.sym
    y = S.sum(S.tanh(S.dot(S.Variable("x"), S.Variable("w"))))
    e = y.simple_bind(mx.cpu(), x=(1, 2), w=(2, 3))
    (value,) = e.forward(is_train=True, x=X, w=W)
    e.backward(mx.nd.ones((1,)))
    return value.asscalar(), e.grad_dict["w"].asnumpy()


def in_cntk() -> Answer:
    """Functions that compose."""
    from autodiff.frontends import cntk

    x, w = cntk.input_variable(2), cntk.parameter(init=W)
    y = cntk.reduce_sum(cntk.tanh(cntk.times(x, w)))
    return y.eval({x: X}).item(), y.grad({x: X}, [w])[0]


def in_chainer() -> Answer:
    """Define by run."""
    from autodiff.frontends.chainer import Variable, functions

    x, w = Variable(X), Variable(W)
    y = functions.sum(functions.tanh(functions.matmul(x, w)))
    y.backward()
    return y.data, w.grad


def in_neon() -> Answer:
    """Op-trees, computed when they are assigned."""
    from autodiff.frontends.neon.backends import Autodiff, gen_backend

    be = gen_backend("cpu", batch_size=1)
    x, w, out = be.array(X), be.array(W), be.empty((1, 1))
    tree = be.sum(be.tanh(be.dot(x, w)))
    out[:] = tree
    return out.get().item(), Autodiff(tree, be).get_grad_asnumpyarray([w])[0]


SYSTEMS: dict[str, Callable[[], Answer]] = {
    "TensorFlow": in_tensorflow, "Caffe": in_caffe, "Theano": in_theano, "Torch": in_torch,
    "mxnet": in_mxnet, "CNTK": in_cntk, "chainer": in_chainer, "neon": in_neon,
}  # fmt: skip
"""In the order of the slide "Deep Learning Libraries"."""


def report() -> str:
    """A line for each system: its idea, the value, the derivative."""
    rows = []
    for name, run in SYSTEMS.items():
        value, gradient = run()
        idea = (run.__doc__ or "").rstrip(".")
        rows.append((name, idea, f"{float(value):.6f}", f"{np.ravel(gradient)[0]:.6f}"))
    head = "y = sum(tanh(x w)) in every system of the slide:\n\n"
    return head + table(("system", "its idea", "y", "dy/dw"), rows)
