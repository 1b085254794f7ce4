"""A training step with all that belongs to it, and the loop around it."""

from __future__ import annotations

from typing import Any

from tqdm import tqdm

from autodiff.frontends import tensorflow as tf


def create_train_op(
    total_loss: Any,
    optimizer: Any,
    global_step: Any = None,
    clip_gradient_norm: float = 0.0,
    variables_to_train: Any = None,
) -> Any:
    """A tensor that has the loss, after it has moved the weights and the moving averages."""
    updates = tf.get_collection(tf.GraphKeys.UPDATE_OPS)
    pairs = optimizer.compute_gradients(total_loss, variables_to_train)
    if clip_gradient_norm:
        pairs = [
            (None if g is None else tf.clip_by_norm(g, clip_gradient_norm), v) for g, v in pairs
        ]
    step = optimizer.apply_gradients(pairs, global_step)
    with tf.control_dependencies([step, *updates]):
        return tf.identity(total_loss, name="train_op")


def train(
    train_op: Any,
    number_of_steps: int,
    session: Any,
    feed: Any = None,
    progress: bool = True,
) -> list[float]:
    """Run a training op a number of times, with a progress bar; the losses.

    `feed(step)` gives the feed_dict of a step.  Slim's own `train` has a log directory and makes
    its session; here the session is yours, and `tf.train.Saver` and `SummaryWriter` are beside it.
    """
    steps = tqdm(range(number_of_steps), unit="step", disable=not progress)
    return [float(session.run(train_op, feed(step) if feed else None)) for step in steps]
