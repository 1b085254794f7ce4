"""What can be wrong with data from outside, one class a reason."""

from __future__ import annotations

import importlib
from types import ModuleType

from autodiff.core.ground.errors import AutodiffError


class DataError(AutodiffError, ValueError):
    """A file, a line or a picture cannot be read as what it should be."""


class RecordError(DataError):
    """A record file is cut or damaged; `file` and `offset` (bytes) say where."""

    def __init__(self, message: str, file: str = "", offset: int = 0) -> None:
        super().__init__(message)
        self.file, self.offset = file, offset


class CheckpointError(DataError):
    """A checkpoint is damaged, or does not fit what it is to be restored into."""


class MissingPackageError(AutodiffError, ImportError):
    """An optional package is not installed; the message says how to install it."""


def package(name: str, why: str, extra: str = "tensorflow") -> ModuleType:
    """Import an optional package when it is used, or say which of our extras brings it.

    >>> package("json", "settings").__name__
    'json'
    """
    try:
        return importlib.import_module(name)
    except ImportError as error:
        raise MissingPackageError(
            f"{why} need the package {name.partition('.')[0]} ({error}):\n"
            f"  python -m pip install 'autodiff-toolkit[{extra}]'"
        ) from None
