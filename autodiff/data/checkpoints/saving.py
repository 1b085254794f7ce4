"""Checkpoints: a tree of arrays in one safetensors file, written whole or not at all.

Besides arrays a tree may hold numbers, strings, None and `numpy.random.Generator`s, whose state
is saved, so that a resumed run goes on with the same random numbers.  Functions in it (a model's
activations) are code, not data: they are left out, and stay when a tree is restored.

Every array carries a checksum: a file that was cut or changed is refused with the name of the
array, never loaded.  No pickle: nothing in a file chooses what is called (see `notes`).  Other
programs read the file as ordinary safetensors, and files of theirs load here.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from zlib import crc32

import numpy as np

import autodiff.data.checkpoints.notes as note_book
from autodiff.core.arguments.tree import flatten, unflatten
from autodiff.core.language.display.table import table
from autodiff.data.checkpoints.damage import damage
from autodiff.data.checkpoints.notes import PLAIN, Notes, generator_of, state_of
from autodiff.data.ground.errors import CheckpointError, package
from autodiff.data.ground.files import AnyPath, path_of, whole_file
from autodiff.data.ground.naming import leaf_names

WHAT = "checkpoints"
TAKEN = "__metadata__"
"""The one name that the format of the file keeps for itself."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One leaf of a checkpoint: its name, its shape, and its dtype or kind."""

    name: str
    shape: tuple[int, ...] | None
    kind: str


def save(path: AnyPath, tree: Any) -> Path:
    """Save a tree of arrays, numbers, strings and random generators; returns the path.

    Leaves are named by their place, `layers/0/W`.  A crash at any moment leaves the previous
    file as it was.  Raises `CheckpointError` for a leaf or a name that could not be loaded
    again, before the file is touched.

    >>> import tempfile
    >>> path = save(Path(tempfile.mkdtemp()) / "a.safetensors", {"W": np.ones((2, 3)), "step": 7})
    >>> load(path)["step"]
    7
    """
    notes = Notes()
    arrays: dict[str, np.ndarray] = {}
    for name, leaf in zip(leaf_names(tree), flatten(tree)[0]):
        if not callable(leaf):
            _sort_in(name, leaf, notes, arrays)
    data = package("safetensors.numpy", WHAT).save(arrays, note_book.written(notes))
    with whole_file(path) as file:
        file.write(data)
    return path_of(path)


def load(path: AnyPath, names: Collection[str] | None = None) -> dict[str, Any]:
    """The leaves of a checkpoint by name: all of them, or those asked for.

    Raises `CheckpointError` for a file that is cut or damaged (it names the array) and for a
    name that it does not have; `FileNotFoundError` when there is no file.
    """
    with _opened(path) as (file, notes):
        known = set(file.keys()) | set(notes.plain) | set(notes.generators)
        missing = [name for name in names or () if name not in known]
        if missing:
            raise CheckpointError(
                f"{path_of(path)} has no {missing[0]!r}; it has: {', '.join(sorted(known))}."
            )
        wanted = sorted(known) if names is None else names
        return {name: _leaf(str(path_of(path)), file, notes, name) for name in wanted}


def restore(path: AnyPath, like: Any, only: Collection[str] | None = None) -> Any:
    """A tree of the structure of `like` with the leaves of the checkpoint.

    Names, shapes and dtypes must fit those of `like`; what else the file has is left alone, so
    that a part of a tree can be restored by asking for it.  `only` lists the names (or the
    beginnings of names, `layers/0`) to take; the other leaves stay those of `like`.

    >>> import tempfile
    >>> path = save(Path(tempfile.mkdtemp()) / "a.safetensors", {"W": np.ones(2), "step": 7})
    >>> restore(path, {"W": np.zeros(2), "step": 0})
    {'W': array([1., 1.]), 'step': 7}
    """
    leaves, structure = flatten(like)
    names = leaf_names(like)
    data = [name for name, leaf in zip(names, leaves) if not callable(leaf)]
    chosen = [name for name in data if only is None or _is_under(name, only)]
    if only is not None and not chosen:
        raise CheckpointError(f"only={list(only)} names no leaf; there are: {', '.join(data)}.")
    found = load(path, chosen)
    for name, leaf in zip(names, leaves):
        if name in found:
            _check_fit(str(path_of(path)), name, found[name], leaf)
    return unflatten(structure, [found.get(name, leaf) for name, leaf in zip(names, leaves)])


def contents(path: AnyPath) -> list[Entry]:
    """What a checkpoint holds, without reading its arrays."""
    with _opened(path) as (file, notes):
        arrays = [_described(name, file.get_slice(name), notes) for name in sorted(file.keys())]
    plain = [Entry(name, None, type(value).__name__) for name, value in notes.plain.items()]
    return [*arrays, *plain, *(Entry(name, None, "Generator") for name in notes.generators)]


def describe(path: AnyPath) -> str:
    """The same as a table of text."""
    rows = [(e.name, "" if e.shape is None else str(e.shape), e.kind) for e in contents(path)]
    return table(("name", "shape", "kind"), rows)


def _is_under(name: str, beginnings: Collection[str]) -> bool:
    return any(name == start or name.startswith(f"{start}/") for start in beginnings)


