"""Normalization: the mean taken off, the standard deviation made 1, over batches or features."""

import numpy as np

from autodiff.core.language.dispatch import apply
from autodiff.core.language.kinds import primitive
from autodiff.core.language.op import case
from autodiff.ops.ground.arguments import axes_of, ndim_of, shape_of


def _standardize(x, axis, epsilon):
    away = x - np.mean(x, axis=axis, keepdims=True)
    return away / np.sqrt(np.mean(away * away, axis=axis, keepdims=True) + epsilon)


def _standardize_product(ans, t, x, axis, epsilon):
    """(t - mean(t) - ans mean(ans t)) / sqrt(var + epsilon): symmetric, so its own transpose."""
    scale = 1 / np.sqrt(np.var(x, axis=axis, keepdims=True) + epsilon)
    mean = np.mean(t, axis=axis, keepdims=True)
    along = np.mean(ans * t, axis=axis, keepdims=True)
    return scale * (t - mean - ans * along)


standardize = primitive(
    _standardize,
    lambda tangents, ans, x, axis, epsilon: _standardize_product(
        ans, tangents[0], x, axis, epsilon
    ),
    lambda index, ct, ans, x, axis, epsilon: _standardize_product(ans, ct, x, axis, epsilon),
    why="every result depends on all elements along the axes",
    name="standardize", keywords=("axis", "epsilon"),
    cases=(case((2, 4), axis=(1,), epsilon=1e-5), case((3, 2, 2), axis=(0, 2), epsilon=0.1)),
)  # fmt: skip


def layer_norm(x, scale=None, shift=None, axis=-1, epsilon=1e-5):
    """(x - mean) / sqrt(var + epsilon) * scale + shift, over the features of each example.

    `axis` (an int or several) names the features; `scale` and `shift` broadcast against x.  A
    constant x gives 0 (Ba, Kiros & Hinton, arXiv:1607.06450, section 3).

    >>> layer_norm(np.array([[1.0, 3.0]]), epsilon=0.0)
    array([[-1.,  1.]])
    """
    axes = axes_of(axis, ndim_of(x))
    return _affine(apply(standardize, (x,), {"axis": axes, "epsilon": epsilon}), scale, shift)


def batch_norm(x, scale=None, shift=None, *, mean=None, variance=None, epsilon=1e-5):
    """(x - mean) / sqrt(variance + epsilon) * scale + shift, one mean for each channel.

    `x` is (N, C) or (N, C, H, W), everything else has shape (C,).  Without `mean` and `variance`
    they are those of the batch, and differentiated; for inference give the running ones.  Raises
    ValueError where only one of the two is given (Ioffe & Szegedy, arXiv:1502.03167, section 3).

    >>> batch_norm(np.array([[1.0], [3.0]]), epsilon=0.0)
    array([[-1.],
           [ 1.]])
    """
    ndim = ndim_of(x)
    if (mean is None) != (variance is None):
        raise ValueError("batch_norm needs both of mean and variance, or neither.")
    if ndim < 2:
        raise ValueError(f"batch_norm needs (N, C) or (N, C, H, W); got shape {shape_of(x)}.")
    scale, shift, mean, variance = (
        None if v is None else np.reshape(v, (-1,) + (1,) * (ndim - 2))
        for v in (scale, shift, mean, variance)
    )
    if mean is None:
        axes = (0, *range(2, ndim))
        found = apply(standardize, (x,), {"axis": axes, "epsilon": epsilon})
    else:
        found = (x - mean) / np.sqrt(variance + epsilon)
    return _affine(found, scale, shift)


def _affine(x, scale, shift):
    x = x if scale is None else x * scale
    return x if shift is None else x + shift
