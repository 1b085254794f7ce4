"""Layers several times, and penalties on their weights."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from autodiff.frontends import tensorflow as tf


def repeat(
    inputs: Any, repetitions: int, layer: Any, *args: Any, scope: str | None = None, **kwargs: Any
) -> Any:
    """The same layer several times: scope/scope_1, scope/scope_2, ..."""
    name = scope or getattr(layer, "__name__", "Repeat")
    with tf.variable_scope(scope, "Repeat", [inputs]):
        for number in range(1, repetitions + 1):
            inputs = layer(inputs, *args, scope=f"{name}_{number}", **kwargs)
        return inputs


def stack(
    inputs: Any, layer: Any, stack_args: Sequence[Any], scope: str | None = None, **kwargs: Any
) -> Any:
    """A layer several times with other arguments: stack(x, fully_connected, [32, 10])."""
    name = scope or getattr(layer, "__name__", "Stack")
    with tf.variable_scope(scope, "Stack", [inputs]):
        for number, own in enumerate(stack_args, 1):
            args = own if isinstance(own, list | tuple) else [own]
            inputs = layer(inputs, *args, scope=f"{name}_{number}", **kwargs)
        return inputs


def l2_regularizer(scale: float, scope: str | None = None) -> Callable[[Any], Any]:
    """scale * l2_loss(weights), for the collection of regularization losses."""
    return lambda weights: scale * tf.nn.l2_loss(weights)


def l1_regularizer(scale: float, scope: str | None = None) -> Callable[[Any], Any]:
    """scale * sum(|weights|)."""
    return lambda weights: scale * tf.reduce_sum(tf.abs(weights))


def l1_l2_regularizer(
    scale_l1: float = 1.0, scale_l2: float = 1.0, scope: str | None = None
) -> Callable[[Any], Any]:
    """The sum of both."""
    both = l1_regularizer(scale_l1), l2_regularizer(scale_l2)
    return lambda weights: both[0](weights) + both[1](weights)


def sum_regularizer(
    regularizer_list: Sequence[Any], scope: str | None = None
) -> Callable[[Any], Any]:
    """The sum of several."""
    return lambda weights: tf.add_n([one(weights) for one in regularizer_list if one is not None])


def apply_regularization(regularizer: Any, weights_list: Any = None) -> Any:
    """The penalty of all weights together, collected."""
    weights = tf.get_collection(tf.GraphKeys.WEIGHTS) if weights_list is None else weights_list
    penalties = [regularizer(w) for w in weights]
    total = tf.add_n([p for p in penalties if p is not None])
    tf.add_to_collection(tf.GraphKeys.REGULARIZATION_LOSSES, total)
    return total
