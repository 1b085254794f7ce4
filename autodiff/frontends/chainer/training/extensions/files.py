"""Snapshots, and the graph of the first iteration."""

from __future__ import annotations

import os
from typing import Any

from autodiff.frontends.chainer.computational_graph import build_computational_graph
from autodiff.frontends.chainer.serializers import save_npz
from autodiff.frontends.chainer.training.extension import PRIORITY_READER, make_extension
from autodiff.frontends.common.options import only


def snapshot(
    savefun: Any = save_npz, filename: str = "snapshot_iter_{.updater.iteration}", **o: Any
) -> Any:
    """Save the trainer once an epoch."""
    only("snapshot", o)

    @make_extension(trigger=(1, "epoch"), default_name="snapshot", priority=-100)
    def extension(trainer: Any) -> None:
        savefun(os.path.join(trainer.out, filename.format(trainer)), trainer)

    return extension


def snapshot_object(target: Any, filename: str, savefun: Any = save_npz, **options: Any) -> Any:
    """Save one object once an epoch."""
    only("snapshot_object", options)

    @make_extension(trigger=(1, "epoch"), default_name="snapshot_object", priority=-100)
    def extension(trainer: Any) -> None:
        savefun(os.path.join(trainer.out, filename.format(trainer)), target)

    return extension


def dump_graph(root_name: str, out_name: str = "cg.dot", **options: Any) -> Any:
    """Write the graph behind a reported variable, at the first iteration."""
    only("dump_graph", options, "variable_style", "function_style", "remove_variable")

    def at_first(trainer: Any) -> bool:
        return bool(trainer.updater.iteration == 1)

    @make_extension(trigger=at_first, default_name="dump_graph", priority=PRIORITY_READER)
    def extension(trainer: Any) -> None:
        graph = build_computational_graph([trainer.observation[root_name]])
        with open(os.path.join(trainer.out, out_name), "w") as file:
            file.write(graph.dump())

    return extension
