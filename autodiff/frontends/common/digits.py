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


def digits_in_colour(scale: float = 1.0, shift: float = 0.0) -> list[tuple[np.ndarray, np.ndarray]]:
    """The same as images (N, 3, 32, 32) from `shift` to `scale + shift`, in the form of CIFAR-10.

    >>> [images.shape for images, _ in digits_in_colour()]
    [(1500, 3, 32, 32), (297, 3, 32, 32)]
    """
    frame = ((0, 0), (2, 2), (2, 2))
    found = []
    for images, labels in digits_28x28():
        framed = np.pad(images * scale + shift, frame, constant_values=shift)
        found.append((np.stack([framed] * 3, 1), labels))
    return found
