"""Every op by its 0.11 name: its value is NumPy's, its gradient that of finite differences.

The length of the first axis is unknown while the graph is built.
"""

import colorsys

import numpy as np
import pytest
from graphs import check_gradients, evaluate

from autodiff.frontends import tensorflow as tf

rng = np.random.default_rng(11)
X, Y = rng.normal(size=(4, 3)), rng.normal(size=(4, 3))
P, V, M = np.abs(X) + 0.5, rng.normal(size=3), rng.normal(size=(3, 5))
T = rng.normal(size=(2, 4, 3))
U = rng.uniform(-0.9, 0.9, size=(4, 3))
S = np.array([[3.0, 0.5], [0.2, 2.0]])
IMAGE = rng.uniform(0.05, 0.95, size=(2, 5, 6, 3))


def softmax(x):
    e = np.exp(x - x.max(-1, keepdims=True))
    return e / e.sum(-1, keepdims=True)


def named(name, reference=None):
    return getattr(tf, name), reference or getattr(np, name)


MATH = {
    "add": (*named("add"), X, V), "sub": (*named("sub", np.subtract), X, V),
    "mul": (*named("mul", np.multiply), X, Y), "div": (*named("div", np.divide), X, P),
    "truediv": (*named("truediv", np.divide), X, P), "pow": (*named("pow", np.power), P, Y),
    "mod": (*named("mod"), X, P),
    "maximum": (*named("maximum"), X, Y), "minimum": (*named("minimum"), X, Y),
    "neg": (*named("neg", np.negative), X), "abs": (*named("abs"), X),
    "square": (*named("square"), X), "sqrt": (*named("sqrt"), P), "exp": (*named("exp"), X),
    "log": (*named("log"), P), "inv": (*named("inv", np.reciprocal), P),
    "rsqrt": (tf.rsqrt, lambda x: x**-0.5, P), "sin": (*named("sin"), X),
    "cos": (*named("cos"), X), "tan": (*named("tan"), U), "asin": (*named("asin", np.arcsin), U),
    "acos": (*named("acos", np.arccos), U), "atan": (*named("atan", np.arctan), X),
    "tanh": (*named("tanh"), X), "sigmoid": (tf.sigmoid, lambda x: 1 / (1 + np.exp(-x)), X),
    "squared_difference": (tf.squared_difference, lambda x, y: (x - y) ** 2, X, V),
    "add_n": (lambda x, y: tf.add_n([x, y, x]), lambda x, y: 2 * x + y, X, Y),
    "matmul": (tf.matmul, np.matmul, X, M),
    "matmul transpose_a": (lambda a, b: tf.matmul(a, b, transpose_a=True), lambda a, b: a.T @ b, X, Y),
    "matmul transpose_b": (lambda a, b: tf.matmul(a, b, transpose_b=True), lambda a, b: a @ b.T, X, Y),
    "batch_matmul": (
        lambda a: tf.batch_matmul(a, a, adj_y=True), lambda a: a @ np.swapaxes(a, 1, 2), T
    ),
    "matrix_inverse": (tf.matrix_inverse, np.linalg.inv, S),
    "matrix_determinant": (tf.matrix_determinant, np.linalg.det, S),
    "cholesky": (lambda a: tf.cholesky(a + tf.transpose(a)), lambda a: np.linalg.cholesky(a + a.T), S),
    "matrix_solve": (tf.matrix_solve, np.linalg.solve, S, X[:2]),
    "matrix_solve adjoint": (
        lambda a, b: tf.matrix_solve(a, b, adjoint=True), lambda a, b: np.linalg.solve(a.T, b), S, X[:2]
    ),
    "trace": (tf.trace, np.trace, S), "diag": (tf.diag, np.diag, V),
    "diag_part": (tf.diag_part, np.diagonal, S),
    "fft": (
        lambda x: tf.real(tf.fft(tf.complex(x, 2 * x))) + tf.imag(tf.fft(tf.complex(x, x))),
        lambda x: np.fft.fft(x + 2j * x).real + np.fft.fft(x + 1j * x).imag, X,
    ),
    "ifft": (lambda x: tf.real(tf.ifft(tf.complex(x, x))), lambda x: np.fft.ifft(x + 1j * x).real, X),
    "fft2d": (
        lambda x: tf.complex_abs(tf.fft2d(tf.complex(x, x * x))),
        lambda x: np.abs(np.fft.fft2(x + 1j * x * x)), X,
    ),
    "ifft2d": (
        lambda x: tf.real(tf.conj(tf.ifft2d(tf.complex(x, x)))), lambda x: np.fft.ifft2(x + 1j * x).real, X
    ),
}  # fmt: skip
MATH["mod"] = (tf.mod, np.mod, np.array([5.3, -1.2]), np.array([2.0, 0.7]))

