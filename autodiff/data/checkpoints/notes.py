"""What a checkpoint says beside its arrays: JSON that is believed only after it was looked at.

A file comes from anywhere.  Nothing in it chooses what is called: the kinds of random generator
are a list here, and a generator's state must have the form of one, since NumPy itself reads beyond
its memory at a position that is out of range.  Everything else is a dictionary of plain values,
with one test for each part.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any
from zlib import crc32

import numpy as np

from autodiff.data.ground.errors import CheckpointError

KEY, SUM = "autodiff", "autodiff.crc32"
"""The metadata that hold the notes, and their checksum."""
PLAIN = (bool, int, float, str, type(None))
GENERATORS: dict[str, Callable[[], Any]] = {
    "MT19937": np.random.MT19937,
    "PCG64": np.random.PCG64,
    "PCG64DXSM": np.random.PCG64DXSM,
    "Philox": np.random.Philox,
    "SFC64": np.random.SFC64,
}
LARGEST = {"pos": 624, "buffer_pos": 4, "has_uint32": 1, "uinteger": 2**32 - 1}
"""The largest values of the small numbers in a generator's state."""


@dataclass(slots=True)
class Notes:
    """What safetensors has no place for, saved as JSON in its metadata."""

    checksums: dict[str, int] = field(default_factory=dict)
    complex: list[str] = field(default_factory=list)
    plain: dict[str, Any] = field(default_factory=dict)
    generators: dict[str, Any] = field(default_factory=dict)


FORMS: dict[str, Callable[[Any], bool]] = {
    "checksums": lambda part: _all_of(part, int),
    "complex": lambda part: type(part) is list and all(type(name) is str for name in part),
    "plain": lambda part: _all_of(part, *PLAIN),
    "generators": lambda part: _all_of(part, dict),
}


def _all_of(part: Any, *kinds: type) -> bool:
    return type(part) is dict and all(type(value) in kinds for value in part.values())


def written(notes: Notes) -> dict[str, str]:
    """The notes as a file's metadata."""
    text = json.dumps({slot: getattr(notes, slot) for slot in Notes.__slots__})
    return {KEY: text, SUM: str(crc32(text.encode()))}


def read(path: str, metadata: Mapping[str, str]) -> Notes | None:
    """The notes in a file's metadata; None for a file that another program wrote.

    Raises `CheckpointError` for notes that were changed, or have another form than ours.

    >>> read("a", written(Notes(plain={"step": 7}))).plain
    {'step': 7}
    """
    if KEY not in metadata and SUM not in metadata:
        return None
    text = metadata.get(KEY, "")
    if metadata.get(SUM) != str(crc32(text.encode())):
        raise CheckpointError(f"{path} is damaged: its notes have a wrong checksum.")
    try:
        parts = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise CheckpointError(f"{path} is damaged: its notes are no JSON ({error}).") from None
    if type(parts) is not dict or parts.keys() - FORMS.keys():
        raise CheckpointError(f"{path} is damaged: its notes are not those of a checkpoint.")
    for slot, part in parts.items():
        if not FORMS[slot](part):
            raise CheckpointError(f"{path} is damaged: its notes have odd {slot}: {part!r:.80}.")
    return Notes(**parts)


def state_of(rng: np.random.Generator) -> dict[str, Any]:
    """A random generator's state as JSON has it; `CheckpointError` for a kind not of NumPy's."""
    kind = type(rng.bit_generator)
    if GENERATORS.get(kind.__name__) is not kind:
        raise CheckpointError(
            f"a random generator of kind {kind.__name__} has no place in a checkpoint; NumPy's "
            f"own have one: {', '.join(GENERATORS)}."
        )
    state: dict[str, Any] = _as_lists(rng.bit_generator.state)
    return state


def generator_of(state: Mapping[str, Any]) -> np.random.Generator:
    """A random generator in a saved state; `CheckpointError` where it is the state of none.

    >>> rng = np.random.default_rng(0)
    >>> generator_of(state_of(rng)).random() == rng.random()
    True
    """
    kind = state.get("bit_generator")
    if type(kind) is not str or kind not in GENERATORS:
        raise CheckpointError(
            f"{kind!r:.80} is no kind of random generator; there are: {', '.join(GENERATORS)}."
        )
    bits = GENERATORS[kind]()
    if not _fits(state, bits.state):
        raise CheckpointError(f"a random generator of kind {kind} has a damaged state.")
    bits.state = state
    return np.random.Generator(bits)


def _fits(part: Any, own: Any, largest: int = 2**128 - 1) -> bool:
    """Whether a part of a saved state has the form of a generator's own."""
    if isinstance(own, dict):
        return (
            isinstance(part, dict)
            and part.keys() == own.keys()
            and all(_fits(part[key], own[key], LARGEST.get(key, largest)) for key in own)
        )
    if isinstance(own, np.ndarray):
        most = int(np.iinfo(own.dtype).max)
        words = isinstance(part, list) and len(part) == len(own)
        return words and all(_fits(word, 0, most) for word in part)
    if isinstance(own, str):
        return bool(part == own)
    return type(part) is int and 0 <= part <= largest


def _as_lists(state: Any) -> Any:
    if isinstance(state, dict):
        return {key: _as_lists(value) for key, value in state.items()}
    return state.tolist() if isinstance(state, np.ndarray | np.generic) else state
