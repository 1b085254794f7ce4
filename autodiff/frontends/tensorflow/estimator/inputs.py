"""Input functions of arrays: `numpy_input_fn`, and `pandas_input_fn` of a table.

An input function is called where a graph is built, and gives the nodes of the next batch.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

import numpy as np

from autodiff.core.ground.locations import here
from autodiff.frontends.tensorflow.data.datasets import Dataset
from autodiff.frontends.tensorflow.ground.dtypes import string

LABELS = "\0labels"
"""The key of labels that are one array, among the features while they are cut into batches."""


def numpy_input_fn(
    x: Any,
    y: Any = None,
    batch_size: int = 128,
    num_epochs: int | None = 1,
    shuffle: bool | None = None,
    queue_capacity: int = 1000,
    num_threads: int = 1,
) -> Callable[[], Any]:
    """Batches of arrays: features like `x` (an array or a dict of them), and of `y` where given.

    All arrays have one length. Rounds follow each other without a border: a batch may have the end
    of one round and the beginning of the next. With `num_epochs=None` there is no end.

    Raises ValueError where `shuffle` is not said, as TensorFlow does, and where lengths differ.
    """
    if not isinstance(shuffle, bool | np.bool_):
        raise ValueError(f"numpy_input_fn: say shuffle=True or shuffle=False.{here()}")
    if isinstance(x, Mapping) and not x:
        raise ValueError(f"numpy_input_fn: x has no features.{here()}")

    named = isinstance(x, Mapping)
    arrays = {str(k): _array(v) for k, v in x.items()} if named else {"x": _array(x)}
    many = isinstance(y, Mapping)
    labels = {f"{LABELS}{k}": _array(v) for k, v in y.items()} if many else {}
    if y is not None and not many:
        labels = {LABELS: _array(y)}
    rows = arrays | labels
    lengths = {k.replace(LABELS, "y "): len(v) for k, v in rows.items()}
    if len(set(lengths.values())) > 1:
        raise ValueError(f"numpy_input_fn: the arrays differ in length: {lengths}.{here()}")

    def input_fn() -> Any:
        batch = _batches(rows, batch_size, num_epochs, bool(shuffle))
        features: Any = {k: batch[k] for k in arrays} if named else batch["x"]
        if y is None:
            return features
        target: Any = {k[len(LABELS) :]: batch[k] for k in labels} if many else batch[LABELS]
        return features, target

    return input_fn


def pandas_input_fn(
    x: Any,
    y: Any = None,
    batch_size: int = 128,
    num_epochs: int | None = 1,
    shuffle: bool | None = None,
    queue_capacity: int = 1000,
    num_threads: int = 1,
    target_column: str = "target",
) -> Callable[[], Any]:
    """Batches of the columns of a table (`pandas.DataFrame`), and of the labels `y`, a column."""
    labels = None if y is None else np.asarray(y)
    columns = {str(k): np.asarray(x[k]) for k in x}
    return numpy_input_fn(columns, labels, batch_size, num_epochs, shuffle)


def _array(values: Any) -> np.ndarray:
    array = np.asarray(values)
    if array.ndim == 0:
        raise ValueError(f"numpy_input_fn: {values!r:.40} has no axis of examples.{here()}")
    if array.dtype.kind in "USO":  # text, as bytes
        return np.vectorize(_bytes, otypes=[object])(array) if array.size else array.astype(object)
    return array


def _bytes(value: Any) -> Any:
    return value.encode() if isinstance(value, str) else value


def _batches(
    rows: Mapping[str, np.ndarray], size: int, rounds: int | None, shuffle: bool
) -> dict[str, Any]:
    """The nodes of the next batch."""
    count = len(next(iter(rows.values())))

    def orders() -> Iterator[np.ndarray]:
        rng = np.random.default_rng()
        done = 0
        while rounds is None or done < rounds:
            yield rng.permutation(count) if shuffle else np.arange(count)
            done += 1

    def elements() -> Iterator[dict[str, Any]]:
        left = np.zeros(0, int)
        for order in orders() if count else ():
            left = np.concatenate([left, order])
            while len(left) >= size:
                yield {k: v[left[:size]] for k, v in rows.items()}
                left = left[size:]
        if len(left):
            yield {k: v[left] for k, v in rows.items()}

    types = {k: string if v.dtype == object else v.dtype for k, v in rows.items()}
    shapes = {k: [None, *v.shape[1:]] for k, v in rows.items()}
    data = Dataset.from_generator(elements, types, shapes)
    found: dict[str, Any] = data.make_one_shot_iterator().get_next()
    return found
