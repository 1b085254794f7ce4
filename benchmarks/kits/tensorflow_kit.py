"""TensorFlow itself, by its interface of version 1: it plays `tf` in the rows of `Session.run`.

It is imported by the first row that asks for it, so that the other rows are as without it.
"""

import importlib.util
import os

NAME = "tensorflow"

if importlib.util.find_spec("tensorflow") is None:
    raise ImportError("tensorflow is not installed")


def graphs():
    """The module that plays `tf`."""
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    import tensorflow

    tensorflow.compat.v1.disable_eager_execution()
    return tensorflow.compat.v1