def _sort_in(name: str, leaf: Any, notes: Notes, arrays: dict[str, np.ndarray]) -> None:
    """Put one leaf where it is saved."""
    if name == TAKEN:
        raise CheckpointError(f"the name {name!r} has its own meaning in the file; rename the key.")
    for text in (name, leaf):
        if type(text) is str and not _is_unicode(text):
            raise CheckpointError(f"{text!r} has characters that no file can hold (of {name!r}).")
    if isinstance(leaf, np.random.Generator):
        notes.generators[name] = state_of(leaf)
    elif type(leaf) is int and leaf.bit_length() > 2048:
        raise CheckpointError(f"{name!r} is an integer of {leaf.bit_length()} bits, beyond 2048.")
    elif type(leaf) in PLAIN:
        notes.plain[name] = leaf
    elif type(leaf) is not np.ma.MaskedArray and _is_numeric(leaf):
        array = np.array(leaf, dtype=leaf.dtype.newbyteorder("="), order="C")
        if array.dtype.kind == "c":
            notes.complex.append(name)
            array = array.reshape(-1).view(array.real.dtype).reshape(*array.shape, 2)
        if array.dtype.itemsize > 8:
            raise CheckpointError(f"{name!r} is {leaf.dtype}, which no checkpoint holds.")
        arrays[name] = array
        notes.checksums[name] = _checksum(array)
    else:
        plain = type(leaf) in (np.ndarray, np.generic)
        kind = f"dtype {leaf.dtype}" if plain else type(leaf).__name__
        hint = "; save its .data" if hasattr(leaf, "backward") else ""
        raise CheckpointError(
            f"{name!r} is of {kind}, which a checkpoint does not hold: arrays of numbers, plain "
            f"numbers, strings, None and random generators it does{hint}."
        )


def _is_numeric(leaf: Any) -> bool:
    return isinstance(leaf, np.ndarray | np.generic) and leaf.dtype.kind in "biufc"


def _is_unicode(text: str) -> bool:
    """Whether a text has no halves of characters (surrogates), which no file of text holds."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


def _checksum(array: np.ndarray) -> int:
    """Of the numbers, their dtype and their shape."""
    kind = crc32(f"{array.dtype}{array.shape}".encode())
    return crc32(array.data.cast("B"), kind) if array.size else kind


@contextmanager
def _opened(path: AnyPath) -> Iterator[tuple[Any, Notes]]:
    """The safetensors file and our notes in it, which agree; its errors told in our words."""
    name = str(path_of(path))
    safetensors = package("safetensors", WHAT)
    try:
        opened = safetensors.safe_open(name, framework="numpy")
    except safetensors.SafetensorError as error:
        raise CheckpointError(damage(name, error)) from None
    with opened as file:
        notes = note_book.read(name, file.metadata() or {})
        if notes is not None:
            _check_names(name, set(file.keys()), notes)
        yield file, notes or Notes()


def _check_names(path: str, stored: set[str], notes: Notes) -> None:
    """Raise when the arrays of a file are not those that its notes tell of."""
    for name in sorted(stored ^ set(notes.checksums)):
        what = "has no checksum" if name in stored else "is missing"
        raise CheckpointError(f"{path} is damaged: {name!r} {what}.")
    for name in notes.complex:
        if name not in stored:
            raise CheckpointError(f"{path} is damaged: {name!r} is missing.")


def _leaf(path: str, file: Any, notes: Notes, name: str) -> Any:
    if name in notes.plain:
        return notes.plain[name]
    if name in notes.generators:
        try:
            return generator_of(notes.generators[name])
        except CheckpointError as error:
            raise CheckpointError(f"{path} is damaged: {name!r}: {error}") from None
    try:
        array: np.ndarray = file.get_tensor(name)
    except (package("safetensors", WHAT).SafetensorError, ValueError, TypeError) as error:
        raise CheckpointError(f"{path}: {name!r} cannot be read: {error}") from None
    if _checksum(array) != notes.checksums.get(name, _checksum(array)):
        raise CheckpointError(
            f"{path} is damaged: {name!r}, {array.dtype} of shape {array.shape}, has a wrong "
            "checksum; restore an earlier checkpoint."
        )
    if name not in notes.complex:
        return array
    if array.shape[-1:] != (2,) or array.dtype not in (np.float32, np.float64):
        raise CheckpointError(
            f"{path} is damaged: {name!r}, {array.dtype} of shape {array.shape}, holds no complex "
            "numbers."
        )
    return array.view(np.result_type(array.dtype, np.complex64))[..., 0]


def _described(name: str, part: Any, notes: Notes) -> Entry:
    shape = tuple(part.get_shape())
    if name in notes.complex:
        return Entry(name, shape[:-1], "complex")
    return Entry(name, shape, str(part.get_dtype()))


def _check_fit(path: str, name: str, found: Any, wanted: Any) -> None:
    if isinstance(wanted, np.ndarray | np.generic) and isinstance(found, np.ndarray):
        if found.shape != wanted.shape or found.dtype != wanted.dtype:
            raise CheckpointError(
                f"{name!r} is {found.dtype} of shape {found.shape} in {path}, but "
                f"{wanted.dtype} of shape {wanted.shape} was expected."
            )
    elif wanted is not None and found is not None and type(found) is not type(wanted):
        raise CheckpointError(
            f"{name!r} is a {type(found).__name__} in {path}, but a {type(wanted).__name__} was "
            "expected."
        )
