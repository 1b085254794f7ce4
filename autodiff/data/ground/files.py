"""Files that are written whole or not at all."""

from __future__ import annotations

import os
import re
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import BinaryIO

from autodiff.data.ground.errors import DataError

try:
    import fcntl
except ImportError:  # Windows, where a file that is open can't be removed: no lock is needed
    fcntl = None  # type: ignore[assignment]

AnyPath = str | bytes | os.PathLike[str] | os.PathLike[bytes]


def path_of(path: AnyPath) -> Path:
    """A path from whatever Python's `open` takes as a name: text, bytes, or a path.

    >>> path_of(b"data/a.csv").name
    'a.csv'
    """
    return Path(os.fsdecode(path))


@contextmanager
def whole_file(path: AnyPath) -> Iterator[BinaryIO]:
    """A file to write that appears under its name only when the block has ended well.

    The bytes go to a temporary file in the same folder, are forced to the disk, and then take
    the name in one step (rename).  A crash at any moment leaves what was there before; only a
    killed process leaves its temporary file, `.NAME.*.part`, behind, and the next write of that
    name removes it.  A symbolic link stays one: the file that it leads to is replaced.  Raises
    `DataError` for the name of a folder or of a device.

    >>> import tempfile
    >>> path = Path(tempfile.mkdtemp()) / "a.txt"
    >>> with whole_file(path) as file:
    ...     _ = file.write(b"all of it")
    >>> path.read_bytes()
    b'all of it'
    """
    path = Path(os.path.realpath(path_of(path)))
    if path.exists() and not path.is_file():
        raise DataError(f"{path} is a folder or a device; give the name of a file.")
    prefix = f".{path.name[:40]}."
    _sweep(path.parent, prefix)
    with _temporary(path.parent, prefix) as (handle, temporary):
        try:
            with open(handle, "wb") as file:
                yield file
                file.flush()
                os.fsync(file.fileno())
            os.chmod(temporary, _mode(path))
            os.replace(temporary, path)
        except BaseException:
            with suppress(OSError):
                os.unlink(temporary)
            raise
    _sync_folder(path.parent)


@contextmanager
def _temporary(folder: Path, prefix: str) -> Iterator[tuple[int, str]]:
    """A new file, locked to the end of the block: the mark of a process that still lives."""
    while True:
        handle, name = tempfile.mkstemp(prefix=prefix, suffix=".part", dir=folder)
        if fcntl is None:
            yield handle, name
            return
        lock = os.dup(handle)  # `handle` is closed before the file takes its name
        with suppress(OSError):  # a file system without locks: nobody sweeps there either
            fcntl.flock(lock, fcntl.LOCK_EX)
        if os.path.exists(name):
            break
        os.close(handle)  # it was swept away between its making and its lock
        os.close(lock)
    try:
        yield handle, name
    finally:
        os.close(lock)


def _sweep(folder: Path, prefix: str) -> None:
    """Remove the temporary files that killed processes have left."""
    left = re.compile(re.escape(prefix) + r"[a-z0-9_]{8}\.part")
    with suppress(OSError):
        for name in filter(left.fullmatch, os.listdir(folder)):
            with suppress(OSError):  # it is in use
                _remove_unused(folder / name)


def _remove_unused(path: Path) -> None:
    if fcntl is None:
        if os.name == "nt":
            path.unlink()
        return
    handle = os.open(path, os.O_RDWR | os.O_NOFOLLOW)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        path.unlink()
    finally:
        os.close(handle)


def _mode(path: Path) -> int:
    """The permissions of the file that is replaced, or those of any new file of this process."""
    try:
        return path.stat().st_mode & 0o777
    except OSError:
        mask = os.umask(0)
        os.umask(mask)
        return 0o666 & ~mask


def _sync_folder(folder: Path) -> None:
    """Make the rename itself durable, where the system lets a folder be synced."""
    with suppress(OSError):
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
