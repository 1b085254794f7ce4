"""`tf.graph_util`: graphs without their variables, as constants: frozen for use elsewhere."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from autodiff.core.ground.locations import here
from autodiff.data.events.summaries import protos
from autodiff.frontends.tensorflow.graph.attributes import OWN, tensor_message

VARIABLES = ("Variable", "VariableV2")


def convert_variables_to_constants(
    sess: Any,
    input_graph_def: Any,
    output_node_names: Sequence[str],
    variable_names_whitelist: Sequence[str] | None = None,
    variable_names_blacklist: Sequence[str] | None = None,
) -> Any:
    """What some nodes need, its variables as constants of the values that they have in a session.

    >>> from autodiff.frontends import tensorflow as tf
    >>> with tf.Graph().as_default() as graph, tf.Session() as sess:
    ...     y = tf.mul(tf.placeholder("float", [], name="x"), tf.Variable(2.0, name="w"), name="y")
    ...     sess.run(tf.initialize_all_variables())
    ...     frozen = convert_variables_to_constants(sess, graph.as_graph_def(), ["y"])
    >>> [(node.name, node.op) for node in frozen.node]
    [('x', 'Placeholder'), ('w', 'Const'), ('y', 'Mul')]
    """
    frozen = extract_sub_graph(input_graph_def, output_node_names)
    names = [node.name for node in frozen.node if node.op in VARIABLES]
    if variable_names_whitelist is not None:
        names = [name for name in names if name in variable_names_whitelist]
    names = [name for name in names if name not in (variable_names_blacklist or ())]
    values = dict(zip(names, sess.run([f"{name}:0" for name in names]) if names else []))
    for node in frozen.node:
        if node.name in values:
            value = values[node.name]
            node.op = "Const"
            shape = node.attr["_output_shapes"]
            node.ClearField("attr")
            node.attr["_output_shapes"].CopyFrom(shape)
            node.attr["value"].tensor.CopyFrom(tensor_message(value))
            node.attr["dtype"].type = node.attr["value"].tensor.dtype
        elif node.op == "Read" and node.input[0] in values:
            node.op = "Identity"
            del node.attr[OWN]
    return frozen


def extract_sub_graph(graph_def: Any, dest_nodes: Sequence[str]) -> Any:
    """The message with only the nodes that some nodes need; AssertionError for one not there."""
    if isinstance(dest_nodes, str):
        raise TypeError(f"dest_nodes is a list of names: write [{dest_nodes!r}].{here()}")
    by_name = {node.name: node for node in graph_def.node}
    needed, queue = set[str](), [name.partition(":")[0] for name in dest_nodes]
    for name in queue:
        if name not in by_name:
            raise AssertionError(f"{name!r} is not in the graph.{here()}")
        if name not in needed:
            needed.add(name)
            queue += [s.lstrip("^").partition(":")[0] for s in by_name[name].input]
    return _message(graph_def, (node for node in graph_def.node if node.name in needed))


def remove_training_nodes(input_graph: Any, protected_nodes: Sequence[str] | None = None) -> Any:
    """The graph without its `Identity` and `CheckNumerics` nodes, but for those protected.

    Nodes that others wait for, or that wait for others, stay: that is all that they are for.
    """
    waited = {s[1:] for node in input_graph.node for s in node.input if s.startswith("^")}
    kept = waited.union(protected_nodes or ())
    through = {
        node.name: node.input[0]
        for node in input_graph.node
        if node.op in ("Identity", "CheckNumerics")
        and node.name not in kept
        and not any(s.startswith("^") for s in node.input)
    }
    made = _message(input_graph, (n for n in input_graph.node if n.name not in through))
    for node in made.node:
        sources = list(node.input)
        for place, source in enumerate(sources):
            while source.removesuffix(":0") in through:
                source = through[source.removesuffix(":0")]
            node.input[place] = source
    return made


def tensor_shape_from_node_def_name(graph: Any, input_name: str) -> Any:
    """The static shape of a tensor by its name."""
    name = input_name if ":" in input_name else f"{input_name}:0"
    return graph.get_tensor_by_name(name).get_shape()


def _message(like: Any, nodes: Iterable[Any]) -> Any:
    made = protos("graph_pb2").GraphDef()
    made.versions.CopyFrom(like.versions)
    made.node.extend(nodes)
    return made
