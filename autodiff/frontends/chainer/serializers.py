"""Saving and loading: an object passes each of its values to a serializer, by name."""

from __future__ import annotations

from typing import Any

import numpy as np

from autodiff.data.ground.errors import package


class DictionarySerializer:
    """Collects values under slashed paths."""

    def __init__(self, target: dict[str, Any] | None = None, path: str = "") -> None:
        self.target = {} if target is None else target
        self.path = path

    def __getitem__(self, key: str) -> DictionarySerializer:
        return DictionarySerializer(self.target, f"{self.path}{key.strip('/')}/")

    def __call__(self, key: str, value: Any) -> Any:
        """Take a value."""
        if value is not None:
            self.target[self.path + key.lstrip("/")] = np.asarray(value)
        return value

    def save(self, obj: Any) -> None:
        """Take all of an object."""
        obj.serialize(self)


class NpzDeserializer:
    """Hands out the values that were saved."""

    def __init__(self, npz: Any, path: str = "") -> None:
        self.npz, self.path = npz, path

    def __getitem__(self, key: str) -> NpzDeserializer:
        return NpzDeserializer(self.npz, f"{self.path}{key.strip('/')}/")

    def __call__(self, key: str, value: Any) -> Any:
        """The saved value, into the array that is there."""
        name = self.path + key.lstrip("/")
        if name not in self.npz:
            return value
        found = self.npz[name]
        if value is None:
            return found
        if isinstance(value, np.ndarray):
            value[...] = found
            return value
        return type(value)(found) if np.ndim(found) == 0 else found


def save_hdf5(filename: Any, obj: Any, compression: int = 4) -> None:
    """Write an object's values to an HDF5 file."""
    serializer = DictionarySerializer()
    serializer.save(obj)
    with package("h5py", "HDF5 files").File(filename, "w") as file:
        for path, value in serializer.target.items():
            file.create_dataset(path, data=value)


def load_hdf5(filename: Any, obj: Any) -> None:
    """Read an object's values from an HDF5 file."""
    with package("h5py", "HDF5 files").File(filename, "r") as file:
        found: dict[str, Any] = {}
        file.visititems(lambda path, item: found.update({path: item}))
        arrays = {path: item[()] for path, item in found.items() if hasattr(item, "shape")}
    obj.serialize(NpzDeserializer(arrays))


def save_npz(filename: Any, obj: Any, compression: bool = True) -> None:
    """Write an object's values to a file."""
    serializer = DictionarySerializer()
    serializer.save(obj)
    with open(filename, "wb") as file:
        (np.savez_compressed if compression else np.savez)(file, **serializer.target)


def load_npz(filename: Any, obj: Any) -> None:
    """Read an object's values from a file."""
    with np.load(filename, allow_pickle=False) as npz:
        obj.serialize(NpzDeserializer(npz))
