"""Datasets of what stands in files: lines, and records."""

from __future__ import annotations

import gzip
import os
from collections import abc
from collections.abc import Callable
from typing import Any

import numpy as np

from autodiff.core.ground.locations import here
from autodiff.frontends.tensorflow.data.datasets import Dataset, Row
from autodiff.frontends.tensorflow.graph.tensor import Tensor


def _of_files(
    filenames: Any, read: Callable[[str, str | None], abc.Iterator[Any]], compression: Any
) -> Dataset:
    """What is read from files, whose names may be a tensor; `compression` is "GZIP" or nothing."""
    if compression not in (None, "", "GZIP"):
        raise ValueError(f"compression_type={compression!r}: it is 'GZIP' or ''.{here()}")
    kind = compression.lower() if compression else None
    fed = isinstance(filenames, Tensor)

    def rows(values: Any) -> abc.Iterator[Row]:
        for name in np.ravel(np.asarray(values[filenames] if fed else filenames, object)):
            for record in read(os.fsdecode(name), kind):
                yield (np.array(record, object),)

    return Dataset(rows, 0, [np.dtype(object)], [()], [filenames] if fed else ())


def TextLineDataset(filenames: Any, compression_type: Any = None, buffer_size: Any = None) -> Any:
    """The lines of text files, without their ends."""

    def lines(name: str, compression: str | None) -> abc.Iterator[str]:
        opened = gzip.open if compression else open
        with opened(name, "rt", encoding="utf-8") as file:
            for line in file:
                yield line.rstrip("\n")

    return _of_files(filenames, lines, compression_type)


def TFRecordDataset(filenames: Any, compression_type: Any = None, buffer_size: Any = None) -> Any:
    """The records of TFRecord files, as bytes."""
    from autodiff import data

    return _of_files(filenames, data.read_records, compression_type)
