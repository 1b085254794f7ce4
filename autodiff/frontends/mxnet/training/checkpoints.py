"""Symbol and parameters in files: `prefix-symbol.json` and `prefix-0001.params`."""

from __future__ import annotations

from typing import Any

import autodiff.frontends.mxnet.nd as nd
import autodiff.frontends.mxnet.symbol as symbol


def save_checkpoint(prefix: str, epoch: int, sym: Any, arg_params: Any, aux_params: Any) -> None:
    """`prefix-symbol.json` and `prefix-0001.params`."""
    sym.save(f"{prefix}-symbol.json")
    data = {f"arg:{k}": v for k, v in arg_params.items()}
    data |= {f"aux:{k}": v for k, v in aux_params.items()}
    nd.save(f"{prefix}-{epoch:04d}.params", data)


def load_checkpoint(prefix: str, epoch: int) -> Any:
    """The symbol, parameters and auxiliary states."""
    found: dict[str, dict[str, Any]] = {"arg": {}, "aux": {}}
    for key, value in nd.load(f"{prefix}-{epoch:04d}.params").items():
        kind, _, name = key.partition(":")
        found[kind][name] = value
    return symbol.load(f"{prefix}-symbol.json"), found["arg"], found["aux"]
