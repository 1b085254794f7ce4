"""`NeonArgparser`: the options of every example; parsing them makes the backend."""

from __future__ import annotations

import argparse
import inspect
from typing import Any

import numpy as np

from autodiff.frontends.common.options import only
from autodiff.frontends.neon.backends.backend import gen_backend


def extract_valid_args(args: Any, func: Any, startidx: int = 0) -> dict[str, Any]:
    """Those of the options that a function takes."""
    known = list(inspect.signature(func).parameters)[startidx:]
    return {name: value for name, value in vars(args).items() if name in known}


UNUSED = ("save_path", "output_file", "model_file", "serialize", "history")
"""Options of neon's callbacks that nothing here reads."""


class NeonArgparser(argparse.ArgumentParser):
    """-b backend, -e epochs, -z batch size, -r seed, -d datatype, -w data directory."""

    def __init__(self, description: Any = None, **options: Any) -> None:
        only("NeonArgparser", options, "config_file_path", "default_config_files")
        super().__init__(
            description=description, formatter_class=argparse.RawDescriptionHelpFormatter
        )
        self.add_argument("-b", "--backend", default="cpu")
        self.add_argument("-e", "--epochs", type=int, default=10)
        self.add_argument("-z", "--batch_size", type=int, default=128)
        self.add_argument("-r", "--rng_seed", type=int, default=None)
        self.add_argument("-d", "--datatype", default="f32", choices=["f32", "f64"])
        self.add_argument("-w", "--data_dir", default=".")
        self.add_argument("-s", "--save_path", default=None)
        self.add_argument("--eval_freq", type=int, default=None)
        self.add_argument("--serialize", type=int, default=0)
        self.add_argument("--model_file", default=None)
        self.add_argument("-v", "--verbose", action="count", default=1)

    def parse_args(self, args: Any = None, gen_be: bool = True) -> Any:  # type: ignore[override]
        """The options; `callback_args` among them, and the backend made."""
        found = super().parse_args(args)
        found.datatype = np.float64 if found.datatype == "f64" else np.float32
        found.rounding = False
        found.callback_args = {"eval_freq": found.eval_freq}
        found.callback_args |= dict.fromkeys(UNUSED)  # asked for by programs, None: not given
        if gen_be:
            gen_backend(found.backend, found.batch_size, found.rng_seed, found.datatype)
        return found
