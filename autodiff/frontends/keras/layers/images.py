"""What layers over images share: where the channels stand.

TensorFlow's order is (rows, columns, channels), Theano's (channels, rows, columns).  A layer is
written for the first; in the other order its input is turned before and its result after.
"""

from __future__ import annotations

from typing import Any

from autodiff.frontends.keras.ground.session import ordering, over_images
from autodiff.frontends.keras.layers.base import Layer


class Images(Layer):
    """Base: `over(x)` takes and gives images with the channels last, `build` their shape.

    `dim_ordering` ("tf", "th"), or `data_format` ("channels_last", "channels_first"), says where
    they stand in the program; weights are (rows, columns, channels, filters) in both.
    """

    def __init__(self, dim_ordering: Any = None, data_format: Any = None, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.order = ordering(dim_ordering if data_format is None else data_format)

    def seen(self, shape: Any) -> Any:
        """A shape (batch, ...) as `build` sees it: with the channels last."""
        if self.order == "tf" or len(shape) < 4:
            return shape
        batch, channels, *lengths = shape
        return batch, *lengths, channels

    def call(self, x: Any) -> Any:
        """The layer's result, in the order of the axes of the program."""
        return over_images(self.over, x, self.order)

    def over(self, x: Any) -> Any:
        """The result for images with the channels last."""
        raise NotImplementedError
