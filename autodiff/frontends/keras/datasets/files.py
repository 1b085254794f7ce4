"""Where the files of data sets are, and what to say where they are not."""

from __future__ import annotations

import os
from pathlib import Path

import numpy as np

from autodiff.data.ground.errors import DataError
from autodiff.data.mnist import FOLDER_OF_ALL


def found(*names: str) -> Path:
    """The first of these files in Keras' folder, in that of all data sets, or where a path says."""
    places = [Path.home() / ".keras" / "datasets"]
    if FOLDER_OF_ALL in os.environ:
        places.append(Path(os.environ[FOLDER_OF_ALL]))
    for place in places:
        for name in names:
            if (place / name).exists():
                return place / name
    raise DataError(
        f"the data set is not on this machine: {' or '.join(names)} in "
        f"{' or '.join(map(str, places))}. It is at https://s3.amazonaws.com/text-datasets/ or "
        "https://storage.googleapis.com/tensorflow/tf-keras-datasets/."
    )


def words(
    path: Path, nb_words: int | None, skip_top: int, maxlen: int | None, test_split: float | None,
    seed: int, start_char: int | None, oov_char: int | None, index_from: int,
) -> tuple[tuple[np.ndarray, np.ndarray], tuple[np.ndarray, np.ndarray]]:  # fmt: skip
    """Texts as lists of word ranks from an .npz file (x, y, or x_train, ...), as Keras has them.

    Ranks from `nb_words` on and below `skip_top` become `oov_char`, or are left out.
    """
    with np.load(path, allow_pickle=True) as file:
        if "x" in file:
            xs, labels = list(file["x"]), file["y"]
            count = int(len(xs) * (1 - (test_split or 0.2)))
        else:
            xs = [*file["x_train"], *file["x_test"]]
            labels, count = np.concatenate([file["y_train"], file["y_test"]]), len(file["x_train"])
    rng = np.random.default_rng(seed)
    parts = [np.arange(len(xs))] if test_split else np.split(np.arange(len(xs)), [count])
    order = np.concatenate([rng.permutation(part) for part in parts])
    xs, labels = [xs[i] for i in order], labels[order]
    begin = [] if start_char is None else [start_char]
    xs = [[*begin, *(w + index_from for w in x)] for x in xs]
    limit = max(map(max, xs)) + 1 if nb_words is None else nb_words
    kept = np.array([maxlen is None or len(x) < maxlen for x in xs])

    def known(x: list[int]) -> list[int]:
        if oov_char is None:
            return [w for w in x if skip_top <= w < limit]
        return [w if skip_top <= w < limit else oov_char for w in x]

    rows = np.empty(len(xs), object)
    rows[:] = [known(x) for x in xs]
    return tuple(  # type: ignore[return-value]
        (rows[part][kept[part]], labels[part][kept[part]])
        for part in (slice(count), slice(count, None))
    )
