"""`tf.contrib.tensorboard.plugins.projector`: which tables TensorBoard shows as points."""

from __future__ import annotations

import os
from types import SimpleNamespace
from typing import Any

from autodiff.data.ground.errors import package

__path__: list[str] = []  # modules below it are found by `paths`


def _config() -> Any:
    """A `ProjectorConfig`, one of TensorBoard's messages."""
    module = package("tensorboard.plugins.projector.projector_config_pb2", "the projector")
    return module.ProjectorConfig()


def _visualize(summary_writer: Any, config: Any) -> None:
    """Write the configuration beside the event file."""
    text = package("google.protobuf.text_format", "the projector").MessageToString(config)
    folder = summary_writer.get_logdir()
    with open(os.path.join(folder, "projector_config.pbtxt"), "w", encoding="utf-8") as file:
        file.write(text)


projector = SimpleNamespace(ProjectorConfig=_config, visualize_embeddings=_visualize)
plugins = SimpleNamespace(projector=projector)
