"""Neural-network ops: activations, softmax and its losses, convolution, pooling, dropout.

Images are NCHW: batch, channels, height, width.  No function here loops over pixels.
"""

import numpy as np

from autodiff.core.dispatch import apply, ground
from autodiff.core.kinds import bilinear, elementwise, linear, primitive, reduction
from autodiff.core.op import case
from autodiff.ops.shapes import shape_of


def _sigmoid(x):
    positive = 1 / (1 + np.exp(-np.abs(x)))
    return np.where(x >= 0, positive, 1 - positive)[()]


relu = elementwise(
    lambda x: np.maximum(x, 0), lambda ans, x: x > 0, name="relu", label="relu({})", kinks="at 0: 0"
)
sigmoid = elementwise(_sigmoid, lambda ans, x: ans * (1 - ans), name="sigmoid", label="σ({})")
softplus = elementwise(lambda x: np.logaddexp(x, 0), lambda ans, x: sigmoid(x), name="softplus")

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


def _logsumexp(x, axis=None, keepdims=False):
    top = np.max(x, axis=axis, keepdims=True)
    top = np.where(np.isfinite(top), top, 0.0)
    total = np.log(np.sum(np.exp(x - top), axis=axis, keepdims=True)) + top
    return total if keepdims else np.squeeze(total, axis=axis)[()]


logsumexp = reduction(
    _logsumexp,
    lambda ans, x, axis=None: np.exp(x - ans),
    name="logsumexp",
    cases=(case((4,)), case((2, 3), axis=1), case((2, 3), axis=0, keepdims=True)),
)


def _log_softmax(x, axis=-1):
    return x - _logsumexp(x, axis=axis, keepdims=True)


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


def _one_hot(labels, classes):
    return np.equal(np.asarray(labels)[..., None], np.arange(classes)).astype(float)


def _cross_entropy(logits, labels):
    picked = np.take_along_axis(_log_softmax(logits), labels[..., None], axis=-1)
    return -np.mean(picked)


