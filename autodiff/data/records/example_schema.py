"""The protobuf schema of `Example`, as TensorFlow has it (core/example/{example,feature}.proto).

No light package ships these classes, so they are made from their description when first used.
"""

from __future__ import annotations

import functools
from typing import Any

from autodiff.data.ground.errors import package

WHAT = "Example messages"

SCHEMA = """
name: "autodiff/example.proto"  package: "tensorflow"  syntax: "proto3"
message_type { name: "BytesList"
  field { name: "value" number: 1 label: LABEL_REPEATED type: TYPE_BYTES } }
message_type { name: "FloatList"
  field { name: "value" number: 1 label: LABEL_REPEATED type: TYPE_FLOAT } }
message_type { name: "Int64List"
  field { name: "value" number: 1 label: LABEL_REPEATED type: TYPE_INT64 } }
message_type { name: "Feature"
  oneof_decl { name: "kind" }
  field { name: "bytes_list" number: 1 oneof_index: 0
          type: TYPE_MESSAGE type_name: ".tensorflow.BytesList" }
  field { name: "float_list" number: 2 oneof_index: 0
          type: TYPE_MESSAGE type_name: ".tensorflow.FloatList" }
  field { name: "int64_list" number: 3 oneof_index: 0
          type: TYPE_MESSAGE type_name: ".tensorflow.Int64List" } }
message_type { name: "Features"
  field { name: "feature" number: 1 label: LABEL_REPEATED
          type: TYPE_MESSAGE type_name: ".tensorflow.Features.FeatureEntry" }
  nested_type { name: "FeatureEntry"  options { map_entry: true }
    field { name: "key" number: 1 type: TYPE_STRING }
    field { name: "value" number: 2 type: TYPE_MESSAGE type_name: ".tensorflow.Feature" } } }
message_type { name: "Example"
  field { name: "features" number: 1 type: TYPE_MESSAGE type_name: ".tensorflow.Features" } }
"""


@functools.cache
def message_class(name: str) -> type:
    """A message class, `Example`, `Feature`, ..., in a pool of its own: it clashes with no other.

    >>> message_class("FloatList")(value=[1.0, 2.5]).value
    [1.0, 2.5]
    """
    factory = package("google.protobuf.message_factory", WHAT)
    made: type = factory.GetMessageClass(_pool().FindMessageTypeByName(f"tensorflow.{name}"))
    return made


@functools.cache
def _pool() -> Any:
    file = package("google.protobuf.descriptor_pb2", WHAT).FileDescriptorProto()
    package("google.protobuf.text_format", WHAT).Parse(SCHEMA, file)
    pool = package("google.protobuf.descriptor_pool", WHAT).DescriptorPool()
    pool.Add(file)
    return pool
