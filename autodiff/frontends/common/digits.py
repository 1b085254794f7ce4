"""Data for the systems' own examples: scikit-learn's digits in the form of MNIST."""

from __future__ import annotations

import numpy as np

from autodiff.data.ground.errors import package


def digits_28x28(test: int = 297) -> list[tuple[np.ndarray, np.ndarray]]:
    """Training and test set of images (N, 28, 28) in 0 .. 1, float32, and labels, int64.

    Each of the 8 x 8 pixels is drawn 3 x 3, in a frame of two zeros.

    >>> [images.shape for images, _ in digits_28x28()]
    [(1500, 28, 28), (297, 28, 28)]
    """
    found = package("sklearn.datasets", "the digits").load_digits()
    images = np.kron(found.images / 16.0, np.ones((1, 3, 3)))
    images = np.pad(images, ((0, 0), (2, 2), (2, 2))).astype(np.float32)
    order = np.random.default_rng(0).permutation(len(images))
    images, labels = images[order], found.target[order]
    return [(images[:-test], labels[:-test]), (images[-test:], labels[-test:])]
