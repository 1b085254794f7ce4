"""Weighted means, covariance and histograms: plain code over the other ops."""

import numpy as np

from autodiff.core.language.dispatch import ground, is_traced
from autodiff.core.language.kinds import composite
from autodiff.ops.arranging.indexing import scatter
from autodiff.ops.ground.arguments import axes_of, cast, dtype_of, ndim_of, refuse, shape_of


@composite(np.average)
def average(a, axis=None, weights=None, returned=False, *, keepdims=False):
    """The weighted mean, sum(a w) / sum(w)."""
    if weights is None:
        found = np.mean(a, axis=axis, keepdims=keepdims)
        n = a.size / max(np.size(ground(found)), 1)
        return (found, np.full_like(ground(found), n)) if returned else found
    shape = shape_of(a)
    if shape_of(weights) != shape:
        axes = axes_of(axis, len(shape))
        if axis is None or shape_of(weights) != tuple(shape[i] for i in axes):
            raise TypeError("np.average needs weights of the shape of a, or of the axes averaged.")
        order = tuple(int(i) for i in np.argsort(axes))
        wide = tuple(n if i in axes else 1 for i, n in enumerate(shape))
        weights = np.reshape(np.transpose(weights, order), wide)
    dtype = np.result_type(dtype_of(a), dtype_of(weights))
    dtype = dtype if dtype.kind in "fc" else np.dtype(float)
    full = np.broadcast_to(weights, shape)
    total = np.sum(full, axis=axis, dtype=dtype, keepdims=keepdims)
    if np.any(ground(total) == 0):
        raise ZeroDivisionError("the weights of np.average sum to zero.")
    found = np.sum(a * weights, axis=axis, keepdims=keepdims) / total
    return (found, total) if returned else found


def _rows(m, rowvar):
    if ndim_of(m) > 2:
        raise ValueError("np.cov and np.corrcoef take arrays of at most two axes.")
    if ndim_of(m) < 2:
        return np.reshape(m, (1, -1))
    return m if rowvar or shape_of(m)[0] == 1 else np.transpose(m)


@composite(np.cov, result="array")
def cov(m, y=None, rowvar=True, bias=False, ddof=None, fweights=None, aweights=None, *, dtype=None):
    """The covariance matrix of the rows, (x - mean) w (x - mean)^H / n."""
    rows = _rows(m, rowvar)
    if y is not None:
        rows = np.concatenate([rows, _rows(y, rowvar)], axis=0)
    rows = cast(rows, np.result_type(dtype_of(rows), float) if dtype is None else dtype)
    ddof = ddof if ddof is not None else 0 if bias else 1
    weights = None
    if fweights is not None:
        weights = np.asarray(fweights, float)
    if aweights is not None:
        weights = aweights if weights is None else weights * aweights
    if weights is None:
        norm = shape_of(rows)[1] - ddof
        away = rows - np.mean(rows, axis=1, keepdims=True)
        right = away
    else:
        total = np.sum(weights)
        if ddof == 0:
            norm = total
        elif aweights is None:
            norm = total - ddof
        else:
            norm = total - ddof * np.sum(weights * aweights) / total
        away = rows - np.sum(rows * weights, axis=1, keepdims=True) / total
        right = away * weights
    right = np.conj(right) if dtype_of(right).kind == "c" else right
    return np.squeeze(np.matmul(away, np.transpose(right)) / norm)


@composite(np.corrcoef)
def corrcoef(x, y=None, rowvar=True, *, dtype=None):
    """The correlation matrix, cov[i, j] / sqrt(cov[i, i] cov[j, j]), held within -1 and 1."""
    c = cov(x, y, rowvar, dtype=dtype)
    if ndim_of(c) == 0:
        return c / c
    deviation = np.sqrt(np.real(np.diagonal(c)))
    c = c / deviation[:, None] / deviation[None, :]
    if dtype_of(c).kind == "c":
        return np.clip(np.real(c), -1, 1) + 1j * np.clip(np.imag(c), -1, 1)
    return np.clip(c, -1, 1)


@composite(np.bincount)
def bincount(x, /, weights=None, minlength=0):
    """How often each integer occurs, each time with its weight."""
    places = np.asarray(ground(x))
    if weights is None:
        return np.bincount(places, None, minlength)
    if places.ndim != 1 or shape_of(weights) != places.shape:
        raise ValueError("np.bincount needs one weight for each element of a 1-d array.")
    if places.size and places.min() < 0:
        raise ValueError("np.bincount needs integers that are not negative.")
    return scatter(cast(weights, float), places, (max(int(places.max(initial=-1)) + 1, minlength),))


@composite(np.histogram)
def histogram(a, bins=10, range=None, density=None, weights=None):
    """The sum of the weights in each bin, and the edges of the bins.

    Counts do not change with `a` to first order; edges drawn from the range of `a` do.
    """
    if isinstance(bins, str) or is_traced(bins):
        refuse("np.histogram with named or traced bins", "Give the edges as plain numbers.")
    values = np.ravel(ground(a))
    edges = np.histogram_bin_edges(values, bins, range)
    if weights is None:
        totals = np.histogram(values, edges if np.ndim(bins) else bins, range)[0]
    else:
        flat = np.reshape(weights, -1)
        inside = (values >= edges[0]) & (values <= edges[-1])
        places = np.searchsorted(edges, values[inside], side="right") - 1
        places = np.minimum(places, len(edges) - 2)
        totals = scatter(flat[inside], places, (len(edges) - 1,))
    if is_traced(a) and np.ndim(bins) == 0 and range is None and edges[-1] - edges[0] > 0:
        low, high = np.min(a), np.max(a)
        share = (edges - edges[0]) / (edges[-1] - edges[0])
        edges = low + (high - low) * share if ground(low) < ground(high) else edges
    if density:
        return totals / np.sum(totals) / np.diff(edges), edges
    return totals, edges


@composite(np.histogram_bin_edges)
def histogram_bin_edges(a, bins=10, range=None, weights=None):
    """The edges of the bins that `histogram` makes."""
    return histogram(a, bins, range)[1]
