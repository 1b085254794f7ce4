"""This library: the objective is plain NumPy."""

import numpy as xp

import autodiff as ad
from autodiff.nn import conv2d, logsumexp, max_pool2d, relu, softmax_cross_entropy

NAME = "autodiff"
cross_entropy = softmax_cross_entropy

__all__ = ["conv2d", "cross_entropy", "logsumexp", "max_pool2d", "relu", "xp"]


def array(value):
    """A constant of the library: the NumPy array itself."""
    return value


def gradient(f, params):
    """Prepare the value and the gradients of f(params)."""
    transformed = ad.value_and_grad(f)
    return lambda: transformed(params)


def eager(f, params):
    """Prepare the value and the gradients of f on Tensors that live on, as in a training loop."""
    variables = [ad.Tensor(value) for value in params]

    def call():
        root = f(variables)
        root.backward()
        return root.data, [variable.grad for variable in variables]

    return call


def jvp(f, params, tangents):
    """Prepare the value of f(params) and its derivative along the tangents."""
    return lambda: ad.jvp(f, (params,), (tangents,))


def hvp(f, params, direction):
    """Prepare the product of the Hessian of f with a direction."""
    return lambda: ad.hvp(f, params, direction)


def jacobian(f, x):
    """Prepare the Jacobian matrix of f at x."""
    transformed = ad.jacobian(f)
    return lambda: transformed(x)


def hessian(f, x):
    """Prepare the Hessian matrix of f at x."""
    transformed = ad.hessian(f)
    return lambda: transformed(x)


def graphs():
    """The module that plays `tf`: the front end for TensorFlow's programs."""
    from autodiff.frontends import tensorflow

    return tensorflow


def record_scalars(f, numbers):
    """Prepare the recording of f on single numbers, in the eager style."""

    def call():
        variables = [ad.Tensor(number) for number in numbers]
        return f(variables), variables

    return call


def scalars(f, numbers):
    """Prepare the recording and the reverse sweep of f on single numbers."""
    record = record_scalars(f, numbers)

    def call():
        root, variables = record()
        root.backward()
        return root.data, [variable.grad for variable in variables]

    return call
