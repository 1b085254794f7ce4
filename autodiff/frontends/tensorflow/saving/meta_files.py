"""Meta graphs in files: a graph and its collections as one message, whole or not at all."""

from __future__ import annotations

import os
from collections.abc import Iterable
from typing import Any

from autodiff.core.ground.locations import here
from autodiff.data.events.summaries import protos
from autodiff.data.ground.files import whole_file
from autodiff.frontends.tensorflow.graph.graph import Graph, get_default_graph
from autodiff.frontends.tensorflow.graph.operation import Operation
from autodiff.frontends.tensorflow.graph.tensor import Tensor
from autodiff.frontends.tensorflow.ground.errors import DataLossError, NotFoundError
from autodiff.frontends.tensorflow.variables.variables import Variable


def write_graph(graph_or_graph_def: Any, logdir: str, name: str, as_text: bool = True) -> str:
    """Write a graph's message to `logdir/name`, as text or as bytes; the path."""
    message = graph_or_graph_def
    if isinstance(message, Graph):
        message = message.as_graph_def()
    os.makedirs(logdir, exist_ok=True)
    path = os.path.join(logdir, name)
    write_message(path, message, as_text)
    return path


def export_meta_graph(
    filename: str | None = None,
    meta_info_def: Any = None,
    graph_def: Any = None,
    saver_def: Any = None,
    collection_list: Iterable[Any] | None = None,
    as_text: bool = False,
    graph: Graph | None = None,
    export_scope: str | None = None,
    clear_devices: bool = False,
) -> Any:
    """The message `MetaGraphDef` of a graph and its collections, written to `filename` if given.

    Of a collection that holds anything but variables, tensors, operations, numbers and text
    nothing is written.
    """
    if export_scope is not None:
        raise ValueError(
            f"export_meta_graph writes the whole graph: leave export_scope out.{here()}"
        )
    graph = graph or get_default_graph()
    made = protos("meta_graph_pb2").MetaGraphDef()
    made.meta_info_def.tensorflow_version = "0.11.0"
    made.graph_def.CopyFrom(graph.as_graph_def() if graph_def is None else graph_def)
    if saver_def is not None:
        made.saver_def.CopyFrom(saver_def)
    wanted = graph.get_all_collection_keys() if collection_list is None else list(collection_list)
    for key in wanted:
        if isinstance(key, str):
            _write_collection(made, key, graph.get_collection(key))
    if filename is not None:
        write_message(filename, made, as_text)
    return made


def _write_collection(made: Any, key: str, values: list[Any]) -> None:
    """A collection by the kind of what it holds, as TensorFlow has them."""
    if not values:
        return
    if all(isinstance(value, Variable) for value in values):
        proto = protos("variable_pb2").VariableDef
        listed = [
            proto(
                variable_name=value.name,
                initializer_name=value.initializer.name if hasattr(value, "initializer") else "",
                snapshot_name=value.name,
            ).SerializeToString()
            for value in values
        ]
        made.collection_def[key].bytes_list.value.extend(listed)
    elif all(isinstance(value, Tensor | Operation) for value in values):
        made.collection_def[key].node_list.value.extend(value.name for value in values)
    elif all(isinstance(value, int) for value in values):
        made.collection_def[key].int64_list.value.extend(values)
    elif all(isinstance(value, float) for value in values):
        made.collection_def[key].float_list.value.extend(values)
    elif all(isinstance(value, str) for value in values):
        made.collection_def[key].bytes_list.value.extend(value.encode() for value in values)


def write_message(path: str, message: Any, as_text: bool) -> None:
    """The message in a file that appears under its name only when it is whole."""
    from google.protobuf import text_format

    raw = text_format.MessageToString(message).encode() if as_text else message.SerializeToString()
    with whole_file(path) as file:
        file.write(raw)


def read_message(path: str) -> Any:
    """The message `MetaGraphDef` in a file, as bytes or as text."""
    from google.protobuf import text_format
    from google.protobuf.message import DecodeError

    message = protos("meta_graph_pb2").MetaGraphDef()
    try:
        with open(path, "rb") as file:
            raw = file.read()
    except FileNotFoundError:
        raise NotFoundError(
            f"there is no meta graph {path!r}: saver.save(sess, path) writes path.meta.{here()}"
        ) from None
    try:
        message.ParseFromString(raw)
    except DecodeError:
        try:
            text_format.Parse(raw.decode(), message)
        except (UnicodeDecodeError, text_format.ParseError):
            raise DataLossError(f"{path!r} is no meta graph, or is damaged.{here()}") from None
    return message
