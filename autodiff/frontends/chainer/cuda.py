"""`chainer.cuda`: one device, so that programs which ask find there is no GPU."""

from __future__ import annotations

from contextlib import contextmanager
from typing import Any

import numpy as np

available = cudnn_enabled = False
ndarray = np.ndarray


def get_array_module(*args: Any) -> Any:
    """NumPy."""
    return np


def to_cpu(array: Any, stream: Any = None) -> Any:
    """The array itself."""
    return array


def check_cuda_available() -> None:
    """Refuse: there is no GPU."""
    raise RuntimeError("CUDA environment is not correctly set up: leave out the GPU (--gpu -1).")


@contextmanager
def get_device(*args: Any) -> Any:
    """A block on the one device."""
    yield None


def to_gpu(array: Any, device: Any = None, stream: Any = None) -> Any:
    """Refuse: there is no GPU."""
    check_cuda_available()
