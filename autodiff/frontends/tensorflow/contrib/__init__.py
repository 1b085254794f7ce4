"""`tf.contrib`: what was contributed to TensorFlow and stood apart from its core.

`layers` and `slim` load when they are used: they are a front end of their own, beside this one.
"""

import importlib
from types import ModuleType

from autodiff.frontends.tensorflow.ground.renamed import missing


def __getattr__(name: str) -> ModuleType:
    modules = {"slim": "autodiff.frontends.slim", "layers": "autodiff.frontends.slim.layers"}
    if name in modules:
        return importlib.import_module(modules[name])
    raise missing("tf.contrib", name, modules)
