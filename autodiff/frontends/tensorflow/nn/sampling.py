"""Losses over a sample of the classes, for vocabularies that are too large to sum over.

A candidate sampler draws classes and tells how often each was to be expected; from the logits the
logarithm of that is subtracted, so that frequent candidates do not count for more.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from autodiff.core.ground.locations import here
from autodiff.frontends.tensorflow.declaring.declare import scoped
from autodiff.frontends.tensorflow.declaring.staging import dims_of, dtype_of, stage_code
from autodiff.frontends.tensorflow.nn.losses import (
    sigmoid_cross_entropy_with_logits,
    softmax_cross_entropy_with_logits,
)
from autodiff.frontends.tensorflow.ops.arrays import (
    cast,
    expand_dims,
    ones_like,
    reshape,
    to_int64,
    zeros_like,
)
from autodiff.frontends.tensorflow.ops.choosing import gather, where
from autodiff.frontends.tensorflow.ops.joining import concat
from autodiff.frontends.tensorflow.ops.math import equal, log, matmul
from autodiff.frontends.tensorflow.ops.random import drawn
from autodiff.frontends.tensorflow.ops.reductions import reduce_any, reduce_sum

Candidates = tuple[Any, Any, Any]
"""The classes drawn, and how often the true ones and they themselves are expected in a sample."""

NEVER = -1e30
"""The logit of a candidate that is left out."""


def _sampler(name: str, chances_of: Callable[[int], np.ndarray], doc: str) -> Callable[..., Any]:
    def sampler(
        true_classes: Any,
        num_true: int,
        num_sampled: int,
        unique: bool,
        range_max: int,
        seed: int | None = None,
        name: str | None = None,
    ) -> Candidates:
        if unique and num_sampled > range_max:
            raise ValueError(
                f"{num_sampled} different candidates can't be drawn of {range_max}.{here()}"
            )
        chances = chances_of(range_max)
        found = drawn(
            lambda rng: _tried(rng, chances, num_sampled, unique),
            dims=(num_sampled + 1,), dtype=np.dtype(np.int64), seed=seed, type=type, name=name,
        )  # fmt: skip
        tries, sampled = found[0], found[1:]

        def expected(classes: Any) -> Any:
            return stage_code(
                _expected, classes, type="ExpectedCount", dims=dims_of(classes),
                dtype=np.dtype(np.float32), tries=tries, chances=chances, unique=unique,
            )  # fmt: skip

        return sampled, expected(to_int64(true_classes)), expected(sampled)

    own = f"{name}_candidate_sampler"
    type = "".join(part.capitalize() for part in own.split("_"))
    sampler.__name__ = sampler.__qualname__ = own
    sampler.__doc__ = doc + (
        "\n\n    Returns the classes, and how often the true ones and they themselves are expected "
        "in a sample;\n    with `unique` no class is drawn twice.\n    "
    )
    return sampler


def _tried(rng: Any, chances: np.ndarray, count: int, unique: bool) -> np.ndarray:
    """How many draws it took, and the classes in the order in which they first came."""
    if not unique:
        return np.array([count, *rng.choice(len(chances), count, p=chances)])
    seen: dict[int, None] = {}
    tries = 0
    while len(seen) < count:
        for one in rng.choice(len(chances), 2 * count, p=chances):
            tries += 1
            seen.setdefault(int(one))
            if len(seen) == count:
                break
    return np.array([tries, *seen])


def _expected(classes: Any, tries: Any, chances: np.ndarray, unique: bool) -> Any:
    each = chances[classes]
    return np.float32(-np.expm1(tries * np.log1p(-each)) if unique else tries * each)


log_uniform_candidate_sampler = _sampler(
    "log_uniform",
    lambda n: np.diff(np.log(np.arange(1, n + 2))) / np.log(n + 1),
    "Classes with chance log((k + 2) / (k + 1)) / log(n + 1): for words sorted by frequency.",
)
uniform_candidate_sampler = _sampler(
    "uniform", lambda n: np.full(n, 1 / n), "Classes that are all as likely."
)


@scoped("nce_loss")
def nce_loss(
    weights: Any,
    biases: Any,
    inputs: Any,
    labels: Any,
    num_sampled: int,
    num_classes: int,
    num_true: int = 1,
    sampled_values: Candidates | None = None,
    remove_accidental_hits: bool = False,
    partition_strategy: str = "mod",
) -> Any:
    """Noise-contrastive estimation: each example's true classes against sampled ones, yes or no.

    `weights` is (classes, features), `inputs` (batch, features), `labels` (batch, num_true); the
    result is (batch,).  (Gutmann & Hyvarinen, 2010; Mnih & Kavukcuoglu, 2013.)
    """
    logits, targets = _against_samples(
        weights, biases, inputs, labels, num_sampled, num_classes, num_true, sampled_values,
        remove_accidental_hits,
    )  # fmt: skip
    return reduce_sum(sigmoid_cross_entropy_with_logits(logits, targets), 1)


@scoped("sampled_softmax_loss")
def sampled_softmax_loss(
    weights: Any,
    biases: Any,
    inputs: Any,
    labels: Any,
    num_sampled: int,
    num_classes: int,
    num_true: int = 1,
    sampled_values: Candidates | None = None,
    remove_accidental_hits: bool = True,
    partition_strategy: str = "mod",
) -> Any:
    """The softmax cross-entropy over the true and the sampled classes alone, to train with.

    Shapes as those of `nce_loss`.  (Jean et al., 2014.)
    """
    logits, targets = _against_samples(
        weights, biases, inputs, labels, num_sampled, num_classes, num_true, sampled_values,
        remove_accidental_hits,
    )  # fmt: skip
    return softmax_cross_entropy_with_logits(logits, targets)


def _against_samples(
    weights: Any,
    biases: Any,
    inputs: Any,
    labels: Any,
    num_sampled: int,
    num_classes: int,
    num_true: int,
    sampled_values: Candidates | None,
    remove_accidental_hits: bool,
) -> tuple[Any, Any]:
    """Logits and targets of the true classes, num_true columns, and of the sampled ones."""
    if dtype_of(inputs).kind in "iu" and dtype_of(labels).kind == "f":  # the order of 1.0
        inputs, labels = labels, inputs
    if dtype_of(labels).kind not in "iu" or dtype_of(inputs).kind != "f":
        raise TypeError(
            "sampled losses take (weights, biases, inputs, labels), "
            f"or (weights, biases, labels, inputs), with integer labels; got {dtype_of(inputs)} "
            f"and {dtype_of(labels)}.{here()}"
        )
    labels = reshape(to_int64(labels), [-1, num_true])
    sampled, true_count, sampled_count = sampled_values or log_uniform_candidate_sampler(
        labels, num_true, num_sampled, True, num_classes
    )
    true = reduce_sum(expand_dims(inputs, 1) * gather(weights, labels), 2) + gather(biases, labels)
    other = matmul(inputs, gather(weights, sampled), transpose_b=True) + gather(biases, sampled)
    true = true - log(cast(true_count, true.dtype))
    other = other - log(cast(sampled_count, other.dtype))
    if remove_accidental_hits:
        hits = reduce_any(equal(expand_dims(labels, 2), sampled), 1)
        other = where(hits, zeros_like(other) + NEVER, other)
    targets = concat(1, [ones_like(true) / num_true, zeros_like(other)])
    return concat(1, [true, other]), targets
