"""`tf.image`, sizes: images (H, W, C) or batches of them resized, cropped, framed, flipped."""

from __future__ import annotations

from typing import Any

import numpy as np

from autodiff.core.ground.locations import here
from autodiff.frontends.tensorflow.declaring.declare import scoped
from autodiff.frontends.tensorflow.declaring.staging import (
    constant_value,
    dims_of,
    dtype_of,
    stage,
    stage_code,
    tensor,
)
from autodiff.frontends.tensorflow.graph.tensor import Tensor
from autodiff.frontends.tensorflow.ops.arrays import cast, expand_dims, squeeze
from autodiff.frontends.tensorflow.ops.math import less
from autodiff.frontends.tensorflow.ops.random import random_uniform
from autodiff.ops.networks.resizing import positions


class ResizeMethod:
    """How `resize_images` finds values between pixels."""

    BILINEAR, NEAREST_NEIGHBOR = 0, 1


# -- size -------------------------------------------------------------------------------------


@scoped("resize_bilinear")
def resize_bilinear(images: Any, size: Any, align_corners: bool | None = None) -> Any:
    """Images (N, H, W, C) of another size = [height, width], linear between pixels.

    Pixel i of the result lies at i * H / height of the original, so that the upper left corners
    coincide; with `align_corners` all four do.  (PyTorch and TensorFlow 2 align the centres.)
    Integers become float32.
    """
    x = _batch("resize_bilinear", images)
    x = cast(x, np.float32) if dtype_of(x).kind != "f" else x
    centers = "corners" if align_corners else "top_left"
    dims = list(dims_of(x))
    for axis, length in zip((1, 2), _size(size), strict=True):
        dims[axis] = None if isinstance(length, Tensor) else length
        x = stage("resample", x, dims=tuple(dims), axis=axis, length=length, centers=centers)
    return x


def resize_nearest_neighbor(
    images: Any, size: Any, align_corners: bool | None = None, name: str | None = None
) -> Any:
    """Images of another size, each pixel that of the original at or before its place."""
    images = _batch("resize_nearest_neighbor", images)
    height, width = _size(size)
    known = [None if isinstance(n, Tensor) else n for n in (height, width)]
    dims = (dims_of(images)[0], *known, dims_of(images)[3])
    return stage_code(
        _nearest, images, name=name, type="ResizeNearestNeighbor", dims=dims,
        size=(height, width), align=bool(align_corners),
    )  # fmt: skip


def _nearest(x: Any, size: Any, align: bool) -> Any:
    rows, columns = (
        np.round(positions(old, new, "corners")).astype(int)
        if align
        else np.floor(positions(old, new, "top_left")).astype(int)
        for old, new in zip(np.shape(x)[1:3], size, strict=True)
    )
    return x[:, rows[:, None], columns]


@scoped("resize_images")
def resize_images(
    images: Any, size: Any, method: int = ResizeMethod.BILINEAR, align_corners: bool = False,
) -> Any:  # fmt: skip
    """One image or a batch, in another size = [height, width]."""
    images = tensor(images)
    single = len(dims_of(images)) == 3
    x = expand_dims(images, 0) if single else images
    if method not in (ResizeMethod.BILINEAR, ResizeMethod.NEAREST_NEIGHBOR):
        raise ValueError(
            "tf.image.resize_images takes the size as one list, [height, width], and knows the "
            f"methods BILINEAR and NEAREST_NEIGHBOR of tf.image.ResizeMethod.{here()}"
        )
    resize = resize_bilinear if method == ResizeMethod.BILINEAR else resize_nearest_neighbor
    found = resize(x, size, align_corners)
    return squeeze(found, [0]) if single else found


def _size(size: Any) -> tuple[Any, Any]:
    """(height, width), either of them a tensor where it is known only while the graph runs."""
    size = constant_value(size)
    if isinstance(size, Tensor):
        return size[0], size[1]
    found = tuple(constant_value(n) for n in (size if isinstance(size, list) else np.ravel(size)))
    if len(found) != 2 or min([1, *(n for n in found if not isinstance(n, Tensor))]) < 1:
        raise ValueError(f"a size is [height, width], both at least 1; got {size}.{here()}")
    height, width = (n if isinstance(n, Tensor) else int(n) for n in found)
    return height, width


def _batch(what: str, images: Any) -> Any:
    images = tensor(images)
    dims = dims_of(images)
    if dims is None or len(dims) != 4:
        raise ValueError(
            f"tf.image.{what} takes a batch of images (N, H, W, C), and got shape {dims}. For one "
            f"image write tf.expand_dims(image, 0).{here()}"
        )
    return images


# -- crops and frames -------------------------------------------------------------------------


