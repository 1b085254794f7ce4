"""A network written for one example, in a loop over 64, as first programs from textbooks are."""

import numpy as np

from benchmarks.workload import Workload


def build(rng, examples, inputs, hidden, classes):
    """The examples with their labels, and the two matrices."""
    W1 = rng.normal(size=(hidden, inputs)) / np.sqrt(inputs)
    W2 = rng.normal(size=(classes, hidden)) / np.sqrt(hidden)
    return list(rng.normal(size=(examples, inputs))), rng.integers(classes, size=examples), [W1, W2]


def objective(kit, xs, labels):
    """The mean cross-entropy, one example after another."""
    xs = [kit.array(x) for x in xs]

    def f(params):
        W1, W2 = params
        total = 0.0
        for x, label in zip(xs, labels):
            scores = W2 @ kit.xp.tanh(W1 @ x)
            total = total + kit.logsumexp(scores, 0) - scores[int(label)]
        return total / len(xs)

    return f


def by_hand(inputs):
    """The same loop with its backpropagation, as textbooks write it."""
    xs, labels, (W1, W2) = inputs

    def call():
        total, grad_W1, grad_W2 = 0.0, np.zeros_like(W1), np.zeros_like(W2)
        for x, label in zip(xs, labels):
            h = np.tanh(W1 @ x)
            scores = W2 @ h
            top = scores.max()
            ct = np.exp(scores - top)
            norm = ct.sum()
            total += np.log(norm) + top - scores[label]
            ct /= norm
            ct[label] -= 1.0
            ct /= len(xs)
            grad_W2 += np.outer(ct, h)
            grad_W1 += np.outer((W2.T @ ct) * (1.0 - h * h), x)
        return total / len(xs), [grad_W1, grad_W2]

    return call


WORKLOADS = (
    Workload(
        name="loop-over-examples",
        title="loop over 64 examples, MLP 784-128-10",
        build=build,
        sizes={"examples": 64, "inputs": 784, "hidden": 128, "classes": 10},
        small={"examples": 5, "inputs": 6, "hidden": 4, "classes": 3},
        by_hand=by_hand,
        in_library=lambda kit, inputs: kit.gradient(objective(kit, *inputs[:2]), inputs[2]),
    ),
)