REDUCTIONS = {
    f"{name} {axis} {keep}": (
        lambda x, name=name, axis=axis, keep=keep: getattr(tf, name)(x, axis, keep),
        lambda x, f=f, axis=axis, keep=keep: f(
            x, axis=tuple(axis) if isinstance(axis, list) else axis, keepdims=keep
        ),
        T,
    )
    for name, f in {
        "reduce_sum": np.sum, "reduce_mean": np.mean, "reduce_max": np.max, "reduce_min": np.min,
        "reduce_prod": np.prod,
        "reduce_logsumexp": lambda x, axis, keepdims: np.log(np.sum(np.exp(x), axis=axis, keepdims=keepdims)),
    }.items()
    for axis, keep in ((None, False), (1, True), ([0, 2], False), (-1, False))
} | {
    "cumsum": (lambda x: tf.cumsum(x, 1), lambda x: np.cumsum(x, 1), X),
    "cumsum exclusive": (
        lambda x: tf.cumsum(x, 1, exclusive=True), lambda x: np.cumsum(x, 1) - x, X
    ),
    "cumsum reverse": (
        lambda x: tf.cumsum(x, 1, reverse=True), lambda x: np.cumsum(x[:, ::-1], 1)[:, ::-1], X
    ),
    "cumprod": (lambda x: tf.cumprod(x), lambda x: np.cumprod(x, 0), X),
    "cumprod both": (
        lambda x: tf.cumprod(x, 1, exclusive=True, reverse=True),
        lambda x: np.stack([x[:, 1] * x[:, 2], x[:, 2], np.ones(len(x))], 1), X,
    ),
    "segment_sum": (
        lambda x: tf.segment_sum(x, [0, 0, 1, 1]), lambda x: np.stack([x[0] + x[1], x[2] + x[3]]), X
    ),
    "unsorted_segment_sum": (
        lambda x: tf.unsorted_segment_sum(x, [2, 0, 2, 0], 3),
        lambda x: np.stack([x[1] + x[3], 0 * x[0], x[0] + x[2]]), X,
    ),
}  # fmt: skip

