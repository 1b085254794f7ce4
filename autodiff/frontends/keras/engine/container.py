"""`Container`: layers between inputs and outputs, found by going back from the outputs."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from autodiff.core.ground.locations import here
from autodiff.frontends import tensorflow as tf
from autodiff.frontends.common.options import only
from autodiff.frontends.keras.engine.fitting import summary_of
from autodiff.frontends.keras.ground.given import owned
from autodiff.frontends.keras.ground.objectives import added
from autodiff.frontends.keras.ground.session import backend


class Container:
    """The layers that lead from `input` (one tensor or a list) to `output` (one or several).

    It can be called on another tensor, and then shares its weights.
    """

    input_dtype: Any = None

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        owned(cls)

    def __init__(
        self,
        input: Any = None,
        output: Any = None,
        name: str | None = None,
        inputs: Any = None,
        outputs: Any = None,
    ) -> None:
        self.inputs = listed(inputs if input is None else input)
        self.outputs = listed(outputs if output is None else output)
        self.name = name
        self._begin()
        self._trace()

    def _begin(self) -> None:
        self.stop_training = False
        self.optimizer: Any = None
        self.inbound: list[tuple[Any, Any]] = []
        self._added: list[Any] = []

    @property
    def output(self) -> Any:
        """The output, or the list of them."""
        return self.outputs[0] if len(self.outputs) == 1 else self.outputs or None

    @property
    def input(self) -> Any:
        """The input, or the list of them."""
        return self.inputs[0] if len(self.inputs) == 1 else self.inputs

    @property
    def output_shape(self) -> Any:
        """The shape of the output, with the batch, or the list of shapes."""
        return _shapes(self.output)

    @property
    def input_shape(self) -> Any:
        """The shape of the input, or the list of shapes."""
        return _shapes(self.input)

    @property
    def graph(self) -> Any:
        """The graph of the model."""
        return self.outputs[0].graph

    def _trace(self) -> None:
        """Find the layers, in the order in which they were called."""
        self.backend = backend(self.graph)
        self.layers: list[Any] = []
        self.calls: list[tuple[Any, Any, list[Any]]] = []
        seen: set[Any] = set(self.inputs)

        def visit(tensor: Any) -> None:
            if tensor in seen:
                return
            seen.add(tensor)
            if tensor not in self.backend.made_by:
                raise ValueError(
                    f"the output depends on {tensor.name}, which is neither an input of the model "
                    "nor made by a layer. Wrap operations in Lambda(lambda x: ...), and name "
                    f"every Input in Model(input=[...]).{here()}"
                )
            layer, inputs = self.backend.made_by[tensor]
            for one in inputs:
                visit(one)
            self.calls.append((layer, tensor, inputs))
            if layer not in self.layers:
                self.layers.append(layer)

        for output in self.outputs:
            visit(output)

    def __call__(self, x: Any) -> Any:
        """The outputs for other inputs, by the same layers and weights."""
        given = listed(x)
        if len(given) != len(self.inputs):
            raise ValueError(
                f"the model has {len(self.inputs)} inputs, and is called on {len(given)}.{here()}"
            )
        found = dict(zip(self.inputs, given, strict=True))
        for layer, tensor, inputs in self.calls:
            own = [found[one] for one in inputs]
            found[tensor] = layer(own if len(own) > 1 else own[0])
        results = [found[output] for output in self.outputs]
        self.inbound.append((x, alone(results)))
        return alone(results)

    @property
    def trainable(self) -> bool:
        """Whether fitting moves the weights; a model that is compiled stays as it was."""
        return any(layer.trainable for layer in self.layers)

    @trainable.setter
    def trainable(self, value: bool) -> None:
        for layer in self.layers:
            layer.trainable = value

    def get_layer(self, name: str | None = None, index: int | None = None) -> Any:
        """A layer by its name or number."""
        if index is not None:
            return self.layers[index]
        for layer in self.layers:
            if layer.name == name:
                return layer
        names = ", ".join(str(layer.name) for layer in self.layers)
        raise ValueError(f"no layer is called {name!r}; there are {names}.{here()}")

    def reset_states(self) -> None:
        """Begin anew with the states of all stateful layers."""
        for layer in self.layers:
            if getattr(layer, "stateful", False):
                layer.reset_states()

    # -- weights ------------------------------------------------------------------------------

    @property
    def weights(self) -> list[Any]:
        """The variables of all layers."""
        return [w for layer in self.layers for w in layer.weights]

    @property
    def trainable_weights(self) -> list[Any]:
        """The variables that fitting moves."""
        return [w for la in self.layers if la.trainable for w in la.trainable_weights]

    def _of_layers(self, name: str) -> list[Any]:
        return [one for layer in self.layers for one in getattr(layer, name, [])]

    @property
    def losses(self) -> list[Any]:
        """The penalties of all layers, and what was added to the model."""
        return [*self._of_layers("losses"), *self._added]

    def add_loss(self, losses: Any, *inputs: Any, **more: Any) -> None:
        """Add numbers (a tensor or a list) to the loss, before the model is compiled."""
        only("add_loss", more, "inputs")  # the graph says on what they depend
        self._added += added(losses)

    @property
    def updates(self) -> list[Any]:
        """What runs beside a step: moving averages."""
        return self._of_layers("updates")

    @property
    def state_updates(self) -> list[Any]:
        """What runs with every batch: the states of stateful layers."""
        return self._of_layers("state_updates")

    @property
    def constraints(self) -> list[Any]:
        """What holds of weights after each step."""
        return self._of_layers("constraints")

    def get_weights(self) -> list[np.ndarray]:
        """The values of all weights."""
        return self.backend.run(self.weights)

    def set_weights(self, weights: Sequence[Any]) -> None:
        """Give all weights values, in the order of `get_weights`."""
        if len(weights) != len(self.weights):
            raise ValueError(
                f"the model has {len(self.weights)} weights; got {len(weights)} values.{here()}"
            )
        self.backend.run([])
        for variable, value in zip(self.weights, weights, strict=True):
            variable.load(value, self.backend.session)

    def save_weights(self, filepath: str, overwrite: bool = True) -> None:
        """Save the weights to a checkpoint file; one that is there only with `overwrite`."""
        keep(filepath, overwrite)
        self.backend.run([])
        self._saver().save(self.backend.session, filepath)

    def load_weights(self, filepath: str, by_name: bool = False) -> None:
        """Restore what `save_weights` of a model with the same layers has saved."""
        only("load_weights", {"by_name": by_name})
        self._saver().restore(self.backend.session, filepath)

    def _saver(self) -> Any:
        named = {f"{i}/{w.op.name.rpartition('/')[2]}": w for i, w in enumerate(self.weights)}
        return tf.train.Saver(named, max_to_keep=None)

    def count_params(self) -> int:
        """The number of elements of all weights."""
        return sum(layer.count_params() for layer in self.layers)

    def summary(self) -> None:
        """Print the layers with their output shapes and numbers of weights."""
        print(summary_of(self))


def keep(filepath: str, overwrite: bool) -> None:
    """Raise FileExistsError for a file that must not be written again."""
    if not overwrite and any(Path(f"{filepath}{end}").exists() for end in ("", ".index")):
        raise FileExistsError(f"{filepath} is there, and overwrite=False.{here()}")


def listed(value: Any) -> list[Any]:
    """One value, or several, as a list."""
    return list(value) if isinstance(value, list | tuple) else [value]


def alone(values: list[Any]) -> Any:
    """The only value, else all."""
    return values[0] if len(values) == 1 else values


def _shapes(tensors: Any) -> Any:
    if isinstance(tensors, list):
        return [_shapes(tensor) for tensor in tensors]
    return tuple(tensors.get_shape().as_list())
