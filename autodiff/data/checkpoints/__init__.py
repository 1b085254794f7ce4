"""Checkpoints: a tree of arrays in one safetensors file, written whole or not at all.

`saving` writes and reads them; `notes` is what a file says beside its arrays, believed only after
it was looked at; `damage` says what is wrong with a file that does not open.
"""

from autodiff.data.checkpoints.saving import Entry, contents, describe, load, restore, save
from autodiff.data.ground.errors import CheckpointError

__all__ = ["CheckpointError", "Entry", "contents", "describe", "load", "restore", "save"]