ARRAYS = {
    "reshape": (lambda x: tf.reshape(x, [-1, 2]), lambda x: x.reshape(-1, 2), X),
    "reshape by shape": (
        lambda x: tf.reshape(x, tf.pack([tf.shape(x)[0], 12])), lambda x: x.reshape(-1, 12), T
    ),
    "transpose": (tf.transpose, np.transpose, T),
    "transpose perm": (lambda x: tf.transpose(x, [0, 2, 1]), lambda x: np.transpose(x, (0, 2, 1)), T),
    "expand_dims": (lambda x: tf.expand_dims(x, -1), lambda x: x[..., None], X),
    "squeeze": (lambda x: tf.squeeze(x[:, :1], [1]), lambda x: x[:, 0], X),
    "tile": (lambda x: tf.tile(x, [2, 3]), lambda x: np.tile(x, (2, 3)), X),
    "pad": (lambda x: tf.pad(x, [[1, 0], [0, 2]]), lambda x: np.pad(x, ((1, 0), (0, 2))), X),
    "pad reflect": (
        lambda x: tf.pad(x, [[1, 1], [0, 2]], "REFLECT"), lambda x: np.pad(x, ((1, 1), (0, 2)), "reflect"), X
    ),
    "reverse": (lambda x: tf.reverse(x, [False, True]), lambda x: x[:, ::-1], X),
    "concat": (lambda x, y: tf.concat(1, [x, y, x]), lambda x, y: np.concatenate([x, y, x], 1), X, Y),
    "concat first": (lambda x, y: tf.concat(0, [x, y]), lambda x, y: np.concatenate([x, y]), X, Y),
    "pack": (lambda x, y: tf.pack([x, y]), lambda x, y: np.stack([x, y]), X, Y),
    "pack axis": (lambda x, y: tf.pack([x, y], axis=1), lambda x, y: np.stack([x, y], 1), X, Y),
    "unpack": (lambda x: tf.unpack(x, axis=1), lambda x: [x[:, i] for i in range(3)], X),
    "unpack num": (lambda x: tf.unpack(x, 4), list, X),
    "split": (lambda x: tf.split(1, 3, x), lambda x: np.split(x, 3, 1), X),
    "slice": (lambda x: tf.slice(x, [1, 0, 1], [-1, 2, 2]), lambda x: x[1:, :2, 1:3], T),
    "slice by tensors": (
        lambda x: tf.slice(x, tf.constant([0, 1]), tf.pack([tf.shape(x)[0] - 1, -1])),
        lambda x: x[:-1, 1:], X,
    ),
    "gather": (lambda x: tf.gather(x, [2, 0, 2]), lambda x: x[[2, 0, 2]], X),
    "gather tensor": (tf.gather, lambda x, i: x[i], X, np.array([[1, 1], [3, 0]])),
    "gather_nd": (lambda x: tf.gather_nd(x, [[0, 2], [3, 1]]), lambda x: x[[0, 3], [2, 1]], X),
    "boolean_mask": (
        lambda x: tf.boolean_mask(x, [True, False, False, True]), lambda x: x[[0, 3]], X
    ),
    "boolean_mask tensor": (lambda x: tf.boolean_mask(x, x > 0), lambda x: x[x > 0], X),
    "select": (lambda x, y: tf.select(x > 0, x * y, y), lambda x, y: np.where(x > 0, x * y, y), X, Y),
    "select rows": (
        lambda x, y: tf.select(x[:, 0] > 0, x, y), lambda x, y: np.where(x[:, :1] > 0, x, y), X, Y
    ),
    "where": (lambda x, y: tf.where(y > 0, x, y), lambda x, y: np.where(y > 0, x, y), X, Y),
    "fill": (lambda v: tf.fill([2, 3], v[0]), lambda v: np.full((2, 3), v[0]), V),
    "linspace": (lambda v: tf.linspace(v[0], v[1], 4), lambda v: np.linspace(v[0], v[1], 4), V),
    "cast": (lambda x: tf.cast(tf.cast(x, tf.float64), "double") * 2, lambda x: 2 * x, X),
}  # fmt: skip

