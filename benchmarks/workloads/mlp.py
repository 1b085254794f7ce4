"""Multilayer perceptrons with a softmax cross-entropy: gradient, JVP and HVP.

The parameters are a flat list W1, b1, W2, b2, ...; the hidden activation is tanh in the small
network (so that second derivatives exist) and relu in the medium one.
"""

from dataclasses import replace
from itertools import pairwise

import numpy as np

from benchmarks.workload import FLOAT32_TOLERANCE, NO_EAGER_STYLE, Workload, in_float32

SMALL = {"batch": 32, "widths": (64, 64, 32, 10)}
MEDIUM = {"batch": 128, "widths": (784, 512, 512, 10)}
TINY = {"batch": 4, "widths": (5, 4, 3, 2)}


FIXED = (
    "720,000 instructions or 330 us beyond those by hand, told below, of which 2.0 would leave "
    "255: of Python's share a fifth is the loop of the sweep, a sixth the recording of nine "
    "operations, and no other function more than 4 %"
)
FIXED_TENSOR = (
    "as in the row above, without the names and the copies of parameters; the order of the graph "
    "is found anew at every step"
)
MEDIUM_ARRAYS = (
    "the products of matrices are those by hand; what is above them are results and "
    "cotangents in new memory (two a layer), the images' copy (0.2 %), and a look "
    "at 5 MB of gradients for what is not finite (0.7 %)"
)
PUSHED = (
    "two calls of NumPy a product and two objects a result where the hand-written "
    "version adds in place, and the fixed cost of a run"
)
PUSHED_SWEEP = (
    "nine operations are recorded, and 32 of forward mode go over them and their sweep, each with "
    "two objects and a fixed cost beside arrays of 2,048 elements; the slope of the cross-entropy "
    "is one operation already"
)


def build(rng, batch, widths):
    """Images, labels, parameters and a direction in the space of the parameters."""
    params = []
    for inputs, outputs in pairwise(widths):
        params += [rng.normal(size=(inputs, outputs)) / np.sqrt(inputs), np.zeros(outputs)]
    direction = [rng.normal(size=part.shape) for part in params]
    images, labels = rng.normal(size=(batch, widths[0])), rng.integers(widths[-1], size=batch)
    return images, labels, params, direction


def objective(kit, activation, images, labels):
    """The loss as a function of the parameters."""
    images, labels = kit.array(images), kit.array(labels)

    def f(params):
        h = images
        for W, b in zip(params[:-2:2], params[1:-2:2]):
            h = activation(h @ W + b)
        return kit.cross_entropy(h @ params[-2] + params[-1], labels)

    return f


def tanh_objective(kit, inputs):
    """The small network's loss."""
    return objective(kit, kit.xp.tanh, inputs[0], inputs[1])


def probabilities(logits, labels):
    """The softmax, and the mean cross-entropy of the labels."""
    rows = np.arange(len(labels))
    shifted = logits - logits.max(axis=1, keepdims=True)
    picked = shifted[rows, labels]
    np.exp(shifted, out=shifted)
    total = shifted.sum(axis=1, keepdims=True)
    loss = (np.log(total[:, 0]) - picked).mean()
    shifted /= total
    return shifted, loss


def logit_cotangent(softmax, labels):
    """The cotangent of the logits, in the place of the softmax."""
    softmax[np.arange(len(labels)), labels] -= 1.0
    softmax /= len(labels)
    return softmax


def forward(images, params, activate):
    """Every layer's input, and the logits; `activate` works in place."""
    layers = [images]
    for W, b in zip(params[:-2:2], params[1:-2:2]):
        h = layers[-1] @ W
        h += b
        layers.append(activate(h))
    logits = layers[-1] @ params[-2]
    logits += params[-1]
    return layers, logits


def tanh_in_place(h):
    """tanh, in the place of its argument."""
    return np.tanh(h, out=h)


def relu_in_place(h):
    """max(h, 0), in the place of its argument."""
    return np.maximum(h, 0.0, out=h)


def scale_by_tanh_slope(ct, h):
    """ct * (1 - h**2), in the place of ct."""
    slope = h * h
    np.subtract(1.0, slope, out=slope)
    ct *= slope


def scale_by_relu_slope(ct, h):
    """ct where h is positive, in the place of ct."""
    ct *= h > 0


def gradient_by_hand(activate, scale_by_slope):
    """Backpropagation as one writes it in NumPy, for one activation."""

    def prepare(inputs):
        images, labels, params, _ = inputs

        def call():
            layers, logits = forward(images, params, activate)
            softmax, loss = probabilities(logits, labels)
            ct = logit_cotangent(softmax, labels)
            grads = [None] * len(params)
            for k in range(len(layers) - 1, -1, -1):
                grads[2 * k] = layers[k].T @ ct
                grads[2 * k + 1] = ct.sum(axis=0)
                if k:
                    ct = ct @ params[2 * k].T
                    scale_by_slope(ct, layers[k])
            return loss, grads

        return call

    return prepare


