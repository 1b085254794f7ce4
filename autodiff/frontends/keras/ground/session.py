"""What the models of one graph share: a session, the learning phase, and names for layers."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np

from autodiff.core.ground.locations import here
from autodiff.frontends import tensorflow as tf

_FLOATX = ["float32"]


def floatx() -> str:
    """The dtype of weights, inputs and rates."""
    return _FLOATX[0]


def set_floatx(name: str) -> None:
    """Another one, for what is built from here on: float16, float32 or float64."""
    if name not in ("float16", "float32", "float64"):
        raise ValueError(f"Unknown floatx type: {name!r}; float16, float32 or float64.{here()}")
    _FLOATX[0] = name


_ORDER = ["tf"]
ORDERS = {"tf": "tf", "channels_last": "tf", "th": "th", "channels_first": "th"}
"""Both spellings of where the channels of an image stand."""


def dim_ordering() -> str:
    """The order of an image's axes: "tf" with the channels last, "th" with the channels first."""
    return _ORDER[0]


def set_dim_ordering(order: str) -> None:
    """Another one, for the layers that are built from here on."""
    _ORDER[0] = ordering(order)


def ordering(order: str | None) -> str:
    """An order by either spelling; by default the one that is set."""
    if order in (None, "default"):
        return dim_ordering()
    if order not in ORDERS:
        raise ValueError(
            f"the order of the axes is one of {', '.join(ORDERS)}, not {order!r}.{here()}"
        )
    return ORDERS[order]


def over_images(function: Any, x: Any, order: str | None = None) -> Any:
    """A function of images (or volumes) with the channels last, of such in any order; in theirs."""
    rank = len(x.get_shape())
    if ordering(order) == "tf" or rank < 4:
        return function(x)
    y = function(tf.transpose(x, [0, *range(2, rank), 1]))
    turned = len(y.get_shape()) == rank
    return tf.transpose(y, [0, rank - 1, *range(1, rank - 1)]) if turned else y


@dataclass(slots=True)
class Backend:
    """One session for a graph, so that models which share layers share their weights.

    `training` is the learning phase: a tensor that is False unless it is fed.  `made_by` tells
    which layer produced a tensor, from which inputs; `later` are weights to be given to layers once
    they have variables.  `masks` tells of a tensor which of its steps count.  `rng` shuffles the
    examples; it has the graph's seed (`tf.set_random_seed`), where there is one.
    """

    session: Any
    training: Any
    rng: np.random.Generator
    counts: dict[str, int] = field(default_factory=dict)
    made_by: dict[Any, tuple[Any, list[Any]]] = field(default_factory=dict)
    later: list[tuple[Any, Any]] = field(default_factory=list)
    masks: dict[Any, Any] = field(default_factory=dict)

    def name(self, kind: str) -> str:
        """A name that no layer of this graph has: dense_1, dense_2, ..."""
        self.counts[kind] = self.counts.get(kind, 0) + 1
        return f"{kind}_{self.counts[kind]}"

    def run(self, fetches: Any, feed: dict[Any, Any] | None = None) -> Any:
        """A run of the session, after new variables have got their initial values."""
        state = self.session.state.variables
        new = [v for v in self.session.graph.get_collection("variables") if v.node not in state]
        if new:
            self.session.run([v.initializer for v in new])
        while self.later:
            layer, weights = self.later.pop(0)
            layer.set_weights(weights)
        return self.session.run(fetches, feed)


def backend(graph: Any = None) -> Backend:
    """The backend of a graph (default: the default graph), made when it is first asked for."""
    graph = graph or tf.get_default_graph()
    kept = graph.get_collection_ref("keras")
    if not kept:
        with graph.as_default():
            training = tf.placeholder_with_default(
                tf.constant(False, name="keras_off"), [], name="keras_learning_phase"
            )
        kept.append(Backend(tf.Session(graph=graph), training, np.random.default_rng(graph.seed)))
    return kept[0]


def in_train_phase(graph: Any, training: Any, testing: Any) -> Any:
    """One value while training and another at other times."""
    return tf.select(backend(graph).training, training, testing)


def get_session() -> Any:
    """The session of the default graph's models."""
    return backend().session
