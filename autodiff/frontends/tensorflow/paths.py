"""Where programs look for things: modules of TensorFlow's own tree, such as `python.ops.rnn_cell`.

Programs of the time import from the files that implement TensorFlow, since its documentation did.
Each path here is a module whose names are those of the public places in its row; a name that none
of them has is told as everywhere.  With `python -m autodiff.frontends.run tensorflow program.py`
they are found as `tensorflow.python...`.
"""

from __future__ import annotations

import importlib
import sys
from types import ModuleType
from typing import Any

from autodiff.frontends.tensorflow.ground.renamed import missing

PACKAGE = "autodiff.frontends.tensorflow"

PATHS: dict[str, str] = {
    "python.framework.ops": "tf",
    "python.framework.dtypes": "tf",
    "python.framework.constant_op": "tf",
    "python.framework.errors": "tf.errors",
    "python.framework.function": "tf",
    "python.framework.graph_util": "tf.graph_util",
    "python.framework.importer": "tf",
    "python.framework.random_seed": "tf",
    "python.framework.tensor_shape": "tf .ground.shapes",
    "python.framework.test_util": ".test",
    "python.framework.tensor_util": ".graph.inputs .declaring.staging",
    "python.ops.array_ops": "tf",
    "python.ops.check_ops": "tf",
    "python.ops.candidate_sampling_ops": "tf.nn",
    "python.ops.clip_ops": "tf",
    "python.ops.constant_op": "tf",
    "python.ops.control_flow_ops": "tf .control.flow",
    "python.ops.ctc_ops": "tf.nn",
    "python.ops.data_flow_ops": "tf",
    "python.ops.embedding_ops": "tf.nn",
    "python.ops.functional_ops": "tf",
    "python.ops.gen_array_ops": "tf",
    "python.ops.gen_math_ops": "tf",
    "python.ops.gen_nn_ops": "tf.nn",
    "python.ops.gradients": "tf",
    "python.ops.gradients_impl": "tf",
    "python.ops.image_ops": "tf.image",
    "python.ops.init_ops": "tf",
    "python.ops.io_ops": "tf",
    "python.ops.linalg_ops": "tf",
    "python.ops.logging_ops": "tf",
    "python.ops.losses.losses": "tf.losses",
    "python.ops.math_ops": "tf",
    "python.ops.nn": "tf.nn",
    "python.ops.nn_impl": "tf.nn",
    "python.ops.nn_ops": "tf.nn",
    "python.ops.random_ops": "tf",
    "python.ops.rnn": "tf.nn",
    "python.ops.rnn_cell": "tf.nn.rnn_cell",
    "python.ops.rnn_cell_impl": "tf.nn.rnn_cell",
    "python.ops.script_ops": "tf",
    "python.ops.seq2seq": "tf.nn.seq2seq",
    "python.ops.sparse_ops": "tf",
    "python.ops.state_ops": "tf",
    "python.ops.string_ops": "tf",
    "python.ops.template": "tf",
    "python.ops.tensor_array_ops": "tf",
    "python.ops.variable_scope": "tf",
    "python.ops.variables": "tf",
    "python.layers.core": "tf.layers",
    "python.layers.convolutional": "tf.layers",
    "python.client.device_lib": ".platform.devices",
    "python.client.graph_util": "tf.graph_util",
    "python.client.timeline": ".platform.looking",
    "python.debug": ".platform.looking",
    "python.client.session": "tf",
    "python.platform.app": "tf.app",
    "python.platform.flags": "tf.flags",
    "python.platform.gfile": "tf.gfile",
    "python.platform.tf_logging": "tf.logging",
    "python.training.moving_averages": "tf.train .train.averages",
    "python.training.optimizer": "tf.train",
    "python.training.training": "tf.train",
    "python.training.saver": "tf.train",
    "python.training.summary_io": "tf.train",
    "python.util.compat": "tf.compat",
    "python.util.nest": ".ground.nest",
    "contrib.data": ".data",
    "contrib.legacy_seq2seq": ".nn.seq2seq",
    "contrib.losses": "autodiff.frontends.slim.losses",
    "contrib.slim": "autodiff.frontends.slim",
    "contrib.learn.python.learn.datasets.base": ".contrib.datasets",
    "contrib.learn.python.learn.datasets.mnist": ".input.mnist",
    "contrib.tensorboard.plugins.projector": "tf.contrib.tensorboard.projector",
    "contrib.layers.python.layers": "tf.contrib.layers",
    "contrib.layers.python.layers.layers": "tf.contrib.layers",
    "contrib.layers.python.layers.initializers": "tf.contrib.layers",
    "contrib.layers.python.layers.regularizers": "tf.contrib.layers",
    "contrib.layers.python.layers.summaries": "tf.contrib.layers",
    "contrib.layers.python.layers.utils": "tf.contrib.layers autodiff.frontends.slim.utils",
    "contrib.framework.python.ops.arg_scope": "tf.contrib.framework",
    "contrib.framework.python.ops.variables": "tf.contrib.framework",
    "contrib.rnn.python.ops.core_rnn": "tf.nn tf.contrib.rnn",
    "contrib.rnn.python.ops.rnn_cell": "tf.contrib.rnn tf.nn.rnn_cell",
    "contrib.seq2seq.python.ops.attention_wrapper": "tf.contrib.seq2seq",
    "contrib.seq2seq.python.ops.basic_decoder": "tf.contrib.seq2seq",
    "contrib.seq2seq.python.ops.beam_search_decoder": "tf.contrib.seq2seq",
    "contrib.seq2seq.python.ops.decoder": "tf.contrib.seq2seq",
    "contrib.seq2seq.python.ops.helper": "tf.contrib.seq2seq",
    "contrib.rnn.python.ops.core_rnn_cell": "tf.nn.rnn_cell",
    "contrib.rnn.python.ops.core_rnn_cell_impl": "tf.nn.rnn_cell",
    "examples.tutorials.mnist.input_data": ".input.mnist",
    "models.rnn.rnn": "tf.nn",
    "models.rnn.rnn_cell": "tf.nn.rnn_cell",
    "models.rnn.seq2seq": "tf.nn.seq2seq",
}
"""The places of each path's names: `tf.nn`, `.room.module` of this package, or another module."""


