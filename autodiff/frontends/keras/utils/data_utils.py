"""Files that programs fetch: found where they are, never downloaded."""

from typing import Any

from autodiff.frontends.keras.datasets.files import found


def get_file(fname: str, origin: str = "", untar: bool = False, **_: Any) -> str:
    """The path of a file of that name in ~/.keras/datasets; else an error that says where from."""
    return str(found(fname))
