"""Data iterators: batches with `data`, `label`, and how many rows are filled up (`pad`)."""

from __future__ import annotations

from collections import OrderedDict
from typing import Any, NamedTuple

import numpy as np

import autodiff.frontends.mxnet.nd as nd
from autodiff.frontends.common.options import among, only
from autodiff.frontends.mxnet.ground.generating import generator


class DataDesc(NamedTuple):
    """A name and a shape."""

    name: str
    shape: Any


class DataBatch:
    """One batch."""

    def __init__(
        self, data: Any, label: Any = None, pad: int = 0, index: Any = None,
        bucket_key: Any = None, provide_data: Any = None, provide_label: Any = None,
    ) -> None:  # fmt: skip
        self.data, self.label, self.pad, self.index = data, label, pad, index
        self.bucket_key = bucket_key
        self.provide_data, self.provide_label = provide_data, provide_label


class DataIter:
    """Base of iterators."""

    batch_size = 0

    def __iter__(self) -> DataIter:
        return self

    def __next__(self) -> Any:
        return self.next()

    def next(self) -> Any:
        """The next batch."""
        raise StopIteration

    def reset(self) -> None:
        """Start anew."""


def _named(data: Any, default: str) -> OrderedDict[str, Any]:
    if data is None:
        return OrderedDict()
    if isinstance(data, np.ndarray | nd.NDArray):
        data = [data]
    if isinstance(data, list):
        names = [default] if len(data) == 1 else [f"_{i}_{default}" for i in range(len(data))]
        data = OrderedDict(zip(names, data, strict=True))
    return OrderedDict((k, nd.array(v).value) for k, v in data.items())


class NDArrayIter(DataIter):
    """Batches of arrays.  The last one wraps to the start (`pad`), or is dropped (`discard`).

    With `roll_over` it wraps too, and the next round begins behind what it took.
    """

    def __init__(
        self, data: Any, label: Any = None, batch_size: int = 1, shuffle: bool = False,
        last_batch_handle: str = "pad", data_name: str = "data", label_name: str = "softmax_label",
    ) -> None:  # fmt: skip
        among("NDArrayIter: last_batch_handle", last_batch_handle, "pad", "discard", "roll_over")
        self.rolls = last_batch_handle == "roll_over"
        self.data, self.label = _named(data, data_name), _named(label, label_name)
        count = len(next(iter(self.data.values())))
        if shuffle:
            order = generator[0].permutation(count)
            for group in (self.data, self.label):
                for name in group:
                    group[name] = group[name][order]
        self.num_data = (
            count // batch_size * batch_size if last_batch_handle == "discard" else count
        )
        assert self.num_data >= batch_size, "batch_size need to be smaller than data size."
        self.batch_size, self.cursor = batch_size, -batch_size

    @property
    def provide_data(self) -> list[DataDesc]:
        """Names and shapes of the data."""
        return [DataDesc(k, (self.batch_size, *v.shape[1:])) for k, v in self.data.items()]

    @property
    def provide_label(self) -> list[DataDesc]:
        """Names and shapes of the labels."""
        return [DataDesc(k, (self.batch_size, *v.shape[1:])) for k, v in self.label.items()]

    def reset(self) -> None:
        """Start anew."""
        over = max(0, self.cursor - self.num_data) if self.rolls else 0
        self.cursor = over - self.batch_size

    def next(self) -> DataBatch:
        """The next batch."""
        self.cursor += self.batch_size
        if self.cursor >= self.num_data:
            raise StopIteration
        places = np.arange(self.cursor, self.cursor + self.batch_size) % self.num_data
        pad = 0 if self.rolls else max(0, self.cursor + self.batch_size - self.num_data)
        data, label = (
            [nd.array(v[places]) for v in group.values()] for group in (self.data, self.label)
        )
        return DataBatch(data, label, pad)


def MNISTIter(
    batch_size: int = 128, flat: bool = False, image: str = "", shuffle: bool = True,
    input_shape: Any = None, num_parts: int = 1, part_index: int = 0, data_name: str = "data",
    label_name: str = "softmax_label", **options: Any,
) -> NDArrayIter:  # fmt: skip
    """Scikit-learn's digits in the form of MNIST, or one of several parts; no file is read."""
    only("MNISTIter", options, "label", "seed", "silent", "prefetch_buffer", "data_shape")
    from autodiff.frontends.common.digits import digits_28x28

    images, labels = digits_28x28()[1 if "t10k" in image else 0]
    first, end = (len(images) * part // num_parts for part in (part_index, part_index + 1))
    images, labels = images[first:end], labels[first:end].astype(np.float32)
    shape = (-1, 784) if flat else (-1, 1, 28, 28)
    return NDArrayIter(
        images.reshape(shape), labels, batch_size, shuffle, "discard", data_name, label_name
    )
