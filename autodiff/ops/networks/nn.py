"""Neural-network ops: activations, softmax and its losses, dropout, embedding.

Convolution and pooling are those of `images`, beside this file; `batch_norm` and `layer_norm` those
of `normalization`.
"""

import numpy as np

from autodiff.core.language.dispatch import apply, ground, is_traced
from autodiff.core.language.kinds import elementwise, primitive, reduction
from autodiff.core.language.op import case
from autodiff.core.language.singular.kinks import Kinks, as_stated, slope_at
from autodiff.ops.elementwise.exponential import below
from autodiff.ops.ground.arguments import shape_of
from autodiff.ops.ground.reuse import keep, kept
from autodiff.ops.networks.images import conv2d
from autodiff.ops.networks.normalization import batch_norm, layer_norm, standardize
from autodiff.ops.networks.pooling import avg_pool2d, max_pool2d


def _sigmoid(x):
    e = np.exp(-np.abs(x))
    return np.maximum(e, x >= 0) / (1 + e)  # the numerator is 1 where x is positive, else e


def _bent(what, where, convention="0"):
    """The kinks of a named activation, which has the slope of its flat side there."""
    return Kinks(
        what, convention, lambda ans, x, **_: np.isin(x, where),
        lambda ans, x, **_: tuple(x - level for level in where),
    )  # fmt: skip


relu = elementwise(
    lambda x: np.maximum(x, 0),
    lambda ans, x: x > 0 if as_stated() else slope_at(x == 0, x > 0, 0.0, 1.0),
    name="relu", label="relu({})", kinks=_bent("relu at 0", (0,)),
)  # fmt: skip
leaky_relu = elementwise(
    lambda x, slope=0.01: np.where(x > 0, x, slope * x)[()],
    lambda ans, x, slope=0.01: slope_at(x == 0, np.where(x > 0, 1.0, slope), slope, 1.0),
    name="leaky_relu", keywords=("slope",), cases=(case((3,)), case((2, 3), slope=0.2)),
    kinks=_bent("leaky_relu at 0", (0,), "the slope below 0"),
)  # fmt: skip
relu6 = elementwise(
    lambda x: np.clip(x, 0, 6),
    lambda ans, x: slope_at(
        x == 6, slope_at(x == 0, np.where(x < 6, x > 0, 0.0), 0.0, 1.0), 1.0, 0.0
    ),
    name="relu6", kinks=_bent("relu6 at 0 or 6", (0, 6)),
    cases=(case(np.array([-1.0, 2.0, 7.0])), case((2, 3))),
)  # fmt: skip
elu = elementwise(
    lambda x: np.where(x > 0, x, np.expm1(np.minimum(x, 0)))[()],
    lambda ans, x: np.where(x > 0, 1.0, ans + 1),
    name="elu",
)
sigmoid = elementwise(_sigmoid, lambda ans, x: ans * (1 - ans), name="sigmoid", label="σ({})")
softplus = elementwise(lambda x: np.logaddexp(x, 0), lambda ans, x: sigmoid(x), name="softplus")
sigmoid_cross_entropy_terms = elementwise(
    lambda x, z: np.maximum(x, 0) - x * z + np.log1p(np.exp(-np.abs(x))),
    lambda ans, x, z: sigmoid(x) - z,
    lambda ans, x, z: -x,
    name="sigmoid_cross_entropy",
)

# -- softmax --------------------------------------------------------------------------------


def _shifted_exp(x, axis):
    return np.exp(x - np.max(x, axis=axis, keepdims=True))


def _softmax(x, axis=-1):
    e = _shifted_exp(x, axis)
    return e / np.sum(e, axis=axis, keepdims=True)


def _softmax_product(ans, t, axis):
    return ans * (t - np.sum(ans * t, axis=axis, keepdims=True))


AXIS = (case((4,)), case((2, 3)), case((2, 3), axis=0))

