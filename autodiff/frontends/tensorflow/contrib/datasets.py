"""`tf.contrib.learn.datasets`: data sets that are on this machine; nothing is downloaded."""

from __future__ import annotations

import os
from typing import Any, NamedTuple

from autodiff.core.ground.locations import here
from autodiff.data.ground.errors import DataError, package
from autodiff.frontends.tensorflow.ground.renamed import missing
from autodiff.frontends.tensorflow.input import mnist


class Dataset(NamedTuple):
    """Numbers of each example, and what it is."""

    data: Any
    target: Any


def load_iris(data_path: str | None = None) -> Dataset:
    """Four lengths of 150 flowers, and their kind (0, 1, 2)."""
    found = package("sklearn.datasets", "the flowers").load_iris()
    return Dataset(found.data, found.target)


def load_mnist(train_dir: str = "MNIST-data") -> mnist.Datasets:
    """`read_data_sets` of that folder."""
    return mnist.read_data_sets(train_dir)


NAMED = {"mnist": load_mnist, "iris": load_iris}


def load_dataset(name: str, size: str = "small", test_with_fake_data: bool = False) -> Any:
    """A data set by its name: "mnist", "iris"."""
    if name not in NAMED:
        raise ValueError(f"the data set {name!r} is none of {', '.join(NAMED)}.{here()}")
    return NAMED[name]()


def maybe_download(filename: str, work_directory: str, source_url: str) -> str:
    """Where the file is; DataError, with where to get it, if it is not in the folder."""
    path = os.path.join(work_directory, filename)
    if not os.path.exists(path):
        raise DataError(
            f"nothing is downloaded here: put {filename} in {work_directory!r}; the program would "
            f"have fetched it from {source_url}.{here()}"
        )
    return path


def __getattr__(name: str) -> object:
    raise missing("tf.contrib.learn.datasets", name, globals())
