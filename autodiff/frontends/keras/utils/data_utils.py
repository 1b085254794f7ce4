"""Files that programs fetch: found where they are, never downloaded."""

from typing import Any

from autodiff.frontends.common.options import only
from autodiff.frontends.keras.datasets.files import found

IDLE = (
    "cache_subdir", "cache_dir", "md5_hash", "file_hash", "hash_algorithm", "extract",
    "archive_format",
)  # fmt: skip
"""Where a download would go, and how it would be checked."""


def get_file(fname: str, origin: str = "", untar: bool = False, **more: Any) -> str:
    """The path of a file of that name in ~/.keras/datasets; else an error that says where from."""
    only("get_file", more, *IDLE)
    return str(found(fname))
