"""The attributes of a node that is read, and those at which nobody has looked.

An attribute that says something unusual, `data_format: "NCHW"` or `dilations: [1, 2, 2, 1]`, would
change the result in silence if it were left out; so what is left over is asked for afterwards.

>>> from autodiff.frontends import tensorflow as tf
>>> node = tf.NodeDef(op="BiasAdd")
>>> node.attr["data_format"].s = b"NCHW"
>>> node.attr["T"].type = 1
>>> Noted(node.attr).unusual()
'data_format'
"""

from __future__ import annotations

from typing import Any

IDLE = frozenset((
    "use_cudnn_on_gpu", "validate_shape", "validate_indices", "use_locking", "container",
    "shared_name", "N", "num", "exponential_avg_factor", "message", "line", "seed", "seed2",
))  # fmt: skip
"""Attributes that change no result here, whatever they say."""
USUAL = (b"", b"NHWC")
"""Words that say what holds anyway."""


class Noted:
    """The attributes of a node, which note what they are asked for."""

    def __init__(self, attributes: Any) -> None:
        self.attributes, self.seen = attributes, set[str]()
        self.given = list(attributes)

    def __getitem__(self, key: str) -> Any:
        self.seen.add(key)
        return self.attributes[key]

    def __contains__(self, key: str) -> bool:
        self.seen.add(key)
        return key in self.attributes

    def unusual(self) -> str | None:
        """The first attribute that says something unusual and was not asked for, if any."""
        left = [k for k in self.given if k not in self.seen | IDLE and not k.startswith("_")]
        return next((key for key in left if _tells(self.attributes[key])), None)


def _tells(value: Any) -> bool:
    """Whether an attribute says more than nothing; dtypes and shapes follow the inputs."""
    kind = value.WhichOneof("value")
    if kind in ("b", "i", "f"):
        return bool(getattr(value, kind))
    if kind == "s":
        return value.s not in USUAL
    return kind == "list" and any(n != 1 for n in value.list.i)
