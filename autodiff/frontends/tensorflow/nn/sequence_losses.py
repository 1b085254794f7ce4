"""Losses over lists of steps, each step with a weight, and one model for several lengths."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from autodiff.core.ground.locations import here
from autodiff.frontends.tensorflow.graph.graph import get_default_graph
from autodiff.frontends.tensorflow.nn.losses import sparse_softmax_cross_entropy_with_logits
from autodiff.frontends.tensorflow.ops.arrays import cast, reshape, shape
from autodiff.frontends.tensorflow.ops.math import add_n
from autodiff.frontends.tensorflow.ops.reductions import reduce_sum
from autodiff.frontends.tensorflow.variables.scopes import get_variable_scope, variable_scope

Lists = Sequence[Any]


def sequence_loss_by_example(
    logits: Lists,
    targets: Lists,
    weights: Lists,
    average_across_timesteps: bool = True,
    softmax_loss_function: Callable[[Any, Any], Any] | None = None,
    name: str | None = None,
) -> Any:
    """The weighted cross-entropy of each example, over its weights' sum or not: (batch,)."""
    if not len(logits) == len(targets) == len(weights):
        raise ValueError(
            f"logits, targets and weights are lists of one length, not {len(logits)}, "
            f"{len(targets)} and {len(weights)}.{here()}"
        )
    with get_default_graph().name_scope(name or "sequence_loss_by_example"):
        terms = []
        for logit, target, weight in zip(logits, targets, weights, strict=True):
            if softmax_loss_function is None:
                flat = reshape(target, [-1])
                entropy = sparse_softmax_cross_entropy_with_logits(logit, flat)
            else:
                entropy = softmax_loss_function(logit, target)
            terms.append(entropy * weight)
        total = add_n(terms)
        if not average_across_timesteps:
            return total
        return total / (add_n(list(weights)) + 1e-12)


def sequence_loss(
    logits: Lists,
    targets: Lists,
    weights: Lists,
    average_across_timesteps: bool = True,
    average_across_batch: bool = True,
    softmax_loss_function: Callable[[Any, Any], Any] | None = None,
    name: str | None = None,
) -> Any:
    """The sum of `sequence_loss_by_example`, by default over the size of the batch."""
    with get_default_graph().name_scope(name or "sequence_loss"):
        each = sequence_loss_by_example(
            logits, targets, weights, average_across_timesteps, softmax_loss_function
        )
        total = reduce_sum(each)
        if not average_across_batch:
            return total
        return total / cast(shape(targets[0])[0], total.dtype)


def model_with_buckets(
    encoder_inputs: Lists,
    decoder_inputs: Lists,
    targets: Lists,
    weights: Lists,
    buckets: Sequence[tuple[int, int]],
    seq2seq: Callable[[Any, Any], Any],
    softmax_loss_function: Any = None,
    per_example_loss: bool = False,
    name: str | None = None,
) -> tuple[list[Any], list[Any]]:
    """(outputs, losses) for each bucket (encoder length, decoder length), one model for all."""
    losses, outputs = [], []
    measure = sequence_loss_by_example if per_example_loss else sequence_loss
    with get_default_graph().name_scope(name or "model_with_buckets"):
        for place, (long, short) in enumerate(buckets):
            with variable_scope(get_variable_scope(), reuse=True if place else None):
                found, _ = seq2seq(encoder_inputs[:long], decoder_inputs[:short])
                outputs.append(found)
                losses.append(
                    measure(
                        found, targets[:short], weights[:short],
                        softmax_loss_function=softmax_loss_function,
                    )
                )  # fmt: skip
    return outputs, losses
