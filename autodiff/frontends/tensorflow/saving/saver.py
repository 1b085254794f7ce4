"""`Saver`: the variables of a session in checkpoint files, the last few of which are kept."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from typing import Any

import numpy as np

from autodiff.core.ground.locations import here
from autodiff.core.language.abstract import dims_text
from autodiff.data import checkpoints
from autodiff.data.ground.errors import CheckpointError, MissingPackageError
from autodiff.frontends.common.options import taking
from autodiff.frontends.tensorflow.graph.graph import Graph, get_default_graph
from autodiff.frontends.tensorflow.ground.errors import (
    DataLossError,
    InvalidArgumentError,
    NotFoundError,
)
from autodiff.frontends.tensorflow.saving.checkpoint_state import (
    get_checkpoint_state,
    update_checkpoint_state,
)
from autodiff.frontends.tensorflow.saving.keeping import Keeping
from autodiff.frontends.tensorflow.saving.meta_files import export_meta_graph, write_message
from autodiff.frontends.tensorflow.variables.variables import GraphKeys, Variable, current


class Saver:
    """Saves variables of a session to files and restores them.

        saver = tf.train.Saver(max_to_keep=5)
        saver.save(sess, "logs/model.ckpt", global_step=step)   # logs/model.ckpt-100
        saver.restore(sess, tf.train.latest_checkpoint("logs"))

    `var_list` is a list of variables, or a dict from the names in the file to variables; default
    are all variables of the graph.  The last `max_to_keep` files are kept (None or 0: all), and
    besides one every `keep_checkpoint_every_n_hours`; each that is dropped is told by `tell`.
    With `reshape` a variable may be restored from one of another shape and as many elements.

    Without a `var_list` the state of the session's random ops is saved too, so that a resumed run
    draws the numbers that an uninterrupted one would have drawn.

    A file is safetensors: no pickle, each array with a checksum.  It appears under its name only
    when it is whole; whatever goes wrong in a save or a restore, the earlier files are good and
    listed, and the session is as it was.  Beside it `.meta` holds the graph (`saving.meta`).
    """

    @taking(
        "sharded name restore_sequentially defer_build allow_empty write_version "
        "save_relative_paths",
        "saver_def builder pad_step_number",
    )
    def __init__(
        self,
        var_list: Sequence[Variable] | Mapping[str, Variable] | None = None,
        reshape: bool = False,
        max_to_keep: int | None = 5,
        keep_checkpoint_every_n_hours: float = 10_000.0,
        tell: Callable[[str], Any] | None = print,
    ) -> None:
        self._variables = _named(var_list)
        self._all = var_list is None
        self._reshape, self._tell = reshape, tell
        self._keeping = Keeping(max_to_keep, keep_checkpoint_every_n_hours)
        self._meta: tuple[Graph, int, Any] | None = None

    @property
    def last_checkpoints(self) -> list[str]:
        """The files that are kept, oldest first."""
        return [path for path, _ in self._keeping.kept]

    def set_last_checkpoints(self, last_checkpoints: Iterable[str]) -> None:
        """Go on with these files, oldest first, as those that are kept."""
        self._keeping.kept = [(path, _saved_at(path)) for path in last_checkpoints]

    def save(
        self,
        sess: Any,
        save_path: str,
        global_step: Any = None,
        latest_filename: str | None = None,
        meta_graph_suffix: str = "meta",
        write_meta_graph: bool = True,
        write_state: bool = True,
    ) -> str:
        """Save the variables; the path of the file, `save_path-STEP` with a `global_step`.

        The last folder of the path is made where it is missing.  The meta graph is written beside
        it, to `PATH.meta`, where the package protobuf is there.

        `global_step` is a number, a tensor or a variable.  Raises `FailedPreconditionError` for a
        variable without a value.
        """
        path = os.fspath(save_path)
        if global_step is not None:
            path = f"{path}-{_step(sess, global_step)}"
        folder, made = os.path.dirname(path), ""
        if folder and not os.path.isdir(folder):
            if not os.path.isdir(os.path.dirname(folder) or "."):
                raise NotFoundError(
                    f"there is no folder {folder!r} to save in, nor the one that it would be in; "
                    f"make them first.{here()}"
                )
            made = folder
        state = sess.state
        values = {name: current(state, v.node) for name, v in self._variables.items()}
        if self._all:
            values |= _generators(sess)
        if made:
            os.mkdir(made)
        checkpoints.save(path, values)
        keeping = self._keeping.copy()
        kept, dropped = keeping.after(path)
        update_checkpoint_state(folder, path, [p for p, _ in kept], latest_filename)
        self._keeping = keeping
        if write_meta_graph:
            self._write_meta_graph(sess.graph, f"{path}.{meta_graph_suffix}")
        for old in dropped:
            for gone in (old, f"{old}.{meta_graph_suffix}"):
                with suppress(FileNotFoundError):
                    os.unlink(gone)
        if dropped and self._tell:
            names = ", ".join(map(os.path.basename, dropped))
            self._tell(f"Saver: dropped {names}; kept the last {len(kept)}.")
        return path

    def restore(self, sess: Any, save_path: str) -> None:
        """Give the variables the values of a file; they need no initializer then.

        Raises `NotFoundError` for a file or a variable that is not there, `DataLossError` for a
        damaged file, `InvalidArgumentError` for a variable of another shape or dtype; the session
        is as it was then.
        """
        if save_path is None:
            raise ValueError(
                "save_path is None: tf.train.latest_checkpoint found no checkpoint in its folder; "
                f"initialize the variables instead.{here()}"
            )
        path = os.fspath(save_path)
        found = _load(path, list(self._variables), self._all)
        fitted = {
            variable: self._fit(name, found[name], variable, path)
            for name, variable in self._variables.items()
        }
        for variable, value in fitted.items():
            sess.state.assign(variable.node, value)
        if self._all:
            _restore_generators(sess, found)
        self._adopt(path)

    def export_meta_graph(self, filename: str | None = None, **more: Any) -> Any:
        """The meta graph of the default graph, written to `filename` if that is given."""
        return export_meta_graph(filename, **more)

    def _write_meta_graph(self, graph: Graph, path: str) -> None:
        """The graph in a file of its own, made anew only where it has grown since the last."""
        if self._meta is None or self._meta[:2] != (graph, graph.version):
            with suppress(MissingPackageError):
                self._meta = graph, graph.version, export_meta_graph(graph=graph)
        if self._meta is not None:
            write_message(path, self._meta[2], False)

    def _adopt(self, path: str) -> None:
        """Of a resumed run: go on with the list of the folder that the file is in."""
        with suppress(DataLossError):
            state = get_checkpoint_state(os.path.dirname(path))
            if state and path in state.all_model_checkpoint_paths and not self._keeping.kept:
                self.set_last_checkpoints(filter(os.path.exists, state.all_model_checkpoint_paths))

    def _fit(self, name: str, value: Any, variable: Variable, path: Any) -> np.ndarray:
        array = np.asarray(value)
        if array.dtype == variable.dtype and variable.get_shape().is_compatible_with(array.shape):
            return array
        dims = variable.dims
        full = dims is not None and None not in dims
        if self._reshape and full and array.size == np.prod(dims, dtype=int):
            return array.reshape(dims).astype(variable.dtype, casting="same_kind")
        raise InvalidArgumentError(
            f"{name!r} is {array.dtype} of shape {array.shape} in {path}, but the variable "
            f"{variable.op.name} is {variable.dtype} of shape {dims_text(dims)}: the graph is not "
            f"the one that was saved. Restore a subset, Saver([v, ...]), or build it alike.{here()}"
        )


def _named(var_list: Any) -> dict[str, Variable]:
    if var_list is None:
        graph = get_default_graph()
        var_list = graph.get_collection(GraphKeys.VARIABLES)
        if not var_list:
            raise ValueError(
                "there is no variable to save: make the Saver after the graph is built, or pass "
                f"var_list.{here()}"
            )
    things = var_list.values() if isinstance(var_list, Mapping) else var_list
    for thing in things:
        if not isinstance(thing, Variable):
            raise TypeError(f"a Saver saves variables, and {thing!r:.60} is none.{here()}")
    return dict(var_list) if isinstance(var_list, Mapping) else {v.op.name: v for v in things}


def _step(sess: Any, global_step: Any) -> int:
    if hasattr(global_step, "graph"):
        global_step = sess.run(global_step)
    return int(global_step)


def _random_keys(graph: Graph) -> Iterator[tuple[str, Any]]:
    """The name of each random op, branches and loops included, and its generator's key."""
    for equation in graph.equations:
        if equation.params and "key" in equation.params:
            yield equation.note["name"], equation.params["key"]
    for body in graph.bodies:
        yield from _random_keys(body)


