"""`tf.gfile`: files and folders by TensorFlow's names, on this machine's disk."""

from __future__ import annotations

import glob
import os
import shutil
from collections.abc import Iterator
from typing import Any


def Open(name: str, mode: str = "r") -> Any:
    """The file, opened; a context manager and an iterator of lines, as Python's own."""
    return open(name, mode, encoding=None if "b" in mode else "utf-8")


GFile = FastGFile = Open


def Exists(filename: str) -> bool:
    """Whether there is a file or folder of that name."""
    return os.path.exists(filename)


def IsDirectory(dirname: str) -> bool:
    """Whether there is a folder of that name."""
    return os.path.isdir(dirname)


def MakeDirs(dirname: str) -> None:
    """Make a folder and those above it; one that is there stays."""
    os.makedirs(dirname, exist_ok=True)


def MkDir(dirname: str) -> None:
    """Make one folder."""
    os.mkdir(dirname)


def Remove(filename: str) -> None:
    """Delete a file."""
    os.remove(filename)


def DeleteRecursively(dirname: str) -> None:
    """Delete a folder with all that is in it."""
    shutil.rmtree(dirname)


def Rename(oldname: str, newname: str, overwrite: bool = False) -> None:
    """Give a file another name; FileExistsError where that is taken, unless told otherwise."""
    _free(newname, overwrite)
    os.replace(oldname, newname)


def Copy(oldpath: str, newpath: str, overwrite: bool = False) -> None:
    """Copy a file; FileExistsError where the new one is there, unless told otherwise."""
    _free(newpath, overwrite)
    shutil.copyfile(oldpath, newpath)


def _free(name: str, overwrite: bool) -> None:
    if os.path.exists(name) and not overwrite:
        raise FileExistsError(f"{name} is there; write overwrite=True to replace it")


def Glob(filename: str) -> list[str]:
    """The files that match a pattern, sorted."""
    return sorted(glob.glob(filename))


def ListDirectory(dirname: str) -> list[str]:
    """The names in a folder, sorted."""
    return sorted(os.listdir(dirname))


def Walk(top: str, inOrder: bool = True) -> Iterator[tuple[str, list[str], list[str]]]:
    """(folder, folders, files) of a folder and all below it."""
    return os.walk(top, topdown=inOrder)


def Stat(filename: str) -> os.stat_result:
    """What the system knows of a file."""
    return os.stat(filename)
