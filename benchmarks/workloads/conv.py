"""A network like LeNet-5 on 28x28 images: two convolutions with pooling, three dense layers."""

from dataclasses import replace
from itertools import pairwise

import numpy as np

from benchmarks.workload import FLOAT32_TOLERANCE, Workload, in_float32
from benchmarks.workloads.mlp import logit_cotangent, probabilities

KERNEL = 5
CHANNELS = (1, 6, 16)
DENSE = (400, 120, 84, 10)


MISSED = (
    "the layout below, beside images whose windows are laid out once; there is no "
    "native kernel for it that could be leant on, see below, and PyTorch's is one"
)


def build(rng, batch):
    """Images, labels, and the parameters: w1, c1, w2, c2, then W, b of the dense layers."""
    params = []
    for before, after in pairwise(CHANNELS):
        fan = before * KERNEL**2
        params.append(rng.normal(size=(after, before, KERNEL, KERNEL)) / np.sqrt(fan))
        params.append(rng.normal(size=(after, 1, 1)) * 0.1)
    for before, after in pairwise(DENSE):
        params += [rng.normal(size=(before, after)) / np.sqrt(before), np.zeros(after)]
    return rng.normal(size=(batch, 1, 28, 28)), rng.integers(10, size=batch), params


def objective(kit, images, labels):
    """The loss as a function of the parameters."""
    images, labels = kit.array(images), kit.array(labels)

    def f(params):
        w1, c1, w2, c2, *dense = params
        h = kit.max_pool2d(kit.relu(kit.conv2d(images, w1, padding=2) + c1), 2)
        h = kit.max_pool2d(kit.relu(kit.conv2d(h, w2) + c2), 2)
        h = h.reshape(len(labels), DENSE[0])
        for W, b in zip(dense[:-2:2], dense[1:-2:2]):
            h = kit.relu(h @ W + b)
        return kit.cross_entropy(h @ dense[-2] + dense[-1], labels)

    return f


def columns(x):
    """Every window of the images as a column: (N, C * kh * kw, rows * columns)."""
    windows = np.lib.stride_tricks.sliding_window_view(x, (KERNEL, KERNEL), axis=(2, 3))
    n, c, rows, width = windows.shape[:4]
    return windows.transpose(0, 1, 4, 5, 2, 3).reshape(n, c * KERNEL**2, rows * width)


def convolve(x, w, bias):
    """relu(conv(x, w) + bias), and the columns that the reverse sweep needs."""
    seen = columns(x)
    side = x.shape[2] - KERNEL + 1
    y = (w.reshape(len(w), -1) @ seen).reshape(len(x), len(w), side, side)
    y += bias
    return np.maximum(y, 0.0, out=y), seen


def pool(x):
    """The largest of every 2x2 window."""
    rows = np.maximum(x[:, :, ::2], x[:, :, 1::2])
    return np.maximum(rows[..., ::2], rows[..., 1::2])


def unpool(ct, x, y):
    """The cotangent of pooling and of relu before it: to the largest, where it is positive."""
    ct = ct * (y > 0)
    spread = np.empty_like(x)
    for i in range(2):
        for j in range(2):
            np.multiply(ct, x[:, :, i::2, j::2] == y, out=spread[:, :, i::2, j::2])
    return spread


def convolution_cotangents(ct, seen, w):
    """The cotangents of the weights and of the bias."""
    flat = ct.reshape(*ct.shape[:2], -1)
    weights = np.matmul(flat, seen.transpose(0, 2, 1)).sum(axis=0)
    return weights.reshape(w.shape), flat.sum(axis=(0, 2))[:, None, None]


def image_cotangent(ct, w, shape):
    """The cotangent of the images: every window's share added where the window was."""
    n, _, rows, width = ct.shape
    shares = w.reshape(len(w), -1).T @ ct.reshape(n, len(w), -1)
    shares = shares.reshape(n, w.shape[1], KERNEL, KERNEL, rows, width)
    image = np.zeros(shape, ct.dtype)
    for i in range(KERNEL):
        for j in range(KERNEL):
            image[:, :, i : i + rows, j : j + width] += shares[:, :, i, j]
    return image


def by_hand(inputs):
    """Backpropagation by hand, with convolutions as matrix products of columns."""
    images, labels, params = inputs
    w1, c1, w2, c2, *dense = params

    def call():
        padded = np.pad(images, ((0, 0), (0, 0), (2, 2), (2, 2)))
        y1, seen1 = convolve(padded, w1, c1)
        p1 = pool(y1)
        y2, seen2 = convolve(p1, w2, c2)
        p2 = pool(y2)
        layers = [p2.reshape(len(labels), -1)]
        for W, b in zip(dense[:-2:2], dense[1:-2:2]):
            h = layers[-1] @ W
            h += b
            layers.append(np.maximum(h, 0.0, out=h))
        logits = layers[-1] @ dense[-2]
        logits += dense[-1]
        softmax, loss = probabilities(logits, labels)
        ct = logit_cotangent(softmax, labels)
        grads = []
        for k in (2, 1, 0):
            grads[:0] = [layers[k].T @ ct, ct.sum(axis=0)]
            ct = ct @ dense[2 * k].T
            if k:
                ct *= layers[k] > 0
        ct2 = unpool(ct.reshape(p2.shape), y2, p2)
        second = convolution_cotangents(ct2, seen2, w2)
        ct1 = unpool(image_cotangent(ct2, w2, p1.shape), y1, p1)
        return loss, [*convolution_cotangents(ct1, seen1, w1), *second, *grads]

    return call


def gradient_in(kit, inputs):
    """The gradient in a library."""
    return kit.gradient(objective(kit, inputs[0], inputs[1]), inputs[2])


FLOAT64 = Workload(
    name="conv",
    title="LeNet-like conv net, batch 32",
    build=build,
    sizes={"batch": 32},
    small={"batch": 2},
    by_hand=by_hand,
    in_library=gradient_in,
    target=1.05,
    compiled=0.9,
    missed=MISSED,
)

WORKLOADS = (
    FLOAT64,
    replace(
        FLOAT64,
        name="conv-float32",
        title="LeNet-like conv net in float32",
        build=in_float32(build),
        target=1.1,
        tolerance=FLOAT32_TOLERANCE,
    ),
)
