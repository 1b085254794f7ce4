"""A recurrent network over 200 steps: h = tanh(x_t @ W + h @ U + b), and a loss on the last."""

import numpy as np

from benchmarks.workload import Workload


def build(rng, steps, batch, width):
    """A list of inputs, one a step, and the parameters W, U, b."""
    xs = [rng.normal(size=(batch, width)) for _ in range(steps)]
    W, U = (rng.normal(size=(width, width)) / np.sqrt(2 * width) for _ in range(2))
    return xs, [W, U, np.zeros(width)]


def objective(kit, xs):
    """Half the mean squared activity after the last step."""
    xs = [kit.array(x) for x in xs]
    xp = kit.xp

    def f(params):
        W, U, b = params
        h = xp.tanh(xs[0] @ W + b)
        for x in xs[1:]:
            h = xp.tanh(x @ W + h @ U + b)
        return 0.5 * xp.mean(h * h)

    return f


def by_hand(inputs):
    """Backpropagation through time; the sums over steps are single matrix products at the end."""
    xs, (W, U, b) = inputs
    steps, (batch, width) = len(xs), xs[0].shape

    def call():
        hs = np.empty((steps, batch, width))
        for k, x in enumerate(xs):
            h = hs[k]
            np.matmul(x, W, out=h)
            if k:
                h += hs[k - 1] @ U
            h += b
            np.tanh(h, out=h)
        loss = 0.5 * np.mean(hs[-1] * hs[-1])
        cts = 1.0 - hs * hs
        ct = hs[-1] / hs[-1].size
        for k in range(steps - 1, -1, -1):
            cts[k] *= ct
            ct = cts[k] @ U.T
        flat = cts.reshape(-1, width)
        grad_W = np.concatenate(xs).T @ flat
        grad_U = hs[:-1].reshape(-1, width).T @ flat[batch:]
        return loss, [grad_W, grad_U, flat.sum(axis=0)]

    return call


def gradient_in(kit, inputs):
    """The gradient in a library."""
    return kit.gradient(objective(kit, inputs[0]), inputs[1])


WORKLOADS = (
    Workload(
        name="rnn",
        title="RNN of 200 steps",
        build=build,
        sizes={"steps": 200, "batch": 32, "width": 64},
        small={"steps": 6, "batch": 2, "width": 3},
        by_hand=by_hand,
        in_library=gradient_in,
        target=1.5,
        compiled=0.6,
        missed=(
            "a step's share of the weights' gradient is a product and a sum of its own, where the "
            "hand-written version makes one product of all steps at the end; copies of the inputs "
            "take 1 %"
        ),
        without={"jax": "unrolls 200 steps while compiling"},
    ),
)
