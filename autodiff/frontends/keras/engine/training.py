"""`keras.engine.training`: `Model`, which is fitted, evaluated and asked; and parts of arrays."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

import numpy as np

from autodiff.core.ground.locations import here
from autodiff.frontends.common.options import only
from autodiff.frontends.keras.callbacks import Callback, History
from autodiff.frontends.keras.engine.compiling import Compiled
from autodiff.frontends.keras.engine.container import alone, keep, listed
from autodiff.frontends.keras.engine.files import describe, model_of, save_model
from autodiff.frontends.keras.engine.fitting import batches, evaluated, fit, fit_batches, named
from autodiff.frontends.keras.ground.session import floatx

IDLE = (
    "max_q_size", "max_queue_size", "nb_worker", "workers", "pickle_safe", "use_multiprocessing",
    "verbose",
)  # fmt: skip
"""How a generator is run beside the training, which is not done here."""


class Model(Compiled):
    """Layers from `input` (one tensor or a list) to `output` (one or several), to be fitted.

    >>> from autodiff.frontends import tensorflow as tf
    >>> from autodiff.frontends.keras import Dense, Input
    >>> with tf.Graph().as_default():
    ...     x = Input(shape=(3,))
    ...     model = Model(input=x, output=Dense(2, activation="softmax")(x))
    ...     model.predict(np.ones((5, 3))).shape
    (5, 2)
    """

    def fit(
        self,
        x: Any,
        y: Any = None,
        batch_size: int = 32,
        nb_epoch: int = 10,
        verbose: int = 1,
        callbacks: Sequence[Callback] | None = (),
        validation_split: float = 0.0,
        validation_data: Any = None,
        shuffle: bool | str = True,
        class_weight: Any = None,
        sample_weight: Any = None,
        epochs: int | None = None,
        initial_epoch: int = 0,
        **more: Any,
    ) -> History:
        """Train for a number of epochs; what was measured, as a `History`.

        `validation_split` keeps the last examples apart to validate on; `epochs` is what Keras 2
        calls `nb_epoch`.
        """
        only("fit", more)
        self._need_compiled()
        data = self._arrays(x, y)
        weights = self._example_weights(data, class_weight, sample_weight)
        if validation_split:
            kept = int(len(data[0]) * (1 - validation_split))
            inputs = len(self.inputs)
            parts = [a[kept:] for a in data]
            validation_data = alone(parts[:inputs]), alone(parts[inputs:])
            data = [a[:kept] for a in data]
            weights = None if weights is None else weights[:kept]
        total = nb_epoch if epochs is None else epochs
        return fit(
            self, data, validation_data, total, batch_size, bool(shuffle), callbacks or (),
            verbose, weights, initial_epoch,
        )  # fmt: skip

    def _example_weights(self, data: list[Any], by_class: Any, by_example: Any) -> Any:
        weights = None if by_example is None else np.asarray(by_example, floatx())
        if by_class is not None:
            y = data[len(self.inputs)]
            classes = y.argmax(-1) if y.ndim > 1 and y.shape[-1] > 1 else y.reshape(len(y))
            own = np.array([by_class.get(int(c), 1.0) for c in classes], floatx())
            weights = own if weights is None else weights * own
        return weights

    def fit_generator(
        self,
        generator: Any,
        samples_per_epoch: int | None = None,
        nb_epoch: int | None = None,
        verbose: int = 1,
        callbacks: Sequence[Callback] = (),
        validation_data: Any = None,
        nb_val_samples: int | None = None,
        steps_per_epoch: int | None = None,
        epochs: int | None = None,
        validation_steps: int | None = None,
        **more: Any,
    ) -> History:
        """`fit` on batches (x, y) or (x, y, weights) of a generator.

        An epoch has `samples_per_epoch` examples, or as Keras 2 counts `steps_per_epoch` batches.
        """
        only("fit_generator", more, *IDLE)
        self._need_compiled()
        total = next((n for n in (epochs, nb_epoch) if n is not None), 1)
        return fit_batches(
            self, generator, samples_per_epoch, steps_per_epoch, total, callbacks, verbose,
            validation_data, nb_val_samples, validation_steps,
        )  # fmt: skip

    def train_on_batch(
        self, x: Any, y: Any, class_weight: Any = None, sample_weight: Any = None
    ) -> Any:
        """One update; the loss, and the metrics if there are any."""
        self._need_compiled()
        if isinstance(sample_weight, dict) or isinstance(class_weight, np.ndarray | list):
            class_weight, sample_weight = sample_weight, class_weight  # Keras 2's order
        data = self._arrays(x, y)
        return alone(self.run_step(data, self._example_weights(data, class_weight, sample_weight)))

    def evaluate(
        self, x: Any, y: Any, batch_size: int = 32, verbose: int = 1, sample_weight: Any = None
    ) -> Any:
        """The mean loss over the examples, and the metrics if there are any."""
        self._need_compiled()
        data = self._arrays(x, y)
        weights = self._example_weights(data, None, sample_weight)
        sums = np.zeros(len(self.metrics_names))
        for part in batches(np.arange(len(data[0])), batch_size):
            own = None if weights is None else weights[part]
            feed = self._feed([a[part] for a in data], own)
            found = self.backend.run([*self._measured, *self.state_updates], feed)
            sums += len(part) * np.array(found[: len(sums)])
        found = [float(value) for value in sums / len(data[0])]
        if verbose:
            print("  ".join(f"{k}: {v:.4f}" for k, v in named(self, found).items()))
        return alone(found)

    def test_on_batch(self, x: Any, y: Any, sample_weight: Any = None) -> Any:
        """`evaluate` of one batch."""
        return self.evaluate(x, y, len(np.asarray(listed(x)[0])), 0, sample_weight)

    def evaluate_generator(
        self, generator: Any, val_samples: int | None = None, steps: int | None = None, **more: Any
    ) -> Any:
        """`evaluate` of batches of a generator: so many examples, or batches."""
        only("evaluate_generator", more, *IDLE)
        return alone(evaluated(self, generator, val_samples, steps))

    def predict(self, x: Any, batch_size: int = 32, verbose: int = 0) -> Any:
        """The outputs for all examples."""
        data = self._arrays(x)
        parts = [
            self.backend.run([*self.outputs, *self.state_updates], self._feed([a[p] for a in data]))
            for p in batches(np.arange(len(data[0])), batch_size)
        ]
        count = len(self.outputs)
        return alone([np.concatenate([part[i] for part in parts]) for i in range(count)])

    def predict_on_batch(self, x: Any) -> Any:
        """The outputs for one batch."""
        return self.predict(x, len(np.asarray(listed(x)[0])))

    def predict_generator(
        self, generator: Any, val_samples: int = 0, steps: int = 0, **more: Any
    ) -> Any:
        """The outputs for batches of a generator."""
        only("predict_generator", more, *IDLE)
        parts: list[Any] = []
        seen = 0
        while (seen < val_samples) if val_samples else len(parts) < steps:
            batch = next(generator)
            x = batch[0] if isinstance(batch, tuple) else batch
            parts.append(self.predict_on_batch(x))
            seen += len(parts[-1])
        return np.concatenate(parts)

    def run_step(self, data: list[Any], weights: Any = None) -> list[float]:
        """One update with a batch of inputs and targets; the loss and the metrics before it."""
        feed = self._feed(data, weights) | {self.backend.training: True}
        *found, _ = self.backend.run([*self._measured, self._train_step()], feed)
        return [float(value) for value in found]

    def _feed(self, data: list[Any], weights: Any = None) -> dict[Any, Any]:
        places = self.inputs
        if len(data) != len(self.inputs):
            places = [*self.inputs, *self.targets]
        feed = dict(zip(places, data, strict=True))
        return feed if weights is None else feed | {self.sample_weights: weights}

    def _arrays(self, x: Any, *y: Any) -> list[np.ndarray]:
        """Inputs and targets as arrays in the graph's dtypes, all of one length.

        An array (n,) is taken as the column (n, 1) where that is meant.
        """
        given = self._named(x, self.inputs, [t.op.name for t in self.inputs], "inputs")
        places = list(self.inputs)
        if y:
            places += self.targets
            names = self._output_names()
            aimed = [self.outputs[i] for i in self.aimed], [names[i] for i in self.aimed]
            if aimed[0] or y[0] is not None:
                given += self._named(y[0], *aimed, "outputs with a loss")
        arrays = [np.asarray(a) for a in given]
        for i, (array, place) in enumerate(zip(arrays, places, strict=True)):
            dims = place.get_shape().as_list()
            columns = (1,) if i < len(self.inputs) else (1, None)
            if array.ndim == 1 and len(dims) == 2 and dims[1] in columns:
                array = arrays[i] = array[:, None]
            if array.ndim == len(dims) + 1 and array.shape[-1] == 1 and i >= len(self.inputs):
                array = arrays[i] = array[..., 0]
            if array.ndim != len(dims) or any(
                n not in (None, own) for n, own in zip(dims[1:], array.shape[1:], strict=True)
            ):
                raise ValueError(
                    f"{place.op.name} takes shape {place.get_shape()}, and got an array of shape "
                    f"{array.shape}.{_target_hint(array, place, y)}{here()}"
                )
        if len({len(array) for array in arrays}) > 1:
            lengths = ", ".join(str(len(array)) for array in arrays)
            raise ValueError(f"inputs and targets have {lengths} examples, not as many.{here()}")
        return [a.astype(p.dtype, copy=False) for a, p in zip(arrays, places, strict=True)]

    def _named(self, given: Any, places: list[Any], names: list[str], what: str) -> list[Any]:
        if isinstance(given, dict):
            return [given[name.rpartition("/")[2]] for name in names]
        several = isinstance(given, list | tuple) and (
            len(places) > 1 or (len(given) == 1 and np.ndim(given[0]) > 0)
        )
        found = list(given) if several else [given]
        if len(found) != len(places):
            raise ValueError(
                f"the model has {len(places)} {what}; got {len(found)}. Give a list of "
                f"arrays, one for each.{here()}"
            )
        return found

    def get_config(self) -> dict[str, Any]:
        """What the layers are, and which tensor each makes of which."""
        return describe(self)

    described = get_config

    @classmethod
    def from_config(cls, config: Any, custom_objects: Any = None) -> Any:
        """The model that `get_config` tells of, with new weights."""
        return model_of(config, custom_objects)

    def to_json(self, **options: Any) -> str:
        """The layers as text, which `model_from_json` reads; no weights."""
        return json.dumps(describe(self), **options)

    to_yaml = to_json

    def save(self, filepath: str, overwrite: bool = True, include_optimizer: bool = True) -> None:
        """Layers, weights, and how the model is fitted, in a file for `load_model`."""
        keep(filepath, overwrite)
        save_model(self, filepath, include_optimizer)


def _target_hint(array: Any, place: Any, y: Any) -> str:
    if not y or array.ndim + 1 != len(place.get_shape()):
        return ""
    return (
        " For class numbers as targets write keras.utils.to_categorical(y), or the loss "
        '"sparse_categorical_crossentropy".'
    )


def slice_X(X: Any, start: Any = None, stop: Any = None) -> Any:
    """X[start:stop], or X[start] for a list of places; of a list of arrays each."""
    if isinstance(X, list):
        return [slice_X(one, start, stop) for one in X]
    return X[start] if hasattr(start, "__len__") else X[start:stop]


_slice_arrays = slice_X
