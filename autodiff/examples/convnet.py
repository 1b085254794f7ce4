"""A conv net on the digits as one wrote it for TensorFlow 0.11: checkpoints, resume, TensorBoard.

    autodiff convnet --folder logs     # interrupt it, run it again: it goes on
    tensorboard --logdir logs

A run that was interrupted, by Ctrl-C or by `kill -9`, and resumed ends with the same loss to the
last bit as one that was not.  All that a step depends on is in the checkpoint: the weights, the
optimizer's slots, the step, the seed from which seed and step give the order of the data, and the
state of the random ops (dropout).
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from tqdm import tqdm

from autodiff.examples.digits import Data, load
from autodiff.frontends import tensorflow as tf

BATCH = 64


@dataclass(frozen=True, slots=True)
class Net:
    """The nodes of the graph that the training loop runs."""

    images: Any
    labels: Any
    keep: Any
    loss: Any
    accuracy: Any
    train: Any
    step: Any
    seed: Any
    summaries: Any


@dataclass(frozen=True, slots=True)
class Result:
    """What a finished run reports."""

    steps: int
    loss: float
    test_accuracy: float


def conv(x: Any, channels: int, scope: str) -> Any:
    """A 3 x 3 convolution, relu, and 2 x 2 max pooling."""
    with tf.variable_scope(scope):
        inputs = x.get_shape().as_list()[3]
        w = tf.get_variable("W", [3, 3, inputs, channels], initializer=he(9 * inputs))
        b = tf.get_variable("b", [channels], initializer=tf.constant_initializer(0.0))
        h = tf.nn.relu(tf.nn.bias_add(tf.nn.conv2d(x, w, [1, 1, 1, 1], "SAME"), b))
        return tf.nn.max_pool(h, [1, 2, 2, 1], [1, 2, 2, 1], "SAME")


def dense(x: Any, outputs: int, scope: str) -> Any:
    """An affine layer."""
    with tf.variable_scope(scope):
        inputs = x.get_shape().as_list()[1]
        w = tf.get_variable("W", [inputs, outputs], initializer=he(inputs))
        b = tf.get_variable("b", [outputs], initializer=tf.constant_initializer(0.0))
        return tf.matmul(x, w) + b


def he(inputs: int) -> Any:
    """Normal weights of variance 2 / inputs (He et al., 2015)."""
    return tf.truncated_normal_initializer(stddev=(2 / inputs) ** 0.5)


def build(seed: int) -> Net:
    """Build the graph into the default graph."""
    tf.set_random_seed(seed)
    images = tf.placeholder("float", [None, 8, 8, 1], name="images")
    labels = tf.placeholder(tf.int32, [None], name="labels")
    keep = tf.placeholder_with_default(np.float32(1.0), [], name="keep")
    h = conv(conv(images, 16, "conv1"), 32, "conv2")
    h = tf.nn.relu(dense(tf.reshape(h, [-1, 2 * 2 * 32]), 64, "dense"))
    logits = dense(tf.nn.dropout(h, keep), 10, "logits")
    with tf.name_scope("loss"):
        loss = tf.reduce_mean(tf.nn.sparse_softmax_cross_entropy_with_logits(logits, labels))
    with tf.name_scope("accuracy"):
        right = tf.equal(tf.argmax(logits, 1), tf.cast(labels, tf.int64))
        accuracy = tf.reduce_mean(tf.cast(right, tf.float32))
    step = tf.Variable(np.int64(0), trainable=False, name="global_step")
    rate = tf.train.exponential_decay(3e-3, step, 100, 0.8)
    train = tf.train.AdamOptimizer(rate).minimize(loss, global_step=step)
    tf.scalar_summary("loss", loss)
    tf.scalar_summary("learning_rate", rate)
    tf.image_summary("digits", images)
    for variable in tf.trainable_variables():
        tf.histogram_summary(variable.op.name, variable)
    return Net(
        images=images,
        labels=labels,
        keep=keep,
        loss=loss,
        accuracy=accuracy,
        train=train,
        step=step,
        seed=tf.Variable(np.int64(seed), trainable=False, name="seed"),
        summaries=tf.merge_all_summaries(),
    )


def batch_at(step: int, seed: int, size: int) -> np.ndarray:
    """The rows of the batch of a step: each epoch is a permutation of its own.

    >>> sorted(np.concatenate([batch_at(i, 0, 128) for i in (2, 3)])) == list(range(128))
    True
    """
    epoch, place = divmod(step, size // BATCH)
    order = np.random.default_rng([seed, epoch]).permutation(size)
    return order[place * BATCH : (place + 1) * BATCH]


def run(
    folder: Path, data: Data, steps: int = 600, seed: int = 2017, every: int = 50,
    progress: bool = True,
) -> Result:  # fmt: skip
    """Train to `steps` steps, from the folder's latest checkpoint where it has one.

    A checkpoint is saved at the start, every `every` steps and at the end.
    """
    folder.mkdir(parents=True, exist_ok=True)
    with tf.Graph().as_default(), tf.Session() as sess:
        net = build(seed)
        saver = tf.train.Saver(max_to_keep=3, tell=None)
        start = begin(sess, net, saver, folder, seed)
        images, labels = (data.train[0].reshape(-1, 8, 8, 1), data.train[1])
        with tf.train.SummaryWriter(folder, sess.graph) as writer:
            writer.restart(start)
            sess.graph.finalize()
            bar = tqdm(range(start, steps), initial=start, total=steps, disable=not progress)
            for step in bar:
                rows = batch_at(step, seed, len(labels))
                feed = {net.images: images[rows], net.labels: labels[rows], net.keep: 0.7}
                if step % 10 == 0:
                    loss, text, _ = sess.run([net.loss, net.summaries, net.train], feed)
                    writer.add_summary(text, step)
                    bar.set_postfix(loss=f"{loss:.4f}", refresh=False)
                else:
                    sess.run(net.train, feed)
                if (step + 1) % every == 0 or step + 1 == steps:
                    saver.save(sess, folder / "model.ckpt", global_step=step + 1)
        loss = sess.run(net.loss, {net.images: images, net.labels: labels})
        tests = {net.images: data.test[0].reshape(-1, 8, 8, 1), net.labels: data.test[1]}
        return Result(int(sess.run(net.step)), float(loss), float(sess.run(net.accuracy, tests)))


def begin(sess: Any, net: Net, saver: Any, folder: Path, seed: int) -> int:
    """Restore the latest checkpoint, or initialize; the step to go on from."""
    latest = tf.train.latest_checkpoint(str(folder))
    if latest is None:
        sess.run(tf.initialize_all_variables())
        saver.save(sess, folder / "model.ckpt", global_step=0)
        return 0
    saver.restore(sess, latest)
    saved = int(sess.run(net.seed))
    if saved != seed:
        raise tf.errors.InvalidArgumentError(
            f"{latest} was made with --seed {saved}, and gives the order of the data by it: go on "
            "with that seed, or start in another folder."
        )
    print(f"restored {latest}")
    return int(sess.run(net.step))


def main(folder: Path, steps: int = 600, seed: int = 2017, every: int = 50) -> int:
    """Train, or go on training, and print the loss to the last bit; 130 when interrupted."""
    try:
        result = run(folder, load(np.random.default_rng(seed)), steps, seed, every)
    except KeyboardInterrupt:
        latest = tf.train.latest_checkpoint(str(folder))
        print(f"\ninterrupted; the same command goes on from {latest or 'the start'}")
        return 130
    print(
        f"step {result.steps}: training loss {result.loss!r} ({result.loss.hex()}), "
        f"test accuracy {result.test_accuracy:.2%}\n"
        f"curves, weights, digits and the graph: tensorboard --logdir {folder}"
    )
    return 0
