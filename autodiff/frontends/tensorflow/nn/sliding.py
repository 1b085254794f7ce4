"""What windows over images and over volumes have in common: their arguments, and how many fit.

TensorFlow says lengths as [1, rows, columns, 1], with an entry for each axis; "VALID" stays inside
of the grid, "SAME" frames it so that there are ceil(length / stride) windows along an axis.  An
image and a volume differ by their axes and by the words of a message, which a `Grid` holds.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from autodiff.core.ground.locations import here
from autodiff.frontends.tensorflow.declaring.staging import dims_of, is_int

Put = Callable[..., Any]
"""Puts a node into the graph, from the input and named settings."""


@dataclass(frozen=True, slots=True)
class Grid:
    """A kind of grid: what it is called, its axes of lengths, and where its channels stand."""

    name: str
    axes: tuple[str, ...]
    layout: str
    to_write: str

    @property
    def order(self) -> str:
        """`(N, H, W, C)`: the axes as a message shows them."""
        return f"({', '.join(self.layout)})"

    @property
    def entries(self) -> str:
        """`[1, rows, columns, 1]`: how lengths are given."""
        return f"[1, {', '.join(self.axes)}, 1]"

    def channels_last(self, what: str, data_format: str | None) -> None:
        """Refuse the layout that only GPUs had."""
        if data_format not in (None, self.layout):
            turned = [0, *range(2, len(self.axes) + 2), 1]
            raise ValueError(
                f"{what}: data_format={data_format!r} is not supported (TensorFlow's own CPU "
                f"kernels had {self.layout} only): write tf.transpose(x, {turned}) and "
                f"{self.layout}.{here()}"
            )

    def lengths(self, what: str, argument: str, value: Any) -> tuple[int, ...]:
        """A length for each axis, of TensorFlow's [1, ..., 1]."""
        found = [value] if is_int(value) else list(value)
        count = len(self.axes)
        if len(found) != count + 2 or found[0] != 1 or found[-1] != 1:
            inner = (found or [1])[:count]
            inner += inner[-1:] * (count - len(inner))
            raise ValueError(
                f"{what}: {argument} is {self.entries}, one entry for each axis of "
                f"{article(self.name)} {self.order}, and got {value}. Write "
                f"{argument}={[1, *inner, 1]}.{here()}"
            )
        return tuple(map(int, found[1:-1]))

    def shape(self, what: str, x: Any, padding: Any) -> Any:
        """The static shape of an input, whose rank is checked."""
        if padding not in ("SAME", "VALID"):
            raise ValueError(f'{what}: padding is "SAME" or "VALID", not {padding!r}.{here()}')
        dims, rank = dims_of(x), len(self.axes) + 2
        if dims is None:
            return (None,) * rank
        if len(dims) != rank:
            raise ValueError(
                f"{what} takes {self.name}s {self.order}, and got shape {dims}. Write "
                f"{self.to_write}.{here()}"
            )
        return dims

    def counts(
        self, what: str, own: Any, kernel: Any, strides: Any, padding: str
    ) -> list[int | None]:
        """The number of windows along each axis, if there is room for one."""
        count = len(self.axes)
        lengths, kernel = own[1 : count + 1], kernel[:count]
        for length, width in zip(lengths, kernel, strict=True):
            if padding == "VALID" and None not in (length, width) and length < width:
                raise ValueError(
                    f"{what}: the window {tuple(kernel)} is larger than the {self.name} "
                    f'{lengths}; padding="SAME" would frame it with zeros.{here()}'
                )
        return [counted(n, k, s, padding) for n, k, s in zip(lengths, kernel, strides, strict=True)]

    def filter(self, what: str, own: Any, filter: Any) -> Any:
        """The static shape of a filter that fits the channels of an input."""
        kernel, count = dims_of(filter), len(self.axes)
        kernel = (None,) * (count + 2) if kernel is None else kernel
        if len(kernel) != count + 2:
            raise ValueError(
                f"{what}: a filter is ({', '.join(self.axes)}, channels in, channels out); got "
                f"{kernel}.{here()}"
            )
        if None not in (own[-1], kernel[-2]) and own[-1] != kernel[-2]:
            raise ValueError(
                f"{what}: the {self.name}s {own} have {own[-1]} channels, but the filter {kernel} "
                f"takes {kernel[-2]}.{here()}"
            )
        return kernel

    def pooling(self, op: str, doc: str, put: Put) -> Callable[..., Any]:
        """The function `tf.nn.<op>`, whose node `put` makes."""
        what = f"tf.nn.{op}"

        def pool(
            value: Any,
            ksize: Any,
            strides: Any,
            padding: str,
            data_format: str | None = None,
            name: str | None = None,
        ) -> Any:
            self.channels_last(what, data_format)
            kernel = self.lengths(what, "ksize", ksize)
            strides = self.lengths(what, "strides", strides)
            own = self.shape(what, value, padding)
            counts = self.counts(what, own, kernel, strides, padding)
            return put(
                value, name=name, dims=(own[0], *counts, own[-1]), kernel=kernel, strides=strides,
                padding=padding,
            )  # fmt: skip

        pool.__name__ = pool.__qualname__ = op
        pool.__doc__ = f"{doc}  `ksize` and `strides` are {self.entries}."
        return pool


def article(name: str) -> str:
    """`an image`, `a volume`."""
    return f"an {name}" if name[0] in "aeiou" else f"a {name}"


def counted(length: int | None, kernel: int | None, stride: int, padding: str) -> int | None:
    """The number of windows along an axis, None where it is not known yet."""
    if length is None or (padding == "VALID" and kernel is None):
        return None
    return -(-length // stride) if padding == "SAME" else (length - kernel) // stride + 1


IMAGES = Grid(
    "image", ("rows", "columns"), "NHWC",
    "tf.reshape(x, [-1, height, width, channels]), with 1 channel for grey images",
)  # fmt: skip
VOLUMES = Grid(
    "volume", ("depth", "rows", "columns"), "NDHWC",
    "tf.reshape(x, [-1, depth, height, width, channels])",
)  # fmt: skip
