"""Placement and configuration, which programs of the time state: here there is one device.

`with tf.device("/gpu:0"):`, `tf.Session(config=tf.ConfigProto(...))` and
`sess.run(..., options=tf.RunOptions(...))` are accepted, and change nothing about what is computed.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, ClassVar


@contextmanager
def device(device_name_or_function: Any) -> Iterator[None]:
    """Where the nodes of the block would run: always on the one device there is."""
    yield


@dataclass(slots=True)
class GPUOptions:
    """How TensorFlow would use the memory of a GPU."""

    per_process_gpu_memory_fraction: float = 1.0
    allow_growth: bool = False
    allocator_type: str = ""
    visible_device_list: str = ""


@dataclass(slots=True)
class ConfigProto:
    """How TensorFlow would place nodes and use threads; a `Session` takes it and needs it not."""

    allow_soft_placement: bool = True
    log_device_placement: bool = False
    intra_op_parallelism_threads: int = 0
    inter_op_parallelism_threads: int = 0
    gpu_options: GPUOptions = field(default_factory=GPUOptions)
    device_count: dict[str, int] = field(default_factory=dict)
    graph_options: Any = None
    operation_timeout_in_ms: int = 0
    device_filters: Any = None


@dataclass(slots=True)
class RunOptions:
    """How much TensorFlow would trace; a `RunMetadata` always gets all here."""

    NO_TRACE: ClassVar[int] = 0
    SOFTWARE_TRACE: ClassVar[int] = 1
    HARDWARE_TRACE: ClassVar[int] = 2
    FULL_TRACE: ClassVar[int] = 3
    trace_level: int = 0
    timeout_in_ms: int = 0