def _generators(sess: Any) -> dict[str, Any]:
    resources = sess.state.resources
    pairs = ((name, resources.get(key)) for name, key in _random_keys(sess.graph))
    return {name: rng for name, rng in pairs if isinstance(rng, np.random.Generator)}


def _restore_generators(sess: Any, found: Mapping[str, Any]) -> None:
    """Set the generators of the random ops back; those that had not drawn yet start anew."""
    for name, key in _random_keys(sess.graph):
        sess.state.resources.pop(key, None)
        if name in found:
            sess.state.resources[key] = found[name]


def _saved_at(path: str) -> float:
    with suppress(OSError):
        return os.path.getmtime(path)
    return 0.0


def _load(path: str, names: list[str], generators: bool) -> dict[str, Any]:
    """The leaves of a checkpoint, its errors under TensorFlow's names."""
    try:
        known = {entry.name: entry.kind for entry in checkpoints.contents(path)}
        missing = [name for name in names if name not in known]
        if not missing:
            random = [n for n, kind in known.items() if generators and kind == "Generator"]
            return checkpoints.load(path, [*names, *random])
    except FileNotFoundError:
        raise NotFoundError(f"there is no checkpoint {path!r}.{here()}") from None
    except CheckpointError as error:
        raise DataLossError(f"{error}{here()}") from None
    more = f" (and {len(missing) - 1} more)" if len(missing) > 1 else ""
    raise NotFoundError(
        f"the variable {missing[0]!r}{more} is not in {path}, which has "
        f"{', '.join(sorted(known))}. Restore a subset, Saver([v, ...]), or name it as in the "
        f"file, Saver({{name: v}}).{here()}"
    )
