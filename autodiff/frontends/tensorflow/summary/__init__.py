"""`tf.summary`, the place of 1.0: summaries for TensorBoard, and the writer of event files.

A summary is a small message (a number, a picture, a histogram) under a tag; the writer puts them
into an event file, with the graph itself.  The functions here take their tag from the name and
the name scope around, those of 0.11 (`tf.scalar_summary`, in `nodes`) take the tag as it is.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from autodiff.frontends.common.options import only
from autodiff.frontends.tensorflow.graph.graph import get_default_graph
from autodiff.frontends.tensorflow.ground.renamed import missing
from autodiff.frontends.tensorflow.summary import nodes
from autodiff.frontends.tensorflow.summary.nodes import merge_all_summaries as merge_all
from autodiff.frontends.tensorflow.summary.nodes import merge_summary as merge
from autodiff.frontends.tensorflow.summary.writer import SummaryWriter as FileWriter


def _tagged(make: Callable[..., Any], name: str, *args: Any, **options: Any) -> Any:
    """A summary whose tag is its name with the scopes: layer/loss, layer/loss_1."""
    clean = "".join(c if c.isalnum() or c in "_.-/" else "_" for c in name)
    with get_default_graph().name_scope(clean) as scope:
        return make(scope[:-1], *args, **options, name=scope)


def scalar(name: str, tensor: Any, collections: Sequence[str] | None = None, **more: Any) -> Any:
    """A curve of a number."""
    only("summary", more, "family")
    return _tagged(nodes.scalar_summary, name, tensor, collections=collections)


def histogram(name: str, values: Any, collections: Sequence[str] | None = None, **more: Any) -> Any:
    """How values are distributed, over the steps."""
    only("summary", more, "family")
    return _tagged(nodes.histogram_summary, name, values, collections=collections)


def image(
    name: str,
    tensor: Any,
    max_outputs: int = 3,
    collections: Sequence[str] | None = None,
    **more: Any,
) -> Any:
    """The first pictures of a batch (n, height, width, 1, 3 or 4)."""
    only("summary", more, "family")
    return _tagged(nodes.image_summary, name, tensor, max_outputs, collections=collections)


def __getattr__(name: str) -> object:
    if name == "Summary":
        from autodiff.data.events.summaries import protos

        return protos("summary_pb2").Summary
    raise missing("tf.summary", name, globals())


__all__ = ["FileWriter", "histogram", "image", "merge", "merge_all", "scalar"]
