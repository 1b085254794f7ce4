"""What other libraries answer to a trap, where they are installed."""

from __future__ import annotations

import importlib.util
import warnings
from collections.abc import Callable
from typing import Any

import numpy as np

from autodiff.check.traps.trap import Trap, shown

NAMES = {"autograd": "autograd", "MyGrad": "mygrad", "PyTorch": "torch", "JAX": "jax"}


def installed() -> list[str]:
    """The other libraries that can be imported here."""
    return [name for name, module in NAMES.items() if importlib.util.find_spec(module)]


def answer(name: str, trap: Trap) -> str:
    """The derivative that a library gives for a trap; '-' where it can't be asked."""
    if trap.peer is None:
        return "-"
    with warnings.catch_warnings(), np.errstate(all="ignore"):
        warnings.simplefilter("ignore")
        try:
            found = _ASK[name](trap.peer, trap.at)
        except Exception as error:  # whatever a library says to a trap is its answer
            return type(error).__name__
    return "None" if found is None else shown(np.asarray(found))


def _ask_autograd(f: Callable[..., Any], at: Any) -> Any:
    import autograd
    import autograd.numpy as xp

    return autograd.grad(lambda x: f(xp, x))(np.asarray(at) if isinstance(at, list) else at)


def _ask_mygrad(f: Callable[..., Any], at: Any) -> Any:
    import mygrad

    x = mygrad.tensor(at)
    f(mygrad, x).backward()
    return x.grad


def _ask_torch(f: Callable[..., Any], at: Any) -> Any:
    import torch

    kind = torch.complex128 if isinstance(at, complex) else torch.float64
    x = torch.tensor(at, dtype=None if isinstance(at, int) else kind, requires_grad=True)
    f(torch, x).backward()
    return None if x.grad is None else x.grad.numpy()


def _ask_jax(f: Callable[..., Any], at: Any) -> Any:
    import jax

    jax.config.update("jax_enable_x64", True)
    return jax.grad(lambda x: f(jax.numpy, x))(
        jax.numpy.asarray(at) if at.__class__ is list else at
    )


_ASK = {
    "autograd": _ask_autograd, "MyGrad": _ask_mygrad, "PyTorch": _ask_torch, "JAX": _ask_jax,
}  # fmt: skip
