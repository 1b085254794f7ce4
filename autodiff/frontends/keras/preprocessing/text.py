"""Texts as numbers: words by how often they come."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from typing import Any

import numpy as np

from autodiff.core.ground.locations import here

FILTERS = '!"#$%&()*+,-./:;<=>?@[\\]^_`{|}~\t\n'


def base_filter() -> str:
    """The characters that are no part of words."""
    return FILTERS


def text_to_word_sequence(
    text: str, filters: str = FILTERS, lower: bool = True, split: str = " "
) -> list[str]:
    """The words of a text.

    >>> text_to_word_sequence("Hello, hello world!")
    ['hello', 'hello', 'world']
    """
    text = text.lower() if lower else text
    text = text.translate(str.maketrans(filters, split * len(filters)))
    return [word for word in text.split(split) if word]


def one_hot(text: str, n: int, **options: Any) -> list[int]:
    """A number below n for each word, by its hash (of Python's own)."""
    return [hash(word) % (n - 1) + 1 for word in text_to_word_sequence(text, **options)]


class Tokenizer:
    """Words by rank: the most frequent is 1; of `nb_words` the rarer ones are left out."""

    def __init__(
        self,
        nb_words: int | None = None,
        filters: str = FILTERS,
        lower: bool = True,
        split: str = " ",
        char_level: bool = False,
        num_words: int | None = None,
    ) -> None:
        self.nb_words = nb_words if num_words is None else num_words
        self.options = filters, lower, split
        self.char_level = char_level
        self.word_counts: Counter[str] = Counter()
        self.word_docs: Counter[str] = Counter()
        self.word_index: dict[str, int] = {}
        self.document_count = 0

    def _words(self, text: Any) -> list[str]:
        if isinstance(text, list):
            return text
        return list(text) if self.char_level else text_to_word_sequence(text, *self.options)

    def fit_on_texts(self, texts: Iterable[str]) -> None:
        """Learn the words and how often they come."""
        for text in texts:
            words = self._words(text)
            self.document_count += 1
            self.word_counts.update(words)
            self.word_docs.update(set(words))
        ranked = sorted(self.word_counts.items(), key=lambda pair: -pair[1])
        self.word_index = {word: rank for rank, (word, _) in enumerate(ranked, 1)}

    def texts_to_sequences(self, texts: Iterable[str]) -> list[list[int]]:
        """The numbers of the words that are known."""
        limit = self.nb_words
        known = self.word_index
        return [
            [known[w] for w in self._words(t) if w in known and (not limit or known[w] < limit)]
            for t in texts
        ]

    def texts_to_matrix(self, texts: Iterable[str], mode: str = "binary") -> np.ndarray:
        """A row for each text, by `sequences_to_matrix`."""
        return self.sequences_to_matrix(self.texts_to_sequences(texts), mode)

    def sequences_to_matrix(self, sequences: list[list[int]], mode: str = "binary") -> np.ndarray:
        """Which words are in each sequence: "binary", "count", or "freq"."""
        if mode not in ("binary", "count", "freq"):
            raise ValueError(f'mode is "binary", "count" or "freq", not {mode!r}.{here()}')
        size = self.nb_words or len(self.word_index) + 1
        found = np.zeros((len(sequences), size))
        for row, sequence in zip(found, sequences, strict=True):
            for word, count in Counter(sequence).items():
                if word < size:
                    share = {"binary": 1, "count": count, "freq": count / max(len(sequence), 1)}
                    row[word] = share[mode]
        return found
