"""What each function does to a cotangent of its result, or to a tangent of an argument."""

import numpy as np

from benchmarks.bare.operators import read


def same(c, y, *xs):
    """A slope of 1."""
    return c


SLOPES = {
    np.add: (same, same),
    np.subtract: (same, lambda c, y, a, b: -c),
    np.multiply: (lambda c, y, a, b: c * b, lambda c, y, a, b: c * a),
    np.true_divide: (lambda c, y, a, b: c / b, lambda c, y, a, b: -c * y / b),
    np.power: (lambda c, y, a, b: c * (b * a ** (b - 1)), None),
    np.negative: (lambda c, y, a: -c,),
    np.tanh: (lambda c, y, a: c * (1.0 - y * y),),
    np.sin: (lambda c, y, a: c * np.cos(a),),
    np.cos: (lambda c, y, a: -c * np.sin(a),),
    np.exp: (lambda c, y, a: c * y,),
    np.log: (lambda c, y, a: c / a,),
    np.log1p: (lambda c, y, a: c / (1.0 + a),),
}
"""What an elementwise function does to a cotangent of its result, or an argument's tangent."""


def pull_product(c, place, a, b):
    """The cotangent of a factor of a matrix product."""
    if place == 0:
        return np.outer(c, b) if b.ndim == 1 else c @ b.swapaxes(-1, -2)
    return (a if a.ndim == 1 else a.swapaxes(-1, -2)) @ c


def spread(c, shape, axis=None, keepdims=False):
    """A cotangent of a sum, as large as what was added."""
    if axis is not None and not keepdims:
        c = np.expand_dims(c, axis)
    return np.broadcast_to(c, shape)


def put(c, x, index):
    """A cotangent of some elements, in an array of zeros."""
    total = np.zeros(x.shape)
    if all(isinstance(part, slice | int | type(None)) for part in np.index_exp[index]):
        total[index] = c
    else:
        np.add.at(total, index, c)
    return total


def parts_of(c, arrays, axis):
    """The cotangent of each of the arrays that were joined."""
    return np.split(c, np.cumsum([array.shape[axis] for array in arrays])[:-1], axis)


LINEAR = {
    read: lambda c, x, index: put(c, x, index),
    np.sum: lambda c, x, axis=None, keepdims=False: spread(c, x.shape, axis, keepdims),
    np.mean: lambda c, x: spread(c / x.size, x.shape),
    np.reshape: lambda c, x, shape: c.reshape(x.shape),
    np.swapaxes: lambda c, x, i, j: c.swapaxes(i, j),
}
"""Functions that are linear in their first argument, and what they do to a cotangent."""


def summed(c, shape):
    """A cotangent, added up over what was broadcast."""
    if c.shape == shape:
        return c
    c = c.sum(tuple(range(c.ndim - len(shape))))
    ones = tuple(i for i, n in enumerate(shape) if n == 1 and c.shape[i] != 1)
    return c.sum(ones, keepdims=True) if ones else c
