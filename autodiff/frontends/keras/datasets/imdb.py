"""IMDB: reviews of films as lists of word ranks, and whether they are good."""

import json
from typing import Any

from autodiff.frontends.common.options import only
from autodiff.frontends.keras.datasets.files import found, words


def load_data(
    path: str = "imdb.npz", nb_words: int | None = None, skip_top: int = 0,
    maxlen: int | None = None, seed: int = 113, start_char: int | None = 1,
    oov_char: int | None = 2, index_from: int = 3, num_words: int | None = None, **more: Any,
) -> Any:  # fmt: skip
    """((x_train, y_train), (x_test, y_test))."""
    only("imdb.load_data", more)
    limit = nb_words if num_words is None else num_words
    file = found(path)
    return words(file, limit, skip_top, maxlen, None, seed, start_char, oov_char, index_from)


def get_word_index(path: str = "imdb_word_index.json") -> dict[str, int]:
    """The rank of each word."""
    return json.loads(found(path).read_text(encoding="utf-8"))
