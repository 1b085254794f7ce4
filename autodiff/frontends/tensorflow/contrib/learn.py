"""`tf.contrib.learn`: its data sets, its numbering of words, and its estimators."""

from __future__ import annotations

import importlib
import re
import sys
from collections.abc import Iterable, Iterator
from types import SimpleNamespace
from typing import Any

import numpy as np

from autodiff.frontends.tensorflow.contrib import datasets as datasets
from autodiff.frontends.tensorflow.ground.renamed import missing
from autodiff.frontends.tensorflow.input import mnist

WORD = re.compile(r"[A-Z]{2,}(?![a-z])|[A-Z][a-z]+(?=[A-Z])|[\'\w\-]+", re.UNICODE)

__path__: list[str] = []  # modules below it are found by `paths`


def _tokens(texts: Iterable[str]) -> Iterator[list[str]]:
    for text in texts:
        yield WORD.findall(text)


class Vocabulary:
    """Which number a word has; 0 is for words that are not known."""

    def __init__(self) -> None:
        self._mapping: dict[str, int] = {"<UNK>": 0}
        self._frozen = False

    def __len__(self) -> int:
        return len(self._mapping)

    def get(self, word: str) -> int:
        """The number of a word; a new one, unless the vocabulary is frozen."""
        if word not in self._mapping:
            if self._frozen:
                return 0
            self._mapping[word] = len(self._mapping)
        return self._mapping[word]

    def freeze(self, freeze: bool = True) -> None:
        """Take in no more words."""
        self._frozen = freeze

    def reverse(self, number: int) -> str:
        """The word of a number."""
        return list(self._mapping)[number]


class VocabularyProcessor:
    """Texts as rows of word numbers, all of one length: cut, or filled with 0.

    >>> numbers = VocabularyProcessor(3)
    >>> [row.tolist() for row in numbers.fit_transform(["a cat", "a dog and a cat"])]
    [[1, 2, 0], [1, 3, 4]]
    """

    def __init__(
        self,
        max_document_length: int,
        min_frequency: int = 0,
        vocabulary: Vocabulary | None = None,
        tokenizer_fn: Any = None,
    ) -> None:
        self.max_document_length, self.min_frequency = max_document_length, min_frequency
        self.vocabulary_ = vocabulary or Vocabulary()
        self._tokens = tokenizer_fn or _tokens

    def fit(self, raw_documents: Iterable[str], unused_y: Any = None) -> VocabularyProcessor:
        """Learn the words of the texts."""
        counts: dict[str, int] = {}
        for tokens in self._tokens(raw_documents):
            for word in tokens:
                counts[word] = counts.get(word, 0) + 1
        for word, count in counts.items():
            if count > self.min_frequency or not self.min_frequency:
                self.vocabulary_.get(word)
        self.vocabulary_.freeze()
        return self

    def transform(self, raw_documents: Iterable[str]) -> Iterator[np.ndarray]:
        """The numbers of the words of each text."""
        for tokens in self._tokens(raw_documents):
            row = np.zeros(self.max_document_length, np.int64)
            for place, word in enumerate(tokens[: self.max_document_length]):
                row[place] = self.vocabulary_.get(word)
            yield row

    def fit_transform(
        self, raw_documents: Iterable[str], unused_y: Any = None
    ) -> Iterator[np.ndarray]:
        """Both."""
        texts = list(raw_documents)
        return self.fit(texts).transform(texts)

    def save(self, filename: str) -> None:
        """Write the words, one a line in the order of their numbers."""
        lines = [str(self.max_document_length), *self.vocabulary_._mapping]
        with open(filename, "w", encoding="utf-8") as file:
            file.write("\n".join(lines))

    @classmethod
    def restore(cls, filename: str) -> VocabularyProcessor:
        """What `save` wrote."""
        with open(filename, encoding="utf-8") as file:
            length, *words = file.read().split("\n")
        found = cls(int(length))
        found.vocabulary_._mapping = {word: place for place, word in enumerate(words)}
        found.vocabulary_.freeze()
        return found


preprocessing = SimpleNamespace(VocabularyProcessor=VocabularyProcessor)
read_data_sets = mnist.read_data_sets


NAMES = (
    "Estimator", "ModelFnOps", "MetricSpec", "SKCompat", "LinearClassifier", "LinearRegressor",
    "DNNClassifier", "DNNRegressor", "DNNLinearCombinedClassifier",
    "DNNLinearCombinedRegressor", "infer_real_valued_columns_from_input",
    "infer_real_valued_columns_from_input_fn",
)  # fmt: skip
"""What is built of `tf.estimator`, when it is asked for."""


class ModeKeys:
    """What an estimator's model is built for."""

    TRAIN, EVAL, INFER = "train", "eval", "infer"


def __getattr__(name: str) -> object:
    if name == "python":
        return sys.modules[f"{__name__}.python"]
    estimators = importlib.import_module("autodiff.frontends.tensorflow.estimator")
    if name == "RunConfig":
        return estimators.RunConfig
    learners = importlib.import_module("autodiff.frontends.tensorflow.estimator.learn")
    if name in NAMES:
        return getattr(learners, name)
    raise missing("tf.contrib.learn", name, [])
