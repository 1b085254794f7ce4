"""`tensorflow.examples.tutorials.mnist.input_data`: MNIST as the tutorials read it.

    mnist = input_data.read_data_sets("MNIST_data/", one_hot=True)
    batch_xs, batch_ys = mnist.train.next_batch(100)

The four files are read where they are (see `autodiff.data.mnist`); nothing is downloaded.
"""

from __future__ import annotations

import math
from typing import Any, NamedTuple

import numpy as np

from autodiff.core.ground.locations import here
from autodiff.data import mnist
from autodiff.frontends.tensorflow.ground.dtypes import as_dtype


class DataSet:
    """Images and labels, handed out in batches; each epoch is shuffled anew."""

    def __init__(
        self,
        images: np.ndarray,
        labels: np.ndarray,
        fake_data: bool = False,
        one_hot: bool = False,
        dtype: Any = np.float32,
        reshape: bool = True,
        seed: int | None = None,
    ) -> None:
        wanted = as_dtype(dtype)
        if wanted not in (np.dtype(np.uint8), np.dtype(np.float32)):
            raise TypeError(f"images are uint8 or float32, not {wanted}.{here()}")
        images = (
            images.reshape(len(images), math.prod(images.shape[1:]))
            if reshape
            else images[..., None]
        )
        self.images = images if wanted == np.uint8 else images.astype(np.float32) / 255
        self.labels = labels
        self.num_examples = len(images)
        self.epochs_completed = 0
        self._rng = np.random.default_rng(seed)
        self._at = 0

    def next_batch(
        self, batch_size: int, fake_data: bool = False, shuffle: bool = True
    ) -> tuple[np.ndarray, np.ndarray]:
        """The next images and labels; where the epoch ends, the first of the next one."""
        if batch_size > self.num_examples:
            raise ValueError(
                f"a batch of {batch_size} from {self.num_examples} examples: ask for less.{here()}"
            )
        if self._at + batch_size > self.num_examples or (not self._at and shuffle):
            if self._at:
                self.epochs_completed += 1
            self._at = 0
            if shuffle:
                order = self._rng.permutation(self.num_examples)
                self.images, self.labels = self.images[order], self.labels[order]
        taken = slice(self._at, self._at + batch_size)
        self._at += batch_size
        return self.images[taken], self.labels[taken]


class Datasets(NamedTuple):
    """What `read_data_sets` gives."""

    train: DataSet
    validation: DataSet
    test: DataSet


def dense_to_one_hot(labels_dense: np.ndarray, num_classes: int = 10) -> np.ndarray:
    """One-hot rows of class numbers."""
    return np.eye(num_classes)[labels_dense]


def read_data_sets(
    train_dir: str,
    fake_data: bool = False,
    one_hot: bool = False,
    dtype: Any = np.float32,
    reshape: bool = True,
    validation_size: int = 5000,
    seed: int | None = None,
    source_url: str = "",
) -> Datasets:
    """MNIST in three parts; the first `validation_size` training images are the validation set.

    Of a smaller set (such as scikit-learn's digits) at most a tenth.
    """
    if fake_data:
        raise ValueError(f"fake_data is not supported: read the images.{here()}")
    arrays = mnist.read(train_dir)
    if one_hot:
        arrays |= {k: dense_to_one_hot(v) for k, v in arrays.items() if k.endswith("labels")}
    images, labels = arrays["train_images"], arrays["train_labels"]
    kept = min(validation_size, len(images) // 10)

    def part(images: np.ndarray, labels: np.ndarray) -> DataSet:
        return DataSet(images, labels, dtype=dtype, reshape=reshape, seed=seed)

    return Datasets(
        part(images[kept:], labels[kept:]),
        part(images[:kept], labels[:kept]),
        part(arrays["test_images"], arrays["test_labels"]),
    )
