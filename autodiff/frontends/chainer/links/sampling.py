"""Losses over many words that look at few of them: negative sampling, and a tree of choices."""

from __future__ import annotations

import heapq
from typing import Any

import numpy as np

import autodiff.frontends.chainer.functions as F
from autodiff.core.ground.locations import here
from autodiff.frontends.chainer.initializers import Uniform, initializer_of
from autodiff.frontends.chainer.link import Link
from autodiff.frontends.chainer.variable import Variable, array_of


class NegativeSampling(Link):
    """softplus(-w[t] x) + the sum of softplus(w[k] x) over drawn words k, summed over rows.

    A word is drawn by its count to the power of `power`; W begins at 0 (Mikolov et al., 2013).
    """

    def __init__(self, in_size: int, counts: Any, sample_size: int, power: float = 0.75) -> None:
        super().__init__()
        self.add_param("W", (len(counts), in_size), initializer=initializer_of(0))
        self.sample_size = sample_size
        weights = np.asarray(counts, np.float64) ** power
        self.share = weights / weights.sum()

    def __call__(self, x: Any, t: Any) -> Variable:
        """The loss of rows x and the words t, whose -1 do not count."""
        t = array_of(t)
        size = (len(t), self.sample_size)
        drawn = np.random.choice(len(self.share), size=size, p=self.share)
        words = np.concatenate([np.maximum(t, 0)[:, None], drawn], axis=1).astype(np.int32)
        signs = np.full(words.shape, -1, np.float32)
        signs[:, 0] = 1
        return _choices(x, self.W, words, signs, (t != -1)[:, None])


class BinaryHierarchicalSoftmax(Link):
    """The sum of softplus(-code w x) along the path to a word in a tree of pairs.

    A node of the tree has a row of W; going left is the code 1, going right -1.
    """

    def __init__(self, in_size: int, tree: Any) -> None:
        super().__init__()
        paths: dict[int, list[tuple[int, int]]] = {}
        self.nodes = 0

        def walk(part: Any, path: list[tuple[int, int]]) -> None:
            if not isinstance(part, tuple):
                paths[int(part)] = path
                return
            if len(part) != 2:
                raise ValueError(
                    f"a node of the tree must have two child nodes, and here are {len(part)}: "
                    f"create_huffman_tree(counts) makes such a tree.{here()}"
                )
            own, self.nodes = self.nodes, self.nodes + 1
            walk(part[0], [*path, (own, 1)])
            walk(part[1], [*path, (own, -1)])

        walk(tree, [])
        shape = (max(paths) + 1, max(map(len, paths.values())))
        self.paths = np.zeros(shape, np.int32)
        self.codes = np.zeros(shape, np.float32)
        for word, path in paths.items():
            for place, (node, code) in enumerate(path):
                self.paths[word, place], self.codes[word, place] = node, code
        self.add_param("W", (self.nodes, in_size), initializer=Uniform(1.0))

    @staticmethod
    def create_huffman_tree(word_counts: Any) -> Any:
        """The tree in which frequent words are near the root: pairs of the two rarest parts."""
        if not len(word_counts):
            raise ValueError(f"there is no word to be counted: the counts are empty.{here()}")
        pairs = word_counts.items() if isinstance(word_counts, dict) else enumerate(word_counts)
        queue = [(count, order, word) for order, (word, count) in enumerate(pairs)]
        heapq.heapify(queue)
        order = len(queue)
        while len(queue) > 1:
            first, second = heapq.heappop(queue), heapq.heappop(queue)
            heapq.heappush(queue, (first[0] + second[0], order, (first[2], second[2])))
            order += 1
        return queue[0][2]

    def __call__(self, x: Any, t: Any) -> Variable:
        """The loss of rows x and the words t."""
        t = array_of(t)
        codes = self.codes[t]
        return _choices(x, self.W, self.paths[t], codes, codes != 0)


def _choices(x: Any, W: Any, rows: Any, signs: Any, counted: Any) -> Variable:
    """The sum of softplus(-sign w x) over the rows of W for each row of x."""
    n, k = rows.shape
    w = F.embed_id(rows, W)
    wide = F.broadcast_to(F.reshape(x, (n, 1, x.shape[1])), w.shape)
    terms = F.softplus(F.sum(w * wide, axis=2) * -signs)
    return F.sum(terms * np.broadcast_to(counted, (n, k)).astype(np.float32))