NN = {
    "relu": (tf.nn.relu, lambda x: np.maximum(x, 0), X),
    "relu6": (lambda x: tf.nn.relu6(8 * x), lambda x: np.clip(8 * x, 0, 6), X),
    "elu": (tf.nn.elu, lambda x: np.where(x > 0, x, np.exp(x) - 1), X),
    "softplus": (tf.nn.softplus, lambda x: np.log1p(np.exp(x)), X),
    "softsign": (tf.nn.softsign, lambda x: x / (1 + np.abs(x)), X),
    "softmax": (tf.nn.softmax, softmax, X),
    "log_softmax": (tf.nn.log_softmax, lambda x: np.log(softmax(x)), X),
    "bias_add": (tf.nn.bias_add, np.add, T, V),
    "xw_plus_b": (lambda x, w: tf.nn.xw_plus_b(x, w, np.ones(5)), lambda x, w: x @ w + 1, X, M),
    "moments": (
        lambda x: tf.nn.moments(x, [0, 1]), lambda x: (x.mean((0, 1)), x.var((0, 1))), T
    ),
    "moments keep_dims": (
        lambda x: tf.nn.moments(x, [1], keep_dims=True),
        lambda x: (x.mean(1, keepdims=True), x.var(1, keepdims=True)), T,
    ),
    "batch_normalization": (
        lambda x, m, v: tf.nn.batch_normalization(x, m, v * v, m, v, 0.01),
        lambda x, m, v: (x - m) / np.sqrt(v * v + 0.01) * v + m, X, V, V[::-1].copy(),
    ),
    "batch_normalization alone": (
        lambda x: tf.nn.batch_normalization(x, *tf.nn.moments(x, [0]), None, None, 0.01),
        lambda x: (x - x.mean(0)) / np.sqrt(x.var(0) + 0.01), X,
    ),
    "lrn": (
        lambda x: tf.nn.lrn(x, 1, 2.0, 0.5, 0.75),
        lambda x: x / (2 + 0.5 * np.stack([(x[..., max(c - 1, 0) : c + 2] ** 2).sum(-1) for c in range(3)], -1)) ** 0.75,
        IMAGE,
    ),
    "l2_normalize": (
        lambda x: tf.nn.l2_normalize(x, 1), lambda x: x / np.linalg.norm(x, axis=1, keepdims=True), X
    ),
    "softmax_cross_entropy": (
        lambda x: tf.nn.softmax_cross_entropy_with_logits(x, np.eye(3)[[0, 2, 1, 1]]),
        lambda x: -np.log(softmax(x))[np.arange(4), [0, 2, 1, 1]], X,
    ),
    "sparse_softmax_cross_entropy": (
        tf.nn.sparse_softmax_cross_entropy_with_logits,
        lambda x, labels: -np.log(softmax(x))[np.arange(4), labels], X, np.array([0, 2, 1, 1]),
    ),
    "sigmoid_cross_entropy": (
        tf.nn.sigmoid_cross_entropy_with_logits,
        lambda x, z: -z * np.log(1 / (1 + np.exp(-x))) - (1 - z) * np.log(1 - 1 / (1 + np.exp(-x))), X, P / 4,
    ),
    "weighted_cross_entropy": (
        lambda x, z: tf.nn.weighted_cross_entropy_with_logits(x, z, 3.0),
        lambda x, z: -3 * z * np.log(1 / (1 + np.exp(-x))) - (1 - z) * np.log(1 - 1 / (1 + np.exp(-x))), X, P / 4,
    ),
    "l2_loss": (tf.nn.l2_loss, lambda x: np.sum(x**2) / 2, X),
    "embedding_lookup": (tf.nn.embedding_lookup, lambda x, i: x[i], X, np.array([[3, 3], [0, 1]])),
    "top_k": (
        lambda x: tf.nn.top_k(x, 2)[0], lambda x: np.sort(x, 1)[:, :0:-1], X
    ),
    "clip_by_value": (lambda x: tf.clip_by_value(x, -0.5, 0.5), lambda x: np.clip(x, -0.5, 0.5), X),
    "clip_by_norm": (lambda x: tf.clip_by_norm(x, 0.5), lambda x: x / np.linalg.norm(x) * 0.5, X),
    "clip_by_norm below": (lambda x: tf.clip_by_norm(x, 99.0), lambda x: x, X),
    "clip_by_norm axes": (
        lambda x: tf.clip_by_norm(x, 0.1, axes=[1]), lambda x: 0.1 * x / np.linalg.norm(x, axis=1, keepdims=True), X
    ),
    "clip_by_average_norm": (
        lambda x: tf.clip_by_average_norm(x, 0.01), lambda x: 0.01 * x / (np.linalg.norm(x) / x.size), X
    ),
    "clip_by_global_norm": (
        lambda x, y: tf.clip_by_global_norm([x, y], 0.5)[0],
        lambda x, y: [a * 0.5 / np.sqrt(np.sum(x**2) + np.sum(y**2)) for a in (x, y)], X, V,
    ),
    "global_norm": (
        lambda x, y: tf.global_norm([x, None, y]), lambda x, y: np.sqrt(np.sum(x**2) + np.sum(y**2)), X, V
    ),
}  # fmt: skip


