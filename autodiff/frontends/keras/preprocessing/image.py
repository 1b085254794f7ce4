"""Images: files as arrays, and batches of images that are moved a little, for training."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

from autodiff.core.ground.locations import here
from autodiff.frontends.common.options import only
from autodiff.frontends.keras.ground.session import ordering


def img_to_array(img: Any, dim_ordering: Any = None, data_format: Any = None) -> np.ndarray:
    """An image as float32 (height, width, channels), or with the channels first."""
    found = np.asarray(img, np.float32)
    found = found[..., None] if found.ndim == 2 else found
    first = ordering(dim_ordering if data_format is None else data_format) == "th"
    return found.transpose(2, 0, 1) if first else found


def array_to_img(
    x: Any, dim_ordering: Any = None, scale: bool = True, data_format: Any = None
) -> Any:
    """The image of an array, by default stretched to 0 .. 255."""
    from PIL import Image

    x = np.asarray(x, float)
    if ordering(dim_ordering if data_format is None else data_format) == "th":
        x = x.transpose(1, 2, 0)
    if scale:
        x = x - x.min()
        x = x / (x.max() or 1) * 255
    return Image.fromarray(x.astype(np.uint8).squeeze())


def load_img(path: str, grayscale: bool = False, target_size: Any = None) -> Any:
    """The image of a file, in another size (height, width) if wanted."""
    from PIL import Image

    found = Image.open(path).convert("L" if grayscale else "RGB")
    return found if target_size is None else found.resize((target_size[1], target_size[0]))


FILLED: dict[str, Any] = {"nearest": "clip", "wrap": "wrap"}
"""What NumPy calls the ways to fill what a shift leaves open."""


class Batches:
    """Batches of `n` samples, over and over, in the words of Keras's iterators."""

    def __init__(self, make: Callable[[], Iterator[Any]], n: int, batch_size: int) -> None:
        self._make = make
        self.n = self.N = n
        self.batch_size = batch_size
        self.reset()

    def reset(self) -> None:
        """Begin again with the first batch."""
        self._found = self._make()

    def __iter__(self) -> Batches:
        return self

    def __next__(self) -> Any:
        return next(self._found)

    next = __next__

    def __len__(self) -> int:
        return -(-self.n // self.batch_size)


class ImageDataGenerator:
    """Endless batches of images, normalized, and shifted or flipped at random.

    What turns, shears or zooms needs an interpolation that is not here, and is refused.
    """

    def __init__(
        self,
        featurewise_center: bool = False,
        samplewise_center: bool = False,
        featurewise_std_normalization: bool = False,
        samplewise_std_normalization: bool = False,
        zca_whitening: bool = False,
        rotation_range: float = 0.0,
        width_shift_range: float = 0.0,
        height_shift_range: float = 0.0,
        shear_range: float = 0.0,
        zoom_range: Any = 0.0,
        channel_shift_range: float = 0.0,
        fill_mode: str = "nearest",
        cval: float = 0.0,
        horizontal_flip: bool = False,
        vertical_flip: bool = False,
        rescale: float | None = None,
        seed: int | None = None,
        preprocessing_function: Any = None,
        dim_ordering: Any = None,
        data_format: Any = None,
    ) -> None:
        if zca_whitening or rotation_range or shear_range or zoom_range or channel_shift_range:
            raise ValueError(
                "ImageDataGenerator shifts and flips; rotation, shear, zoom, channel shifts and "
                f"whitening are not here.{here()}"
            )
        if fill_mode not in FILLED:
            raise ValueError(
                f"ImageDataGenerator: fill_mode is one of {', '.join(FILLED)}, and {fill_mode!r} "
                f"is not here.{here()}"
            )
        self.filled, self.function = FILLED[fill_mode], preprocessing_function
        self.first = ordering(dim_ordering if data_format is None else data_format) == "th"
        self.by_feature = featurewise_center, featurewise_std_normalization
        self.by_sample = samplewise_center, samplewise_std_normalization
        self.shifts = height_shift_range, width_shift_range
        self.flips = horizontal_flip, vertical_flip
        self.rescale, self.rng = rescale, np.random.default_rng(seed)
        self.mean: Any = 0.0
        self.std: Any = 1.0

    def fit(self, X: np.ndarray, augment: bool = False, rounds: int = 1, seed: Any = None) -> None:
        """Learn mean and deviation of the channels."""
        only("fit", {"augment": augment, "rounds": rounds}, rounds=1)
        X = np.moveaxis(X, 1, -1) if self.first else X
        self.mean = X.mean((0, 1, 2)) if self.by_feature[0] else 0.0
        self.std = X.std((0, 1, 2)) + 1e-7 if self.by_feature[1] else 1.0

    def flow(
        self, X: np.ndarray, y: Any = None, batch_size: int = 32, shuffle: bool = True,
        seed: int | None = None, **more: Any,
    ) -> Batches:  # fmt: skip
        """Batches (images, labels) without end."""
        only("flow", more)
        rng = self.rng if seed is None else np.random.default_rng(seed)

        def batches() -> Iterator[Any]:
            while True:
                order = rng.permutation(len(X)) if shuffle else np.arange(len(X))
                for start in range(0, len(X), batch_size):
                    part = order[start : start + batch_size]
                    images = np.stack([self._seen(X[i], rng) for i in part])
                    yield images if y is None else (images, np.asarray(y)[part])

        return Batches(batches, len(X), batch_size)

    def _seen(self, x: np.ndarray, rng: np.random.Generator) -> np.ndarray:
        x = x.transpose(1, 2, 0) if self.first else x
        x = self._moved(self.standardize(x), rng)
        return x.transpose(2, 0, 1) if self.first else x

    def standardize(self, x: np.ndarray) -> np.ndarray:
        """One image, normalized."""
        x = np.asarray(x, np.float32)
        if self.function is not None:
            x = np.asarray(self.function(x), np.float32)
        x = x * (1.0 if self.rescale is None else self.rescale)
        if self.by_sample[0]:
            x = x - x.mean()
        if self.by_sample[1]:
            x = x / (x.std() + 1e-7)
        return (x - self.mean) / self.std

    def _moved(self, x: np.ndarray, rng: np.random.Generator) -> np.ndarray:
        for axis, share in enumerate(self.shifts):
            if share:
                length = x.shape[axis]
                places = np.arange(length) + round(rng.uniform(-share, share) * length)
                x = np.take(x, places, axis, mode=self.filled)
        if self.flips[0] and rng.random() < 0.5:
            x = x[:, ::-1]
        if self.flips[1] and rng.random() < 0.5:
            x = x[::-1]
        return x.astype(np.float32)
