"""`tf.compat`: text and bytes, whichever Python runs, and `tf.compat.v1`, which is `tf` itself.

A program of version 1 that was moved to 2 imports `tensorflow.compat.v1` and turns the behaviour of
2 off, which never was on here.
"""

from __future__ import annotations

import sys
from typing import Any

bytes_or_text_types = (bytes, str)


def as_bytes(bytes_or_text: Any, encoding: str = "utf-8") -> bytes:
    """Bytes as they are, text encoded."""
    return bytes_or_text.encode(encoding) if isinstance(bytes_or_text, str) else bytes_or_text


def as_text(bytes_or_text: Any, encoding: str = "utf-8") -> str:
    """Text as it is, bytes decoded."""
    return bytes_or_text.decode(encoding) if isinstance(bytes_or_text, bytes) else bytes_or_text


as_str = as_text


def as_str_any(value: Any) -> str:
    """The text of anything."""
    return as_text(value) if isinstance(value, bytes) else str(value)


def disable_v2_behavior() -> None:
    """Nothing: graphs are built first here, as in version 1."""


disable_eager_execution = disable_v2_tensorshape = disable_resource_variables = disable_v2_behavior


def __getattr__(name: str) -> Any:
    if name == "v1":
        return sys.modules["autodiff.frontends.tensorflow"]
    raise AttributeError(f"tf.compat has no {name!r} here.")
