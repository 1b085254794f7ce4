"""What is wrong with a safetensors file that does not open, in words that name the variable.

A safetensors file is the length of its header (8 bytes, little-endian), the header (JSON: for
each name its dtype, shape and two offsets), and the data that the offsets point into.
"""

from __future__ import annotations

import json
import os

LONGEST = 100_000_000
"""Bytes of a header; the format allows no longer one."""


def damage(path: str, error: Exception) -> str:
    """One sentence: the file is cut (and in which variable), or its header is damaged.

    >>> import tempfile
    >>> from pathlib import Path
    >>> path = Path(tempfile.mkdtemp()) / "a.safetensors"
    >>> _ = path.write_bytes(bytes(3))
    >>> damage(str(path), ValueError()).partition(": ")[2]
    'it is cut: 3 bytes, not even the 8 that give its length.'
    """
    size = os.path.getsize(path)
    with open(path, "rb") as file:
        head = file.read(8)
        start = 8 + int.from_bytes(head, "little")
        text = file.read(start - 8) if start <= min(size, LONGEST) else b""
    if size < 8:
        return f"{path}: it is cut: {size} bytes, not even the 8 that give its length."
    if start > size:
        return (
            f"{path}: it is cut or damaged in its header, which should end at byte {start}; "
            f"the file has {size}."
        )
    try:
        cut = sorted(part for part in _parts(text, start) if part[0] > size)
    except (ValueError, TypeError, LookupError, AttributeError, RecursionError):
        return f"{path}: its header is damaged, and no variable can be found in it ({error})."
    if not cut:
        return f"{path}: its header is damaged ({error})."
    end, name, kind, shape = cut[0]
    others = f" (and {len(cut) - 1} more)" if len(cut) > 1 else ""
    return (
        f"{path}: it is cut: {name!r}, {kind} of shape {shape}, should end at byte {end}, but "
        f"the file has {size}{others}."
    )


def _parts(header: bytes, start: int) -> list[tuple[int, str, str, tuple[int, ...]]]:
    """Where each variable of a header should end, its name, dtype and shape."""
    return [
        (start + part["data_offsets"][1], name, part["dtype"], tuple(part["shape"]))
        for name, part in json.loads(header).items()
        if name != "__metadata__"
    ]