softmax = primitive(
    _softmax,
    lambda tangents, ans, x, axis=-1: _softmax_product(ans, tangents[0], axis),
    lambda index, ct, ans, x, axis=-1: _softmax_product(ans, ct, axis),
    why="every result depends on all elements along the axis",
    name="softmax",
    keywords=("axis",),
    cases=AXIS,
)


def _exp_along(x, axis):
    """The largest along the axis (0 where it is infinite), exp(x - it), and the sum of these."""
    top = np.max(x, axis=axis, keepdims=True)
    if np.isfinite(top).all():
        e = x - top
        e = np.exp(e, out=e) if type(e) is np.ndarray and e.dtype.kind == "f" else np.exp(e)
        return top, e, np.sum(e, axis=axis, keepdims=True)
    top = np.where(np.isfinite(top), top, 0.0)
    with np.errstate(over="ignore"):  # exp(inf) is inf
        e = np.exp(x - top)
    return top, e, np.sum(e, axis=axis, keepdims=True)


def _log_of_sum(top, total):
    if np.all(total):
        return np.log(total) + top
    with np.errstate(divide="ignore"):  # log 0 is -inf
        return np.log(total) + top


def _logsumexp(x, axis=None, keepdims=False):
    top, e, total = _exp_along(x, axis)
    keep(("exp", axis), x, (e, total))
    found = _log_of_sum(top, total)
    return found if keepdims else np.squeeze(found, axis=axis)[()]


def _logsumexp_weight(ans, x, axis=None):
    if is_traced(x) or not np.isfinite(ans).all():
        return np.exp(below(x, ans))
    e, total = kept(("exp", axis), x) or _exp_along(x, axis)[1:]
    return e / total


logsumexp = reduction(
    _logsumexp,
    _logsumexp_weight,
    name="logsumexp",
    cases=(case((4,)), case((2, 3), axis=1), case((2, 3), axis=0, keepdims=True)),
)


def _log_softmax(x, axis=-1):
    top, _, total = _exp_along(x, axis)
    return x - _log_of_sum(top, total)


log_softmax = primitive(
    _log_softmax,
    lambda tangents, ans, x, axis=-1: (
        tangents[0] - np.sum(np.exp(ans) * tangents[0], axis=axis, keepdims=True)
    ),
    lambda index, ct, ans, x, axis=-1: ct - np.exp(ans) * np.sum(ct, axis=axis, keepdims=True),
    why="every result depends on all elements along the axis",
    name="log_softmax",
    keywords=("axis",),
    cases=AXIS,
)


def _shifted(logits):
    """The logits as rows, less the largest of each."""
    flat = logits.reshape(-1, logits.shape[-1])
    return flat - np.maximum.reduce(flat, axis=1, keepdims=True)


def _exponentials(shifted):
    """exp of rows, in their place, and the sums of them."""
    return np.exp(shifted, out=shifted), np.add.reduce(shifted, 1)


def _cross_entropy(logits, labels):
    shifted = _shifted(logits)
    picked = shifted[np.arange(len(shifted)), labels.reshape(-1)]
    found = _exponentials(shifted)
    keep("cross-entropy", logits, found)
    terms = np.log(found[1])
    terms -= picked
    return np.add.reduce(terms) / len(terms)


def _softmax_of(logits):
    e, total = kept("cross-entropy", logits) or _exponentials(_shifted(logits))
    return e / total[:, None]


def _cross_entropy_slope(logits, labels):
    p = _softmax_of(logits)
    p[np.arange(len(p)), np.reshape(labels, -1)] -= 1
    p *= 1 / len(p)
    return p.reshape(logits.shape)


def _slope_along(t, logits, labels):
    p = softmax(logits) if is_traced(logits) else _softmax_of(logits).reshape(logits.shape)
    return _softmax_product(p, t, -1) * (1 / np.size(labels))


