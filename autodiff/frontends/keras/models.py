"""`Model` and `Sequential`: layers between inputs and outputs, compiled, fitted, evaluated.

A model lives in the default graph, and all models of a graph share one session, so that shared
layers have shared weights.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from autodiff.core.ground.locations import here
from autodiff.frontends import tensorflow as tf
from autodiff.frontends.keras.backend import backend
from autodiff.frontends.keras.callbacks import Callback, History
from autodiff.frontends.keras.choices import (
    OBJECTIVES,
    accuracy,
    chosen,
    sparse_categorical_crossentropy,
)
from autodiff.frontends.keras.fitting import batches, fit, named, summary_of
from autodiff.frontends.keras.layer import Layer
from autodiff.frontends.keras.optimizers import get as get_optimizer


class Model:
    """The layers that lead from `input` (one tensor or a list) to `output`.

    >>> from autodiff.frontends import tensorflow as tf
    >>> from autodiff.frontends.keras import Dense, Input
    >>> with tf.Graph().as_default():
    ...     x = Input(shape=(3,))
    ...     model = Model(input=x, output=Dense(2, activation="softmax")(x))
    ...     model.predict(np.ones((5, 3))).shape
    (5, 2)
    """

    def __init__(
        self, input: Any = None, output: Any = None, inputs: Any = None, outputs: Any = None
    ) -> None:
        self.inputs = _listed(inputs if input is None else input)
        self.output = outputs if output is None else output
        self.stop_training = False
        self.optimizer: Any = None
        self._trace()

    def _trace(self) -> None:
        """Find the layers, in the order in which they were called."""
        self.backend = backend(self.output.graph)
        self.layers: list[Layer] = []
        self.calls: list[tuple[Layer, Any, list[Any]]] = []
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

        visit(self.output)

    # -- weights ------------------------------------------------------------------------------

    @property
    def weights(self) -> list[Any]:
        """The variables of all layers."""
        return [w for layer in self.layers for w in layer.weights]

    @property
    def trainable_weights(self) -> list[Any]:
        """The variables that fitting moves."""
        return [w for la in self.layers if la.trainable for w in la.trainable_weights]

    def get_weights(self) -> list[np.ndarray]:
        """The values of all weights."""
        return self.backend.run(self.weights)

    def set_weights(self, weights: Sequence[Any]) -> None:
        """Give all weights values, in the order of `get_weights`."""
        if len(weights) != len(self.weights):
            raise ValueError(
                f"the model has {len(self.weights)} weights; got {len(weights)} values.{here()}"
            )
        for variable, value in zip(self.weights, weights, strict=True):
            variable.load(value, self.backend.session)

    def save_weights(self, filepath: str) -> None:
        """Save the weights to a checkpoint file."""
        self.backend.run([])
        self._saver().save(self.backend.session, filepath)

    def load_weights(self, filepath: str) -> None:
        """Restore what `save_weights` of a model with the same layers has saved."""
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

    # -- compiling ----------------------------------------------------------------------------

    def compile(self, optimizer: Any, loss: Any, metrics: Sequence[str] = ()) -> None:
        """Add the loss, the metrics (`"accuracy"`) and the update of the weights to the graph."""
        self.optimizer = get_optimizer(optimizer)
        objective = chosen("the loss", loss, OBJECTIVES)
        with self.output.graph.as_default(), tf.name_scope("training"):
            dims = self.output.get_shape().as_list()
            sparse = objective is sparse_categorical_crossentropy
            self.target = tf.placeholder(
                tf.int32 if sparse else tf.float32, dims[:-1] if sparse else dims, name="target"
            )
            terms = objective(self.target, self.output)
            self.loss = tf.reduce_mean(terms)
            penalties = [loss for layer in self.layers for loss in layer.losses]
            self.total = tf.add_n([self.loss, *penalties]) if penalties else self.loss
            self.metrics_names = ["loss"]
            self._measured = [self.total]
            for metric in metrics:
                measure = accuracy(objective) if metric in ("accuracy", "acc") else metric
                if not callable(measure):
                    raise ValueError(f'the metric {metric!r} is not known; "accuracy" is.{here()}')
                name = "acc" if measure is not metric else metric.__name__
                self.metrics_names.append(name)
                self._measured.append(tf.reduce_mean(measure(self.target, self.output)))
            updates = [update for layer in self.layers for update in layer.updates]
            step = self.optimizer.updates(self.total, self.trainable_weights)
            self._step = tf.group(step, *updates)

    def set_lr(self, value: float) -> None:
        """Set the learning rate of the optimizer."""
        self._need_compiled()
        self.backend.run([])
        self.optimizer.lr.load(value, self.backend.session)

    def _need_compiled(self) -> None:
        if self.optimizer is None:
            raise RuntimeError(
                "the model is not compiled: write model.compile(optimizer, loss) first, e.g. "
                f'model.compile("adam", "categorical_crossentropy").{here()}'
            )

    # -- running ------------------------------------------------------------------------------

    def fit(
        self,
        x: Any,
        y: Any,
        batch_size: int = 32,
        nb_epoch: int = 10,
        verbose: int = 1,
        callbacks: Sequence[Callback] = (),
        validation_split: float = 0.0,
        validation_data: Any = None,
        shuffle: bool = True,
        epochs: int | None = None,
    ) -> History:
        """Train for a number of epochs; what was measured, as a `History`.

        `validation_split` keeps the last examples apart to validate on; `epochs` is what Keras 2
        calls `nb_epoch`.
        """
        self._need_compiled()
        data = self._arrays(x, y)
        if validation_split:
            kept = int(len(data[0]) * (1 - validation_split))
            validation_data = _alone([a[kept:] for a in data[:-1]]), data[-1][kept:]
            data = [a[:kept] for a in data]
        total = nb_epoch if epochs is None else epochs
        return fit(self, data, validation_data, total, batch_size, shuffle, callbacks, verbose)

    def train_on_batch(self, x: Any, y: Any) -> Any:
        """One update; the loss, and the metrics if there are any."""
        self._need_compiled()
        return _alone(self.run_step(self._arrays(x, y)))

    def evaluate(self, x: Any, y: Any, batch_size: int = 32, verbose: int = 1) -> Any:
        """The mean loss over the examples, and the metrics if there are any."""
        self._need_compiled()
        data = self._arrays(x, y)
        sums = np.zeros(len(self.metrics_names))
        for part in batches(np.arange(len(data[0])), batch_size):
            found = self.backend.run(self._measured, self._feed([a[part] for a in data]))
            sums += len(part) * np.array(found)
        found = [float(value) for value in sums / len(data[0])]
        if verbose:
            print("  ".join(f"{k}: {v:.4f}" for k, v in named(self, found).items()))
        return _alone(found)

    test_on_batch = evaluate

    def predict(self, x: Any, batch_size: int = 32, verbose: int = 0) -> np.ndarray:
        """The outputs for all examples."""
        data = self._arrays(x)
        parts = batches(np.arange(len(data[0])), batch_size)
        return np.concatenate(
            [self.backend.run(self.output, self._feed([a[part] for a in data])) for part in parts]
        )

    def run_step(self, data: list[Any]) -> list[float]:
        """One update with a batch of inputs and targets; the loss and the metrics before it."""
        feed = self._feed(data) | {self.backend.training: True}
        *found, _ = self.backend.run([*self._measured, self._step], feed)
        return [float(value) for value in found]

    def _feed(self, data: list[Any]) -> dict[Any, Any]:
        places = self.inputs if len(data) == len(self.inputs) else [*self.inputs, self.target]
        return dict(zip(places, data, strict=True))

    def _arrays(self, x: Any, *y: Any) -> list[np.ndarray]:
        """Inputs and targets as arrays in the graph's dtypes, all of one length."""
        given = list(x) if isinstance(x, list | tuple) and len(self.inputs) > 1 else [x]
        if len(given) != len(self.inputs):
            raise ValueError(
                f"the model has {len(self.inputs)} inputs; got {len(given)}. Give a list of "
                f"arrays, one for each input.{here()}"
            )
        places = [*self.inputs, *([self.target] if y else [])]
        arrays = [np.asarray(a) for a in (*given, *y)]
        for array, place in zip(arrays, places, strict=True):
            if not place.get_shape().is_compatible_with(array.shape):
                raise ValueError(
                    f"{place.op.name} takes shape {place.get_shape()}, and got an array of shape "
                    f"{array.shape}.{_target_hint(array, place, y)}{here()}"
                )
        if len({len(array) for array in arrays}) > 1:
            lengths = ", ".join(str(len(array)) for array in arrays)
            raise ValueError(f"inputs and targets have {lengths} examples, not as many.{here()}")
        return [a.astype(p.dtype, copy=False) for a, p in zip(arrays, places, strict=True)]


