"""CIFAR-10: the folder `cifar-10-batches-py` of the data set itself."""

import pickle
from pathlib import Path
from typing import Any

import numpy as np

from autodiff.frontends.keras.datasets.files import found
from autodiff.frontends.keras.ground.session import dim_ordering


def _batch(path: Path) -> tuple[np.ndarray, np.ndarray]:
    with open(path, "rb") as file:
        data = pickle.load(file, encoding="bytes")
    images = np.asarray(data[b"data"], np.uint8).reshape(-1, 3, 32, 32).transpose(0, 2, 3, 1)
    return images, np.asarray(data[b"labels"])


def load_data() -> Any:
    """((x_train, y_train), (x_test, y_test)): images of bytes (n, 32, 32, 3), labels (n, 1).

    With the channels first, (n, 3, 32, 32), where that order is set.
    """
    folder = found("cifar-10-batches-py")
    parts = [_batch(path) for path in sorted(folder.glob("data_batch_*"))]
    x, y = (np.concatenate(list(column)) for column in zip(*parts, strict=True))
    x_test, y_test = _batch(folder / "test_batch")
    if dim_ordering() == "th":
        x, x_test = (images.transpose(0, 3, 1, 2) for images in (x, x_test))
    return (x, y[:, None]), (x_test, y_test[:, None])
