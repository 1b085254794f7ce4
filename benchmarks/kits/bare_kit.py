"""A tape that checks nothing (`benchmarks.bare`), as a floor; the images' kernels are ours."""

import numpy as np
import numpy as xp

from autodiff.ops.networks.images import conv2d_core
from autodiff.ops.networks.pooling import block_max
from benchmarks.bare.forward import Dual
from benchmarks.bare.reverse import Number, Value, fused, sweep, sweep_numbers, tape

NAME = "bare"
__all__ = ["xp"]
WITHOUT = {
    **dict.fromkeys(("jacobian", "hessian"), "one sweep at a time"),
    **dict.fromkeys(("session-conv", "session-lstm", "session-mlp"), "no graphs"),
}
"""Workloads that this kit leaves out, and why."""


def array(value):
    """A constant: the NumPy array itself."""
    return value


def relu(x):
    """max(x, 0)."""
    data = np.maximum(x.data, 0.0)
    return fused(x, data, lambda c: c * (data > 0.0))


def _softmax(x, axis):
    """The shares of exp(x) along an axis, and the logarithm of their sum."""
    top = x.max(axis, keepdims=True)
    shares = np.exp(x - top)
    total = shares.sum(axis, keepdims=True)
    shares /= total
    return shares, np.log(total) + top


def logsumexp(x, axis):
    """log(sum(exp(x))) along an axis."""
    shares, total = _softmax(x.data, axis)
    return fused(x, total.squeeze(axis), lambda c: np.expand_dims(c, axis) * shares)


def cross_entropy(logits, labels):
    """The mean negative log-likelihood of integer labels."""
    x = logits.data if logits.__class__ is Value else logits
    rows, primal = np.arange(len(labels)), x.primal if x.__class__ is Dual else x
    shares, total = _softmax(primal, 1)
    loss = (total[:, 0] - primal[rows, labels]).mean()
    slope = shares.copy()
    slope[rows, labels] -= 1.0
    slope /= len(labels)
    if x.__class__ is Dual:
        t = x.tangent
        along = shares * (t - (shares * t).sum(1, keepdims=True)) / len(labels)
        loss, slope = Dual(loss, np.vdot(slope, t)), Dual(slope, along)
    if logits.__class__ is Dual:
        return loss
    return fused(logits, loss, lambda c: c * slope)


def _by_rules(op, args, params):
    """One of this library's own operations, forwards and back by its own rules."""
    primals = tuple([arg.data if arg.__class__ is Value else arg for arg in args])
    y = op.function(*primals, **params)

    def pull(c):
        return [
            (arg, op.vjp(i, c, y, primals, params))
            for i, arg in enumerate(args)
            if arg.__class__ is Value
        ]

    return Value(y, pull)


def conv2d(x, w, padding=0):
    """The cross-correlation of images (N, C, H, W) with weights (O, C, kh, kw)."""
    if padding:
        x = np.pad(x, ((0, 0), (0, 0), (padding, padding), (padding, padding)))
    return _by_rules(conv2d_core, (x, w), {"stride": (1, 1)})


def max_pool2d(x, size):
    """The largest element of each window of an image."""
    return _by_rules(block_max, (x,), {"size": (size, size)})


def _prepare(params):
    tape.clear()
    return [Value(value) for value in params]


def gradient(f, params):
    """Prepare the value and the gradients of f(params)."""

    def call():
        variables = _prepare(params)
        root = f(variables)
        sweep(root)
        tape.clear()
        return root.data, [variable.cotangent for variable in variables]

    return call


eager = gradient


def jvp(f, params, tangents):
    """Prepare the value of f(params) and its derivative along the tangents."""

    def call():
        found = f([Dual(x, t) for x, t in zip(params, tangents, strict=True)])
        return found.primal, found.tangent

    return call


def hvp(f, params, direction):
    """Prepare the product of the Hessian of f with a direction."""

    def call():
        variables = _prepare([Dual(x, t) for x, t in zip(params, direction, strict=True)])
        sweep(f(variables))
        tape.clear()
        return [variable.cotangent.tangent for variable in variables]

    return call


def record_scalars(f, numbers):
    """Prepare the recording of f on single numbers."""

    def call():
        tape.clear()
        variables = [Number(number) for number in numbers]
        return f(variables), variables

    return call


def scalars(f, numbers):
    """Prepare the recording and the reverse sweep of f on single numbers."""
    record = record_scalars(f, numbers)

    def call():
        root, variables = record()
        sweep_numbers(root)
        tape.clear()
        return root.data, [variable.cotangent for variable in variables]

    return call