class Sequential(Model):
    """Layers one after the other; the first says the shape of an example.

    >>> from autodiff.frontends import tensorflow as tf
    >>> from autodiff.frontends.keras import Activation, Dense
    >>> with tf.Graph().as_default():
    ...     model = Sequential([Dense(32, input_dim=64), Activation("relu"), Dense(10)])
    ...     model.count_params()
    2410
    """

    def __init__(self, layers: Sequence[Layer] = ()) -> None:
        self.inputs: list[Any] = []
        self.output: Any = None
        self.layers = []
        self.stop_training = False
        self.optimizer = None
        for layer in layers:
            self.add(layer)

    def add(self, layer: Layer) -> None:
        """Add a layer after the last one."""
        if self.output is None:
            if layer.input_shape is None:
                raise ValueError(
                    "the first layer of a Sequential says what comes in: write "
                    f"{type(layer).__name__}(..., input_shape=(64,)), without the batch.{here()}"
                )
            name = backend().name("input")
            shape = [None, *layer.input_shape]
            self.inputs = [tf.placeholder(layer.input_dtype, shape, name=name)]
            self.output = self.inputs[0]
        self.output = layer(self.output)
        self._trace()

    def predict_classes(self, x: Any, batch_size: int = 32, verbose: int = 0) -> np.ndarray:
        """The class of each example: the largest output, or an only one above 1/2."""
        found = self.predict(x, batch_size)
        return found.argmax(axis=-1) if found.shape[-1] > 1 else (found > 0.5).astype("int32")

    predict_proba = Model.predict


def _listed(value: Any) -> list[Any]:
    return list(value) if isinstance(value, list | tuple) else [value]


def _alone(values: list[Any]) -> Any:
    return values[0] if len(values) == 1 else values


def _target_hint(array: Any, place: Any, y: Any) -> str:
    if not y or array.ndim + 1 != len(place.get_shape()):
        return ""
    return (
        " For class numbers as targets write keras.utils.to_categorical(y), or the loss "
        '"sparse_categorical_crossentropy".'
    )
