"""`tf.graph_util`: graphs without their variables, as constants."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NoReturn

from autodiff.core.ground.locations import here


def convert_variables_to_constants(
    sess: Any, input_graph_def: Any, output_node_names: Sequence[str], *_: Any, **__: Any
) -> NoReturn:
    """Refuses: a graph is not read from a file here, so a frozen one could not be used."""
    raise NotImplementedError(
        "convert_variables_to_constants freezes a graph for import_graph_def, which is not here: "
        "save the variables by tf.train.Saver, and build the graph by its program, or write "
        f"ad.source(f, *args, to='numpy') for code that runs by itself.{here()}"
    )


def remove_training_nodes(input_graph: Any) -> Any:
    """The graph as it is: a run needs only what its fetches need."""
    return input_graph