def tangents_by_hand(images, params, direction, labels):
    """The forward pass with its tangents: layers, their tangents, softmax and loss."""
    layers, tangents = [images], [None]
    for k in range(0, len(params), 2):
        h, t = layers[-1], tangents[-1]
        z = h @ params[k]
        z += params[k + 1]
        tz = h @ direction[k]
        tz += direction[k + 1]
        if t is not None:
            tz += t @ params[k]
        if k + 2 < len(params):
            np.tanh(z, out=z)
            scale_by_tanh_slope(tz, z)
        layers.append(z)
        tangents.append(tz)
    softmax, loss = probabilities(layers.pop(), labels)
    return layers, tangents, softmax, loss


def jvp_by_hand(inputs):
    """The loss and its derivative along a direction."""
    images, labels, params, direction = inputs

    def call():
        _, tangents, softmax, loss = tangents_by_hand(images, params, direction, labels)
        ct = logit_cotangent(softmax, labels)
        return loss, np.vdot(ct, tangents[-1])

    return call


def hvp_by_hand(inputs):
    """The Hessian times a direction, by differentiating backpropagation forwards."""
    images, labels, params, direction = inputs

    def call():
        layers, tangents, softmax, _ = tangents_by_hand(images, params, direction, labels)
        t_logits = tangents.pop()
        mean = np.einsum("ij,ij->i", softmax, t_logits)[:, None]
        t_ct = t_logits - mean
        t_ct *= softmax
        t_ct /= len(labels)
        ct = logit_cotangent(softmax, labels)
        product = [None] * len(params)
        for k in range(len(layers) - 1, -1, -1):
            h, t = layers[k], tangents[k]
            product[2 * k] = h.T @ t_ct
            product[2 * k + 1] = t_ct.sum(axis=0)
            if not k:
                break
            product[2 * k] += t.T @ ct
            W = params[2 * k].T
            t_ct = t_ct @ W
            t_ct += ct @ direction[2 * k].T
            ct = ct @ W
            slope = 1.0 - h * h
            t_ct *= slope
            t_ct -= 2.0 * ct * h * t
            ct *= slope
        return product

    return call


def medium_in(kit, inputs):
    """The medium network's gradient in a library."""
    return kit.gradient(objective(kit, kit.relu, inputs[0], inputs[1]), inputs[2])


def hvp_in(kit, inputs):
    """The Hessian times a direction in a library."""
    return kit.hvp(tanh_objective(kit, inputs), inputs[2], inputs[3])


SMALL_NET = Workload(
    name="mlp-small",
    title="MLP 64-64-32-10, batch 32",
    build=build,
    sizes=SMALL,
    small=TINY,
    by_hand=gradient_by_hand(tanh_in_place, scale_by_tanh_slope),
    target=2.0,
    compiled=0.65,
    missed=FIXED,
    in_library=lambda kit, inputs: kit.gradient(tanh_objective(kit, inputs), inputs[2]),
)
MEDIUM_NET = Workload(
    name="mlp-medium",
    title="MLP 784-512-512-10, batch 128",
    build=build,
    sizes=MEDIUM,
    small=TINY,
    by_hand=gradient_by_hand(relu_in_place, scale_by_relu_slope),
    target=1.04,
    compiled=0.95,
    missed=MEDIUM_ARRAYS,
    in_library=medium_in,
)

WORKLOADS = (
    SMALL_NET,
    replace(
        SMALL_NET,
        name="mlp-small-tensor",
        title="MLP 64-64-32-10, Tensor style",
        target=1.9,
        missed=FIXED_TENSOR,
        without=NO_EAGER_STYLE,
        in_library=lambda kit, inputs: kit.eager(tanh_objective(kit, inputs), inputs[2]),
    ),
    MEDIUM_NET,
    replace(
        MEDIUM_NET,
        name="mlp-medium-float32",
        title="MLP 784-512-512-10 in float32",
        build=in_float32(build),
        target=1.06,
        tolerance=FLOAT32_TOLERANCE,
    ),
    replace(
        SMALL_NET,
        name="jvp-mlp",
        title="JVP of the small MLP",
        by_hand=jvp_by_hand,
        target=1.8,
        compiled=0.45,
        missed=PUSHED,
        without={"mygrad": "no forward mode"},
        in_library=lambda kit, inputs: kit.jvp(tanh_objective(kit, inputs), inputs[2], inputs[3]),
    ),
    replace(
        SMALL_NET,
        name="hvp-mlp",
        title="HVP of the small MLP",
        by_hand=hvp_by_hand,
        target=3.2,
        compiled=0.6,
        missed=PUSHED_SWEEP,
        without={"mygrad": "no second derivatives"},
        in_library=hvp_in,
    ),
)