cross_entropy_slope = primitive(
    _cross_entropy_slope,
    lambda tangents, ans, logits, labels: _slope_along(tangents[0], logits, labels),
    lambda index, ct, ans, logits, labels: _slope_along(ct, logits, labels),
    why="a softmax less a constant, whose Jacobian is symmetric",
    name="softmax_cross_entropy_slope",
    keywords=("labels",),
    cases=(case((4, 3), labels=np.array([0, 2, 1, 1])), case((3,), labels=np.array(2))),
)
cross_entropy_of_labels = reduction(
    _cross_entropy,
    lambda ans, logits, labels: apply(cross_entropy_slope, (logits,), {"labels": labels}),
    name="softmax_cross_entropy",
    keywords=("labels",),
    cases=(case((4, 3), labels=np.array([0, 2, 1, 1])), case((3,), labels=np.array(2))),
)


def softmax_cross_entropy(logits, targets):
    """The mean over the batch of -sum(targets * log_softmax(logits)), a scalar.

    `logits` has shape (..., classes); `targets` are integer labels of shape (...) or
    probabilities of the shape of the logits, and then may be differentiated too.

    >>> softmax_cross_entropy(np.zeros((2, 4)), np.array([0, 3]))  # log 4
    np.float64(1.3862943611198906)
    """
    logits = logits if is_traced(logits) else np.asarray(logits)
    if np.asarray(ground(targets)).dtype.kind in "iu":
        labels, classes = np.asarray(targets), shape_of(logits)[-1]
        if labels.shape != shape_of(logits)[:-1]:
            raise ValueError(
                f"labels of shape {labels.shape} do not fit logits of shape {shape_of(logits)}: "
                f"expected shape {shape_of(logits)[:-1]}."
            )
        places = labels.reshape(-1).view(f"u{labels.itemsize}")  # of negative ones huge numbers
        if labels.size and np.maximum.reduce(places) >= classes:
            raise ValueError(
                f"labels must be 0 .. {classes - 1}, got {labels.min()} .. {labels.max()}"
            )
        return apply(cross_entropy_of_labels, (logits,), {"labels": labels})
    rows = int(np.prod(shape_of(logits)[:-1], dtype=int))
    return -np.sum(targets * log_softmax(logits)) / rows


def embedding(table, indices):
    """The rows table[indices]: one vector for each integer, of shape indices.shape + (D,).

    A row read several times gets the sum of their cotangents.  Raises IndexError for an index
    outside of the table.

    >>> embedding(np.array([[0.0, 1.0], [2.0, 3.0]]), np.array([1, 1, 0]))
    array([[2., 3.],
           [2., 3.],
           [0., 1.]])
    """
    indices = np.asarray(ground(indices))
    if indices.dtype.kind not in "iu":
        raise TypeError(f"embedding needs integers, got {indices.dtype}.")
    if indices.size and not 0 <= indices.min() <= indices.max() < shape_of(table)[0]:
        raise IndexError(
            f"embedding got indices {indices.min()} .. {indices.max()} for a table of "
            f"{shape_of(table)[0]} rows."
        )
    return table[indices]


def dropout(x, rate, rng):
    """x with each element zeroed with probability `rate` and the rest scaled by 1 / (1 - rate).

    The mask is drawn from the `numpy.random.Generator` given, so a run can be repeated
    (Srivastava et al., 2014, section 4).

    >>> dropout(np.ones(4), 0.5, np.random.default_rng(0))
    array([2., 0., 0., 0.])
    """
    if not 0 <= rate < 1:
        raise ValueError(f"dropout's rate is a probability below 1, got {rate}")
    keep = rng.random(shape_of(x)) >= rate
    return x * (keep / (1 - rate))


__all__ = [
    "avg_pool2d", "batch_norm", "conv2d", "dropout", "elu", "embedding", "layer_norm", "leaky_relu",
    "log_softmax", "logsumexp", "max_pool2d", "relu", "relu6", "sigmoid",
    "sigmoid_cross_entropy_terms", "softmax", "softmax_cross_entropy", "softplus", "standardize",
]  # fmt: skip
