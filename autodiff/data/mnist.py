"""MNIST in its own files: 28 x 28 grey images of digits, and which digit each is.

The set is four files in the IDX format (a header of big-endian numbers, then bytes), gzipped or
not.  Nothing is downloaded: `find` says which file is missing and what to do.  Where there is no
network, `python -m autodiff.data.mnist FOLDER` writes scikit-learn's 1797 digits, blown up to
28 x 28, under the same names, so that programs made for MNIST run on them.

The format: http://yann.lecun.com/exdb/mnist, "File formats for the MNIST database".
"""

from __future__ import annotations

import gzip
import math
import os
import sys
import zlib
from pathlib import Path
from typing import IO

import numpy as np

from autodiff.data.ground.errors import DataError

FILES = {
    "train_images": "train-images-idx3-ubyte",
    "train_labels": "train-labels-idx1-ubyte",
    "test_images": "t10k-images-idx3-ubyte",
    "test_labels": "t10k-labels-idx1-ubyte",
}
FOLDER_OF_ALL = "AUTODIFF_DATASETS"
"""The environment variable that names a folder with data sets, `mnist` among them."""

LARGEST = 2**30
"""The most bytes that an IDX file may hold; all of MNIST are 55 million."""
ROWS = 8
"""scikit-learn's digits are 8 x 8; three times that and a frame of 2 is 28 x 28."""


def read_idx(path: str | os.PathLike[str]) -> np.ndarray:
    """The array of an IDX file of bytes; DataError where it is none."""
    path = Path(path)
    try:
        with gzip.open(path) if path.suffix == ".gz" else open(path, "rb") as file:
            return _pixels(path, file)
    except (EOFError, gzip.BadGzipFile, zlib.error) as error:
        raise DataError(f"{path}: the gzip stream is cut or damaged ({error}).") from None


def _pixels(path: Path, file: IO[bytes]) -> np.ndarray:
    """What an open IDX file holds; no more is read than its header says, and `LARGEST` at most."""
    head = file.read(4)
    if len(head) < 4 or head[:3] != b"\0\0\x08":
        raise DataError(f"{path} is not an IDX file of bytes (it begins with {head!r}).")
    sizes = file.read(4 * head[3])
    shape = [int.from_bytes(sizes[i : i + 4], "big") for i in range(0, 4 * head[3], 4)]
    size = math.prod(shape)
    if size > LARGEST or len(shape) > 32:
        raise DataError(f"{path} says {tuple(shape)}, which is more than {LARGEST} bytes.")
    raw = file.read(size + 1)
    if len(raw) != size:
        held = f"more than {size}" if len(raw) > size else f"{len(raw)}"
        raise DataError(f"{path} says {tuple(shape)}, and holds {held} bytes.")
    return np.frombuffer(raw, np.uint8).reshape(shape)


def write_idx(path: str | os.PathLike[str], array: np.ndarray) -> None:
    """Write bytes as a gzipped IDX file."""
    head = b"\0\0\x08" + bytes([array.ndim]) + np.array(array.shape, ">u4").tobytes()
    Path(path).write_bytes(gzip.compress(head + array.astype(np.uint8).tobytes(), mtime=0))


def find(folder: str | os.PathLike[str]) -> dict[str, Path]:
    """Where the four files are: in `folder`, or in `mnist` of the folder of all data sets."""
    places = [Path(folder)]
    if FOLDER_OF_ALL in os.environ:
        places.append(Path(os.environ[FOLDER_OF_ALL]) / "mnist")
    for place in places:
        found = {
            what: path
            for what, name in FILES.items()
            for path in (place / f"{name}.gz", place / name)
            if path.is_file()
        }
        if len(found) == len(FILES):
            return found
    raise DataError(
        f"MNIST is not in {folder}: its files are {', '.join(FILES.values())}, each with .gz or "
        "without. They are at https://storage.googleapis.com/cvdf-datasets/mnist/. For digits of "
        f"the same shape without a network write: python -m autodiff.data.mnist {folder}"
    )


def read(folder: str | os.PathLike[str]) -> dict[str, np.ndarray]:
    """The arrays `train_images` (n, 28, 28), `train_labels` (n,), and those of `test`."""
    return {what: read_idx(path) for what, path in find(folder).items()}


def write_digits(folder: str | os.PathLike[str], tested: int = 297) -> None:
    """Write scikit-learn's digits as if they were MNIST, the last `tested` as the test set."""
    from sklearn.datasets import load_digits

    digits = load_digits()
    images = np.clip(digits.images * 16, 0, 255).repeat(3, 1).repeat(3, 2)
    images = np.pad(images, ((0, 0), (2, 2), (2, 2))).astype(np.uint8)
    Path(folder).mkdir(parents=True, exist_ok=True)
    for part, kept in (("train", slice(-tested)), ("test", slice(-tested, None))):
        for what, array in (("images", images), ("labels", digits.target)):
            write_idx(Path(folder) / f"{FILES[f'{part}_{what}']}.gz", array[kept])


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit("usage: python -m autodiff.data.mnist FOLDER")
    write_digits(sys.argv[1])
    print(f"scikit-learn's digits are in {sys.argv[1]}, under the names of MNIST.")
