"""Losses, and layers that measure or bring data."""

from __future__ import annotations

from typing import Any

import numpy as np

from autodiff.core.ground.locations import here
from autodiff.frontends.caffe.blob import Blob, fill, generator
from autodiff.frontends.caffe.layer_types.base import LayerBase, register
from autodiff.frontends.caffe.net_state import TRAIN
from autodiff.frontends.caffe.sources import read
from autodiff.ops.ground.arguments import shape_of
from autodiff.ops.networks import nn

FULL, VALID, BATCH_SIZE, NONE = range(4)


class Loss(LayerBase):
    """A number: its diff starts from `loss_weight`, 1 unless told."""

    is_loss = True
    fixed_bottoms = (1,)

    def normalizer(self, default: int, outer: int, full: int, valid: int) -> float:
        """What the sum is divided by, at least 1."""
        own = self.param.loss_param
        mode = own.normalization if own.HasField("normalization") else default
        if own.HasField("normalize") and not own.HasField("normalization"):
            mode = VALID if own.normalize else BATCH_SIZE
        return max(1.0, {FULL: full, VALID: valid, BATCH_SIZE: outer, NONE: 1}[mode])


@register("SoftmaxWithLoss")
class SoftmaxWithLoss(Loss):
    """-log softmax at the label, over the labels that count."""

    def compute(self, x: Any, labels: Any) -> Any:
        """The mean."""
        axis = self.param.softmax_param.axis
        logs = np.moveaxis(nn.log_softmax(x, axis=axis), axis, -1)
        classes = shape_of(x)[axis]
        flat = np.asarray(labels).astype(int).ravel()
        own = self.param.loss_param
        counted = (
            flat != own.ignore_label if own.HasField("ignore_label") else np.full(flat.shape, True)
        )
        if counted.any() and not 0 <= flat[counted].min() <= flat[counted].max() < classes:
            raise ValueError(f"labels are 0 .. {classes - 1}; got {flat.min()} .. {flat.max()}.")
        places = np.where(counted, flat, 0)
        picked = np.reshape(logs, (-1, classes))[np.arange(flat.size), places]
        floor = float(np.log(np.finfo(np.float32).tiny))
        picked = np.where(picked > floor, picked, floor)
        total = self.normalizer(VALID, shape_of(x)[0], flat.size, int(counted.sum()))
        return -np.sum(picked * counted) / total


@register("SigmoidCrossEntropyLoss")
class SigmoidCrossEntropyLoss(Loss):
    """Cross-entropy of logits, summed over elements; divided by the batch."""

    def compute(self, x: Any, targets: Any) -> Any:
        """The sum over the batch's size."""
        own = self.param.loss_param
        counted = targets != own.ignore_label if own.HasField("ignore_label") else 1.0
        terms = nn.sigmoid_cross_entropy_terms(x, np.reshape(targets, shape_of(x))) * counted
        size = int(np.prod(shape_of(x)))
        return np.sum(terms) / self.normalizer(BATCH_SIZE, shape_of(x)[0], size, size)


@register("EuclideanLoss")
class EuclideanLoss(Loss):
    """sum (a - b)^2 / (2 N)."""

    fixed_bottoms = ()

    def compute(self, a: Any, b: Any) -> Any:
        """Half the mean over the batch."""
        away = a - np.reshape(b, shape_of(a))
        return np.sum(away * away) / (2 * shape_of(a)[0])


@register("HingeLoss")
class HingeLoss(Loss):
    """max(0, 1 - s x), s = 1 at the label and -1 elsewhere, over the batch."""

    def compute(self, x: Any, labels: Any) -> Any:
        """The mean over the batch."""
        flat = np.asarray(labels).astype(int).ravel()
        sign = np.where(np.arange(shape_of(x)[1]) == flat[:, None], 1.0, -1.0)
        over = nn.relu(1 - sign * x)
        terms = over if self.param.hinge_loss_param.norm == 1 else over * over
        return np.sum(terms) / shape_of(x)[0]


@register("Accuracy")
class Accuracy(LayerBase):
    """The share of labels among the k largest; of equal ones the higher index wins."""

    fixed_bottoms = (0, 1)

    def compute(self, x: Any, labels: Any) -> Any:
        """The share."""
        own = self.param.accuracy_param
        rows = np.moveaxis(x, own.axis, -1).reshape(-1, x.shape[own.axis])
        flat = labels.astype(int).ravel()
        order = np.argsort(rows, axis=1, kind="stable")[:, -own.top_k :]
        counted = (
            flat != own.ignore_label if own.HasField("ignore_label") else np.full(flat.shape, True)
        )
        right = (order == flat[:, None]).any(1)
        return np.asarray((right & counted).sum() / max(counted.sum(), 1))


@register("Silence")
class Silence(LayerBase):
    """Bottoms that nobody reads."""

    def forward(self, bottoms: list[Blob], tops: list[Blob]) -> None:
        """Nothing."""


