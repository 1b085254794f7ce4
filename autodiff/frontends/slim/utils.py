"""`slim.utils`: the outputs of layers, by the names of the layers.

A network of slim lists its outputs in a collection and gives them back as `end_points`: to look
inside, or to build on one of them.
"""

from __future__ import annotations

from collections import OrderedDict
from typing import Any
from weakref import WeakKeyDictionary

from autodiff.core.ground.locations import here
from autodiff.frontends import tensorflow as tf
from autodiff.frontends.tensorflow.declaring.staging import constant_value as known_value

_names: WeakKeyDictionary[Any, list[str]] = WeakKeyDictionary()


def collect_named_outputs(collections: Any, alias: str, outputs: Any) -> Any:
    """Put a tensor into collections, under a name beside its own."""
    if collections:
        _names.setdefault(outputs, []).append(alias.rstrip("/"))
    for key in [collections] if isinstance(collections, str) else collections or ():
        tf.add_to_collection(key, outputs)
    return outputs


def get_tensor_aliases(tensor: Any) -> list[str]:
    """The names that a tensor was given, else its node's own."""
    return _names.get(tensor, [tensor.op.name])


def convert_collection_to_dict(collection: str, clear_collection: bool = False) -> Any:
    """The tensors of a collection by their names, in order."""
    graph = tf.get_default_graph()
    found = OrderedDict(
        (name, tensor)
        for tensor in graph.get_collection(collection)
        for name in get_tensor_aliases(tensor)
    )
    if clear_collection:
        graph.get_collection_ref(collection).clear()
    return found


def last_dimension(shape: Any, min_rank: int = 1) -> Any:
    """The last length of a static shape."""
    if len(shape) < min_rank:
        raise ValueError(f"a shape of at least {min_rank} axes is needed, not {shape}.{here()}")
    return shape[-1].value


def two_element_tuple(int_or_tuple: Any) -> tuple[int, int]:
    """(n, n) of n; a pair as it is."""
    one = isinstance(int_or_tuple, int)
    rows, columns = (int_or_tuple, int_or_tuple) if one else int_or_tuple
    return int(rows), int(columns)


def smart_cond(pred: Any, fn1: Any, fn2: Any, name: str | None = None) -> Any:
    """fn1() or fn2(): at once where `pred` is known while building, else by `tf.cond`."""
    known = constant_value(pred)
    if known is not None:
        return fn1() if known else fn2()
    return tf.cond(pred, fn1, fn2, name=name)


def constant_value(value_or_tensor_or_var: Any, dtype: Any = None) -> Any:
    """The value, where it is known while building, else None."""
    found = known_value(value_or_tensor_or_var)
    return None if isinstance(found, tf.Tensor) else found
