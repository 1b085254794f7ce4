"""HIPS autograd: a wrapped NumPy namespace, closures recorded behind it."""

import autograd
import autograd.numpy as xp
import autograd.scipy.signal as signal
from autograd import make_jvp
from autograd.core import make_vjp
from autograd.scipy.special import logsumexp

NAME = "autograd"
__all__ = ["logsumexp", "xp"]


def array(value):
    """A constant of the library: the NumPy array itself."""
    return value


def relu(x):
    """max(x, 0)."""
    return xp.maximum(x, 0.0)


def cross_entropy(logits, labels):
    """The mean negative log-likelihood of integer labels."""
    picked = logits[xp.arange(len(labels)), labels]
    return xp.mean(logsumexp(logits, axis=1) - picked)


def conv2d(x, w, padding=0):
    """The cross-correlation of images (N, C, H, W) with weights (O, C, kh, kw)."""
    if padding:
        x = xp.pad(x, ((0, 0), (0, 0), (padding, padding), (padding, padding)), "constant")
    return signal.convolve(
        x, w[:, :, ::-1, ::-1], axes=([2, 3], [2, 3]), dot_axes=([1], [1]), mode="valid"
    )


def max_pool2d(x, size):
    """The largest element of each window of an image."""
    n, c, h, w = x.shape
    windows = xp.reshape(x, (n, c, h // size, size, w // size, size))
    return xp.max(xp.max(windows, axis=5), axis=3)


def gradient(f, params):
    """Prepare the value and the gradients of f(params)."""
    transformed = autograd.value_and_grad(_unpacked(f, len(params)))
    return lambda: transformed(params)


def jvp(f, params, tangents):
    """Prepare the value of f(params) and its derivative along the tangents."""
    flat, whole = _flattened(params), _flattened(tangents)
    push = make_jvp(_flat(f, params))
    return lambda: push(flat)(whole)


def hvp(f, params, direction):
    """Prepare the product of the Hessian of f with a direction."""
    product = autograd.hessian_vector_product(_flat(f, params))
    flat, whole = _flattened(params), _flattened(direction)
    unflatten = _unflatten(params)
    return lambda: unflatten(product(flat, whole))


def jacobian(f, x):
    """Prepare the Jacobian matrix of f at x."""
    transformed = autograd.jacobian(f)
    return lambda: transformed(x)


def hessian(f, x):
    """Prepare the Hessian matrix of f at x."""
    transformed = autograd.hessian(f)
    return lambda: transformed(x)


def record_scalars(f, numbers):
    """Prepare the recording of f on single numbers."""
    unpacked = _unpacked(f, len(numbers))
    return lambda: make_vjp(unpacked, list(numbers))


def scalars(f, numbers):
    """Prepare the recording and the reverse sweep of f on single numbers."""
    return gradient(f, list(numbers))


def _unpacked(f, count):
    """f, reading each parameter from autograd's traced list once."""
    return lambda params: f([params[i] for i in range(count)])


def _flattened(params):
    return xp.concatenate([xp.ravel(part) for part in params])


def _unflatten(params):
    sizes = [part.size for part in params]
    ends = [sum(sizes[: i + 1]) for i in range(len(sizes))]

    def unflatten(flat):
        return [
            xp.reshape(flat[end - size : end], part.shape)
            for end, size, part in zip(ends, sizes, params, strict=True)
        ]

    return unflatten


def _flat(f, params):
    """f of one long vector: forward mode and Hessian products take no lists in autograd."""
    unflatten = _unflatten(params)
    return lambda flat: f(unflatten(flat))
