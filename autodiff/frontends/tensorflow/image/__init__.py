"""`tf.image`: what is done to images (N, H, W, C), or to one (H, W, C).

`resizing` changes the grid with TensorFlow's corners, `colours` the values; this package gathers
their names.
"""

from autodiff.frontends.tensorflow.ground.renamed import missing
from autodiff.frontends.tensorflow.image.colours import (
    adjust_brightness,
    adjust_contrast,
    adjust_hue,
    adjust_saturation,
    convert_image_dtype,
    grayscale_to_rgb,
    hsv_to_rgb,
    per_image_standardization,
    per_image_whitening,
    random_brightness,
    random_contrast,
    random_hue,
    random_saturation,
    rgb_to_grayscale,
    rgb_to_hsv,
)
from autodiff.frontends.tensorflow.image.resizing import (
    ResizeMethod,
    central_crop,
    crop_to_bounding_box,
    flip_left_right,
    flip_up_down,
    pad_to_bounding_box,
    random_flip_left_right,
    random_flip_up_down,
    resize_bilinear,
    resize_image_with_crop_or_pad,
    resize_images,
    resize_nearest_neighbor,
    transpose_image,
)
from autodiff.frontends.tensorflow.input.decoding import decode_jpeg, decode_png, encode_png


def __getattr__(name: str) -> object:
    raise missing("tf.image", name, globals())