class Path(ModuleType):
    """One module of the tree; its names are looked up when they are asked for."""

    def __init__(self, path: str, places: str) -> None:
        super().__init__(f"{PACKAGE}.{path}", f"`{path}`: the names of {places or 'those below'}.")
        self.__path__: list[str] = []
        self.__file__ = __file__
        self._places = places.split()

    def __getattr__(self, name: str) -> Any:
        if not name.startswith("__"):
            for place in self._places:
                found = getattr(_place(place), name, self)
                if found is not self:
                    return found
        own = self.__name__.removeprefix(PACKAGE)
        raise missing(f"tf{own}", name, [n for p in self._places for n in vars(_place(p))])

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """The function of the module's own name, as `python.ops import arg_scope` has it."""
        return getattr(self, self.__name__.rpartition(".")[2])(*args, **kwargs)


def _place(text: str) -> Any:
    if not text.startswith("tf"):
        return importlib.import_module(PACKAGE + text if text.startswith(".") else text)
    found: Any = sys.modules[PACKAGE]
    for name in text.split(".")[1:]:
        found = getattr(found, name)
    return found


def _tree() -> dict[str, Path]:
    """The modules by path, each also an attribute of the one above it."""
    found: dict[str, Path] = {}
    for path, places in PATHS.items():
        parts = path.split(".")
        for depth in range(1, len(parts) + 1):
            own = ".".join(parts[:depth])
            if parts[0] == "contrib" and depth < 3 and own not in PATHS:
                continue  # a module of its own
            if own not in found:
                found[own] = sys.modules[f"{PACKAGE}.{own}"] = Path(own, "")
                above = found.get(".".join(parts[: depth - 1]))
                if above is not None:
                    setattr(above, parts[depth - 1], found[own])
        found[path]._places = places.split()
    return found


_modules = _tree()
sys.modules[f"{PACKAGE}.compat"] = importlib.import_module(f"{PACKAGE}.platform.compat")
sys.modules[f"{PACKAGE}.compat.v1"] = sys.modules[PACKAGE]  # programs that were moved to version 2
python, examples, models = (_modules[name] for name in ("python", "examples", "models"))
