"""Models as files and as text: `model.save`, `load_model`, `to_json`, `model_from_json`.

A file is a checkpoint (safetensors): the weights, what the layers are and how they are joined, and
where the model was compiled its loss, optimizer, and what that keeps for each weight, so that
fitting goes on as if there had been no file.  There is no code in it, so functions are told by
their names; what Keras has not itself is handed over as `custom_objects`.  The format is this
project's, and not HDF5, whatever the name of the file is.
"""

from __future__ import annotations

import json
import warnings
from collections.abc import Mapping
from typing import Any

from autodiff.core.ground.locations import here
from autodiff.data import checkpoints
from autodiff.data.ground.errors import CheckpointError
from autodiff.frontends import tensorflow as tf
from autodiff.frontends.keras.engine.container import Container, alone, listed
from autodiff.frontends.keras.ground.given import CannotWrite, name_of, named, read, written

MODEL, TRAINING, SLOT = "keras/model", "keras/training", "keras/optimizer"


def describe(model: Container) -> dict[str, Any]:
    """The layers of a model, and which tensor each makes of which, as JSON has it."""
    places = {tensor: i for i, tensor in enumerate(model.inputs)}
    calls = []
    for layer, tensor, inputs in model.calls:
        places[tensor] = len(places)
        calls.append(
            [model.layers.index(layer), alone([places[one] for one in inputs]), places[tensor]]
        )
    try:
        layers = [
            {"name": layer.name, "class_name": name_of(type(layer)),
             "config": written(layer.get_config())}
            for layer in model.layers
        ]  # fmt: skip
    except CannotWrite as error:
        raise CannotWrite(f"the model can't be written down: {error}") from None
    return {
        "class_name": name_of(type(model)),
        "name": model.name,
        "inputs": [
            {"name": one.op.name.rpartition("/")[2], "dtype": str(one.dtype), "shape": one.dims}
            for one in model.inputs
        ],
        "layers": layers,
        "calls": calls,
        "outputs": [places[one] for one in model.outputs],
    }


def build(description: Mapping[str, Any], handed: Mapping[str, Any]) -> Any:
    """The model that was described, with new weights, in the default graph."""

    def inner(one: Any) -> Any:
        return build(one, handed)

    tensors: dict[int, Any] = {}
    for place, one in enumerate(description["inputs"]):
        tensors[place] = tf.placeholder(tf.as_dtype(one["dtype"]), one["shape"], name=one["name"])
    layers = []
    for one in description["layers"]:
        config = read(one["config"], handed, inner)
        layers.append(named(one["class_name"], handed).from_config(config))
        layers[-1].name = one["name"]
    for layer, inputs, made in description["calls"]:
        given = [tensors[i] for i in listed(inputs)]
        tensors[made] = layers[layer](given if isinstance(inputs, list) else given[0])
    cls = named(description["class_name"], handed)
    model = cls.__new__(cls)
    inputs = [tensors[i] for i in range(len(description["inputs"]))]
    Container.__init__(
        model, inputs, [tensors[i] for i in description["outputs"]], description["name"]
    )
    return model


def save_model(model: Any, filepath: str, include_optimizer: bool = True) -> None:
    """Write the model to a file; the weights alone, with a warning, where layers can't be told."""
    model.backend.run([])
    weights = {f"{i}/{w.op.name.rpartition('/')[2]}": w for i, w in enumerate(model.weights)}
    values = dict(zip(weights, model.backend.run(list(weights.values())), strict=True))
    tree: dict[str, Any] = {}
    try:
        tree[MODEL] = json.dumps(describe(model))
        if model.optimizer is not None and include_optimizer:
            tree[TRAINING] = json.dumps(written(model.compiled))
    except CannotWrite as error:
        tree[MODEL] = json.dumps({"reason": str(error).splitlines()[0]})
        warnings.warn(f"{filepath} has the weights only: {error}", stacklevel=3)
    slots = model.backend.run(model.kept_by_the_optimizer())
    checkpoints.save(filepath, values | tree | {f"{SLOT}/{i}": s for i, s in enumerate(slots)})


def load_model(filepath: str, custom_objects: Mapping[str, Any] | None = None) -> Any:
    """The model of a file that `model.save` has written, in the default graph."""
    try:
        found = checkpoints.load(filepath)
    except CheckpointError as error:
        raise ValueError(
            f"{filepath} is no file of model.save of this front end, which is safetensors and not "
            f"HDF5: build the model by its program. ({error}){here()}"
        ) from None
    if MODEL not in found:
        raise ValueError(
            f"{filepath} has weights only: build the model, and write "
            f"model.load_weights({filepath!r}).{here()}"
        )
    description = json.loads(found[MODEL])
    if "reason" in description:
        raise ValueError(
            f"{filepath} has weights only, since {description['reason']} Build the model, and "
            f"write model.load_weights({filepath!r}).{here()}"
        )
    model = model_of(description, custom_objects)
    model.load_weights(filepath)
    if TRAINING in found:
        handed = dict(custom_objects or {})
        model.compile(**read(json.loads(found[TRAINING]), handed, lambda one: build(one, handed)))
        slots = [found[name] for name in _in_order(found)]
        if slots:
            model.restart_optimizer(slots)
    return model


def _in_order(found: Mapping[str, Any]) -> list[str]:
    slots = [name for name in found if name.startswith(SLOT)]
    return sorted(slots, key=lambda name: int(name.rpartition("/")[2]))


def model_of(
    description: Mapping[str, Any], custom_objects: Mapping[str, Any] | None = None
) -> Any:
    """The model that `get_config` tells of."""
    return build(description, dict(custom_objects or {}))


def model_from_json(json_string: str, custom_objects: Mapping[str, Any] | None = None) -> Any:
    """The model that `to_json` tells of, with new weights."""
    return model_of(json.loads(json_string), custom_objects)


model_from_config, model_from_yaml = model_of, model_from_json
"""YAML takes JSON as it is, so `to_yaml` gives that."""
