"""MyGrad: tensors that NumPy's protocols reach."""

import mygrad
import numpy as xp
from mygrad.nnet import conv_nd, max_pool, relu, softmax_crossentropy

NAME = "mygrad"
cross_entropy = softmax_crossentropy
__all__ = ["cross_entropy", "relu", "xp"]


def array(value):
    """A constant of the library: the NumPy array itself."""
    return value


def conv2d(x, w, padding=0):
    """The cross-correlation of images (N, C, H, W) with weights (O, C, kh, kw)."""
    return conv_nd(x, w, stride=1, padding=padding)


def max_pool2d(x, size):
    """The largest element of each window of an image."""
    return max_pool(x, (size, size), size)


def logsumexp(x, axis):
    """log(sum(exp(x))) along an axis."""
    top = xp.max(x.data, axis=axis, keepdims=True)
    return xp.log(xp.sum(xp.exp(x - top), axis=axis)) + xp.squeeze(top, axis=axis)


def gradient(f, params):
    """Prepare the value and the gradients of f(params)."""

    def call():
        variables = [mygrad.tensor(value, copy=False) for value in params]
        root = f(variables)
        root.backward()
        return root.data, [variable.grad for variable in variables]

    return call


eager = gradient


def record_scalars(f, numbers):
    """Prepare the recording of f on single numbers, in the eager style."""

    def call():
        variables = [mygrad.tensor(number) for number in numbers]
        return f(variables), variables

    return call


def scalars(f, numbers):
    """Prepare the recording and the reverse sweep of f on single numbers."""
    return gradient(f, list(map(xp.asarray, numbers)))
