"""Define-and-run: a training step by `Session.run` beside our eager one, and building a graph."""

import statistics
import time

import numpy as np

import autodiff as ad
from autodiff import optim
from autodiff.frontends import tensorflow as tf
from autodiff.nn import softmax_cross_entropy
from benchmarks.clock import own_answer, seconds
from benchmarks.kits import NAMES
from benchmarks.workload import Workload
from benchmarks.workloads.mlp import SMALL, TINY, build

RATE = 0.01
PAIRS, REPEATS = 3, 30
ONLY_OURS = {name: "compares two styles of ours" for name in NAMES if name != "autodiff"}


def logits_of(activate, layer, images, params):
    """The network of the small MLP row, in either style."""
    h = images
    for W, b in zip(params[:-2:2], params[1:-2:2]):
        h = activate(layer(h, W) + b)
    return layer(h, params[-2]) + params[-1]


def eager_step(inputs):
    """Prepare a step of gradient descent on Tensors; answers the loss before it."""
    images, labels, params, _ = inputs
    tensors = [ad.Tensor(part) for part in params]
    stepper = optim.Stepper(optim.GradientDescent(RATE), tensors)

    def call():
        logits = logits_of(np.tanh, np.matmul, images, tensors)
        loss = softmax_cross_entropy(logits, labels)
        loss.backward()
        stepper.step()
        return loss.data

    return call


def graph_step(inputs):
    """Prepare the same step in a graph; answers the loss before it."""
    images, labels, params, _ = inputs
    with tf.Graph().as_default():
        x = tf.placeholder(tf.float64, [None, images.shape[1]])
        t = tf.placeholder(tf.int64, [None])
        variables = [tf.Variable(part) for part in params]
        logits = logits_of(tf.tanh, tf.matmul, x, variables)
        loss = tf.reduce_mean(tf.nn.sparse_softmax_cross_entropy_with_logits(logits, t))
        train = tf.train.GradientDescentOptimizer(RATE).minimize(loss)
        session = tf.Session()
        session.run(tf.initialize_all_variables())
    feed = {x: images, t: labels}
    return lambda: session.run([train, loss], feed)[1]


def compared(kit, inputs):
    """Prepare the ratio of the two steps, timed in turn after their losses were found equal."""
    graph, eager = graph_step(inputs), eager_step(inputs)
    for _ in range(3):
        np.testing.assert_allclose(graph(), eager(), rtol=1e-12)

    def call():
        pairs = [(seconds(graph, REPEATS), seconds(eager, REPEATS)) for _ in range(PAIRS)]
        return statistics.median(one / other for one, other in pairs)

    return call


def grow(nodes):
    """A graph of so many nodes in a chain."""
    with tf.Graph().as_default() as graph:
        y = tf.placeholder("float", [10])
        for _ in range(nodes // 2):
            y = y * 2.0 + 1.0
    assert graph.version > nodes
    return graph


def timed_building(kit, inputs):
    """Prepare the building of a graph; answers its seconds."""

    def call():
        start = time.perf_counter()
        grow(inputs)
        return time.perf_counter() - start

    return call


WORKLOADS = (
    Workload(
        name="session-step",
        title="MLP training step by Session.run, over our eager step",
        build=build,
        sizes=SMALL,
        small=TINY,
        in_library=compared,
        target=1.3,
        reference="",
        measure=own_answer,
        unit="x",
        absolute=True,
        checked=False,
        without=ONLY_OURS,
        rounds=7,
    ),
    Workload(
        name="graph-building",
        title="building a graph of 10,000 nodes",
        build=lambda rng, nodes: nodes,
        sizes={"nodes": 10_000},
        small={"nodes": 100},
        in_library=timed_building,
        target=0.5,
        missed=(
            "measured in a slow phase of the machine; beside each other in a quicker one the "
            "version that took 166 ms on 2026-11-25 takes 239 ms of processor time and this one 256"
        ),
        reference="",
        measure=own_answer,
        absolute=True,
        checked=False,
        without=ONLY_OURS,
        rounds=15,
    ),
)
