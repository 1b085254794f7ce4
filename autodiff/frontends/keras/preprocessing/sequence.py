"""Sequences of one length, and pairs of words that stand near each other."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from autodiff.core.ground.locations import here


def pad_sequences(
    sequences: Sequence[Any],
    maxlen: int | None = None,
    dtype: Any = "int32",
    padding: str = "pre",
    truncating: str = "pre",
    value: float = 0.0,
) -> np.ndarray:
    """Sequences as rows of `maxlen`: at the front filled with `value`, or cut.

    >>> pad_sequences([[1], [2, 3, 4]], 2)
    array([[0, 1],
           [3, 4]], dtype=int32)
    """
    for what, how in (("padding", padding), ("truncating", truncating)):
        if how not in ("pre", "post"):
            raise ValueError(f'pad_sequences: {what} is "pre" or "post", not {how!r}.{here()}')
    length = max(map(len, sequences), default=0) if maxlen is None else maxlen
    rest = next((np.asarray(s).shape[1:] for s in sequences if len(s)), ())
    found = np.full((len(sequences), length, *rest), value, dtype)
    for row, sequence in zip(found, sequences, strict=True):
        if not len(sequence):
            continue
        kept = sequence[-length:] if truncating == "pre" else sequence[:length]
        if padding == "pre":
            row[length - len(kept) :] = kept
        else:
            row[: len(kept)] = kept
    return found


def skipgrams(
    sequence: Sequence[int],
    vocabulary_size: int,
    window_size: int = 4,
    negative_samples: float = 1.0,
    shuffle: bool = True,
    categorical: bool = False,
    sampling_table: Any = None,
    seed: int | None = None,
) -> tuple[list[list[int]], list[Any]]:
    """Pairs of words within a window, labelled 1, and as many random pairs, labelled 0."""
    rng = np.random.default_rng(seed)
    pairs: list[list[int]] = []
    for place, word in enumerate(sequence):
        if not word or (sampling_table is not None and sampling_table[word] < rng.random()):
            continue
        start, stop = max(0, place - window_size), min(len(sequence), place + window_size + 1)
        pairs += [[word, sequence[j]] for j in range(start, stop) if j != place and sequence[j]]
    labels: list[Any] = [[0, 1] if categorical else 1] * len(pairs)
    for _ in range(int(len(pairs) * negative_samples)):
        word = pairs[int(rng.integers(len(labels)))][0] if pairs else 0
        pairs.append([word, int(rng.integers(1, vocabulary_size))])
        labels.append([1, 0] if categorical else 0)
    if shuffle:
        order = rng.permutation(len(pairs))
        pairs, labels = [pairs[i] for i in order], [labels[i] for i in order]
    return pairs, labels


def make_sampling_table(size: int, sampling_factor: float = 1e-5) -> np.ndarray:
    """How likely the word of each rank is kept, by Zipf's law."""
    rank = np.arange(size, dtype=float)
    rank[0] = 1
    inverse = rank * (np.log(rank) + 0.577) + 0.5 - 1.0 / (12.0 * rank)
    share = sampling_factor * inverse
    return np.minimum(1.0, share / np.sqrt(share))
