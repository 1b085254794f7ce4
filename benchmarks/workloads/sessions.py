"""A training step by `Session.run`, the same program in our front end and in TensorFlow itself.

The programs are those of the time: the conv net of TensorFlow's tutorial for experts on a batch of
50, an LSTM over the 28 rows of an image, and the small MLP; all in float32, by gradient descent.
`kit.graphs()` is the module that plays `tf`; where TensorFlow is not installed, the row shows the
time of our step alone.
"""

from itertools import pairwise

import numpy as np

from benchmarks.kits import NAMES, ONLY
from benchmarks.workload import FLOAT32_TOLERANCE, Workload
from benchmarks.workloads.mlp import SMALL, TINY

RATE = 0.01
STEPS_BEFORE = 2
"""Steps before the loss is compared, so that it depends on the gradients."""
NO_GRAPHS = {name: "has no graphs" for name in NAMES if name not in ("autodiff", *ONLY)}
GATES = 4


MISSED = (
    "each node is a call of NumPy with 4 microseconds of its own; TensorFlow fuses "
    "what lies between the products and multiplies matrices in the layout that it "
    "finds"
)


def weights(rng, *shape):
    """A weight array in float32, scaled by the number of inputs of an output."""
    fan = np.prod(shape[:-1])
    return (rng.normal(size=shape) / np.sqrt(fan)).astype(np.float32)


def drawn(rng, shape, classes, params):
    """Inputs of a shape, labels, and the parameters."""
    inputs = rng.normal(size=shape).astype(np.float32)
    return inputs, rng.integers(classes, size=shape[0]), params


def dense_params(rng, widths):
    """W and b of dense layers, in one list."""
    pairs = ((weights(rng, *pair), np.zeros(pair[1], np.float32)) for pair in pairwise(widths))
    return [part for pair in pairs for part in pair]


def build_mlp(rng, batch, widths):
    """Images, labels and parameters of the small MLP."""
    return drawn(rng, (batch, widths[0]), widths[-1], dense_params(rng, widths))


def mlp(tf, x, params):
    """The logits of the MLP."""
    h = x
    for W, b in zip(params[:-2:2], params[1:-2:2]):
        h = tf.tanh(tf.matmul(h, W) + b)
    return tf.matmul(h, params[-2]) + params[-1]


def build_conv(rng, batch, side, channels, hidden):
    """Images, labels and parameters of the tutorial's conv net."""
    params = []
    for before, after in pairwise((1, *channels)):
        params += [weights(rng, 5, 5, before, after), np.full(after, 0.1, np.float32)]
    flat = (side // 4) ** 2 * channels[-1]
    params += dense_params(rng, (flat, hidden, 10))
    return drawn(rng, (batch, side, side, 1), 10, params)


def conv(tf, x, params):
    """The logits of the conv net: two convolutions with relu and pooling, two dense layers."""
    h, whole, two = x, [1, 1, 1, 1], [1, 2, 2, 1]
    for W, b in zip(params[:4:2], params[1:4:2]):
        h = tf.nn.relu(tf.nn.conv2d(h, W, strides=whole, padding="SAME") + b)
        h = tf.nn.max_pool(h, ksize=two, strides=two, padding="SAME")
    W, b, V, c = params[4:]
    h = tf.reshape(h, [-1, W.get_shape().as_list()[0]])
    return tf.matmul(tf.nn.relu(tf.matmul(h, W) + b), V) + c


def build_lstm(rng, batch, steps, width, units):
    """Sequences, labels and parameters of the LSTM and of the layer behind it."""
    bias = np.zeros(GATES * units, np.float32)
    params = [weights(rng, width, GATES * units), weights(rng, units, GATES * units), bias]
    return drawn(rng, (batch, steps, width), 10, params + dense_params(rng, (units, 10)))


def lstm(tf, x, params):
    """The logits from the last state of an LSTM, unrolled."""
    W, U, b, V, c = params
    _, steps, width = x.get_shape().as_list()
    units = U.get_shape().as_list()[0]
    h = memory = None
    for step in range(steps):
        gates = tf.matmul(tf.reshape(x[:, step, :], [-1, width]), W) + b
        if h is not None:
            gates = gates + tf.matmul(h, U)
        parts = [gates[:, k * units : (k + 1) * units] for k in range(GATES)]
        taken, forgot, shown = (tf.sigmoid(part) for part in parts[:3])
        new = taken * tf.tanh(parts[3])
        memory = new if memory is None else forgot * memory + new
        h = shown * tf.tanh(memory)
    return tf.matmul(h, V) + c


def trained_by(network):
    """Prepare a step of gradient descent in a graph; it answers the loss before it."""

    def prepare(kit, inputs):
        data, labels, params = inputs
        tf = kit.graphs()
        with tf.Graph().as_default():
            x = tf.placeholder(tf.float32, [None, *data.shape[1:]])
            t = tf.placeholder(tf.int64, [None])
            logits = network(tf, x, [tf.Variable(part) for part in params])
            losses = tf.nn.sparse_softmax_cross_entropy_with_logits(labels=t, logits=logits)
            loss = tf.reduce_mean(losses)
            train = tf.train.GradientDescentOptimizer(RATE).minimize(loss)
            config = tf.ConfigProto(intra_op_parallelism_threads=1, inter_op_parallelism_threads=1)
            session = tf.Session(config=config)
            session.run(tf.global_variables_initializer())
        feed = {x: data, t: labels}
        for _ in range(STEPS_BEFORE):
            session.run(train, feed)
        return lambda: session.run([train, loss], feed)[1]

    return prepare


def entry(name, title, network, target, build, sizes, small):
    """A network's training step."""
    return Workload(
        name=name,
        title=title,
        build=build,
        sizes=sizes,
        small=small,
        in_library=trained_by(network),
        target=target,
        reference="tensorflow",
        without=NO_GRAPHS,
        tolerance=FLOAT32_TOLERANCE,
        missed=MISSED,
    )


WORKLOADS = (
    entry(
        "session-conv",
        "conv net's step by Session.run",
        conv,
        1.5,
        build_conv,
        {"batch": 50, "side": 28, "channels": (32, 64), "hidden": 1024},
        {"batch": 2, "side": 8, "channels": (2, 3), "hidden": 4},
    ),
    entry(
        "session-lstm",
        "LSTM's step by Session.run",
        lstm,
        1.2,
        build_lstm,
        {"batch": 64, "steps": 28, "width": 28, "units": 128},
        {"batch": 2, "steps": 3, "width": 4, "units": 2},
    ),
    entry("session-mlp", "MLP's step by Session.run", mlp, 1.0, build_mlp, SMALL, TINY),
)
