"""Summary ops: nodes whose value is a serialized `Summary` message, as `SummaryWriter` takes it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from autodiff.core.ground.locations import here
from autodiff.data.events import summaries
from autodiff.data.ground.errors import DataError
from autodiff.frontends.tensorflow.graph.graph import get_default_graph
from autodiff.frontends.tensorflow.graph.inputs import convert_to_tensor
from autodiff.frontends.tensorflow.graph.state import session_op
from autodiff.frontends.tensorflow.graph.tensor import Tensor
from autodiff.frontends.tensorflow.input.failures import data_errors
from autodiff.frontends.tensorflow.variables.variables import GraphKeys

STRING = np.dtype(object)


def scalar_summary(
    tags: Any, values: Any, collections: Sequence[str] | None = None, name: str | None = None
) -> Tensor:
    """A curve of a number (or of several, with a list of as many tags)."""
    labels = [tags] if isinstance(tags, str) else list(np.asarray(tags, object).reshape(-1))

    def make(value: Any) -> Any:
        numbers = np.asarray(value).reshape(-1)
        if len(numbers) != len(labels):
            raise DataError(
                f"scalar_summary has {len(labels)} tags ({labels[0]!r}, ...), but a value of shape "
                f"{np.shape(value)}."
            )
        return summaries.merge(summaries.scalar(*pair) for pair in zip(labels, numbers))

    return _summary("ScalarSummary", make, [values], collections, name)


def image_summary(
    tag: str,
    tensor: Any,
    max_images: int = 3,
    collections: Sequence[str] | None = None,
    name: str | None = None,
) -> Tensor:
    """The first pictures of a batch (n, height, width, 1, 3 or 4), uint8 or floats to be scaled."""
    tensor = convert_to_tensor(tensor)
    dims = tensor.dims
    if dims is not None and (len(dims) != 4 or dims[3] not in (None, 1, 3, 4)):
        raise ValueError(
            f"image_summary {tag!r} takes shape (n, height, width, 1, 3 or 4), not {dims}: "
            f"tf.expand_dims(x, -1) adds the last axis.{here()}"
        )

    def make(value: Any) -> Any:
        return summaries.image(tag, value, max_images)

    return _summary("ImageSummary", make, [tensor], collections, name)


def histogram_summary(
    tag: str, values: Any, collections: Sequence[str] | None = None, name: str | None = None
) -> Tensor:
    """The distribution of the values of a tensor; a NaN in it stops the run."""

    def make(value: Any) -> Any:
        return summaries.histogram(tag, value)

    return _summary("HistogramSummary", make, [values], collections, name)


def merge_summary(
    inputs: Sequence[Tensor], collections: Sequence[str] | None = None, name: str | None = None
) -> Tensor:
    """Several summaries as one node to run."""

    def make(*parts: bytes) -> Any:
        parse = summaries.protos("summary_pb2").Summary.FromString
        return summaries.merge(map(parse, parts))

    return _summary("MergeSummary", make, list(inputs), collections or (), name)


def merge_all_summaries(key: str = GraphKeys.SUMMARIES) -> Tensor | None:
    """All summaries of the default graph as one node; None where there is none."""
    found = get_default_graph().get_collection(key)
    return merge_summary(found) if found else None


def _summary(
    type: str,
    make: Callable[..., Any],
    inputs: list[Any],
    collections: Sequence[str] | None,
    name: str | None,
) -> Tensor:
    place = here()

    def run(state: Any, *values: Any) -> bytes:
        with data_errors(place):
            data: bytes = make(*values).SerializeToString()
            return data

    tensors = [convert_to_tensor(value) for value in inputs]
    graph = tensors[0].graph
    made: Tensor = graph.stage(
        session_op(type, run), tensors, {}, name or type, type, [((), STRING)]
    )
    for key in [GraphKeys.SUMMARIES] if collections is None else collections:
        graph.add_to_collection(key, made)
    return made
