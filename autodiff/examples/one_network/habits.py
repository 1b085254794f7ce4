"""What every system does where calculus leaves it open: slopes at kinks and ties, over a batch.

slopes()       # a row per system, of `QUESTIONS`
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

QUESTIONS = ("relu'(0)", "abs'(0)", "max(1, 1)", "maximum(x, y)", "clip'(bound)")
"""The slope of relu and |x| at 0, of the larger one of two equal elements, of two equal arrays,
and of clip(x, 0, 1) at 0."""
Slopes = dict[str, Any]


def of_tensorflow() -> Slopes:
    """By `tf.gradients`."""
    from autodiff.frontends import tensorflow as tf

    with tf.Graph().as_default(), tf.Session() as sess:
        x, y, two = tf.constant([0.0]), tf.constant([0.0]), tf.constant([1.0, 1.0])

        def slope(f: Any, *by: Any) -> Any:
            return np.concatenate(sess.run(tf.gradients(f, list(by))))

        return {
            "relu'(0)": slope(tf.nn.relu(x), x),
            "abs'(0)": slope(tf.abs(x), x),
            "max(1, 1)": slope(tf.reduce_max(two), two),
            "maximum(x, y)": slope(tf.maximum(x, y), x, y),
            "clip'(bound)": slope(tf.clip_by_value(x, 0.0, 1.0), x),
        }


def of_theano() -> Slopes:
    """By `T.grad`."""
    from autodiff.frontends import theano

    T = theano.tensor
    x, y, two = T.dvector(), T.dvector(), T.dvector()

    def slope(f: Any, *by: Any) -> Any:
        at = [np.ones(2) if b is two else np.zeros(1) for b in by]
        return np.concatenate(theano.function(list(by), T.grad(T.sum(f), list(by)))(*at))

    return {
        "relu'(0)": slope(T.nnet.relu(x), x),
        "abs'(0)": slope(abs(x), x),
        "max(1, 1)": slope(T.max(two), two),
        "maximum(x, y)": slope(T.maximum(x, y), x, y),
        "clip'(bound)": slope(T.clip(x, 0.0, 1.0), x),
    }


def of_caffe() -> Slopes:
    """By a net of one layer."""
    from google.protobuf import text_format

    from autodiff.frontends import caffe

    def slope(kind: str) -> Any:
        text = (
            'input: "x" input_shape { dim: 1 dim: 1 } force_backward: true '
            f'layer {{ name: "l" type: "{kind}" bottom: "x" top: "y" }}'
        )
        net = caffe.Net(text_format.Parse(text, caffe.proto.caffe_pb2.NetParameter()), caffe.TRAIN)
        net.forward()
        net.blobs["y"].diff[...] = 1
        net.backward(start="l")
        return net.blobs["x"].diff.ravel()

    return {"relu'(0)": slope("ReLU"), "abs'(0)": slope("AbsVal")}


def of_torch() -> Slopes:
    """By `backward`."""
    from autodiff.frontends.torch import Tensor, nn

    def slope(module: Any) -> Any:
        module.forward(Tensor([0.0]))
        return module.backward(Tensor([0.0]), Tensor([1.0])).a

    return {
        "relu'(0)": slope(nn.ReLU()),
        "abs'(0)": slope(nn.Abs()),
        "clip'(bound)": slope(nn.HardTanh(0, 1)),
    }


def of_mxnet() -> Slopes:
    """By `backward` of what was bound."""
    from autodiff.frontends import mxnet as mx

    S = mx.sym
    x, y = S.Variable("x"), S.Variable("y")

    def slope(symbol: Any) -> Any:
        e = symbol.simple_bind(mx.cpu(), **dict.fromkeys(symbol.list_arguments(), (1,)))
        e.forward(is_train=True)
        e.backward(mx.nd.ones((1,)))
        return np.concatenate([e.grad_dict[n].asnumpy() for n in symbol.list_arguments()])

    return {
        "relu'(0)": slope(S.Activation(x, act_type="relu")),
        "abs'(0)": slope(S.abs(x)),
        "maximum(x, y)": slope(S.maximum(x, y)),
    }


def of_cntk() -> Slopes:
    """By `f.grad`."""
    from autodiff.frontends import cntk

    x, y, two = cntk.input_variable(1), cntk.input_variable(1), cntk.input_variable(2)

    def slope(f: Any, *by: Any) -> Any:
        at = {b: np.ones((1, 2)) if b is two else np.zeros((1, 1)) for b in by}
        return np.concatenate([np.ravel(g) for g in f.grad(at, list(by))])

    return {
        "relu'(0)": slope(cntk.relu(x), x),
        "abs'(0)": slope(cntk.abs(x), x),
        "max(1, 1)": slope(cntk.reduce_max(two), two),
        "maximum(x, y)": slope(cntk.element_max(x, y), x, y),
        "clip'(bound)": slope(cntk.clip(x, 0.0, 1.0), x),
    }


def of_chainer() -> Slopes:
    """By `backward`."""
    from autodiff.frontends.chainer import Variable
    from autodiff.frontends.chainer import functions as F

    def slope(f: Callable[..., Any], *at: float) -> Any:
        own = [Variable(np.array([v])) for v in at]
        F.sum(f(*own)).backward()
        return np.concatenate([v.grad for v in own])

    return {
        "relu'(0)": slope(F.relu, 0.0),
        "abs'(0)": slope(abs, 0.0),
        "max(1, 1)": slope(lambda a, b: F.max(F.concat([a, b], axis=0)), 1.0, 1.0),
        "maximum(x, y)": slope(F.maximum, 0.0, 0.0),
        "clip'(bound)": slope(lambda x: F.clip(x, 0.0, 1.0), 0.0),
    }


def of_neon() -> Slopes:
    """By `Autodiff` of op-trees; relu is a layer."""
    from autodiff.frontends.neon.backends import Autodiff, gen_backend
    from autodiff.frontends.neon.transforms import Rectlin

    be = gen_backend("cpu", batch_size=1)
    x, y, two = be.array([[0.0]]), be.array([[0.0]]), be.array([[1.0, 1.0]])

    def slope(tree: Any, *by: Any) -> Any:
        return np.concatenate([g.ravel() for g in Autodiff(tree, be).get_grad_asnumpyarray(by)])

    return {
        "relu'(0)": np.ravel(Rectlin().bprop(np.zeros(1))),
        "abs'(0)": slope(be.absolute(x), x),
        "max(1, 1)": slope(be.max(two), two),
        "maximum(x, y)": slope(be.maximum(x, y), x, y),
    }


def of_numpy() -> Slopes:
    """By `ad.grad` of plain NumPy."""
    import autodiff as ad

    zero, ones = np.zeros(1), np.ones(2)
    pair = ad.grad(lambda x, y: np.sum(np.maximum(x, y)), argnums=(0, 1))(zero, zero)
    return {
        "relu'(0)": ad.grad(lambda x: np.sum(ad.nn.relu(x)))(zero),
        "abs'(0)": ad.grad(lambda x: np.sum(np.abs(x)))(zero),
        "max(1, 1)": ad.grad(np.max)(ones),
        "maximum(x, y)": np.concatenate(pair),
        "clip'(bound)": ad.grad(lambda x: np.sum(np.clip(x, 0.0, 1.0)))(zero),
    }


HABITS: dict[str, Callable[[], Slopes]] = {
    "TensorFlow": of_tensorflow, "Caffe": of_caffe, "Theano": of_theano, "Torch": of_torch,
    "mxnet": of_mxnet, "CNTK": of_cntk, "chainer": of_chainer, "neon": of_neon,
    "plain NumPy": of_numpy,
}  # fmt: skip


def slopes() -> list[tuple[str, ...]]:
    """A row per system: the slopes, or nothing where the system has no such function."""
    rows = []
    for name, measure in HABITS.items():
        found = measure()
        told = [", ".join(f"{v:g}" for v in found.get(q, ())) for q in QUESTIONS]
        rows.append((name, *told))
    return rows
