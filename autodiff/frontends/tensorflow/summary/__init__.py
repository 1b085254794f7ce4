"""`tf.summary`, the place of 1.0: summaries for TensorBoard, and the writer of event files.

A summary is a small message (a number, a picture, a histogram) under a tag; the writer puts them
into an event file, with the graph itself.  The functions here take their tag from the name and
the name scope around, those of 0.11 (`tf.scalar_summary`, in `nodes`) take the tag as it is.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from autodiff.frontends.tensorflow.graph.graph import get_default_graph
from autodiff.frontends.tensorflow.ground.renamed import missing
from autodiff.frontends.tensorflow.summary import nodes
from autodiff.frontends.tensorflow.summary.nodes import merge_all_summaries as merge_all
from autodiff.frontends.tensorflow.summary.nodes import merge_summary as merge
from autodiff.frontends.tensorflow.summary.writer import SummaryWriter as FileWriter


def _tagged(
    make: Callable[..., Any], name: str, family: str | None, *args: Any, **options: Any
) -> Any:
    """A summary whose tag is its name with the scopes: layer/loss, layer/loss_1.

    TensorBoard shows those of a family together: that is the first part of their tags.
    """
    words = [name] if family is None else [family, name]
    clean = ["".join(c if c.isalnum() or c in "_.-/" else "_" for c in word) for word in words]
    with get_default_graph().name_scope("/".join(clean)) as scope:
        tag = "/".join([*clean[:-1], scope[:-1]])
        return make(tag, *args, **options, name=scope)


def scalar(
    name: str, tensor: Any, collections: Sequence[str] | None = None, family: str | None = None
) -> Any:
    """A curve of a number."""
    return _tagged(nodes.scalar_summary, name, family, tensor, collections=collections)


def histogram(
    name: str, values: Any, collections: Sequence[str] | None = None, family: str | None = None
) -> Any:
    """How values are distributed, over the steps."""
    return _tagged(nodes.histogram_summary, name, family, values, collections=collections)


def image(
    name: str,
    tensor: Any,
    max_outputs: int = 3,
    collections: Sequence[str] | None = None,
    family: str | None = None,
) -> Any:
    """The first pictures of a batch (n, height, width, 1, 3 or 4)."""
    return _tagged(nodes.image_summary, name, family, tensor, max_outputs, collections=collections)


def __getattr__(name: str) -> object:
    if name == "Summary":
        from autodiff.data.events.summaries import protos

        return protos("summary_pb2").Summary
    raise missing("tf.summary", name, globals())


__all__ = ["FileWriter", "histogram", "image", "merge", "merge_all", "scalar"]
