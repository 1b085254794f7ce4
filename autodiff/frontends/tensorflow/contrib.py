"""`tf.contrib`: `layers` and `slim`, which load when they are used."""

import importlib
from types import ModuleType

from autodiff.frontends.tensorflow.renamed import missing


def __getattr__(name: str) -> ModuleType:
    modules = {"slim": "autodiff.frontends.slim", "layers": "autodiff.frontends.slim.layers"}
    if name in modules:
        return importlib.import_module(modules[name])
    raise missing("tf.contrib", name, modules)