def in_pixels(function, images):
    """A function of three numbers applied to each pixel."""
    return np.apply_along_axis(lambda pixel: np.array(function(*pixel)), -1, images)


def saturated(images, factor):
    def pixel(r, g, b):
        h, s, v = colorsys.rgb_to_hsv(r, g, b)
        return colorsys.hsv_to_rgb(h, min(s * factor, 1.0), v)

    return in_pixels(pixel, images)


IMAGES = {
    "resize_bilinear": (
        lambda x: tf.image.resize_bilinear(x, [10, 6]),
        lambda x: np.stack([x, np.concatenate([(x[:, 1:] + x[:, :-1]) / 2, x[:, -1:]], 1)], 2).reshape(2, 10, 6, 3),
        IMAGE,
    ),
    "resize_nearest": (
        lambda x: tf.image.resize_nearest_neighbor(x, [10, 3]), lambda x: np.repeat(x, 2, 1)[:, :, ::2], IMAGE
    ),
    "resize_images of one": (
        lambda x: tf.image.resize_images(x[0], [5, 3]), lambda x: x[0][:, ::2], IMAGE
    ),
    "crop_to_bounding_box": (
        lambda x: tf.image.crop_to_bounding_box(x, 1, 2, 3, 4), lambda x: x[:, 1:4, 2:6], IMAGE
    ),
    "pad_to_bounding_box": (
        lambda x: tf.image.pad_to_bounding_box(x, 1, 2, 7, 9), lambda x: np.pad(x, ((0, 0), (1, 1), (2, 1), (0, 0))), IMAGE
    ),
    "central_crop": (lambda x: tf.image.central_crop(x, 0.5), lambda x: x[:, 1:4, 1:5], IMAGE),
    "crop_or_pad": (
        lambda x: tf.image.resize_image_with_crop_or_pad(x, 7, 4),
        lambda x: np.pad(x[:, :, 1:5], ((0, 0), (1, 1), (0, 0), (0, 0))), IMAGE,
    ),
    "flip_left_right": (tf.image.flip_left_right, lambda x: x[:, :, ::-1], IMAGE),
    "flip_up_down": (tf.image.flip_up_down, lambda x: x[:, ::-1], IMAGE),
    "transpose_image": (tf.image.transpose_image, lambda x: np.swapaxes(x, 1, 2), IMAGE),
    "adjust_brightness": (lambda x: tf.image.adjust_brightness(x, 0.25), lambda x: x + 0.25, IMAGE),
    "adjust_contrast": (
        lambda x: tf.image.adjust_contrast(x, 2.0), lambda x: 2 * x - x.mean((1, 2), keepdims=True), IMAGE
    ),
    "adjust_saturation": (
        lambda x: tf.image.adjust_saturation(x, 0.5), lambda x: saturated(x, 0.5), IMAGE
    ),
    "adjust_saturation up": (
        lambda x: tf.image.adjust_saturation(x, 1.7), lambda x: saturated(x, 1.7), IMAGE
    ),
    "rgb_to_hsv": (tf.image.rgb_to_hsv, lambda x: in_pixels(colorsys.rgb_to_hsv, x), IMAGE),
    "hsv_to_rgb": (tf.image.hsv_to_rgb, lambda x: in_pixels(colorsys.hsv_to_rgb, x), IMAGE),
    "adjust_hue": (
        lambda x: tf.image.adjust_hue(x, 0.3),
        lambda x: in_pixels(lambda h, s, v: colorsys.hsv_to_rgb((h + 0.3) % 1, s, v), in_pixels(colorsys.rgb_to_hsv, x)),
        IMAGE,
    ),
    "rgb_to_grayscale": (
        tf.image.rgb_to_grayscale, lambda x: (x @ [0.2989, 0.587, 0.114])[..., None], IMAGE
    ),
    "grayscale_to_rgb": (
        lambda x: tf.image.grayscale_to_rgb(x[..., :1]), lambda x: np.repeat(x[..., :1], 3, -1), IMAGE
    ),
    "per_image_whitening": (
        tf.image.per_image_whitening, lambda x: (x - x.mean()) / x.std(), IMAGE[0]
    ),
}  # fmt: skip

