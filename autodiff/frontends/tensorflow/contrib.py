"""`tf.contrib`: initializers and regularizers of `layers`; `tf.contrib.slim` loads when used."""

from __future__ import annotations

import importlib
from types import ModuleType, SimpleNamespace

from autodiff.frontends.tensorflow.initializers import (
    variance_scaling_initializer,
    xavier_initializer,
    xavier_initializer_conv2d,
)

layers = SimpleNamespace(
    variance_scaling_initializer=variance_scaling_initializer,
    xavier_initializer=xavier_initializer,
    xavier_initializer_conv2d=xavier_initializer_conv2d,
)


def __getattr__(name: str) -> ModuleType:
    if name == "slim":
        return importlib.import_module("autodiff.frontends.slim")
    raise AttributeError(f"tf.contrib has no {name!r} here; it has layers and slim")
