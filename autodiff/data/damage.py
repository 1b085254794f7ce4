"""What is wrong with a safetensors file that does not open, in words that name the variable.

A safetensors file is the length of its header (8 bytes, little-endian), the header (JSON: for
each name its dtype, shape and two offsets), and the data that the offsets point into.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any


def damage(path: str, error: Exception) -> str:
    """One sentence: the file is cut (and in which variable), or its header is damaged.

    >>> import tempfile
    >>> path = Path(tempfile.mkdtemp()) / "a.safetensors"
    >>> _ = path.write_bytes(bytes(3))
    >>> damage(str(path), ValueError()).partition(": ")[2]
    'it is cut: 3 bytes, not even the 8 that give its length.'
    """
    data = Path(path).read_bytes()
    if len(data) < 8:
        return f"{path}: it is cut: {len(data)} bytes, not even the 8 that give its length."
    start = 8 + int.from_bytes(data[:8], "little")
    if start > len(data):
        return (
            f"{path}: it is cut or damaged in its header, which should end at byte {start}; "
            f"the file has {len(data)}."
        )
    try:
        header: dict[str, Any] = json.loads(data[8:start])
        ends = {
            name: start + part["data_offsets"][1]
            for name, part in header.items()
            if name != "__metadata__"
        }
    except (ValueError, TypeError, KeyError, LookupError, AttributeError):
        return f"{path}: its header is damaged, and no variable can be found in it ({error})."
    cut = [name for name, end in ends.items() if end > len(data)]
    if not cut:
        return f"{path}: its header is damaged ({error})."
    first = min(cut, key=ends.__getitem__)
    part = header[first]
    others = f" (and {len(cut) - 1} more)" if len(cut) > 1 else ""
    return (
        f"{path}: it is cut: {first!r}, {part['dtype']} of shape {tuple(part['shape'])}, should "
        f"end at byte {ends[first]}, but the file has {len(data)}{others}."
    )