CASES = MATH | REDUCTIONS | ARRAYS | NN | IMAGES


@pytest.mark.parametrize("name", CASES)
def test_value(name):
    build, reference, *arrays = CASES[name]
    found, expected = evaluate(build, *arrays), reference(*arrays)
    if not isinstance(found, list | tuple):
        found, expected = [found], [expected]
    assert len(found) == len(expected)
    for own, right in zip(found, expected):
        assert np.shape(own) == np.shape(right)
        np.testing.assert_allclose(own, right, rtol=1e-12, atol=1e-12)


@pytest.mark.parametrize("name", CASES)
def test_gradient(name):
    build, _, *arrays = CASES[name]
    check_gradients(build, *arrays)


def test_without_any_static_shape():
    """Elementwise ops, reductions, matmul and reshape need not even know the number of axes."""
    x = tf.placeholder(tf.float64)
    y = tf.reduce_sum(tf.nn.relu(tf.matmul(tf.reshape(x, [2, -1]), tf.reshape(x, [-1, 2]))))
    (slope,) = tf.gradients(y, x)
    with tf.Session() as sess:
        found = sess.run([y, slope], {x: X})
    assert found[1].shape == X.shape
    assert found[0] == pytest.approx(np.maximum(X.reshape(2, 6) @ X.reshape(6, 2), 0).sum())


# -- ops of integers, of booleans, and without a derivative -------------------------------------

