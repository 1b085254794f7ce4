"""`caffe.params`: the names of enums, `P.Pooling.MAX`."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

from autodiff.frontends.caffe.proto import caffe_pb2


def __getattr__(name: str) -> Any:
    if not name[:1].isupper():
        raise AttributeError(name)
    message = getattr(caffe_pb2, f"{name}Parameter")
    values = {}
    for enum in message.DESCRIPTOR.enum_types:
        values |= {v.name: v.number for v in enum.values}
    return SimpleNamespace(**values)
