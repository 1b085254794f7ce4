"""The file `checkpoint` in a folder: which checkpoints are there, and which is the latest.

It is the text form of TensorFlow's `CheckpointState` message.  Paths below the folder are written
relative to it, so that a folder that is moved still finds its checkpoints.
"""

from __future__ import annotations

import json
import os
import re
import warnings
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from autodiff.core.ground.errors import AutodiffWarning
from autodiff.data.ground.files import whole_file
from autodiff.frontends.tensorflow.ground.errors import DataLossError

_LINE = re.compile(r'(model_checkpoint_path|all_model_checkpoint_paths): ("(?:[^"\\]|\\.)*")')


@dataclass(frozen=True, slots=True)
class CheckpointState:
    """The path of the latest checkpoint, and of all that are kept, oldest first."""

    model_checkpoint_path: str
    all_model_checkpoint_paths: tuple[str, ...]


def state_file(folder: str, latest_filename: str | None = None) -> Path:
    """Where the state of a folder stands."""
    return Path(folder or ".") / (latest_filename or "checkpoint")


def update_checkpoint_state(
    save_dir: str,
    model_checkpoint_path: str,
    all_model_checkpoint_paths: Sequence[str] | None = None,
    latest_filename: str | None = None,
) -> None:
    """Write the state file, whole or not at all."""
    every = [*(all_model_checkpoint_paths or ())]
    if model_checkpoint_path not in every:
        every.append(model_checkpoint_path)
    keys = ["model_checkpoint_path", *["all_model_checkpoint_paths"] * len(every)]
    paths = [_relative(path, save_dir) for path in (model_checkpoint_path, *every)]
    lines = [f"{key}: {json.dumps(path)}\n" for key, path in zip(keys, paths)]
    with whole_file(state_file(save_dir, latest_filename)) as file:
        file.write("".join(lines).encode())


def get_checkpoint_state(
    checkpoint_dir: str, latest_filename: str | None = None
) -> CheckpointState | None:
    """The state of a folder, None where there is none.

    Raises `DataLossError` for a file that is not one.
    """
    path = state_file(checkpoint_dir, latest_filename)
    try:
        lines = path.read_text(encoding="utf-8", errors="replace").splitlines()
    except FileNotFoundError:
        return None
    found: dict[str, list[str]] = {"model_checkpoint_path": [], "all_model_checkpoint_paths": []}
    for number, line in enumerate(lines, 1):
        match = _LINE.fullmatch(line.strip())
        if not match:
            raise DataLossError(
                f"{path}, line {number}: {line!r:.60} does not belong into a checkpoint state. "
                "Delete the file, and restore by the path of the checkpoint itself."
            )
        found[match[1]].append(os.path.join(checkpoint_dir, json.loads(match[2])))
    if not found["model_checkpoint_path"]:
        raise DataLossError(f"{path} names no model_checkpoint_path; delete it.")
    every = tuple(found["all_model_checkpoint_paths"])
    return CheckpointState(found["model_checkpoint_path"][-1], every)


def latest_checkpoint(checkpoint_dir: str, latest_filename: str | None = None) -> str | None:
    """The path of the newest checkpoint of a folder that is there, None where there is none.

    Warns when the latest one that was written is gone, and an older one is given instead.
    """
    state = get_checkpoint_state(checkpoint_dir, latest_filename)
    if state is None:
        return None
    if os.path.exists(state.model_checkpoint_path):
        return state.model_checkpoint_path
    older = [path for path in state.all_model_checkpoint_paths if os.path.exists(path)]
    instead = f"{older[-1]} is given instead" if older else "no other is there"
    warnings.warn(
        f"the latest checkpoint, {state.model_checkpoint_path}, is gone; {instead}.",
        AutodiffWarning,
        stacklevel=2,
    )
    return older[-1] if older else None


def checkpoint_exists(checkpoint_prefix: str) -> bool:
    """Whether there is a checkpoint of that path."""
    return os.path.exists(checkpoint_prefix)


def _relative(path: str, folder: str) -> str:
    inside = os.path.relpath(os.path.abspath(path), os.path.abspath(folder or "."))
    return os.path.abspath(path) if inside.startswith("..") else inside
