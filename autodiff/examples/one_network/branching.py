"""What becomes of Python's `if y > 0`, where y is a value of the system, and that value is -1.

Each of `BRANCHES` answers "right" (the branch was not taken), "refused" (an error says why), or
"WRONG" (the branch was taken, and nobody said anything).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

import autodiff as ad
from autodiff.core.ground.errors import ValueNeededError


def answer(value: Callable[[], Any]) -> str:
    """What becomes of `if y > 0`."""
    y = value()
    try:
        return "WRONG" if y > 0 else "right"
    except (TypeError, ValueNeededError):
        return "refused"


def _tensorflow() -> str:
    from autodiff.frontends import tensorflow as tf

    with tf.Graph().as_default():
        return answer(lambda: tf.constant(-1.0))


def _theano() -> str:
    from autodiff.frontends import theano

    return answer(lambda: theano.shared(-1.0))


def _torch() -> str:
    from autodiff.frontends.torch import Tensor

    return answer(lambda: Tensor([-1.0])[1])


def _mxnet() -> str:
    from autodiff.frontends import mxnet as mx

    array = answer(lambda: mx.nd.array([-1.0]).asscalar())
    return f"array: {array}; symbol: {answer(lambda: mx.sym.Variable('y'))}"


def _cntk() -> str:
    from autodiff.frontends import cntk

    return answer(lambda: cntk.parameter(init=np.array([-1.0])))


def _chainer() -> str:
    from autodiff.frontends.chainer import Variable

    return answer(lambda: Variable(np.array(-1.0)).data)


def _neon() -> str:
    from autodiff.frontends.neon.backends import gen_backend

    be = gen_backend("cpu", batch_size=1)
    return answer(lambda: be.array([[-1.0]]))


def _grad() -> str:
    seen: list[str] = []

    def f(y: Any) -> Any:
        seen.append(answer(lambda: y))
        return y

    ad.grad(f)(-1.0)
    return seen[0]


BRANCHES: dict[str, Callable[[], str]] = {
    "TensorFlow": _tensorflow,
    "Caffe": lambda: "a text has none",
    "Theano": _theano,
    "Torch": _torch,
    "mxnet": _mxnet,
    "CNTK": _cntk,
    "chainer": _chainer,
    "neon": _neon,
    "keras": _tensorflow,
    "tf-slim": _tensorflow,
    "ad.grad": _grad,
    "ad.Tensor": lambda: answer(lambda: ad.Tensor(-1.0)),
}
"""The way that the system's own programs would write it."""
