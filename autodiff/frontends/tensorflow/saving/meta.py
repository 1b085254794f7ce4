"""Meta graphs: a graph and its collections in one file, from which another program goes on.

saver.save(sess, "model")                          # in one program: "model" and "model.meta"
saver = tf.train.import_meta_graph("model.meta")   # in another: the graph, without its program
saver.restore(sess, "model")
y = tf.get_default_graph().get_tensor_by_name("y:0")
"""

from __future__ import annotations

import os
from collections.abc import Iterable
from typing import Any

from autodiff.data.events.summaries import protos
from autodiff.frontends.common.options import only
from autodiff.frontends.tensorflow.graph.graph import get_default_graph
from autodiff.frontends.tensorflow.saving.meta_files import read_message
from autodiff.frontends.tensorflow.saving.reading import Reader
from autodiff.frontends.tensorflow.saving.saver import Saver
from autodiff.frontends.tensorflow.variables.variables import GraphKeys, Variable


def import_meta_graph(
    meta_graph_or_file: Any,
    clear_devices: bool = False,
    import_scope: str | None = None,
    **more: Any,
) -> Saver | None:
    """Build the graph of a meta graph, and fill its collections; a `Saver` of its variables.

    None where there are no variables.  Raises `NotFoundError` for a file that is not there,
    `DataLossError` for one that is no meta graph.
    """
    only("import_meta_graph", more)
    message = meta_graph_or_file
    if isinstance(message, str | os.PathLike):
        message = read_message(os.fspath(message))
    graph = get_default_graph()
    scope = f"{import_scope.rstrip('/')}/" if import_scope else ""
    reader = Reader(graph, scope, {}).read(list(message.graph_def.node))
    variables: dict[str, Variable] = {}
    for key, held in message.collection_def.items():
        for value in _read_collection(held, reader):
            if isinstance(value, Variable):
                variables[value.op.name] = value
                value.trainable = value.trainable or key == GraphKeys.TRAINABLE_VARIABLES
            graph.add_to_collection(key, value)
    if not variables:
        return None
    return Saver({name.removeprefix(scope): variable for name, variable in variables.items()})


def _read_collection(held: Any, reader: Reader) -> Iterable[Any]:
    kind = held.WhichOneof("kind")
    for value in getattr(held, kind).value if kind else ():
        if kind == "node_list":
            yield reader.element(value)
        elif kind == "bytes_list":
            proto = protos("variable_pb2").VariableDef()
            try:
                proto.ParseFromString(value)
                yield reader.element(proto.variable_name)
            except Exception:  # a name or a message of another kind: it stays as it is
                yield value
        else:
            yield value
