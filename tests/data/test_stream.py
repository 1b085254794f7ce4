"""Shuffling through a bounded buffer, batches, epochs."""

import itertools
from collections import Counter

import numpy as np
import pytest

from autodiff.data.ground.errors import DataError
from autodiff.data.reading.stream import batches, repeated, shuffled


def test_a_shuffle_is_a_repeatable_permutation_within_its_buffer():
    def once(seed):
        return list(shuffled(range(100), 10, np.random.default_rng(seed)))

    assert sorted(once(0)) == list(range(100))
    assert once(0) == once(0) != once(1)
    assert all(place >= item - 9 for place, item in enumerate(once(0)))
    assert list(shuffled(range(5), 1, np.random.default_rng(0))) == [0, 1, 2, 3, 4]


def test_a_full_buffer_gives_every_order_alike():
    rng = np.random.default_rng(0)
    counts = Counter(tuple(shuffled("abc", 3, rng)) for _ in range(6000))
    assert len(counts) == 6
    assert max(abs(count - 1000) for count in counts.values()) < 120  # four standard deviations


def test_a_shuffle_reads_no_further_than_its_buffer():
    source = iter(range(100))
    stream = shuffled(source, 10, np.random.default_rng(0))
    next(stream)
    assert next(source) == 11


def test_batches_of_containers():
    items = [{"x": np.full(2, i), "y": i} for i in range(5)]
    whole = list(batches(items, 2))
    assert [batch["y"].tolist() for batch in whole] == [[0, 1], [2, 3], [4]]
    assert whole[1]["x"].tolist() == [[2, 2], [3, 3]]
    assert len(list(batches(items, 2, partial=False))) == 2
    assert next(batches([b"a\0", b"b"], 2)).tolist() == [b"a\0", b"b"]


def test_unequal_items_are_told_with_their_number():
    with pytest.raises(DataError, match=r"item\[0\] of item 3 has shape \(3,\), that of item 2"):
        list(batches([(np.zeros(2),), (np.zeros(2),), (np.zeros(2),), (np.zeros(3),)], 2))
    with pytest.raises(DataError, match="item 1 of the stream has another structure"):
        list(batches([(1, 2), (1,)], 2))


def test_epochs():
    assert list(repeated(lambda: iter("ab"), 2)) == ["a", "b", "a", "b"]
    assert list(itertools.islice(repeated([1, 2]), 5)) == [1, 2, 1, 2, 1]
    assert list(repeated([], 3)) == []
    with pytest.raises(DataError, match="has no items"):
        next(repeated([]))
    with pytest.raises(DataError, match="read only once"):
        next(repeated(iter([1])))


def test_sizes_below_one_are_refused():
    with pytest.raises(DataError, match="buffer=0"):
        next(shuffled([1], 0, np.random.default_rng(0)))
    with pytest.raises(DataError, match="size=0"):
        next(batches([1], 0))