cross_entropy_of_labels = reduction(
    _cross_entropy,
    lambda ans, logits, labels: (
        (softmax(logits) - _one_hot(labels, shape_of(logits)[-1])) * (1 / labels.size)
    ),
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
    if np.asarray(ground(targets)).dtype.kind in "iu":
        labels, classes = np.asarray(targets), shape_of(logits)[-1]
        if labels.shape != shape_of(logits)[:-1]:
            raise ValueError(
                f"labels of shape {labels.shape} do not fit logits of shape {shape_of(logits)}: "
                f"expected shape {shape_of(logits)[:-1]}."
            )
        if labels.size and not 0 <= labels.min() <= labels.max() < classes:
            raise ValueError(
                f"labels must be 0 .. {classes - 1}, got {labels.min()} .. {labels.max()}"
            )
        return apply(cross_entropy_of_labels, (logits,), {"labels": labels})
    rows = int(np.prod(shape_of(logits)[:-1], dtype=int))
    return -np.sum(targets * log_softmax(logits)) / rows


# -- windows of images ----------------------------------------------------------------------


def pair(value):
    """(height, width) of a setting that may be given as one int."""
    return tuple(int(v) for v in np.broadcast_to(value, (2,)))


def _windows_value(x, kernel, stride):
    view = np.lib.stride_tricks.sliding_window_view(x, kernel, axis=(2, 3))
    return view[:, :, :: stride[0], :: stride[1]]


def _fold_value(y, shape, kernel, stride):
    image = np.zeros(shape, y.dtype)
    rows, columns = y.shape[2], y.shape[3]
    for i in range(kernel[0]):
        for j in range(kernel[1]):
            image[
                :, :, i : i + stride[0] * rows : stride[0], j : j + stride[1] * columns : stride[1]
            ] += y[..., i, j]
    return image


WINDOW = ("kernel", "stride")

windows = linear(
    _windows_value,
    lambda ct, x, kernel, stride: apply(
        fold, (ct,), {"shape": shape_of(x), "kernel": kernel, "stride": stride}
    ),
    name="windows",
    keywords=WINDOW,
    cases=(case((2, 1, 4, 5), kernel=(2, 3), stride=(1, 2)),),
)
fold = linear(
    _fold_value,
    lambda ct, y, shape, kernel, stride: apply(
        windows, (ct,), {"kernel": kernel, "stride": stride}
    ),
    name="fold",
    keywords=("shape", *WINDOW),
    cases=(case((2, 1, 3, 2, 2, 3), shape=(2, 1, 4, 5), kernel=(2, 3), stride=(1, 2)),),
)


def _framed(x, padding, value=0.0):
    if padding == (0, 0):
        return x
    (ph, pw) = padding
    return np.pad(x, ((0, 0), (0, 0), (ph, ph), (pw, pw)), constant_values=value)


def _columns_of(x, kernel, stride):
    """Every window as a row: (N * rows * columns, C * kh * kw)."""
    view = _windows_value(x, kernel, stride).transpose(0, 2, 3, 1, 4, 5)
    return view.reshape(-1, x.shape[1] * kernel[0] * kernel[1]), view.shape[:3]


def _conv_value(x, w, stride):
    columns, (n, rows, width) = _columns_of(x, w.shape[2:], stride)
    out = columns @ w.reshape(w.shape[0], -1).T
    return np.ascontiguousarray(out.reshape(n, rows, width, -1).transpose(0, 3, 1, 2))


def _conv_input(ct, w, shape, stride):
    """The cotangent of the image: every output spreads its window's weights."""
    n, _, rows, width = ct.shape
    flat = ct.transpose(0, 2, 3, 1).reshape(-1, w.shape[0]) @ w.reshape(w.shape[0], -1)
    spread = flat.reshape(n, rows, width, *w.shape[1:]).transpose(0, 3, 1, 2, 4, 5)
    return _fold_value(spread, shape, w.shape[2:], stride)


def _conv_weights(x, ct, shape, stride):
    """The cotangent of the weights: every window, weighted by its output's cotangent."""
    columns, _ = _columns_of(x, shape[2:], stride)
    return (ct.transpose(1, 0, 2, 3).reshape(ct.shape[1], -1) @ columns).reshape(shape)


def _to_input(ct, x, w, stride):
    return apply(conv2d_input, (ct, w), {"shape": shape_of(x), "stride": stride})


def _to_weights(ct, x, w, stride):
    return apply(conv2d_weights, (x, ct), {"shape": shape_of(w), "stride": stride})


conv2d_core = bilinear(
    _conv_value,
    _to_input,
    _to_weights,
    name="conv2d",
    keywords=("stride",),
    cases=(
        case((2, 2, 5, 4), (3, 2, 2, 3), stride=(1, 1)),
        case((1, 1, 5, 6), (2, 1, 3, 2), stride=(2, 3)),
    ),
)
conv2d_input = bilinear(
    _conv_input,
    lambda ct, y, w, shape, stride: apply(conv2d_core, (ct, w), {"stride": stride}),
    lambda ct, y, w, shape, stride: apply(
        conv2d_weights, (ct, y), {"shape": shape_of(w), "stride": stride}
    ),
    name="conv2d_input",
    keywords=("shape", "stride"),
    cases=(case((1, 2, 2, 2), (2, 1, 3, 2), shape=(1, 1, 5, 6), stride=(2, 3)),),
)
conv2d_weights = bilinear(
    _conv_weights,
    lambda ct, x, y, shape, stride: apply(
        conv2d_input, (y, ct), {"shape": shape_of(x), "stride": stride}
    ),
    lambda ct, x, y, shape, stride: apply(conv2d_core, (x, ct), {"stride": stride}),
    name="conv2d_weights",
    keywords=("shape", "stride"),
    cases=(case((1, 1, 5, 6), (1, 2, 2, 2), shape=(2, 1, 3, 2), stride=(2, 3)),),
)


def conv2d(x, w, stride=1, padding=0):
    """The cross-correlation y[n,o,i,j] = sum over c,k,l of x[n,c,i*s+k,j*s+l] * w[o,c,k,l].

    `x` is (N, C, H, W), `w` is (O, C, kh, kw); `stride` and `padding` (of zeros, on every side)
    are an int or a pair.  Returns (N, O, rows, columns).  Raises ValueError where shapes
    do not fit.

    >>> conv2d(np.ones((1, 1, 3, 3)), np.ones((1, 1, 2, 2)))[0, 0]
    array([[4., 4.],
           [4., 4.]])
    """
    xs, ws = shape_of(x), shape_of(w)
    padding = pair(padding)
    if len(xs) != 4 or len(ws) != 4 or xs[1] != ws[1]:
        raise ValueError(
            f"conv2d needs images (N, C, H, W) and weights (O, C, kh, kw) with the same C; "
            f"got {xs} and {ws}."
        )
    if xs[2] + 2 * padding[0] < ws[2] or xs[3] + 2 * padding[1] < ws[3]:
        raise ValueError(f"the kernel {ws[2:]} is larger than the padded image of {xs[2:]}.")
    return apply(conv2d_core, (_framed(x, padding), w), {"stride": pair(stride)})


def _pool(x, size, stride, padding, fill):
    size = pair(size)
    stride = size if stride is None else pair(stride)
    if len(shape_of(x)) != 4:
        raise ValueError(f"pooling needs images (N, C, H, W); got shape {shape_of(x)}.")
    framed = _framed(x, pair(padding), fill)
    return apply(windows, (framed,), {"kernel": size, "stride": stride})


def max_pool2d(x, size, stride=None, padding=0):
    """The largest element of each window of an (N, C, H, W) image; ties share the cotangent.

    >>> max_pool2d(np.arange(16.0).reshape(1, 1, 4, 4), 2)[0, 0]
    array([[ 5.,  7.],
           [13., 15.]])
    """
    return np.max(_pool(x, size, stride, padding, -np.inf), axis=(4, 5))


def avg_pool2d(x, size, stride=None, padding=0):
    """The mean of each window of an (N, C, H, W) image (padding counts as zeros).

    >>> avg_pool2d(np.arange(16.0).reshape(1, 1, 4, 4), 2)[0, 0]
    array([[ 2.5,  4.5],
           [10.5, 12.5]])
    """
    return np.mean(_pool(x, size, stride, padding, 0.0), axis=(4, 5))


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