@register("Input")
class Input(LayerBase):
    """Tops that the caller fills."""

    def forward(self, bottoms: list[Blob], tops: list[Blob]) -> None:
        """Shapes, at first."""
        shapes = list(self.param.input_param.shape)
        for place, top in enumerate(tops):
            if not top.count or top.shape == ():
                top.reshape(*shapes[min(place, len(shapes) - 1)].dim)


@register("DummyData")
class DummyData(LayerBase):
    """Tops filled once, by fillers."""

    def forward(self, bottoms: list[Blob], tops: list[Blob]) -> None:
        """Shapes and fillers."""
        own = self.param.dummy_data_param
        for place, top in enumerate(tops):
            top.reshape(*own.shape[min(place, len(own.shape) - 1)].dim)
            if own.data_filler:
                fill(top, own.data_filler[min(place, len(own.data_filler) - 1)])


def transformed(images: Any, change: Any, training: bool) -> Any:
    """Images cut (in training each anywhere, else in the middle), less means, scaled, mirrored."""
    size = change.crop_size
    if size:
        room = [length - size for length in images.shape[2:]]
        if min(room) < 0:
            raise ValueError(
                f"crop_size {size} is larger than the images, {images.shape[2:]}.{here()}"
            )
        starts = [
            generator[0].integers(n + 1, size=len(images)) if training else [n // 2] * len(images)
            for n in room
        ]
        pairs = zip(images, *starts, strict=True)
        images = np.stack([image[:, r : r + size, c : c + size] for image, r, c in pairs])
    if change.mean_value:
        images = images - np.reshape(list(change.mean_value), (1, -1, 1, 1))
    if change.mirror:
        turned = generator[0].random(len(images)) < 0.5
        images = np.where(turned[:, None, None, None], images[..., ::-1], images)
    return images * change.scale


@register("Data")
class Data(LayerBase):
    """The next batch of a source; it begins anew at the end."""

    def setup(self, bottoms: list[Blob]) -> None:
        """Read the source."""
        self.images, self.labels = read(self.param.data_param.source)
        self.place = 0
        if self.param.transform_param.mean_file:
            name = self.param.transform_param.mean_file
            self.mean = mean_image(name, self.images, self.phase == TRAIN)

    def forward(self, bottoms: list[Blob], tops: list[Blob]) -> None:
        """Images, transformed, and labels."""
        own, change = self.param.data_param, self.param.transform_param
        rows = np.arange(self.place, self.place + own.batch_size) % len(self.images)
        self.place = int(rows[-1] + 1) % len(self.images)
        images = self.images[rows]
        if change.mean_file:
            images = images - self.mean
        tops[0].put(transformed(images, change, self.phase == TRAIN))
        if len(tops) > 1:
            tops[1].put(self.labels[rows])


_means: dict[str, Any] = {}


def mean_image(name: str, images: Any, training: bool) -> Any:
    """What a file of that name holds: the mean of the images that the last net trains on.

    The file itself is not read.  A test net has the mean of the training images, as its solver's
    net for training is made first; alone it has that of its own.
    """
    found = _means.get(name)
    if training or found is None or found.shape != images.shape[1:]:
        found = _means[name] = images.mean(0)
    return found


@register("HDF5Data")
class HDF5Data(Data):
    """Batches of a source, an array a top; `caffe.register_source` answers its name."""

    def setup(self, bottoms: list[Blob]) -> None:
        """Read the source."""
        own = self.param.hdf5_data_param
        if self.param.HasField("transform_param"):
            raise ValueError(
                f"{self.name}: HDF5Data does not transform what it reads: leave transform_param "
                f"out, and register_source a function that does.{here()}"
            )
        self.images, self.labels = read(own.source)
        if own.shuffle:
            order = generator[0].permutation(len(self.images))
            self.images, self.labels = self.images[order], self.labels[order]
        self.place = 0

    def forward(self, bottoms: list[Blob], tops: list[Blob]) -> None:
        """Rows of both arrays."""
        size = self.param.hdf5_data_param.batch_size
        rows = np.arange(self.place, self.place + size) % len(self.images)
        self.place = int(rows[-1] + 1) % len(self.images)
        for top, values in zip(tops, (self.images, self.labels), strict=True):
            top.put(values[rows])


@register("MemoryData")
class MemoryData(Data):
    """Batches of arrays that `net.set_input_arrays` gave."""

    def setup(self, bottoms: list[Blob]) -> None:
        """Zeros, until then."""
        own = self.param.memory_data_param
        shape = (own.batch_size, own.channels, own.height, own.width)
        self.images, self.labels, self.place = np.zeros(shape), np.zeros(own.batch_size), 0

    def forward(self, bottoms: list[Blob], tops: list[Blob]) -> None:
        """The next batch."""
        size = self.param.memory_data_param.batch_size
        rows = np.arange(self.place, self.place + size) % len(self.images)
        self.place = int(rows[-1] + 1) % len(self.images)
        tops[0].put(self.images[rows])
        tops[1].put(self.labels[rows].reshape(-1))