@scoped("crop_to_bounding_box")
def crop_to_bounding_box(
    image: Any, offset_height: int, offset_width: int, target_height: int, target_width: int,
) -> Any:  # fmt: skip
    """The target_height x target_width pixels from row offset_height, column offset_width."""
    rows = slice(offset_height, offset_height + target_height)
    columns = slice(offset_width, offset_width + target_width)
    height, width = _lengths("crop_to_bounding_box", image)
    if min(offset_height, offset_width) < 0 or (
        (height is not None and rows.stop > height) or (width is not None and columns.stop > width)
    ):
        raise ValueError(
            f"tf.image.crop_to_bounding_box: rows {rows.start}:{rows.stop} and columns "
            f"{columns.start}:{columns.stop} reach outside of an image of {height} x {width}."
            f"{here()}"
        )
    return stage("getitem", image, index=(..., rows, columns, slice(None)))


@scoped("pad_to_bounding_box")
def pad_to_bounding_box(
    image: Any, offset_height: int, offset_width: int, target_height: int, target_width: int,
) -> Any:  # fmt: skip
    """The image at row offset_height, column offset_width of a black one of the target's size."""
    height, width = _lengths("pad_to_bounding_box", image)
    if height is None or width is None:
        raise ValueError(f"tf.image.pad_to_bounding_box needs the size of the image.{here()}")
    below = target_height - offset_height - height
    right = target_width - offset_width - width
    if min(offset_height, offset_width, below, right) < 0:
        raise ValueError(
            f"tf.image.pad_to_bounding_box: an image of {height} x {width} at row {offset_height}, "
            f"column {offset_width} does not fit into {target_height} x {target_width}.{here()}"
        )
    widths = ((offset_height, below), (offset_width, right), (0, 0))
    batch = ((0, 0),) * (len(dims_of(image)) - 3)
    return stage("pad", image, pad_width=(*batch, *widths))


@scoped("central_crop")
def central_crop(image: Any, central_fraction: float) -> Any:
    """The middle of an image: this fraction of its height and of its width."""
    if not 0 < central_fraction <= 1:
        raise ValueError(f"central_fraction is in (0, 1]; got {central_fraction}.{here()}")
    height, width = _lengths("central_crop", image)
    if height is None or width is None:
        raise ValueError(f"tf.image.central_crop needs the size of the image.{here()}")
    top = int((height - height * central_fraction) / 2)
    left = int((width - width * central_fraction) / 2)
    return crop_to_bounding_box(image, top, left, height - 2 * top, width - 2 * left)


@scoped("resize_image_with_crop_or_pad")
def resize_image_with_crop_or_pad(image: Any, target_height: int, target_width: int) -> Any:
    """The middle of an image cut out, or the image in the middle of a black frame."""
    height, width = _lengths("resize_image_with_crop_or_pad", image)
    if height is None or width is None:
        raise ValueError(
            f"tf.image.resize_image_with_crop_or_pad needs the size of the image.{here()}"
        )
    kept = min(height, target_height), min(width, target_width)
    cut = crop_to_bounding_box(
        image, (height - kept[0]) // 2, (width - kept[1]) // 2, kept[0], kept[1]
    )
    top, left = (target_height - kept[0]) // 2, (target_width - kept[1]) // 2
    return pad_to_bounding_box(cut, top, left, target_height, target_width)


def _lengths(what: str, image: Any) -> tuple[int | None, int | None]:
    dims = dims_of(image)
    if dims is None or len(dims) not in (3, 4):
        raise ValueError(
            f"tf.image.{what} takes an image (H, W, C) or a batch of them, and got shape {dims}."
            f"{here()}"
        )
    return dims[-3], dims[-2]


# -- flips ------------------------------------------------------------------------------------


def flip_left_right(image: Any, name: str | None = None) -> Any:
    """The mirror image, left and right exchanged."""
    return stage("flip", image, name=name or "flip_left_right", type="Reverse", axis=-2)


def flip_up_down(image: Any, name: str | None = None) -> Any:
    """The image upside down."""
    return stage("flip", image, name=name or "flip_up_down", type="Reverse", axis=-3)


def transpose_image(image: Any, name: str | None = None) -> Any:
    """Rows and columns exchanged."""
    return stage(
        "swapaxes", image, name=name or "transpose_image", type="Transpose", axis1=-3, axis2=-2
    )


@scoped("random_flip_left_right")
def random_flip_left_right(image: Any, seed: int | None = None) -> Any:
    """The image or, with probability 1/2, its mirror image."""
    coin = less(random_uniform([], seed=seed), 0.5)
    return stage("where", coin, flip_left_right(image), image, type="Select")


@scoped("random_flip_up_down")
def random_flip_up_down(image: Any, seed: int | None = None) -> Any:
    """The image or, with probability 1/2, the image upside down."""
    coin = less(random_uniform([], seed=seed), 0.5)
    return stage("where", coin, flip_up_down(image), image, type="Select")