LABELS = np.array([[2, 0], [1, 2]])
DISCRETE = {
    "argmax": (lambda x: tf.argmax(x, 1), lambda x: x.argmax(1), X),
    "argmin": (lambda x: tf.argmin(x, 0), lambda x: x.argmin(0), X),
    "equal": (lambda x: tf.equal(x, 1), lambda x: x == 1, LABELS),
    "not_equal": (lambda x: tf.not_equal(x, 1), lambda x: x != 1, LABELS),
    "less": (tf.less, np.less, X, V), "less_equal": (tf.less_equal, np.less_equal, X, V),
    "greater": (tf.greater, np.greater, X, V), "greater_equal": (tf.greater_equal, np.greater_equal, X, V),
    "logical": (
        lambda x: tf.logical_and(tf.logical_or(x > 0, x < -1), tf.logical_not(tf.logical_xor(x > 1, x < 0))),
        lambda x: ((x > 0) | (x < -1)) & ~((x > 1) ^ (x < 0)), X,
    ),
    "reduce_all": (lambda x: tf.reduce_all(x > -2, 1), lambda x: (x > -2).all(1), X),
    "reduce_any": (lambda x: tf.reduce_any(x > 1, [0]), lambda x: (x > 1).any(0), X),
    "floor": (tf.floor, np.floor, X), "ceil": (tf.ceil, np.ceil, X), "sign": (tf.sign, np.sign, X),
    "round": (tf.round, lambda x: x, np.array([3.0, -2.0])),
    "div of integers": (tf.div, np.floor_divide, np.array([7, 8]), np.array([2, 3])),
    "floordiv": (tf.floordiv, np.floor_divide, X, P),
    "is_nan": (lambda x: tf.is_nan(tf.log(x)), lambda x: x < 0, X),
    "one_hot": (lambda i: tf.one_hot(i, 3), lambda i: np.eye(3, dtype="f")[i], LABELS),
    "one_hot first": (
        lambda i: tf.one_hot(i, 3, axis=0), lambda i: np.moveaxis(np.eye(3, dtype="f")[i], -1, 0), LABELS
    ),
    "one_hot values": (
        lambda i: tf.one_hot(i, 3, 5, -1), lambda i: np.where(np.eye(3, dtype=bool)[i], 5, -1).astype("i"), LABELS
    ),
    "where alone": (lambda x: tf.where(x > 0), lambda x: np.argwhere(x > 0), X),
    "shape": (tf.shape, lambda x: np.array(x.shape, "i"), T),
    "size": (tf.size, lambda x: np.int32(x.size), T), "rank": (tf.rank, lambda x: np.int32(x.ndim), T),
    "range": (lambda x: tf.range(1, tf.shape(x)[0] * 2, 2), lambda x: np.arange(1, 8, 2, "i"), X),
    "zeros_like": (tf.zeros_like, np.zeros_like, X), "ones_like": (tf.ones_like, np.ones_like, X),
    "zeros": (lambda x: tf.zeros([2, 1]), lambda x: np.zeros((2, 1), "f"), X),
    "ones": (lambda x: tf.ones([tf.shape(x)[0]], tf.int32), lambda x: np.ones(4, "i"), X),
    "to_int32": (lambda x: tf.to_int32(3 * x), lambda x: (3 * x).astype("i"), X),
    "reduce_sum of integers": (tf.reduce_sum, lambda x: np.int32(x.sum()), LABELS.astype("i")),
    "reduce_mean of integers": (tf.reduce_mean, lambda x: np.int32(1), LABELS.astype("i")),
    "in_top_k": (
        lambda x, i: tf.nn.in_top_k(x, i, 1), lambda x, i: x.argmax(1) == i, X, np.array([0, 1, 2, 0])
    ),
    "top_k": (lambda x: tf.nn.top_k(x, 2)[1], lambda x: np.argsort(-x, 1)[:, :2].astype("i"), X),
    "zero_fraction": (
        lambda x: tf.nn.zero_fraction(tf.nn.relu(x)), lambda x: np.float32((x <= 0).mean()), X
    ),
    "convert_image_dtype": (
        lambda x: tf.image.convert_image_dtype(x, tf.float32), lambda x: x.astype("f") / np.float32(255),
        np.array([[0, 128, 255]], np.uint8),
    ),
    "brightness of bytes": (
        lambda x: tf.image.adjust_brightness(x, 0.2), lambda x: np.array([[51, 179, 255]], np.uint8),
        np.array([[0, 128, 255]], np.uint8),
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", DISCRETE)
def test_value_and_dtype(name):
    build, reference, *arrays = DISCRETE[name]
    found, expected = evaluate(build, *arrays), reference(*arrays)
    assert np.asarray(found).dtype == np.asarray(expected).dtype
    assert np.shape(found) == np.shape(expected)
    np.testing.assert_allclose(found, expected, rtol=1e-6)


def test_round_takes_halves_up_as_documented():
    assert evaluate(tf.round, np.array([0.9, 2.5, 2.3, -4.4])).tolist() == [1.0, 3.0, 2.0, -4.0]


def test_a_cast_to_integers_stops_the_gradient():
    x = tf.constant([1.5])
    assert tf.gradients(tf.cast(tf.cast(x, tf.int32), tf.float32), x) == [None]
    assert tf.gradients(tf.stop_gradient(x) * 2, x) == [None]


def test_the_second_derivative_of_a_variance():
    x = tf.placeholder(tf.float64, [None])
    variance = tf.nn.moments(x, [0])[1]
    (first,) = tf.gradients(variance, x)
    (second,) = tf.gradients(first[0], x)
    found = tf.Session().run(second, {x: np.array([1.0, 2.0, 4.0])})
    np.testing.assert_allclose(found, 2 / 3 * (np.array([1.0, 0.0, 0.0]) - 1 / 3))


def test_labels_are_constants_of_the_cross_entropy():
    z, labels = tf.constant([[1.0, 2.0]]), tf.nn.softmax(tf.constant([[0.0, 1.0]]))
    loss = tf.nn.softmax_cross_entropy_with_logits(z, labels)
    assert tf.gradients(loss, labels) == [None]


def test_names_are_those_of_tensorflow():
    x = tf.placeholder("float", [None, 4, 4, 1])
    assert tf.mul(x, x).name == "Mul:0"
    assert tf.nn.conv2d(x, np.ones((2, 2, 1, 3), "f"), [1, 1, 1, 1], "SAME").name == "Conv2D:0"
    assert tf.nn.max_pool(x, [1, 2, 2, 1], [1, 2, 2, 1], "SAME", name="pool").name == "pool:0"
    assert tf.reduce_mean(x).name == "Mean:0"
    assert tf.concat(3, [x, x]).name == "concat:0"
    assert tf.nn.dropout(x, 0.5).name.startswith("dropout/")
    assert tf.nn.moments(x, [0], name="m")[0].name.startswith("m/")
    assert tf.nn.softmax(tf.reshape(x, [-1, 16])).op.type == "Softmax"


def test_signatures_are_shown():
    import inspect

    assert str(inspect.signature(tf.mul)) == "(x, y, name=None)"
    assert list(inspect.signature(tf.nn.moments).parameters)[-1] == "name"


def test_lists_are_arrays_and_integers_stay_as_they_are():
    with tf.Session() as sess:
        found = sess.run(
            [
                tf.segment_sum([1, 2, 3], [0, 0, 1]), tf.cumsum([1, 2]), tf.trace([[1, 2], [3, 4]]),
                tf.nn.top_k([1, 3, 2], 2).values, tf.round([2]), tf.scalar_mul(2, [1, 2]),
            ]
        )  # fmt: skip
    assert [f.tolist() for f in found] == [[3, 3], [1, 3], 5, [3, 2], [2], [2, 4]]
    assert {f.dtype for f in found} == {np.dtype("int32")}
    with pytest.raises(TypeError, match=r"reduce_logsumexp takes floats.*tf\.to_float"):
        tf.reduce_logsumexp(tf.constant([1, 2]))


def test_constants_in_place_of_numbers_and_shapes_packed_of_both():
    x = tf.placeholder("float", [None, 4])
    batch = tf.shape(x)[0]
    for made, shape in (
        (tf.concat(tf.constant(1), [x, x]), [None, 8]),
        (tf.transpose(tf.ones([2, 3, 4]), tf.constant([0, 2, 1])), [2, 4, 3]),
        (tf.reduce_sum(tf.ones([2, 3, 4]), tf.constant([0, 2])), [3]),
        (tf.one_hot([0, 1], tf.constant(3)), [2, 3]),
        (tf.zeros(tf.pack([batch, 5])), [None, 5]),
        (tf.reshape(x, tf.pack([batch, 2, 2])), [None, 2, 2]),
        (
            tf.nn.conv2d_transpose(
                tf.reshape(x, [-1, 2, 2, 1]),
                tf.ones([3, 3, 6, 1]),
                tf.pack([batch, 4, 4, 6]),
                [1, 2, 2, 1],
            ),
            [None, 4, 4, 6],
        ),
    ):
        assert made.get_shape().as_list() == shape
        with tf.Session() as sess:
            assert made.get_shape().is_compatible_with(sess.run(made, {x: np.ones((3, 4))}).shape)
    with tf.Session() as sess:
        tiled = sess.run(tf.tile([[1, 2]], [2, tf.constant(2)]))
        assert tiled.dtype == np.int32
        assert sess.run(
            tf.nn.batch_normalization(tf.ones([2]), [1.0, 1.0], [4.0, 4.0], None, None, 0.0)
        ).tolist() == [0.0, 0.0]
